//! Which special name belongs to which slot (CPython's `slotdefs`, Objects/typeobject.c, in its order), and how slots follow the names
//! when a class is made or changed.
//!
//! Slots are handled here without their types: each is one pointer at an offset in `Slots`, null when empty.

use std::cell::Cell;
use std::mem::offset_of;

use crate::object::Object;
use crate::slot_functions as f;
use crate::type_cache::find_in_mro;
use crate::typeobject::*;
use crate::types::descriptors::wrapper::{WRAPPER_DESCRIPTOR, WrapperDescr};

/// How a slot is called from Python arguments (CPython's `wrap_` functions).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wrap {
    /// No wrapper: the name only fills the slot.
    None,
    Unary,
    Hash,
    Call,
    Binary,
    /// The left operand of an operator; apart from `Binary` because the sequence slots of the same names use that.
    BinaryLeft,
    BinaryReflected,
    Ternary,
    TernaryReflected,
    Truth,
    Length,
    Index,
    SeqItem,
    SeqSetItem,
    SeqDelItem,
    Contains,
    SetItem,
    DelItem,
    SetAttr,
    DelAttr,
    Compare(CompareOp),
    Next,
    DescrGet,
    DescrSet,
    DescrDelete,
    Init,
    Finalize,
}

/// One row of the table.
pub struct SlotDef {
    pub name: &'static str,
    /// Bytes from the start of `Slots`.
    pub offset: usize,
    /// The function that looks the name up and calls it; null when Python code cannot fill the slot.
    pub function: *const (),
    pub wrap: Wrap,
    /// Parameters as `__text_signature__` shows them.
    pub signature: &'static str,
    name_object: Cell<*const Object>,
}

// SAFETY: only `name_object` changes, once, at start-up.
unsafe impl Sync for SlotDef {}

impl SlotDef {
    const fn new(
        name: &'static str,
        offset: usize,
        function: *const (),
        wrap: Wrap,
        signature: &'static str,
    ) -> SlotDef {
        SlotDef {
            name,
            offset,
            function,
            wrap,
            signature,
            name_object: Cell::new(std::ptr::null()),
        }
    }

    /// The interned name.
    pub fn name_object(&self) -> &'static Object {
        // SAFETY: set by `init`; immortal.
        unsafe { &*self.name_object.get() }
    }

    /// Whether the wrapper takes keyword arguments.
    pub fn takes_keywords(&self) -> bool {
        matches!(self.wrap, Wrap::Call | Wrap::Init)
    }
}

const NULL: *const () = std::ptr::null();
const SELF: &str = "($self, /)";
const VALUE: &str = "($self, value, /)";
const KEY: &str = "($self, key, /)";
const KEY_VALUE: &str = "($self, key, value, /)";
const ANY: &str = "($self, /, *args, **kwargs)";

macro_rules! row {
    ($name:ident, $slot:ident, -, $wrap:expr, $signature:expr) => {
        SlotDef::new(
            stringify!($name),
            offset_of!(Slots, $slot),
            NULL,
            $wrap,
            $signature,
        )
    };
    ($name:ident, $slot:ident, $function:ident, $wrap:expr, $signature:expr) => {
        SlotDef::new(
            stringify!($name),
            offset_of!(Slots, $slot),
            f::$function as *const (),
            $wrap,
            $signature,
        )
    };
}

