if a: b
elif c or d and not e: f
else: g
while a < b < c:
    if x: break
    if y: continue
else: z
# ----
def f(x):
    for i in x:
        if i: continue
        elif not i: break
        return i
    else:
        return None
    while True:
        try: break
        finally: g()
    while 0: x
# ----
x = a if b else c if d else e
y = not (a and b) or (c if d else e)
z = a < b < c is not d
assert a and not b, c
assert x < y < z
# ----
def f():
    while 1:
        with a:
            try:
                for x in y: return (
                    x)
            except E as e:
                continue
            finally:
                break
# ----
break
# ----
for x in y: pass
else: continue
# ----
return 1
# ----
class C: return
# ----
async def f():
    yield 1
    return 2
# ----
yield 1
# ----
class C: yield from a
# ----
async def f(): yield from a
# ----
def f():
    await a
# ----
# with: exec 0 8192
await a
async for x in y: pass
async with a as b: await c
[x async for x in y]
# ----
# with: single
f(x)
# ----
# with: single
if a:
    b; 1
# ----
# with: eval
[lambda: x for x in (yield_ or 1)]
# ----
x
1
'a'
...
a.b
pass
