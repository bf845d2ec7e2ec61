s = "abcdefgh"
for sl in (slice(2), slice(1, 5), slice(None, None, -1), slice(-3, None), slice(5, 1, -2), slice(10, 20)):
    print(sl, s[sl], sl.indices(8), list(range(8))[sl])
class G:
    def __getitem__(self, k):
        return k
g = G()
print(g[1:2], g[1:2, ::3], g[...], g[:], g[1, 2], g[()], g[*[1, 2], 3])
t = tuple(range(6))
print(t[1:4], t[::-2], b"hello"[1:3], range(10)[2:8:3], bytearray(b"abc")[::-1])
try:
    s[::0]
except ValueError as e:
    print(e)
try:
    s["a":]
except TypeError as e:
    print(e)
l = list(range(8))
l[2:5] = []
l[:0] = [9, 9]
l[::3] = "abc"[:len(l[::3])]
print(l, slice(1, 2) == slice(1, 2), slice(1, 2, 3).step)
