o = object()
s = {o, o}
s.add(o)
t = s | {1}
u = frozenset(s)
s.discard(o)
t.clear()
del u
