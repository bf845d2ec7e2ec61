[x for x in y]
{x: z for x in y for z in x if z}
{x for x, (v, *w) in y}
(x for x in y)
[[b for b in a] for a in c]
[lambda: x for x in y]
[(lambda: x, last := x) for x in y]
print([[i, j] for i in range(5) if (total := i) for j in range(total)])


def function(a, x):
    def closure():
        return q

    q = [x for x in a]
    r = [lambda: (x, a) for x in a]
    s = {a: x for a in x}
    t = [[lambda: k for k in j] for j in a]
    u = [k := v for v in a]
    w = (k for k in a)
    [a for b in a if [c for c in b]]
    x = [x for x in x]
    return [outer_only for _ in a]


class Class:
    x = [y for y in z]
    y = [[y, x, __class__] for y in x]
    z = [lambda: __class__ for _ in x]
    w = [(lambda: __class__, __class__, __classdict__) for _ in x]
    v = [super().x for _ in x]
    u = (__class__ for _ in x)
    t = [[lambda: (__class__, __classdict__) for _ in x] for _ in y]
    s = [__conditional_annotations__ for _ in x]

    def method(self):
        return [super().x for _ in self.__private], [self.x for self.__other in __more]


def enclosing(free):
    class Inner:
        free = [free for _ in free]
        other = [lambda: free for _ in free]

    return [Inner for Inner in [free] if [lambda: (Inner, free)]]


async def coroutine():
    [x async for x in y]
    [await x for x in y]
    {await x: [z async for z in x] for x in y}
    (await x for x in y)
    ([x async for x in w] for w in y)


def many(a):
    [lambda: b for b in a]
    [lambda: b for b in a]
    b = a

    def inner():
        return b

    return [[lambda: (b, c) for b in c] for c in b]


def used_only_inside(a, b, c, d):
    [0 for b in a]
    [[c for e in a] for f in a]
    [lambda: d for e in a]

    def closure():
        nonlocal a, b
        [(a, b := 1) for e in x]

    class Inner:
        a = 1
        nonlocal b
        global c
        [(a, b, c) for e in x]
