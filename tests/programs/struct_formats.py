import struct
def t(f,*a):
    try: print(f, struct.pack(f,*a))
    except Exception as e: print(f,a,type(e).__name__,e)
for c in 'bBhHiIlLqQnNP':
    for p in ('@','<') if c not in 'nNP' else ('@',):
        t(p+c, 1<<70); t(p+c,-(1<<70)); t(p+c,'a'); t(p+c,1.5); t(p+c, -1)
        t(p+c, 1<<63); t(p+c, 1<<64)
        t(p+c, 1<<33); t(p+c, 300); t(p+c,70000)
for c in 'fde': t(c,'a'); t(c,1e300); t('<'+c,1e300)
t('F',1j); t('D',2); t('F','a'); t('s',1); t('p','a'); t('c',b'ab'); t('c',1); t('?','a')
t('5s',b'ab'); t('5p',b'abcdefg'); t('0s',b'a'); t('0p', b'a'); t('s','a')
t('5',1); t('z',1); t('<n',1); t('3 i',1); t('i\0',1); t('99999999999999999999i',1); t('i',); t('\u00e9',1)
class I:
    def __index__(self): return 7
t('b',I())
S=struct.Struct
for a in (lambda:struct.unpack('i',b'abc'),lambda:struct.unpack_from('i',b'abc'),lambda:struct.unpack_from('i',b'abcdef',-2),lambda:struct.unpack_from('i',b'abcdef',-20),lambda:struct.unpack_from('i',b'abcdef',4),
 lambda:struct.pack_into('i',bytearray(3),0,1),lambda:struct.pack_into('i',bytearray(8),-2,1),lambda:struct.pack_into('i',bytearray(8),-20,1),lambda:struct.pack_into('i',b'abcd',0,1),lambda:struct.pack_into('i',bytearray(8),0),lambda:struct.pack_into('i'),lambda:struct.pack_into('i',bytearray(8)),
 lambda:struct.iter_unpack('',b''),lambda:struct.iter_unpack('i',b'abc'),lambda:list(struct.iter_unpack('h',b'abcd')),lambda:struct.pack(),lambda:struct.pack(1),lambda:struct.calcsize('bi'),lambda:struct.calcsize('<bi'),lambda:struct.calcsize('bq0i'), lambda:S('i'),lambda:S(b'<hh').format,lambda:S(1),lambda:S('i').pack(1,2),lambda:S('i').size,lambda:struct.unpack('@bhilqfd',struct.pack('@bhilqfd',1,2,3,4,5,6.5,7.5)),lambda:struct.unpack('>3sx?e2p',b'abc\0\1\x3c\0\1a'),lambda:struct.unpack('<FD',struct.pack('<FD',1+2j,3+4j)), lambda:struct.pack('P',-5), lambda:struct.unpack('c2c',b'abc'), lambda:struct.pack_into(1), lambda: S.__new__(S), lambda: S.__new__(S).size, lambda: struct.pack('e',65519.9), lambda: struct.pack('<e',65520.0), lambda: struct.pack('<eee',6e-8,0.1,float('nan')), lambda: S('i').unpack_from(b'abcd',offset=0), lambda: struct._clearcache(), lambda: S('2i').pack_into(bytearray(8),0,1), lambda: iter(struct.iter_unpack('b',b'abc')).__length_hint__()):
    try: print(a())
    except Exception as e: print(type(e).__name__,e)
