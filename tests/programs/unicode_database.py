import hashlib
import unicodedata as u

digest = hashlib.sha256()
old = hashlib.sha256()
points = [*range(0x3400), *range(0x3400, 0x110000, 61)]
for point in points:
    c = chr(point)
    row = (u.category(c), u.bidirectional(c), u.combining(c), u.mirrored(c), u.east_asian_width(c), u.decomposition(c), u.decimal(c, None),
           u.digit(c, None), u.numeric(c, None), u.name(c, None))
    digest.update(repr(row).encode())
    if point % 7 == 0:
        o = u.ucd_3_2_0
        old.update(repr((o.category(c), o.bidirectional(c), o.combining(c), o.mirrored(c))).encode())
print(digest.hexdigest(), old.hexdigest())
digest = hashlib.sha256()
for form in ('NFC', 'NFD', 'NFKC', 'NFKD'):
    for point in points:
        text = 'a' + chr(point) + '\u0301\u0316\u0327e'
        if not 0xD800 <= point < 0xE000:
            made = u.normalize(form, text)
            digest.update(made.encode())
            digest.update(b'1' if u.is_normalized(form, text) else b'0')
    print(form, digest.hexdigest())
print(u.unidata_version, u.ucd_3_2_0.unidata_version, u.lookup('LATIN SMALL LETTER A'), u.lookup('nbsp') == '\xa0')
for attempt in (lambda: u.name('\0'), lambda: u.lookup('X'), lambda: u.decimal('a'), lambda: u.digit('a'), lambda: u.numeric('a'), lambda: u.category('ab'),
                lambda: u.category(1), lambda: u.normalize('X', 'a'), lambda: u.normalize('NFC', 1), lambda: u.name('ab'), lambda: u.decimal('a', 5)):
    try:
        print(attempt())
    except Exception as error:
        print(type(error).__name__, error)
