class M:
    def __init__(self, o, swallow=False): self.o = o; self.swallow = swallow
    def __enter__(self): return self.o
    def __exit__(self, t, v, tb): self.seen = v; return self.swallow
o = [1]; m = M(o); n = M(m, True)
def f():
    with m as a, n as b:
        c = [a, b]
    with n:
        raise ValueError(o)
    with m as a:
        return a
r = f(); s = n.seen
n.seen = None; del s
for i in range(3): r = f(); n.seen = None
try:
    with m as z: raise KeyError(o)
except KeyError as e: k = e.args
m.seen = None
