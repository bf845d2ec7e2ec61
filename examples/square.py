import dis


def squareOfNumner(n):
    return n * n


print(squareOfNumner(4))
dis.dis(squareOfNumner)
