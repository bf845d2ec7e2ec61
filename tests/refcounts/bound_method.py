class C:
    def m(self, x):
        y = x
        return self
c = C()
f = c.m
g = f
d = f(c)
del f
h = g.__self__
del g
e = c.m(c).m(d)
