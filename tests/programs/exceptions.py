class AppError(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code = code
def f(kind):
    try:
        if kind == 0:
            raise AppError(7, "seven")
        if kind == 1:
            return 1 / 0
        if kind == 2:
            return {}["missing"]
        if kind == 3:
            return [][5]
        if kind == 4:
            return int("x")
        if kind == 5:
            return None.x
        if kind == 6:
            return "a" + 1
        if kind == 7:
            return undefined_name
        if kind == 8:
            assert kind == 0, "kind"
        if kind == 9:
            a, b = 1, 2, 3
        if kind == 10:
            return len(3)
        if kind == 11:
            raise ValueError
        return "fine"
    except AppError as e:
        return "app", e.code, str(e), e.args
    except (ZeroDivisionError, LookupError) as e:
        return type(e).__name__, str(e)
    except Exception as e:
        return "other", type(e).__name__, str(e)
    else:
        return "never"
    finally:
        print("finally", kind)
for k in range(13):
    print(f(k))
