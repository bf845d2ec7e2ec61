x = []
y = x
del y
z = x
x = None
z = 5
