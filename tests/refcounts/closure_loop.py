def make(items):
    fs = []
    for i in items:
        fs.append(lambda i=i: i)
    return fs
items = [[], []]
fs = make(items)
r = fs[0]()
d = fs[1].__defaults__
del fs
del d
