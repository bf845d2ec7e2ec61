if (n := len("abc")) > 2: print(n)
print((lambda x, y=2, *a, k=3, **kw: (x, y, a, k, kw))(1, 5, 6, k=7, z=8), (lambda: (yield))().__class__.__name__)
while (line := "ab"[n - 3:n - 2]) and n < 5:
    print(line); n += 1
print([(a := b) for b in range(3)], a)
f = lambda n: 1 if n == 0 else n * f(n - 1)
print(f(10), (lambda: None)(), sorted([3, 1], key=lambda v: -v), f.__name__)
print((x := 5, x + 1), [y := 1, y ** 2], {(k := "a"): k})
