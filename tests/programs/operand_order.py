# The order in which the operands of each instruction die, general and specialised, with an audit in each finalizer.
import gc
import sys
gc.disable()
rc = sys.getrefcount
try:
    from terrarium import audit
except ImportError:
    def audit(): return []
log = []
bad = 0
def look():
    global bad
    bad += len(audit())
class Q:
    def __init__(self, n): self.n = n
    def __del__(self):
        log.append(self.n); look()
    def __eq__(self, o): return False
    def __lt__(self, o): return Q("r")
    def __hash__(self): return 1
    def __add__(self, o): return Q("r")
    def __getitem__(self, k): return Q("r")
    def __setitem__(self, k, v): pass
    def __delitem__(self, k): pass
    def __contains__(self, k): return False
    def __call__(self, *a, **k): return Q("r")
    def __neg__(self): return Q("r")
    def __bool__(self): return True
    def __iter__(self): return iter([Q("i1"), Q("i2")])
    def __format__(self, s): return "f"
    def __enter__(self): return Q("e")
    def __exit__(self, *a): return True
    def meth(self, *a, **k): return Q("r")
    def keys(self): return ["a", "b"]
    @property
    def prop(self): return Q("r")
    def __index__(self): return 0
    def __await__(self): return iter([])
class S(str):
    def __del__(self): log.append("S" + self)
class L(list):
    def __del__(self): log.append("L%d" % len(self)); look()
class T(tuple):
    def __del__(self): log.append("T%d" % len(self)); look()
class D(dict):
    def __del__(self): log.append("D%d" % len(self)); look()
class Slots:
    __slots__ = ("x", "n")
    def __init__(self, n): self.n = n; self.x = 1
    def __del__(self): log.append(self.n); look()
def fn(*a, **k): return Q("r")
def fn2(a, b): return Q("r")
def fn3(a, b=None, c=None): return Q("r")
def ident(a): return a
class New:
    def __init__(self, a, b): self.a = a
    def __del__(self): log.append("new"); look()
class NoInit:
    pass
