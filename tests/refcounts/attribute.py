class C:
    pass
c = C()
o = []
c.a = o
c.b = o
d = c.__dict__
c.a = 1
x = c.b
del c.b
del d
e = c
del c
