import csv
import io

text = 'a,b,"c ""d"""\r\n1, 2,\n"x\ny",,z\n\n\'q\',\\,1\n'
print(list(csv.reader(io.StringIO(text, newline=''))))
print(list(csv.reader(text.splitlines(True), quotechar="'", escapechar='\\', skipinitialspace=True)))
print(list(csv.reader(['1,"2",abc,'], quoting=csv.QUOTE_NONNUMERIC)) if False else list(csv.reader(['1,"2",3.5'], quoting=csv.QUOTE_NONNUMERIC)))
print(list(csv.reader(['a,,"",1'], quoting=csv.QUOTE_NOTNULL)), list(csv.reader(['"a",,"",1'], quoting=csv.QUOTE_STRINGS)))
rows = [['a', 1, 2.5, None, 'x,y', 'q"q', 'n\nl'], [], [''], ['é', True, b'b']]
for options in ({}, {'quoting': csv.QUOTE_ALL}, {'quoting': csv.QUOTE_NONNUMERIC}, {'quoting': csv.QUOTE_STRINGS}, {'quoting': csv.QUOTE_NOTNULL},
                {'dialect': 'excel-tab'}, {'dialect': 'unix'}, {'quoting': csv.QUOTE_NONE, 'escapechar': '\\'}, {'doublequote': False, 'escapechar': '!'}):
    out = io.StringIO()
    writer = csv.writer(out, **options)
    try:
        writer.writerows(rows)
    except csv.Error as error:
        print('Error', error)
    print(options, repr(out.getvalue()))
print(csv.list_dialects(), csv.get_dialect('excel').delimiter, csv.field_size_limit())
csv.register_dialect('mine', delimiter='|', lineterminator='\n')
out = io.StringIO()
csv.DictWriter(out, ['k', 'v'], dialect='mine').writerows([{'k': 1, 'v': 2}])
print(repr(out.getvalue()), list(csv.DictReader(io.StringIO('k|v\n1|2\n'), dialect='mine')))
csv.unregister_dialect('mine')
print(csv.Sniffer().sniff('a;b;c\n1;2;3\n').delimiter)
reader = csv.reader(['a', 'b'])
next(reader)
print(reader.line_num, reader.dialect.quotechar, type(reader), type(csv.writer(out)))
for attempt in (lambda: csv.get_dialect('mine'), lambda: csv.reader([], delimiter=''), lambda: csv.reader([], delimiter=1), lambda: csv.reader([], quoting=9),
                lambda: csv.writer(1), lambda: list(csv.reader([1])), lambda: list(csv.reader(['"a'], strict=True)), lambda: list(csv.reader(['"a"b'], strict=True)),
                lambda: list(csv.reader(['a\rb'])), lambda: csv.writer(out).writerow(1), lambda: csv.reader([], quotechar=None, quoting=csv.QUOTE_ALL),
                lambda: csv.reader([], 'nope'), lambda: csv.reader([], lineterminator=1), lambda: csv.writer(out, quoting=csv.QUOTE_NONE).writerow(['a,b']),
                lambda: csv.reader([], delimiter='"'), lambda: csv.register_dialect(1), lambda: csv.reader([], quotechar='ab')):
    try:
        print(attempt())
    except Exception as error:
        print(type(error).__name__, error)
