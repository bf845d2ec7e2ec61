# dict/list/set subclasses with overridden methods
import sys
rc = sys.getrefcount
class D(dict):
    def __missing__(s, k): print("missing", k, rc(s), rc(k)); return [k]
    def __getitem__(s, k): print("get", k, rc(s)); return super().__getitem__(k)
    def __setitem__(s, k, v): print("set", k, rc(s), rc(v)); super().__setitem__(k, v)
    def __contains__(s, k): print("in", k); return super().__contains__(k)
    def __iter__(s): print("iter"); return super().__iter__()
    def keys(s): print("keys"); return super().keys()
class L(list):
    def append(s, v): print("append", rc(s), rc(v)); super().append(v)
    def __getitem__(s, i): print("lget", i); return super().__getitem__(i)
    def __iter__(s): print("liter", rc(s)); return super().__iter__()
    def __len__(s): print("llen", rc(s)); return super().__len__()
class S(set):
    def add(s, v): print("add"); super().add(v)
class T(tuple):
    def __new__(c, *a): print("tnew", rc(a)); return super().__new__(c, a)
class St(str):
    def __str__(s): return "st" + str(rc(s))
    def __eq__(s, o): print("steq"); return str.__eq__(s, o)
    __hash__ = str.__hash__
class In(int):
    def __add__(s, o): print("inadd", rc(s), rc(o)); return In(int(s) + int(o))
    __radd__ = __add__
    def __index__(s): print("inindex"); return int(s)
    def __repr__(s): return f"In{int(s)}"
for _ in range(3):
    d = D(a=1); d["b"] = []; print(d["a"], d["zz"], d.get("zz"), "a" in d, list(d), {**d}, dict(d), len(d), d | {"q": 1}, rc(d)); d.update(c=3); d.setdefault("e", []); print(d.pop("a"), d == {"b": [], "c": 3, "e": []})
    l = L([1, 2]); l.append([]); print(l[0], l[-1], [*l], len(l), sorted(l[:2]), l + [3], l * 2, 1 in l, max(l[:2]), list(l), tuple(l), rc(l)); a, b, c = l; print(a, b, c)
    s = S([1]); s.add(2); print(s | {3}, type(s | {3}), s == {1, 2}, 1 in s, rc(s))
    t = T(1, [], 3); print(t, t[1], rc(t[1]), t + (4,), type(t[:1]), hash(T(1)) == hash((1,)), rc(t))
    x = St("abc"); print(str(x), f"{x}", "%s" % x, x + "d", x == "abc", "abc" == x, {x: 1}["abc"], x.upper(), type(x.strip()), rc(x), x in ["abc"])
    n = In(5); print(n + 1, 1 + n, n * 2, [0, 1, 2, 3, 4, 5][n], range(n), sum([n, n]), n == 5, -n, rc(n), f"{n}", "%d" % n, int(n), n in [5], {5: "five"}[n], hex(n), n // 2, n < 6, bool(n), round(n))
class FB(float):
    def __float__(s): return 2.5
    def __trunc__(s): return 9
print(FB(1.5) + 1, float(FB(1.5)), int(FB(1.5)), FB(1.5) == 1.5, repr(FB(1.5)), rc(FB(1.5)))
class By(bytes):
    def __bytes__(s): return b"zz"
print(bytes(By(b"a")), By(b"ab")[0], By(b"ab") + b"c", type(By(b"ab")[:1]), rc(By(b"a")))
