import sys
rc = sys.getrefcount
class Desc:
    def __set_name__(self, owner, name): self.name = name; print("set_name", name, rc(self))
    def __get__(self, obj, owner=None):
        print("get", rc(self), rc(obj) if obj is not None else None)
        if obj is None: return self
        return obj.__dict__.get(self.name)
    def __set__(self, obj, value): print("set", rc(self), rc(obj), rc(value)); obj.__dict__[self.name] = value
    def __delete__(self, obj): print("delete", rc(self), rc(obj)); del obj.__dict__[self.name]
class A:
    d = Desc()
    def __init__(self): self.d = [1]
    @property
    def p(self): print("p", rc(self)); return self.d
    @p.setter
    def p(self, v): print("p.set", rc(self), rc(v)); self.d = v
    @p.deleter
    def p(self): del self.d
    @staticmethod
    def s(x): return rc(x)
    @classmethod
    def c(cls, x): return rc(x), cls.__name__
    def m(self, x): return rc(self), rc(x)
for i in range(4):
    a = A(); print(rc(a.d), rc(a.p)); a.p = {}; del a.p; print(a.d)
    v = []
    print(A.s(v), a.s(v), A.c(v), a.c(v), a.m(v), A.m(a, v), a.m([]), A().m([]))
    m = a.m; print(rc(m), rc(a), m(v), m.__self__ is a, rc(m.__func__))
print(type(A.d), rc(A.__dict__["d"]), rc(A.__dict__["p"].fget))
class Slots:
    __slots__ = ("x", "y", "__weakref__")
    def __init__(self): self.x = []; self.y = self.x
s = Slots()
print(rc(s), rc(s.x)); del s.y; print(rc(s.x))
try: s.y
except AttributeError as e: print(e, rc(e.obj), e.name)
try: s.z = 1
except AttributeError as e: print(e)
class Getattr:
    def __getattr__(self, n):
        if n.startswith("x"): return [n]
        raise AttributeError(n)
g = Getattr()
print(rc(g.xa), getattr(g, "y", None), hasattr(g, "y"), hasattr(g, "x"))
class GA:
    def __getattribute__(self, n): print("ga", n, rc(self)); return object.__getattribute__(self, n)
q = GA(); q.a = 1; print(q.a)
try: q.b
except AttributeError as e: print(e, rc(e.obj))
class Lazy:
    def __init__(self, f): self.f = f
    def __get__(self, o, t):
        v = self.f(o); o.__dict__[self.f.__name__] = v; return v
class U:
    @Lazy
    def big(self): print("computing"); return [1] * 3
u = U(); print(u.big, u.big, rc(u.big))
