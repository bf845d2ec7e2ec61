def run(l, t, d):
    for i in range(10):
        a = l[0]
        b = t[1]
        c = d["k"]
        l[1] = a
        d["j"] = b
        e, f = t
        for g in l:
            h = g
    return e
x, y = [], {}
r = run([x, y], (x, y), {"k": x})
