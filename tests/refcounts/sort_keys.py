class K:
    def __init__(self, n): self.n = n
    def __lt__(self, other): return self.n < other.n
l = [K(3), K(1), K(2)]
a = sorted(l); l.sort(); b = sorted(l, key=lambda k: -k.n); l.sort(key=lambda k: k.n, reverse=True)
c = min(l); d = max(l, key=lambda k: -k.n); e = sorted([(k.n, k) for k in l]); f = list(reversed(l)); g = [k for k in l if k.n > 1]
import functools
h = sorted(l, key=functools.cmp_to_key(lambda x, y: x.n - y.n))
i = functools.reduce(lambda x, y: x if x < y else y, l)
try: l.sort(key=lambda k: k.missing)
except AttributeError as x: j = x.obj
del a, b, j
