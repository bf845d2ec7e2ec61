def inner(x):
    y = yield x
    return [x, y]
def outer(x):
    z = yield from inner(x)
    yield z
    yield from [x, z]
o = [1]; i = outer(o)
a = next(i); b = i.send(o); c = next(i); d = next(i)
r = list(outer(o))
f = i.gi_frame; h = i.gi_yieldfrom
del i
e = sum(1 for x in outer(o))
