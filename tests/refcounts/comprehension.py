o = [[], []]
a = [x for x in o]
b = [(x, y) for x in o for y in o]
c = {i: x for i, x in enumerate(o)}
d = [y for x in o if (y := x) is not None]
def f(v):
    r = [w for w in v]
    return [r for _ in v]
e = f(o)
del a, b, c
del e
