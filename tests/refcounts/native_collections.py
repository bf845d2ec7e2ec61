import _collections
class C:
    def __eq__(self, other):
        return self is other
    def __hash__(self):
        return 1
c = C()
d = C()
q = _collections.deque([c, d], 3)
q.append(c)
q.append(d)
n = q.popleft()
q.rotate()
i = q.index(d)
i = q.count(c)
i = c in q
q.remove(d)
q.insert(0, d)
q.extend([d, d])
r = q.copy()
q += r
s = q + r
del r, s
it = iter(q)
n = next(it)
n = q[0]
q[0] = c
del q[0]
q.reverse()
q.clear()
del it, n, q
def make():
    return C()
m = _collections.defaultdict(make)
v = m[c]
v = m[c]
v = m[d]
w = m.copy()
del m[c]
del m, w, v
