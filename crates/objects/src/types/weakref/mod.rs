//! `weakref.ref`: layout, the list of references to an object, clearing when the object dies. Proxies are in `proxy`.
//!
//! The list starts in the referent, at its type's `weaklistoffset`. A basic reference (no callback, exact type) comes first, a basic
//! proxy next; both are reused. The references do not own the referent; the referent does not own them.

use std::cell::Cell;
use std::ptr::null_mut;

use crate::args;
use crate::error;
use crate::gc;
use crate::names::names;
use crate::object::{Layout, Object};
use crate::ops::{attribute, call, compare, text};
use crate::refs::{Owned, PyResult, Word};
use crate::state::root;
use crate::typeobject::{CompareOp, MemberDef, MemberKind, MethodDef, Native, Slots, Type, flags};
use crate::types::none::{none, none_owned, not_implemented};
use crate::types::str::{STR, Str};
use crate::types::writer::qualified_name;
use crate::types::{
    alloc_instance, bool, clear_field, finish_instance, free_instance, generic_alias,
};
use crate::visit::Visit;

pub mod proxy;

/// CPython's `PyWeakReference` (Include/cpython/weakrefobject.h).
#[repr(C)]
pub struct WeakRef {
    object: Object,
    /// The referent, not owned; null when it is gone.
    target: Cell<*mut Object>,
    /// Owned, or null.
    callback: Cell<*mut Object>,
    hash: Cell<isize>,
    previous: Cell<*mut WeakRef>,
    next: Cell<*mut WeakRef>,
    _vectorcall: Cell<usize>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for WeakRef {
    fn type_object() -> &'static Type {
        &REF
    }
}

static MEMBERS: [MemberDef; 1] = [MemberDef {
    name: "__callback__",
    kind: MemberKind::Object,
    offset: std::mem::offset_of!(WeakRef, callback),
    readonly: true,
    doc: "",
}];

