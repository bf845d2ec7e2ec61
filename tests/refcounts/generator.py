def gen(a):
    b = a
    yield b
    del b
    c = yield a
    yield c
o = []
g = gen(o)
x = next(g)
y = next(g)
z = g.send([1])
g.close()
del g, x, y
