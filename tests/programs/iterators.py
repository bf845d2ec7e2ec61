class Count:
    def __init__(self, n): self.n, self.i = n, 0
    def __iter__(self): return self
    def __next__(self):
        if self.i >= self.n: raise StopIteration
        self.i += 1
        return self.i
print(list(Count(3)), [*Count(2)], 2 in Count(3), max(Count(4)), dict(zip(Count(2), "ab")))
class Seq:
    def __getitem__(self, i):
        if i > 2: raise IndexError
        return i * 10
print(list(Seq()), 20 in Seq(), [x for x in Seq()])
it = iter([1, 2, 3])
print(next(it), list(it), next(it, "default"))
print(list(map(lambda a, b: a + b, [1, 2, 3], [10, 20])), list(filter(None, [0, 1, "", "a"])), list(zip("ab", [1, 2, 3])), list(enumerate("ab", 5)), list(reversed([1, 2])), list(iter(iter([1, 2, 3]).__next__, 3)))
print(any(x > 2 for x in Count(3)), all([]), sum(range(5)), list(range(10, 0, -3)), range(5) == range(0, 5, 1), 3 in range(5), len(range(0, 10, 3)), range(3).index(2))
try:
    iter(5)
except TypeError as e:
    print(e)
try:
    for x in None: pass
except TypeError as e:
    print(e)
try:
    list(zip("ab", "c", strict=True))
except ValueError as e:
    print(e)
try:
    next(iter([]))
except StopIteration as e:
    print("stop", e.args)
r = reversed(range(3))
print(r.__length_hint__(), list(r), type(iter({})).__name__, type(iter("")).__name__)
