//! What a new class adds to the layout of its instances: `__slots__`, the dict, the list of weak references.

use std::cell::Cell;

use crate::error::{attribute_error_text, type_error, value_error};
use crate::object::Object;
use crate::ops::sequence;
use crate::refs::{Owned, PyResult};
use crate::state::root;
use crate::typeobject::*;
use crate::types::dict::{self, managed};
use crate::types::str::{self, Str};
use crate::types::tuple::{self, Tuple};
use crate::types::r#type::as_type;
use crate::{names, ops::text};

/// Where a type with managed weak references has their list, from the object.
pub const MANAGED_WEAKREF_OFFSET: isize = -32;

/// What the class statement asked for.
pub struct Plan {
    /// Mangled names of the member slots, sorted; empty too if there is no `__slots__`.
    pub names: Vec<Owned>,
    /// The tuple of these names, if there is a `__slots__`.
    pub slots: Option<Owned>,
    pub add_dict: bool,
    pub add_weak: bool,
}

impl Plan {
    pub fn new(name: &Object, base: &Type, bases: &Object, namespace: &Object) -> PyResult<Plan> {
        let may_dict = base.dictoffset.get() == 0;
        let may_weak = base.weaklistoffset.get() == 0 && base.itemsize.get() == 0;
        let Some(given) = dict::get(namespace, &names().__slots__)? else {
            return Ok(Plan {
                names: Vec::new(),
                slots: None,
                add_dict: may_dict,
                add_weak: may_weak,
            });
        };
        let slots = if str::is_str(&given) {
            tuple::from_owned(vec![given])
        } else {
            let given = root("__slots__", given);
            sequence::to_tuple(&given)?
        };
        // SAFETY: just made a tuple.
        let items = unsafe { slots.cast::<Tuple>() }.items();
        if !items.is_empty() && base.itemsize.get() != 0 {
            return Err(type_error(format!(
                "nonempty __slots__ not supported for subtype of '{}'",
                base.full_name()
            )));
        }
        let (add_dict, add_weak) = special_slots(items, may_dict, may_weak)?;
        let mut mangled = mangle_all(name, items, namespace)?;
        mangled.sort_by(|a, b| str::cast(a).wtf8().cmp(&str::cast(b).wtf8()));
        let mut plan = Plan {
            slots: Some(tuple::from_owned(mangled.clone())),
            names: mangled,
            add_dict,
            add_weak,
        };
        plan.add_from_bases(base, bases, may_dict, may_weak);
        Ok(plan)
    }

    /// Secondary bases may bring a dict or weak references.
    fn add_from_bases(&mut self, primary: &Type, bases: &Object, may_dict: bool, may_weak: bool) {
        // SAFETY: a tuple of types.
        let bases = unsafe { bases.cast::<Tuple>() }.items();
        if bases.len() < 2 {
            return;
        }
        for base in bases.iter().filter_map(|b| as_type(b)) {
            if std::ptr::eq(base, primary) {
                continue;
            }
            self.add_dict |= may_dict && base.dictoffset.get() != 0;
            self.add_weak |= may_weak && base.weaklistoffset.get() != 0;
        }
    }
}

/// Checks the names and finds `__dict__` and `__weakref__` among them.
fn special_slots(items: &[Owned], may_dict: bool, may_weak: bool) -> PyResult<(bool, bool)> {
    let (mut dict, mut weak) = (false, false);
    for item in items {
        if !str::is_str(item) {
            return Err(type_error(format!(
                "__slots__ items must be strings, not '{}'",
                item.ty().full_name()
            )));
        }
        if !str::classify::is_identifier(str::cast(item)) {
            return Err(type_error("__slots__ must be identifiers"));
        }
        for (name, may, found) in [
            ("__dict__", may_dict, &mut dict),
            ("__weakref__", may_weak, &mut weak),
        ] {
            if str::cast(item).is_text(name) {
                if !may || *found {
                    return Err(type_error(format!(
                        "{name} slot disallowed: we already got one"
                    )));
                }
                *found = true;
            }
        }
    }
    Ok((dict, weak))
}

