import sys
rc = sys.getrefcount
def gen(o):
    print("start", rc(o))
    r = yield o
    print("got", rc(r), rc(o))
    try:
        yield [o, r]
    except ValueError as e:
        print("caught", rc(e), rc(o))
        yield e
    finally:
        print("fin", rc(o))
o = object(); p = []
g = gen(o)
print(rc(g), rc(o))
print(rc(next(g)))
print(rc(g.send(p)), rc(p))
e = g.throw(ValueError(p))
print(rc(e), rc(e.args), rc(p))
try: next(g)
except StopIteration as s: print(rc(s), s.value)
print(rc(o), rc(p))
def outer():
    x = []
    r = yield from inner(x)
    print("r", rc(r), rc(x))
    return r
def inner(x):
    print("inner", rc(x))
    y = yield x
    return [y]
g = outer(); print(rc(next(g)))
try: g.send({})
except StopIteration as s: print(rc(s.value))
def fib():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b
g = fib()
l = [next(g) for _ in range(100)]
print(l[-1], rc(l[-1]), rc(g))
ge = (rc(z) for z in [[], {}, set()])
print(list(ge), rc(ge))
print(sum(i for i in range(10)), max((x for x in "abc"), key=lambda c: rc(c) > 0))
def early():
    try:
        yield 1
    finally:
        print("closed")
for q in early(): break
del q
g = early(); next(g); g.close(); print(g.gi_frame, rc(g))
g = early(); next(g); del g
print("end")
