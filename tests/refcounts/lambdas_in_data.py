o = [1]
ops = {"a": lambda x: x, "b": lambda x, y=o: y, "c": lambda *a: a, "d": lambda **k: k, "e": (lambda: o)}
a = ops["a"](o); b = ops["b"](1); c = ops["c"](o, o); d = ops["d"](k=o); e = ops["e"]()
f = [lambda i=i: i for i in [o, o]]; g = [q() for q in f]
h = (lambda f: lambda x: f(f(x)))(lambda x: [x]); i = h(o)
j = sorted([3, 1], key=lambda x: -x); k = list(filter(lambda x: x, [o, None])); l = list(map(lambda x, y: (x, y), [o], [o]))
m = (lambda: (yield o))(); n = next(m)
del ops, f, h, m
