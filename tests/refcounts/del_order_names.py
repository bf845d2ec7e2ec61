class D:
    def __init__(self, n): self.n = n
    def __del__(self): log.append(self.n)
log = []
a = D(1); b = [D(2), D(3)]; c = {"x": D(4), D(5): 1}; d = (D(6), D(7))
a = None
b[0] = None
del b
del c["x"]
c.clear()
del d
e = D(8); f = e; del e; g = list(log); f = 0
h = [D(9)]; h.append(h); del h
import gc; gc.collect(); i = list(log)
def q(x=D(10)):
    y = D(11); z = D(12); x = None
q(); q.__defaults__ = None; k = list(log)
