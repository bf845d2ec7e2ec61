import sys
rc = sys.getrefcount
def make():
    x = []
    def get(): return rc(x)
    def set_(v):
        nonlocal x
        x = v
    return get, set_, lambda: x
g, s, l = make()
print(g(), rc(l()), rc(g.__closure__[0]), rc(g.__closure__))
o = object(); s(o); print(rc(o), g())
s(None); print(rc(o))
def counter():
    n = 10 ** 6
    def inc(by=1000):
        nonlocal n
        n += by
        return rc(n)
    return inc
c = counter(); print([c() for _ in range(5)])
def deco(f):
    def w(*a, **k):
        print("call", f.__name__, rc(a), rc(k), rc(f))
        return f(*a, **k)
    return w
@deco
@deco
def add(a, b=[1]): return rc(a), rc(b)
print(add([2]), add([3], b=[4]), add(b=[5], a=[6]))
fs = [lambda i=i: i for i in range(3)]; print([f() for f in fs], rc(fs[0]), rc(fs[0].__defaults__))
fs = [(lambda: i) for i in range(3)]; print([f() for f in fs])
def outer():
    def rec(n): return 1 if n == 0 else n * rec(n - 1)
    print(rec(5), rc(rec))
    return rec
r = outer(); print(r(3), rc(r)); del r
def de():
    x = [1]
    def inner(): return x
    del x
    try: inner()
    except NameError as e: print(e)
    x = [2]
    return inner
print(de()())
class K:
    y = [1, 2]
    def f(self): return __class__
    z = [q for q in y]
    w = rc(y)
print(K.w, K().f() is K, rc(K))
def kw(a, /, b, *, c=[3], **d): print(rc(a), rc(b), rc(c), rc(d), d)
kw([], [], d=[], e=[]); kw([], b={}, c=()); kw(*([], []), **{"zz": []})
try: kw(1)
except TypeError as e: print(e)
try: kw(a=1, b=2)
except TypeError as e: print(e)
print(kw.__kwdefaults__, rc(kw.__kwdefaults__["c"]))
def f(x):
    def g(y):
        def h(z): return rc(x), rc(y), rc(z)
        return h
    return g
print(f([])([])([]))
