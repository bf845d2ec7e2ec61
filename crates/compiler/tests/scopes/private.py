class Class:
    __x = 1
    __dunder__ = 2
    _single = 3
    __ = 4

    def __method(self, __arg, *__args, **__kwargs):
        global __global
        import __module, __package.__sub, os as __os
        self.__attribute = [__y for __y in __arg]
        __global = lambda __z: __z + __x
        for __i in __arg:
            del __i
        try:
            pass
        except __Error as __e:
            pass
        match __arg:
            case __Class(__attr=__captured) | [*__star] | {**__rest}:
                pass

        class __Inner(__Base):
            __y = __method

        def nested():
            nonlocal __arg

        return (__walrus := __x), [__inner := 1 for _ in __arg]


class __Underscores:
    __x = 1


class ___:
    __x = 1


class _ä:
    __ö = __ü
