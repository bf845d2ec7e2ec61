a = (1, 2, (3, "x y"))
b = a
c = b"bytes const"
d = "str const!"
e = 1234567
f = frozenset()
g = ()
h = ...
i = a[2]
def k():
    x = (1, 2, (3, "x y"))
    y = "str const!"
    z = 1234567
    return x, y, z
r = k()
del r
