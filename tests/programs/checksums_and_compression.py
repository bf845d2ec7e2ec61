import zlib, binascii, hashlib, base64, gzip, io
d = b'hello world ' * 100
c = zlib.compress(d); print(zlib.decompress(c) == d, zlib.crc32(d), zlib.adler32(d), zlib.crc32(b''), zlib.crc32(b'a', 5))
for level in (0, 1, 6, 9): print(zlib.decompress(zlib.compress(d, level)) == d)
co = zlib.compressobj(9, zlib.DEFLATED, -15); x = co.compress(d) + co.flush(); print(zlib.decompress(x, -15) == d)
co = zlib.compressobj(wbits=31); x = co.compress(d); co2 = co.copy(); x2 = x + co2.flush(); x += co.flush(); print(gzip.decompress(x) == d, x == x2)
do = zlib.decompressobj(); out = do.decompress(c, 10); print(out, do.eof, len(do.unconsumed_tail) > 0); out += do.decompress(do.unconsumed_tail); out += do.flush(); print(out == d, do.eof)
do = zlib.decompressobj(); do.decompress(c + b'rest'); print(do.unused_data)
co = zlib.compressobj(zdict=b'hello world'); z = co.compress(d) + co.flush(); do = zlib.decompressobj(zdict=b'hello world'); print(do.decompress(z) == d)
for f in (lambda: zlib.decompress(b'xx'), lambda: zlib.decompress(c[:-5]), lambda: zlib.compress('a'), lambda: zlib.compress(b'a', 99), lambda: zlib.decompress(z), lambda: zlib.compressobj(wbits=99), lambda: zlib.decompressobj().decompress(b'abc')):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
print(gzip.decompress(gzip.compress(d)) == d)
with gzip.GzipFile(fileobj=io.BytesIO(gzip.compress(b'a\nb\n'))) as g: print(g.readlines())
print(binascii.hexlify(b'\x01\xff'), binascii.hexlify(b'abcdef', '-', 2), binascii.unhexlify('01fF'), binascii.b2a_base64(b'hi there'), binascii.a2b_base64(b'aGkgdGhlcmU='), binascii.a2b_base64('aGk gdGhl\ncmU='))
for i in range(5): print(base64.b64encode(b'abcde'[:i]), base64.b64decode(base64.b64encode(b'abcde'[:i])), base64.b32encode(b'abcde'[:i]), base64.b85encode(b'abcde'[:i]), base64.a85encode(b'abcde'[:i]))
print(binascii.b2a_uu(b'hello'), binascii.a2b_uu(binascii.b2a_uu(b'hello world')), binascii.crc_hqx(b'hello', 0), binascii.crc32(b'hello'))
print(binascii.b2a_qp(b'a=b \xe9 end \n.\n' + b'x' * 80), binascii.a2b_qp(b'a=3Db=\nc _', header=True), binascii.b2a_qp(b'a b_c', header=True), binascii.b2a_qp(b'\ta ', quotetabs=True))
for f in (lambda: binascii.unhexlify('0'), lambda: binascii.unhexlify('zz'), lambda: binascii.a2b_base64(b'a'), lambda: binascii.a2b_base64(b'ab'), lambda: binascii.a2b_base64(b'ab=c', strict_mode=True), lambda: binascii.a2b_base64('é'), lambda: binascii.b2a_uu(b'x' * 46), lambda: binascii.hexlify('a'), lambda: binascii.a2b_base64(1)):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
for n in ('md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'sha3_224', 'sha3_256', 'sha3_384', 'sha3_512', 'blake2b', 'blake2s'):
    h = hashlib.new(n, b'abc'); h2 = h.copy(); h2.update(b'd' * 200); print(n, h.name, h.hexdigest(), h2.hexdigest(), h.digest_size, h.block_size)
print(hashlib.shake_128(b'a').hexdigest(20), hashlib.shake_256(b'a').digest(200)[-4:], hashlib.sha256().hexdigest())
print(hashlib.blake2b(b'x', digest_size=20, key=b'k', salt=b's', person=b'p').hexdigest(), hashlib.blake2s(b'x', fanout=2, depth=3, leaf_size=4, node_offset=5, node_depth=1, inner_size=8, last_node=True).hexdigest())
for f in (lambda: hashlib.md5('a'), lambda: hashlib.sha256(1), lambda: hashlib.new('nope'), lambda: hashlib.blake2b(digest_size=65), lambda: hashlib.blake2b(key=b'x' * 65), lambda: hashlib.shake_128(b'').digest(-1)):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
