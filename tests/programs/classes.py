class Point:
    """A point."""
    count = 0
    def __init__(self, x, y):
        self.x, self.y = x, y
        type(self).count += 1
    def __repr__(self):
        return f"{type(self).__name__}({self.x}, {self.y})"
    def __eq__(self, other):
        return isinstance(other, Point) and (self.x, self.y) == (other.x, other.y)
    def __hash__(self):
        return hash((self.x, self.y))
    def __add__(self, other):
        return Point(self.x + other.x, self.y + other.y)
    @classmethod
    def origin(cls):
        return cls(0, 0)
    @staticmethod
    def name():
        return "point"

a, b = Point(1, 2), Point(1, 2)
print(a, a == b, a is b, len({a, b}), a + b, Point.origin(), Point.name(), Point.count)
print(Point.__doc__, Point.__mro__, Point.__module__)
print(sorted(vars(a)), a.__class__, hasattr(a, "z"), getattr(a, "z", "none"))
setattr(a, "z", 3)
print(a.__dict__)
del a.z
try:
    a.z
except AttributeError as e:
    print(e)
print([n for n in vars(Point) if not n.startswith("__")])
