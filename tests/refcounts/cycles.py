import gc
class N:
    pass
a, b = N(), N()
a.b, b.a = b, a
c = a
del a
d = c.b
del b
l = []
l.append(l)
m = l
del l
n = gc.collect()
del m
n = gc.collect()
