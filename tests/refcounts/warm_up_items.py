class K:
    def __getitem__(self, k):
        return k
    def __len__(self):
        return 3
    @property
    def p(self):
        return self
def run(k, o):
    for i in range(10):
        a = k[o]
        b = k.p
        c = len(k)
    return a, b
k = K()
o = []
r = run(k, o)
