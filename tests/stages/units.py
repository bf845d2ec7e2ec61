import sys

x: int = 1000 + 2


def outer(items, *rest, key=None, **names):
    def inner():
        return items

    for item in items:
        try:
            inner()
        except ValueError as error:
            print(error, key)
        finally:
            del item
    with sys.stdin as stream, stream:
        return [lambda: item for item in stream if item]


class Box[T]:
    __private = (1, 2)

    def get(self) -> T:
        yield __class__, self.__private

    async def wait(self, *, until: T = None):
        async for one in until:
            await one


type Pair[A] = tuple[A, A]

if x in {1, 2, 3} and not (y := x):
    late: str = f"{x!r:>{y}}"
while True:
    match x:
        case [1, *others] if others:
            break
        case {"a": value, **more}:
            continue
        case Box(get=1 | 2):
            pass

outer(lambda: 1, *x, **{"a": 1})
