import copy
class A:
    def __init__(self, v): self.v = v
o = [1]; l = [o, o, (o,), {"k": o}]; a = A(o); a.me = a
b = copy.copy(l); c = copy.deepcopy(l); d = copy.copy(a); e = copy.deepcopy(a); f = copy.copy((o, o)); g = copy.deepcopy((1, 2)); h = l[:]; i = dict(k=o); j = copy.copy(i); k = copy.replace
m = e.me is e; n = c[0] is c[1]
del b, c, d
import gc; del e; gc.collect()
