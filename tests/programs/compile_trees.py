"""compile() of trees that a program made or changed, and what is wrong with some."""
import ast

source = '''
import math as m
from os import path, sep
@staticmethod
def f(a, /, b: int = 2, *c, d=4, **e) -> str:
    "text"
    global g
    g = [x * y for x in range(a) if x for y in c]
    with open(sep) as h, open(sep): pass
    try:
        del e["q"]
    except (KeyError, OSError) as problem:
        raise ValueError(f"{a!r:>{b}} {d=}") from problem
    else: return
    finally: a += 1
    while a < b <= d: break
    else: assert a, "no"
    for i, (j, *k) in []: continue
    lambda *z: (yield)
    return a if b else -d
class C[T: int](metaclass=type):
    x: int = 1
    type A[U] = list[U]
    async def n(self):
        async with self as s: await s
        async for q in s: pass
        return {w async for w in q}
match [1, {"k": (2, 3)}]:
    case [1 | 2 as one, {"k": (2, *rest), **more}] if one: found = one, rest, more
    case C() | str(): pass
t = t"{1+1} and"
total = {**{"a": 1}, "b": ...}, {1, 2}, b"x", 1.5, 2j, (n := 3), "a" "b"[1:2:1]
try: pass
except* OSError: pass
'''
tree = ast.parse(source)
first, second = compile(source, 's', 'exec'), compile(tree, 's', 'exec')


def same(a, b):
    return a.co_code == b.co_code and a.co_names == b.co_names and a.co_linetable == b.co_linetable and len(a.co_consts) == len(b.co_consts) \
        and all(same(x, y) if hasattr(x, 'co_code') else x == y for x, y in zip(a.co_consts, b.co_consts))


print(same(first, second))
space = {}
exec(compile(tree, 's', 'exec'), space)
print(space['found'], space['total'][:2])


class Doubler(ast.NodeTransformer):
    def visit_Constant(self, node):
        return ast.copy_location(ast.BinOp(node, ast.Mult(), ast.Constant(2)), node)


changed = ast.fix_missing_locations(Doubler().visit(ast.parse('1 + 20', mode='eval')))
print(eval(compile(changed, '', 'eval')))
exec(compile(ast.Interactive([ast.Expr(ast.Constant(5, lineno=1, col_offset=0), lineno=1, col_offset=0)]), '', 'single'))
print(compile(tree, '', 'exec', ast.PyCF_ONLY_AST) is tree)


def build(**fields):
    return ast.Module([ast.Expr(fields['value'], lineno=1, col_offset=0)], [])


place = dict(lineno=1, col_offset=0)
for make in [
    lambda: ast.Expression(ast.Constant(1, **place)),
    lambda: build(value=ast.Name('x', ast.Store(), **place)),
    lambda: build(value=ast.Constant([1], **place)),
    lambda: build(value=ast.Name('None', ast.Load(), **place)),
    lambda: build(value=ast.Constant(1)),
    lambda: build(value=ast.Compare(ast.Constant(1, **place), [], [], **place)),
    lambda: build(value=ast.BoolOp(ast.And(), [ast.Constant(1, **place)], **place)),
    lambda: build(value=ast.Dict([], [ast.Constant(1, **place)], **place)),
    lambda: build(value=5),
    lambda: ast.Module([ast.Pass(lineno=3, col_offset=0, end_lineno=1, end_col_offset=0)], []),
    lambda: ast.Module([ast.If(ast.Constant(1, **place), [], [], **place)], []),
    lambda: ast.Module([ast.Assign([], ast.Constant(1, **place), **place)], []),
    lambda: ast.Module([ast.Try([ast.Pass(**place)], [], [], [], **place)], []),
    lambda: ast.Module([ast.Raise(None, ast.Constant(1, **place), **place)], []),
    lambda: ast.Module([ast.Delete([ast.Name('x', ast.Load(), **place)], **place)], []),
    lambda: ast.Module(5, []),
]:
    try:
        compile(make(), '<made>', 'exec')
        print('compiled')
    except (TypeError, ValueError) as problem:
        shown = str(problem)
        print(type(problem).__name__, shown.split(' at 0x')[0])
