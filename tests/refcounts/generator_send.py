def g(start):
    got = start
    while True:
        got = yield [got]
        if got is None: return start
o = {}; i = g(o); a = next(i); b = i.send(o); c = i.send(b)
for k in range(4): d = i.send(k); e = i.send(o)
try: i.send(None)
except StopIteration as s: f = s.value
del a, b, c
del i
