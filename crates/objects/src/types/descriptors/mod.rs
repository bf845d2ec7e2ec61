//! Descriptors: what the dicts of types hold for methods, computed attributes, fields and slots (Objects/descrobject.c).

use crate::alloc::object_memory;
use crate::args::function_text;
use crate::error::{attribute_error_text, type_error};
use crate::field::Field;
use crate::gc;
use crate::object::{Layout, Object};
use crate::ops::{attribute, text};
use crate::refs::{Owned, PyResult};
use crate::typeobject::{GetSetDef, MemberDef, MemberKind, Type, flags};
use crate::types::str::{Str, intern_mortal};
use crate::visit::{Role, Visit};

pub mod getset;
pub mod mappingproxy;
pub mod member;
pub mod method;
pub mod property;
pub mod wrapper;

/// What all descriptors begin with (`PyDescrObject`).
#[repr(C)]
pub struct Descr {
    pub object: Object,
    owner: Field,
    pub name: Field,
    qualname: Field,
}

impl Descr {
    /// The type whose instances it is for.
    #[inline(always)]
    pub fn owner(&self) -> &Type {
        // SAFETY: set at creation to a type, owned until deallocation.
        unsafe { &*self.owner.pointer().cast::<Type>() }
    }

    /// Its name, for messages.
    pub fn name_text(&self) -> String {
        self.name.get().map_or_else(|| "?".into(), text::lossy)
    }

    /// Fails unless `object` is an instance of the owner (`descr_check`).
    #[inline]
    pub fn check(&self, object: &Object) -> PyResult<()> {
        if object.ty().is_subtype(self.owner()) {
            return Ok(());
        }
        Err(type_error(format!(
            "descriptor '{}' for '{}' objects doesn't apply to a '{}' object",
            self.name_text(),
            self.owner().full_name(),
            object.ty().full_name()
        )))
    }
}

/// Memory for a descriptor with its common part filled; the caller writes the rest.
///
/// # Safety
/// `T` begins with `Descr` and is the layout of `ty`; the caller writes the fields behind `Descr`.
unsafe fn new_descr<T: Layout>(ty: &Type, owner: &Type, name: &str) -> *mut T {
    // SAFETY: the size is that of the layout.
    unsafe {
        let object = object_memory(ty, std::mem::size_of::<T>());
        assert!(!object.is_null(), "out of memory for a descriptor");
        let descr = object.cast::<Descr>();
        (&raw mut (*descr).owner).write(Field::new(Some(Owned::new(owner.as_object()))));
        (&raw mut (*descr).name).write(Field::new(Some(intern_mortal(Str::new(name)))));
        (&raw mut (*descr).qualname).write(Field::EMPTY);
        gc::track(&*object);
        object.cast()
    }
}

/// The `dealloc` slot of all descriptors.
unsafe fn dealloc(object: *mut Object) {
    // SAFETY: the count is zero; all descriptors begin with `Descr`.
    unsafe {
        gc::untrack(&*object);
        let descr = &*object.cast::<Descr>();
        descr.owner.clear();
        descr.name.clear();
        descr.qualname.clear();
        crate::alloc::free_object(object);
    }
}

/// The `visit` slot of all descriptors.
unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    // SAFETY: all descriptors begin with `Descr`.
    let descr = unsafe { &*object.as_ptr().cast::<Descr>() };
    if let Some(owner) = descr.owner.get() {
        visit.edge(Role::Field("__objclass__"), owner);
    }
    descr.name.visit_hidden("__name__", visit);
    descr.qualname.visit_hidden("__qualname__", visit);
}

fn descr_of(object: &Object) -> &Descr {
    // SAFETY: called for descriptors only (their getsets check the type).
    unsafe { &*object.as_ptr().cast::<Descr>() }
}

fn repr_as(object: &Object, what: &str) -> PyResult {
    let descr = descr_of(object);
    Ok(Str::new(&format!(
        "<{what} '{}' of '{}' objects>",
        descr.name_text(),
        descr.owner().full_name()
    )))
}

