def count(n):
    print("start")
    for i in range(n):
        got = yield i
        if got:
            print("got", got)
    return "done"
g = count(3)
print(next(g), g.send("hello"), next(g))
try:
    next(g)
except StopIteration as e:
    print(e.value)
def outer():
    result = yield from count(2)
    print("result", result)
    yield "end"
print(list(outer()))
def guarded():
    try:
        yield 1
        yield 2
    except KeyError as e:
        print("caught", e)
        yield 3
    finally:
        print("cleanup")
g = guarded()
print(next(g), g.throw(KeyError("k")))
g.close()
g = guarded()
next(g)
del g
def bad():
    raise StopIteration(1)
    yield
try:
    next(bad())
except RuntimeError as e:
    print(e, repr(e.__cause__))
print(sum(x * x for x in range(10)), max((len(w), w) for w in ["a", "bbb", "cc"]))
g = (i for i in range(3))
print(g.gi_running, next(g), list(g), list(g))
