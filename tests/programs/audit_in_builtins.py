# Counts, and an audit, seen from the special methods, iterators, keys and finalizers that built-in functions and types call back.
import sys
rc = sys.getrefcount
try:
    from terrarium import audit
except ImportError:
    def audit(): return []
bad = 0
def look():
    global bad
    for d in audit():
        bad += 1
        print("    AUDIT", d["type"], d["what"][:60], d["count"], d["holders"])

class Stop(Exception): pass
def mk(v=0, n=2):
    return E(v, n)
class E:
    def __init__(self, v=0, n=2):
        self.v = v; self.n = n; self.i = 0
    def __eq__(self, o):
        print("  eq", self.v, rc(self), rc(o)); look()
        return isinstance(o, E) and self.v == o.v
    def __ne__(self, o):
        print("  ne", self.v, rc(self), rc(o)); look()
        return not (isinstance(o, E) and self.v == o.v)
    def __lt__(self, o):
        print("  lt", self.v, rc(self), rc(o)); look()
        return self.v < o.v
    def __le__(self, o):
        print("  le", self.v, rc(self), rc(o)); look()
        return self.v <= o.v
    def __gt__(self, o):
        print("  gt", self.v, rc(self), rc(o)); look()
        return self.v > o.v
    def __ge__(self, o):
        print("  ge", self.v, rc(self), rc(o)); look()
        return self.v >= o.v
    def __hash__(self):
        print("  hash", self.v, rc(self)); look()
        return self.v
    def __bool__(self):
        print("  bool", self.v, rc(self)); look()
        return self.v % 2 == 1
    def __len__(self):
        print("  len", self.v, rc(self)); look()
        return self.n
    def __iter__(self):
        print("  iter", self.v, rc(self)); look()
        return It(self.n, self.v)
    def __getitem__(self, k):
        print("  getitem", self.v, rc(self), rc(k)); look()
        return E(self.v + 1)
    def __setitem__(self, k, x):
        print("  setitem", self.v, rc(self), rc(k), rc(x)); look()
    def __delitem__(self, k):
        print("  delitem", self.v, rc(self), rc(k)); look()
    def __contains__(self, k):
        print("  contains", self.v, rc(self), rc(k)); look()
        return False
    def __call__(self, *a, **k):
        print("  call", self.v, rc(self), [rc(x) for x in a], rc(a), rc(k)); look()
        return E(self.v + 1)
    def __add__(self, o):
        print("  add", self.v, rc(self), rc(o)); look()
        return E(self.v + 1)
    __sub__ = __mul__ = __truediv__ = __floordiv__ = __mod__ = __matmul__ = __and__ = __or__ = __xor__ = __lshift__ = __rshift__ = __add__
    def __radd__(self, o):
        print("  radd", self.v, rc(self), rc(o)); look()
        return E(self.v + 1)
    __rsub__ = __rmul__ = __rtruediv__ = __rfloordiv__ = __rmod__ = __rmatmul__ = __rand__ = __ror__ = __rxor__ = __rdivmod__ = __radd__
    def __iadd__(self, o):
        print("  iadd", self.v, rc(self), rc(o)); look()
        return self
    __isub__ = __imul__ = __ior__ = __iand__ = __iadd__
    def __pow__(self, o, m=None):
        print("  pow", self.v, rc(self), rc(o)); look()
        return E(self.v + 1)
    def __divmod__(self, o):
        print("  divmod", self.v, rc(self), rc(o)); look()
        return E(self.v + 1)
    def __neg__(self):
        print("  neg", self.v, rc(self)); look()
        return E(self.v + 1)
    __pos__ = __invert__ = __abs__ = __neg__
    def __round__(self, n=None):
        print("  round", self.v, rc(self)); look()
        return E(1)
    def __trunc__(self):
        print("  trunc", self.v, rc(self)); look()
        return 4
    __floor__ = __ceil__ = __trunc__
    def __index__(self):
        print("  index", self.v, rc(self)); look()
        return self.v
    def __int__(self):
        print("  int", self.v, rc(self)); look()
        return self.v
    def __float__(self):
        print("  float", self.v, rc(self)); look()
        return float(self.v)
    def __complex__(self):
        print("  complex", self.v, rc(self)); look()
        return complex(self.v)
    def __str__(self):
        print("  str", self.v, rc(self)); look()
        return "E%d" % self.v
    def __repr__(self):
        print("  repr", self.v, rc(self)); look()
        return "<E%d>" % self.v
    def __format__(self, s):
        print("  format", self.v, rc(self)); look()
        return "F%d" % self.v
    def __bytes__(self):
        print("  bytes", self.v, rc(self)); look()
        return b"E"
    def __reversed__(self):
        print("  reversed", self.v, rc(self)); look()
        return It(self.n, self.v)
    def __length_hint__(self):
        print("  length_hint", rc(self)); look()
        return 3
    def __fspath__(self):
        print("  fspath", self.v, rc(self)); look()
        return "/nonexistent/E"
    def __dir__(self):
        print("  dir", self.v, rc(self)); look()
        return ["b", "a"]
    def __instancecheck__(self, x):
        print("  instancecheck", self.v, rc(self), rc(x)); look()
        return True
    def __subclasscheck__(self, x):
        print("  subclasscheck", self.v, rc(self), rc(x)); look()
        return True
    def __enter__(self):
        print("  enter", self.v, rc(self)); look()
        return E(self.v + 1)
    def __exit__(self, *a):
        print("  exit", self.v, rc(self), rc(a)); look()
        return True
    def __getattr__(self, name):
        if name.startswith("__"): raise AttributeError(name)
        print("  getattr", name, rc(self)); look()
        if name == "missing": raise AttributeError(name)
        return E(self.v + 1)
    def __copy__(self):
        print("  copy", self.v, rc(self)); look()
        return self
    def __del__(self):
        print("  del", self.v, rc(self)); look()

