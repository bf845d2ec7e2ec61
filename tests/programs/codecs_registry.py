import codecs

print('é€'.encode('cp1252'), b'\x80\xe9'.decode('cp1252'), 'a'.encode('utf-16'), codecs.encode('abc', 'rot13'))
print(codecs.lookup('Latin 1').name, codecs.lookup('UTF8').name)
for handler in ('ignore', 'replace', 'xmlcharrefreplace', 'backslashreplace', 'namereplace'):
    print(handler, 'aé€\udc80b'.encode('cp437', handler))
print('a\udc80'.encode('cp1252', 'surrogateescape'), ascii(b'a\x81'.decode('cp1252', 'surrogateescape')))


def mark(error):
    print(type(error).__name__, error.start, error.end, error.reason)
    return '<%d>' % error.start, error.end


codecs.register_error('mark', mark)
print('x€y'.encode('ascii', 'mark'), b'a\xffb'.decode('ascii', 'mark'), 'ż'.encode('latin-1', 'mark'))
for attempt in (
    lambda: 'a'.encode('nowhere'),
    lambda: 'a'.encode('rot13'),
    lambda: codecs.encode(b'a', 'rot13'),
    lambda: codecs.lookup_error('nowhere'),
    lambda: codecs.strict_errors(1),
    lambda: codecs.lookup_error('ignore')(1),
    lambda: '€'.encode('cp1251x'),
    lambda: '\u4e00'.encode('cp1252'),
    lambda: b'\xff'.decode('utf-8'),
):
    try:
        attempt()
    except Exception as error:
        print(repr(error), getattr(error, '__notes__', None))


def search(name):
    if name == 'my_codec':
        return codecs.CodecInfo(lambda text, errors='strict': (b'<' + text.encode() + b'>', len(text)),
                                lambda data, errors='strict': (bytes(data).decode().upper(), len(data)), name='my')


codecs.register(search)
print('x'.encode('My Codec'), b'x'.decode('my-codec'))
codecs.unregister(search)
try:
    'x'.encode('my codec')
except LookupError as error:
    print(error)
decoder = codecs.getincrementaldecoder('utf-8')()
print([decoder.decode(bytes([byte])) for byte in 'é€'.encode()])
print(codecs.utf_8_decode(b'\xe2\x82'), codecs.utf_16_ex_decode(b'\xff\xfea\x00'), codecs.escape_decode(b'\\x41\\n'))
