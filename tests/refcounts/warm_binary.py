class N:
    def __init__(self, v): self.v = v
    def __add__(self, o): return N(self.v)
    __radd__ = __add__
    def __iadd__(self, o): self.v = o; return self
    def __eq__(self, o): return self is o
    def __lt__(self, o): return True
    def __bool__(self): return True
    def __neg__(self): return self
    __hash__ = None
a = N([1]); b = N(2)
for i in range(8):
    c = a + b; d = a + 1; e = 1 + a; a += b; f = a == b; g = a < b; h = not a; j = -a; k = a and b; l = a or b; m = a is b; n = [a] + [b]; p = (a,) + (b,); q = [a] * 2; r = {1: a} | {2: b}; s = "x" + str(i); s += "y"; t = i + 1.5; u = 1.5 * i; v = a if a else b; w = {i} | {1}; x = i ** 2; y = 10 ** 20 + i; z = y - i
del c, d, e
