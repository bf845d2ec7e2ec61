o = object()
t = (o, o)
u = t + (o,)
a, b = t
del a
v = t * 2
del t
del u, v, b