/// The table; rows of one slot stand together.
pub static SLOT_DEFS: [SlotDef; 89] = [
    row!(__repr__, repr, slot_repr, Wrap::Unary, SELF),
    row!(__hash__, hash, slot_hash, Wrap::Hash, SELF),
    row!(__call__, call, slot_call, Wrap::Call, ANY),
    row!(__str__, str, slot_str, Wrap::Unary, SELF),
    row!(
        __getattribute__,
        getattro,
        slot_getattr_hook,
        Wrap::Binary,
        "($self, name, /)"
    ),
    row!(
        __getattr__,
        getattro,
        slot_getattr_hook,
        Wrap::None,
        "($self, name, /)"
    ),
    row!(
        __setattr__,
        setattro,
        slot_setattro,
        Wrap::SetAttr,
        "($self, name, value, /)"
    ),
    row!(
        __delattr__,
        setattro,
        slot_setattro,
        Wrap::DelAttr,
        "($self, name, /)"
    ),
    row!(
        __lt__,
        richcompare,
        slot_richcompare,
        Wrap::Compare(CompareOp::Lt),
        VALUE
    ),
    row!(
        __le__,
        richcompare,
        slot_richcompare,
        Wrap::Compare(CompareOp::Le),
        VALUE
    ),
    row!(
        __eq__,
        richcompare,
        slot_richcompare,
        Wrap::Compare(CompareOp::Eq),
        VALUE
    ),
    row!(
        __ne__,
        richcompare,
        slot_richcompare,
        Wrap::Compare(CompareOp::Ne),
        VALUE
    ),
    row!(
        __gt__,
        richcompare,
        slot_richcompare,
        Wrap::Compare(CompareOp::Gt),
        VALUE
    ),
    row!(
        __ge__,
        richcompare,
        slot_richcompare,
        Wrap::Compare(CompareOp::Ge),
        VALUE
    ),
    row!(__iter__, iter, slot_iter, Wrap::Unary, SELF),
    row!(__next__, iternext, slot_iternext, Wrap::Next, SELF),
    row!(
        __get__,
        descr_get,
        slot_descr_get,
        Wrap::DescrGet,
        "($self, instance, owner=None, /)"
    ),
    row!(
        __set__,
        descr_set,
        slot_descr_set,
        Wrap::DescrSet,
        "($self, instance, value, /)"
    ),
    row!(
        __delete__,
        descr_set,
        slot_descr_set,
        Wrap::DescrDelete,
        "($self, instance, /)"
    ),
    row!(__init__, init, slot_init, Wrap::Init, ANY),
    row!(
        __new__,
        new,
        slot_new,
        Wrap::None,
        "($type, /, *args, **kwargs)"
    ),
    row!(__del__, finalize, slot_finalize, Wrap::Finalize, SELF),
    row!(__await__, am_await, slot_await, Wrap::Unary, SELF),
    row!(__aiter__, am_aiter, slot_aiter, Wrap::Unary, SELF),
    row!(__anext__, am_anext, slot_anext, Wrap::Unary, SELF),
    row!(__add__, add, slot_add, Wrap::BinaryLeft, VALUE),
    row!(__radd__, add, slot_add, Wrap::BinaryReflected, VALUE),
    row!(__sub__, subtract, slot_subtract, Wrap::BinaryLeft, VALUE),
    row!(
        __rsub__,
        subtract,
        slot_subtract,
        Wrap::BinaryReflected,
        VALUE
    ),
    row!(__mul__, multiply, slot_multiply, Wrap::BinaryLeft, VALUE),
    row!(
        __rmul__,
        multiply,
        slot_multiply,
        Wrap::BinaryReflected,
        VALUE
    ),
    row!(__mod__, remainder, slot_remainder, Wrap::BinaryLeft, VALUE),
    row!(
        __rmod__,
        remainder,
        slot_remainder,
        Wrap::BinaryReflected,
        VALUE
    ),
    row!(__divmod__, divmod, slot_divmod, Wrap::BinaryLeft, VALUE),
    row!(
        __rdivmod__,
        divmod,
        slot_divmod,
        Wrap::BinaryReflected,
        VALUE
    ),
    row!(
        __pow__,
        power,
        slot_power,
        Wrap::Ternary,
        "($self, value, mod=None, /)"
    ),
    row!(
        __rpow__,
        power,
        slot_power,
        Wrap::TernaryReflected,
        "($self, value, mod=None, /)"
    ),
    row!(__neg__, negative, slot_negative, Wrap::Unary, SELF),
    row!(__pos__, positive, slot_positive, Wrap::Unary, SELF),
    row!(__abs__, absolute, slot_absolute, Wrap::Unary, SELF),
    row!(__bool__, bool, slot_bool, Wrap::Truth, SELF),
    row!(__invert__, invert, slot_invert, Wrap::Unary, SELF),
    row!(__lshift__, lshift, slot_lshift, Wrap::BinaryLeft, VALUE),
    row!(
        __rlshift__,
        lshift,
        slot_lshift,
        Wrap::BinaryReflected,
        VALUE
    ),
    row!(__rshift__, rshift, slot_rshift, Wrap::BinaryLeft, VALUE),
    row!(
        __rrshift__,
        rshift,
        slot_rshift,
        Wrap::BinaryReflected,
        VALUE
    ),
    row!(__and__, and, slot_and, Wrap::BinaryLeft, VALUE),
    row!(__rand__, and, slot_and, Wrap::BinaryReflected, VALUE),
    row!(__xor__, xor, slot_xor, Wrap::BinaryLeft, VALUE),
    row!(__rxor__, xor, slot_xor, Wrap::BinaryReflected, VALUE),
    row!(__or__, or, slot_or, Wrap::BinaryLeft, VALUE),
    row!(__ror__, or, slot_or, Wrap::BinaryReflected, VALUE),
    row!(__int__, int, slot_int, Wrap::Unary, SELF),
    row!(__float__, float, slot_float, Wrap::Unary, SELF),
    row!(__iadd__, inplace_add, slot_inplace_add, Wrap::Binary, VALUE),
    row!(
        __isub__,
        inplace_subtract,
        slot_inplace_subtract,
        Wrap::Binary,
        VALUE
    ),
    row!(
        __imul__,
        inplace_multiply,
        slot_inplace_multiply,
        Wrap::Binary,
        VALUE
    ),
    row!(
        __imod__,
        inplace_remainder,
        slot_inplace_remainder,
        Wrap::Binary,
        VALUE
    ),
    row!(
        __ipow__,
        inplace_power,
        slot_inplace_power,
        Wrap::Ternary,
        VALUE
    ),
    row!(
        __ilshift__,
        inplace_lshift,
        slot_inplace_lshift,
        Wrap::Binary,
        VALUE
    ),
    row!(
        __irshift__,
        inplace_rshift,
        slot_inplace_rshift,
        Wrap::Binary,
        VALUE
    ),
    row!(__iand__, inplace_and, slot_inplace_and, Wrap::Binary, VALUE),
    row!(__ixor__, inplace_xor, slot_inplace_xor, Wrap::Binary, VALUE),
    row!(__ior__, inplace_or, slot_inplace_or, Wrap::Binary, VALUE),
    row!(
        __floordiv__,
        floor_divide,
        slot_floor_divide,
        Wrap::BinaryLeft,
        VALUE
    ),
    row!(
        __rfloordiv__,
        floor_divide,
        slot_floor_divide,
        Wrap::BinaryReflected,
        VALUE
    ),
    row!(
        __truediv__,
        true_divide,
        slot_true_divide,
        Wrap::BinaryLeft,
        VALUE
    ),
    row!(
        __rtruediv__,
        true_divide,
        slot_true_divide,
        Wrap::BinaryReflected,
        VALUE
    ),
    row!(
        __ifloordiv__,
        inplace_floor_divide,
        slot_inplace_floor_divide,
        Wrap::Binary,
        VALUE
    ),
    row!(
        __itruediv__,
        inplace_true_divide,
        slot_inplace_true_divide,
        Wrap::Binary,
        VALUE
    ),
    row!(__index__, index, slot_index, Wrap::Unary, SELF),
    row!(
        __matmul__,
        matrix_multiply,
        slot_matrix_multiply,
        Wrap::BinaryLeft,
        VALUE
    ),
    row!(
        __rmatmul__,
        matrix_multiply,
        slot_matrix_multiply,
        Wrap::BinaryReflected,
        VALUE
    ),
    row!(
        __imatmul__,
        inplace_matrix_multiply,
        slot_inplace_matrix_multiply,
        Wrap::Binary,
        VALUE
    ),
    row!(__len__, mp_length, slot_length, Wrap::Length, SELF),
    row!(
        __getitem__,
        mp_subscript,
        slot_mp_subscript,
        Wrap::Binary,
        KEY
    ),
    row!(
        __setitem__,
        mp_ass_subscript,
        slot_mp_ass_subscript,
        Wrap::SetItem,
        KEY_VALUE
    ),
    row!(
        __delitem__,
        mp_ass_subscript,
        slot_mp_ass_subscript,
        Wrap::DelItem,
        KEY
    ),
    row!(__len__, sq_length, slot_length, Wrap::Length, SELF),
    row!(__add__, sq_concat, -, Wrap::Binary, VALUE),
    row!(__mul__, sq_repeat, -, Wrap::Index, VALUE),
    row!(__rmul__, sq_repeat, -, Wrap::Index, VALUE),
    row!(__getitem__, sq_item, slot_sq_item, Wrap::SeqItem, KEY),
    row!(
        __setitem__,
        sq_ass_item,
        slot_sq_ass_item,
        Wrap::SeqSetItem,
        KEY_VALUE
    ),
    row!(
        __delitem__,
        sq_ass_item,
        slot_sq_ass_item,
        Wrap::SeqDelItem,
        KEY
    ),
    row!(
        __contains__,
        sq_contains,
        slot_sq_contains,
        Wrap::Contains,
        KEY
    ),
    row!(__iadd__, sq_inplace_concat, -, Wrap::Binary, VALUE),
    row!(__imul__, sq_inplace_repeat, -, Wrap::Index, VALUE),
    row!(__buffer__, getbuffer, -, Wrap::None, "($self, flags, /)"),
];

