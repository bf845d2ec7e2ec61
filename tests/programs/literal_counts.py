import sys
rc = sys.getrefcount
def f(r):
    print(rc("xyza"), rc("not name"), rc("xyz" "b"), rc("x" + "yzc"), rc(1.5), rc("xyza"), rc(10**5), rc(123456), rc((1, 2.5)), rc((1, "abd")))
    x = "xyza"; print(rc(x)); print(f"{rc('xyzz')}")
    y = ("xyzt", "q r"); print(rc(y[0]), rc(y[1]), rc(y))
f(1); f(1)
print(rc("xyza"), rc("not name"), rc("xyz" "b"), rc("x" + "yzc"), rc(1.5), rc("xyza"), rc("once"))
class C:
    print(rc("xyza"), rc("not name"), rc("xyz" "b"), rc("x" + "yzc"), rc(1.5), rc("xyza"), rc("oncec"))
def F(s): return rc(s)
class K:
    def __format__(self, s): return str(rc(s))
    def __getattr__(self, n): return rc(n)
    def __getitem__(self, n): return rc(n)
def g():
    k = K()
    print(F("fone"), F("ftwo a"), F("fone"), format(k, "kone"), format(k, "ktwo a"), getattr(k, "kthree"), getattr(k, "kthree a"), k["five"], k["five a"], k.__getitem__("bla"), K.__getitem__(k, "ack"))
g();g()
