class D:
    def __init__(self, n): self.n = n
    def __del__(self): log.append(self.n)
log = []
def f(flag):
    a = D(1); b = D(2)
    if flag: del a
    c = [D(3), b]
    try: a
    except UnboundLocalError as e: d = e.name
    del b
    return c
r = f(True); s = list(log); t = f(False); del r; u = list(log)
x = D(4); y = x; del x; z = [y]; del y; z.pop(); v = list(log)
for i in range(3): w = D(10 + i)
del w, t
k = list(log)
while True:
    q = D(20)
    break
else: q = None
del q
