import os.path, sys as system
from collections import *
from json import loads as parse, dumps


def plain(a, b=os, *args, c, d=system, **kwargs):
    """Docstring."""
    global counter, plain_global
    counter = local = a
    del local
    for index in args:
        total: int = index
    else:
        untouched: sum(x for x in unseen)
    try:
        pass
    except ValueError as error:
        print(error)
    with open(b) as (first, [second, *rest]):
        first.attribute, second[0] = rest
    return parse(c)


def outer(x, /, y):
    z = 0

    def inner():
        nonlocal z
        z += x
        return lambda w, v=z: (w, x, y, v, unknown)

    class Local(y):
        z = z
        x = 1

        def method(self):
            super().method()
            return x, z, __class__

    async def coroutine():
        async with x as a, y as b:
            async for c in a:
                await c
        return [item async for item in b]

    def generator():
        value = yield x
        yield from value

    return inner


match system:
    case {"key": [first, *others], **remaining} if first:
        pass
    case os.path.Class(1, name=captured) | (2 as whole):
        pass
    case "text" | None | -1:
        pass
    case _:
        pass


def uses_before():
    print(later)

    def reader():
        return later

    later = 1


def shadows():
    counter = 2

    def below():
        global counter
        counter = 3

        def deeper():
            return counter

    return below


lambda *args, key=lambda: 0, **kwargs: (args, key, kwargs)
# ----
"""Only a docstring."""
# ----
