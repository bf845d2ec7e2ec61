o = [1]; t = (o, o, o, o)
a, b, c, d = t
e, *f = t
*g, h = t
i, *j, k = [o, o, o]
(l, m), *n = [(o, o), o]
x = y = z = o
x, y = y, x
a, b, c = c, a, b
d, e = [o, o]
for p, (q, r) in [(o, (o, o)), (1, (o, 2))]: s = p
f[:] = [o]; g[0], g[1:] = o, [o]
[u, v] = zip([o], [o]), o
w = [*t, *f]; k = (*t, o); l = {**{"a": o}}
del a, b, c, d, t
