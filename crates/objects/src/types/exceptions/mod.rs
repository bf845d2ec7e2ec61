//! The exceptions: their common layout, the hierarchy, and a file for each family that has fields of its own (Objects/exceptions.c).

use std::cell::Cell;

use crate::field::Field;
use crate::object::{Layout, Object};
use crate::typeobject::{Slots, Type, flags};

pub mod base;
pub mod catching;
pub mod group;
pub mod os_error;
pub mod raising;
pub mod special;
pub mod syntax_error;
pub mod unicode;

pub use base::BASE_EXCEPTION;
pub use catching::*;
pub use group::{BASE_EXCEPTION_GROUP, exception_group};
pub use os_error::OS_ERROR;
pub use raising::{add_attribute_context, add_note_to_current, set_context};
pub use special::{
    ATTRIBUTE_ERROR, IMPORT_ERROR, KEY_ERROR, NAME_ERROR, STOP_ITERATION, SYSTEM_EXIT,
};
pub use syntax_error::{INCOMPLETE_INPUT_ERROR, INDENTATION_ERROR, SYNTAX_ERROR, TAB_ERROR};
pub use unicode::{UNICODE_DECODE_ERROR, UNICODE_ENCODE_ERROR, UNICODE_TRANSLATE_ERROR};

/// What every exception begins with (`PyBaseExceptionObject`).
#[repr(C)]
pub struct BaseException {
    pub object: Object,
    pub dict: Field,
    pub args: Field,
    pub notes: Field,
    pub traceback: Field,
    pub context: Field,
    pub cause: Field,
    pub suppress_context: Cell<u8>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for BaseException {
    fn type_object() -> &'static Type {
        &BASE_EXCEPTION
    }
}

/// Bytes of the common layout; fields of families follow.
pub const BASE_SIZE: usize = 72;

const _: () = assert!(std::mem::size_of::<BaseException>() == BASE_SIZE);

/// The flags of all exceptions.
pub const FLAGS: u64 = flags::BASETYPE | flags::HAVE_GC | flags::BASE_EXC_SUBCLASS;

/// The slots of exceptions with `N` fields behind the common layout.
pub const fn slots<const N: usize>() -> Slots {
    Slots {
        dealloc: base::dealloc::<N>,
        visit: base::visit::<N>,
        clear: Some(base::clear::<N>),
        ..Slots::NONE
    }
}

/// An exception that adds nothing to its base.
const fn simple(name: &'static str, base: *const Type) -> Type {
    Type::builtin(
        name,
        BASE_SIZE,
        Slots {
            init: Some(base::init),
            new: Some(base::new),
            ..slots::<0>()
        },
    )
    .with_flags(FLAGS)
    .with_base(base)
    .with_dictoffset(16)
    .with_vectorcall(base::vectorcall)
}

macro_rules! hierarchy {
    ($($constant:ident $name:literal $base:ident)*) => {
        $(
            #[doc = concat!("`", $name, "`.")]
            pub static $constant: Type = simple($name, &raw const $base);
        )*

        /// The exceptions without fields of their own, bases before what derives from them.
        pub static SIMPLE: &[&Type] = &[$(&$constant),*];
    };
}

