//! Making a type ready: bases, MRO, inherited slots, and the entries of its dict (CPython's `PyType_Ready`, Objects/typeobject.c).

use std::cell::RefCell;
use std::mem::{offset_of, size_of};

use crate::object::Object;
use crate::ops::compare::hash_not_implemented;
use crate::refs::{Owned, PyResult};
use crate::slotdefs::{self, SLOT_DEFS, Wrap};
use crate::typeobject::*;
use crate::types::descriptors::{doc_object, getset, member, method, wrapper};
use crate::types::object::OBJECT;
use crate::types::tuple::{self, Tuple};
use crate::types::{builtin_function, dict, str, r#type};
use crate::visit::{Role, Visit};
use crate::{names, none};

/// The static types that are ready, for the walk over roots.
struct Ready(RefCell<Vec<&'static Type>>);

// SAFETY: guarded by the interpreter's lock.
unsafe impl Sync for Ready {}

static READY: Ready = Ready(RefCell::new(Vec::new()));

/// All static types that are ready, in order.
pub fn each_static_type(each: &mut dyn FnMut(&'static Type)) {
    for ty in READY.0.borrow().iter() {
        each(ty);
    }
}

/// Names what static types own as roots.
pub fn visit_static_types(visit: &mut Visit<'_>) {
    for ty in READY.0.borrow().iter() {
        for field in [&ty.dict, &ty.bases, &ty.mro] {
            // SAFETY: null or owned.
            if let Some(object) = unsafe { field.get().as_ref() } {
                visit.edge(Role::Root("static type"), object);
            }
        }
    }
}

/// Makes a static type (and its bases) ready; nothing happens if it is.
pub fn ready_static(ty: &'static Type) {
    if ty.has(flags::READY) {
        return;
    }
    if ty.base.get().is_null() && !std::ptr::eq(ty, &OBJECT) {
        ty.base.set(&raw const OBJECT);
    }
    if let Some(base) = ty.base() {
        ready_static(base);
    }
    READY.0.borrow_mut().push(ty);
    if ready(ty).is_err() {
        let text = crate::error::fetch().map(|e| crate::ops::text::lossy(&e));
        panic!(
            "static type {} cannot be made ready: {text:?}",
            ty.full_name()
        );
    }
}

/// Makes a type ready. A heap type has its name, base, bases, dict and size set.
pub fn ready(ty: &Type) -> PyResult<()> {
    ty.flags.set(ty.flags.get() | flags::READYING);
    let result = steps(ty);
    ty.flags.set(ty.flags.get() & !flags::READYING);
    result?;
    ty.flags.set(ty.flags.get() | flags::READY);
    Ok(())
}

fn steps(ty: &Type) -> PyResult<()> {
    set_bases(ty);
    if ty.dict.get().is_null() {
        ty.dict.set(dict::new().into_raw());
    }
    fill_dict(ty)?;
    r#type::mro::set_mro(ty)?;
    inherit_new(ty);
    inherit(ty);
    set_hash(ty)?;
    r#type::add_to_bases(ty);
    r#type::new_slots::ready_managed_dict(ty);
    Ok(())
}

fn set_bases(ty: &Type) {
    if !ty.bases.get().is_null() {
        return;
    }
    let bases = match ty.base() {
        None => tuple::empty(),
        Some(base) => tuple::from_refs(&[base.as_object()]),
    };
    ty.bases.set(bases.into_raw());
}

fn namespace(ty: &Type) -> &Object {
    // SAFETY: set by `steps` before use.
    unsafe { &*ty.dict.get() }
}

/// Turns slots and tables of a static type into entries of its dict (`type_ready_fill_dict`).
fn fill_dict(ty: &Type) -> PyResult<()> {
    let own_new = ty.slots.new.is_some_and(|new| {
        std::ptr::eq(ty, &OBJECT) || !std::ptr::fn_addr_eq(new, crate::types::object::new as NewFn)
    });
    if own_new && !ty.is_heap() {
        let new = builtin_function::new(&builtin_function::NEW_DEF, Some(ty.as_object()), None);
        dict::set(namespace(ty), &names().__new__, &new)?;
    }
    add_operators(ty)?;
    for def in ty.methods {
        let value = match def.binding {
            Binding::Instance => method::new(ty, def),
            Binding::Class => method::new_class(ty, def),
            Binding::Static => {
                let function = builtin_function::new(def, Some(ty.as_object()), None);
                crate::types::staticmethod_classmethod::new_static(&function)
            }
        };
        add(ty, def.name, &value)?;
    }
    for def in ty.members.get() {
        add(ty, def.name, &member::new(ty, def))?;
    }
    for def in ty.getset.get() {
        add(ty, def.name, &getset::new(ty, def))?;
    }
    set_doc(ty)
}

fn add(ty: &Type, name: &str, value: &Object) -> PyResult<()> {
    let name = str::intern_mortal(str::Str::new(name));
    dict::set(namespace(ty), &name, value)
}

/// A wrapper for each filled slot (`add_operators`).
fn add_operators(ty: &Type) -> PyResult<()> {
    for def in &SLOT_DEFS {
        if def.wrap == Wrap::None {
            continue;
        }
        let function = slotdefs::read(&ty.slots, def.offset);
        if function.is_null()
            || is_inherited(ty, def.offset)
            || dict::contains(namespace(ty), def.name_object())?
        {
            continue;
        }
        if std::ptr::eq(function, hash_not_implemented as *const ()) {
            dict::set(namespace(ty), def.name_object(), none())?;
        } else {
            let value = wrapper::new(ty, def, function);
            dict::set(namespace(ty), def.name_object(), &value)?;
        }
    }
    Ok(())
}

/// Whether a slot is just the base's, so that the base's entry serves (`slot_inherited`); hash and comparison go together.
fn is_inherited(ty: &Type, offset: usize) -> bool {
    const PAIR: [usize; 2] = [offset_of!(Slots, hash), offset_of!(Slots, richcompare)];
    let Some(base) = ty.base() else { return false };
    let same = |offset| slotdefs::read(&ty.slots, offset) == slotdefs::read(&base.slots, offset);
    if PAIR.contains(&offset) {
        return PAIR.into_iter().all(same);
    }
    same(offset)
}

fn set_doc(ty: &Type) -> PyResult<()> {
    if dict::contains(namespace(ty), &names().__doc__)? {
        return Ok(());
    }
    let doc = match ty.doc.get() {
        Some(doc) => doc_object(ty.full_name(), doc),
        None => crate::none_owned(),
    };
    dict::set(namespace(ty), &names().__doc__, &doc)
}

/// `new` comes from the base, unless a static type right under `object` has none (`type_ready_set_new`).
fn inherit_new(ty: &Type) {
    let Some(base) = ty.base() else { return };
    if ty.slots.new.is_none() && std::ptr::eq(base, &OBJECT) && !ty.is_heap() {
        ty.flags.set(ty.flags.get() | flags::DISALLOW_INSTANTIATION);
    }
    if ty.has(flags::DISALLOW_INSTANTIATION) {
        ty.slots.edit(|slots| slots.new = None);
    } else if ty.slots.new.is_none() {
        ty.slots.edit(|slots| slots.new = base.slots.new);
    }
}

/// Inherits along the MRO (`type_ready_inherit`).
fn inherit(ty: &Type) {
    if let Some(base) = ty.base() {
        inherit_special(ty, base);
    }
    // SAFETY: `set_mro` made a tuple of types.
    let mro = Owned::new(unsafe { &*ty.mro.get() });
    for class in unsafe { mro.cast::<Tuple>() }.items().iter().skip(1) {
        // SAFETY: as above.
        let class = unsafe { class.cast::<Type>() };
        inherit_slots(ty, class);
        const COLLECTION: u64 = flags::SEQUENCE | flags::MAPPING;
        if !ty.has(COLLECTION) {
            ty.flags
                .set(ty.flags.get() | class.flags.get() & COLLECTION);
        }
    }
}

const SUBCLASS_FLAGS: u64 = flags::LONG_SUBCLASS
    | flags::LIST_SUBCLASS
    | flags::TUPLE_SUBCLASS
    | flags::BYTES_SUBCLASS
    | flags::UNICODE_SUBCLASS
    | flags::DICT_SUBCLASS
    | flags::BASE_EXC_SUBCLASS
    | flags::TYPE_SUBCLASS
    | flags::MATCH_SELF;

fn inherit_special(ty: &Type, base: &Type) {
    if !ty.has(flags::HAVE_GC)
        && base.has(flags::HAVE_GC)
        && is_default(ty.slots.visit as usize, Slots::NONE.visit as usize)
    {
        ty.flags.set(ty.flags.get() | flags::HAVE_GC);
        ty.slots.edit(|slots| {
            slots.visit = base.slots.visit;
            slots.clear = base.slots.clear;
        });
    }
    let inherited = base.flags.get() & (flags::PREHEADER | SUBCLASS_FLAGS);
    ty.flags.set(ty.flags.get() | inherited);
    for (own, theirs) in [
        (&ty.basicsize, &base.basicsize),
        (&ty.itemsize, &base.itemsize),
        (&ty.weaklistoffset, &base.weaklistoffset),
        (&ty.dictoffset, &base.dictoffset),
    ] {
        if own.get() == 0 {
            own.set(theirs.get());
        }
    }
}

fn is_default(function: usize, default: usize) -> bool {
    function == default
}

/// Slots that are not copied one by one.
const APART: [usize; 6] = [
    offset_of!(Slots, visit),
    offset_of!(Slots, clear),
    offset_of!(Slots, new),
    offset_of!(Slots, hash),
    offset_of!(Slots, richcompare),
    offset_of!(Slots, dealloc),
];

/// Takes over the slots that the type lacks and `base` brings itself; hash and comparison only together (`inherit_slots`).
fn inherit_slots(ty: &Type, base: &Type) {
    let above = base.base();
    let had_call = ty.slots.call.is_some();
    let had_get = ty.slots.descr_get.is_some();
    ty.slots.edit(|slots| {
        for offset in (0..size_of::<Slots>()).step_by(size_of::<usize>()) {
            if APART.contains(&offset) || !slotdefs::read(slots, offset).is_null() {
                continue;
            }
            let theirs = slotdefs::read(&base.slots, offset);
            let own = above.is_none_or(|a| slotdefs::read(&a.slots, offset) != theirs);
            if !theirs.is_null() && own {
                // SAFETY: the same slot of another type.
                unsafe { slotdefs::write(slots, offset, theirs) };
            }
        }
        let default = Slots::NONE.dealloc as usize;
        if is_default(slots.dealloc as usize, default)
            && above.is_none_or(|a| a.slots.dealloc as usize != base.slots.dealloc as usize)
        {
            slots.dealloc = base.slots.dealloc;
        }
    });
    if ty.slots.richcompare.is_none() && ty.slots.hash.is_none() && !overrides_hash(ty) {
        ty.slots.edit(|slots| {
            slots.richcompare = base.slots.richcompare;
            slots.hash = base.slots.hash;
        });
    }
    if !had_call && base.has(flags::HAVE_VECTORCALL) && ty.has(flags::IMMUTABLETYPE) {
        ty.flags.set(ty.flags.get() | flags::HAVE_VECTORCALL);
    }
    if !had_get
        && base.slots.descr_get.is_some()
        && ty.slots.descr_get.map(|f| f as usize) == base.slots.descr_get.map(|f| f as usize)
        && ty.has(flags::IMMUTABLETYPE)
        && base.has(flags::METHOD_DESCRIPTOR)
    {
        ty.flags.set(ty.flags.get() | flags::METHOD_DESCRIPTOR);
    }
}

fn overrides_hash(ty: &Type) -> bool {
    let names = names();
    [&names.__eq__, &names.__hash__]
        .iter()
        .any(|name| matches!(dict::contains(namespace(ty), name), Ok(true)))
}

/// A type without a hash says so: `__hash__` is `None` (`type_ready_set_hash`).
fn set_hash(ty: &Type) -> PyResult<()> {
    if ty.slots.hash.is_some() || dict::contains(namespace(ty), &names().__hash__)? {
        return Ok(());
    }
    dict::set(namespace(ty), &names().__hash__, none())?;
    ty.slots
        .edit(|slots| slots.hash = Some(hash_not_implemented));
    Ok(())
}
