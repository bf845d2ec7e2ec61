x = 1
def f():
    global x, made
    x += 1
    made = "made"
def g():
    x = "local"
    def h():
        global x
        x = "from h"
    h()
    return x
f()
print(x, made, g(), x)
def unbound():
    try:
        print(y)
    except UnboundLocalError as e:
        print(e)
    y = 1
unbound()
class K:
    x = "class"
    def m(self): return x
    print(x)
print(K().m(), "x" in globals(), globals()["made"])
def loc():
    a = 1
    b = a + 1
    return sorted(locals().items())
print(loc())
exec("z = x + '!'")
print(z, eval("z * 2"), eval("a + b", {"a": 1, "b": 2}))
ns = {}
exec("def q(n): return n * 2\nr = q(21)", ns)
print(ns["r"], sorted(k for k in ns if k != "__builtins__"))
try:
    exec("1 +")
except SyntaxError as e:
    print(e)
def outer():
    v = 0
    def inc():
        nonlocal v
        v += 1
        return v
    return inc(), inc(), v
print(outer())
