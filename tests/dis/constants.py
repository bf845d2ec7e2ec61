"""Every kind of constant."""
import __future__

def numbers():
    return (0, -1, 255, 256, -300, 2**100, -(2**64), 1.5, -0.0, 1e16, 1e-5, 1e400, 2.9802322387695312e-08, 5e-324,
            2j, -3.5j, 1e16j, (1, -2.5), True, None, ...)

def strings():
    return ("", "a", "it's", 'say "no"', "both ' and \"", "tab\tnewline\nreturn\r", "\x00\x7f\x80\xa0\xad", "é\u0130\u2028\ufeff",
            "\U0001f600\U000e0001", "\ud800 \udfff", "back\\slash", b"", b"x", b"'\"\\\t\n\r\x00\xff", (1,), ((), ((),)))

def sets(x):
    a = x in {1, 2, 3, -1, 1000, 2**61 - 1, 2**70, 1.5, -2, 0.1}
    b = x in {"spam", "eggs", "ham", "é", "\u20ac", "\U0001f600", b"spam", ""}
    c = x in {(1, 2), (1, (2, "x")), None, True, False, 1j, 1.5 - 2j}
    d = x in {f"{i}" for i in range(3)}
    return a, b, c, d

def slices(x):
    return x[1:2], x[::-1], x[:"a"], x[1.5:2**70]

code = lambda: (lambda: 0)
