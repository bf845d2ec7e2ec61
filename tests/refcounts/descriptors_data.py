class D:
    def __set_name__(self, owner, name): self.name = name
    def __get__(self, o, t):
        if o is None: return self
        return o.__dict__.get(self.name)
    def __set__(self, o, v): o.__dict__[self.name] = v
    def __delete__(self, o): del o.__dict__[self.name]
class A:
    d = D(); e = D()
a = A(); v = [1]
for i in range(5):
    a.d = v; x = a.d; a.e = a; y = A.d
del a.d
del a.e
z = A.__dict__["d"]
del A.d
