class P:
    __match_args__ = ("x",)
    def __init__(self, x):
        self.x = x
def f(v):
    match v:
        case [a, *b]:
            return a
        case {"k": c, **d}:
            return c
        case P(e):
            return e
        case g:
            return g
o = []
r = f([o, o])
r = f({"k": o, "j": o})
r = f(P(o))
r = f(o)
