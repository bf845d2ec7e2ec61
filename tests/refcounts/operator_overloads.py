class V:
    def __init__(self, x): self.x = x
    def __add__(self, o): return V(self.x + o.x) if isinstance(o, V) else NotImplemented
    def __radd__(self, o): return V([o])
    def __getitem__(self, k): return (self, k)
    def __contains__(self, k): return k is self
    def __call__(self, *a, **k): return (self, a, k)
    def __iter__(self): return iter([self, self])
    def __enter__(self): return self
    def __exit__(self, *a): return None
    def __matmul__(self, o): return (self, o)
    def __pow__(self, o, m=None): return (self, o, m)
    def __index__(self): return 1
    def __format__(self, s): return "f"
a = V([1]); b = V([2]); c = a + b; d = 1 + a; e = a[b]; f = a[1:b]; g = a(b, k=a); h = list(a); i, j = a; k = a @ b; l = a ** b; m = pow(a, b, a); n = [1, 2][a]; p = f"{a}{b}"; q = a in a; r = [*a, *b]; s = {*a}; t = divmod(7, 2); u = a[a, b]
with a as v, b as w: x = (v, w)
try: a + 1.5
except TypeError as y: z = y.args
del c, d, e, f, g
