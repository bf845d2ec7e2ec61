# Jumps to jumps, tests of constants, exits copied to their jumps, lines of what is left.
if a and b or c:
    x
elif not a:
    y
else:
    z
if a if b else c: x
while a and not b:
    if c: break
    if d: continue
    x
else:
    y
while 1:
    if a: break
while 0: x
while True:
    pass
    if a:
        pass
    else:
        break
if 0: x
else: y
if 1: x
if None: x
elif "": y
elif (): z
else: w
if a is None: x
if a is not None: x
if not (a is None or b is not None): x
x = a is None
x = (a or b) and (c or d)
x = a if not b else c if d is None else e
x = not a in b, not a is b, not (a < b), not not a, a < b < c < d
x = a and b and 1 and c, a or 0 or b, 1 and a, 0 and a, 0 or a, 1 or a
assert a
assert a, b
for x in a:
    for y in b:
        if x: continue
        if y: break
    else:
        continue
    break
for x in a:
    if x:
        if y:
            pass
match a:
    case 1 | 2: x
    case [b, c]: y
    case [1, *rest, (d, e)] if d: z
    case {"k": 1, **more}: w
    case A(b, x=2) as f: v
    case None: u
    case "a" if 0: t
    case _: s
(a, b), c = (c, b), a
a, b = b, a
a, b, c = c, b, a
(x,) = (y,)
a, b, c, d = d, c, b, a
a = b = c
a; 1; "x"; None; a.b; a if b else 1
def f(x):
    if x: return
    while x:
        if x: return x
    for y in x:
        if y: continue
        return y
    if x:
        raise x
    else:
        pass
def g(x):
    return x if x else None
assert 0, b
