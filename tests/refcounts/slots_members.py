class S:
    __slots__ = ("a", "b", "__weakref__")
    def __init__(self, a): self.a = a
class T(S):
    __slots__ = ("c",)
class U(S): pass
o = []; s = S(o); t = T(o); u = U(o)
for i in range(5):
    s.b = o; t.c = s; u.d = t; x = s.a; y = t.c; z = u.d
del s.b, t.c
try: s.b
except AttributeError as e: k = e.args
d = S.a; w = d.__get__(s)
del s, t, u
