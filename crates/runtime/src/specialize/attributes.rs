//! LOAD_ATTR, STORE_ATTR and LOAD_SUPER_ATTR.

use terrarium_bytecode::opcode as op;
use terrarium_objects::slot_functions as slots;
use terrarium_objects::typeobject::flags;
use terrarium_objects::types::descriptors::member::{MEMBER_DESCRIPTOR, MemberDescr};
use terrarium_objects::types::descriptors::method::CLASSMETHOD_DESCRIPTOR;
use terrarium_objects::types::descriptors::property::{PROPERTY, Property};
use terrarium_objects::types::dict::{DICT, Dict, managed, table};
use terrarium_objects::types::function::FUNCTION;
use terrarium_objects::types::module::{MODULE, Module};
use terrarium_objects::types::staticmethod_classmethod::CLASSMETHOD;
use terrarium_objects::types::super_object::SUPER;
use terrarium_objects::{MemberKind, Object, Type, names, ops};

use super::{lookup_and_version, set_cache_pointer, set_cache32, settle, simple_function_version};
use crate::interp::cx::Cx;

/// What stands under a name in a type, as far as access through an instance is concerned (`DescriptorClassification`).
#[derive(PartialEq, Eq, Clone, Copy)]
enum Kind {
    Overriding,
    Method,
    Property,
    ObjectSlot,
    OtherSlot,
    NonOverriding,
    BuiltinClassmethod,
    PythonClassmethod,
    NonDescriptor,
    Mutable,
    Absent,
    DunderClass,
    GetsetOverridden,
    GetattributeIsPythonFunction,
}

struct Found<'a> {
    kind: Kind,
    descriptor: Option<&'a Object>,
    /// The type's version; 0 if it has none.
    version: u32,
}

/// Offset of the managed dict's word from the object.
const MANAGED_DICT_OFFSET: isize = -24;

type BinarySlot = fn(&Object, &Object) -> terrarium_objects::PyResult;

fn is_slot(slot: Option<BinarySlot>, function: BinarySlot) -> bool {
    slot.is_some_and(|s| std::ptr::fn_addr_eq(s, function))
}

/// Whether a descriptor is `object.__class__`.
fn is_class_getset(descriptor: &Object) -> bool {
    let (own, _) = lookup_and_version(
        &terrarium_objects::types::object::OBJECT,
        &names().__class__,
    );
    own.is_some_and(|o| o.is(descriptor))
}

fn classify(descriptor: Option<&Object>, has_getattr: bool) -> Kind {
    let Some(descriptor) = descriptor else {
        return Kind::Absent;
    };
    let class = descriptor.ty();
    if !class.has(flags::IMMUTABLETYPE) {
        return Kind::Mutable;
    }
    if class.slots.descr_set.is_some() {
        if std::ptr::eq(class, &MEMBER_DESCRIPTOR) {
            // SAFETY: checked.
            let member = unsafe { descriptor.cast::<MemberDescr>() };
            let is_object = matches!(member.def().kind, MemberKind::Object | MemberKind::ObjectEx);
            return if is_object {
                Kind::ObjectSlot
            } else {
                Kind::OtherSlot
            };
        }
        if std::ptr::eq(class, &PROPERTY) {
            return if has_getattr {
                Kind::GetsetOverridden
            } else {
                Kind::Property
            };
        }
        return Kind::Overriding;
    }
    if class.slots.descr_get.is_some() {
        if class.has(flags::METHOD_DESCRIPTOR) {
            return Kind::Method;
        }
        if std::ptr::eq(class, &CLASSMETHOD_DESCRIPTOR) {
            return Kind::BuiltinClassmethod;
        }
        if std::ptr::eq(class, &CLASSMETHOD) {
            return Kind::PythonClassmethod;
        }
        return Kind::NonOverriding;
    }
    Kind::NonDescriptor
}

