"""Trees as compile() gives them with flags: optimised or not, of incomplete input, of pieces of format specs."""
import ast
import tokenize
import io
import warnings

ONLY, OPTIMIZED, INCOMPLETE, DONT_IMPLY = 0x400, 0x8400, 0x4000, 0x200
SOURCES = ['"doc"', '"doc"\n"more"\nx', 'def f():\n "doc"\n x % 1\n', 'class A:\n "doc"\n', '"%s" % (x,)', 'try: pass\nfinally: return', 'from __future__ import nothing',
           'from __future__ import *', 'x\nfrom __future__ import division', 'for x in y:', 'for x in y:\n', '(', '"""a\nb', 'f"a', "t'{x", 'x = ""', '""', '..', 'a...', 'def f() -> x ...',
           ' ', 'if x:\n  y\n\n   ', '__debug__', '1 if x', '"\\d" 1', 'f"{x:a\\N{DIGIT ONE}b}"', 't"{x:\\N{DIGIT ONE}b}"', 'f"{x:\\N{DIGIT ONE}}"', 'rf"{x:\\N{y}b}"', 'f"{x:\\\\N{y}b}"',
           'f"\\N{NO SUCH NAME} {x}"', 'f"a{{\\N{NO SUCH NAME}b"', 't"é{{\\N"']


def show(source, mode, flags, optimize):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter('always')
        try:
            tree = compile(source, '<s>', mode, flags, True, optimize)
            print(ast.dump(tree, include_attributes=True))
        except SyntaxError as e:
            print(type(e).__name__, ascii(e.args))
    print([(str(w.message), w.lineno) for w in caught])


for source in SOURCES:
    for mode in 'exec', 'single', 'eval':
        for flags, optimize in (ONLY, 0), (ONLY, 2), (OPTIMIZED, 2), (ONLY | INCOMPLETE, 0), (ONLY | INCOMPLETE | DONT_IMPLY, 0):
            show(source, mode, flags, optimize)
with warnings.catch_warnings():
    warnings.simplefilter('error')
    for source in '"a\\d\\\n\\q"', 'f"""a\n{x}\n \\d"""', 'f"""a\n{x}\n \\d"""\n', '"""a\\d\n"""', '"""a\n\\d"""', 'x = "\\d" "\n', 'rb"a" b"\\d\\\n"':
        for mode in 'exec', 'eval', 'single':
            try:
                compile(source, '<s>', mode)
            except SyntaxError as e:
                print(ascii(e.args))
for source in '"""a\\', 'intrb"""a\\', '"a\\', "f'a\\", 'x\\':
    try:
        print(list(tokenize.generate_tokens(io.StringIO(source).readline)))
    except (SyntaxError, tokenize.TokenError) as e:
        print(type(e).__name__)
