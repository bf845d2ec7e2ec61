def f():
    return f
g = f
h = g()
d = {"f": f}
del f
l = [g] * 3
c = g.__code__
n = g.__globals__ is globals()
del l, d
h = None
