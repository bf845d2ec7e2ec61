s = "Hello, World"
print(s.upper(), s.lower(), s.swapcase(), s.title(), "abc".capitalize(), s.casefold())
print(s.find("o"), s.rfind("o"), s.index("W"), s.count("l"), s.startswith("He"), s.endswith(("x", "ld")), s.replace("l", "L", 2))
print("a,b,,c".split(","), "a,b,c".rsplit(",", 1), " a  b ".split(), "a\nb\r\nc".splitlines(), "a\nb".splitlines(True), "k=v=w".partition("="), "k=v=w".rpartition("="))
print("-".join(["a", "b"]), "  x ".strip() + "|", "xxaxx".strip("x"), "xxa".lstrip("x"), "axx".rstrip("x"))
print("a".center(5, "*"), "a".ljust(3) + "|", "a".rjust(3), "42".zfill(5), "-42".zfill(5))
print("abc".isalpha(), "123".isdigit(), "a1".isalnum(), " ".isspace(), "Ab".istitle(), "AB".isupper(), "ab".islower(), "x y".isidentifier(), "١".isdecimal(), "½".isnumeric())
print("prefix-x".removeprefix("prefix-"), "x.py".removesuffix(".py"), "abc".translate({97: "A", 98: None}), "abc".translate(str.maketrans("ab", "xy")))
print("a\tb".expandtabs(4), "abc"[::-1], "abc" * 2, "b" in "abc", "a" < "b", ord("é"), chr(8364), "ß".upper(), "é".encode(), "%s-%d" % ("a", 3))
print(repr("it's"), repr('say "x"'), repr("a'b\"c"), repr("\n\t\\\x00é\u200b\U0001f600"), ascii("é€😀"))
for bad in (lambda: "a".index("z"), lambda: "a" + 1, lambda: "a"[5], lambda: "a,b".split(""), lambda: "".join([1]), lambda: int("z", 36) and int("z", 10)):
    try:
        bad()
    except (ValueError, IndexError, TypeError) as e:
        print(type(e).__name__, e)
print("{} {1}".replace("1", "") .format(1, 2), "{0}-{1}-{0}".format("a", "b"), "{x.real} {y[0]} {z!r:>5}".format(x=3, y=[4], z="q"))
