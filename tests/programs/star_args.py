def f(*args, **kwargs): return args, kwargs
print(f(), f(1), f(*()), f(*"ab", 1, *[2]), f(**{}), f(a=1, **{"b": 2}))
def g(a, *, b, c=3): return a, b, c
print(g(1, b=2), g(b=5, a=4, c=6))
for call in (lambda: g(1), lambda: g(1, 2), lambda: g(1, b=1, z=2), lambda: f(**{1: 2}), lambda: f(*5), lambda: f(**5), lambda: g(**{"b": 1}), lambda: f(a=1, **{"a": 2}), lambda: len(), lambda: len(1, 2), lambda: print(zz=1), lambda: "a".split(x=1)):
    try:
        call()
    except TypeError as e:
        print(e)
def h(a, b=[], *c):
    b.append(a)
    return b
print(h(1), h(2), h(3, [0], 4))
def k(a, /, **kw): return a, kw
print(k(1, a=2))
print((lambda *a, b=2: (a, b))(1, b=3), f(*range(3), **dict(x=1)))
args = [1, 2]
print(f(*args)[0] is args, f(*(t := (1, 2)))[0] == t)
