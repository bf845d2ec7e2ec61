def f(a=[], *, b={}):
    a.append(1)
    c = b
    return a
x = f()
y = f()
d = f.__defaults__
k = f.__kwdefaults__
f.__defaults__ = None
del d
del k
del x
