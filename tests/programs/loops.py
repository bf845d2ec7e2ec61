for i in range(3):
    if i == 5: break
else:
    print("else")
n = 0
while n < 10:
    n += 1
    if n % 2: continue
    if n > 6: break
else:
    print("never")
print(n)
for i in range(2):
    for j in range(3):
        if j == 1: break
        print(i, j)
    else:
        print("never")
for x in []: pass
else: print("empty else")
l = [1, 2, 3]
for x in l:
    if x == 1: l.append(4)
    print(x, end=" ")
print()
for i, c in enumerate("ab"): print(i, c, sep="-", end=";")
print()
while True:
    try:
        n -= 3
        if n < 0: break
    finally:
        print("n", n)
for d.x in () if False else (): pass
k = {}
for k["i"] in range(3): pass
print(k)
