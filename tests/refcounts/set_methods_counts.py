class H:
    def __init__(self, n): self.n = n
    def __hash__(self): return self.n % 3
    def __eq__(self, other): return self.n == other.n
o = H(1); p = H(4); s = {o, p}
a = s | {H(7)}; b = s & a; c = a - s; d = s ^ a; e = s.copy(); f = set(s); g = frozenset(s); h = s.union([o], [p])
s.add(H(1)); s.discard(H(4)); i = o in s; j = H(1) in s; s.update(a); s &= a; s -= {p}; s ^= {p}; k = s.pop(); s.clear()
l = sorted(a, key=lambda x: x.n); m = [x for x in a]; n = max(a, key=lambda x: x.n); q = {o: 1}.keys() & a
del a, b, c, d
