class D:
    def __del__(self):
        print("deleted")
d = D()
try:
    raise SystemExit(3)
finally:
    print("finally")
