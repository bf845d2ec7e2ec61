//! LOAD_ATTR, STORE_ATTR, LOAD_SUPER_ATTR and their specialised forms.
//!
//! Cache entries of LOAD_ATTR: 0 counter, 1-2 type version, 3-4 keys or metaclass version, 5-8 descriptor (Include/internal/pycore_code.h).

use std::cell::Cell;

use terrarium_bytecode::code::flags as co;
use terrarium_objects::typeobject::flags;
use terrarium_objects::types::dict::{Dict, keys::DictKeys, managed, values::DictValues};
use terrarium_objects::types::function::Function;
use terrarium_objects::types::module::{MODULE, Module};
use terrarium_objects::types::super_object::{self, SUPER};
use terrarium_objects::{Object, Raised, Type, Word, ops, words};

use super::calls;
use super::cx::{Cx, Flow};
use crate::specialize;

const CACHES: usize = 9;
const STORE_CACHES: usize = 4;

/// `(owner -- attribute, (self or null))`; the lowest bit of the argument asks for a method to call.
pub unsafe fn load_attr(cx: &mut Cx, oparg: u32) -> Flow {
    let name = cx.name(oparg >> 1);
    if cx.specialise_now() {
        specialize::attributes::load_attr(cx, name, oparg & 1 != 0);
        return Flow::Again;
    }
    cx.save();
    let owner = cx.peek(1).object();
    if oparg & 1 == 0 {
        let result = ops::attribute::get(owner, name);
        return cx.finish(1, CACHES, result);
    }
    match ops::attribute::get_method(owner, name) {
        Ok((method, true)) => {
            let owner = cx.pop();
            cx.push_owned(method);
            cx.push(owner);
            cx.advance(CACHES)
        }
        Ok((attribute, false)) => {
            cx.close_top_holding(1, attribute.as_ptr());
            cx.push_owned(attribute);
            cx.push(Word::NULL);
            cx.advance(CACHES)
        }
        Err(Raised) => {
            cx.close_top(1);
            Flow::Error
        }
    }
}

#[inline(always)]
fn type_fits(cx: &Cx, owner: &Object) -> bool {
    owner.ty().version_tag.get() == cx.cache32(1)
}

/// Replaces the owner by an attribute (and a null behind it when the argument asks).
#[inline(always)]
fn replace_owner(cx: &mut Cx, attribute: Word, oparg: u32) -> Flow {
    let owner = cx.pop();
    cx.push(attribute);
    if owner.is_counted() {
        cx.save();
        // SAFETY: the slot owned it.
        unsafe { owner.close() };
    }
    if oparg & 1 != 0 {
        cx.push(Word::NULL);
    }
    cx.advance(CACHES)
}

#[inline(always)]
fn inline_values(owner: &Object) -> &DictValues {
    // SAFETY: the type has inline values (the specialiser checked, the version says it still does).
    unsafe {
        &*owner
            .as_ptr()
            .cast::<u8>()
            .add(owner.ty().basicsize.get() as usize)
            .cast::<DictValues>()
    }
}

/// The word at a byte offset in the owner.
// SAFETY: `offset` is that of a member of the owner, by its type's version.
#[inline(always)]
unsafe fn word_at(owner: &Object, offset: u16) -> *mut *mut Object {
    unsafe { owner.as_ptr().cast::<u8>().add(offset as usize).cast() }
}

#[inline(always)]
pub unsafe fn load_attr_instance_value(cx: &mut Cx, oparg: u32) -> Flow {
    let owner = cx.peek(1).object();
    if !type_fits(cx, owner) || !inline_values(owner).valid.get() {
        return Flow::Deopt;
    }
    // SAFETY: the offset is that of one of the inline values.
    let Some(value) = (unsafe { (*word_at(owner, cx.cache(3))).as_ref() }) else {
        return Flow::Deopt;
    };
    let value = Word::new(value);
    replace_owner(cx, value, oparg)
}

#[inline(always)]
pub unsafe fn load_attr_slot(cx: &mut Cx, oparg: u32) -> Flow {
    let owner = cx.peek(1).object();
    if !type_fits(cx, owner) {
        return Flow::Deopt;
    }
    // SAFETY: the offset is that of a member of this type.
    let Some(value) = (unsafe { (*word_at(owner, cx.cache(3))).as_ref() }) else {
        return Flow::Deopt;
    };
    let value = Word::new(value);
    replace_owner(cx, value, oparg)
}

