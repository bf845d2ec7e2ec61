//! The life of instances of Python classes, and of the classes themselves: deallocation, what they refer to, clearing
//! (Objects/typeobject.c, `subtype_dealloc`, `subtype_traverse`, `subtype_clear`, `type_dealloc`).

use crate::error;
use crate::field::Field;
use crate::gc;
use crate::object::{Object, flags as of};
use crate::type_cache;
use crate::typeobject::{Type, flags};
use crate::types::dict::managed;
use crate::types::weakref;
use crate::visit::{Role, Visit};

/// Name of the root that holds an object while its finalizer runs because its count has gone to zero.
pub const BEING_FINALIZED: &str = "object being finalized";

type Dealloc = unsafe fn(*mut Object);

fn is_subtype_dealloc(ty: &Type) -> bool {
    std::ptr::fn_addr_eq(ty.slots.dealloc, subtype_dealloc as Dealloc)
}

/// The nearest base whose deallocator is its own.
fn native_base(ty: &Type) -> &Type {
    let mut base = ty;
    while is_subtype_dealloc(base)
        && let Some(next) = base.base()
    {
        base = next;
    }
    base
}

/// Runs the finalizer of an object whose count is zero; true if it came back to life (`PyObject_CallFinalizerFromDealloc`).
///
/// # Safety
/// The count is zero and the object is whole.
pub unsafe fn finalize_dying(object: *mut Object) -> bool {
    // SAFETY: by contract.
    let this = unsafe { &*object };
    let Some(finalize) = this.ty().slots.finalize else {
        return false;
    };
    let collectable = this.ty().has(flags::HAVE_GC);
    if collectable && this.has_flag(of::FINALIZED) {
        return false;
    }
    // The count is one while the finalizer runs.
    this.set_refcount(1);
    if collectable {
        this.set_flag(of::FINALIZED);
    }
    // The one reference belongs to this function; an audit finds it by name.
    let roots = &crate::state::get().native_roots;
    roots.push(crate::state::NativeRoot {
        name: BEING_FINALIZED,
        object,
    });
    finalize(this);
    roots.pop();
    let count = this.refcount();
    this.set_refcount(count - 1);
    count != 1
}

/// The `dealloc` slot of Python classes.
///
/// # Safety
/// As every `dealloc` slot: the count is zero.
#[inline(never)]
pub unsafe fn subtype_dealloc(object: *mut Object) {
    // SAFETY: by contract; the type lives by the instance's reference until it is given up below.
    unsafe {
        let ty = (*object).ty();
        if !ty.has(flags::HAVE_GC) {
            return dealloc_plain(object);
        }
        gc::untrack(&*object);
        let base = native_base(ty);
        let finalizes = ty.slots.finalize.is_some();
        if finalizes {
            gc::track(&*object);
            if finalize_dying(object) {
                return;
            }
            gc::untrack(&*object);
        }
        let has_weak = ty.weaklistoffset.get() != 0 && base.weaklistoffset.get() == 0;
        if has_weak {
            clear_weakrefs(&*object);
        }
        clear_slots(&*object, ty);
        if ty.has(flags::MANAGED_DICT) {
            managed::clear_managed(&*object);
        } else if ty.dictoffset.get() != 0
            && base.dictoffset.get() == 0
            && let Some(place) = managed::dict_pointer(&*object)
        {
            (*place.cast::<Field>()).clear();
        }
        // `__class__` may have been assigned by a `__del__` that ran just now.
        let ty = (*object).ty();
        if base.has(flags::HAVE_GC) {
            gc::track(&*object);
        }
        let gives_up_type = ty.is_heap() && !base.is_heap();
        (base.slots.dealloc)(object);
        if gives_up_type {
            Object::decref(ty.as_object().as_ptr());
        }
    }
}

/// An instance that the collector does not look at.
unsafe fn dealloc_plain(object: *mut Object) {
    // SAFETY: as in `subtype_dealloc`.
    unsafe {
        if finalize_dying(object) {
            return;
        }
        let ty = (*object).ty();
        let base = native_base(ty);
        let gives_up_type = ty.is_heap() && !base.is_heap();
        (base.slots.dealloc)(object);
        if gives_up_type {
            Object::decref(ty.as_object().as_ptr());
        }
    }
}

/// The member slots that one class added, in the order of their offsets.
fn own_members<'a>(
    object: &'a Object,
    class: &'a Type,
) -> impl Iterator<Item = (usize, &'a Field)> {
    class.members.get().iter().map(move |member| {
        // SAFETY: an instance of the class has a field there.
        let field = unsafe { &*object.as_ptr().byte_add(member.offset).cast::<Field>() };
        (member.offset, field)
    })
}

/// Gives up the member slots up to the nearest native base.
fn clear_slots(object: &Object, ty: &Type) {
    let mut at = ty;
    while is_subtype_dealloc(at) {
        for (_, field) in own_members(object, at) {
            field.clear();
        }
        match at.base() {
            Some(base) => at = base,
            None => return,
        }
    }
}

