b = b"Hello \x00\xff'"
print(b, b[0], b[1:3], b + b"x", b * 2, list(b"ab"), bytes(3), bytes([65, 66]), bytes("é", "utf-8"), b"abc".hex(), bytes.fromhex("41 42"))
print(b"a,b".split(b","), b"-".join([b"a", b"b"]), b"abc".find(b"c"), b"abc".replace(b"b", b"x"), b"ABC".lower(), b" a ".strip(), b"abc".startswith(b"a"), b"a" in b"abc", 97 in b"abc", b"abc".decode(), b"\xc3\xa9".decode("utf8"))
ba = bytearray(b"abc")
ba.append(100); ba.extend(b"ef"); ba[0] = 65; ba[1:3] = b"__"; del ba[-1]
print(ba, len(ba), bytes(ba), ba.pop(), ba, ba == b"A__d", hash(b"a") == hash("a"))
for bad in (lambda: bytes([256]), lambda: b"a" + "b", lambda: b"\xff".decode(), lambda: "é".encode("ascii"), lambda: b"abc"[10], lambda: bytes("a"), lambda: ba.__setitem__(0, 300), lambda: bytes.fromhex("4")):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)
print("é".encode("latin-1"), "a€".encode("utf-16-le"), b"\xff".decode("latin-1"), b"a\xff".decode("utf-8", "replace"), "é".encode("ascii", "ignore"), "é€".encode("ascii", "backslashreplace"), "€".encode("ascii", "xmlcharrefreplace"))
m = memoryview(b"hello")
print(m[1], bytes(m[1:3]), len(m), m.tolist()[:2])
