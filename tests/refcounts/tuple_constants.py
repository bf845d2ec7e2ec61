def f():
    a = (1, "x y", 2.5); b = (1, "x y", 2.5); c = ((1, 2), [3]); d = {1, 2}; e = x in {1, "k k"}; g = (x, 1)
    return a, b, c, d, e, g
x = 1
r = f(); s = f(); t = r[0] is s[0]; u = f.__code__.co_consts; v = r[0]
class C:
    k = (1, [2], "q q"); l = k
w = (); y = tuple(); z = (1, 2)[0:2]; aa = (1, 2); bb = (1, 2); cc = (x,); dd = (x, *aa); ee = 1, 2, x
for i in range(3): ff = (1, 2.5, "p p"); gg = ("p p", i)
del r, s, u
