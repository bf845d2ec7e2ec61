print([x * y for x in range(3) for y in range(3) if x != y])
print({x: x ** 2 for x in range(4)}, {c for c in "aaa"}, sorted({len(w) for w in ["a", "bb", "cc"]}))
print([[j for j in range(i)] for i in range(4)])
print([y for x in range(5) if (y := x * 2) > 3], y)
m = [[1, 2], [3, 4]]
print([list(r) for r in zip(*m)], [n for row in m for n in row])
def f(n):
    return [lambda: (i, n) for i in range(n)]
print([g() for g in f(2)])
class K:
    items = [1, 2]
    twice = [i * 2 for i in items]
    size = [len(i) for i in ["a", "b"]]
print(K.twice, K.size)
x = "outer"
[x for x in range(3)]
print(x)
print([a + b for a, b in [(1, 2), (3, 4)]], [first for first, *_ in ["abc", "de"]])
print([i if i % 2 else -i for i in range(5)], list(i for i in "ab"), dict((k, v) for k, v in zip("ab", (1, 2))))
try:
    [1 / i for i in (1, 0)]
except ZeroDivisionError as e:
    print(e)
