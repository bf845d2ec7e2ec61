import os, errno, _random, _bisect, _heapq, _string, _contextvars, atexit, _thread, abc, _abc
print(os.getcwd() == os.path.abspath("."), os.path.join("a", "b"), os.path.normpath("/a//b/../c/./d"), os.path.splitext("x.py"))
print(os.strerror(2), errno.errorcode[2], os.sep, os.name)
d = "/tmp/_posix_test"; 
import sys
if os.path.exists(d):
    for n in os.listdir(d): os.unlink(d + "/" + n)
    os.rmdir(d)
os.mkdir(d)
fd = os.open(d + "/f", os.O_RDWR | os.O_CREAT, 0o600)
print(os.write(fd, b"hello"), os.lseek(fd, 1, 0), os.read(fd, 10), os.fstat(fd).st_size, oct(os.stat(d + "/f").st_mode))
os.close(fd)
os.symlink("f", d + "/l")
print(sorted(os.listdir(d)), os.readlink(d + "/l"), sorted((e.name, e.is_file(), e.is_dir(), e.is_symlink(), e.stat().st_size) for e in os.scandir(d)))
os.rename(d + "/f", d + "/g")
for bad in (lambda: os.stat(d + "/nope"), lambda: os.rename(d + "/1", d + "/2"), lambda: os.stat(1.5), lambda: os.listdir("\0"), lambda: os.open("/nope/x", 0)):
    try: bad()
    except Exception as e: print(type(e).__name__, e)
st = os.stat(d + "/g")
print(len(st), st[6], st.st_mtime == st.st_mtime_ns / 1e9 or abs(st.st_mtime - st.st_mtime_ns / 1e9) < 1e-6, type(st), st[:1] == (st.st_mode,))
os.utime(d + "/g", ns=(10**18, 10**18 + 5)); print(os.stat(d + "/g").st_mtime_ns, os.stat(d + "/g"). st_mtime)
for n in os.listdir(d): os.remove(d + "/" + n)
os.rmdir(d)
print(os.path.exists(d), os.access("/", os.R_OK), os.fspath("a"), os.environ.get("PATH") is not None)
os.environ["XYZ"] = "1"; print(os.getenv("XYZ"), os.system("exit $XYZ") >> 8)
print(os.terminal_size((80, 24)), os.stat_result(range(10)))
r = _random.Random(42); print(r.random(), r.getrandbits(5), r.getrandbits(100), r.random())
s = r.getstate(); a = r.random(); r.setstate(s); print(a == r.random(), len(s)); r.seed("abc"[:0] or 10**50); print(r.random()); r.seed(1.5); print(r.random())
h = [5, 3, 8, 1, 9, 2]; _heapq.heapify(h); print(h); _heapq.heappush(h, 0); print(h, _heapq.heappop(h), h, _heapq.heapreplace(h, 7), _heapq.heappushpop(h, 4), h)
_heapq.heapify_max(h); print(h, _heapq.heappop_max(h), h)
big = [i * 7919 % 10007 for i in range(5000)]; _heapq.heapify(big); print(hash(tuple(big)))
l = [1, 2, 2, 3]; print(_bisect.bisect_left(l, 2), _bisect.bisect_right(l, 2), _bisect.insort_right(l, 2.5), l, _bisect.bisect_left(l, -2, key=lambda v: -v))
print(list(_string.formatter_parser('a{b!r:>{w}}c{{')), [x if isinstance(x, str) else list(x) for x in _string.formatter_field_name_split('a.b[1][x]')])
v = _contextvars.ContextVar("v", default=3); t = v.set(5); print(v.get(), t.old_value, t.var is v); v.reset(t); print(v.get(), _contextvars.copy_context().run(lambda: (v.set(9), v.get())[1]), v.get())
try: v.reset(t)
except RuntimeError as e: print(str(e)[:6])
lk = _thread.allocate_lock()
with lk: print(lk.locked(), lk.acquire(False))
print(lk.locked()); rl = _thread.RLock()
with rl, rl: print(rl._recursion_count(), rl._is_owned())
class L(_thread._local):
    def __init__(self, x): self.x = x
print(L(4).x, L(4).__dict__)
class A(abc.ABC):
    @abc.abstractmethod
    def f(self): ...
    @property
    @abc.abstractmethod
    def p(self): ...
try: A()
except TypeError as e: print(e)
class B(A):
    def f(self): ...
print(B.__abstractmethods__, issubclass(B, A), isinstance(3, A)); A.register(int); print(isinstance(3, A), issubclass(bool, A), len(_abc._get_dump(A)))
from collections.abc import Sequence, Mapping, Hashable, Iterable
class S(Sequence):
    def __len__(self): return 2
    def __getitem__(self, i): return [10, 20][i]
match S():
    case [a, b]: print("seq", a, b)
print(isinstance([], Sequence), isinstance({}, Mapping), isinstance([], Hashable), isinstance("", Iterable), list(reversed(S())))
atexit.register(lambda *a, **k: print("exit", a, k), 1, b=2)
atexit.register(print, "first")
