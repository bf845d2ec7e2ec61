class M(type):
    def __new__(m, n, b, ns, **k):
        c = super().__new__(m, n, b, ns)
        c.k = k
        return c
    def __call__(c, *a):
        o = super().__call__(*a)
        o.made = True
        return o
    def __getattr__(c, n): return [n]
    @property
    def p(c): return c
class A(metaclass=M, x=[1]):
    def __init__(self, v): self.v = v
class B(A, y=2): pass
o = [1]; a = A(o); b = B(o); c = A.q; d = A.p; e = A.k
for i in range(5): a = A(o); b = B(a)
C = M("C", (B,), {"z": o}); f = C.z; g = C.__mro__; h = B.__subclasses__()
del C, h, g
