class P:
    def __init__(self, v):
        self._v = v
    @property
    def v(self):
        r = self._v
        return r
    @v.setter
    def v(self, n):
        self._v = n
o = []
p = P(o)
a = p.v
p.v = []
b = p.v
del p
