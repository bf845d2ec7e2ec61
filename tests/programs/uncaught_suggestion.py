class Thing:
    def __init__(self):
        self.colour = 1
t = Thing()
try:
    t.color
except AttributeError as e:
    print(e)
lenght = 3
print(length)