fn analyze<'a>(ty: &'a Type, name: &Object, store: bool) -> Found<'a> {
    let overridden = |kind, descriptor, version| Found {
        kind,
        descriptor,
        version,
    };
    let mut has_getattr = false;
    if store {
        let generic = ty.slots.setattro.is_some_and(|s| {
            std::ptr::fn_addr_eq(
                s,
                ops::attribute::generic_set as terrarium_objects::typeobject::AssignFn,
            )
        });
        if !generic {
            return overridden(Kind::GetsetOverridden, None, 0);
        }
    } else if !is_slot(ty.slots.getattro, ops::attribute::generic_get) {
        let hook = is_slot(ty.slots.getattro, slots::slot_getattr_hook);
        let getattro = is_slot(ty.slots.getattro, slots::slot_getattro);
        if !hook && !getattro {
            return overridden(Kind::GetsetOverridden, None, 0);
        }
        let (getattribute, version) = lookup_and_version(ty, &names().__getattribute__);
        let (getattr, _) = lookup_and_version(ty, &names().__getattr__);
        has_getattr = getattr.is_some();
        let (original, _) = lookup_and_version(
            &terrarium_objects::types::object::OBJECT,
            &names().__getattribute__,
        );
        let custom = getattribute.filter(|g| !original.is_some_and(|o| o.is(g)));
        if let Some(custom) = custom {
            if getattro && !has_getattr && custom.is_exact(&FUNCTION) {
                return overridden(Kind::GetattributeIsPythonFunction, Some(custom), version);
            }
            return overridden(Kind::GetsetOverridden, None, version);
        }
    }
    let (descriptor, version) = lookup_and_version(ty, name);
    if descriptor.is_some_and(|d| name.is(&names().__class__) && is_class_getset(d)) {
        return overridden(Kind::DunderClass, descriptor, version);
    }
    overridden(classify(descriptor, has_getattr), descriptor, version)
}

pub fn load_attr(cx: &Cx, name: &Object, wants_method: bool) {
    let owner = cx.peek(1).object();
    let form = if owner.is_exact(&MODULE) {
        module(cx, owner, name)
    } else if owner.ty().has(flags::TYPE_SUBCLASS) {
        class(cx, owner, name)
    } else {
        instance(cx, owner, name, wants_method)
    };
    settle(cx, form);
}

fn module(cx: &Cx, owner: &Object, name: &Object) -> Option<u16> {
    // SAFETY: checked; a module has its dict.
    let dict = unsafe { owner.cast::<Module>().dict.get()?.cast::<Dict>() };
    let keys = dict.keys();
    if !keys.is_unicode() || table::lookup_index(keys, &names().__getattr__) >= 0 {
        return None;
    }
    let index = u16::try_from(table::lookup_index(keys, name)).ok()?;
    let version = Some(keys.version_for_current_state()).filter(|v| *v != 0)?;
    set_cache32(cx, 1, version);
    cx.set_cache(3, index);
    Some(op::LOAD_ATTR_MODULE)
}

fn class(cx: &Cx, owner: &Object, name: &Object) -> Option<u16> {
    // SAFETY: checked.
    let cls = unsafe { owner.cast::<Type>() };
    let metaclass = owner.ty();
    let (on_metaclass, meta_version) = lookup_and_version(metaclass, name);
    let shadowed = !matches!(
        classify(on_metaclass, false),
        Kind::Method
            | Kind::NonDescriptor
            | Kind::NonOverriding
            | Kind::BuiltinClassmethod
            | Kind::PythonClassmethod
            | Kind::Absent
    );
    if shadowed {
        return None;
    }
    let check_metaclass = !metaclass.has(flags::IMMUTABLETYPE);
    if check_metaclass && meta_version == 0 {
        return None;
    }
    let found = analyze(cls, name, false);
    let descriptor = found.descriptor.filter(|_| {
        found.version != 0 && matches!(found.kind, Kind::Method | Kind::NonDescriptor)
    })?;
    set_cache32(cx, 1, found.version);
    set_cache_pointer(cx, 5, descriptor);
    if check_metaclass {
        set_cache32(cx, 3, meta_version);
        return Some(op::LOAD_ATTR_CLASS_WITH_METACLASS_CHECK);
    }
    Some(op::LOAD_ATTR_CLASS)
}

