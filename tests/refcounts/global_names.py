x = []
def f():
    global y
    y = x
    return y
f()
z = f()
def g():
    global x
    x = None
g()
n = globals()["y"]
del y
del n
