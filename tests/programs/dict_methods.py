d = {"a": 1, "b": 2}
print(d.get("a"), d.get("z"), d.get("z", 0), d.setdefault("c", 3), d.setdefault("a", 9), d)
print(d.pop("a"), d.pop("zz", None), d.popitem(), d, len(d), "b" in d)
d.update(x=1, y=2)
d.update([("p", 5)])
print(list(d), list(d.values()), list(d.items()), list(reversed(d)))
print(d | {"b": 9}, {**d, "q": 1}, dict.fromkeys("ab", 0), dict([(1, 2)], z=3))
d |= {"r": 1}
del d["r"]
print(d.copy() == d, d.keys() & {"b", "x"}, sorted(d.keys() | {"new"}), d.items() >= {("b", 2)})
for bad in (lambda: d["none"], lambda: d.pop("none"), lambda: {}.popitem(), lambda: {[]: 1}, lambda: dict([1]), lambda: dict([(1, 2, 3)])):
    try:
        bad()
    except (KeyError, TypeError, ValueError) as e:
        print(type(e).__name__, e)
try:
    for k in d:
        d[k + "!"] = 1
except RuntimeError as e:
    print(e)
d.clear()
print(d, {1: "a", 1.0: "b", True: "c"})
big = {i: str(i) for i in range(1000)}
for i in range(0, 1000, 2):
    del big[i]
print(len(big), list(big)[:5], big[999])
class M(dict):
    def __missing__(self, k):
        return k * 2
print(M()["ab"], M(a=1)["a"], repr(M(x=1)))
