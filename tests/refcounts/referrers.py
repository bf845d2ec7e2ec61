import gc
class A: pass
o = A(); l = [o]; d = {"k": o}; t = (o,); a = A(); a.o = o
def f(): return o
def g(x):
    return len(gc.get_referrers(x)), [type(r).__name__ for r in gc.get_referrers(x) if type(r) is not dict]
n = g(o)
m = gc.get_referents(l); p = gc.get_referents(t); q = gc.is_tracked(t), gc.is_tracked(d), gc.is_tracked(1)
c = (lambda x: lambda: x)(o); r = g(o); s = c.__closure__[0].cell_contents
del l, d, t
u = g(o)
gc.collect(); v = gc.get_count()[2]
