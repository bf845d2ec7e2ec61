def f(o):
    try:
        p = o
        return p
    finally:
        q = o
        del p
o = []
r = f(o)
def g(o):
    for i in range(3):
        try:
            if i == 1:
                continue
            h = o
        finally:
            k = o
g(o)
