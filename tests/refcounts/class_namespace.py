class A:
    shared = []
    other = shared
    def m(self): return self.shared
    pair = (shared, other)
    for i in range(3):
        last = [i]
    del i
a = A(); b = a.m(); A.shared = None
c = A.pair; del A.other
a.own = b; d = a.__dict__; del a.own
A.m = lambda self: self
e = a.m(); del A