fn mangle_all(class: &Object, items: &[Owned], namespace: &Object) -> PyResult<Vec<Owned>> {
    let mut result = Vec::with_capacity(items.len());
    for item in items {
        let text = str::cast(item);
        if text.is_text("__dict__") || text.is_text("__weakref__") {
            continue;
        }
        let mangled = mangle(class, item);
        let text = str::cast(&mangled);
        let internal = ["__qualname__", "__classcell__", "__classdictcell__"];
        if dict::contains(namespace, &mangled)? && !internal.iter().any(|n| text.is_text(n)) {
            return Err(value_error(format!(
                "{} in __slots__ conflicts with class variable",
                text::lossy(&*text::repr(&mangled)?)
            )));
        }
        result.push(mangled);
    }
    Ok(result)
}

/// A private name gets the class's name in front (`_Py_Mangle`).
pub fn mangle(class: &Object, name: &Object) -> Owned {
    let text = str::cast(name).wtf8().into_owned();
    let class = str::cast(class).wtf8().into_owned();
    let stripped: &[u8] = match class.iter().position(|&b| b != b'_') {
        Some(at) => &class[at..],
        None => b"",
    };
    if !text.starts_with(b"__")
        || text.ends_with(b"__")
        || text.contains(&b'.')
        || stripped.is_empty()
    {
        return Owned::new(name);
    }
    let mut result = vec![b'_'];
    result.extend_from_slice(stripped);
    result.extend_from_slice(&text);
    Str::from_wtf8(&result)
}

/// Lays out the instances: member slots behind the base's body, the flags of managed dict and weak references, and the descriptors that
/// `ready` will enter (`type_new_descriptors`, `type_new_set_slots`).
pub fn apply(ty: &Type, plan: Plan, base: &Type) {
    let mut offset = base.basicsize.get() as usize;
    let mut members = Vec::with_capacity(plan.names.len());
    for name in &plan.names {
        let text: &'static std::primitive::str =
            Box::leak(str::cast(name).lossy().into_owned().into_boxed_str());
        members.push(MemberDef {
            name: text,
            kind: MemberKind::ObjectEx,
            offset,
            readonly: false,
            doc: "",
        });
        offset += std::mem::size_of::<usize>();
    }
    if let Some(slots) = plan.slots {
        ty.ht_slots.set(slots.into_raw());
    }
    if plan.add_weak {
        ty.flags.set(ty.flags.get() | flags::MANAGED_WEAKREF);
        ty.weaklistoffset.set(MANAGED_WEAKREF_OFFSET);
    }
    if plan.add_dict {
        ty.flags.set(ty.flags.get() | flags::MANAGED_DICT);
        ty.dictoffset.set(-1);
    }
    ty.basicsize.set(offset as isize);
    ty.itemsize.set(base.itemsize.get());
    ty.members.set(Box::leak(members.into_boxed_slice()));
    // A class may define the name itself.
    let defines = |name: &str| {
        super::field(&ty.dict).is_some_and(|d| crate::types::dict::get_str(d, name).is_some())
    };
    let shows_dict = plan.add_dict && !defines("__dict__");
    let shows_weak = plan.add_weak && !defines("__weakref__");
    ty.getset.set(match (shows_dict, shows_weak) {
        (true, true) => &[DICT, WEAKREF],
        (true, false) => &[DICT],
        (false, true) => &[WEAKREF],
        (false, false) => &[],
    });
}

/// Frees the member table of a dying class.
pub fn drop_members(ty: &Type) {
    let members: *const [MemberDef] = ty.members.replace(&[]);
    // SAFETY: `apply` leaked them for this class; no descriptor of it is left.
    unsafe {
        for member in &*members {
            let name: *const std::primitive::str = member.name;
            if !(&*name).is_empty() {
                drop(Box::from_raw(name.cast_mut()));
            }
        }
        if !(&*members).is_empty() {
            drop(Box::from_raw(members.cast_mut()));
        }
    }
}

