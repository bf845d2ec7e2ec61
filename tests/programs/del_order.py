class D:
    def __init__(self, name):
        self.name = name
    def __del__(self):
        print("del", self.name)
a = D("a")
b = a
del a
print("still")
b = None
def f():
    x, y = D("x"), D("y")
    print("leaving")
f()
l = [D(i) for i in range(3)]
l.clear()
t = (D("t0"), D("t1"))
del t
d = {"k": D("value")}
d["k"] = D("new value")
del d["k"]
D("temporary")
print("before rebinding")
o = D("old")
o = D("new")
o.self_ref = [D("child")]
del o
class Resurrect:
    def __del__(self):
        global saved
        saved = self
        print("resurrected")
r = Resurrect()
del r
print(type(saved).__name__)
saved = None
print("end")
class Bad:
    pass
x = [D("in list"), D("in list 2")]
x[0] = None
x.pop()
keep = D("at exit")
