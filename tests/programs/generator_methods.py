def echo():
    value = None
    while True:
        try:
            value = yield value
        except ValueError as e:
            value = f"error {e}"
g = echo()
next(g)
print(g.send(1), g.send([2]), g.throw(ValueError("x")))
try:
    g.throw(TypeError("y"))
except TypeError as e:
    print("out", e)
print(list(g))
g = echo()
try:
    g.send(1)
except TypeError as e:
    print(e)
def stubborn():
    while True:
        try:
            yield 1
        except GeneratorExit:
            pass
g = stubborn()
next(g)
try:
    g.close()
except RuntimeError as e:
    print(e)
def ret():
    try:
        yield 1
    except GeneratorExit:
        return 5
r = ret()
next(r)
print(r.close())
def me():
    try:
        next(it)
    except ValueError as e:
        print(e)
    yield 1
it = me()
next(it)
class Delegate:
    def __iter__(self):
        return iter("ab")
def d():
    yield from Delegate()
    yield from (1, 2)
    yield from {3: 4}
print(list(d()))
print(echo().gi_code.co_name, echo.__name__)
