import typing, types, weakref, contextlib, enum, functools, abc, copy, heapq, bisect, random, operator, string, reprlib, numbers, graphlib, queue, sched, datetime, copyreg, keyword, stat, io, os.path
from typing import *
class G[T]:
    def f[U](self, x: T, y: U) -> tuple[T, U]: ...
class C[T = int, **P = [int]]: pass
type A[X] = list[X]
print(G.__type_params__, G[int], G.f.__type_params__, C.__type_params__, C[str, [str]], A[int], A.__value__, A, G.__mro__)
for t in C.__type_params__: print(t, t.__default__, t.has_default())
print(Optional[int], Union[int, str], Callable[[int], str], Literal[1, "a"], Annotated[int, 5], ClassVar[int], get_type_hints(G.f), get_args(dict[str, int]), get_origin(list[int]))
class TD(TypedDict, total=False):
    a: Required[int]
    b: str
class NT(NamedTuple):
    x: int
    y: str = "d"
print(TD.__annotations__, TD.__required_keys__, NT(1), NT.__annotations__, TD(a=1))
@runtime_checkable
class Pr(Protocol):
    def m(self) -> int: ...
class Im:
    def m(self): return 1
print(isinstance(Im(), Pr), isinstance(3, Pr), cast(int, "x"), NewType("N", int)(3), overload, TYPE_CHECKING)
class O: pass
o = O(); w = weakref.WeakValueDictionary(a=o); k = weakref.WeakKeyDictionary({o: 1}); s = weakref.WeakSet([o])
fin = weakref.finalize(o, print, "finalized")
print(len(w), len(k), len(s), w["a"] is o, fin.alive)
del o
print(len(w), len(k), len(s), fin.alive)
class M:
    def meth(self): return "m"
m = M(); wm = weakref.WeakMethod(m.meth); print(wm()()); del m; print(wm())
@contextlib.contextmanager
def cm():
    print("in")
    try: yield 5
    finally: print("out")
with cm() as v, contextlib.suppress(KeyError), contextlib.ExitStack() as st:
    st.callback(print, "cb"); print(v); raise KeyError
with contextlib.redirect_stdout(io.StringIO()) as f: print("hidden")
print(f.getvalue())
class Color(enum.Enum):
    RED = 1; GREEN = enum.auto(); BLUE = "b"
class Fl(enum.Flag):
    A = 1; B = 2; C = 4
print(Color.RED, Color(1), Color["GREEN"], list(Color), Color.RED.name, Fl.A | Fl.C, Fl(3), Fl.A in Fl(3), ~Fl.A, enum.IntEnum("I", "x y").y + 1)
@functools.lru_cache
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
print(fib(80), fib.cache_info())
@functools.singledispatch
def sd(x): return "obj"
@sd.register
def _(x: int): return "int"
@sd.register(list)
def _(x): return "list"
print(sd(1), sd([]), sd("s"), sd.registry.keys())
@functools.total_ordering
class TO:
    def __init__(s, v): s.v = v
    def __lt__(s, o): return s.v < o.v
    def __eq__(s, o): return s.v == o.v
print(TO(1) >= TO(0), functools.reduce(operator.mul, range(1, 6)), functools.partial(pow, 2)(3))
class CP:
    @functools.cached_property
    def p(self): print("once"); return 1
c = CP(); print(c.p, c.p)
@functools.wraps(fib)
def wr(): pass
print(wr.__name__, wr.__wrapped__ is fib)
print(list(heapq.merge([1, 4], [2, 3])), heapq.nlargest(2, [1, 5, 3]), heapq.nsmallest(2, [4, 1, 3]), bisect.bisect([1, 2, 3], 2))
r = random.Random(1); print(r.randint(1, 100), r.choice("abc"), r.sample(range(50), 3), r.shuffle(l := list(range(6))), l, r.gauss(0, 1), r.random(), r.choices([1, 2], k=4), r.uniform(1, 2), r.randbytes(4), r.betavariate(1, 2), r.triangular(), r.expovariate(1), r.vonmisesvariate(1, 1))
print(operator.itemgetter(1, 2)([4, 5, 6]), operator.attrgetter("real", "imag")(3), operator.methodcaller("upper")("a"), operator.itemgetter(1), operator.attrgetter("a.b"), operator.methodcaller("x", 1, k=2))
print(string.ascii_letters, string.capwords("a b"), string.Formatter().format("{0!r:>5} {a[0]} {b.real}", "x", a=[1], b=2))
print(reprlib.repr(list(range(20))), isinstance(3, numbers.Integral), list(graphlib.TopologicalSorter({"a": {"b"}, "b": {"c"}}).static_order()))
q = queue.PriorityQueue(); q.put(3); q.put(1); print(q.get(), q.qsize())
s = sched.scheduler(lambda: 0, lambda x: None); s.enter(0, 1, print, ("sched",)); s.run()
d = datetime.datetime(2024, 2, 29, 13, 5, 7, 8); print(d, d + datetime.timedelta(days=1.5), d.isoformat(), repr(d), d.date(), d.weekday(), datetime.datetime.fromisoformat("2024-01-02T03:04:05+01:00"), datetime.timedelta(1, 2, 3))
print(copy.deepcopy({"a": [1, (2, [3])]}), keyword.iskeyword("for"), stat.filemode(0o100644), types.SimpleNamespace(a=1), types.new_class("X", (O,)).__mro__)
print(types.FunctionType, types.DynamicClassAttribute, types.MappingProxyType({1: 2}), types.coroutine)
