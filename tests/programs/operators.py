class V:
    def __init__(self, v): self.v = v
    def __repr__(self): return f"V({self.v})"
    def __add__(self, o): return V(("add", o))
    def __radd__(self, o): return V(("radd", o))
    def __iadd__(self, o): self.v = ("iadd", o); return self
    def __sub__(self, o): return NotImplemented
    def __matmul__(self, o): return "matmul"
    def __neg__(self): return "neg"
    def __invert__(self): return "inv"
    def __lt__(self, o): return "lt"
    def __eq__(self, o): return "eq"
    def __contains__(self, x): return x == 1
    def __call__(self, *a): return ("call", a)
    def __len__(self): return 0
    def __getitem__(self, k): return ("item", k)
    def __index__(self): return 2
    def __divmod__(self, o): return "divmod"
    def __pow__(self, o, m=None): return ("pow", o, m)
    def __rlshift__(self, o): return "rlshift"
    __hash__ = None
v = V(0)
print(v + 1, 1 + v, v @ 1, -v, ~v, v < 1, v == 1, v != 1, 1 in v, 2 in v, v(1, 2), bool(v), v["k"], [1, 2, 3][v], divmod(v, 1), v ** 2, pow(v, 2, 3), 1 << v, not v)
v += 5
print(v)
for bad in (lambda: v - 1, lambda: 1 - v, lambda: hash(v), lambda: v > [1] and object() < 1, lambda: -"a", lambda: [] @ 1, lambda: {} + {}, lambda: object()()):
    try:
        print(bad())
    except TypeError as e:
        print(e)
print(1 < 2 < 3, 1 < 3 < 2, 1 if [] else 2, 0 or "x", 1 and [], not 0, None is None, 1 is not None, "a" not in "b", (1, 2) == (1, 2.0), [1] is [1])
