import contextlib
@contextlib.contextmanager
def cm(o):
    try: yield o
    except ValueError as e: seen.append(e.args[0])
    finally: done.append(o)
seen = []; done = []; o = [1]
with cm(o) as a: b = a
with cm(o): raise ValueError(o)
with contextlib.suppress(KeyError): raise KeyError(o)
with contextlib.ExitStack() as s:
    c = s.enter_context(cm(o)); s.callback(done.append, o)
class Cl:
    def close(self): done.append(self)
with contextlib.closing(Cl()) as k: d = k
with contextlib.nullcontext(o) as n: e = n
del a, b, c, d, k
done.clear()
