s = "naïve 日本 😀 e\u0301"
print(len(s), s[6], s[9], s.upper(), [hex(ord(c)) for c in s[-2:]], s.encode("utf-8")[:8], s[::-1][0] == "\u0301")
print("\u00df".casefold() == "ss", "ﬁ".upper(), "İ".lower() == "i̇", "ǆ".title(), "Σ".lower(), "ΑΣ".lower(), "\N{GREEK SMALL LETTER ALPHA}", "\x41\101\u0041")
print("é" == "e\u0301", sorted(["é", "z", "a", "日"]), max("日本"), "日本" < "本日", "日" in s, s.find("本"), s.replace("日本", "JP"))
print(repr("\ud800"), "\ud800" == "\ud800", len("\U0001F468\u200d\U0001F469"), "a\u0000b".split("\0"), ascii(s))
try:
    "\ud800".encode()
except UnicodeEncodeError as e:
    print(e)
print("tab\there", 'single\'quote', """multi
line""", r"raw\n", "con" "cat", b"bytes\n", "\
continued")
print("x".isidentifier(), "日本".isidentifier(), "变量" + "=1")
变量 = 5
print(变量, "ａ".isalpha(), "²".isdigit(), "²".isdecimal())
