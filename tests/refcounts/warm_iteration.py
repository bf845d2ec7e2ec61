class It:
    def __init__(self, o): self.o = o; self.n = 3
    def __iter__(self): return self
    def __next__(self):
        if not self.n: raise StopIteration
        self.n -= 1
        return self.o
def gen(o):
    for i in range(3): yield o
o = [1]
for i in range(5):
    for a in [o, o]: b = a
    for a in (o, o): b = a
    for a in {1: o}.values(): b = a
    for a, b in {1: o}.items(): c = b
    for a in It(o): b = a
    for a in gen(o): b = a
    for a, b in zip([o], [o]): c = a
    for a, b in enumerate([o]): c = b
    for a in map(lambda x: x, [o]): b = a
    for a in "xyz": b = a
    for a in {5, 6}: b = a
    for a in reversed([o]): b = a
    for a in iter([o, None].pop, o): b = a
    d, *e = It(o); f = list(It(o)); g = [x for x in gen(o)]; h = o in It(o)
del d, e, f, g
