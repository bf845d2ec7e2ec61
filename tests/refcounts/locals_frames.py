import sys
def f(o):
    d = locals()
    e = sys._getframe()
    g = e.f_locals
    h = g["o"]
    del g, h
    del d
    del e
    return o
v = []
r = f(v)
