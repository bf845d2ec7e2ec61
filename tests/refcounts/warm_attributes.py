class A:
    c = [0]
    def __init__(self): self.a = [1]; self.b = None
    def m(self): return self.a
    def n(self, x): self.b = x; return self.b
    def __getattr__(self, k): return self.c
a = A(); o = [5]
for i in range(8):
    p = a.a; q = a.c; r = a.m(); s = a.n(o); t = a.zzz; u = a.m; a.b = i; a.new = o
    if i == 4: A.c = [9]
    if i == 5: a.extra1 = 1
for i in range(4):
    p = a.a; q = a.c; r = a.m(); s = A.m(a); t = A.c
del a.a
v = a.a
