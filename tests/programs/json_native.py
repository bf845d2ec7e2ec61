"""The `_json` accelerator: documents read and written, hooks, and what is wrong with a document."""
import json
from json.decoder import scanstring
from json.encoder import c_make_encoder, encode_basestring, encode_basestring_ascii

print(c_make_encoder is not None)
print(json.loads('{"a":[1,2.5,"x\\u00e9\\ud83d\\ude00",null,true,false,-3e5,{}],"b":{"c":"d"}}'))
print(json.dumps({"a": [1, 2.5, "xé😀", None, True, False, -3e5, {}], "b": {"c": ("d",)}, 1: 2, 2.5: 3, None: 4}))
print(json.dumps({"b": [[], {}, ()], "a": {"c": [1, [2]]}}, indent=2, sort_keys=True, ensure_ascii=False))
print(json.dumps([1, {"k": 2}], indent="\t", separators=(" ;", " = ")))
for bad in ['', '{', '[1,]', '{"a":1,}', '"abc', '"\\q"', '"\\u12"', '"\\ud800\\u12"', '{"a" 1}', '{1:2}', '[1 2]', '01', '-',
            '1.', 'nul', '"\n"', '[', '{"a":', '"\\', '{"a":1 "b"}', 'tru', '[1,,2]', '{,}', 'Infinit']:
    try:
        print(repr(bad), json.loads(bad))
    except json.JSONDecodeError as problem:
        print(repr(bad), problem)


class Thing:
    pass


for value in [Thing(), [1, Thing()], {"k": Thing()}, {"k": [Thing()]}]:
    try:
        print(json.dumps(value))
    except TypeError as problem:
        print(problem, getattr(problem, "__notes__", None))
ring = []
ring.append(ring)
try:
    json.dumps(ring)
except ValueError as problem:
    print(problem, getattr(problem, "__notes__", None))
try:
    json.dumps([float('inf')], allow_nan=False)
except ValueError as problem:
    print(problem)
print(json.dumps([float('inf'), float('-inf'), float('nan')]))
print(json.loads('[1,2,{"a":1}]', object_hook=lambda d: ('O', d), parse_int=lambda s: 'i' + s))
print(json.loads('{"a":1,"b":2}', object_pairs_hook=list), json.loads('[NaN, -Infinity, 1E400]'))
print(json.loads('[1.5]', parse_float=str), json.loads('[12345678901234567890123]'))
print(json.dumps({(1, 2): 3}, skipkeys=True), json.dumps("\x00\x7f\u2028\"\\/"), json.dumps("\x00\x7f\u2028", ensure_ascii=False))
try:
    json.dumps({(1, 2): 3})
except TypeError as problem:
    print(problem)
print(json.dumps([Thing()], default=lambda o: type(o).__name__))
print(encode_basestring('é"'), encode_basestring_ascii('é"'), scanstring('abc" rest', 0), json.dumps('x' * 3))


class Shouting(json.JSONEncoder):
    def default(self, o):
        return {'thing': 1}


print(json.dumps([Thing(), {'a': Thing()}], cls=Shouting))
names = json.loads('[{"key":1},{"key":2}]')
print(list(names[0])[0] is list(names[1])[0])
