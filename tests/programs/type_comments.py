"""Type comments (PEP 484): whose they are, what is wrong with misplaced ones, and the texts of functions' types."""
import ast


def show(source, mode='exec', **options):
    try:
        tree = ast.parse(source, type_comments=True, mode=mode, **options)
        print(ast.dump(tree))
        print([(n.lineno, n.col_offset, n.end_lineno, n.end_col_offset) for n in ast.walk(tree) if hasattr(n, 'col_offset')])
    except SyntaxError as e:
        print(ascii(source), type(e).__name__, ascii(e.args))


SOURCES = r'''
x = 1 # type: int
===
x = y = 1, 2 # type: int # more
===
x = 1; y = 2 # type: int
===
x = 1 # type: int
y = 2 # type: str
===
x: int = 1 # type: int
===
x += 1 # type: int
===
x # type: int
===
# type: int
x = 1
===
x = 1
# type: int
y = 1
===
x = [ # type: int
 1]
===
x = [
 1
] # type: list[int]
===
x = 1 #type:int
===
x = 1 #   	type: 	 int  
===
x = 1 # type:
===
x = 1 # types: int
===
x = 1 ## type: int
===
x = 1 # type int
===
x = yield_ = lambda: 0 # type: Callable
===
def f(): # type: () -> int
    pass
===
def f():
    # type: () -> int
    pass
===
def f():
    # type: () -> int
    # more
    pass
===
def f():
    # more
    # type: () -> int
    pass
===
def f(): # type: () -> int
    # type: () -> str
    pass
===
def f():

    # type: () -> int

    pass
===
def f(): pass # type: () -> int
===
def f(): x = 1 # type: int
===
def f():
    pass
    # type: () -> int
===
async def f(): # type: () -> int
    async for x in y: # type: int
        async with z as w: # type: str
            pass
===
async def f():
    async with (z as w): # type: str
        pass
===
async def f():
    async with (z): # type: str
        pass
===
for x in y: # type: int
    for z in w: # type: str
        pass
    else: # more
        a = 1 # type: float
===
for x in y:
    # type: int
    pass
===
for x in y: pass # type: int
===
for x in y: pass
else: # type: int
    pass
===
with a: # type: int
    pass
===
with a as b, c as d: # type: int, str
    pass
===
with (a as b, c as d): # type: int, str
    pass
===
while x: # type: int
    pass
===
if x: # type: int
    pass
===
class A: # type: int
    pass
===
class A:
    x = [] # type: list[int]
    def f(self): # type: () -> None
        self.x = 1 # type: int
        if x:
            y = 1 # type: int
        elif y:
            y = 2 # type: int
        else:
            y = 3 # type: int
        try:
            z = 1 # type: int
        except E:
            z = 2 # type: int
        else:
            z = 3 # type: int
        finally:
            z = 4 # type: int
        match x:
            case 1:
                m = 1 # type: int
            case 2:
                m = 2 # type: int
        with a: n = 1 # type: int
===
@decorator
def f(a): # type: (int) -> int
    pass
===
@decorator # type: int
def f(a): pass
===
def f(a, # type: int
      b=1, # type: str
      /,
      c: int, # type: float
      d=lambda q: 0, # type: bytes
      *args, # type: tuple
      e, # type: A
      f=2, # type: B
      **kwargs # type: C
      ): # type: (...) -> D
    pass
===
def f(a # type: int
      ): pass
===
def f(a=1 # type: int
      ): pass
===
def f(*a # type: int
      ): pass
===
def f(*a: *b # type: int
      ): pass
===
def f(*, a # type: int
      ): pass
===
def f(*, # type: int
      a): pass
===
def f(a # type: int
      , b): pass
===
def f(a, b,): # type: int
    pass
===
def f(a, /, # type: int
      b): pass
===
def f(
    # type: int
    a): pass
===
def f(a,
      # type: int
      b): pass
===
lambda a, # type: int
===
x = (lambda a, # type: int
  b: 0)
===
f(a, # type: int
  b)
===
import a # type: int
===
del a # type: int
===
return_ = 1 # type: ignore
===
x = 1 # type: ignore[attr]
# type: ignore
def f(): # type: ignore
    pass # type: ignore because
    # type: ignore
===
x = 1 # type: ignored
===
x = 1 # type: ignore1
===
x = 1 # type: ignore_
===
x = 1 # type: ignoreé
===
x = "é" # type: é
===
"é"; x = 1 # type: ignore é
===
x = [ # type: ignore
 1, # type: ignore
 # type: ignore
 2]
===
if x:
    pass
  # type: ignore
else:
    pass
===
x = f"{1 # type: int
}"
===
x = f"{1 # type: ignore
}"
===
x = """
# type: int
"""
===
x = 1 \
 # type: int
===
x = 1 # type: int \
===
def f(): # type: () -> int
x = 1
===
x = 1 1 # type: int
===
type X = int # type: int
===
x = y = # type: int
===
(x) = 1 # type: int
===
x, *y = z # type: int
===
x.y[0] = z # type: int
===
if x: y = 1 # type: int
else: y = 2 # type: int
'''[1:-1].split('\n===\n')

