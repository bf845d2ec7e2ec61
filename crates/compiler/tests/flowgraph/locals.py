# Fast locals: unbound ones, borrowed loads, superinstructions, cells.
def f(a, b, *c, d=1, **e):
    x = a
    y = x
    a = b = x
    del y
    if a: z = b
    return z, y, c, d, e
def g(a, b):
    a, b = b, a
    a[b], b.a = b, a
    c = a.b(a, b).c
    d = (c := a) + c
    a = a + (a := b)
    for i in a: i, i
    while a: a = b; b = a
    return f(a, *b, x=a)
def h(a):
    if a: x.y
    from m import a
    x.y
    with a: pass
    with a as x: x
    return f"{a}{a!r:>{a}}"
def i(a, b):
    c = lambda: a
    def d(e=b): return a, c, b
    a = 1
    return [a for a in b if c], {x: y for x, y in a}, (z for z in c)
def j():
    def k():
        nonlocal x
        x = 1
        del x
    x = 2
    x
    return k
def l(a):
    b = yield a
    c = yield from b
    del a
    a
    return c
def many():
    a0 = a1 = a2 = a3 = a4 = a5 = a6 = a7 = a8 = a9 = b0 = b1 = b2 = b3 = b4 = b5 = b6 = b7 = b8 = b9 = 0
    c0 = c1 = c2 = c3 = c4 = c5 = c6 = c7 = c8 = c9 = d0 = d1 = d2 = d3 = d4 = d5 = d6 = d7 = d8 = d9 = 0
    e0 = e1 = e2 = e3 = e4 = e5 = e6 = e7 = e8 = e9 = f0 = f1 = f2 = f3 = f4 = f5 = f6 = f7 = f8 = f9 = 0
    g0 = g1 = g2 = g3 = g4 = g5 = g6 = g7 = g8 = g9 = 0
    if a0: g8
    del g7
    g7, a1, g9, b6, b5
    if a0: del g9, a2
    g9, a2, g9, a2
