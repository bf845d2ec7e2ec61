import itertools as it
o = [1]; l = [o, o, o]
a = list(it.chain(l, [o])); b = it.chain(l); c = next(b); d = list(zip(l, l)); e = list(it.product(l, repeat=2)); f = it.repeat(o); g = next(f); h = it.cycle(l); i = next(h); j = list(it.islice(h, 5)); k = it.tee(l); m = next(k[0]); n = list(it.groupby(l, key=id)); p = list(it.accumulate([o, o])); q = list(it.zip_longest(l, [o], fillvalue=o)); r = it.combinations(l, 2); s = next(r); t = next(r); u = list(it.starmap(lambda x, y: x, d)); v = list(it.compress(l, [1, 0, 1])); w = list(it.pairwise(l)); x = list(it.batched(l, 2)); y = enumerate(l); z = next(y)
for aa in y: bb = aa
cc = map(lambda x: x, l); dd = next(cc); ee = filter(None, l); ff = next(ee); gg = reversed(l); hh = next(gg); ii = iter(l); jj = next(ii)
del a, b, d, e, j
