o = []
l = []
for i in range(20):
    l.append(o)
d = {}
for i in range(12):
    d[i] = o
s = set()
for i in range(12):
    s.add((i, 300))
for i in range(10):
    l.pop()
    del d[i]
