def f(*a, **k):
    x = a; y = k
    return a, k
def g(a, *b, c=None, **d):
    return f(a, *b, c=c, **d)
o = [1]; p = {"c": o, "e": o}
r = f(*o); s = f(*[o, o], **p); t = g(o, o, **p); u = g(*(o,), z=o)
args = (o, o); v = f(*args); w = f(*args, *args)
for i in range(4):
    r = f(o, k=o); s = g(o); t = g(*args)
del r, s, t, u, v, w