class It:
    def __init__(self, n, v=0):
        self.n = n; self.v = v
    def __iter__(self):
        print("  it.iter", rc(self)); look()
        return self
    def __next__(self):
        print("  it.next", rc(self)); look()
        if self.n <= 0: raise StopIteration
        self.n -= 1
        return E(self.v + self.n)
    def __length_hint__(self):
        print("  it.length_hint", rc(self)); look()
        return self.n
    def __del__(self):
        print("  it.del", self.v, rc(self)); look()
def key(x):
    print("  key", rc(x)); look()
    return x.v
def pred(x):
    print("  pred", rc(x)); look()
    return x.v % 2
def two(a, b):
    print("  two", rc(a), rc(b)); look()
    return E(a.v + b.v)
def many(*a, **k):
    print("  many", rc(a), [rc(x) for x in a], rc(k)); look()
    return E(len(a))
def err(*a):
    print("  err", rc(a)); look()
    raise Stop(a)
class P:   # plain with del
    def __init__(self, v=0): self.v = v
    def __del__(self):
        print("  P.del", self.v, rc(self)); look()
def gen(n, v=0):
    try:
        for i in range(n):
            x = E(v + i)
            print("  gen", rc(x)); look()
            yield x
    finally:
        print("  gen end"); look()
def pairs(n):
    for i in range(n):
        yield It(2, i)
def case(name, f):
    print("case", name)
    try:
        r = f()
        print("  result", type(r).__name__, rc(r)); look()
        if hasattr(type(r), "__next__") and type(r).__module__ not in ("__main__",):
            for x in r:
                print("   item", type(x).__name__, rc(x)); look()
                if type(x) is tuple:
                    print("   items", [rc(y) for y in x])
        x = None
        r = None
    except BaseException as e:
        print("  raised", type(e).__name__, str(e)[:90], rc(e)); look()
        e = None