/// Interns the names; once, at start-up.
pub fn init() {
    for def in &SLOT_DEFS {
        def.name_object
            .set(crate::types::str::intern_immortal(def.name));
    }
}

/// The pointer in a slot.
#[inline]
pub fn read(slots: &Slots, offset: usize) -> *const () {
    // SAFETY: every slot is an `Option` of a function pointer: one word, null for `None`.
    unsafe {
        *(slots as *const Slots)
            .cast::<u8>()
            .add(offset)
            .cast::<*const ()>()
    }
}

/// Puts a pointer in a slot.
///
/// # Safety
/// `function` is null or a function of the slot's type.
#[inline]
pub unsafe fn write(slots: &mut Slots, offset: usize, function: *const ()) {
    // SAFETY: as in `read`, and by contract.
    unsafe {
        (slots as *mut Slots)
            .cast::<u8>()
            .add(offset)
            .cast::<*const ()>()
            .write(function);
    }
}

/// The one filled slot of the type among those with this name, if there is exactly one (`resolve_slotdups`).
fn only_filled(ty: &Type, name: &str) -> Option<usize> {
    let mut found = None;
    for def in SLOT_DEFS.iter().filter(|d| d.name == name) {
        if read(&ty.slots, def.offset).is_null() {
            continue;
        }
        if found.replace(def.offset).is_some() {
            return None;
        }
    }
    found
}