/// Whether an instance attribute may hide the class's, and the version of the shared keys that say so.
fn instance_has_key(owner: &Object, name: &Object) -> (bool, u32) {
    let ty = owner.ty();
    if !ty.has(flags::MANAGED_DICT) {
        return (false, 0);
    }
    if ty.has(flags::INLINE_VALUES) {
        // SAFETY: such types have cached keys.
        let keys = unsafe { managed::cached_keys(ty) };
        return (
            table::lookup_index(keys, name) >= 0,
            keys.version_for_current_state(),
        );
    }
    // SAFETY: the type has a managed dict.
    match unsafe { managed::managed_dict(owner).as_ref() } {
        Some(dict) if dict.is_exact(&DICT) => (
            terrarium_objects::types::dict::get_name(dict, name).is_some(),
            0,
        ),
        _ => (false, 0),
    }
}

fn instance(cx: &Cx, owner: &Object, name: &Object, wants_method: bool) -> Option<u16> {
    let (shadow, keys_version) = instance_has_key(owner, name);
    let ty = owner.ty();
    let found = analyze(ty, name, false);
    if found.version == 0 {
        return None;
    }
    let plain = Dispatch {
        values: op::LOAD_ATTR_INSTANCE_VALUE,
        hint: op::LOAD_ATTR_WITH_HINT,
        store: false,
    };
    match found.kind {
        Kind::Method if shadow => plain.access(cx, owner, name, found.version),
        Kind::Method if wants_method => from_class(cx, owner, &found, true, keys_version),
        Kind::Property if !wants_method => property(cx, &found),
        Kind::ObjectSlot => slot(cx, owner, &found, op::LOAD_ATTR_SLOT),
        Kind::DunderClass => {
            cx.set_cache(3, 8);
            set_cache32(cx, 1, found.version);
            Some(op::LOAD_ATTR_SLOT)
        }
        Kind::GetattributeIsPythonFunction if !wants_method => {
            let function = found.descriptor?;
            let version = simple_function_version(function, 2)?;
            set_cache32(cx, 3, version);
            set_cache_pointer(cx, 5, function);
            set_cache32(cx, 1, found.version);
            Some(op::LOAD_ATTR_GETATTRIBUTE_OVERRIDDEN)
        }
        Kind::NonDescriptor if shadow => plain.access(cx, owner, name, found.version),
        Kind::NonDescriptor if !wants_method => from_class(cx, owner, &found, false, keys_version),
        Kind::Absent => plain.access(cx, owner, name, found.version),
        _ => None,
    }
}

fn property(cx: &Cx, found: &Found<'_>) -> Option<u16> {
    // SAFETY: classified as a property.
    let getter = unsafe { found.descriptor?.cast::<Property>() }.fget.get()?;
    simple_function_version(getter, 1)?;
    set_cache32(cx, 1, found.version);
    set_cache_pointer(cx, 5, getter);
    Some(op::LOAD_ATTR_PROPERTY)
}

fn slot(cx: &Cx, owner: &Object, found: &Found<'_>, form: u16) -> Option<u16> {
    // SAFETY: classified as a member.
    let member = unsafe { found.descriptor?.cast::<MemberDescr>() };
    if !owner.ty().is_subtype(member.descr.owner()) {
        return None;
    }
    cx.set_cache(3, u16::try_from(member.def().offset).ok()?);
    set_cache32(cx, 1, found.version);
    Some(form)
}

