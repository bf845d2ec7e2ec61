a, b = [], {}
a, b = b, a
c = a
a, b, c = b, c, a
l = [a, b]
l[0], l[1] = l[1], l[0]
def f(x, y):
    x, y = y, x
    return y
r = f(a, b)
