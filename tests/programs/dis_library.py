import sys
import dis, io
def f(a, b=1, *args, k=2, **kw):
    "doc"
    try:
        for i in range(a):
            if i > b and k:
                yield i
        with open(a) as fh:
            x = [j for j in fh if j]
    except (ValueError, KeyError) as e:
        print(f"{e!r:>10}", *args, **kw)
        raise
    finally:
        b += 1
    match a:
        case [1, 2, *rest]:
            return rest
        case {"k": v}:
            return lambda: (v, a)
class C:
    y: int = 3
    def m(self):
        return super().m()
async def g():
    async with a as b:
        await b
    return [x async for x in y]
for obj in (f, C, g, "x = 1; y = x + 2", f.__code__, C().m):
    dis.dis(obj)
    print("-" * 20)
dis.dis(f, show_caches=True, adaptive=False, show_offsets=True, depth=0)
print(dis.code_info(f)); dis.show_code(C.m)
for i in dis.get_instructions(f):
    print(i.opname, i.opcode, i.arg, i.argval if not hasattr(i.argval, "co_code") else "code", i.offset, i.line_number, i.is_jump_target, i.positions, i.label)
b = dis.Bytecode(C.m); print(b, b.info()); print(b.dis())
print([i.opname for i in b])
def h():
    x = None
    return x.foo
try: h()
except AttributeError as e:
    dis.distb(e.__traceback__)
    sys.last_exc = e; sys.last_traceback = e.__traceback__
dis.dis(); dis.distb()
print(dis.stack_effect(dis.opmap["CALL"], 3), dis.stack_effect(dis.opmap["FOR_ITER"], 3, jump=True), dis.stack_effect(dis.opmap["POP_TOP"]))
for bad in (lambda: dis.stack_effect(999), lambda: dis.stack_effect(dis.opmap["CALL"], 1, jump=3), lambda: dis.dis(5)):
    try: bad()
    except Exception as e: print(type(e).__name__, e)
print(list(dis.findlinestarts(f.__code__))); print(dis.findlabels(f.__code__.co_code))
out = io.StringIO(); dis.dis("a+b", file=out); print(out.getvalue())
print(dis.opname[:5], dis.hasarg[:3], dis.hasjrel, dis.hasconst, dis.haslocal[:3], dis.hasfree, dis.hasexc, dis.cmp_op, dis.EXTENDED_ARG, dis.HAVE_ARGUMENT, dis.hasname[:4])
import opcode, _opcode
print(_opcode.get_nb_ops(), _opcode.get_intrinsic1_descs(), _opcode.get_intrinsic2_descs(), _opcode.get_special_method_names(), opcode._cache_format["LOAD_GLOBAL"])
for i in range(0, 300, 7):
    if _opcode.is_valid(i): print(i, _opcode.has_arg(i), _opcode.has_const(i), _opcode.has_name(i), _opcode.has_jump(i), _opcode.has_free(i), _opcode.has_local(i), _opcode.has_exc(i))
for i in range(0, 267, 5):
    for a in (None, 0, 1, 5, 300):
        for j in (None, True, False):
            try: print(i, a, j, _opcode.stack_effect(i, a, jump=j))
            except ValueError as e: print(i, a, j, e)
def warm(n):
    t = 0
    for i in range(n): t += i
    return t
warm(100); dis.dis(warm, adaptive=True)
