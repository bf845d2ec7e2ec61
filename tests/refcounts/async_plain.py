class Aw:
    def __init__(self, v): self.v = v
    def __await__(self):
        x = yield self.v
        return x
async def f(o):
    a = await Aw(o)
    b = await g(a)
    return a, b
async def g(x):
    return [x]
def run(c, v):
    try:
        got = c.send(None)
        c.send(got)
    except StopIteration as e:
        return e.value
o = [1]
for i in range(4):
    c = f(o); r = run(c, o)
del c, r
