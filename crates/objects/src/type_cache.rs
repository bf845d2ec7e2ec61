//! The method cache and the version tags of types (Objects/typeobject.c).
//!
//! A type's version tag stands for the contents of all dicts of its MRO; `modified` takes it away from the type and its subclasses.
//! Specialised instructions compare tags, so when a tag is given out, and how often, is CPython's.

use std::cell::Cell;
use std::ptr::null_mut;

use crate::object::Object;
use crate::refs::Owned;
use crate::state;
use crate::typeobject::{Type, flags};
use crate::types::dict;
use crate::types::str::{STR, Str};
use crate::types::tuple::Tuple;
use crate::visit::{Role, Visit};

const SIZE: usize = 4096;
/// Names longer than this are not cached.
const MAX_NAME: isize = 100;
/// How many versions a class can use up.
pub const MAX_VERSIONS_PER_CLASS: u16 = 1000;
/// Tags up to this one are for static types.
pub const MAX_STATIC_TAG: u32 = (1 << 16) - 1;

struct Entry {
    version: Cell<u32>,
    /// Owned, or null.
    name: Cell<*mut Object>,
    /// Borrowed from the class that has it; null for "not there".
    value: Cell<*mut Object>,
}

struct Cache {
    entries: [Entry; SIZE],
    next_static: Cell<u32>,
}

// SAFETY: guarded by the interpreter's lock.
unsafe impl Sync for Cache {}

static CACHE: Cache = Cache {
    entries: [const {
        Entry {
            version: Cell::new(0),
            name: Cell::new(null_mut()),
            value: Cell::new(null_mut()),
        }
    }; SIZE],
    next_static: Cell::new(1),
};

/// Names the cached names as roots.
pub fn visit_cache(visit: &mut Visit<'_>) {
    for entry in &CACHE.entries {
        // SAFETY: null or owned.
        if let Some(name) = unsafe { entry.name.get().as_ref() } {
            visit.edge(Role::Root("method cache"), name);
        }
    }
}

#[inline(always)]
fn entry(version: u32, name: &Object) -> &'static Entry {
    let hash = version ^ (name.as_ptr() as usize >> 3) as u32;
    &CACHE.entries[hash as usize & (SIZE - 1)]
}

#[inline(always)]
fn is_cacheable(name: &Object) -> bool {
    // SAFETY: an exact str.
    name.is_exact(&STR) && unsafe { name.cast::<Str>() }.length.get() <= MAX_NAME
}

/// `_PyType_LookupRef`: through the type's MRO by the method cache; no exception.
#[inline]
pub fn lookup(ty: &Type, name: &Object) -> Option<Owned> {
    let version = ty.version_tag.get();
    let found = entry(version, name);
    if version != 0
        && found.version.get() == version
        && std::ptr::eq(found.name.get(), name.as_ptr())
    {
        // SAFETY: null, or kept alive by the class while the version holds.
        return unsafe { found.value.get().as_ref() }.map(Owned::new);
    }
    lookup_cold(ty, name).0
}

/// `lookup`, and the version tag under which the answer holds; 0 if the type has none (`_PyType_LookupStackRefAndVersion`).
#[inline]
pub fn lookup_and_version(ty: &Type, name: &Object) -> (Option<Owned>, u32) {
    let version = ty.version_tag.get();
    let found = entry(version, name);
    if version != 0
        && found.version.get() == version
        && std::ptr::eq(found.name.get(), name.as_ptr())
    {
        // SAFETY: as in `lookup`.
        let value = unsafe { found.value.get().as_ref() }.map(Owned::new);
        return (value, version);
    }
    lookup_cold(ty, name)
}

#[inline(never)]
fn lookup_cold(ty: &Type, name: &Object) -> (Option<Owned>, u32) {
    let has_version = is_cacheable(name) && assign_version(ty);
    let version = ty.version_tag.get();
    let value = find_in_mro(ty, name);
    if !has_version {
        return (value, 0);
    }
    let place = entry(version, name);
    place.version.set(version);
    place
        .value
        .set(value.as_ref().map_or(null_mut(), Owned::as_ptr));
    name.incref();
    let old = place.name.replace(name.as_ptr());
    if !old.is_null() {
        // SAFETY: the entry owned it.
        unsafe { Object::decref(old) };
    }
    (value, version)
}

