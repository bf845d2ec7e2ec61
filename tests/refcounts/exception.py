o = []
try:
    raise ValueError(o)
except ValueError as e:
    f = e
    a = e.args
g = f.args[0]
del f
del a
del g
