match x:
    case 1 | -2 | 'a' | None | True | 1+2j | a.b: p
    case [] | [_] | [_, *_]: q
    case [a, *b, c] if a: r
    case [a, *_, {'k': c}]: s
    case {'a': 1, b.c: d, **rest}: t
    case {}: u
    case C(1, a, k=b, l=[c, _]): v
    case (C() as d) | [d]: w
    case _: y
# ----
match x, *y:
    case [a, b] | [b, a] | (C(a, b=b)): a
    case [[a, b], c] | [c, [b, a]]: b
    case (1 as z) if z: c
    case other: d
# ----
match x:
    case a: b
    case c: d
# ----
match x:
    case _: b
    case c: d
# ----
match x:
    case [a, a]: b
# ----
match x:
    case a | 1: b
# ----
match x:
    case [a, 1] | [1, b]: c
# ----
match x:
    case {'a': 1, 'b': 2, 'a': 3}: c
# ----
match x:
    case {1: a, True: b}: c
# ----
match x:
    case C(a=1, b=2, a=3): c
# ----
match x:
    case [*a, *b]: c
# ----
match x:
    case {**a} as b: c
    case [{1: x, -1.5: y}, C(z)]: d
match y:
    case _: z
match y:
    case _ if z: w
    case -1: v
