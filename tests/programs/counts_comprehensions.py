# comprehensions and walrus
import sys
rc = sys.getrefcount
class E:
    def __init__(s, n): s.n = n
    def __del__(s): print("d", s.n, end=" ")
def f():
    r = [(e := E(i)) for i in range(3)]; print(rc(r[2]), rc(e))
    q = {i: E(i + 10) for i in range(2)}; print(rc(q[0])); del q[0]
    s = {x.n for x in r}; print(s, rc(r))
    m = [[E(i * 10 + j) for j in range(2)] for i in range(2)]; print(rc(m[0]), rc(m[1][1])); m = None; print()
    t = tuple(x for x in r if x.n); print(rc(t), rc(r[1])); del r; print(rc(t[0])); t = 0; e = 0; print()
    print([x for x in [E(99)]] and "kept"); print([y for x in ([1, 2], [3]) for y in x if y != 2], [(lambda: x)() for x in range(3)])
    a = [1, 2, 3]; b = [a for a in a]; print(a, b, rc(a), rc(b)); print([rc(z) for z in [a, a]], {k: rc(v) for k, v in {"a": a}.items()})
    any(e.n == 1 for e in [E(1), E(2)]); print(); all(E(i) for i in range(2)); print()
    del b, m, s, q; print("end")
f(); f()
class C:
    xs = [E(i) for i in range(2)]
    ys = [x.n for x in xs]
    print(rc(xs), rc(xs[0]))
del C; import gc; gc.collect(); print()
print([i for i in range(5) if (j := i) % 2], j)
try: [1 / x for x in (1, 0)]
except ZeroDivisionError as e: print(e.__traceback__.tb_lineno)
