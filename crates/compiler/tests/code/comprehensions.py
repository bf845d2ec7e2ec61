[x for x in y]
{x for x in y if x if z}
{k: v for k, v in y for z in v}
(x for x in y)
[x for x in [1] for y in (x,) for z in [*a]]
# ----
def f(a, x):
    b = [x + a for x in a]
    c = [lambda: x for x in b]
    d = {(y := z) for z in c}
    e = [[i * j for i in a] for j in b]
    return (g for g in e), x, y
# ----
class C:
    a = 1
    b = [a for a in range(a)]
    c = [(a, x) for x in b]
    d = [lambda: x for x in b]
    e = (a for x in b)
# ----
async def f():
    a = [x async for x in y]
    b = [await x for x in y]
    c = {x: await y async for x in z if await w for y in x}
    d = (x async for x in await y)
    return all(x async for x in y), [[x async for x in y] for z in w]
# ----
def f(y):
    return all(x for x in y), any(x < 1 for x in y), tuple(x for x in y), list(x for x in y), all((x for x in y), 1)
# ----
def f():
    x = 1
    def g():
        return [x for _ in x], [x for x in x], [[x for x in y] for y in x]
    return [x for x in (lambda: x)()]
# ----
[(a := b) for b in c if (d := b)]
def f(): return [a := 1 for b in c], a
# ----
class C:
    x = [__class__ for _ in y]
    def f(self): return [self.z for self.a in self]
# ----
x = [[[[[[[[[[[[[[[[[[[[[[a for a in b] for a in b] for a in b] for a in b] for a in b] for a in b] for a in b] for a in b] for a in b] for a in b] for a in b] for a in b] for a in b] for a in b] for a in b] for a in b] for a in b] for a in b] for a in b] for a in b] for a in b] for a in b]
# ----
async def f():
    x = [[[[[[[[[[[a async for a in b] async for a in b] async for a in b] async for a in b] async for a in b] async for a in b] async for a in b] async for a in b] async for a in b] async for a in b] async for a in b]
# ----
async def f():
    x = [a async for a in b async for a in b async for a in b async for a in b async for a in b async for a in b async for a in b async for a in b async for a in b async for a in b async for a in b async for a in b async for a in b async for a in b async for a in b async for a in b async for a in b async for a in b async for a in b async for a in b]
