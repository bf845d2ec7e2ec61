class E(Exception): pass
def g(x):
    try:
        yield x
    except E as e:
        yield e
    finally:
        y = [x]
    return y
o = [1]; i = g(o); a = next(i); x = E(o); b = i.throw(x)
try: next(i)
except StopIteration as s: c = s.value
j = g(o); d = next(j); j.close()
k = g(o)
try: k.throw(x)
except E as e: t = e.__traceback__.tb_frame is None
del x, b, t
