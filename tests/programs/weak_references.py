import weakref, gc
class C:
    def __init__(self, n): self.n = n
    def __repr__(self): return f"C{self.n}"
c = C(1)
r = weakref.ref(c, lambda ref: print("dead", ref() is None))
print(r(), r() is c, weakref.getweakrefcount(c))
del c
print(r())
c = C(2)
p = weakref.proxy(c)
print(p.n)
del c
try:
    p.n
except ReferenceError as e:
    print(e)
c = C(3)
a, b = weakref.ref(c), weakref.ref(c)
print(a is b, a == b, hash(a) == hash(c))
del c
print(a == b, a())
for bad in (5, "s", (1,)):
    try:
        weakref.ref(bad)
    except TypeError as e:
        print(e)
class S:
    __slots__ = ()
try:
    weakref.ref(S())
except TypeError as e:
    print(e)
c = C(4)
c.me = c
r = weakref.ref(c)
del c
print(r() is None, gc.collect() > 0, r())
def func(): pass
print(weakref.ref(func)() is func)
