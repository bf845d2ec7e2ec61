class W:
    def __init__(self, o):
        self.o = o
    def __await__(self):
        got = yield self.o
        return got
async def child(o):
    r = await W(o)
    return r
async def main(o):
    a = await child(o)
    return a
o = []
c = main(o)
x = c.send(None)
try:
    c.send([2])
except StopIteration as e:
    y = e.value
del c, x
