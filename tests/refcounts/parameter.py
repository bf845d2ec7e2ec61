def f(a):
    b = a
    del b
    return a
v = []
w = f(v)
f(f(v))
f([])
