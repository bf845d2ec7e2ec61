class C:
    def __init__(self, o, *, k=None):
        self.o = o
        self.k = k
def make(n, v):
    for i in range(n):
        last = C(v, k=v)
    return last
o = []
c = make(5, o)
del c
