# arithmetic temporaries, string building in place, augmented assignment
import sys
rc = sys.getrefcount
def f(n):
    s = ""
    for i in range(n): s += "ab"; s = s + "c"
    print(len(s), rc(s)); t = s; s += "x"; print(rc(s), rc(t), len(t))
    x = 1.5; y = x * 2 + 3; z = y; y += 1; print(y, z, rc(y), rc(z)); y -= 1; y *= 2; y /= 4; y **= 2; y //= 1; y %= 5; print(y, rc(y))
    i = 10 ** 18; j = i; i += 1; print(i, j, rc(i), rc(j)); i -= 1; i *= 3; i //= 2; i %= 10 ** 17; i <<= 3; i >>= 1; i |= 7; i &= ~1; i ^= 12345; i **= 2; print(i, rc(i))
    l = [1]; m = l; l += (2, 3); print(m, rc(l)); l *= 2; print(l is m, rc(m)); l = l + [1]; print(l is m, rc(l))
    d = {}; e = d; d |= {1: 2}; print(e, rc(d)); d = d | {3: 4}; print(e is d)
    st = {1}; u = st; st |= {2}; st -= {1}; st ^= {5}; st &= {5, 2}; print(u, rc(u))
    tu = (1,); v = tu; tu += (2,); print(v, tu, rc(tu), rc(v)); tu *= 2; print(tu)
    b = b"a" * 3; c = b; b += b"z"; print(b, c, rc(b), rc(c)); ba = bytearray(b); bb = ba; ba += b"q"; print(bb, rc(ba))
    class A: n = 5; l = []
    a = A(); a.n += 1; a.l += [1]; print(a.n, A.n, A.l is a.l, rc(A.l), a.__dict__)
    q = [[0]]; q[0] += [1]; q[0][0] += 5; q[-1:] += [7]; print(q, rc(q[0])); k = {"a": [1]}; k["a"] += [2]; k["a"][0] *= 10; print(k, rc(k["a"]))
    print(-i + i, +x, ~j, x == 1.5, 1 < x < 2, 3 > 2 == True, not x, x and y, None or l[0], rc(l[0:1]), 1e308 * 10, -7 // 2, -7 % 3, 7.5 // 2, 2 ** -1, 2 ** 0.5, 5 / 2, True + True, 1j * 1j)
    try: x / 0
    except ZeroDivisionError as ex: print(ex, rc(x))
    try: l + x
    except TypeError as ex: print(ex, rc(l))
    try: "a" + 1
    except TypeError as ex: print(ex)
    try: [] < 1
    except TypeError as ex: print(ex)
    try: tu[0] = 1
    except TypeError as ex: print(ex)
    try: del tu[0]
    except TypeError as ex: print(ex)
    try: x.y = 1
    except AttributeError as ex: print(ex)
    try: l["a"]
    except TypeError as ex: print(ex)
    try: l[10]
    except IndexError as ex: print(ex)
    try: d["nope"]
    except KeyError as ex: print(ex, rc(ex.args))
for n in (3, 50, 3): f(n)
