def outer(a):
    def inner():
        nonlocal a
        b = a
        a = None
        return b
    return inner
o = []
f = outer(o)
r = f()
s = f()
del f
del r
