def add(a, b=2, *rest, c, d=4, **more):
    return a, b, rest, c, d, more

print(add(1, c=3))
print(add(1, 5, 6, 7, c=3, d=8, e=9))
print(add(*[1, 2, 3], **{"c": 4, "z": 5}))
def positional(a, b, /, c):
    return a + b + c
print(positional(1, 2, c=3))
for call in (lambda: positional(a=1, b=2, c=3), lambda: add(1), lambda: add(), lambda: positional(1, 2, 3, 4), lambda: add(1, c=1, a=2)):
    try:
        call()
    except TypeError as error:
        print(error)
print(add.__name__, add.__defaults__, add.__kwdefaults__, add.__qualname__)
