import sys, collections
from collections import deque, defaultdict, OrderedDict, Counter, namedtuple, ChainMap
rc = sys.getrefcount
d = deque([1, 2, 3], 5)
d.append(4); d.appendleft(0); print(d, d.maxlen, len(d), d[2], d[-1])
d.append(9); print(d); d.rotate(2); print(d); d.rotate(-1); print(d)
print(d.pop(), d.popleft(), d.count(2), d.index(2), 3 in d, list(reversed(d)), d + deque([7]), d * 2)
d.insert(1, "x"); print(d); d.remove("x"); print(d); d.reverse(); print(d); d.extend("ab"); print(d); d.extendleft("cd"); print(d)
d[0] = "z"; del d[1]; print(d, d == deque(d), deque("a") < deque("zz"), d.copy(), bool(deque()))
def caught(f, *a, **k):
    try: print(f(*a, **k))
    except Exception as e: print(type(e).__name__, e)
caught(deque().pop); caught(deque().popleft); caught(deque, 5); caught(deque, [], -1); caught(deque, [], "a"); caught(lambda: d[99]); caught(d.index, 77); caught(d.remove, 77)
caught(deque([1], 1).insert, 0, 5); caught(hash, d); caught(lambda: d + [1]); caught(deque, [], 3, 4); caught(deque, x=1); caught(d.rotate, "a"); caught(lambda: d.insert(1))
it = iter(d); next(it); d.append(1); caught(next, it)
import copy
s = deque([[1], 2], 3); t = copy.copy(s); u = copy.deepcopy(s); print(t[0] is s[0], u[0] is s[0], t.maxlen, u)
d.append(d); print(d); d.pop()
class E:
    def __init__(self, v): self.v = v
    def __eq__(self, o): print("eq", rc(self), rc(o)); return self.v == o.v
    def __repr__(self): return f"E{self.v}"
q = deque([E(1), E(2)])
print(q.index(E(2)), q.count(E(1)), E(2) in q); q.remove(E(1)); print(q, q == deque([E(2)]))
print(sys.getsizeof(deque()), sys.getsizeof(deque(range(100))), sys.getsizeof(defaultdict(list)), iter(q).__length_hint__(), iter(deque([1,2])).__reduce__()[1:])
class Sub(deque): pass
x = Sub("ab", 3); x.attr = 1; print(x, x.__reduce__()[1:3], x.__reduce__()[0] is Sub)
dd = defaultdict(list, {"a": [1]}, b=[2]); dd["c"].append(3); print(dd, dd.default_factory, dd["a"], dict(dd))
caught(defaultdict(None).__getitem__, "k"); caught(defaultdict, 5); print(dd.copy(), dd | {"z": 1}, {"z": 1} | dd, copy.copy(dd) == dd)
class F:
    def __call__(self): print("factory", rc(self)); return []
f = F(); e = defaultdict(f); e[1]; e[1]; print(e.get(5), e.__missing__(9), len(e))
c = Counter("abracadabra"); print(c, c.most_common(2), c["zz"], c + c, c - Counter("a"), c & Counter("ab"), sum(c.values()))
c.update({"a": 2}); c.subtract("a"); print(c, +c, list(c.elements())[:3])
P = namedtuple("P", "x y", defaults=[5]); p = P(1); print(p, p.x, p.y, p._replace(x=9), p._asdict(), P._fields, P.x, p == (1, 5), P._make([3, 4]))
caught(P); caught(setattr, p, "x", 3); print(P.__doc__, P.x.__doc__)
o = OrderedDict([("a", 1), ("b", 2)]); o["c"] = 3; o.move_to_end("a"); print(o, o.popitem(), o.popitem(last=False), o, reversed(o), list(reversed(OrderedDict(a=1, b=2))))
o2 = OrderedDict(x=1, y=2); print(o2 == OrderedDict(y=2, x=1), o2 == {"y": 2, "x": 1}, o2 | {"z": 3}, o2.pop("x"), o2.setdefault("w", 4), o2, OrderedDict.fromkeys("ab", 0), type(o2.items()), type(iter(o2)))
caught(o2.pop, "nope"); caught(OrderedDict().popitem); caught(o2.move_to_end, "q"); del o2["y"]; print(o2, o2.copy(), copy.copy(o2), o2.__reduce__())
cm = ChainMap({"a": 1}, {"a": 2, "b": 3}); print(cm["a"], cm["b"], dict(cm), cm.new_child({"c": 1}))
print(collections.UserDict(a=1), collections.UserList([1]), collections.UserString("s"))
