o = [[1], [2]]
g = (x for x in o)
a = next(g)
b = next(g, None)
c = next(g, None)
del g
t = tuple(x for x in o if x)