/// Looks through the dicts of the MRO without the cache; errors of keys' `__eq__` are dropped.
pub fn find_in_mro(ty: &Type, name: &Object) -> Option<Owned> {
    // SAFETY: null or a live tuple.
    let mro = unsafe { ty.mro.get().as_ref() }?;
    // The class may get another MRO while a key's `__eq__` runs.
    let mro = Owned::new(mro);
    // SAFETY: an MRO is a tuple of types.
    for class in unsafe { mro.cast::<Tuple>() }.items() {
        // SAFETY: as above; a ready type has a dict.
        let class = unsafe { class.cast::<Type>() };
        let Some(namespace) = (unsafe { class.dict.get().as_ref() }) else {
            continue;
        };
        match dict::get(namespace, name) {
            Ok(None) => {}
            Ok(found) => return found,
            Err(_) => {
                crate::error::clear();
                return None;
            }
        }
    }
    None
}

fn set_version(ty: &Type, version: u32) {
    if version != 0 {
        ty.versions_used.set(ty.versions_used.get() + 1);
    }
    ty.version_tag.set(version);
}

/// Gives the type (and its bases) a version tag; false when it cannot have one (`PyUnstable_Type_AssignVersionTag`).
pub fn assign_version(ty: &Type) -> bool {
    if ty.version_tag.get() != 0 {
        return true;
    }
    if !ty.has(flags::READY) || ty.versions_used.get() >= MAX_VERSIONS_PER_CLASS {
        return false;
    }
    // SAFETY: a ready type has a tuple of bases.
    if let Some(bases) = unsafe { ty.bases.get().as_ref() } {
        for base in unsafe { bases.cast::<Tuple>() }.items() {
            // SAFETY: bases are types.
            if !assign_version(unsafe { base.cast::<Type>() }) {
                return false;
            }
        }
    }
    let counter = if ty.has(flags::IMMUTABLETYPE) {
        if CACHE.next_static.get() > MAX_STATIC_TAG {
            return false;
        }
        &CACHE.next_static
    } else {
        let counter = &state::get().next_type_version;
        if counter.get() == 0 {
            return false;
        }
        counter
    };
    let version = counter.get();
    counter.set(version.wrapping_add(1));
    set_version(ty, version);
    true
}

/// The type's attributes changed: its tag and those of its subclasses are void (`PyType_Modified`).
pub fn modified(ty: &Type) {
    if ty.version_tag.get() == 0 {
        return;
    }
    crate::types::r#type::each_subclass(ty, &mut modified);
    ty.version_tag.set(0);
    ty.cache_getitem.set(null_mut());
}

/// The type's MRO or bases changed: a class whose MRO does not come from the plain rules can't be cached (`type_mro_modified`).
pub fn mro_modified(ty: &Type, bases: &Object, has_custom_mro: bool) {
    // SAFETY: `bases` is a tuple of types.
    let all_bases = || {
        unsafe { bases.cast::<Tuple>() }
            .items()
            .iter()
            // SAFETY: bases are types.
            .all(|b| ty.is_subtype(unsafe { b.cast::<Type>() }))
    };
    if has_custom_mro || !all_bases() {
        ty.version_tag.set(0);
        ty.versions_used.set(MAX_VERSIONS_PER_CLASS);
        ty.cache_getitem.set(null_mut());
    }
}

/// Forgets every entry (`PyType_ClearCache`).
pub fn clear() {
    for entry in &CACHE.entries {
        entry.version.set(0);
        entry.value.set(null_mut());
        let name = entry.name.replace(null_mut());
        if !name.is_null() {
            // SAFETY: the entry owned it.
            unsafe { Object::decref(name) };
        }
    }
}
