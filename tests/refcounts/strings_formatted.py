o = [1]; s = "a" * 20; n = 12345678901
a = f"{o}{s}{n!r:>20}"; b = f"{s}"; c = f"{s}{''}"; d = "%s" % s; e = "{}".format(s); g = "%s" % (o,)
h = s + ""; i = "" + s; j = s * 1; k = s[:]; l = s[0:20]; m = s.strip(); p = s.lower(); q = s.replace("b", "c"); r = s.ljust(20); t = str(s); u = "".join([s]); v = "".join((s, "")); w = s.translate({}); x = s.encode(); y = bytes(x); z = x[:]
for f in range(4):
    t = ""
    for c in "abc": t += c + s
del a, b, d, e
