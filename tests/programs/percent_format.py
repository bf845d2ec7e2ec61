print("%d %5d|%-5d|%05d %+d %x %X %#x %o %e %.2f %g %s %r %a %c %c %%" % (1, 2, 3, 4, 5, 255, 255, 255, 8, 1234.5, 3.14159, 0.00001, "s", "r", "é", "c", 100))
print("%(a)s %(b)03d" % {"a": 1, "b": 2}, "%s" % (1,), "%s" % [1], "%.3s|%5.1s|" % ("abcdef", "xyz"), "%*d" % (5, 3))
for f, v in (("%d", "a"), ("%s %s", (1,)), ("%s", (1, 2)), ("%q", 1), ("%(a)s", {}), ("%c", 1114112)):
    try:
        print(f % v)
    except Exception as e:
        print(type(e).__name__, e)
print(b"%d %s %b" % (1, b"x", b"y"))
