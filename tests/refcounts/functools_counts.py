import functools
o = [1]
def f(*a, **k): return a, k
p = functools.partial(f, o, k=o); r = p(o); q = functools.partial(p, 2); s = q.args; t = q.func
@functools.lru_cache(maxsize=2)
def g(x): return [x]
a = g("x1"); b = g("x1"); c = g("x2"); d = g("x3"); e = g("x1")
g.cache_clear()
@functools.wraps(f)
def w(): return o
@functools.singledispatch
def z(x): return x
z.register(int, lambda x: o)
h = z(o); i = z(1)
class C:
    @functools.cached_property
    def v(self): return [o]
c = C(); j = c.v; k = c.v; del c.v
m = functools.reduce(lambda x, y: x + y, [[1], [2]], o)
del a, b, p, q
