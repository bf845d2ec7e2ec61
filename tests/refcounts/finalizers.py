class D:
    def __init__(self, o):
        self.o = o
    def __del__(self):
        s = self.o
        s.append(1)
o = []
d = D(o)
d = D(o)
del d
l = [D(o), D(o)]
l.clear()
def f(o):
    x = D(o)
    y = x
f(o)
