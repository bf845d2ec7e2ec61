//! Every opcode of CPython 3.14, one entry each: what it does, number, kind of argument, inline cache, family, stack before and after.
//!
//! Stack pictures follow Python/bytecodes.c: the top is on the right, `x[n]` stands for n entries. Who owns what, unless an entry says
//! otherwise: an input that does not come back on the right is taken over and released by the instruction; an input that comes back
//! keeps its reference; each new output is a reference of the stack's own. Constants, names, locals and cells keep theirs throughout.
//! Facts: Lib/_opcode_metadata.py, Lib/opcode.py, `_opcode`; tests/facts/opcodes.txt is what CPython prints of them.

use super::{flag, opcodes};

opcodes! {
    /// Room for an inline cache; never executed.
    CACHE = 0 [] "(--)";
    /// `container[start:stop]`.
    BINARY_SLICE = 1 [] "(container, start, stop -- res)";
    /// Makes a template object; the two tuples move into it.
    BUILD_TEMPLATE = 2 [] "(strings, interpolations -- template)";
    /// `left + right` for exact strings where STORE_FAST to the local that is `left` follows: the local's reference is dropped, so that
    /// the string can grow in place, and the sum becomes the local's; the STORE_FAST is skipped.
    BINARY_OP_INPLACE_ADD_UNICODE = 3 [LOCAL] of BINARY_OP "(left, right --)";
    /// `func(*callargs, **kwargs)`; `kwargs` may be NULL.
    CALL_FUNCTION_EX = 4 [] "(func, self_or_null, callargs, kwargs -- res)";
    /// Splits an exception group by type for `except*`; `match` is None if nothing matches.
    CHECK_EG_MATCH = 5 [] "(exc_value, match_type -- rest, match)";
    /// Whether the exception matches; the exception stays.
    CHECK_EXC_MATCH = 6 [] "(left, right -- left, bool)";
    /// After `throw()` into a delegating frame: StopIteration gives its value, anything else is raised again.
    CLEANUP_THROW = 7 [] "(sub_iter, last_sent, exc_value -- none, value)";
    /// `del container[sub]`.
    DELETE_SUBSCR = 8 [] "(container, sub --)";
    /// Drops what the iterator returned last.
    END_FOR = 9 [] "(value --)";
    /// Drops the receiver under the result of `yield from` or `await`.
    END_SEND = 10 [] "(receiver, value -- value)";
    /// Raises TypeError unless `__init__` returned None.
    EXIT_INIT_CHECK = 11 [] "(should_be_none --)";
    /// `format(value, '')`; an exact string comes back as it is.
    FORMAT_SIMPLE = 12 [] "(value -- res)";
    /// `format(value, fmt_spec)`.
    FORMAT_WITH_SPEC = 13 [] "(value, fmt_spec -- res)";
    /// `type(obj).__aiter__(obj)`.
    GET_AITER = 14 [] "(obj -- iter)";
    /// The awaitable of `__anext__()`; the iterator stays.
    GET_ANEXT = 15 [] "(aiter -- aiter, awaitable)";
    /// `iter(iterable)`.
    GET_ITER = 16 [] "(iterable -- iter)";
    /// Kept free: its number marks the end of what does not affect tracing.
    RESERVED = 17 [] "(--)";
    /// `len(obj)`; the object stays.
    GET_LEN = 18 [] "(obj -- obj, len)";
    /// As GET_ITER, but a generator or coroutine comes back as it is.
    GET_YIELD_FROM_ITER = 19 [] "(iterable -- iter)";
    /// Leaves the interpreter loop; the value moves to the caller in C.
    INTERPRETER_EXIT = 20 [] "(retval --)";
    /// `builtins.__build_class__`.
    LOAD_BUILD_CLASS = 21 [] "(-- bc)";
    /// The frame's local namespace.
    LOAD_LOCALS = 22 [] "(-- locals)";
    /// A function of a code object and the frame's globals.
    MAKE_FUNCTION = 23 [] "(codeobj -- func)";
    /// A tuple of the values for the keys, or None if one is absent.
    MATCH_KEYS = 24 [] "(subject, keys -- subject, keys, values_or_none)";
    /// Whether the subject's type is flagged as a mapping.
    MATCH_MAPPING = 25 [] "(subject -- subject, res)";
    /// Whether the subject's type is flagged as a sequence.
    MATCH_SEQUENCE = 26 [] "(subject -- subject, res)";
    /// Nothing; keeps a line for tracing.
    NOP = 27 [] "(--)";
    /// Nothing; marks the fall-through of a conditional jump for branch events.
    NOT_TAKEN = 28 [] "(--)";
    /// Restores the exception that was being handled before; its reference moves from the stack to the thread state.
    POP_EXCEPT = 29 [] "(exc_value --)";
    /// Drops the iterator at a loop's end.
    POP_ITER = 30 [] "(iter --)";
    /// Drops the top.
    POP_TOP = 31 [] "(value --)";
    /// Makes the exception the one being handled: the former one's reference moves to the stack, the new one gets a second reference.
    PUSH_EXC_INFO = 32 [] "(exc -- prev_exc, new_exc)";
    /// Pushes NULL, no reference.
    PUSH_NULL = 33 [] "(-- null)";
    /// Makes a generator of the running frame, which moves into it, and returns it to the caller; `res` is the caller's.
    RETURN_GENERATOR = 34 [] "(-- res)";
    /// Returns; the value moves to the caller's stack, where `res` is.
    RETURN_VALUE = 35 [] "(retval -- res)";
    /// Makes `__annotations__` in the local namespace unless it is there.
    SETUP_ANNOTATIONS = 36 [] "(--)";
    /// `container[start:stop] = v`.
    STORE_SLICE = 37 [] "(v, container, start, stop --)";
    /// `container[sub] = v`.
    STORE_SUBSCR = 38 [] cache [counter 1] "(v, container, sub --)";
    /// `bool(value)`.
    TO_BOOL = 39 [] cache [counter 1, version 2] "(value -- res)";
    /// `~value`.
    UNARY_INVERT = 40 [] "(value -- res)";
    /// `-value`.
    UNARY_NEGATIVE = 41 [] "(value -- res)";
    /// `not value`, for an exact bool.
    UNARY_NOT = 42 [] "(value -- res)";
    /// Calls `exit_func` with the exception being handled; everything else stays for the exception's path.
    WITH_EXCEPT_START = 43 [] "(exit_func, exit_self, lasti, prev_exc, val -- exit_func, exit_self, lasti, prev_exc, val, res)";

    /// `left OP right`; the argument is an index into `NB_OPS`.
    BINARY_OP = 44 [ARG] cache [counter 1, descr 4] "(lhs, rhs -- res)";
    /// An Interpolation of a template string; bit 0: a format follows, bits 2 and up: the conversion.
    BUILD_INTERPOLATION = 45 [ARG] "(value, str, format[oparg & 1] -- interpolation)";
    /// A list of the values, which move into it.
    BUILD_LIST = 46 [ARG] "(values[oparg] -- list)";
    /// A dict of keys and values in turn; the dict takes references of its own.
    BUILD_MAP = 47 [ARG] "(values[oparg * 2] -- map)";
    /// A set of the values, added from the bottom up.
    BUILD_SET = 48 [ARG] "(values[oparg] -- set)";
    /// A slice of two or three values, which move into it.
    BUILD_SLICE = 49 [ARG] "(args[oparg] -- slice)";
    /// The strings joined.
    BUILD_STRING = 50 [ARG] "(pieces[oparg] -- str)";
    /// A tuple of the values, which move into it.
    BUILD_TUPLE = 51 [ARG] "(values[oparg] -- tup)";
    /// Calls; a Python function's new frame takes callable and arguments over as they are, without counting.
    CALL = 52 [ARG] cache [counter 1, func_version 2] "(callable, self_or_null, args[oparg] -- res)";
    /// Calls a function of `INTRINSIC_1`.
    CALL_INTRINSIC_1 = 53 [ARG] "(value -- res)";
    /// Calls a function of `INTRINSIC_2`.
    CALL_INTRINSIC_2 = 54 [ARG] "(value2, value1 -- res)";
    /// Calls with keywords; the last arguments belong to the names in the tuple.
    CALL_KW = 55 [ARG] cache [counter 1, func_version 2] "(callable, self_or_null, args[oparg], kwnames -- res)";
    /// Compares; `oparg >> 5` is an index into `CMP_OP`, bit 4 asks for an exact bool.
    COMPARE_OP = 56 [ARG] cache [counter 1] "(left, right -- res)";
    /// `left in right`, or `not in` if the argument is 1.
    CONTAINS_OP = 57 [ARG] cache [counter 1] "(left, right -- b)";
    /// `str`, `repr` or `ascii` of the value (1, 2, 3).
    CONVERT_VALUE = 58 [ARG] "(value -- result)";
    /// Pushes another reference to the entry at that depth (1 is the top).
    COPY = 59 [ARG] "(bottom, unused[oparg - 1] -- bottom, unused[oparg - 1], top)";
    /// Fills the free variables with the cells of the function's closure, a new reference each.
    COPY_FREE_VARS = 60 [ARG] "(--)";
    /// `del owner.name`.
    DELETE_ATTR = 61 [ARG NAME] "(owner --)";
    /// Empties a cell.
    DELETE_DEREF = 62 [ARG FREE] "(--)";
    /// Unbinds a local, releasing its reference.
    DELETE_FAST = 63 [ARG LOCAL] "(--)";
    /// Deletes a global name.
    DELETE_GLOBAL = 64 [ARG NAME] "(--)";
    /// Deletes a name of the local namespace.
    DELETE_NAME = 65 [ARG NAME] "(--)";
    /// Merges a call's `**update`; a key twice is a TypeError that names the callable.
    DICT_MERGE = 66 [ARG] "(callable, unused, unused, dict, unused[oparg - 1], update -- callable, unused, unused, dict, unused[oparg - 1])";
    /// `dict.update(update)`.
    DICT_UPDATE = 67 [ARG] "(dict, unused[oparg - 1], update -- dict, unused[oparg - 1])";
    /// Ends `async for` on StopAsyncIteration, else raises again; the argument says where the SEND stands.
    END_ASYNC_FOR = 68 [ARG JUMP] "(awaitable, exc --)";
    /// The high bytes of the next instruction's argument.
    EXTENDED_ARG = 69 [ARG] "(--)";
    /// Pushes the next item, or jumps to the END_FOR at the loop's end.
    FOR_ITER = 70 [ARG JUMP] cache [counter 1] "(iter -- iter, next)";
    /// The iterator of an awaitable; the argument says after what (1 `__aenter__`, 2 `__aexit__`) for the message.
    GET_AWAITABLE = 71 [ARG] "(iterable -- iter)";
    /// An attribute or submodule of a module; the module stays.
    IMPORT_FROM = 72 [ARG NAME] "(from -- from, res)";
    /// Calls `__import__`.
    IMPORT_NAME = 73 [ARG NAME] "(level, fromlist -- res)";
    /// `left is right`, or `is not` if the argument is 1.
    IS_OP = 74 [ARG] "(left, right -- b)";
    /// Jumps back and looks at signals and other pending work.
    JUMP_BACKWARD = 75 [ARG JUMP] cache [counter 1] "(--)";
    /// Jumps back without looking at pending work.
    JUMP_BACKWARD_NO_INTERRUPT = 76 [ARG JUMP] "(--)";
    /// Jumps forward.
    JUMP_FORWARD = 77 [ARG JUMP] "(--)";
    /// Appends to the list at that depth; the value moves into it.
    LIST_APPEND = 78 [ARG] "(list, unused[oparg - 1], v -- list, unused[oparg - 1])";
    /// Extends the list at that depth.
    LIST_EXTEND = 79 [ARG] "(list, unused[oparg - 1], iterable -- list, unused[oparg - 1])";
    /// `owner.name` of name `oparg >> 1`; with bit 0 a method and its self, which is the owner's moved reference, or the attribute and NULL.
    LOAD_ATTR = 80 [ARG NAME] cache [counter 1, version 2, keys_version 2, descr 4] "(owner -- attr, self_or_null[oparg & 1])";
    /// A constant of `COMMON_CONSTANTS`.
    LOAD_COMMON_CONSTANT = 81 [ARG] "(-- value)";
    /// A constant of the code object, a new reference.
    LOAD_CONST = 82 [ARG CONST] "(-- value)";
    /// What a cell holds.
    LOAD_DEREF = 83 [ARG LOCAL] "(-- value)";
    /// A local known to be bound, a new reference.
    LOAD_FAST = 84 [ARG LOCAL] "(-- value)";
    /// Moves a local, bound or not, to the stack and unbinds it.
    LOAD_FAST_AND_CLEAR = 85 [ARG LOCAL] "(-- value)";
    /// A local, without a reference of the stack's own: the local holds it as long as the entry lives.
    LOAD_FAST_BORROW = 86 [ARG LOCAL] "(-- value)";
    /// Two locals (`oparg >> 4`, then `oparg & 15`), both borrowed.
    LOAD_FAST_BORROW_LOAD_FAST_BORROW = 87 [ARG LOCAL] "(-- value1, value2)";
    /// A local, or UnboundLocalError.
    LOAD_FAST_CHECK = 88 [ARG LOCAL] "(-- value)";
    /// Two locals (`oparg >> 4`, then `oparg & 15`), a new reference each.
    LOAD_FAST_LOAD_FAST = 89 [ARG LOCAL] "(-- value1, value2)";
    /// A name of a class namespace, else what the cell holds.
    LOAD_FROM_DICT_OR_DEREF = 90 [ARG FREE] "(class_dict -- value)";
    /// A name of a namespace, else a global or builtin.
    LOAD_FROM_DICT_OR_GLOBALS = 91 [ARG NAME] "(mod_or_class_dict -- v)";
    /// A global or builtin of name `oparg >> 1`; bit 0 pushes NULL after it.
    LOAD_GLOBAL = 92 [ARG NAME] cache [counter 1, index 1, module_keys_version 1, builtin_keys_version 1] "(-- res, null[oparg & 1])";
    /// A local, global or builtin name.
    LOAD_NAME = 93 [ARG NAME] "(-- v)";
    /// The int that the argument is, 0 to 255; immortal, so nothing is counted.
    LOAD_SMALL_INT = 94 [ARG] "(-- value)";
    /// A special method of `SPECIAL_METHODS` from the owner's type; self is the owner's moved reference, or NULL.
    LOAD_SPECIAL = 95 [ARG] "(owner -- attr, self_or_null)";
    /// `super(class, self).name` of name `oparg >> 2`; bit 0: as a method, bit 1: two-argument super.
    LOAD_SUPER_ATTR = 96 [ARG NAME] cache [counter 1] "(global_super, class, self -- attr, self_or_null[oparg & 1])";
    /// Puts a new cell in a local's place; the local's reference moves into the cell.
    MAKE_CELL = 97 [ARG FREE] "(--)";
    /// Sets a key in the dict at that depth; key and value move into it.
    MAP_ADD = 98 [ARG] "(dict, unused[oparg - 1], key, value -- dict, unused[oparg - 1])";
    /// A tuple of the attributes of a class pattern with that many positional ones, or None.
    MATCH_CLASS = 99 [ARG] "(subject, type, names -- attrs)";
    /// Jumps forward if an exact bool is False.
    POP_JUMP_IF_FALSE = 100 [ARG JUMP] cache [counter 1] "(cond --)";
    /// Jumps forward if the value is None.
    POP_JUMP_IF_NONE = 101 [ARG JUMP] cache [counter 1] "(value --)";
    /// Jumps forward unless the value is None.
    POP_JUMP_IF_NOT_NONE = 102 [ARG JUMP] cache [counter 1] "(value --)";
    /// Jumps forward if an exact bool is True.
    POP_JUMP_IF_TRUE = 103 [ARG JUMP] cache [counter 1] "(cond --)";
    /// `raise`, with nothing, an exception, or an exception and its cause.
    RAISE_VARARGS = 104 [ARG] "(args[oparg] --)";
    /// Raises the exception again, which moves to the thread state; a lasti at that depth sets the instruction to blame.
    RERAISE = 105 [ARG] "(values[oparg], exc -- values[oparg])";
    /// Sends a value to a generator or iterator; jumps when it is exhausted.
    SEND = 106 [ARG JUMP] cache [counter 1] "(receiver, v -- receiver, retval)";
    /// Adds to the set at that depth.
    SET_ADD = 107 [ARG] "(set, unused[oparg - 1], v -- set, unused[oparg - 1])";
    /// Gives a new function its defaults (1), keyword defaults (2), annotations (4), closure (8) or annotate function (16), which move into it.
    SET_FUNCTION_ATTRIBUTE = 108 [ARG] "(attr, func -- func)";
    /// Updates the set at that depth.
    SET_UPDATE = 109 [ARG] "(set, unused[oparg - 1], iterable -- set, unused[oparg - 1])";
    /// `owner.name = v`.
    STORE_ATTR = 110 [ARG NAME] cache [counter 1, version 2, index 1] "(v, owner --)";
    /// Puts the value in a cell, into which it moves; what was there is released.
    STORE_DEREF = 111 [ARG FREE] "(v --)";
    /// Moves the value to a local; what was there is released.
    STORE_FAST = 112 [ARG LOCAL] "(value --)";
    /// STORE_FAST of `oparg >> 4`, then LOAD_FAST of `oparg & 15`.
    STORE_FAST_LOAD_FAST = 113 [ARG LOCAL] "(value1 -- value2)";
    /// STORE_FAST of `oparg >> 4` from the top, then of `oparg & 15`.
    STORE_FAST_STORE_FAST = 114 [ARG LOCAL] "(value2, value1 --)";
    /// Sets a global name.
    STORE_GLOBAL = 115 [ARG NAME] "(v --)";
    /// Sets a name of the local namespace.
    STORE_NAME = 116 [ARG NAME] "(v --)";
    /// Exchanges the top and the entry at that depth.
    SWAP = 117 [ARG] "(bottom, unused[oparg - 2], top -- top, unused[oparg - 2], bottom)";
    /// Unpacks with a star: the first items end on top, then a list of the rest, then the last `oparg >> 8`.
    UNPACK_EX = 118 [ARG] "(seq -- after[oparg >> 8], rest, before[oparg & 0xFF])";
    /// Unpacks exactly that many items, the first on top.
    UNPACK_SEQUENCE = 119 [ARG] cache [counter 1] "(seq -- values[oparg])";
    /// Suspends the generator; the value moves to the caller, and what is sent arrives in its place.
    YIELD_VALUE = 120 [ARG] "(retval -- value)";
    /// Where a frame starts or goes on: looks at pending work and instrumentation. Bits 0 and 1: start, after yield, yield from, await.
    RESUME = 128 [ARG] "(--)";

    /// Exact floats; may reuse an operand that nobody else holds.
    BINARY_OP_ADD_FLOAT = 129 [] of BINARY_OP "(left, right -- res)";
    /// Exact compact ints.
    BINARY_OP_ADD_INT = 130 [] of BINARY_OP "(left, right -- res)";
    /// Exact strings.
    BINARY_OP_ADD_UNICODE = 131 [] of BINARY_OP "(left, right -- res)";
    /// A pair of types with a function of its own, whose descriptor the cache holds.
    BINARY_OP_EXTEND = 132 [] of BINARY_OP "(left, right -- res)";
    /// Exact floats; may reuse an operand that nobody else holds.
    BINARY_OP_MULTIPLY_FLOAT = 133 [] of BINARY_OP "(left, right -- res)";
    /// Exact compact ints.
    BINARY_OP_MULTIPLY_INT = 134 [] of BINARY_OP "(left, right -- res)";
    /// `dict[sub]`, exact dict.
    BINARY_OP_SUBSCR_DICT = 135 [] of BINARY_OP "(dict, sub -- res)";
    /// `__getitem__` written in Python: its frame takes container and subscript over; `res` comes when it returns.
    BINARY_OP_SUBSCR_GETITEM = 136 [] of BINARY_OP "(container, sub -- res)";
    /// `list[int]`, a small index that is not negative.
    BINARY_OP_SUBSCR_LIST_INT = 137 [] of BINARY_OP "(list, sub -- res)";
    /// `list[slice]`.
    BINARY_OP_SUBSCR_LIST_SLICE = 138 [] of BINARY_OP "(list, sub -- res)";
    /// `str[int]` that gives an ASCII character, so the result is immortal.
    BINARY_OP_SUBSCR_STR_INT = 139 [] of BINARY_OP "(str, sub -- res)";
    /// `tuple[int]`, a small index that is not negative.
    BINARY_OP_SUBSCR_TUPLE_INT = 140 [] of BINARY_OP "(tuple, sub -- res)";
    /// Exact floats; may reuse an operand that nobody else holds.
    BINARY_OP_SUBTRACT_FLOAT = 141 [] of BINARY_OP "(left, right -- res)";
    /// Exact compact ints.
    BINARY_OP_SUBTRACT_INT = 142 [] of BINARY_OP "(left, right -- res)";
    /// A class with `__init__` written in Python: the new instance is the result and, with another reference, the frame's self.
    CALL_ALLOC_AND_ENTER_INIT = 143 [ARG] of CALL "(callable, self_or_null, args[oparg] -- res)";
    /// A bound method of a Python function whose parameters match: function and self come out of the method, then as CALL_PY_EXACT_ARGS.
    CALL_BOUND_METHOD_EXACT_ARGS = 144 [ARG] of CALL "(callable, null, args[oparg] -- res)";
    /// A bound method of any Python function.
    CALL_BOUND_METHOD_GENERAL = 145 [ARG] of CALL "(callable, null, args[oparg] -- res)";
    /// A builtin class with vectorcall.
    CALL_BUILTIN_CLASS = 146 [ARG] of CALL "(callable, self_or_null, args[oparg] -- res)";
    /// A builtin of kind METH_FASTCALL; arguments are lent to it and released after.
    CALL_BUILTIN_FAST = 147 [ARG] of CALL "(callable, self_or_null, args[oparg] -- res)";
    /// A builtin of kind METH_FASTCALL | METH_KEYWORDS; arguments are lent to it and released after.
    CALL_BUILTIN_FAST_WITH_KEYWORDS = 148 [ARG] of CALL "(callable, self_or_null, args[oparg] -- res)";
    /// A builtin of kind METH_O; the argument is lent to it and released after.
    CALL_BUILTIN_O = 149 [ARG] of CALL "(callable, self_or_null, args[oparg] -- res)";
    /// `isinstance` itself.
    CALL_ISINSTANCE = 150 [ARG] of CALL "(callable, self_or_null, args[oparg] -- res)";
    /// A bound method of a Python function, with keywords.
    CALL_KW_BOUND_METHOD = 151 [ARG] of CALL_KW "(callable, null, args[oparg], kwnames -- res)";
    /// Not a Python function, with keywords.
    CALL_KW_NON_PY = 152 [ARG] of CALL_KW "(callable, self_or_null, args[oparg], kwnames -- res)";
    /// A Python function, with keywords.
    CALL_KW_PY = 153 [ARG] of CALL_KW "(callable, self_or_null, args[oparg], kwnames -- res)";
    /// `len` itself with one argument.
    CALL_LEN = 154 [] of CALL "(callable, null, arg -- res)";
    /// `list.append` of an exact list, followed by POP_TOP, which is skipped: the value moves into the list.
    CALL_LIST_APPEND = 155 [ARG] of CALL "(callable, self, arg --)";
    /// A method descriptor of kind METH_FASTCALL.
    CALL_METHOD_DESCRIPTOR_FAST = 156 [ARG] of CALL "(callable, self_or_null, args[oparg] -- res)";
    /// A method descriptor of kind METH_FASTCALL | METH_KEYWORDS.
    CALL_METHOD_DESCRIPTOR_FAST_WITH_KEYWORDS = 157 [ARG] of CALL "(callable, self_or_null, args[oparg] -- res)";
    /// A method descriptor of kind METH_NOARGS.
    CALL_METHOD_DESCRIPTOR_NOARGS = 158 [ARG] of CALL "(callable, self_or_null, args[oparg] -- res)";
    /// A method descriptor of kind METH_O.
    CALL_METHOD_DESCRIPTOR_O = 159 [ARG] of CALL "(callable, self_or_null, args[oparg] -- res)";
    /// Anything but a Python function or a method of one.
    CALL_NON_PY_GENERAL = 160 [ARG] of CALL "(callable, self_or_null, args[oparg] -- res)";
    /// A Python function whose parameters match: the arguments' references become the new frame's locals.
    CALL_PY_EXACT_ARGS = 161 [ARG] of CALL "(callable, self_or_null, args[oparg] -- res)";
    /// Any Python function.
    CALL_PY_GENERAL = 162 [ARG] of CALL "(callable, self_or_null, args[oparg] -- res)";
    /// `str(arg)`.
    CALL_STR_1 = 163 [ARG] of CALL "(callable, null, arg -- res)";
    /// `tuple(arg)`.
    CALL_TUPLE_1 = 164 [ARG] of CALL "(callable, null, arg -- res)";
    /// `type(arg)`.
    CALL_TYPE_1 = 165 [ARG] of CALL "(callable, null, arg -- res)";
    /// Exact floats; the result is an immortal bool.
    COMPARE_OP_FLOAT = 166 [ARG] of COMPARE_OP "(left, right -- res)";
    /// Exact compact ints; the result is an immortal bool.
    COMPARE_OP_INT = 167 [ARG] of COMPARE_OP "(left, right -- res)";
    /// Exact strings, equality only; the result is an immortal bool.
    COMPARE_OP_STR = 168 [ARG] of COMPARE_OP "(left, right -- res)";
    /// In an exact dict.
    CONTAINS_OP_DICT = 169 [ARG] of CONTAINS_OP "(left, right -- b)";
    /// In an exact set or frozenset.
    CONTAINS_OP_SET = 170 [ARG] of CONTAINS_OP "(left, right -- b)";
    /// A generator that is not running: pushes its frame; `next` comes when it yields.
    FOR_ITER_GEN = 171 [ARG] of FOR_ITER "(iter -- iter, next)";
    /// A list iterator; at the end it drops its list.
    FOR_ITER_LIST = 172 [ARG JUMP] of FOR_ITER "(iter -- iter, next)";
    /// A range iterator; each item is a new int.
    FOR_ITER_RANGE = 173 [ARG JUMP] of FOR_ITER "(iter -- iter, next)";
    /// A tuple iterator; at the end it drops its tuple.
    FOR_ITER_TUPLE = 174 [ARG JUMP] of FOR_ITER "(iter -- iter, next)";
    /// Counts towards a trace for the JIT.
    JUMP_BACKWARD_JIT = 175 [ARG JUMP] of JUMP_BACKWARD "(--)";
    /// Where no JIT is on.
    JUMP_BACKWARD_NO_JIT = 176 [ARG JUMP] of JUMP_BACKWARD "(--)";
    /// An attribute of a class, a borrowed descriptor in the cache; the stack gets a reference of its own.
    LOAD_ATTR_CLASS = 177 [ARG] of LOAD_ATTR "(owner -- attr, null[oparg & 1])";
    /// As LOAD_ATTR_CLASS, where the metaclass's version must match too.
    LOAD_ATTR_CLASS_WITH_METACLASS_CHECK = 178 [ARG] of LOAD_ATTR "(owner -- attr, null[oparg & 1])";
    /// A `__getattribute__` written in Python: its frame takes the owner over and a new reference to the name.
    LOAD_ATTR_GETATTRIBUTE_OVERRIDDEN = 179 [ARG NAME] of LOAD_ATTR "(owner -- attr)";
    /// A value among the instance's inline values.
    LOAD_ATTR_INSTANCE_VALUE = 180 [ARG] of LOAD_ATTR "(owner -- attr, null[oparg & 1])";
    /// A method where the instance's dict does not exist yet; self is the owner's moved reference.
    LOAD_ATTR_METHOD_LAZY_DICT = 181 [ARG] of LOAD_ATTR "(owner -- attr, self)";
    /// A method of a type whose instances have no dict; self is the owner's moved reference.
    LOAD_ATTR_METHOD_NO_DICT = 182 [ARG] of LOAD_ATTR "(owner -- attr, self)";
    /// A method where inline values cannot hide it; self is the owner's moved reference.
    LOAD_ATTR_METHOD_WITH_VALUES = 183 [ARG] of LOAD_ATTR "(owner -- attr, self)";
    /// A module's global at an index that the cache holds.
    LOAD_ATTR_MODULE = 184 [ARG] of LOAD_ATTR "(owner -- attr, null[oparg & 1])";
    /// A class's plain attribute, read through an instance without a dict.
    LOAD_ATTR_NONDESCRIPTOR_NO_DICT = 185 [ARG] of LOAD_ATTR "(owner -- attr)";
    /// A class's plain attribute, read through an instance with inline values.
    LOAD_ATTR_NONDESCRIPTOR_WITH_VALUES = 186 [ARG] of LOAD_ATTR "(owner -- attr)";
    /// A property whose getter is written in Python: its frame takes the owner over; `attr` comes when it returns.
    LOAD_ATTR_PROPERTY = 187 [ARG] of LOAD_ATTR "(owner -- attr)";
    /// A value in a slot.
    LOAD_ATTR_SLOT = 188 [ARG] of LOAD_ATTR "(owner -- attr, null[oparg & 1])";
    /// A value in the instance's dict, at an index that the cache remembers.
    LOAD_ATTR_WITH_HINT = 189 [ARG NAME] of LOAD_ATTR "(owner -- attr, null[oparg & 1])";
    /// An immortal constant: nothing is counted.
    LOAD_CONST_IMMORTAL = 190 [ARG CONST] of LOAD_CONST "(-- value)";
    /// A mortal constant, a new reference.
    LOAD_CONST_MORTAL = 191 [ARG CONST] of LOAD_CONST "(-- value)";
    /// A builtin, while neither dict has changed its keys.
    LOAD_GLOBAL_BUILTIN = 192 [ARG] of LOAD_GLOBAL "(-- res, null[oparg & 1])";
    /// A module's global, while its dict has not changed its keys.
    LOAD_GLOBAL_MODULE = 193 [ARG] of LOAD_GLOBAL "(-- res, null[oparg & 1])";
    /// `super` itself, an attribute.
    LOAD_SUPER_ATTR_ATTR = 194 [ARG NAME] of LOAD_SUPER_ATTR "(global_super, class, self -- attr)";
    /// `super` itself, a method; self is the moved reference, or NULL.
    LOAD_SUPER_ATTR_METHOD = 195 [ARG NAME] of LOAD_SUPER_ATTR "(global_super, class, self -- attr, self_or_null)";
    /// RESUME where the instrumentation's version is current and nothing is pending.
    RESUME_CHECK = 196 [] of RESUME "(--)";
    /// A generator or coroutine that is not running: pushes its frame, to which the value moves.
    SEND_GEN = 197 [ARG] of SEND "(receiver, v -- receiver, retval)";
    /// Moves a value to its place among the inline values; what was there is released.
    STORE_ATTR_INSTANCE_VALUE = 198 [] of STORE_ATTR "(value, owner --)";
    /// Moves a value to a slot; what was there is released.
    STORE_ATTR_SLOT = 199 [] of STORE_ATTR "(value, owner --)";
    /// Moves a value to its place in the instance's dict; what was there is released.
    STORE_ATTR_WITH_HINT = 200 [ARG NAME] of STORE_ATTR "(value, owner --)";
    /// `dict[sub] = value`, exact dict; both move into it.
    STORE_SUBSCR_DICT = 201 [] of STORE_SUBSCR "(value, dict, sub --)";
    /// `list[int] = value`; the value moves into it, what was there is released.
    STORE_SUBSCR_LIST_INT = 202 [] of STORE_SUBSCR "(value, list, sub --)";
    /// A type without `__bool__` and `__len__`.
    TO_BOOL_ALWAYS_TRUE = 203 [] of TO_BOOL "(owner -- res)";
    /// A bool stays.
    TO_BOOL_BOOL = 204 [] of TO_BOOL "(value -- value)";
    /// An exact int.
    TO_BOOL_INT = 205 [] of TO_BOOL "(value -- res)";
    /// An exact list.
    TO_BOOL_LIST = 206 [] of TO_BOOL "(value -- res)";
    /// None.
    TO_BOOL_NONE = 207 [] of TO_BOOL "(value -- res)";
    /// An exact string.
    TO_BOOL_STR = 208 [] of TO_BOOL "(value -- res)";
    /// An exact list of that length.
    UNPACK_SEQUENCE_LIST = 209 [ARG] of UNPACK_SEQUENCE "(seq -- values[oparg])";
    /// An exact tuple of that length.
    UNPACK_SEQUENCE_TUPLE = 210 [ARG] of UNPACK_SEQUENCE "(seq -- values[oparg])";
    /// An exact tuple of two.
    UNPACK_SEQUENCE_TWO_TUPLE = 211 [ARG] of UNPACK_SEQUENCE "(seq -- val1, val0)";

    /// Monitors END_FOR.
    INSTRUMENTED_END_FOR = 234 [] of END_FOR "(receiver, value -- receiver)";
    /// Monitors POP_ITER.
    INSTRUMENTED_POP_ITER = 235 [] of POP_ITER "(iter --)";
    /// Monitors END_SEND.
    INSTRUMENTED_END_SEND = 236 [] of END_SEND "(receiver, value -- value)";
    /// Monitors FOR_ITER.
    INSTRUMENTED_FOR_ITER = 237 [ARG JUMP] of FOR_ITER "(iter -- iter, next)";
    /// Reports an instruction, then runs the one that stood here.
    INSTRUMENTED_INSTRUCTION = 238 [] "(--)";
    /// Monitors JUMP_FORWARD.
    INSTRUMENTED_JUMP_FORWARD = 239 [ARG] of JUMP_FORWARD "(--)";
    /// Monitors NOT_TAKEN.
    INSTRUMENTED_NOT_TAKEN = 240 [] of NOT_TAKEN "(--)";
    /// Monitors POP_JUMP_IF_TRUE.
    INSTRUMENTED_POP_JUMP_IF_TRUE = 241 [ARG] of POP_JUMP_IF_TRUE "(cond --)";
    /// Monitors POP_JUMP_IF_FALSE.
    INSTRUMENTED_POP_JUMP_IF_FALSE = 242 [ARG] of POP_JUMP_IF_FALSE "(cond --)";
    /// Monitors POP_JUMP_IF_NONE.
    INSTRUMENTED_POP_JUMP_IF_NONE = 243 [ARG] of POP_JUMP_IF_NONE "(value --)";
    /// Monitors POP_JUMP_IF_NOT_NONE.
    INSTRUMENTED_POP_JUMP_IF_NOT_NONE = 244 [ARG] of POP_JUMP_IF_NOT_NONE "(value --)";
    /// Monitors RESUME.
    INSTRUMENTED_RESUME = 245 [ARG] of RESUME "(--)";
    /// Monitors RETURN_VALUE.
    INSTRUMENTED_RETURN_VALUE = 246 [] of RETURN_VALUE "(retval -- res)";
    /// Monitors YIELD_VALUE.
    INSTRUMENTED_YIELD_VALUE = 247 [ARG] of YIELD_VALUE "(retval -- value)";
    /// Monitors END_ASYNC_FOR.
    INSTRUMENTED_END_ASYNC_FOR = 248 [ARG JUMP] of END_ASYNC_FOR "(awaitable, exc --)";
    /// Monitors LOAD_SUPER_ATTR.
    INSTRUMENTED_LOAD_SUPER_ATTR = 249 [ARG NAME] of LOAD_SUPER_ATTR "(global_super, class, self -- attr, self_or_null[oparg & 1])";
    /// Monitors CALL.
    INSTRUMENTED_CALL = 250 [ARG] of CALL "(callable, self_or_null, args[oparg] -- res)";
    /// Monitors CALL_KW.
    INSTRUMENTED_CALL_KW = 251 [ARG] of CALL_KW "(callable, self_or_null, args[oparg], kwnames -- res)";
    /// Monitors CALL_FUNCTION_EX.
    INSTRUMENTED_CALL_FUNCTION_EX = 252 [] of CALL_FUNCTION_EX "(func, self_or_null, callargs, kwargs -- res)";
    /// Monitors JUMP_BACKWARD.
    INSTRUMENTED_JUMP_BACKWARD = 253 [ARG] of JUMP_BACKWARD "(--)";
    /// Reports a line, then runs the instruction that stood here.
    INSTRUMENTED_LINE = 254 [] "(--)";
    /// Runs an executor (a trace) in place of the instruction that stood here.
    ENTER_EXECUTOR = 255 [ARG] "(--)";

    /// Where the compiler puts the sequence of conditional annotations.
    ANNOTATIONS_PLACEHOLDER = 256 [] "(--)";
    /// JUMP_FORWARD or JUMP_BACKWARD.
    JUMP = 257 [ARG JUMP] "(--)";
    /// COPY 1, TO_BOOL, POP_JUMP_IF_FALSE.
    JUMP_IF_FALSE = 258 [ARG JUMP] "(cond -- cond)";
    /// COPY 1, TO_BOOL, POP_JUMP_IF_TRUE.
    JUMP_IF_TRUE = 259 [ARG JUMP] "(cond -- cond)";
    /// JUMP_FORWARD or JUMP_BACKWARD_NO_INTERRUPT.
    JUMP_NO_INTERRUPT = 260 [ARG JUMP] "(--)";
    /// LOAD_FAST of a cell variable.
    LOAD_CLOSURE = 261 [ARG LOCAL] "(-- value)";
    /// Ends the reach of a SETUP opcode; becomes NOP.
    POP_BLOCK = 262 [] "(--)";
    /// Starts the reach of a handler that needs the instruction's offset; the picture is the stack at the handler.
    SETUP_CLEANUP = 263 [ARG EXC] "(-- lasti, exc)";
    /// Starts the reach of a handler; the picture is the stack at the handler.
    SETUP_FINALLY = 264 [ARG EXC] "(-- exc)";
    /// Starts the reach of a `with` block's handler; the picture is the stack at the handler.
    SETUP_WITH = 265 [ARG EXC] "(-- exc)";
    /// STORE_FAST of what may be NULL.
    STORE_FAST_MAYBE_NULL = 266 [ARG LOCAL] "(value --)";
}
