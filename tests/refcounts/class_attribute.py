class C:
    items = []
    def m(self):
        v = self.items
        return v
c = C()
d = c.m()
C.other = d
e = C.items
del C.items
del c
f = C.other
