# Scopes as the symtable module and the entries below it show them.
import _symtable
import gc
import symtable
import sys

SOURCE = """
from a import b as c
x: int = 1
def f[T](p, *q, k=1, **kw) -> T:
    global x
    y = [i for i in p if c]
    def inner():
        nonlocal y
        y += k
        return lambda z: z + y
    return inner
class D(object):
    '''doc'''
    __priv = 1
    def m(self): return self.__priv, __class__
type A[U: int = str] = list[U]
"""

QUESTIONS = [name for name in dir(symtable.Symbol) if name.startswith("is_")]


def show(table, indent=0):
    print(" " * indent, table, table.get_type(), table.get_lineno(), table.is_optimized(), table.is_nested())
    if isinstance(table, symtable.Function):
        print(" " * indent, table.get_parameters(), sorted(table.get_locals()), sorted(table.get_frees()))
    for symbol in sorted(table.get_symbols(), key=str):
        print(" " * indent, "  ", symbol, [name for name in QUESTIONS if getattr(symbol, name)()])
    for child in table.get_children():
        show(child, indent + 2)


show(symtable.symtable(SOURCE, "f", "exec"))

print({name: value for name, value in sorted(vars(_symtable).items()) if isinstance(value, int)})
top = _symtable.symtable(b"# coding: latin-1\ndef f(\xe9):\n  def g(): return \xe9\n  return g\n", "x.py", "exec")
print(top.name, top.symbols, top.varnames, top.nested, top.type, top.lineno, type(top.id))
print([(c.name, len(c.children), c.varnames, c.symbols, c.type, c.lineno) for c in top.children])
print(str(top).replace(str(top.id), "ID"), gc.is_tracked(top), hasattr(top, "__dict__"))
print(sys.getrefcount(top), sys.getrefcount(top.children), sys.getrefcount(top.children[1]), sys.getrefcount(top.symbols))
child = top.children[1]
del top
print(sys.getrefcount(child), child.name)
print(_symtable.symtable("x", "f", "eval").symbols, _symtable.symtable("x=1", "f", "single").symbols)
for arguments in [
    ("a", "f"), ("a", "f", "x"), (1, "f", "exec"), ("a", 1, "exec"), ("a", "f", 1), ("a\0", "f", "exec"), ("a b", "f", "exec"),
    ("def f(x): global x\n", "f", "exec"), ("f(", "f", "exec"), ("x\n y", "f", "exec"), ("[a:=1 for a in b]", "f", "exec"),
]:
    try:
        print(_symtable.symtable(*arguments).symbols)
    except Exception as error:
        print(repr(error))
for change in ["child.other = 1", "child.name = 1", "del child.symbols", "type(child)()"]:
    try:
        exec(change)
    except Exception as error:
        print(repr(error))
