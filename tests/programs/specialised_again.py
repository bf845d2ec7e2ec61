import sys
rc = sys.getrefcount
# with a class used from two sides, caching specialisations being invalidated
class A:
    x = 1
    def m(self): return "m1", rc(self)
def get(o): return o.x
def call(o): return o.m()
def add(a, b): return a + b
def sub(a, i): return a[i]
def it(s): return [v for v in s]
def cmp(a, b): return a < b, a == b, a in [b]
def st(o, v): o.x = v; return rc(v)
def tr(v): return 1 if v else 0
def fmt(v): return f"{v}"
def un(v): a, b = v; return b, a
objs = [A() for _ in range(3)]
for o in objs * 4: get(o), call(o)
A.x = 2; A.m = lambda self: ("m2", rc(self)); print([get(o) for o in objs], call(objs[0]), call(A()))
objs[0].x = [5]; print([get(o) for o in objs], rc(get(objs[0]))); objs[1].m = lambda: "inst"; print(call(objs[1]), call(objs[2]))
A.x = property(lambda s: ("prop", rc(s)));
try: print([get(o) for o in objs])
except AttributeError as e: print(e)
for a, b in ((1, 2), (1.5, 2), ("a", "b"), ([1], [2]), (10 ** 20, 1), (True, 1), ((1,), (2,))) * 3: print(add(a, b), end=" ")
print()
for a, i in (([1, 2], 0), ((1, 2), 1), ({"a": 1}, "a"), ("ab", 0), (range(3), 1), ([1, 2], -1), (b"ab", 0)) * 3: print(sub(a, i), end=" ")
print()
for s in ([1], (2,), "ab", range(2), {3: 4}, {5}, iter([6]), (x for x in [7]), b"a") * 2: print(it(s), end=" ")
print()
for a, b in ((1, 2), (1.5, 1.5), ("a", "b"), ([1], [1]), (1, 1.0), (10 ** 20, 3)) * 3: print(cmp(a, b), end=" ")
print()
class B: pass
class S: __slots__ = ("x",)
for o in (B(), B(), S(), B(), S()) * 2: print(st(o, [1]), st(o, 5) > 1000, end=" ")
print()
for v in (1, 0, [], [1], "", "a", None, 0.0, A(), True) * 2: print(tr(v), fmt(v) if not isinstance(v, A) else "", end=" ")
print()
for v in ((1, 2), [3, 4], "ab", {5: 1, 6: 2}, range(2)) * 2: print(un(v), end=" ")
print()
import builtins
def ln(x): return len(x)
for _ in range(5): ln("ab")
len_ = len; builtins.len = lambda x: "fake"; print(ln("ab")); builtins.len = len_; print(ln("ab"))
len = lambda x: ("global", rc(x)); print(ln([])); del len; print(ln("abc"))
def glob(): return GV
GV = [1]; print([rc(glob()) for _ in range(5)]); GV = [2]; print(glob(), rc(glob())); del GV
try: glob()
except NameError as e: print(e)
def kws(**k): return sorted(k.items())
def var(*a): return len_(a)
for i in range(4): print(kws(a=i, b=[i]), var(*range(i)), end=" ")
print()
class P:
    def __init__(self, v): self.v = v
def mk(v): return P(v)
for _ in range(4): mk([1])
P.__init__ = lambda self, v: setattr(self, "w", v); print(mk(1).__dict__); del P.__init__
try: mk(1)
except TypeError as e: print(e)
P.__new__ = lambda c, v: ("new", v); print(mk(3))
g = (x for x in range(10))
def fr(g):
    for x in g: return x
print([fr(g) for _ in range(4)], fr([9]), fr({8: 1}), fr(range(7, 9)))
