import gc
gc.disable()
class Node:
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name)
gc.collect()
a, b = Node("a"), Node("b")
a.other, b.other = b, a
del a, b
print("collecting", gc.collect())
l = []
l.append(l)
del l
print(gc.collect())
d = {}
d["d"] = d
print(gc.is_tracked(d), gc.is_tracked({}), gc.is_tracked(5), gc.is_tracked("s"), gc.is_tracked([]))
del d
print(gc.collect(), gc.collect())
def closure():
    def inner():
        return inner
closure()
print(gc.collect())
try:
    1 / 0
except ZeroDivisionError as e:
    saved = e
    del e
x = [saved]
print(len([r for r in gc.get_referrers(x[0]) if r is x]), gc.get_referents([1, "a"]), gc.get_threshold(), gc.isenabled())
class K: pass
K.self = K
del K
print(gc.collect() > 0)
