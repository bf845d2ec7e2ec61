import sys
rc = sys.getrefcount
class K:
    def __init__(self, n): self.n = n
    def __hash__(self): print("hash", self.n, rc(self)); return 7
    def __eq__(self, o): print("eq", self.n, o.n, rc(self), rc(o)); return self.n == o.n
    def __repr__(self): return f"K{self.n}"
    def __lt__(self, o): print("lt", rc(self), rc(o)); return self.n < o.n
    def __del__(self): print("del", self.n)
a, b, c = K(1), K(2), K(3)
d = {a: [1], b: [2]}
print(d[a], rc(a), d.get(c), d.pop(b), d.setdefault(c, [3]), rc(c))
d |= {a: 4}; print(d, K(1) in d, list(d), rc(a))
d.update([(K(1), 5)]); print({**d, K(9): 1})
s = {a, b, c}; s.add(K(1)); s.discard(K(2)); print(len(s), K(3) in s, s & {a}, s | {K(1)}, s - {c}, s ^ {a})
l = [c, a, b]; l.sort(); print(l, sorted(l, reverse=True), max(l), min(l, key=lambda k: -k.n))
print(l.index(K(2)), l.count(K(1)), K(3) in l, l == [K(1), K(2), K(3)], (a, b) < (a, c))
l.remove(K(1)); print(l, rc(a)); del l[0]; l.insert(0, a); l *= 2; print([rc(x) for x in l]); l[1:3] = [K(5)]; print(l)
l.extend(x for x in (K(6), K(7))); print(l.pop(), l.pop(0)); l.reverse(); l.clear()
t = (a, b) + (c,); print(rc(a), t * 2 == t + t, t[1:], hash((1, "a")) == hash((1, "a")))
f = frozenset([a, b]); print(rc(a), f == {a, b}, hash(f) == hash(frozenset([b, a])))
x, *y, z = t; print(y, rc(y), rc(x)); (p, q), r = (t[:2], 1); print(rc(p))
del d, s, t, f, x, y, z, p, q
print(rc(a), rc(b), rc(c))
dd = dict.fromkeys("abc", a); print(rc(a)); dd.clear(); print(rc(a))
print([*map(rc, [a, b])], list(zip([a], [b])), rc(a), list(enumerate([a])), rc(a), list(filter(None, [a])), list(reversed([a])))
it = iter([a, b]); print(rc(next(it)), rc(it)); del it
v = {1: a}.values(); print(rc(a), list(v)); del v; print(rc(a))
i = {1: a}.items(); print(rc(a), (1, a) in i, list(i)); del i
print(rc(a)); del a; print("gone")
