g = [1]
def read(): return g
def write(x):
    global g, h
    g = x
    h = [x]
a = read(); write(a); b = read(); write([2]); c = read()
for i in range(5): write(c); d = read(); e = h
def kill():
    global h
    del h
kill()
k = globals()["g"]; globals()["g"] = a; m = g
import builtins
builtins.extra = a; n = extra; del builtins.extra
del a, b, c
