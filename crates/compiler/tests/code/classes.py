class C(A, metaclass=M, **kw):
    """Doc
    string."""
    x = 1
    __y = x
    def m(self):
        self.a = self.__b = 1
        self.c.d = 2
        self.e += 1
        other.f = 3
        return super().m(), super(C, self).n, __class__
    class D:
        def n(self): self.z = C
# ----
@d
class C(*bases, k=1):
    pass
class _: __a = 1
class __E:
    __a = 1
# ----
def f(x):
    class C:
        x = x
        y = [x for _ in y]
        z = [lambda: x for x in z]
        def m(self): return x, z
    return C
# ----
class C:
    def a(self): return super().__init__(1, k=2)
    def b(self, *args): return super().b
    def c(): return super().c
    def d(self): return super(*a).d
    def e(self):
        super = 1
        return super().e
    def f(self): return super().__class__
    def g(self):
        return [super().g for x in y]
# ----
super = 1
class C:
    def a(self): return super().a
# ----
class C:
    nonlocal_ = 1
    def f():
        class D(C):
            global g
            def g(self): return __class__
            class h: pass
# ----
class A:
    class B: x = __qualname__
# ----
def f():
    class C:
        def g(): pass
    def C(): pass
    class C:
        x = __qualname__
