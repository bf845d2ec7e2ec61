class Ai:
    def __init__(self, o): self.left = [o, o]
    def __aiter__(self): return self
    async def __anext__(self):
        if not self.left: raise StopAsyncIteration
        return self.left.pop()
class Cm:
    def __init__(self, o): self.o = o
    async def __aenter__(self): return self.o
    async def __aexit__(self, *a): return True
async def agen(o):
    yield o
    x = yield [o]
async def main(o):
    r = []
    async for x in Ai(o): r.append(x)
    async with Cm(o) as y: r.append(y)
    async for z in agen(o): r.append(z)
    s = [x async for x in agen(o)]
    return r, s
o = [1]
for i in range(3):
    c = main(o)
    try: c.send(None)
    except StopIteration as e: r = e.value
del r, c