pub static REF: Type = Type::builtin(
    "weakref.ReferenceType",
    size_of::<WeakRef>(),
    Slots {
        dealloc,
        visit,
        clear: Some(|object| clear(of(object))),
        repr: Some(repr),
        hash: Some(hash),
        call: Some(call_ref),
        getattro: Some(attribute::generic_get),
        richcompare: Some(richcompare),
        init: Some(tp_init),
        new: Some(tp_new),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::BASETYPE | flags::HAVE_VECTORCALL)
.with_members(&MEMBERS)
.with_methods(&[MethodDef::class(
    "__class_getitem__",
    Native::O(generic_alias::new),
    "",
)]);

#[inline(always)]
pub(crate) fn of(object: &Object) -> &WeakRef {
    // SAFETY: the slots and methods of reference and proxy types.
    unsafe { object.cast() }
}

impl WeakRef {
    /// The referent if it is alive (a count of zero means that it is dying).
    #[inline]
    pub fn target(&self) -> Option<&Object> {
        // SAFETY: the referent's deallocator clears this.
        unsafe { self.target.get().as_ref() }.filter(|t| t.refcount() > 0)
    }

    /// The referent word, dying or not; null when cleared.
    #[inline]
    pub fn target_word(&self) -> *mut Object {
        self.target.get()
    }

    /// The callback, if one is still to be called.
    #[inline]
    pub fn callback(&self) -> Option<&Object> {
        // SAFETY: null or owned.
        unsafe { self.callback.get().as_ref() }
    }

    /// The next reference to the same object.
    #[inline]
    pub fn next(&self) -> Option<&WeakRef> {
        // SAFETY: the list links live references.
        unsafe { self.next.get().as_ref() }
    }

    #[inline]
    pub fn as_object(&self) -> &Object {
        &self.object
    }

    fn is_proxy(&self) -> bool {
        self.object.is_exact(&proxy::PROXY) || self.object.is_exact(&proxy::CALLABLE_PROXY)
    }

    fn is_basic_ref(&self) -> bool {
        self.callback.get().is_null() && self.object.is_exact(&REF)
    }

    fn is_basic_proxy(&self) -> bool {
        self.callback.get().is_null() && self.is_proxy()
    }
}

/// Whether the object is a reference or a proxy (`PyWeakref_Check`).
pub fn is_weakref(object: &Object) -> bool {
    object.ty().is_subtype(&REF) || of_proxy_type(object)
}

fn of_proxy_type(object: &Object) -> bool {
    object.is_exact(&proxy::PROXY) || object.is_exact(&proxy::CALLABLE_PROXY)
}

/// The word that heads the list of references to `object`, if its type supports them.
#[inline]
pub fn list_head(object: &Object) -> Option<&Cell<*mut WeakRef>> {
    let offset = object.ty().weaklistoffset.get();
    if offset == 0 {
        return None;
    }
    // SAFETY: the type's offset says where the word is, before or in the instance.
    Some(unsafe { &*object.as_ptr().cast::<u8>().offset(offset).cast() })
}

/// The basic reference and the basic proxy, if they are there.
fn basic_refs(head: *mut WeakRef) -> (*mut WeakRef, *mut WeakRef) {
    let (mut basic, mut proxy) = (null_mut(), null_mut());
    // SAFETY: the list links live references.
    unsafe {
        let mut at = head;
        if !at.is_null() && (*at).is_basic_ref() {
            basic = at;
            at = (*at).next.get();
        }
        if !at.is_null() && (*at).is_basic_proxy() {
            proxy = at;
        }
    }
    (basic, proxy)
}

/// Puts a new reference into its place in the list.
fn insert(fresh: *mut WeakRef, head: &Cell<*mut WeakRef>) {
    let (basic, proxy) = basic_refs(head.get());
    // SAFETY: the list links live references.
    unsafe {
        let before = if (*fresh).is_basic_ref() {
            null_mut()
        } else if (*fresh).is_basic_proxy() || proxy.is_null() {
            basic
        } else {
            proxy
        };
        let after = if before.is_null() {
            head.get()
        } else {
            (*before).next.get()
        };
        (*fresh).previous.set(before);
        (*fresh).next.set(after);
        if !after.is_null() {
            (*after).previous.set(fresh);
        }
        if before.is_null() {
            head.set(fresh);
        } else {
            (*before).next.set(fresh);
        }
    }
}

/// A reference of type `ty` to `target`; a basic one is shared (`get_or_create_weakref`).
pub fn get_or_create(ty: &Type, target: &Object, callback: Option<&Object>) -> PyResult {
    let Some(head) = list_head(target) else {
        return Err(error::type_error(format!(
            "cannot create weak reference to '{}' object",
            target.ty().full_name()
        )));
    };
    let callback = callback.filter(|c| !c.is(none()));
    if callback.is_none() {
        let (basic, basic_proxy) = basic_refs(head.get());
        let reusable = if std::ptr::eq(ty, &REF) {
            basic
        } else if std::ptr::eq(ty, &proxy::PROXY) || std::ptr::eq(ty, &proxy::CALLABLE_PROXY) {
            basic_proxy
        } else {
            null_mut()
        };
        // SAFETY: null or a live reference.
        if let Some(reusable) = unsafe { reusable.as_ref() } {
            return Ok(Owned::new(&reusable.object));
        }
    }
    // SAFETY: all fields are written.
    unsafe {
        let memory = alloc_instance::<WeakRef>(ty)?;
        (*memory).target.set(target.as_ptr());
        (*memory)
            .callback
            .set(callback.map_or(null_mut(), |c| Owned::new(c).into_raw()));
        (*memory).hash.set(-1);
        insert(memory, head);
        Ok(finish_instance(memory))
    }
}

/// `weakref.ref(target, callback)` (`PyWeakref_NewRef`).
pub fn new_ref(target: &Object, callback: Option<&Object>) -> PyResult {
    get_or_create(&REF, target, callback)
}

fn tp_new(ty: &Type, args: &Object, _kwargs: Option<&Object>) -> PyResult {
    let given = args::tuple_len(args);
    args::check_positional("__new__", given, 1, 2)?;
    let callback = (given == 2).then(|| args::tuple_item(args, 1));
    get_or_create(ty, args::tuple_item(args, 0), callback)
}

fn tp_init(_object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    args::no_keyword_dict("ref", kwargs)?;
    args::check_positional("__init__", args::tuple_len(args), 1, 2)
}

/// Takes a reference out of its list; its callback stays.
fn unlink(this: &WeakRef) {
    // SAFETY: the referent, while not cleared, is there (alive or in its deallocator); the list links live references.
    unsafe {
        let Some(target) = this.target.get().as_ref() else {
            return;
        };
        let (previous, next) = (this.previous.get(), this.next.get());
        if let Some(head) = list_head(target)
            && std::ptr::eq(head.get(), this)
        {
            head.set(next);
        }
        this.target.set(null_mut());
        if let Some(previous) = previous.as_ref() {
            previous.next.set(next);
        }
        if let Some(next) = next.as_ref() {
            next.previous.set(previous);
        }
        this.previous.set(null_mut());
        this.next.set(null_mut());
    }
}

/// Makes a reference dead and gives its callback up (`clear_weakref`).
pub fn clear(this: &WeakRef) {
    unlink(this);
    clear_field(&this.callback);
}

/// Makes a reference dead and keeps its callback (`_PyWeakref_ClearRef`), for the collector.
pub fn clear_keeping_callback(this: &WeakRef) {
    unlink(this);
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dead reference.
    unsafe {
        gc::untrack(&*object);
        clear(&*object.cast::<WeakRef>());
        free_instance(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    visit.field("callback", of(object).callback.get());
}

/// Clears the references to a dying object and calls their callbacks, in the order of the list (`PyObject_ClearWeakRefs`).
pub fn clear_weakrefs(object: &Object) {
    let Some(head) = list_head(object) else {
        return;
    };
    if head.get().is_null() {
        return;
    }
    // SAFETY: the list links live references; each step takes one out.
    unsafe {
        while let Some(first) = head.get().as_ref() {
            if !first.is_basic_ref() && !first.is_basic_proxy() {
                break;
            }
            clear(first);
        }
        if head.get().is_null() {
            return;
        }
        let exception = error::fetch();
        let mut pending = Vec::new();
        while let Some(first) = head.get().as_ref() {
            let callback = first.callback.replace(null_mut());
            unlink(first);
            let callback = (!callback.is_null()).then(|| Owned::from_raw(callback));
            if first.object.refcount() > 0 {
                pending.push((Owned::new(&first.object), callback));
            }
        }
        run_callbacks(pending);
        if let Some(exception) = exception {
            error::restore(exception);
        }
    }
}

/// Clears all references to an object without calling anything (`_PyWeakref_ClearWeakRefsNoCallbacks`).
pub fn clear_weakrefs_no_callbacks(object: &Object) {
    let Some(head) = list_head(object) else {
        return;
    };
    // SAFETY: the list links live references; each step takes one out.
    while let Some(first) = unsafe { head.get().as_ref() } {
        clear(first);
    }
}

/// Calls the callbacks of cleared references, all of which stay owned until the last has run.
fn run_callbacks(pending: Vec<(Owned, Option<Owned>)>) {
    let held: Vec<_> = pending
        .into_iter()
        .map(|(reference, callback)| {
            (
                root("weak reference", reference),
                callback.map(|c| root("weak reference callback", c)),
            )
        })
        .collect();
    for (reference, callback) in &held {
        if let Some(callback) = callback {
            handle_callback(reference, callback);
        }
    }
    for (reference, callback) in held.into_iter().rev() {
        drop(callback);
        drop(reference);
    }
}

/// Calls one callback; what it raises is shown, not raised.
pub fn handle_callback(reference: &Object, callback: &Object) {
    if call::call(callback, &[Word::borrowed(reference)], None).is_err() {
        error::unraisable(
            "Exception ignored while calling weakref callback",
            Some(callback),
        );
    }
}

/// Whether a reference's or proxy's referent is gone.
pub fn is_dead(reference: &Object) -> std::primitive::bool {
    of(reference).target().is_none()
}

/// Calls the callback that a cleared reference still owns; the reference, not the caller, holds it meanwhile.
pub fn call_own_callback(reference: &Object) {
    // SAFETY: null or owned by the reference, which the caller holds.
    if let Some(callback) = unsafe { of(reference).callback.get().as_ref() } {
        handle_callback(reference, callback);
    }
}

/// `ref()`: the referent or None.
fn call_ref(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    args::no_keywords("weakref", kwnames)?;
    args::check_positional("weakref", args.len(), 0, 0)?;
    Ok(of(object).target().map_or_else(none_owned, Owned::new))
}

fn hash(object: &Object) -> PyResult<isize> {
    let this = of(object);
    if this.hash.get() != -1 {
        return Ok(this.hash.get());
    }
    let Some(target) = this.target() else {
        return Err(error::type_error("weak object has gone away"));
    };
    let target = root("referent", Owned::new(target));
    let hash = compare::hash(&target)?;
    this.hash.set(hash);
    Ok(hash)
}

fn richcompare(a: &Object, b: &Object, op: CompareOp) -> PyResult {
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) || !is_weakref(a) || !is_weakref(b) {
        return Ok(not_implemented());
    }
    let (Some(left), Some(right)) = (of(a).target(), of(b).target()) else {
        return Ok(bool::bool_owned(a.is(b) == (op == CompareOp::Eq)));
    };
    let left = root("referent", Owned::new(left));
    let right = root("referent", Owned::new(right));
    compare::compare(&left, &right, op)
}

fn repr(object: &Object) -> PyResult {
    let Some(target) = of(object).target() else {
        return Ok(Str::new(&format!(
            "<weakref at {:p}; dead>",
            object.as_ptr()
        )));
    };
    let target = root("referent", Owned::new(target));
    let name = attribute::get_optional(&target, &names().__name__)?;
    let start = format!(
        "<weakref at {:p}; to '{}' at {:p}",
        object.as_ptr(),
        qualified_name(target.ty()),
        target.as_ptr()
    );
    Ok(match name {
        Some(name) if name.is_exact(&STR) || name.ty().has(flags::UNICODE_SUBCLASS) => {
            Str::new(&format!("{start} ({})>", text::lossy(&name)))
        }
        _ => Str::new(&format!("{start}>")),
    })
}

/// `weakref.getweakrefcount(object)`.
pub fn count(object: &Object) -> usize {
    references(object).len()
}

/// The references and proxies to an object, in the order of its list (`weakref.getweakrefs`), borrowed from it.
pub fn references(object: &Object) -> Vec<&WeakRef> {
    let mut all = Vec::new();
    // SAFETY: the list links live references.
    let mut at = list_head(object).and_then(|h| unsafe { h.get().as_ref() });
    while let Some(reference) = at {
        if reference.object.refcount() > 0 {
            all.push(reference);
        }
        at = reference.next();
    }
    all
}
