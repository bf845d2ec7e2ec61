def gen(items):
    for i in items:
        yield i
o = [[], [], []]
for v in gen(o):
    w = v
del v, w
l = list(gen(o))
g = gen(l)
next(g)
del g
del l
