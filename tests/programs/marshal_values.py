import marshal

shared = ('x' * 3, [1, 2])
values = [None, True, ..., 1, -5, 1 << 70, -(1 << 70), 1.5, float('inf'), 2j, b'ab', 'abc', 'é€\U0001F600', '\udc80', (), (1, 'a'),
          [1, [2]], {'a': 1, 2: (3,)}, {1, 'b'}, frozenset({1, 2}), slice(1, 2, None), (shared, shared), bytearray(b'xy'), StopIteration]
for value in values:
    data = marshal.dumps(value)
    print(data, marshal.loads(data) == value)
for version in range(6):
    print(version, marshal.dumps((1.5, 'ab', [1], 1 << 40), version))
code = compile('def f(a, *b, c=1):\n    x = lambda: a + c\n    return x() + (1, 2)[0]\nprint(f(1, c=4))', 'name.py', 'exec')
again = marshal.loads(marshal.dumps(code))
exec(again)
print(again == code, again.co_filename, [c.co_varnames for c in again.co_consts if hasattr(c, "co_varnames")])
loop = []
loop.append(loop)
for attempt in (lambda: marshal.dumps(object()), lambda: marshal.dumps(code, allow_code=False), lambda: marshal.loads(b''),
                lambda: marshal.loads(b'i\1\2'), lambda: marshal.loads(b'?'), lambda: marshal.loads(b'r\1\0\0\0'),
                lambda: marshal.loads(marshal.dumps(code), allow_code=False), lambda: marshal.loads('x'), lambda: marshal.loads(b'(\2\0\0\0N')):
    try:
        print(attempt())
    except Exception as error:
        print(type(error).__name__, error)
data = marshal.dumps(loop)
print(marshal.loads(data))
import io
stream = io.BytesIO()
marshal.dump([1, 2], stream)
marshal.dump('next', stream)
stream.seek(0)
print(marshal.load(stream), marshal.load(stream))
