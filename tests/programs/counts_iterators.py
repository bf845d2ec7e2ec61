# iterators and builtins
import sys
rc = sys.getrefcount
class I:
    def __init__(s, n): s.n = n
    def __iter__(s): print("iter", rc(s)); return s
    def __next__(s):
        s.n -= 1
        if s.n < 0: raise StopIteration
        return [s.n]
def show(name, *vs): print(name, *[(v if isinstance(v, (int, str, bool, list, tuple, dict, set)) else type(v).__name__) for v in vs])
for _ in range(2):
    show("list", list(I(2)), tuple(I(2)), [*I(1)], len({*map(tuple, I(2))}))
    z = zip(I(3), "abc"); a = next(z); show("zip", rc(z), rc(a), rc(a[0])); b = next(z); show("z2", rc(a), rc(b), list(z)); del a, b, z
    for p in zip(I(2), I(2)): show("p", rc(p), rc(p[0]))
    for p in enumerate(I(2)): show("e", rc(p), rc(p[1]))
    for k, v in {"a": []}.items(): show("kv", rc(v))
    for p in {"a": []}.items(): show("item", rc(p))
    m = map(lambda x, y: [x, y], I(2), I(3)); show("map", rc(next(m)), list(m))
    f = filter(lambda x: x[0], I(3)); show("filter", rc(next(f)), list(f))
    show("min", min(I(3)), max(I(3), key=lambda x: -x[0]), sorted(I(3)), sum(I(3), []), any(I(2)), all(I(2)))
    r = reversed([[1], [2]]); show("rev", rc(next(r)), list(r))
    it = iter(lambda: [1], [2]); show("callit", next(it), rc(next(it)))
    c = iter([5, 6].pop, 5); show("sent", list(c))
    show("rng", list(range(5))[::-2], rc(range(3)), sum(range(100)), 7 in range(0, 10, 7), range(0, 10, 3)[-1], range(3) == range(0, 3, 1))
    a, *b = I(3); show("unpack", a, b, rc(b), rc(b[0]))
    (a, b), *c = [I(2), 1]; show("nested", a, b, c)
    try: a, b = I(3)
    except ValueError as e: show("err", str(e))
    try: a, b, c, d = I(3)
    except ValueError as e: show("err", str(e))
    try: a, = 5
    except TypeError as e: show("err", str(e))
    show("next", next(I(0), "dflt"), rc(next(I(1))))
    d = dict(zip("ab", I(2))); show("dict", d, rc(d["a"])); d = dict(I(0)); show("d0", d)
    show("join", "-".join(str(x) for x in I(2)), bytes(x[0] for x in I(3)), [x for x in I(2) if x[0]])
    show("contains", [0] in I(1), [5] in I(1), [1] in [[1]])
    show("isinst", isinstance(1, (int, str)), issubclass(bool, int), callable(I), callable(I(1)), hasattr(I(1), "n"), getattr(I(1), "q", []), type(I(1)).__name__)
    show("divmod", divmod(-7, 2), pow(3, -1, 7), round(2.5), round(-3.5), abs(-3), hash(2.0) == hash(2), ord("a"), chr(8364), bin(10), oct(8), hex(255), int("ff", 16))
    show("sl", slice(1, 2) == slice(1, 2), [1, 2, 3, 4][slice(None, None, -1)], "abcdef"[1:5:2])
    show("vars", sorted(vars(I(1))), list(map(type, [1, "a"])) == [int, str], id(I) == id(I))
