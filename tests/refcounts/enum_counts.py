import enum
class C(enum.Enum):
    R = 1
    G = [2]
    @property
    def low(self): return self.value
class F(enum.Flag):
    A = 1
    B = 2
a = C.R; b = C(1); c = C["G"]; d = c.value; e = c.low; f = list(C); g = C.G.name; h = F.A | F.B; i = F.A in h
for k in range(4): x = C.R; y = x.value; z = C.G.low
del a, b, f
