import sys, _functools
from sys import getrefcount as rc
from _functools import partial, reduce, cmp_to_key, Placeholder, _lru_cache_wrapper
from collections import namedtuple
CI = namedtuple("CI", "hits misses maxsize currsize")
def lru_cache(maxsize=128, typed=False):
    if callable(maxsize):
        return _lru_cache_wrapper(maxsize, 128, False, CI)
    return lambda f: _lru_cache_wrapper(f, maxsize, typed, CI)
def f(a, *r, k=None, **kw): return rc(a), rc(k), rc(r)
p = partial(f, [])
print(p(), p(), p(1), p(k=[]))
p = partial(f, [], k=[])
print(p(), p(), p([]), p(1,k=2), p(z=[]))
print(partial(f, k=[])([]))
print(sys.getsizeof(p), type(p).__basicsize__, p.__dict__)
class H:
    pass
@lru_cache
def g(a, b=None): return rc(a), rc(b)
print(g(H()), g(H(), H()), g(H(), b=H()))
@lru_cache(maxsize=None)
def g(a, b=None): return rc(a), rc(b)
print(g(H()), g(H(), H()), g(H(), b=H()))
@lru_cache(0)
def g(a, b=None): return rc(a), rc(b)
print(g(H()), g(H(), H()), g(H(), b=H()))
def cmp(a,b):
    print(rc(a), rc(b)); return 0
sorted([H(),H()], key=cmp_to_key(cmp))
reduce(cmp, [H(), H(), H()])
print(reduce(lambda a, b: a + b, range(10)), reduce(lambda a, b: a + b, [], 5), reduce(lambda a, b: (a, b), [1, 2, 3], initial=0))
_ = Placeholder
print(partial(pow, _, 2)(5), partial(partial(print, _, 2, _, 4), 1)(3, 5), partial(print, _, 1))
def caught(f, *args, **kwargs):
    try:
        return f(*args, **kwargs)
    except Exception as e:
        print(type(e).__name__, e)
caught(partial)
caught(partial, 1)
caught(partial, print, _)
caught(partial, print, a=_)
caught(partial(pow, _, 2))
caught(reduce, 1, 2)
caught(reduce, lambda a, b: 1, [])
caught(reduce)
caught(cmp_to_key)
caught(lambda: cmp_to_key(cmp)(1) < 2)
@lru_cache(2, True)
def h(*a, **k):
    return a, k
print(h(1), h(1.0), h(1), h(2, a=3), h(2, a=3), h(3), h(1))
print(h.cache_info(), h.cache_clear(), h.cache_info())
class X:
    @lru_cache(3)
    def m(self, x):
        return x * 2
    p = partial(lambda self, a: (self.__class__.__name__, a))
x = X()
print(x.m(3), x.m(3), X.m.cache_info(), x.p(4))
class Key:
    def __init__(self, v): self.v = v
    def __hash__(self): return hash(self.v)
    def __eq__(self, o):
        print("eq", rc(self), rc(o))
        return self.v == o.v
c = lru_cache(2)(lambda k: k.v)
for i in 1, 1, 2, 3, 1:
    print(c(Key(i)))
print(c.cache_info())
class D:
    def __init__(self, n): self.n = n
    def __del__(self): print("del", self.n)
d = lru_cache(2)(lambda n: D(n))
for i in range(4):
    d(i)
d.cache_clear()
print(repr(partial(f, 1, a=2)).startswith("functools.partial(<function f at"))
p = partial(f); p.__setstate__((p, (), {}, {})); print(repr(p)); p.__setstate__((f, (), {}, {}))
import copy
q = copy.copy(partial(int, base=2)); print(q("101"), q.func, q.args, q.keywords)
q.attr = 1; print(copy.copy(q).attr, partial(q).func is q, partial(partial(int, "1"), base=2)())
print(partial[int])
