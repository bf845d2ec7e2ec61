# del order in functions, frames and containers
import sys
rc = sys.getrefcount
class D:
    def __init__(s, n): s.n = n
    def __del__(s): print("-" + str(s.n), end=" ")
    def __repr__(s): return f"D{s.n}"
def f(a, b=D("def"), *c, d, **e):
    x = D("x"); y = D("y"); del x; z = D("z")
    print("body")
f(D("a"), D("b"), D("c1"), D("c2"), d=D("d"), e=D("e")); print()
def g():
    l = [D(i) for i in range(4)]; l[1:3] = [D("new")]; print(l); l[0], l[-1] = l[-1], l[0]; print(l); l.sort(key=lambda d: str(d.n)); del l[0]; print(l)
g(); print()
def h():
    d = {D("k"): D("v"), "a": D("a")}; d["a"] = D("a2"); print(); d.pop("a"); print(); d.popitem(); print(); d[1] = D(1); d.clear(); print(); d = {i: D(i) for i in range(3)}; print("ret")
h(); print()
def t():
    x = (D(1), [D(2), {3: D(3)}], D(4)); print(); x = None; print(); y = {D(5)} and 0; print()
t()
def nested():
    a = D("outer")
    def inner(): return a
    b = D("b")
    return inner
n = nested(); print(); n = None; print()
def exc():
    a = D("exc-a")
    raise KeyError(D("arg"))
try: exc()
except KeyError: print("caught")
print()
def loop():
    for d in (D(i) for i in range(3)): print("it", d)
    print("done")
loop(); print()
def ret(): d = D("r"); return d
ret(); print(); _ = ret(); print("x"); _ = ret(); print(); del _; print()
class C:
    c = D("class attr")
    def __init__(s): s.a = D("i1"); s.b = D("i2"); s.a = D("i3")
o = C(); print(); o.b = 1; print(); del o.a; print(); o.z = D("z"); del o; print(); C.c = 0; print()
D(1); D(2), D(3); [D(4), D(5)]; print(); D(6) if D(7) else 0; print(); D(8) and D(9); print(); (D(10), D(11))[1]; print(); [D(12), D(13)][0].n; print(); print(D(14), D(15)); print(); x = D(16) == D(17); print(); x = D(18) is D(19); print(); f"{D(20)}{D(21)}"; print(); {**{1: D(22)}, 2: D(23)}; print(); [*[D(24)], D(25)]; print()
a = b = D(26); a = 1; print("."); b = 1; print(); a, b = D(27), D(28); a, b = b, a; a = 0; print(); b = 0; print(); (a := D(29)); a = 0; print(); del a
i = iter([D(30), D(31)]); next(i); print(); del i; print()
w = [D(32)]; w.append(w); del w; import gc; gc.collect(); print()
last = D("last"); lst = [D("l1"), D("l2")]
