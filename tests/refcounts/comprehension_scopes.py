o = [1]; rows = [[o, o], [o]]
a = [x for r in rows for x in r if x]
b = {id(x): x for r in rows for x in r}
c = {len(r): [y for y in r] for r in rows}
d = [(lambda: x) for x in rows]
e = [f() for f in d]
g = list(x for x in rows)
h = [[y for y in x] for x in rows]
def f(p):
    q = [p for _ in range(2)]
    s = [z for z in q if z is p]
    return [w := k for k in s], w
t = f(o); u = f(rows)
del a, b, c, d, e
