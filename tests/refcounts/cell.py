def outer():
    x = []
    def inner():
        return x
    y = inner()
    return inner
f = outer()
g = f()
c = f.__closure__
del g
d = c[0]
del f
del c