const MEMBERS: &[MemberDef] = &[
    MemberDef {
        name: "__objclass__",
        kind: MemberKind::Object,
        offset: std::mem::offset_of!(Descr, owner),
        readonly: true,
        doc: "",
    },
    MemberDef {
        name: "__name__",
        kind: MemberKind::Object,
        offset: std::mem::offset_of!(Descr, name),
        readonly: true,
        doc: "",
    },
];

const QUALNAME: GetSetDef = GetSetDef::read("__qualname__", get_qualname, "");

fn get_qualname(object: &Object) -> PyResult {
    let descr = descr_of(object);
    if descr.qualname.is_empty() {
        let owner = attribute::get(descr.owner().as_object(), &crate::names().__qualname__)?;
        if !owner.ty().has(flags::UNICODE_SUBCLASS) {
            return Err(type_error(
                "<descriptor>.__objclass__.__qualname__ is not a unicode object",
            ));
        }
        let full = format!("{}.{}", text::lossy(&owner), descr.name_text());
        descr.qualname.set(Some(Str::new(&full)));
    }
    Ok(descr.qualname.or_none())
}

/// `__reduce__` of methods and wrappers: `getattr(owner, name)`.
fn reduce(object: &Object) -> PyResult {
    let descr = descr_of(object);
    let getattr = crate::types::module::builtin("getattr")?;
    let args = crate::types::tuple::from_refs(&[
        descr.owner().as_object(),
        descr.name.get().unwrap_or(crate::none()),
    ]);
    Ok(crate::types::tuple::from_owned(vec![getattr, args]))
}

/// The part of a built-in doc string behind its signature (`_PyType_GetDocFromInternalDoc`).
pub fn doc_without_signature<'a>(name: &str, doc: &'a str) -> &'a str {
    match find_signature(name, doc).and_then(skip_signature) {
        Some(end) => end,
        None => doc,
    }
}

/// The signature a built-in doc string starts with: `($self, x, /)` (`_PyType_GetTextSignatureFromInternalDoc`).
pub fn text_signature<'a>(name: &str, doc: &'a str) -> Option<&'a str> {
    let start = find_signature(name, doc)?;
    let rest = skip_signature(start)?;
    let end = start.len() - rest.len() - SIGNATURE_END.len();
    Some(&start[..end + 1])
}

const SIGNATURE_END: &str = ")\n--\n\n";

fn find_signature<'a>(name: &str, doc: &'a str) -> Option<&'a str> {
    let name = name.rsplit('.').next().unwrap_or(name);
    let rest = doc.strip_prefix(name)?;
    rest.starts_with('(').then_some(rest)
}

fn skip_signature(text: &str) -> Option<&str> {
    let end = text.find(SIGNATURE_END)?;
    // A blank line ends the search: what follows is prose.
    if text[..end].contains("\n\n") {
        return None;
    }
    Some(&text[end + SIGNATURE_END.len()..])
}

/// A doc string as `__doc__` shows it.
pub fn doc_object(name: &str, doc: &str) -> Owned {
    let shown = doc_without_signature(name, doc);
    if doc.is_empty() {
        crate::none_owned()
    } else {
        Str::new(shown)
    }
}

/// A signature as `__text_signature__` shows it.
pub fn signature_object(name: &str, doc: &str) -> Owned {
    match text_signature(name, doc) {
        Some(signature) => Str::new(signature),
        None => crate::none_owned(),
    }
}

/// Raises AttributeError: "attribute 'x' of 'T' objects is not writable".
#[cold]
fn not_allowed(descr: &Descr, what: &str) -> crate::Raised {
    attribute_error_text(format!(
        "attribute '{}' of '{}' objects is not {what}",
        descr.name_text(),
        descr.owner().full_name()
    ))
}

/// Fails where keywords are given to a function that takes none.
#[inline]
pub fn check_no_keywords(callable: &Object, kwnames: Option<&Object>) -> PyResult<()> {
    match kwnames {
        Some(names) if crate::args::tuple_len(names) != 0 => Err(type_error(format!(
            "{} takes no keyword arguments",
            function_text(callable)
        ))),
        _ => Ok(()),
    }
}
