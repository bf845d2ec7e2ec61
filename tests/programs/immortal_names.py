# Identifiers of a source are interned for ever, even those that code objects have as constants only; literals that look like names are not.
import sys
src='''
class A:
    legs_unique_nm: int
    def f(self): pass
x_unique_nm: int
def g(p_unique_nm: int, *, kw_unique_nm: str): pass
class B:
    other_unique: int = 3
def h():
    s = "str_unique_nm"
    t = ("tup_unique_nm", "b")
    u = f(kwn_unique_nm=1)
    v = x in {"set_unique_nm", "c"}
match z:
    case P(attr_unique_nm=1): pass
    case {"key_unique_nm": 1}: pass
'''
c=compile(src,'f','exec')
def walk(c):
    for k in c.co_consts:
        if hasattr(k,'co_code'): yield from walk(k)
        elif isinstance(k,(tuple,frozenset)):
            for y in k:
                if isinstance(y,str): yield c.co_qualname,y
        elif isinstance(k,str): yield c.co_qualname,k
for q,k in walk(c):
    if 'unique' in k: print(q,k,sys._is_immortal(k), sys.getrefcount(k) if not sys._is_immortal(k) else "")
