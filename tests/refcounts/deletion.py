x = [[1], [2]]
y = x[0]
del x[0]
z = [y, y]
del z[:]
d = {"k": y}
del d["k"]
class C: pass
c = C()
c.y = y
del c.y
del y
