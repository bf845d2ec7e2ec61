def fact(n, acc):
    if n == 0: return acc
    acc.append(n)
    return fact(n - 1, acc)
def tree(n, o):
    if n == 0: return o
    left = tree(n - 1, o)
    return (left, tree(n - 1, o))
def even(n, o): return o if n == 0 else odd(n - 1, o)
def odd(n, o): return o if n == 0 else even(n - 1, o)
def gen(n, o):
    if n:
        yield o
        yield from gen(n - 1, o)
o = []; a = fact(4, o); b = tree(2, o); c = even(5, o); d = list(gen(3, o))
class N:
    def __init__(self, n): self.next = N(n - 1) if n else None
    def last(self): return self.next.last() if self.next else self
n = N(4); e = n.last()
del n
