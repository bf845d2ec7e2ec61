def count(f):
    calls = []
    def wrapper(*a, **k):
        calls.append(a)
        return f(*a, **k)
    wrapper.calls = calls
    return wrapper
class D:
    def __init__(self, f): self.f = f
    def __call__(self, *a): return self.f(*a)
    def __get__(self, o, t): return lambda *a: self.f(o, *a)
@count
def f(x): return x
@D
def g(x): return [x]
class C:
    @count
    def m(self, x): return x
    @D
    def n(self, x): return x
o = [1]; r = f(o); s = g(o); c = C(); t = c.m(o); u = c.n(o); k = C.m.calls
for i in range(4): r = f(i); s = g(o); t = c.m(o); u = c.n(o)
del f, g, r, s
