# The same from the callbacks of native modules: itertools, functools, re, struct, heapq, operator, collections, io, weakref, ...
from support import callbacks
from support.callbacks import *

import itertools as I, functools as F, re as R, struct as S, bisect as B, heapq as H, operator as O, collections as C
import copy, csv, io, json, weakref, math, array, random, contextvars, threading, warnings, os, codecs, types, abc, marshal
import zlib, binascii, hashlib, copyreg, dataclasses, contextlib, string, datetime, decimal
class W:
    def write(self, s):
        print("  write", rc(self), type(s).__name__); look(); return E(len(s))
    def flush(self):
        print("  flush", rc(self)); look()
class L:
    def __init__(self, n): self.n = n
    def __iter__(self): return self
    def __next__(self):
        print("  line", rc(self)); look()
        self.n -= 1
        if self.n < 0: raise StopIteration
        return "a,%d\n" % self.n
class Sz:
    def __sizeof__(self): print(rc(self)); look(); return 5
class AB(metaclass=abc.ABCMeta):
    @classmethod
    def __subclasshook__(cls, o):
        print("  hook", rc(o)); look(); return NotImplemented
class Sub(P): pass
def h1(e):
    print("  handler", rc(e)); look(); return ("x", e.end)
codecs.register_error("mine", h1)
codecs.register_error("mine2", h1)
CASES = '''
I.product(It(2), It(2))
I.product(It(2), repeat=2)
I.groupby(It(4))
I.groupby(It(4), pred)
[list(g) for k, g in I.groupby(It(4), pred)]
[list(g) for k, g in I.groupby([E(1), E(1), E(2)])]
I.accumulate(It(3))
I.accumulate(It(3), two)
I.accumulate(It(3), two, initial=E(5))
I.zip_longest(It(1), It(2), fillvalue=E(5))
I.zip_longest(It(2), gen(3))
I.batched(It(5), 2)
I.batched(It(3), 2, strict=True)
I.chain(It(2), gen(2))
I.chain.from_iterable(pairs(2))
I.islice(It(5), 1, 4, 2)
I.islice(It(5), E(3))
I.islice(gen(5), E(1), None)
I.tee(It(3))
[list(x) for x in I.tee(It(3), 3)]
[list(x) for x in I.tee(gen(3))]
I.permutations(It(3))
I.permutations(It(3), 2)
I.combinations(It(3), 2)
I.combinations_with_replacement(It(2), 2)
I.islice(I.count(E(1), E(2)), 3)
I.islice(I.cycle(It(2)), 5)
I.islice(I.repeat(E(2)), 3)
I.repeat(E(2), 2)
I.starmap(two, [(E(1), E(2)), [E(3), E(4)]])
I.starmap(many, pairs(2))
I.takewhile(pred, It(4, 1))
I.dropwhile(pred, It(4, 1))
I.takewhile(pred, [E(1), E(3), E(2)])
I.filterfalse(pred, It(4))
I.filterfalse(None, It(4))
I.compress(It(4), It(4))
I.pairwise(It(4))
F.reduce(two, It(4))
F.reduce(two, It(4), E(7))
F.reduce(many, It(3))
F.reduce(lambda a, b: two(a, b), gen(3))
F.partial(many, E(1), k=E(2))(E(3), l=E(4))
F.partial(many, E(1))(E(3))
F.partial(many, F.Placeholder, E(1))(E(3))
F.cache(many)(E(1))
F.cache(two)(E(1), E(2))
[f(E(1)) for f in [F.lru_cache(1)(many)] for _ in range(3)]
[f(E(i)) for f in [F.lru_cache(2)(many)] for i in (1,2,3,1,2)]
[f(E(i), k=E(i)) for f in [F.lru_cache(2, True)(many)] for i in (1,2,3,1,2)]
[f(E(i)) for f in [F.lru_cache(0)(many)] for i in (1,2)]
sorted(It(3), key=F.cmp_to_key(lambda a, b: (two(a, b), a.v - b.v)[1]))
F.cmp_to_key(two)(E(1)) < F.cmp_to_key(two)(E(2))
F.singledispatch(many)(E(1))
F.partialmethod(many, 1).__get__(E(1))()
F.wraps(many)(lambda: 1)
F.total_ordering(type("T", (), {"__lt__": lambda a, b: True}))() >= 2
R.sub("a", lambda m: (look(), print(rc(m)), "b")[2], "aabb")
R.sub("a", lambda m: (look(), print(rc(m)), E(2))[2], "aabb")
R.compile("b").subn(lambda m: (look(), print(rc(m)), "b")[2], "aabb")
R.split("a", "bab")
[(look(), rc(m)) for m in R.finditer("a", "aabb")]
R.match("(a)(b)", "ab").expand(r"\\1x")
R.match("a(?P<x>b)", "ab")[E(1)]
R.compile("a").search("aaa", E(1), E(2))
S.pack("ii", E(1), E(2))
S.pack("d?", E(1), E(3))
S.unpack_from("b", b"abc", E(1))
S.Struct("i").iter_unpack(b"abcdabcd")
S.pack_into("b", bytearray(4), E(1), E(2))
B.bisect([E(1), E(3)], E(2))
B.insort([E(1), E(3)], E(2), key=key)
B.insort_left([E(1), E(3)], E(2))
B.bisect(E(2), E(5), E(0), E(2))
H.heapify([E(3), E(2), E(1)])
H.heappush([E(2), E(3)], E(1))
H.heappop([E(1), E(2), E(3)])
H.heapreplace([E(1), E(2), E(3)], E(4))
H.heappushpop([E(1), E(2), E(3)], E(4))
H.nsmallest(2, It(4), key=key)
H.nlargest(2, It(4))
H.merge([E(1)], [E(2)])
H.heappop_max([E(3), E(2), E(1)])
O.add(E(1), E(2))
O.iadd(E(1), E(2))
O.getitem(E(1), E(2))
O.setitem(E(1), E(2), E(3))
O.contains(E(1), E(2))
O.countOf(It(3), E(1))
O.indexOf(It(3), E(1))
O.index(E(3))
O.length_hint(E(3), 2)
O.concat([E(1)], [E(2)])
O.truth(E(2))
O.not_(E(2))
O.attrgetter("foo")(E(1))
O.attrgetter("foo.bar", "baz")(E(1))
O.itemgetter(1)(E(1))
O.itemgetter(E(1), E(2))(E(1))
O.methodcaller("foo", E(1), k=E(2))(E(3))
O.methodcaller("foo")(E(3))
O.call(many, E(1), k=E(2))
O.is_(E(1), E(1))
O.lt(E(1), E(2))
O.pow(E(1), E(2))
C.deque(It(3))
C.deque(It(3), 2)
C.deque(It(3), maxlen=1).append(E(2))
C.deque([E(1), E(2)]).index(E(2))
C.deque([E(1), E(2)]).remove(E(2))
C.deque([E(1), E(2)]).count(E(2))
C.deque([E(1), E(2)]).extend(It(2))
C.deque([E(1), E(2)]).extendleft(It(2))
C.deque([E(1), E(2)]).clear()
C.deque([E(1), E(2)]) == C.deque([E(1), E(3)])
C.deque([E(1), E(2)]) + C.deque([E(1)])
C.deque([E(1)]) * E(2)
C.deque([E(1), E(2)]).rotate(E(1))
C.deque([E(1), E(2)])[E(1)]
C.deque([E(1), E(2)]).insert(E(1), E(5))
E(1) in C.deque([E(2), E(1)])
repr(C.deque([E(2), E(1)]))
C.defaultdict(many)[E(1)]
C.defaultdict(many, {E(1): E(2)})[E(1)]
C.defaultdict(many, It(2))
C.Counter(It(3))
C.Counter([E(1), E(1)])
C.ChainMap({E(1): 2})[E(1)]
C.namedtuple("N", "a b")(E(1), E(2))
C.namedtuple("N", "a b")._make(It(2))
C.namedtuple("N", "a b")(E(1), E(2))._replace(a=E(3))
copy.copy([E(1), E(2)])
copy.deepcopy([P(1), P(2)])
copy.copy(E(1))
copy.deepcopy({P(1): P(2)}) and 1
csv.writer(io.StringIO()).writerow(It(2))
csv.writer(io.StringIO()).writerows(pairs(2))
csv.writer(W()).writerow([E(1), E(2)])
list(csv.reader(L(3)))
csv.DictWriter(W(), ["a"]).writerow({"a": E(2)})
io.StringIO().writelines(L(2))
io.StringIO().write(E(2))
io.BytesIO().writelines(x.encode() for x in L(2))
io.BytesIO(b"abc").read(E(2))
io.StringIO("abc\\ndef").read(E(2))
print("a", E(2), file=W())
print("a", E(2), file=W(), flush=True)
json.dumps([1, {"a": P()}], default=lambda o: (look(), rc(o))[1])
json.loads('{"a": 1, "b": [1]}', object_hook=lambda d: (look(), rc(d))[1])
json.loads('{"a": 1, "b": 2}', object_pairs_hook=lambda d: (look(), rc(d))[1])
json.loads('[1.5, 2]', parse_float=lambda d: (look(), rc(d))[1])
weakref.ref(E(1), lambda r: (look(), print(rc(r)))) and 1
[weakref.ref(x, lambda r: (look(), print(rc(r)))) for x in [E(1)]]
weakref.proxy(P(1))
[weakref.proxy(x).foo for x in [E(1)]]
[weakref.proxy(x) + E(2) for x in [E(1)]]
[weakref.proxy(x) == E(2) for x in [E(1)]]
[weakref.proxy(x)(E(2)) for x in [E(1)]]
weakref.finalize(P(), many, E(2)) and 1
weakref.WeakValueDictionary({1: E(1)}).get(1)
weakref.WeakKeyDictionary({E(1): 1}) and 1
weakref.WeakSet(It(2)) and 1
weakref.WeakMethod(E(1).__add__) and 1
hash(weakref.ref(E(1)))
[hash(weakref.ref(x)) for x in [E(1)]]
[weakref.ref(x) == weakref.ref(y) for x in [E(1)] for y in [E(1)]]
math.floor(E(1))
math.ceil(E(1))
math.trunc(E(1))
math.sqrt(E(4))
math.gcd(E(4), E(6))
math.prod(It(3))
math.prod([E(2), E(3)], start=E(1))
math.fsum(It(3))
math.sumprod(It(2), It(2))
math.sumprod([E(1)], [E(2)])
math.dist([E(1)], [E(2)])
math.hypot(E(3), E(4))
math.comb(E(4), E(2))
math.factorial(E(4))
math.ldexp(1.5, E(2))
math.isclose(E(1), E(2))
math.log(E(2), E(3))
array.array("i", It(3))
array.array("i", [E(1), E(2)])
array.array("i", [1]).extend(It(2))
array.array("i", [1]).append(E(2))
array.array("i", [1]).insert(E(0), E(2))
array.array("i", [1, 2])[E(1)]
array.array("i", [1, 2]) * E(2)
array.array("i", [1, 2]).index(E(2))
array.array("i", [1, 2]).count(E(2))
random.Random(5).shuffle([E(1), E(2), E(3)])
random.Random(5).choice([E(1), E(2), E(3)])
random.Random(5).getrandbits(E(7))
random.Random(E(7)) and 1
contextvars.Context().run(many, E(1), k=E(2))
contextvars.copy_context().run(many, E(1))
contextvars.ContextVar("x", default=E(1)).get()
contextvars.ContextVar("x").get(E(2))
[v.set(E(2)) for v in [contextvars.ContextVar("x")]] and 1
threading.local().__setattr__("a", E(1))
os.fspath(E(1))
os.path.join("a", E(1))
codecs.encode("a\\xff", "ascii", "mine")
codecs.decode(b"a\\xff", "ascii", "mine2")
"a\\xff".encode("ascii", "mine")
b"a\\xff".decode("ascii", "mine2")
sys.intern(E(1))
sys.getsizeof(E(1)) and 1
sys.getsizeof(Sz())
sys.displayhook(E(2))
sys.setrecursionlimit(E(1000))
types.SimpleNamespace(a=E(1)) == types.SimpleNamespace(a=E(2))
repr(types.SimpleNamespace(a=E(1)))
types.SimpleNamespace(a=E(1)).__replace__(a=E(3))
types.MethodType(many, E(1))(E(2))
types.MethodType(E(1), E(2))()
types.MappingProxyType({E(1): 2})[E(1)]
types.MappingProxyType(E(1))[E(1)]
types.MappingProxyType(E(1)).get(E(1))
types.MappingProxyType({E(1): 2}) | {3: 4}
types.MappingProxyType({E(1): E(1)}) == {E(1): E(1)}
types.new_class("X", (), {}, lambda ns: (look(), print(rc(ns))))
types.DynamicClassAttribute(many).__get__(E(1))
types.FunctionType((lambda x: many(x)).__code__, globals(), "f", (E(1),))()
types.coroutine(gen)(2)
classmethod(many).__get__(E(1))(E(2))
staticmethod(many)(E(2))
property(many).__get__(E(2))
property(None, many).__set__(E(2), E(3))
property(None, None, many).__delete__(E(2))
property(many).getter(two)
abc.ABCMeta("A", (), {"foo": E(1)}) and 1
isinstance(E(1), AB)
issubclass(Sub, AB)
AB.register(Sub)
marshal.dumps([1, (2, "a")])
zlib.compress(E(1))
binascii.hexlify(E(1))
hashlib.sha1(E(1))
copy.copy(P()).v
dataclasses.make_dataclass("D", ["a", "b"])(E(1), E(2))
dataclasses.make_dataclass("D", ["a", "b"])(E(1), E(2)) == 1
dataclasses.astuple(dataclasses.make_dataclass("D", ["a", "b"])(P(1), P(2))) and 1
dataclasses.replace(dataclasses.make_dataclass("D", ["a", "b"])(E(1), E(2)), a=E(4))
contextlib.ExitStack().enter_context(E(1))
[s.callback(many, E(1)) and s.close() for s in [contextlib.ExitStack()]]
string.Template("$a").substitute(a=E(2))
array.array("d", [1]).__mul__(E(2))
'''
for line in CASES.strip().splitlines():
    case(line, eval("lambda: (" + line + ")"))
print("unexplained", callbacks.bad)