fn is_duplicated(name: &str) -> bool {
    matches!(
        name,
        "__len__"
            | "__getitem__"
            | "__setitem__"
            | "__delitem__"
            | "__add__"
            | "__mul__"
            | "__rmul__"
            | "__iadd__"
            | "__imul__"
    )
}

/// Fills one slot of a heap type from the names its MRO has; `first` is the slot's first row. Returns the first row of the next slot
/// (`update_one_slot`).
fn update_one(ty: &Type, first: usize) -> usize {
    let offset = SLOT_DEFS[first].offset;
    let mut at = first;
    let mut specific: *const () = NULL;
    let mut generic: *const () = NULL;
    let mut use_generic = false;
    let mut is_named = false;
    while let Some(def) = SLOT_DEFS.get(at).filter(|d| d.offset == offset) {
        at += 1;
        let Some(descriptor) = find_in_mro(ty, def.name_object()) else {
            if offset == offset_of!(Slots, iternext) {
                specific = f::next_not_implemented as *const ();
            }
            is_named |= !def.function.is_null();
            continue;
        };
        is_named = true;
        if descriptor.is_exact(&WRAPPER_DESCRIPTOR) {
            // SAFETY: just checked.
            let wrapper = unsafe { descriptor.cast::<WrapperDescr>() };
            if std::ptr::eq(wrapper.base().name_object(), def.name_object()) {
                let place = if is_duplicated(def.name) {
                    only_filled(ty, def.name)
                } else {
                    Some(offset)
                };
                if place.is_none_or(|p| p == offset) {
                    generic = def.function;
                }
                if (specific.is_null() || specific == wrapper.wrapped.get())
                    && wrapper.base().wrap == def.wrap
                    && ty.is_subtype(wrapper.descr.owner())
                {
                    specific = wrapper.wrapped.get();
                } else {
                    use_generic = true;
                }
                continue;
            }
        }
        if offset == offset_of!(Slots, new) && crate::types::r#type::is_new_wrapper(&descriptor) {
            specific = read(&ty.slots, offset);
        } else if offset == offset_of!(Slots, hash) && descriptor.is(crate::none()) {
            specific = crate::ops::compare::hash_not_implemented as *const ();
        } else {
            use_generic = true;
            generic = def.function;
            if offset == offset_of!(Slots, call) {
                ty.flags.set(ty.flags.get() & !flags::HAVE_VECTORCALL);
            }
        }
    }
    if !is_named {
        // Nothing speaks of the slot: what was inherited stays.
        return at;
    }
    let chosen = if !specific.is_null() && !use_generic {
        specific
    } else {
        generic
    };
    // SAFETY: the rows' functions, and slots that wrappers of the same name and kind came from, have the slot's type.
    ty.slots
        .edit(|slots| unsafe { write(slots, offset, chosen) });
    at
}

