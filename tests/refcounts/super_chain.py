class A:
    def __init__(self, x): self.x = x
    def m(self, y): return self.x, y
class B(A):
    def __init__(self, x): super().__init__(x); self.b = x
    def m(self, y): return super().m(y)
class C(B):
    def m(self, y): return super(C, self).m(y)
    @classmethod
    def k(cls): return super().__new__
o = [1]; c = C(o)
for i in range(6):
    r = c.m(o); b = B(o); s = b.m(i); m = super(C, c).m
del b, s
t = m(o)
del m, c
