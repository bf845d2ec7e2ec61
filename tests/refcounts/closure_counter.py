def counter(start):
    held = [start]
    def step(by=1):
        held[0] += by
        return held
    def peek():
        return held
    return step, peek
step, peek = counter(5)
a = step(); b = peek(); c = step(2)
for i in range(4):
    r = step(i)
    s = peek()
del a, b
step = None
q = peek()
del peek, c, r, s