/// The `visit` slot of Python classes.
///
/// # Safety
/// As every `visit` slot.
pub unsafe fn subtype_visit(object: &Object, visit: &mut Visit<'_>) {
    let ty = object.ty();
    let mut base = ty;
    while std::ptr::fn_addr_eq(
        base.slots.visit,
        subtype_visit as unsafe fn(&Object, &mut Visit<'_>),
    ) {
        for (offset, field) in own_members(object, base) {
            if let Some(value) = field.get() {
                visit.edge(Role::Member(offset), value);
            }
        }
        match base.base() {
            Some(next) => base = next,
            None => return,
        }
    }
    // SAFETY: the flags say what is there; the native base's visitor fits its instances.
    unsafe {
        if ty.has(flags::MANAGED_DICT) {
            managed::visit_managed(object, visit);
        } else if ty.dictoffset.get() != base.dictoffset.get()
            && let Some(place) = managed::dict_pointer(object)
        {
            visit.field("__dict__", *place);
        }
        (base.slots.visit)(object, visit);
    }
}

/// The `clear` slot of Python classes.
#[inline(never)]
pub fn subtype_clear(object: &Object) {
    let ty = object.ty();
    let mut base = ty;
    while base
        .slots
        .clear
        .is_some_and(|c| std::ptr::fn_addr_eq(c, subtype_clear as fn(&Object)))
    {
        for (_, field) in own_members(object, base) {
            field.clear();
        }
        match base.base() {
            Some(next) => base = next,
            None => return,
        }
    }
    // SAFETY: the flags say what is there.
    unsafe {
        if ty.has(flags::MANAGED_DICT) {
            if !base.has(flags::MANAGED_DICT) {
                managed::clear_managed(object);
            }
        } else if ty.dictoffset.get() != base.dictoffset.get()
            && let Some(place) = managed::dict_pointer(object)
        {
            (*place.cast::<Field>()).clear();
        }
    }
    if let Some(clear) = base.slots.clear {
        clear(object);
    }
}

fn give_up(cell: &std::cell::Cell<*mut Object>) {
    let old = cell.replace(std::ptr::null_mut());
    if !old.is_null() {
        // SAFETY: the type owned it.
        unsafe { Object::decref(old) };
    }
}

/// The `dealloc` slot of `type`; only heap types come here.
///
/// # Safety
/// As every `dealloc` slot.
pub unsafe fn type_dealloc(object: *mut Object) {
    // SAFETY: the count is zero; nothing refers to the type any more.
    unsafe {
        let ty = &*object.cast::<Type>();
        gc::untrack(&*object);
        if let Some(bases) = ty.bases.get().as_ref() {
            let saved = error::fetch();
            super::remove_from_bases(ty, bases);
            if let Some(saved) = saved {
                error::restore(saved);
            }
        }
        clear_weakrefs(&*object);
        let base = ty.base.replace(std::ptr::null());
        if !base.is_null() {
            Object::decref((*base).as_object().as_ptr());
        }
        give_up(&ty.dict);
        give_up(&ty.bases);
        give_up(&ty.mro);
        super::drop_subclasses(ty);
        give_up(&ty.ht_name);
        give_up(&ty.ht_qualname);
        give_up(&ty.ht_slots);
        managed::release_class_keys(ty.ht_cached_keys.replace(std::ptr::null_mut()));
        super::new_slots::drop_members(ty);
        super::new::free_name_text(ty.full_name());
        super::free(object);
    }
}

/// The `visit` slot of `type`.
///
/// # Safety
/// As every `visit` slot.
pub unsafe fn type_visit(object: &Object, visit: &mut Visit<'_>) {
    // SAFETY: a slot of `type`.
    let ty = unsafe { &*object.as_ptr().cast::<Type>() };
    if !ty.is_heap() {
        return;
    }
    visit.field("__dict__", ty.dict.get());
    visit.field("__mro__", ty.mro.get());
    visit.field("__bases__", ty.bases.get());
    if let Some(base) = ty.base() {
        visit.edge(Role::Field("__base__"), base.as_object());
    }
    visit.hidden_field("__name__", ty.ht_name.get());
    visit.hidden_field("__qualname__", ty.ht_qualname.get());
    visit.hidden_field("__slots__", ty.ht_slots.get());
    managed::visit_class_keys(ty, visit);
}

/// The `clear` slot of `type`.
pub fn type_clear(object: &Object) {
    // SAFETY: a slot of `type`.
    let ty = unsafe { &*object.as_ptr().cast::<Type>() };
    type_cache::modified(ty);
    if let Some(namespace) = super::field(&ty.dict) {
        crate::types::dict::clear(namespace);
    }
    give_up(&ty.mro);
}

/// Clears the weak references to a dying object whose type has them (`PyObject_ClearWeakRefs`).
///
/// # Safety
/// The type has a `weaklistoffset` and the object's words are live.
pub unsafe fn clear_weakrefs(object: &Object) {
    weakref::clear_weakrefs(object);
}
