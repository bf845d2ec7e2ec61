try: a
except B as b: c
except (D, E): f
except: g
else: h
finally: i
# ----
def f():
    try: return a
    except E as e: return e
    except F: pass
# ----
try: a
except* B as b: c
except* (D, E): f
else: h
finally: i
# ----
def f():
    for x in y:
        try: return a
        except E as e:
            if e: continue
            else: break
        finally:
            try: g()
            finally: return b
# ----
def f():
    try: pass
    except* E: return
# ----
while 1:
    try: pass
    except* E as e:
        break
# ----
try: pass
except: pass
except E: pass
# ----
def f():
    with a as b, c() as (d, *e), g:
        return b
    with (x): yield
async def h():
    async with a as b.c, d as e[0]:
        for x in y:
            with z: return x
# ----
try:
    try: a
    finally: b
except E: c
else: d
