o = object()
k = (1, object())
d = {"a": o, k: o}
d["b"] = o
d["a"] = 1
e = dict(d)
x = d.pop("b")
d.update({"z": o})
del d
f = e.items()
g = list(f)
del e, f, g
