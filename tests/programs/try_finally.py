def a():
    try:
        return "try"
    finally:
        print("fin")
def b():
    for i in range(4):
        try:
            if i == 1:
                continue
            if i == 3:
                break
            print("body", i)
        finally:
            print("fin", i)
    else:
        print("no else")
    return i
def c():
    while True:
        try:
            try:
                raise KeyError
            finally:
                print("inner")
        except KeyError:
            print("outer")
            break
        else:
            print("never")
    return "c"
def d():
    x = 1
    try:
        return x
    finally:
        x = 2
print(a(), b(), c(), d())
def e():
    try:
        try:
            1 / 0
        except ZeroDivisionError as err:
            return [err.args[0]]
        finally:
            print("f1")
    finally:
        print("f2")
print(e())
