exec("""
for x in range(3):
    print(x)
whlie x:
    pass
""")
