a = 2 * 3.5; b = "ab" * 3; c = (1, 2) + (3.5,); d = -1.5; e = not 1; f = 1 if 1 else 2.5; g = b"ab" * 2; h = 10 ** 5; i = 1 << 40; j = "a b"[0]; k = (1, 2.5, 3)[1]; l = [1.5, 2.5][0]; m = {"a": 2.5}["a"]
def q():
    x = 24 * 60 * 60; y = "a b" "c d"; z = (1.5, -2.5); w = 3.25 + 1
    return x, y, z, w
r = q(); s = q(); t = r[2] is s[2]; u = q.__code__.co_consts
for v in (1.5, 2.5): w = v
for v in [1.5, 2.5]: w = v
x = 2.5 in (1.5, 2.5); y = v in [2.5, 3.5]; z = f"{1.5}{'a b'}"
del u, r
