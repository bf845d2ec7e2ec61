import sys
class Suspend:
    def __await__(self):
        got = yield "suspended"
        return got
async def child(n):
    v = await Suspend()
    return n + v
async def main():
    a = await child(1)
    b = await child(10)
    return a, b
def drive(coro, values):
    try:
        print(coro.send(None))
        for v in values:
            print(coro.send(v))
    except StopIteration as e:
        return e.value
print(drive(main(), [5, 6]))
class ACM:
    async def __aenter__(self):
        print("aenter")
        return self
    async def __aexit__(self, *exc):
        print("aexit", exc[0])
        return True
class AIter:
    def __init__(self): self.n = 0
    def __aiter__(self): return self
    async def __anext__(self):
        self.n += 1
        if self.n > 3: raise StopAsyncIteration
        return self.n
async def agen():
    for i in range(3):
        yield i
        await child(0)
async def use():
    async with ACM() as m:
        async for x in AIter():
            print("item", x)
        print([x async for x in AIter() if x != 2])
        raise KeyError("swallowed")
    out = []
    async for y in agen():
        out.append(y)
    return out
c = use()
try:
    while True:
        print(c.send(None) if c.cr_running is False and c.cr_await is None else c.send(1))
except StopIteration as e:
    print(e.value)
k = child(1)
print(type(k).__name__, k.cr_code.co_name)
k.close()
async def fails():
    await 5
try:
    fails().send(None)
except TypeError as e:
    print(e)