/// The shared keys and inline values of a class whose instances have a managed dict (`type_ready_managed_dict`).
pub fn ready_managed_dict(ty: &Type) {
    if !ty.has(flags::MANAGED_DICT) {
        return;
    }
    if ty.ht_cached_keys.get().is_null() {
        ty.ht_cached_keys
            .set(managed::new_keys_for_class(super::field(&ty.dict)));
    }
    if ty.itemsize.get() == 0 {
        ty.flags.set(ty.flags.get() | flags::INLINE_VALUES);
    }
}

const DICT: GetSetDef = GetSetDef {
    name: "__dict__",
    get: Some(get_dict),
    set: Some(set_dict),
    doc: "",
};
const WEAKREF: GetSetDef = GetSetDef::read("__weakref__", get_weakref, "");

/// The nearest built-in base that has a `__dict__` of its own.
fn builtin_base_with_dict(ty: &Type) -> Option<&Type> {
    let mut at = ty;
    while let Some(base) = at.base() {
        if at.dictoffset.get() != 0 && !at.is_heap() {
            return Some(at);
        }
        at = base;
    }
    None
}

fn base_descriptor(object: &Object, base: &Type) -> PyResult<Owned> {
    crate::type_cache::lookup(base, &names().__dict__)
        .filter(|d| d.ty().slots.descr_get.is_some())
        .ok_or_else(|| {
            type_error(format!(
                "this __dict__ descriptor does not support '{}' objects",
                object.ty().full_name()
            ))
        })
}

fn get_dict(object: &Object) -> PyResult {
    if let Some(base) = builtin_base_with_dict(object.ty()) {
        let descriptor = base_descriptor(object, base)?;
        if let Some(get) = descriptor.ty().slots.descr_get {
            return get(&descriptor, Some(object), Some(object.ty().as_object()));
        }
    }
    managed::generic_get_dict(object)
}

fn set_dict(object: &Object, value: Option<&Object>) -> PyResult<()> {
    if let Some(base) = builtin_base_with_dict(object.ty()) {
        let descriptor = base_descriptor(object, base)?;
        if let Some(set) = descriptor.ty().slots.descr_set {
            return set(&descriptor, object, value);
        }
    }
    generic_set_dict(object, value)
}

/// `object.__dict__ = value` (`PyObject_GenericSetDict`); `None` takes the dict away.
pub fn generic_set_dict(object: &Object, value: Option<&Object>) -> PyResult<()> {
    let ty = object.ty();
    let place = if ty.has(flags::MANAGED_DICT) {
        None
    } else {
        Some(
            managed::dict_pointer(object)
                .ok_or_else(|| attribute_error_text("This object has no __dict__"))?,
        )
    };
    if let Some(value) = value
        && !value.ty().has(flags::DICT_SUBCLASS)
    {
        return Err(type_error(format!(
            "__dict__ must be set to a dictionary, not a '{}'",
            value.ty().full_name()
        )));
    }
    match place {
        // SAFETY: the flag.
        None => unsafe { managed::set_managed_dict(object, value) },
        Some(place) => {
            // SAFETY: the word of the instance's dict.
            let place = unsafe { &*place.cast::<Cell<*mut Object>>() };
            let fresh = value.map_or(std::ptr::null_mut(), |v| Owned::new(v).into_raw());
            let old = place.replace(fresh);
            if !old.is_null() {
                // SAFETY: the instance owned it.
                unsafe { Object::decref(old) };
            }
        }
    }
    Ok(())
}

fn get_weakref(object: &Object) -> PyResult {
    let offset = object.ty().weaklistoffset.get();
    if offset == 0 {
        return Err(attribute_error_text("This object has no __weakref__"));
    }
    // SAFETY: the offset says that the word is there; the head of the list is a weak reference or null.
    let head = unsafe { (*object.as_ptr().byte_offset(offset).cast::<*mut Object>()).as_ref() };
    Ok(Owned::new(head.unwrap_or(crate::none())))
}
