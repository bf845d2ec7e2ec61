class CM:
    def __init__(self, name, swallow=False):
        self.name, self.swallow = name, swallow
    def __enter__(self):
        print("enter", self.name)
        return self.name.upper()
    def __exit__(self, kind, value, tb):
        print("exit", self.name, kind and kind.__name__, value)
        return self.swallow
with CM("a") as a, CM("b") as b:
    print(a, b)
with (CM("c", True) as c, CM("d")):
    raise ValueError("inside")
print("after")
def f():
    with CM("r"):
        return "returned"
print(f())
for i in range(2):
    with CM(str(i)):
        if i == 0:
            continue
        break
try:
    with CM("x"):
        raise KeyError("out")
except KeyError as e:
    print("outside", e)
try:
    with 5:
        pass
except TypeError as e:
    print(e)
with CM("t") as (p):
    print(p)
with CM("un") as (q, r):
    print(q, r)
