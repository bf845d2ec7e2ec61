o = [[], [], []]
n = 0
for x in o:
    y = x
    for z in (x, y):
        n += 1
while n > 4:
    n -= 1
    t = o[0]
for i, (p, q) in enumerate(zip(o, o)):
    r = p
for i in range(1000, 1003):
    j = i
