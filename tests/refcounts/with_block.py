class CM:
    def __enter__(self):
        return self
    def __exit__(self, t, v, tb):
        e = v
        return True
m = CM()
with m as n:
    o = n
with CM() as p:
    raise ValueError([1])
del m
del n
