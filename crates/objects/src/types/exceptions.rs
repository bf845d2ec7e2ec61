//! Exceptions.

use crate::object::Object;
use crate::typeobject::{Slots, Type, flags};

pub static BASE_EXCEPTION: Type = Type::builtin("BaseException", 72, Slots { ..Slots::NONE })
    .with_flags(flags::BASETYPE | flags::HAVE_GC | flags::BASE_EXC_SUBCLASS);
pub static EXCEPTION: Type = Type::builtin("Exception", 72, Slots { ..Slots::NONE })
    .with_flags(flags::BASETYPE | flags::HAVE_GC | flags::BASE_EXC_SUBCLASS);
pub static TYPE_ERROR: Type = Type::builtin("TypeError", 72, Slots { ..Slots::NONE })
    .with_flags(flags::BASETYPE | flags::HAVE_GC | flags::BASE_EXC_SUBCLASS);
pub static VALUE_ERROR: Type = Type::builtin("ValueError", 72, Slots { ..Slots::NONE })
    .with_flags(flags::BASETYPE | flags::HAVE_GC | flags::BASE_EXC_SUBCLASS);
pub static ATTRIBUTE_ERROR: Type = Type::builtin("AttributeError", 72, Slots { ..Slots::NONE })
    .with_flags(flags::BASETYPE | flags::HAVE_GC | flags::BASE_EXC_SUBCLASS);
pub static INDEX_ERROR: Type = Type::builtin("IndexError", 72, Slots { ..Slots::NONE })
    .with_flags(flags::BASETYPE | flags::HAVE_GC | flags::BASE_EXC_SUBCLASS);
pub static OVERFLOW_ERROR: Type = Type::builtin("OverflowError", 72, Slots { ..Slots::NONE })
    .with_flags(flags::BASETYPE | flags::HAVE_GC | flags::BASE_EXC_SUBCLASS);
pub static ZERO_DIVISION_ERROR: Type =
    Type::builtin("ZeroDivisionError", 72, Slots { ..Slots::NONE })
        .with_flags(flags::BASETYPE | flags::HAVE_GC | flags::BASE_EXC_SUBCLASS);
pub static RUNTIME_ERROR: Type = Type::builtin("RuntimeError", 72, Slots { ..Slots::NONE })
    .with_flags(flags::BASETYPE | flags::HAVE_GC | flags::BASE_EXC_SUBCLASS);
pub static SYSTEM_ERROR: Type = Type::builtin("SystemError", 72, Slots { ..Slots::NONE })
    .with_flags(flags::BASETYPE | flags::HAVE_GC | flags::BASE_EXC_SUBCLASS);
pub static NAME_ERROR: Type = Type::builtin("NameError", 72, Slots { ..Slots::NONE })
    .with_flags(flags::BASETYPE | flags::HAVE_GC | flags::BASE_EXC_SUBCLASS);
pub static UNBOUND_LOCAL_ERROR: Type =
    Type::builtin("UnboundLocalError", 72, Slots { ..Slots::NONE })
        .with_flags(flags::BASETYPE | flags::HAVE_GC | flags::BASE_EXC_SUBCLASS);
pub static NOT_IMPLEMENTED_ERROR: Type =
    Type::builtin("NotImplementedError", 72, Slots { ..Slots::NONE })
        .with_flags(flags::BASETYPE | flags::HAVE_GC | flags::BASE_EXC_SUBCLASS);
pub static ASSERTION_ERROR: Type = Type::builtin("AssertionError", 72, Slots { ..Slots::NONE })
    .with_flags(flags::BASETYPE | flags::HAVE_GC | flags::BASE_EXC_SUBCLASS);
pub static OS_ERROR: Type = Type::builtin("OSError", 72, Slots { ..Slots::NONE })
    .with_flags(flags::BASETYPE | flags::HAVE_GC | flags::BASE_EXC_SUBCLASS);
pub static EOF_ERROR: Type = Type::builtin("EOFError", 72, Slots { ..Slots::NONE })
    .with_flags(flags::BASETYPE | flags::HAVE_GC | flags::BASE_EXC_SUBCLASS);
pub static BUFFER_ERROR: Type = Type::builtin("BufferError", 72, Slots { ..Slots::NONE })
    .with_flags(flags::BASETYPE | flags::HAVE_GC | flags::BASE_EXC_SUBCLASS);
pub static LOOKUP_ERROR: Type = Type::builtin("LookupError", 72, Slots { ..Slots::NONE })
    .with_flags(flags::BASETYPE | flags::HAVE_GC | flags::BASE_EXC_SUBCLASS);
pub static IMPORT_ERROR: Type = Type::builtin("ImportError", 72, Slots { ..Slots::NONE })
    .with_flags(flags::BASETYPE | flags::HAVE_GC | flags::BASE_EXC_SUBCLASS);
pub static SYNTAX_ERROR: Type = Type::builtin("SyntaxError", 72, Slots { ..Slots::NONE })
    .with_flags(flags::BASETYPE | flags::HAVE_GC | flags::BASE_EXC_SUBCLASS);
pub static REFERENCE_ERROR: Type = Type::builtin("ReferenceError", 72, Slots { ..Slots::NONE })
    .with_flags(flags::BASETYPE | flags::HAVE_GC | flags::BASE_EXC_SUBCLASS);
pub static KEY_ERROR: Type = Type::builtin("KeyError", 72, Slots { ..Slots::NONE })
    .with_flags(flags::BASETYPE | flags::HAVE_GC | flags::BASE_EXC_SUBCLASS);
pub static STOP_ITERATION: Type = Type::builtin("StopIteration", 72, Slots { ..Slots::NONE })
    .with_flags(flags::BASETYPE | flags::HAVE_GC | flags::BASE_EXC_SUBCLASS);
pub static MEMORY_ERROR: Type = Type::builtin("MemoryError", 72, Slots { ..Slots::NONE })
    .with_flags(flags::BASETYPE | flags::HAVE_GC | flags::BASE_EXC_SUBCLASS);
pub static RECURSION_ERROR: Type = Type::builtin("RecursionError", 72, Slots { ..Slots::NONE })
    .with_flags(flags::BASETYPE | flags::HAVE_GC | flags::BASE_EXC_SUBCLASS);

/// Sets `__context__` of a new exception to the one being handled, as raising does (`_PyErr_SetObject`).
pub fn set_context(exception: &Object) {
    todo!()
}
pub static UNICODE_ENCODE_ERROR: Type =
    Type::builtin("UnicodeEncodeError", 112, Slots { ..Slots::NONE })
        .with_flags(flags::BASETYPE | flags::HAVE_GC | flags::BASE_EXC_SUBCLASS);
pub static UNICODE_DECODE_ERROR: Type =
    Type::builtin("UnicodeDecodeError", 112, Slots { ..Slots::NONE })
        .with_flags(flags::BASETYPE | flags::HAVE_GC | flags::BASE_EXC_SUBCLASS);