/// Fills all slots of a new heap type (`fixup_slot_dispatchers`).
pub fn fill_slots(ty: &Type) {
    let mut at = 0;
    while at < SLOT_DEFS.len() {
        at = update_one(ty, at);
    }
}

/// Whether a name is a special one that a slot follows (`is_dunder_name`, then the table).
pub fn is_slot_name(name: &Object) -> bool {
    SLOT_DEFS
        .iter()
        .any(|def| std::ptr::eq(def.name_object(), name))
}

/// A special name of a class was set or deleted: its slots and those of its subclasses follow (`update_slot`).
pub fn update_slot(ty: &Type, name: &Object) {
    let mut firsts: Vec<usize> = Vec::new();
    for (index, def) in SLOT_DEFS.iter().enumerate() {
        if std::ptr::eq(def.name_object(), name) {
            let mut first = index;
            while first > 0 && SLOT_DEFS[first - 1].offset == def.offset {
                first -= 1;
            }
            firsts.push(first);
        }
    }
    if !firsts.is_empty() {
        update_with_subclasses(ty, name, &firsts);
    }
}

fn update_with_subclasses(ty: &Type, name: &Object, firsts: &[usize]) {
    for &first in firsts {
        update_one(ty, first);
    }
    crate::types::r#type::each_subclass(ty, &mut |subclass| {
        // SAFETY: a ready type has a dict.
        let namespace = unsafe { &*subclass.dict.get() };
        if !matches!(crate::types::dict::contains(namespace, name), Ok(true)) {
            update_with_subclasses(subclass, name, firsts);
        }
    });
}

/// Makes all slots of a class and its subclasses anew, after its bases changed (`update_all_slots`).
pub fn update_all_slots(ty: &Type) {
    crate::type_cache::modified(ty);
    for def in &SLOT_DEFS {
        update_slot(ty, def.name_object());
    }
}
