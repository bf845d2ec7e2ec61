import dis


def total(a, b=1):
    x = [i for i in range(a)]
    try:
        return sum(x, b)
    except ValueError as e:
        print(e)


class C:
    z = 1

    def m(self):
        return self.z

    @classmethod
    def k(cls):
        yield 2

    class D:
        def q(self):
            pass


class Writer:
    size = 0

    def write(self, text):
        self.size += len(text)


dis.dis(total)
dis.dis(C)
dis.dis(C().m)
dis.dis("a + 1")
dis.dis("x = 1\ny = x")
dis.dis(b"\x80\x00\x1b\x00")
dis.dis(C.k())
dis.dis(total, show_caches=True, show_offsets=True)
dis.dis(total, show_positions=True, depth=0)
dis.dis(total, adaptive=True)
writer = Writer()
dis.dis(C.m, file=writer)
print(writer.size)
try:
    dis.dis(3)
except TypeError as e:
    print(e)
