def f(n):
    return g(n)
def g(n):
    if n == 0:
        raise ValueError("deep")
    return f(n - 1)
def r(n):
    if n == 0:
        raise ValueError("repeated")
    r(n - 1)
try:
    f(2)
except ValueError as e:
    print(e)
r(10)