for source in SOURCES:
    show(source)
    show(source + '\n')
for source in ('x = 1 # type: int', 'x = 1 # type: int\n', 'def f(): # type: () -> int\n  pass\n', 'x # type: int', 'x = 1 # type: ignore\n'):
    show(source, 'single')
for source in ('x # type: int', 'x # type: ignore', '(x, # type: int\n y)', 'x'):
    show(source, 'eval')

TYPES = ['() -> int', '(int) -> str', '(int, str) -> List[int]', '(*int) -> str', '(**int) -> str', '(int, *str, **Any) -> float',
         '(*str, **Any) -> float', '(int, **Any) -> float', '(int,) -> str', '(int) -> ', '() -> (a, b)', '() -> a, b', '(a.b[c], d or e) -> f',
         '(a if b else c, lambda: 0) -> lambda x: x', '(\n int,\n str\n) -> x', '\n(int) -> str', ' (int) -> str', '(int) -> str\n\n', '(int) -> str # more',
         'int -> str', '(a=1) -> b', '(a := 1) -> b', '(x for x in y) -> b', '(é, ñ) -> é', '()\n-> int', '(**a, *b) -> c', '(*a, b) -> c', '() -> *a', '', '(', '() ->', '() - > a',
         '() -> yield', '(yield) -> a', '() -> a; b', '((a), (b,)) -> c', '(1, "a" "b", f"{x}") -> ...', '(a -> b) -> c']
for source in TYPES:
    show(source, 'func_type')
    try:
        print(ast.dump(ast.parse(source, mode='func_type'), include_attributes=True))
    except SyntaxError as e:
        print(ascii(source), type(e).__name__, ascii(e.args))

# Whoever compiles with the flag has misplaced comments refused.
for source in ('x = 1 # type: int', 'x # type: int', 'while x: # type: int\n  pass', 'x # type: ignore'):
    for mode in 'exec', 'single', 'eval':
        try:
            print(ascii(compile(source, 'f', mode, ast.PyCF_TYPE_COMMENTS).co_code.hex()))
        except SyntaxError as e:
            print(ascii(source), mode, ascii(e.args))
for flags in 0, ast.PyCF_ONLY_AST:
    for mode in 'func_type', 'other', None, 3:
        try:
            print(type(compile("() -> int", "f", mode, flags)))
        except (ValueError, TypeError) as e:
            print(e)
        except SyntaxError as e:
            print(e.args)
print(ast.dump(ast.parse('x = 1 # type: int')))
tree = ast.parse('x = 1 # type: int', type_comments=True)
print(ast.unparse(tree))
print(ast.unparse(ast.parse('() -> int', mode='func_type')))
