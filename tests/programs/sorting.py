words = ["banana", "Apple", "cherry", "apple", "Banana"]
print(sorted(words), sorted(words, key=str.lower), sorted(words, key=len, reverse=True), sorted(words, key=lambda w: (-len(w), w)))
pairs = [(2, "b"), (1, "z"), (2, "a"), (1, "a")]
print(sorted(pairs), sorted(pairs, key=lambda p: p[1]), sorted(pairs, key=lambda p: p[0], reverse=True))
class V:
    def __init__(self, n): self.n = n
    def __lt__(self, o): return self.n < o.n
    def __repr__(self): return f"V{self.n}"
print(sorted([V(3), V(1), V(2)]), min(V(2), V(1)), max([V(1), V(5)], key=lambda v: v.n))
seed = 12345
data = []
for _ in range(2000):
    seed = (seed * 1103515245 + 12345) % 2 ** 31
    data.append(seed % 1000)
s = sorted(data)
print(all(a <= b for a, b in zip(s, s[1:])), s[:5], s[-5:], sum(s) == sum(data))
l = [3, 1, 2]
def spy(x):
    print("len", len(l))
    return x
l.sort(key=spy)
print(l, sorted([True, 0.5, 0, 2]), sorted({3: 1, 1: 2}), sorted("hello"), sorted([[2], [1, 5]]), sorted([1.5, float("-inf"), 1]))
try:
    [1, None].sort()
except TypeError as e:
    print(e)
m = [1, 2, 3]
def mutate(x):
    m.append(1)
    return x
try:
    m.sort(key=mutate)
except ValueError as e:
    print(e)
