import sys
rc = sys.getrefcount
class M(type):
    def __new__(m, name, bases, ns, **k): print("new", rc(ns), rc(name), rc(bases), rc(k), rc(m)); return super().__new__(m, name, bases, ns)
    def __init__(c, name, bases, ns, **k): print("init", rc(ns), rc(name), rc(bases), rc(k), rc(c)); return super().__init__(name, bases, ns)
    def __call__(c, *a, **k): print("call", rc(c), rc(a), rc(k)); return super().__call__(*a)
    @classmethod
    def __prepare__(m, name, bases, **k): print("prep", rc(name), rc(bases), rc(m)); return {}
class D:
    def __set_name__(self, o, n): print("setname", rc(self), rc(o), rc(n))
    def __get__(self, i, o): print("get", rc(self), rc(i), rc(o)); return 1
    def __set__(self, i, v): print("set", rc(self), rc(i), rc(v))
    def __delete__(self, i): print("delete", rc(self), rc(i))
class M2(type):
    def __init__(c, name, bases, ns): print("init2", rc(ns), rc(name), rc(bases), rc(c))
class M3(type):
    def __new__(m, name, bases, ns): print("new3", rc(ns), rc(name), rc(bases), rc(m)); return type.__new__(m, name, bases, ns)
def f(i):
    class C(metaclass=M):
        d = D()
        def __init_subclass__(c, **k): print("initsub", rc(c), rc(k))
        def __init__(self, *a, **k): print("cinit", rc(self), rc(a))
        def __new__(c, *a): print("cnew", rc(c), rc(a)); return super().__new__(c)
        def __class_getitem__(c, i): print("cgi", rc(c), rc(i)); return i
    class C2(C, q=1.5): pass
    class C3(metaclass=M2): x = 1
    class C4(metaclass=M3): x = 1
    c = C(1.5, k=2); c.d; c.d = 2.5; del c.d; C[3.5]; C.d; C2()
    T = type("T" + str(i), (object,), {"a": D()}); T.a
    M("U" + str(i), (), {"a": 1}, z=2)
    M2("U" + str(i), (), {"a": 1}); M3("U", (), {})
for i in range(4): f(i)
class G(metaclass=M, z=1.5): d = D()
G()
class Init:
    def __init__(self, a, b=None, *c, **d): print(rc(self), rc(a), rc(b), rc(c), rc(d))
class Init2:
    def __init__(self, a, b=None): print(rc(self), rc(a), rc(b))
class Init3:
    def __init__(self, a, *, b=None): print(rc(self), rc(a), rc(b))
def g():
    x, y = [], {}
    Init(x); Init(x, y); Init(x, b=y); Init(a=x, b=y); Init(x, y, x, z=y); Init(*[x], **{"b": y})
    Init2(x); Init2(x, y); Init2(x, b=y); Init2(a=x, b=y); Init2(*[x], **{"b": y}); Init3(x); Init3(x, b=y); Init3(b=y, a=x); Init2([], []); Init2([], b=[]); Init3([], b=[])
for i in range(12): g()
