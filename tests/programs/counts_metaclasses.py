# metaclasses, init_subclass, super
import sys
rc = sys.getrefcount
class M(type):
    def __new__(m, n, b, ns, **k): print("new", n, rc(ns), rc(k), sorted(k)); c = super().__new__(m, n, b, ns); print(rc(c), rc(ns)); return c
    def __init__(c, n, b, ns, **k): print("init", n, rc(c), rc(ns)); super().__init__(n, b, ns)
    def __call__(c, *a, **k): print("call", c.__name__, rc(c) > 3, rc(a)); o = super().__call__(*a, **k); print(rc(o)); return o
    def __getattr__(c, n): print("mga", n); raise AttributeError(n)
    def __len__(c): return rc(c) > 0
    @property
    def mp(c): return c.__name__
class A(metaclass=M, x=1):
    def __init_subclass__(cls, /, **k): print("sub", cls.__name__, k); super().__init_subclass__()
    def __new__(cls, *a): print("A.new", rc(a)); return super().__new__(cls)
    def __init__(self, *a): print("A.init", rc(self), rc(a))
    def m(self): return rc(self)
    @classmethod
    def cm(cls): return cls.__name__
    @property
    def prop(self): return rc(self)
class B(A, y=2):
    def m(self): return super().m(), super(B, self).m(), A.m(self)
    @classmethod
    def cm(cls): return super().cm()
    @property
    def prop(self): return super().prop
    def gen(self): yield super().m()
    def lc(self): return [super(B, self).m() for _ in range(2)]
for i in range(4):
    b = B([], i); print(b.m(), b.cm(), B.cm(), b.prop, list(b.gen()), b.lc())
print(B.mp, len(B), A.__subclasses__(), B.__mro__)
try: B.nope
except AttributeError as e: print(e)
s = super(B, b); print(rc(s), rc(b), s.__thisclass__, s.__self_class__, s.m()); del s; print(rc(b))
D = M("D", (A,), {"z": []}); print(rc(D.z), D().z)
D.__bases__ = (B,); print(D.__mro__, D().cm()); D.z = 1
class Diamond1(A): 
    def m(self): return "1", super().m()
class Diamond2(A):
    def m(self): return "2", super().m()
class Di(Diamond1, Diamond2): pass
print(Di().m())
b.__class__ = D; print(type(b), b.cm(), rc(b))
try: class_ = type("X", (A, object, A), {})
except TypeError as e: print(e)
try:
    class Y(int, str): pass
except TypeError as e: print(e)
del A, B, D, b; print("ok")
