# Handlers: which instructions they cover, cold blocks, copies of finally.
try: a
except: b
try: a
except A: b
except (B, C) as e: c
else: d
finally: f
try:
    try: a
    finally: b
except A as e:
    raise
for x in y:
    try:
        if x: continue
        if z: break
    except A:
        continue
    finally:
        w
with a: b
with a as b, c as d:
    if b: x
    else: y
while a:
    with b:
        if c: break
        continue
try: a
except* A as e: b
except* (B, C): c
else: d
def f(x):
    try:
        return x
    finally:
        g(x)
def g(x):
    with x as y:
        return y
def h(x):
    for y in x:
        try:
            return y
        except A as e:
            if e: continue
            return e
        else:
            break
def i(x):
    try: yield x
    except A: yield
    finally: yield from x
async def j(x):
    async with x as y:
        await y
    async for z in x:
        try: yield z
        finally: await z
    else:
        return
    [a async for a in x if await a]
async def k(x):
    async for y in x:
        with y: return y
def l(x):
    while x:
        try: pass
        finally: pass
    try: del x
    except A: x or y
    x
