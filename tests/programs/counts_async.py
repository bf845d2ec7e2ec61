import sys
rc = sys.getrefcount
async def co(x):
    print("co", rc(x))
    return x
class Aw:
    def __init__(self, v): self.v = v
    def __await__(self):
        print("await", rc(self))
        r = yield self.v
        print("resumed", rc(r) if r is not None else r, rc(self))
        return [r]
async def main():
    a = await co([])
    print(rc(a))
    b = await Aw("tok")
    print(rc(b), b)
    async with CM() as c: print("body", rc(c))
    async for z in Agen(3): print(z, rc(z))
    print([w async for w in ag()], {k: v async for k, v in pairs()})
    try:
        await bad()
    except ValueError as e: print("caught", rc(e))
    return a
class CM:
    async def __aenter__(self): print("aenter", rc(self)); return self
    async def __aexit__(self, *a): print("aexit", rc(self), a)
class Agen:
    def __init__(self, n): self.n = n
    def __aiter__(self): print("aiter", rc(self)); return self
    async def __anext__(self):
        self.n -= 1
        if self.n < 0: raise StopAsyncIteration
        return [self.n]
async def ag():
    try:
        for i in range(3): yield [i]
    finally: print("ag fin")
async def pairs():
    yield 1, [1]
    yield 2, [2]
async def bad():
    await Aw("bad")
    raise ValueError("bad")
for _ in range(3):
    m = main()
    print(rc(m))
    try:
        r = m.send(None)
        while True:
            print("yielded", r, rc(m)); r = m.send([r])
    except StopIteration as s: print("done", rc(s.value))
    print(rc(m)); del m
c = co([1]); c.close(); del c
m = main(); m.send(None)
try: m.throw(KeyError("k"))
except KeyError as e: print("thrown", rc(e), e.__traceback__.tb_next.tb_lineno)
del m
async def wrapper():
    x = [1]
    g = ag()
    print(await g.asend(None), rc(g))
    print(await anext(g), await anext(g, None))
    await g.aclose()
    try: await g.__anext__()
    except StopAsyncIteration: print("stopped")
    return x
try: wrapper().send(None)
except StopIteration as s: print(s.value)