/// A method or plain value of the class that no instance attribute hides (`specialize_attr_loadclassattr`).
fn from_class(
    cx: &Cx,
    owner: &Object,
    found: &Found<'_>,
    is_method: bool,
    keys_version: u32,
) -> Option<u16> {
    let ty = owner.ty();
    let pick = |method, value| if is_method { method } else { value };
    let form = if ty.has(flags::INLINE_VALUES) {
        if keys_version == 0 {
            return None;
        }
        set_cache32(cx, 3, keys_version);
        pick(
            op::LOAD_ATTR_METHOD_WITH_VALUES,
            op::LOAD_ATTR_NONDESCRIPTOR_WITH_VALUES,
        )
    } else {
        let offset = if ty.has(flags::MANAGED_DICT) {
            MANAGED_DICT_OFFSET
        } else {
            ty.dictoffset.get()
        };
        if offset == 0 {
            pick(
                op::LOAD_ATTR_METHOD_NO_DICT,
                op::LOAD_ATTR_NONDESCRIPTOR_NO_DICT,
            )
        } else if is_method {
            if !ty.has(flags::MANAGED_DICT)
                && !(0..=i16::MAX as isize + MANAGED_DICT_OFFSET).contains(&offset)
            {
                return None;
            }
            // SAFETY: the offset is that of the instance's dict word.
            let dict = unsafe {
                *owner
                    .as_ptr()
                    .cast::<u8>()
                    .offset(offset)
                    .cast::<*mut Object>()
            };
            if !dict.is_null() {
                return None;
            }
            cx.set_cache(3, (offset - MANAGED_DICT_OFFSET) as u16);
            op::LOAD_ATTR_METHOD_LAZY_DICT
        } else {
            return None;
        }
    };
    set_cache32(cx, 1, found.version);
    set_cache_pointer(cx, 5, found.descriptor?);
    Some(form)
}

/// Access to the instance's own attributes (`specialize_dict_access`).
struct Dispatch {
    values: u16,
    hint: u16,
    store: bool,
}

impl Dispatch {
    fn access(&self, cx: &Cx, owner: &Object, name: &Object, version: u32) -> Option<u16> {
        let ty = owner.ty();
        if !ty.has(flags::MANAGED_DICT) {
            return None;
        }
        // SAFETY: the type has a managed dict; inline values where the flag says so.
        let dict = unsafe { managed::managed_dict(owner).as_ref() };
        let inline = ty.has(flags::INLINE_VALUES)
            && unsafe { managed::inline_values(owner) }.valid.get()
            && !(self.store && dict.is_some());
        if inline {
            // SAFETY: inline values come with shared keys.
            let index = unsafe { managed::shared_index(ty, name) };
            let index = usize::try_from(index).ok()?;
            let slots = unsafe { managed::inline_values(owner) }.slots();
            // SAFETY: one of the inline values.
            let offset = unsafe {
                slots
                    .add(index)
                    .cast::<u8>()
                    .offset_from(owner.as_ptr().cast::<u8>())
            };
            cx.set_cache(3, u16::try_from(offset).ok()?);
            set_cache32(cx, 1, version);
            return Some(self.values);
        }
        let dict = dict.filter(|d| d.is_exact(&DICT))?;
        // SAFETY: checked.
        let data = unsafe { dict.cast::<Dict>() };
        if data.is_split() || !data.keys().is_unicode() {
            return None;
        }
        cx.set_cache(
            3,
            u16::try_from(table::lookup_index(data.keys(), name)).ok()?,
        );
        set_cache32(cx, 1, version);
        Some(self.hint)
    }
}

pub fn store_attr(cx: &Cx, name: &Object) {
    settle(cx, store_form(cx, name));
}

fn store_form(cx: &Cx, name: &Object) -> Option<u16> {
    let owner = cx.peek(1).object();
    if owner.is_exact(&MODULE) {
        return None;
    }
    let found = analyze(owner.ty(), name, true);
    if found.version == 0 {
        return None;
    }
    match found.kind {
        Kind::ObjectSlot => {
            // SAFETY: classified as a member.
            if unsafe { found.descriptor?.cast::<MemberDescr>() }
                .def()
                .readonly
            {
                return None;
            }
            slot(cx, owner, &found, op::STORE_ATTR_SLOT)
        }
        Kind::Absent => {
            let own = Dispatch {
                values: op::STORE_ATTR_INSTANCE_VALUE,
                hint: op::STORE_ATTR_WITH_HINT,
                store: true,
            };
            own.access(cx, owner, name, found.version)
        }
        _ => None,
    }
}

pub fn load_super_attr(cx: &Cx, wants_method: bool) {
    let (callable, class) = (cx.peek(3).object(), cx.peek(2).object());
    let fits = callable.is(SUPER.as_object()) && class.ty().has(flags::TYPE_SUBCLASS);
    settle(
        cx,
        fits.then_some(if wants_method {
            op::LOAD_SUPER_ATTR_METHOD
        } else {
            op::LOAD_SUPER_ATTR_ATTR
        }),
    );
}
