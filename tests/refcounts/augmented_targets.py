class A: pass
o = [1]; a = A(); a.l = [o]; d = {"k": [o]}; l = [[o]]
a.l += [o]; d["k"] += [o]; l[0] += [o]; a.l *= 2; x = a.l; x += [o]; a.n = 1; a.n += 1000; y = a.n; d["n"] = 1.5; d["n"] *= 2; z = d["n"]
s = {1}; s |= {2}; s &= {2, 3}; t = (o,); t += (o,); u = "a b"; u += "c" * 3; v = u; u += "d"; w = b"x"; w += b"y"; f = frozenset([o.__class__]); f |= {1}
def g():
    p = [o]; q = p; p += [o]; r = (p,); r += (q,)
    return p, q, r
h = g()
for i in range(5): a.n += i; d["n"] += 1; l[0] += [i]; u += "e"
del h, x, t