hierarchy! {
    EXCEPTION "Exception" BASE_EXCEPTION
    TYPE_ERROR "TypeError" EXCEPTION
    STOP_ASYNC_ITERATION "StopAsyncIteration" EXCEPTION
    GENERATOR_EXIT "GeneratorExit" BASE_EXCEPTION
    KEYBOARD_INTERRUPT "KeyboardInterrupt" BASE_EXCEPTION
    EOF_ERROR "EOFError" EXCEPTION
    RUNTIME_ERROR "RuntimeError" EXCEPTION
    RECURSION_ERROR "RecursionError" RUNTIME_ERROR
    NOT_IMPLEMENTED_ERROR "NotImplementedError" RUNTIME_ERROR
    PYTHON_FINALIZATION_ERROR "PythonFinalizationError" RUNTIME_ERROR
    ASSERTION_ERROR "AssertionError" EXCEPTION
    LOOKUP_ERROR "LookupError" EXCEPTION
    INDEX_ERROR "IndexError" LOOKUP_ERROR
    ARITHMETIC_ERROR "ArithmeticError" EXCEPTION
    FLOATING_POINT_ERROR "FloatingPointError" ARITHMETIC_ERROR
    OVERFLOW_ERROR "OverflowError" ARITHMETIC_ERROR
    ZERO_DIVISION_ERROR "ZeroDivisionError" ARITHMETIC_ERROR
    SYSTEM_ERROR "SystemError" EXCEPTION
    REFERENCE_ERROR "ReferenceError" EXCEPTION
    MEMORY_ERROR "MemoryError" EXCEPTION
    BUFFER_ERROR "BufferError" EXCEPTION
    VALUE_ERROR "ValueError" EXCEPTION
    UNICODE_ERROR "UnicodeError" VALUE_ERROR
    WARNING "Warning" EXCEPTION
    USER_WARNING "UserWarning" WARNING
    DEPRECATION_WARNING "DeprecationWarning" WARNING
    PENDING_DEPRECATION_WARNING "PendingDeprecationWarning" WARNING
    SYNTAX_WARNING "SyntaxWarning" WARNING
    RUNTIME_WARNING "RuntimeWarning" WARNING
    FUTURE_WARNING "FutureWarning" WARNING
    IMPORT_WARNING "ImportWarning" WARNING
    UNICODE_WARNING "UnicodeWarning" WARNING
    BYTES_WARNING "BytesWarning" WARNING
    RESOURCE_WARNING "ResourceWarning" WARNING
    ENCODING_WARNING "EncodingWarning" WARNING
}

pub use special::{MODULE_NOT_FOUND_ERROR, UNBOUND_LOCAL_ERROR};

/// The exceptions with fields of their own, and what derives from them.
pub static WITH_FIELDS: &[&Type] = &[
    &BASE_EXCEPTION,
    &STOP_ITERATION,
    &SYSTEM_EXIT,
    &KEY_ERROR,
    &IMPORT_ERROR,
    &MODULE_NOT_FOUND_ERROR,
    &NAME_ERROR,
    &UNBOUND_LOCAL_ERROR,
    &ATTRIBUTE_ERROR,
    &OS_ERROR,
    &SYNTAX_ERROR,
    &INDENTATION_ERROR,
    &TAB_ERROR,
    &INCOMPLETE_INPUT_ERROR,
    &UNICODE_ENCODE_ERROR,
    &UNICODE_DECODE_ERROR,
    &UNICODE_TRANSLATE_ERROR,
    &BASE_EXCEPTION_GROUP,
];

/// All static exception types (`ExceptionGroup` is a heap type: `exception_group`).
pub fn each_type(each: &mut dyn FnMut(&'static Type)) {
    for table in [SIMPLE, WITH_FIELDS, os_error::SUBCLASSES] {
        for ty in table {
            each(ty);
        }
    }
}

/// The common part of an exception.
#[inline(always)]
pub fn body(exception: &Object) -> &BaseException {
    debug_assert!(exception.ty().has(flags::BASE_EXC_SUBCLASS));
    // SAFETY: callers pass exceptions.
    unsafe { exception.cast() }
}

/// Whether the object is an exception instance.
#[inline(always)]
pub fn is_exception(object: &Object) -> bool {
    object.ty().has(flags::BASE_EXC_SUBCLASS)
}

/// Whether the object is an exception class.
#[inline(always)]
pub fn is_exception_class(object: &Object) -> bool {
    super::r#type::as_type(object).is_some_and(|ty| ty.has(flags::BASE_EXC_SUBCLASS))
}

/// Field `index` behind the common layout.
#[inline(always)]
pub fn extra(exception: &Object, index: usize) -> &Field {
    // SAFETY: callers pass exceptions of a family with that many fields.
    unsafe {
        &*exception
            .as_ptr()
            .byte_add(BASE_SIZE + index * 8)
            .cast::<Field>()
    }
}
