class V: pass
v = V()
def f(a, b=v, *, c=v, d=[]):
    d.append(a)
    e = b
    return d, e
r = f(1); s = f(v); t = f(1, 2, c=3)
f.__defaults__ = None
u = f.__kwdefaults__
del f.__kwdefaults__["d"]
del r, s
f.__kwdefaults__ = None
del v, u
