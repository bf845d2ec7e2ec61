f = lambda x: x
o = []
r = f(o)
g = [f, f]
s = (lambda y: [y, y])(o)
t = (lambda: o)()
del s
