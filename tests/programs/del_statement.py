x = [1, 2, 3, 4]
del x[0], x[-1]
print(x)
d = {"a": {"b": 1}}
del d["a"]["b"]
print(d)
class C: pass
c = C()
c.a = 1
del c.a
print(vars(c))
del x
try:
    x
except NameError as e:
    print(e)
def f():
    y = 1
    del y
    try:
        y
    except UnboundLocalError as e:
        print(e)
    try:
        del y
    except UnboundLocalError as e:
        print(e)
f()
a = b = 1
del (a, b)
print("a" in globals())
class K:
    def __delitem__(self, k): print("delitem", k)
    def __delattr__(self, n): print("delattr", n)
k = K()
del k[1], k[2:3], k.foo
for bad in ("del 5", "del f()", "del None"):
    try:
        compile(bad, "s", "exec")
    except SyntaxError as e:
        print(e.msg)
