class G:
    def __getitem__(self, k): return k
    def __setitem__(self, k, v): self.v = v
    def __contains__(self, k): return True
    def __len__(self): return 3
o = [1]; l = [o, o]; t = (o, o); d = {"k": o, o.__class__: o}; g = G(); s = "a b c"; b = b"xy"
for i in range(8):
    p = l[0]; q = t[1]; r = d["k"]; u = g[o]; g[o] = l; l[1] = o; d["k"] = o; v = s[i % 3]; w = b[0]; x = l[-1]; y = l[0:1]; z = o in g; aa = o in l; bb = "k" in d; cc = len(g); dd = s[1:3]; l[0:1] = [o]; d[i] = o
del p, q, r, u
