"""File names as compile() takes them: surrogates, bytes, paths; in code objects, exceptions, warnings and tracebacks."""
import ast
import traceback
import warnings


class Path:
    def __init__(self, path):
        self.path = path

    def __fspath__(self):
        return self.path


class Text(str):
    pass


NAMES = ['\udc80', 'a\udcffb', '\ud800', b'\xff\xfe', b'abc', b'a\xc3\xa9', 'é', '\U0001F600', Path('x'), Path(b'y\xff'), Path('\udc81'), Path(1), Path(None),
         1, None, bytearray(b'x'), [], 'a\0b', b'a\0b', Path('a\0'), '', b'', Text('sub'), Path(Text('q')), 'x' * 300]


def show(function):
    try:
        return ascii(function())
    except SyntaxError as e:
        return ascii((type(e).__name__, e.args, e.filename, e.lineno, e.offset, e.text))
    except Exception as e:
        return ascii((type(e).__name__, str(e).replace(__name__ + '.', '')))


for name in NAMES:
    print('==', type(name).__name__)
    for mode in 'exec', 'eval', 'single':
        code = lambda: compile('x', name, mode)
        print(show(lambda: (code().co_filename, type(code().co_filename).__name__)))
        for source in 'x y', b'\xff', 'yield', 'lambda a, a: 0', '"\\x"', '(':
            print(show(lambda: compile(source, name, mode)))
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter('always')
            show(lambda: compile('1 is 1\n', name, mode))
        print([(ascii(w.filename), w.lineno) for w in caught])
        with warnings.catch_warnings():
            warnings.simplefilter('error')
            print(show(lambda: compile('1 is 1', name, mode)))
    try:
        exec(compile('def f(): 1/0\nf()', name, 'exec'))
    except ZeroDivisionError as e:
        print(ascii([(entry.filename, entry.lineno) for entry in traceback.extract_tb(e.__traceback__)][1:]))
    except Exception as e:
        print(type(e).__name__)
    print(show(lambda: ast.dump(ast.parse('x', name))))
    print(show(lambda: compile(ast.parse('x = 1'), name, 'exec').co_filename))
    print(show(lambda: compile(ast.parse('return'), name, 'exec')))

name = ''.join(['<', 'a', '>'])
code = compile('def f(): pass\nx', name, 'exec')
print(code.co_filename is name, code.co_consts[0].co_filename is name)
