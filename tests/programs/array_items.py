import array
import pickle
import sys

a = array.array('i', [1, 2, 3])
a.append(4)
a.extend([5, 6])
a += array.array('i', [7])
print(a, len(a), a[0], a[-1], a[1:4], a[::2], a.typecode, a.itemsize, 3 in a, 9 in a)
a[1:3] = array.array('i', [20, 30, 40])
a[0] = -1
del a[-1], a[::2]
print(a, a.tolist(), a.tobytes(), a.index(40), a.count(40), a * 2, a + a, a == array.array('h', a), a < array.array('i', [99]))
a.insert(1, 8), a.reverse(), a.remove(8)
print(a, a.pop(), a.pop(0), a)
for code in array.typecodes:
    if code == 'u':
        continue
    b = array.array(code, 'ab' if code == 'w' else [1, 2])
    b.byteswap()
    print(code, b.itemsize, b.tobytes(), sys.getsizeof(array.array(code)))
    c = array.array(code, 'x' if code == 'w' else [3])
    for protocol in (0, 2, 3, 5):
        assert pickle.loads(pickle.dumps(c, protocol)) == c
print(array.array('w', 'aé\U0001F600'), array.array('w', 'ab').tounicode(), array.array('d'), array.array('f', [1.5]))
print(memoryview(array.array('H', [1, 2]))[1], bytes(array.array('b', b'ab')), list(array.array('q', [1 << 40])))
limits = [('b', 200), ('B', -1), ('h', 1 << 20), ('H', 1 << 20), ('i', 1 << 40), ('I', -1), ('I', 1 << 40), ('l', 1 << 70), ('L', -1), ('q', 1 << 70),
          ('Q', 1 << 70), ('Q', -1), ('i', 'a'), ('f', 'a'), ('w', 1), ('w', 'ab'), ('i', 1.5)]
for code, value in limits:
    try:
        array.array(code).append(value)
    except Exception as error:
        print(code, type(error).__name__, error)


def hold():
    with memoryview(a):
        a.append(1)


for attempt in (lambda: array.array('x'), lambda: array.array(1), lambda: array.array('i', 'ab'), lambda: a[10], lambda: a['x'], hold,
                lambda: a + [1], lambda: a.frombytes(b'abc'), lambda: array.array('i').pop(), lambda: a.index(77), lambda: a.extend(array.array('b', [1])),
                lambda: a.__setitem__(slice(0, 1), [1]), lambda: hash(a)):
    try:
        print(attempt())
    except Exception as error:
        print(type(error).__name__, error)
it = iter(array.array('b', [1, 2, 3]))
print(next(it), it.__reduce__()[1:], list(it), list(it))
a = array.array('i', range(100))
print(sys.getsizeof(a), sys.getrefcount(a))