#[inline(always)]
fn keys_of(dict: &Object) -> &DictKeys {
    // SAFETY: callers pass dicts.
    unsafe { &*dict.cast::<Dict>().keys.get().cast::<DictKeys>() }
}

#[inline(always)]
pub unsafe fn load_attr_module(cx: &mut Cx, oparg: u32) -> Flow {
    let owner = cx.peek(1).object();
    if !owner.is_exact(&MODULE) {
        return Flow::Deopt;
    }
    // SAFETY: a module always has its dict.
    let Some(dict) = (unsafe { owner.cast::<Module>() }).dict.get() else {
        return Flow::Deopt;
    };
    let keys = keys_of(dict);
    if keys.version.get() != cx.cache32(1) {
        return Flow::Deopt;
    }
    // SAFETY: the version says that the index is one of the entries; null or owned.
    let Some(value) = (unsafe {
        (*keys.unicode_entries().add(cx.cache(3) as usize))
            .value
            .as_ref()
    }) else {
        return Flow::Deopt;
    };
    let value = Word::new(value);
    replace_owner(cx, value, oparg)
}

/// Value slot of the hinted entry of the owner's dict, if its key is `name`.
// SAFETY: the type of `owner` has a managed dict.
#[inline(always)]
unsafe fn hinted_slot(owner: &Object, hint: usize, name: &Object) -> Option<*mut *mut Object> {
    unsafe {
        let dict = managed::managed_dict(owner).as_ref()?;
        let keys = keys_of(dict);
        if hint >= keys.nentries.get() as usize
            || !keys.is_unicode()
            || !dict.cast::<Dict>().values.get().is_null()
        {
            return None;
        }
        let entry = keys.unicode_entries().add(hint);
        if !std::ptr::eq((*entry).key, name) || (*entry).value.is_null() {
            return None;
        }
        Some(&raw mut (*entry).value)
    }
}

#[inline(always)]
pub unsafe fn load_attr_with_hint(cx: &mut Cx, oparg: u32) -> Flow {
    let owner = cx.peek(1).object();
    if !type_fits(cx, owner) {
        return Flow::Deopt;
    }
    let name = cx.name(oparg >> 1);
    let Some(slot) = (unsafe { hinted_slot(owner, cx.cache(3) as usize, name) }) else {
        return Flow::Deopt;
    };
    let value = Word::new(unsafe { &**slot });
    replace_owner(cx, value, oparg)
}

/// The descriptor kept in the cache: borrowed from the type, valid while the type's version is.
#[inline(always)]
fn cached_object(cx: &Cx) -> &'static Object {
    // SAFETY: written by the specialiser; guarded by the version.
    unsafe { &*(cx.cache64(5) as *const Object) }
}

#[inline(always)]
fn class_fits(cx: &Cx, owner: &Object) -> bool {
    // SAFETY: instances of `type` start with `Type`.
    owner.ty().has(flags::TYPE_SUBCLASS)
        && unsafe { owner.cast::<Type>() }.version_tag.get() == cx.cache32(1)
}

#[inline(always)]
pub unsafe fn load_attr_class(cx: &mut Cx, oparg: u32) -> Flow {
    if !class_fits(cx, cx.peek(1).object()) {
        return Flow::Deopt;
    }
    let value = Word::new(cached_object(cx));
    replace_owner(cx, value, oparg)
}

#[inline(always)]
pub unsafe fn load_attr_class_with_metaclass_check(cx: &mut Cx, oparg: u32) -> Flow {
    let owner = cx.peek(1).object();
    if !class_fits(cx, owner) || owner.ty().version_tag.get() != cx.cache32(3) {
        return Flow::Deopt;
    }
    let value = Word::new(cached_object(cx));
    replace_owner(cx, value, oparg)
}

/// A property whose getter is Python: entered without leaving the loop.
#[inline(always)]
pub unsafe fn load_attr_property(cx: &mut Cx, _: u32) -> Flow {
    if !type_fits(cx, cx.peek(1).object()) {
        return Flow::Deopt;
    }
    let getter = cached_object(cx);
    // SAFETY: the specialiser saw a function.
    let code = unsafe { getter.cast::<Function>() }.code();
    let plain = code.flags.get() & (co::VARKEYWORDS | co::VARARGS | co::OPTIMIZED) == co::OPTIMIZED;
    if !plain
        || code.kwonlyargcount.get() != 0
        || code.argcount.get() != 1
        || !calls::has_uncounted_room(getter, false)
    {
        return Flow::Deopt;
    }
    let owner = cx.pop();
    unsafe { calls::enter(cx, Word::new(getter), &[owner], 1 + CACHES) };
    Flow::Next
}

