from __future__ import annotations

class Base[T: int = bool](dict, metaclass=type):
    "A docstring."
    field: list[T] = []
    __slots__ = ("a", "__private")

    def method(self, /, value: int = 0, *, flag=True) -> "Base":
        def inner():
            nonlocal value
            value += self.a
            return __class__, super().method(value)
        return inner if not flag else t"{value!r:x}"

    @property
    def prop(self):
        global counter
        counter = self.field[1:2]
        self.field[0], self.__private = self.prop, -counter
        return super().__init__(*self.a, **self.b)

type Alias[*Ts, **P] = tuple[*Ts]
