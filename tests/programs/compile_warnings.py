"""Warnings of the compiler: text, category, line; the SyntaxErrors that filters make of them."""

import warnings
SRC = [r'x = "\d"', r'x = b"\d"', r'x = "\400"', r'x = b"\777"', r'f"\d{x}"', 'x is 1', 'x is not "a"', 'x is ()', 'x is (1,2)', '1 is x', 'x is -1', 'x is None', '()()', '"a"()', '1()', '[]()', '{}()', '{1}()', '(lambda: 1)()', 'f""()', 't""()', '(x for x in y)()', '[x for x in y]()', '1[2]', 'None[1]', '{1}[1]', '"a"["b"]', '[1]["a"]', '(1,)["a"]', '[1][1.0]', '"abc"[1:2]', '[1][None]', '[1][()]', '[1][{}]', 'f"a"["b"]', '(lambda:1)[1]', 'assert (x, "m")', 'assert (x,)', 'assert ()', 'assert (1, 2), 3',
 'def f():\n try: pass\n finally:\n  return 1', 'for x in y:\n try: pass\n finally:\n  break', 'for x in y:\n try: pass\n finally:\n  continue', 'def f():\n try: pass\n finally:\n  for i in x: break', 'def f():\n try: pass\n finally:\n  def g(): return',
 '1if x else 2', '0x1for x in y', '1or 2', '0xfor x', '1_000and 2', '1.0in x', '1jnot in x', '0b1is 2', '0o7else 1', '"""\n\\d"""', '"a" "\\d"', '"\\d" "\\e"', 'x = 1\ny = "\\q"\nz is 2', '"\\d"\n"\\d"', 'def f():\n  "\\d"', 'class A:\n  x: "\\d"', r'rb"\d" b"\d"', r'"\8"', r'"\N"', r't"\d"', r'f"{x:\d}"', r'f"\{x}"', r'f"{x!r:\d{y}}"', '"\\\n"', r'b"\u1234"', r'b"\N{x}"', r'"\z" is x', 'try:\n  try: pass\n  finally: x is 1\nfinally: y is 2', 'assert (1,2) if 0 else 3', 'x is "a" is y', 'x < 1 is 2', '1 is 1 == 2 is not 3', 'while 1:\n try: pass\n finally:\n  while 0: continue\n  continue',
 '"a" "b"()', '(1 if x else 2)()', '1 .real()', '...()', 'None()', 'True()', '...[1]', 'x[1](2)', '1.5[1]', '1j[1]', 'b"a"["x"]', 'f"{x}"[1]', '[1][f""]', '[1][lambda: 1]', '[1][-1]', '[1][True]', '[x for x in y]["a"]', '{1:2}["a"]', '(yield)()' , 'x is f"a"', 'x is [1]', 'x is {}', 'x is ...', 'x is b""', 'x is 1.5', 'x is True', 'from __future__ import annotations\nx: (y is 1)','def f(x: (y is 1)): pass', 'x = lambda: (y is 1)','if 0:\n x is 1','while 0: x is 1', 'x = 1 if 0 else y is 1', 'False and x is 1', '__debug__ and x is 1', 'assert (), 1 is 1']
def run(src, mode='exec', o=-1):
    with warnings.catch_warnings(record=True) as w:
        warnings.simplefilter('always')
        try: compile(src, 'f.py', mode, 0, True, o)
        except BaseException as e: print(repr(src), o, type(e).__name__, e, e.args)
    print(repr(src), o, [(str(x.message), x.category.__name__, x.lineno, x.filename) for x in w])
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        try: compile(src, 'f.py', mode, 0, True, o); print('  fine')
        except SyntaxError as e: print('  ', type(e).__name__, e, e.args, e.msg, e.lineno, e.offset, e.end_lineno, e.end_offset, repr(e.text), e.filename, e.__cause__, e.__context__)
        except BaseException as e: print('  ', type(e).__name__, e, e.args)
for s in SRC:
    run(s); 
    if 'assert' in s or 'finally' in s: run(s, o=1)
for s in SRC[:20]:
    run(s, 'eval'); run(s, 'single')
with warnings.catch_warnings():
    warnings.filterwarnings('error', message='.*invalid escape.*')
    try: compile('x\ny = "\\d"', 'zz.py', 'exec')
    except SyntaxError as e: print(ascii(e.args))
with warnings.catch_warnings():
    warnings.filterwarnings('error', module='zz')
    try: compile('x\ny = "\\d"', 'zz.py', 'exec'); print('ok')
    except SyntaxError as e: print(ascii(e.args))
with warnings.catch_warnings():
    warnings.filterwarnings('error', category=DeprecationWarning)
    try: compile('x\ny = "\\d"; 1if x else 2', 'zz.py', 'exec'); print('ok')
    except SyntaxError as e: print(ascii(e.args))
with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter('default')
    for i in range(2): compile('x\ny = "\\d"\nx is 1; x is 1', 'zz.py', 'exec')
    print([(str(x.message), x.lineno) for x in w])
with warnings.catch_warnings():
    warnings.simplefilter('error')
    for f in exec, eval:
        try: f('1 is 1')
        except SyntaxError as e: print(ascii(e.args))
