class P:
    def __init__(self, v): self._v = v
    @property
    def v(self): return self._v
    @v.setter
    def v(self, x): self._v = x
    @v.deleter
    def v(self): del self._v
    @classmethod
    def make(cls, x): return cls(x)
    @staticmethod
    def same(x): return x
o = []; p = P(o)
for i in range(6):
    q = p.v; p.v = o; r = P.make(o); s = p.same(o); t = r.v
del p.v
p.v = s
del r, q, t