tests = """
Q(1) + Q(2)
[Q(1)] + [Q(2)]
(Q(1),) + (Q(2),)
L([Q(1)]) + L([Q(2)])
[Q(1)] * 2
Q(1) == Q(2)
Q(1) != Q(2)
Q(1) < Q(2)
1 if Q(1) < Q(2) else 2
1 if Q(1) == Q(2) else 2
Q(1) is Q(2)
Q(1) is None
1 if Q(1) is None else 2
Q(1) in Q(2)
Q(1) in [Q(2)]
Q(1) in {Q(2)}
Q(1) in {Q(2): 1}
Q(1) not in (Q(2),)
Q(1)[Q(2)]
[Q(1), Q(2)][0]
(Q(1), Q(2))[0]
{1: Q(1), 2: Q(2)}[1]
{Q(1): Q(2)}.get(Q(3))
[Q(1)][Q(2)]
L([Q(1), Q(2)])[0]
Q(1)[Q(2):Q(3)]
[Q(1), Q(2), Q(3)][0:2]
[Q(1), Q(2), Q(3)][Q(4):Q(5)]
[Q(1), Q(2), Q(3)][0:2:Q(5)]
-Q(1)
not Q(1)
Q(1) and Q(2)
Q(1) or Q(2)
Q(1).n
Q(1).meth
Q(1).prop
Q(1).meth(Q(2))
Q(1).meth(Q(2), k=Q(3))
Q(1)(Q(2))
Q(1)(Q(2), k=Q(3))
fn(Q(1), Q(2))
fn(Q(1), k=Q(2))
fn2(Q(1), Q(2))
fn2(a=Q(1), b=Q(2))
fn3(Q(1))
fn3(Q(1), c=Q(2))
ident(Q(1))
(lambda a, b: a)(Q(1), Q(2))
fn(*[Q(1), Q(2)])
fn(*(Q(1), Q(2)))
fn(*Q(1))
fn(**{"a": Q(1), "b": Q(2)})
fn(*(Q(1),), **{"a": Q(2)})
fn2(*[Q(1), Q(2)])
New(Q(1), Q(2))
New(Q(1), b=Q(2))
New(*[Q(1), Q(2)])
NoInit()
len([Q(1), Q(2)])
isinstance(Q(1), Q)
type(Q(1))
str([Q(1)]) and 1
tuple([Q(1)])
list((Q(1), Q(2)))
list([Q(1), Q(2)])
tuple(Q(1))
[].append(Q(1))
[Q(1)].append(Q(2))
[Q(1), Q(2)].pop()
[Q(1), Q(2)].pop(0)
[Q(1), Q(2)].index(Q(3)) if 0 else 1
{}.get(Q(1), Q(2))
{Q(1): Q(2)}.pop(Q(3), Q(4))
{Q(1), Q(2)}
{Q(1): Q(2), Q(3): Q(4)}
[Q(1), *Q(2), Q(3)]
(Q(1), *Q(2), Q(3))
{Q(1), *[Q(2)], Q(3)}
{**{"a": Q(1)}, "b": Q(2), **{"a": Q(3)}}
f"{Q(1)}{Q(2)}"
f"{Q(1):{Q(2)}}"
f"{Q(1)!r:5}" and 1
f"{[Q(1)]!s}" and 1
slice(Q(1), Q(2))
[x for x in Q(1)]
[x for x in [Q(1), Q(2)]]
[0 for x in (Q(1), Q(2))]
{x: Q(3) for x in [Q(1), Q(2)]}
{0: x for x in [Q(1), Q(2)]}
{x for x in Q(1)}
list(x for x in [Q(1), Q(2)])
[a for a, b in [(Q(1), Q(2))]]
[a for [a, b] in [[Q(1), Q(2)]]]
[a for a, *b in [(Q(1), Q(2), Q(3))]]
[a for a, b in zip([Q(1)], [Q(2)])]
[b for a, b in enumerate([Q(1), Q(2)])]
[b for a, b in {Q(1): Q(2)}.items()]
[b for b in {Q(1): Q(2)}.values()]
(y := Q(1)) and (y := Q(2)) and 1
Slots(1).x
Slots(1).n
NoInit().__class__
Q.meth(Q(1), Q(2))
"".join([S("a"), S("b")])
S("a") + S("b")
S("a") == S("b")
S("ab")[0]
{S("a"): Q(1)}[S("a")]
T([Q(1), Q(2)])
T([Q(1), Q(2)])[1]
T([Q(1)]) == T([Q(2)])
D(a=Q(1))["a"]
D(a=Q(1)).get("a")
L([Q(1)]).copy()
"%s %s" % (S("a"), S("b"))
"{}{}".format(Q(1), Q(2))
print(end=S(""))
getattr(Q(1), "n")
setattr(Q(1), "n", 3)
hash(Q(1))
iter(Q(1))
next(iter(Q(1)))
zip([Q(1)], [Q(2)])
map(ident, [Q(1), Q(2)])
list(map(fn2, [Q(1), Q(2)], [Q(3), Q(4)]))
dict(a=Q(1), b=Q(2))
dict([(Q(1), Q(2))])
set([Q(1), Q(2)])
frozenset([Q(1)]) | {Q(2)}
{Q(1)} - {Q(2)}
{1: Q(1)} | {1: Q(2)}
[Q(1)] == [Q(2)]
(Q(1),) < (Q(2),)
any(x for x in [Q(1), Q(2)])
sum([1, 2], Q(1)) if 0 else 1
type("N", (NoInit,), {"a": Q(1)}) and 1
"""
stmts = r"""
a = Q(1); a = Q(2)
a = b = Q(1)
a, b = Q(1), Q(2); a, b = b, a
a, b = [Q(1), Q(2)]
a, b = (x for x in [Q(1), Q(2)])
a, b, c = Q(1), Q(2), Q(3)
a, *b = [Q(1), Q(2), Q(3)]
a, *b, c = [Q(1), Q(2), Q(3), Q(4)]
a = Q(1); del a
a = [Q(1), Q(2)]; a[0] = Q(3)
a = [Q(1), Q(2)]; a[Q(0)] = Q(3)
a = [Q(1), Q(2), Q(3)]; a[0:2] = [Q(4)]
a = [Q(1), Q(2), Q(3)]; del a[0:2]
a = [Q(1), Q(2), Q(3)]; del a[1]
a = [Q(1), Q(2), Q(3)]; a[Q(0):Q(0)] = Q(5)
a = {1: Q(1)}; a[1] = Q(2)
a = {Q(1): Q(2)}; a[Q(3)] = Q(4)
a = {1: Q(1)}; del a[1]
a = Q(1); a[Q(2)] = Q(3)
Q(1)[Q(2)] = Q(3)
del Q(1)[Q(2)]
Q(1)[Q(2):Q(3)] = Q(4)
a = Q(1); a.z = Q(2); a.z = Q(3)
a = Q(1); a.z = Q(2); del a.z
a = Slots(1); a.x = Q(2); a.x = Q(3)
a = Slots(1); a.x = Q(2); del a.x
a = [Q(1)]; a += [Q(2)]
a = [Q(1)]; a *= 2
a = Q(1); a += Q(2)
a = {1: Q(1)}; a |= {1: Q(2)}
for a in [Q(1), Q(2)]: pass
for a in Q(1): pass
for a in (Q(1), Q(2)): break
for a, b in [(Q(1), Q(2)), (Q(3), Q(4))]: pass
for a in (Q(x) for x in (1, 2)): pass
with Q(1): pass
with Q(1) as a: pass
with Q(1) as a, Q(2) as b: a = b
with Q(1): raise ValueError(Q(2))
try: raise ValueError(Q(1))\nexcept ValueError as e: a = e
try: raise ValueError(Q(1))\nexcept ValueError: pass
try: raise ValueError(Q(1)) from KeyError(Q(2))\nexcept ValueError as e: a = e
try: Q(1).nope\nexcept AttributeError as e: a = e
try: [Q(1)][5]\nexcept IndexError as e: a = e
try: Q(1) - Q(2)\nexcept TypeError as e: a = e
try: fn2(Q(1))\nexcept TypeError as e: a = e
try: fn2(Q(1), Q(2), Q(3))\nexcept TypeError as e: a = e
try: Q(1)()[Q(2)]()[Q(3)] - Q(4)\nexcept TypeError as e: a = e
try: (Q(1), Q(2), Q(3), nope)\nexcept NameError as e: a = e
try: fn(Q(1), Q(2), nope)\nexcept NameError as e: a = e
try: a, b = [Q(1), Q(2), Q(3)]\nexcept ValueError as e: a = e
try: {Q(1): Q(2), []: Q(3)}\nexcept TypeError as e: a = e
try: fn(*Q(1), **Q(2))\nexcept Exception as e: a = e
try: fn(*5, **Q(2))\nexcept Exception as e: a = e
try: raise ExceptionGroup("g", [ValueError(Q(1)), KeyError(Q(2))])\nexcept* ValueError as e: a = 1\nexcept* KeyError as e: b = 2
match [Q(1), Q(2)]:\n  case [a, b]: pass
match [Q(1), Q(2), Q(3)]:\n  case [a, *b]: pass
match {"a": Q(1), "b": Q(2)}:\n  case {"a": a, **b}: pass
match Q(1):\n  case Slots(n=a): pass\n  case Q(n=2): pass\n  case Q(): a = 2
def g(x=Q(1), *, y=Q(2)): return x\ndel g
def g(x: Q(1)) -> Q(2): return x\ndel g
class C:\n  x = Q(1)\n  y = Q(2)\ndel C
a = lambda x=Q(1): x\na = a()
def g():\n  a = Q(1)\n  def h(): return a\n  return h\na = g()
def g():\n  a = Q(1)\n  yield a\n  yield Q(2)\nfor x in g(): pass
def g():\n  yield Q(1)\n  yield Q(2)\na = g(); next(a); a.close()
def g():\n  try: yield Q(1)\n  except ValueError as e: yield Q(2)\na = g(); next(a); a.throw(ValueError(Q(3)))
def g():\n  x = yield Q(1)\n  yield x\na = g(); next(a); b = a.send(Q(5))
def g():\n  x = yield from [Q(1), Q(2)]\nlist(g())
def g():\n  return Q(3)\n  yield\ndef h():\n  x = yield from g()\n  yield x\nlist(h())
async def g(): return await h()\nasync def h(): return Q(1)\na = g()\ntry: a.send(None)\nexcept StopIteration as e: b = e.value
import os as a; a = Q(1)
global zz; zz = Q(1); zz = Q(2); del zz
assert Q(1), Q(2)
x = Q(1); y = Q(2); z = Q(3); x = y = z
x = Q(1); return x
a = [Q(1)]; b = [Q(2)]; a.append(b); del a, b
a = [Q(1), Q(2), Q(3)]; a.clear()
a = {Q(1): Q(2)}; a.clear()
a = {1: Q(1), 2: Q(2), 3: Q(3)}; del a
a = Q(1); a.p = Q(2); a.q = Q(3); del a
a = (Q(1), Q(2), Q(3)); del a
a = {Q(1), Q(2)}; del a
a = [[Q(1)], (Q(2),), {1: Q(3)}]; del a
if Q(1) == Q(2): pass
while Q(1) is None: pass
a = Q(1)\nwhile a: a = None
Q(1).n; Q(2).meth; Q(3).prop
a = Q(1)\ndel a.n if 0 else a
"""
def body(src, stmt):
    if stmt:
        lines = src.replace("\\n", "\n").split("\n")
        return "def f():\n  " + "\n  ".join(lines)
    return "def f():\n  return " + src + "\n"
for kind, block in ((0, tests), (1, stmts)):
    for src in block.strip().split("\n"):
        if src == "a = Q(1)\\ndel a.n if 0 else a": continue
        print("case", src)
        ns = dict(globals())
        try: exec(body(src, kind), ns)
        except SyntaxError as e: print("syntax", e); continue
        f = ns["f"]
        last = None
        for i in range(20):
            log.clear()
            try:
                r = f()
            except Exception as e:
                log.append(type(e).__name__); e = None
            t = rc(r) if r is not None else 0
            r = None
            now = (t, tuple(log))
            if now != last: print(" ", i, t, log)
            last = now
print("unexplained", bad)
