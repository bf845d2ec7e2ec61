class P:
    __match_args__ = ("x", "y")
    def __init__(self, x, y): self.x = x; self.y = y
def f(s):
    match s:
        case [a, [b, *c]]: return a, b, c
        case {"k": k, **rest}: return k, rest
        case P(x, y=[z, w]) | P([z, w], x): return x, z, w
        case (P() as p, q): return p, q
        case str(t) | bytes(t): return t
        case None | True: return s
        case _ if s: return s
o = [1]; p = P(o, [o, o]); s = "text" * 3
r = f([o, [o, o, o]]); a = f({"k": o, "l": o}); b = f(p); c = f(P([o, o], o)); d = f((p, o)); e = f(s); g = f(o); h = f(None)
for i in range(3): r = f([o, [o]]); b = f(p)
del r, a, b, c, d