CASES = '''
list(It(2))
list(E())
list(gen(2))
tuple(It(3))
tuple(E())
set(It(3))
frozenset(It(3))
dict.fromkeys(It(2), P())
dict(zip(It(2), It(2)))
dict([It(2), It(2)])
dict(pairs(2))
sorted(It(3))
sorted(It(3), key=key)
sorted(It(3), key=key, reverse=True)
sorted([E(2), E(1), E(3)])
[E(3), E(1)].sort(key=key)
list(map(key, It(2)))
map(two, It(2), It(3))
map(many, It(2), gen(2), [E(4), E(5)])
map(lambda *a: many(*a), It(2), It(2), strict=True)
filter(pred, It(4))
filter(None, It(4))
zip(It(2), It(3))
zip(It(3), It(2))
zip(It(3), It(2), strict=True)
zip(gen(2), gen(2), It(2))
enumerate(It(2))
enumerate(It(2), E(300))
reversed(E())
list(reversed(E()))
iter(E())
iter(err, 3)
iter(lambda: E(3), E(3))
iter(many, E(0))
next(It(1))
next(It(0), P())
sum(It(3), E())
sum([E(1), E(2)])
sum(It(2), [])
min(It(3))
max(It(3), key=key)
min(E(2), E(1))
max(E(2), E(1), key=key)
min(It(0), default=P())
any(It(3))
all(It(3))
len(E())
bool(E(1))
abs(E(1))
round(E(1))
round(E(1), 2)
divmod(E(1), E(2))
divmod(3, E(2))
pow(E(1), E(2))
pow(E(1), E(2), 5)
hash(E(7))
int(E(5))
int("12", E(10))
float(E(5))
complex(E(5))
complex(E(5), E(6))
str(E(4))
repr(E(4))
ascii(E(4))
bytes(E(4))
bytes([E(4), E(5)])
bytes(It(3))
bytearray(It(3))
bytearray(E(3))
format(E(4), "x")
f"{E(4)} {E(5)!r} {E(6):>{E(5)}}"
"%s %r %d" % (E(1), E(2), E(3))
"%(a)s" % {"a": E(2)}
"{} {!r} {0}".format(E(1), E(2)) if 0 else "{} {!r}".format(E(1), E(2))
"{a.x} {a[3]}".format(a=E(2))
"{a}".format_map(E(2))
chr(E(66))
ord(E(66))
bin(E(66))
hex(E(66))
oct(E(6))
isinstance(E(1), E(2))
issubclass(int, E(2))
isinstance(E(1), (int, E(2)))
callable(E())
getattr(E(), "foo")
getattr(E(), "missing", P())
hasattr(E(), "missing")
setattr(E(), "foo", P())
vars(E())["v"]
print(E(2), E(3), sep="|")
print(*It(2))
range(E(2), E(9), E(3))
slice(E(2), E(3)).indices(E(5))
[1,2,3,4][E(1):E(3)]
[1,2,3,4][E(1)]
(1,2,3,4)[E(1):E(3)]
"abcd"[E(1):E(3)]
list(range(10))[E(1):E(8):E(2)]
memoryview(b"abc")[E(1)]
exec("x = y", {"y": P()}, {})
eval("f(y)", {"y": P(), "f": many})
compile("1", E(2), "exec")
super(E, E())
type("T", (), {"a": P(), "__init_subclass__": many})
[*It(2), *gen(2)]
(*It(2), *gen(2))
{*It(2), *gen(2)}
{**{"a": P()}, **{"b": P()}}
many(*It(2))
many(*gen(2), **{"k": P()})
many(**{"k": P(), "l": P()})
(lambda a, *b: many(a, b))(*It(3))
(lambda a, b=P(), **k: many(a, b, k))(E(), k=P())
[x for x in It(2)]
[many(x) for x in It(2)]
{x: y for x, y in zip(It(2), It(2))}
{x for x in It(2)}
list(x for x in It(2))
[a for a in [It(2), It(1)] for a in a]
E(1) + E(2)
E(1) + 3
3 + E(1)
"a" + E(1)
[1] + E(1)
[P()] * E(2)
E(2) * [P()]
"a" * E(3)
E(1) == E(2)
E(1) == 3
3 == E(1)
E(1) < E(2) < E(3)
[E(1), E(2)] == [E(1), E(3)]
[E(1)] < [E(3)]
(E(1), E(2)) == (E(1), E(2))
(E(1), E(2)) < (E(1), E(3))
{1: E(1)} == {1: E(1)}
{E(1): 1} == {E(1): 1}
{E(1)} == {E(1)}
{E(1)} | {E(1), E(2)}
{E(1)} & {E(1), E(2)}
{E(1)} - {E(1), E(2)}
{E(1)} ^ {E(1), E(2)}
{E(1)}.union(It(3), [E(1)])
{E(1)}.intersection(It(3), [E(1)])
{E(1)}.difference(It(3), [E(1)])
{E(1)}.symmetric_difference(It(3))
{E(1)}.update(It(3), [E(1)])
{E(1)}.intersection_update(It(3), [E(1)])
{E(1)}.difference_update(It(3), [E(1)])
{E(1)}.symmetric_difference_update(It(3))
{E(1)}.isdisjoint(It(3))
{E(1)}.issubset(It(3))
{E(1)}.issuperset(It(3))
{E(1)} <= {E(1), E(2)}
{E(1)}.add(E(1))
{E(1)}.remove(E(1))
{E(1)}.remove(E(2))
{E(1)}.discard(E(1))
{E(1)}.pop()
{E(1), E(2)}.copy()
E(1) in {E(1)}
E(1) in [E(2), E(1)]
E(1) in (E(2), E(1))
E(1) in {E(1): 2}
E(1) in {2: E(1)}.values()
(2, E(1)) in {2: E(1)}.items()
E(1) in It(3)
E(1) in E(1)
[E(2), E(1)].index(E(1))
[E(2), E(1)].count(E(1))
[E(2), E(1)].remove(E(1))
(E(2), E(1)).index(E(1))
(E(2), E(1)).count(E(1))
[E(2)].extend(It(2))
[E(2)].__iadd__(gen(2))
[E(2)].insert(E(0), P())
[E(2), E(3)].pop(E(0))
[E(2), E(3)].clear()
[E(2), E(3)].copy()
[E(2), E(3)].reverse()
[P(), P(), P()].__setitem__(slice(0, 2), It(1))
[P(), P(), P()].__delitem__(slice(0, 2))
[P(), P(), P()].__setitem__(slice(0, 3, 2), It(2))
[P(), P(), P()].__setitem__(E(1), P())
{E(1): P()}.get(E(1))
{E(1): P()}[E(1)]
{E(1): P()}[E(2)]
{E(1): P()}.setdefault(E(1), P())
{E(1): P()}.setdefault(E(2), P())
{E(1): P()}.pop(E(1))
{E(1): P()}.pop(E(2), P())
{E(1): P()}.popitem()
{E(1): P()}.update({E(1): P()})
{E(1): P()}.update([(E(1), P())])
{E(1): P()}.update(It(2))
{E(1): P()}.update(zip(It(2), It(2)))
{E(1): P()} | {E(1): P()}
{E(1): P()}.__ior__([(E(1), P())])
{E(1): P()}.copy()
{E(1): P()}.clear()
{E(1): P()}.__delitem__(E(1))
{E(1): P()}.__setitem__(E(1), P())
{E(1): P()}.keys() & {E(1)}
{E(1): P()}.keys() | It(2)
{E(1): P()}.keys() - It(2)
{E(1): P()}.items() & [(E(1), 2)]
{E(1): P()}.keys().isdisjoint(It(2))
{E(1): P()}.keys() == {E(1)}
repr([E(1), E(2)])
repr((E(1), E(2)))
repr({E(1): E(2)})
repr({E(1)})
str([It(1)])[:5]
" ".join(str(x) for x in It(2))
" ".join(E(2))
" ".join([E(2)])
b" ".join(bytes(x) for x in It(2))
b" ".join(It(2))
"abc".translate(E(3))
"abc".split(E(3))
"abc".replace("a", E(3))
"a b c d".split(None, E(1))
"abc".center(E(10))
"abc".startswith((E(1),))
"abc".find("c", E(0), E(3))
b"abc".find(E(99))
bytearray(b"abc").extend(It(2))
bytearray(b"abc").append(E(65))
bytearray(b"abc").__setitem__(E(1), E(65))
bytearray(b"abc").__setitem__(slice(1, 2), It(2))
int.from_bytes(It(2), "big")
int.from_bytes(E(2), "big")
int.to_bytes(E(2), E(3))
(5).__add__(E(1))
(5).__pow__(2, E(7))
object.__eq__(E(1), E(2))
object.__ne__(E(1), E(2))
object.__hash__(E(1)) and 1
object.__format__(E(1), "")
E.__eq__(E(1), E(2))
E(1).__add__(E(2))
list.__len__([E(1)])
bytearray([E(4), E(5)])
bytearray((E(4), E(5)))
sum(It(3), 1.5)
sum([E(1), E(2)], 300)
'''
for line in CASES.strip().splitlines():
    case(line, eval("lambda: (" + line + ")"))
print("unexplained", bad)
