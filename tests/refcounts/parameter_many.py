def f(a, b, *c, d=None, **e):
    g = (a, b, c)
    return g
v = {}
r = f(v, v, v, v, d=v, k=v)
del r
f(*[v, v], **{"d": v})
