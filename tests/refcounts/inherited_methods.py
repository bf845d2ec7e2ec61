class A:
    def __init__(self, x):
        self.x = x
    def get(self):
        return self.x
class B(A):
    def __init__(self, x):
        super().__init__(x)
        self.y = x
    def get(self):
        z = super().get()
        return z
o = []
b = B(o)
r = b.get()
del b
del r
