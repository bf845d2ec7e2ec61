def f(a, b=None): return a
class I:
    def __init__(self, a, b=None): self.a = a
class C:
    def __call__(self, x): return x
class T(tuple): pass
o = [1]; c = C(); k = {"b": o}
for i in range(8):
    p = f(o); q = f(o, o); r = f(a=o); s = f(*[o]); t = f(o, **k); u = I(o); v = I(o, b=o); w = c(o); x = len(o); y = isinstance(o, list); z = tuple([o]); aa = str(i); bb = T([o]); cc = list((o,)); dd = type(o); o.append(i); ee = o.pop(); ff = max(1, 2); gg = "a".join(["b"]); hh = [].append; ii = hh(o); jj = (lambda q: q)(o); kk = f(f(f(o)))
del p, q, r, s, t
