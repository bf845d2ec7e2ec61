l = [[], [], []]
it = iter(l)
a = next(it)
z = zip(l, l)
b = next(z)
c = next(z)
del b
e = enumerate(l)
f = next(e)
g = next(e)
m = map(lambda v: v, l)
h = next(m)
r = reversed(l)
i = next(r)
del it, z, e, m, r