/// A Python `__getattribute__`.
#[inline(always)]
pub unsafe fn load_attr_getattribute_overridden(cx: &mut Cx, oparg: u32) -> Flow {
    if !type_fits(cx, cx.peek(1).object()) {
        return Flow::Deopt;
    }
    let function = cached_object(cx);
    // SAFETY: the specialiser saw a function.
    if unsafe { function.cast::<Function>() }.version.get() != cx.cache32(3) || !calls::has_room() {
        return Flow::Deopt;
    }
    let name = Word::new(cx.name(oparg >> 1));
    let owner = cx.pop();
    unsafe { calls::enter(cx, Word::new(function), &[owner, name], 1 + CACHES) };
    Flow::Next
}

/// No instance attribute can shadow the class's: inline values whose shared keys are unchanged.
#[inline(always)]
fn values_fit(cx: &Cx, owner: &Object) -> bool {
    if !type_fits(cx, owner) || !inline_values(owner).valid.get() {
        return false;
    }
    // SAFETY: types with inline values have cached keys.
    let keys = unsafe { &*owner.ty().ht_cached_keys.get().cast::<DictKeys>() };
    keys.version.get() == cx.cache32(3)
}

/// Puts the method below its owner, which becomes self.
#[inline(always)]
fn push_method(cx: &mut Cx) -> Flow {
    let method = Word::new(cached_object(cx));
    let owner = cx.pop();
    cx.push(method);
    cx.push(owner);
    cx.advance(CACHES)
}

#[inline(always)]
pub unsafe fn load_attr_method_with_values(cx: &mut Cx, _: u32) -> Flow {
    if !values_fit(cx, cx.peek(1).object()) {
        return Flow::Deopt;
    }
    push_method(cx)
}

#[inline(always)]
pub unsafe fn load_attr_method_no_dict(cx: &mut Cx, _: u32) -> Flow {
    if !type_fits(cx, cx.peek(1).object()) {
        return Flow::Deopt;
    }
    push_method(cx)
}

#[inline(always)]
pub unsafe fn load_attr_method_lazy_dict(cx: &mut Cx, _: u32) -> Flow {
    let owner = cx.peek(1).object();
    if !type_fits(cx, owner) || !unsafe { managed::managed_dict(owner) }.is_null() {
        return Flow::Deopt;
    }
    push_method(cx)
}

#[inline(always)]
pub unsafe fn load_attr_nondescriptor_with_values(cx: &mut Cx, _: u32) -> Flow {
    if !values_fit(cx, cx.peek(1).object()) {
        return Flow::Deopt;
    }
    let value = Word::new(cached_object(cx));
    replace_owner(cx, value, 0)
}

#[inline(always)]
pub unsafe fn load_attr_nondescriptor_no_dict(cx: &mut Cx, _: u32) -> Flow {
    if !type_fits(cx, cx.peek(1).object()) {
        return Flow::Deopt;
    }
    let value = Word::new(cached_object(cx));
    replace_owner(cx, value, 0)
}

/// `(value, owner -- )`
pub unsafe fn store_attr(cx: &mut Cx, oparg: u32) -> Flow {
    let name = cx.name(oparg);
    if cx.specialise_now() {
        specialize::attributes::store_attr(cx, name);
        return Flow::Again;
    }
    cx.save();
    let result = ops::attribute::set(cx.peek(1).object(), name, Some(cx.peek(2).object()));
    cx.finish_unit(2, STORE_CACHES, result)
}

/// Stores into `slot` and gives up the owner, then the old value.
#[inline(always)]
unsafe fn replace_value(cx: &mut Cx, slot: *mut *mut Object) -> Flow {
    unsafe {
        let owner = cx.pop();
        let value = cx.pop().into_owned();
        let old = std::mem::replace(&mut *slot, value.into_raw());
        if owner.is_counted() || !old.is_null() {
            cx.save();
            owner.close();
            if !old.is_null() {
                Object::decref(old);
            }
        }
    }
    cx.advance(STORE_CACHES)
}

