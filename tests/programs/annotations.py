def f(a: int, b: "str" = 1, *c: undefined_thing) -> list[int]: ...
try:
    f.__annotations__
except NameError as e:
    print(e)
def g(a: int, b: str = "x") -> bool: return True
print(g.__annotations__, g("anything"))
class A:
    x: int
    y: "A" = None
    z: list[str] = []
print(A.__annotations__)
v: int = 5
w: str
print(__annotations__ if "__annotations__" in globals() else __annotate__(1))
print(int | str, list[int] | None, tuple[int, ...], type[int])
