o = [[], [], []]
a, *b = o
*c, d = o
e = [*o, *b]
f = {**{"k": a}}
def g(*v, **w):
    return v, w
h = g(*o, **f)
del b, c
del h
