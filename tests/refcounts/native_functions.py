import _functools
import _operator
class C:
    def m(self, x=None):
        return x
c = C()
d = C()
def show(a, b=None, *r, k=None):
    return a
p = _functools.partial(show, c)
n = p()
n = p(d)
n = p(d, k=d)
q = _functools.partial(show, c, k=d)
n = q()
n = q(c)
o = _functools.partial(p, d)
n = o()
del p, q, o, n
def add(x, y):
    return y
n = _functools.reduce(add, [c, d, c])
n = _functools.reduce(add, [c], d)
def order(x, y):
    return 0
l = sorted([c, d], key=_functools.cmp_to_key(order))
del l
c.x = d
g = _operator.itemgetter(1)
n = g((c, d))
n = g([c, d])
g = _operator.itemgetter(0, 1)
n = g([c, d])
g = _operator.attrgetter("x")
n = g(c)
g = _operator.methodcaller("m", d)
n = g(c)
g = _operator.methodcaller("m", x=d)
n = g(c)
