class V:
    def __init__(self, v):
        self.v = v
    def __add__(self, o):
        r = V(self.v + o.v)
        return r
    def __iadd__(self, o):
        self.v += o.v
        return self
    def __eq__(self, o):
        q = o
        return self.v == o.v
    def __bool__(self):
        return True
a, b = V([1]), V([2])
c = a + b
a += b
d = a
e = a == b
f = a and b
g = not a
h = a if b else c
