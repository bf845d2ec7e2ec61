a, (b, *c), d = 1, "xyz", 4
print(a, b, c, d)
*first, last = range(4)
print(first, last)
a, b = b, a
print(a, b)
x = y = []
print(x is y)
(p, q), [r] = [1, 2], {3}
print(p, q, r)
for i, (j, *k) in enumerate([(1, 2, 3), "ab"]):
    print(i, j, k)
print([*"ab", *[1]], {**{"a": 1}, "b": 2}, (*(), 1), {*"a"})
def bad(n):
    if n == 0: a, b = 1, 2, 3
    if n == 1: a, b, c = 1, 2
    if n == 2: a, *b, c = [1]
    if n == 3: a, b = 5
    if n == 4: a, b = iter([1, 2, 3])
for n in range(5):
    try:
        bad(n)
    except (ValueError, TypeError) as e:
        print(e)
def f(a, b, *c, **d):
    return a, b, c, d
print(f(*[1], *(2, 3), **{"x": 1}, y=2))
try:
    f(1, 2, **{"x": 1}, **{"x": 2})
except TypeError as e:
    print(e)
