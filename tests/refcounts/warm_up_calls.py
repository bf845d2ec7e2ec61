def leaf(x):
    return x
class C:
    def __init__(self, v):
        self.v = v
    def get(self):
        return self.v
def run(o):
    for i in range(12):
        c = C(o)
        d = c.get()
        e = leaf(d)
    return e
o = []
r = run(o)
