module_level: int = 1
(in_parentheses): str
attribute.target: undefined = 3
item[0]: float
if module_level:
    conditional: [x for x in y]


class Class:
    plain: int
    listed: [x for x in y]
    nested: [[plain for x in y] for z in (lambda: plain)]
    generator: (Class for _ in plain)
    __private: __Other
    uses_super: super()

    def method(self: Self, a: plain, /, b: other = default, *args: tuple, c: plain = 1, **kwargs: dict) -> plain:
        local: unevaluated = 3
        unset: [walrus_free for walrus_free in unevaluated]
        self.attribute: never


class Conditional:
    if plain:
        maybe: int
    for loop in range(3):
        looped: loop = 1
    with context as manager:
        try:
            tried: int
        finally:
            other: str

    def method(self: maybe): ...


class ConditionalWithoutNames:
    while 0:
        only: "text"


def function(a: int, b, *c: int, d: int, **e: int) -> None:
    def inner(x: a) -> b:
        pass

    class Local:
        y: a
        b: b
        inner: c

    return inner


def bare(): ...


def walrus(a: [(x := 1) for y in z]): ...


async def coroutine(a: int) -> int:
    value: int = await a


class Shadow:
    __classdict__ = 1

    def method(x: y): ...


class Global:
    global y
    y = 1
    z: y
    nonlocal_like: x

    def method(a: y): ...
