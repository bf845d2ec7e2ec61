o = object()
l = [o, o]
l.append(o)
l.pop()
l[0] = None
l.insert(0, o)
m = l[:]
m += [o]
del l[0]
del l
del m
