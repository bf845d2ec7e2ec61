def outer(x):
    y = [x]
    def middle(z):
        nonlocal y
        def inner():
            nonlocal z
            z = [z, x, y]
            return z
        y = inner()
        return inner
    return middle, lambda: y
m, g = outer([1])
n = m([2])
p = n(); q = g()
del m, n
r = g()
del g
