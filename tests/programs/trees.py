import ast
source = '''
import os, sys as s
from . import a as b
def f(x: int, /, y=1, *args, k=None, **kw) -> str:
    """doc"""
    for i, j in x:
        if i > 1 and not j: continue
        elif i in (1, 2.5, 3j, b"x", ..., True): break
    else: pass
    with open(f"{x!r:>{y}} {x=}") as fh, g(): return lambda q: q[1:2, ::3]
    try: raise ValueError from None
    except* (A, B) as e: del e
    finally: x += 1; z: int = 2; (w := 3)
    match x:
        case [1, *r, {"a": 1, **rest}] if r: pass
        case C(1, y=2) | None | "s": pass
        case _: pass
class K[T: int = str, *Ts, **P](Base, metaclass=M):
    @dec
    async def m(self): await x; yield y; return [a async for a in b if c]
type X[T] = {t: u for t in v} | {*v}
global gg
assert x, t"a{x}b"
-x ** ~y @ z // 1 if a else not b < c <= d is not e
'''
tree = ast.parse(source)
print(ast.dump(tree, indent=1))
print(ast.dump(ast.parse("x = [1, (2, 3)]"), include_attributes=True))
print(ast.dump(ast.parse("f(x, *y, k=1)", mode="eval"), show_empty=True))
print(repr(tree)[:300], repr(ast.parse("a; b; c")))
print(ast.literal_eval("{'a': [1, -2.5, (3+4j), {5}, None, b'x']}"))
n = ast.Name("x"); print(n.id, n.ctx, n._fields, ast.Constant(1).kind, ast.List().elts, ast.FunctionDef._field_types)
class V(ast.NodeVisitor):
    def visit_Name(self, node): print("name", node.id, node.lineno, node.col_offset)
V().visit(ast.parse("a + b * c"))
class Tr(ast.NodeTransformer):
    def visit_Constant(self, node): return ast.copy_location(ast.Constant(node.value * 2), node)
print(ast.unparse(Tr().visit(ast.parse("x = 1 + 2"))))
print(ast.unparse(tree))
print([type(x).__name__ for x in ast.walk(ast.parse("a = b"))], ast.get_docstring(ast.parse("'''hi'''")))
print(ast.Load() == ast.Load(), ast.parse("x").body[0].value.ctx is ast.parse("y").body[0].value.ctx, ast.expr.__doc__[:40], ast.Constant.__doc__, ast.AST._fields)
import copy, warnings
print(ast.dump(copy.deepcopy(ast.parse("a.b"))), ast.dump(copy.replace(ast.Name("q", ast.Load()), id="w")))
warnings.simplefilter("error")
for bad in (lambda: ast.Name(), lambda: ast.Name("a", "b", "c"), lambda: ast.Name("a", id="b"), lambda: ast.Name("a", foo=1), lambda: ast.parse("x ="), lambda: ast.literal_eval("f()")):
    try: print(bad())
    except Exception as e: print(type(e).__name__, e)
import tokenize, io
for t in tokenize.generate_tokens(io.StringIO("def f(a):\n    # c\n    return f'{a!r}' + \"\"\"x\ny\"\"\"\n\nf(1)\n").readline): print(tuple(t))
