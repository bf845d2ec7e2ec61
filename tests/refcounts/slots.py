class S:
    __slots__ = ("a", "b")
s = S()
o = []
s.a = o
s.b = s.a
t = s.b
del s.a
s.b = None
del t
u = s
del s
