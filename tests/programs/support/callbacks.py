# What the programs audit_in_*.py share: objects whose special methods print counts and ask for an audit, and `case`.
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
        if hasattr(type(r), "__next__") and type(r).__module__ != __name__:
            for x in r:
                print("   item", type(x).__name__, rc(x)); look()
                if type(x) is tuple:
                    print("   items", [rc(y) for y in x])
        x = None
        r = None
    except BaseException as e:
        print("  raised", type(e).__name__, str(e)[:90], rc(e)); look()
        e = None
