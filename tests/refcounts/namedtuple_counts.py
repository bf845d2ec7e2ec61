import collections as co
N = co.namedtuple("N", "a b", defaults=[None])
o = [1]; n = N(o); m = n._replace(b=o); d = n._asdict(); a, b = m; c = n.a; e = N._make([o, o]); f = n + (o,); g = m[:]
q = co.deque([o, o], maxlen=3); q.append(o); q.append(o); h = q.pop(); q.rotate(1); i = q.copy(); j = list(q); q.extendleft([o]); k = q[0]; q.clear()
w = co.defaultdict(list); w["k"].append(o); x = w["k"]; y = w["z"]; u = w.get("no")
t = co.Counter("aab"); v = t.most_common(1); z = co.ChainMap({"k": o}, {"l": o}); l = z["l"]
for r in range(4): p = N(o, o); s = p.a
del d, e, f, i, j
