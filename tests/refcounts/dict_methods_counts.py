o = [1]; k = "key" * 3
d = {k: o, 1: o, (1, 2): o}
a = d.get(k); b = d.setdefault("new", o); c = d.setdefault("n2"); e = d.pop(1); f = d.popitem(); g = d.copy(); h = dict(d); i = {**d}; j = d | g; d |= h; d.update(x=o); l = list(d.items()); m = list(d); n = list(d.values()); p = dict.fromkeys([k], o); q = dict(zip([k], [o])); r = d.keys() | {"z"}; s = d.items()
for t in range(4):
    d[k] = o; u = d[k]; d[t] = o; del d[t]; v = k in d
w = reversed(d); x = next(w); y = {k: v for k, v in [(1, o)]}; z = dict([(k, o)])
d.clear()
del a, b, g, h, i, j, l
