import sys
rc = sys.getrefcount
class D:
    def __init__(self, n): self.n = n
    def __del__(self): print("del", self.n, rc(self))
def f():
    try:
        a = D(1)
        return a
    finally:
        print("fin", rc(a))
print(rc(f()))
def g():
    for i in range(3):
        x = D(i)
        try:
            if i == 1: continue
            if i == 2: break
        finally:
            print("f", i, rc(x))
    else:
        print("else")
    return rc(x)
print(g())
def h(*args, k=D("default"), **kw):
    print(rc(args), rc(k), rc(kw), [rc(a) for a in args])
    del args
    print("gone")
h(D(5), D(6), z=D(7))
h()
x = [D(8)] * 3
print(rc(x[0]))
del x[1:]
print(rc(x[0]))
x.append(x)
print(rc(x))
x.pop()
x[0] = None
print("end")
