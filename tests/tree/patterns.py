match x:
    case -1 | 1.5 | -0.0 | 1+2j | -1-0j | 100000000000000000000+1j | "a" "b" | b"c": pass
    case None | True | False: pass
    case a.b.c: pass
    case [a, *_, (b, *c), _] if d: pass
    case a, *rest: pass
    case (a): pass
    case []: pass
    case ():
        pass;
    case {"a": 1, -2: x, **kw}: pass
    case {}: pass
    case C(1, x, y=2, z=D()) as w: pass
    case (1 | 2) as n: pass
match (a, b): 
    case _: pass
match = case = type = _ = 1
match.case[type]
