# A key without a colon, over the end of a line.
for key in ['"a"', '"a"\n "bcdefghijkl"', '"abcdefghijklmn"\n "b"', '"é"\n "bcdefghijkl"', '(a\n)', 'a +\n bcdefghijklmnop', '"""a\nbcdefgh"""']:
    for rest in [", ", "}", " 1: 2}", ",\n}"]:
        source = "x = {1: 2,\n " + key + rest
        try:
            compile(source, "f", "exec")
        except SyntaxError as error:
            print(repr(source), error.args)
