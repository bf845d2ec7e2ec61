import io
print(io.DEFAULT_BUFFER_SIZE)
p='/tmp/terrarium_io_streams.txt'
with open(p,'w') as f:
    print(f.write('héllo\nworld\r\nx\ry\n'), f.tell(), f.name, f.mode, f.encoding)
with open(p) as f:
    print(repr(f.read()), f.newlines)
    f.seek(0); print(f.readline()); t=f.tell(); print(t, repr(f.readline())); f.seek(t); print(f.readlines())
with open(p, newline='') as f:
    print(list(f), f.newlines)
with open(p,'rb') as f:
    print(f, f.read(3), f.peek(4)[:4], f.readline(), f.tell(), f.seek(-3,2), f.read())
with open(p,'r+b') as f:
    f.write(b'HH'); f.seek(0); print(f.read())
with open(p,'ab') as f: f.write(b'more')
with open(p,'rb',buffering=0) as f: print(f, f.readall(), f.mode)
print(f, f.closed)
try: f.read()
except ValueError as e: print(e)
try: open('/nonexistent/x')
except OSError as e: print(repr(e), e.filename)
try: open('/tmp')
except OSError as e: print(repr(e))
b=io.BytesIO(b'abc\ndef'); print(b.readline(), b.read(), b.getvalue(), b.seek(0), list(b)); 
b.write(b'zzz'); print(b.getvalue()); 
with b.getbuffer() as m:
    m[0:1]=b'Q'
    try: b.write(b'x'*100)
    except BufferError as e: print(e)
print(b.getvalue())
s=io.StringIO('a\nb\r\nc'); print(list(s)); s.seek(0,2); s.write('é€😀'); print(repr(s.getvalue()), s.tell())
s=io.StringIO('a\nb\r\nc\rd', newline=None); print(list(s), s.newlines)
t=io.TextIOWrapper(io.BytesIO('añb\r\nc'.encode('latin-1')), 'latin-1'); print(t.read(), t)
t=io.TextIOWrapper(io.BytesIO('añb\r\nc€'.encode('utf-16')), 'utf-16'); print(t.readline(), t.tell(), t.read()); 
t=io.TextIOWrapper(io.BytesIO(), 'utf-8-sig'); t.write('abc'); t.flush(); print(t.buffer.getvalue())
class R(io.RawIOBase):
    def __init__(self,d): self.d=d
    def readable(self): return True
    def readinto(self,b):
        n=min(len(b),len(self.d)); b[:n]=self.d[:n]; self.d=self.d[n:]; return n
r=io.BufferedReader(R(b'hello\nworld'),4); print(r.readline(), r.read())
print(R(b'abc').read(2), R(b'abc').readall(), io.IOBase, issubclass(io.FileIO, io.RawIOBase))
try: io.IOBase().fileno()
except io.UnsupportedOperation as e: print(repr(e))

d=io.IncrementalNewlineDecoder(None,True); print(repr(d.decode('a\r')), repr(d.decode('\nb')), d.newlines)
print(io.open_code(p).read()[:3], io.text_encoding(None))


# Reference counts that streams make visible.
import sys
raw = io.BytesIO(b'x' * 10)
print(sys.getrefcount(raw))
reader = io.BufferedReader(raw)
text = io.TextIOWrapper(reader)
print(sys.getrefcount(raw), sys.getrefcount(reader), sys.getrefcount(text))
text.detach()
del text
print(sys.getrefcount(reader))
data = bytes(bytearray(b'shared'))
held = io.BytesIO(data)
print(sys.getrefcount(data), held.getvalue() is data, sys.getrefcount(data))
held.write(b'S')
print(sys.getrefcount(data), data, held.getvalue())


class Noisy(io.StringIO):
    def close(self):
        print('closing', self.closed)
        super().close()


Noisy('a')
with Noisy('b') as noisy:
    noisy.write('c')
print(noisy.closed)
