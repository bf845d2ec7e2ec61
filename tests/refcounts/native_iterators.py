import itertools
class C: pass
c = C()
d = C()
def same(x):
    return x
def both(x, y):
    return y
g = itertools.groupby([c, c, d], same)
k, part = next(g)
l = list(part)
del l, k, part
k, part = next(g)
del g, k, part
a = itertools.accumulate([c, d, c], both)
n = next(a)
n = next(a)
del a, n
x = itertools.chain([c], [d])
n = next(x)
n = next(x)
del n, x
p = itertools.pairwise([c, d, c])
q = next(p)
r = next(p)
del q
q = next(p, None)
del p, q, r
z = itertools.zip_longest([c, d], [c])
q = next(z)
r = next(z)
del q, r, z
t, u = itertools.tee([c, d])
n = next(t)
n = next(u)
del t, u, n
f = list(itertools.filterfalse(same, [c]))
f = list(itertools.takewhile(same, [c, d]))
f = list(itertools.dropwhile(same, [c, d]))
f = list(itertools.starmap(both, [(c, d), [d, c]]))
f = list(itertools.compress([c, d], [1, 0]))
f = list(itertools.product([c, d], repeat=2))
f = list(itertools.permutations([c, d]))
f = list(itertools.combinations([c, d], 2))
f = list(itertools.batched([c, d, c], 2))
f = itertools.cycle([c])
n = next(f)
n = next(f)
f = itertools.repeat(c, 2)
n = next(f)
