def depth(n, o):
    if n == 0:
        return o
    r = depth(n - 1, o)
    return r
o = []
x = depth(4, o)
def tree(n):
    return [] if n == 0 else [tree(n - 1), tree(n - 1)]
t = tree(2)
u = t[0][1]
del t
