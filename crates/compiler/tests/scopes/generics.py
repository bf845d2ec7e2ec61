type Plain = int
type Generic[T, *Ts, **P] = tuple[T, *Ts, P]
type Bounded[T: (int, str) = T2, *Ts = *T3, **P = [T]] = [T for T in Plain]


def function[T: Bound, U = T](a: T, b: U = default, *, c=keyword) -> T:
    def inner(x: T):
        return U

    class Local[V](T):
        w: V

    return T


def no_defaults[T](a): ...


async def coroutine[T: [x for x in y]](a): ...


class Class[T, __Private: __bound, *Ts](Base[T], metaclass=Meta[__Private], key=__other):
    x: T
    type Alias[U] = (T, U, x, __Private)
    type Bare = [x, lambda: (x, T, super(), [x for _ in x])]

    def method[V: T](self, a: x, b: V, c: __Private = x) -> Alias:
        return T, V, x, super()

    class Nested[__V](__V, __Private):
        def function(a: __V, b: __Private, c: __Q): ...

    @decorator(T)
    def decorated[W: x = [x for x in T]](self): ...


def around():
    T = 1

    class Inner[T](T):
        y = T

        def method(self):
            return T

        def generic[U](self: T) -> U:
            global T

    def changed[U](T):
        nonlocal_free = T
        return [T for T in U]

    return T


class WithGlobal:
    global x
    x = 1

    def method[T: x](self, a: x): ...

    type Alias = x


class A[__class__]: ...


class B[__conditional_annotations__]:
    if 1:
        x: int