#[inline(always)]
pub unsafe fn store_attr_instance_value(cx: &mut Cx, _: u32) -> Flow {
    let owner = cx.peek(1).object();
    if !type_fits(cx, owner)
        || !unsafe { managed::managed_dict(owner) }.is_null()
        || !inline_values(owner).valid.get()
    {
        return Flow::Deopt;
    }
    unsafe {
        let slot = word_at(owner, cx.cache(3));
        if (*slot).is_null() {
            let values = inline_values(owner);
            values.added(slot.offset_from(values.slots()) as usize);
        }
        replace_value(cx, slot)
    }
}

#[inline(always)]
pub unsafe fn store_attr_slot(cx: &mut Cx, _: u32) -> Flow {
    let owner = cx.peek(1).object();
    if !type_fits(cx, owner) {
        return Flow::Deopt;
    }
    unsafe {
        let slot = word_at(owner, cx.cache(3));
        replace_value(cx, slot)
    }
}

#[inline(always)]
pub unsafe fn store_attr_with_hint(cx: &mut Cx, oparg: u32) -> Flow {
    let owner = cx.peek(1).object();
    if !type_fits(cx, owner) {
        return Flow::Deopt;
    }
    let name = cx.name(oparg);
    unsafe {
        let Some(slot) = hinted_slot(owner, cx.cache(3) as usize, name) else {
            return Flow::Deopt;
        };
        replace_value(cx, slot)
    }
}

/// `(owner -- )`
pub unsafe fn delete_attr(cx: &mut Cx, oparg: u32) -> Flow {
    cx.save();
    let result = ops::attribute::set(cx.peek(1).object(), cx.name(oparg), None);
    cx.finish_unit(1, 0, result)
}

/// `(super, class, self -- attribute, (null))`
pub unsafe fn load_super_attr(cx: &mut Cx, oparg: u32) -> Flow {
    if cx.specialise_now() {
        specialize::attributes::load_super_attr(cx, oparg & 1 != 0);
        return Flow::Again;
    }
    cx.save();
    let (callable, class, receiver) = (
        cx.peek(3).object(),
        cx.peek(2).object(),
        cx.peek(1).object(),
    );
    let pair = words([class, receiver]);
    let made = ops::call::call(callable, if oparg & 2 != 0 { &pair } else { &[] }, None);
    cx.close_top_holding(3, super::cx::pointer_of(&made));
    let result = made.and_then(|made| ops::attribute::get(&made, cx.name(oparg >> 2)));
    match result {
        Ok(attribute) => {
            cx.push_owned(attribute);
            if oparg & 1 != 0 {
                cx.push(Word::NULL);
            }
            cx.advance(1)
        }
        Err(Raised) => Flow::Error,
    }
}

#[inline(always)]
fn super_fits(cx: &Cx) -> bool {
    cx.peek(3).object().is(SUPER.as_object()) && cx.peek(2).object().ty().has(flags::TYPE_SUBCLASS)
}

pub unsafe fn load_super_attr_attr(cx: &mut Cx, oparg: u32) -> Flow {
    if !super_fits(cx) {
        return Flow::Deopt;
    }
    cx.save();
    // SAFETY: checked to be a type.
    let class = unsafe { cx.peek(2).object().cast::<Type>() };
    let result =
        super_object::lookup_attribute(class, cx.peek(1).object(), cx.name(oparg >> 2), None);
    cx.finish(3, 1, result)
}

/// `(super, class, self -- method, self or null)`
pub unsafe fn load_super_attr_method(cx: &mut Cx, oparg: u32) -> Flow {
    if !super_fits(cx) {
        return Flow::Deopt;
    }
    cx.save();
    // SAFETY: checked to be a type.
    let class = unsafe { cx.peek(2).object().cast::<Type>() };
    let receiver = cx.peek(1);
    let generic = receiver.object().ty().slots.getattro.is_some_and(|f| {
        std::ptr::fn_addr_eq(f, ops::attribute::generic_get as fn(&Object, &Object) -> _)
    });
    let is_method = Cell::new(false);
    let wants = generic.then_some(&is_method);
    let Ok(attribute) =
        super_object::lookup_attribute(class, receiver.object(), cx.name(oparg >> 2), wants)
    else {
        return Flow::Error;
    };
    let is_method = is_method.get();
    cx.drop_words(1);
    let (class, callable) = (cx.pop(), cx.pop());
    cx.push_owned(attribute);
    cx.push(if is_method { receiver } else { Word::NULL });
    cx.save();
    unsafe {
        if !is_method {
            receiver.close();
        }
        class.close();
        callable.close();
    }
    cx.advance(1)
}
