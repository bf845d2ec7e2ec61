"""docstring"""
"second string"
__debug__; x = __debug__
"%s and %r%%" % (a, b), "%5a|%-5s|%05.3s|%.s" % (a, b, c, d), "%d" % (a,), "%s" % a, "%s" % (*a,), "%s %s" % (a,)
"%1000s" % (a,), "%" % (), "100%%" % (), "%s%" % (a,), "%(a)s" % (b,)
def f():
    "only a docstring"
class C:
    """doc

    of several lines"""
    x: "%s" % (1,)
    def g(self):
        "first"
        "second"
        try: pass
        finally:
            for x in y:
                return 1
            return 2
for a in b:
    try: pass
    finally:
        if a: break
        continue
match x:
    case -1: pass
    case {-2.5: -3+4j}: pass
