//! Names of module and class bodies, globals, built-ins.

use terrarium_objects::types::dict::{self, DICT, Dict};
use terrarium_objects::{Object, Owned, PyResult, Raised, Word, error, names, ops, types};

use super::cx::{Cx, Flow};
use crate::{imports, specialize, unwind};

/// `( -- value)`: namespace, then globals, then built-ins.
pub unsafe fn load_name(cx: &mut Cx, oparg: u32) -> Flow {
    cx.save();
    let name = cx.name(oparg);
    let Some(namespace) = cx.namespace() else {
        error::system_error("no locals");
        return Flow::Error;
    };
    let found = ops::mapping::get_optional_item(namespace, name).and_then(|found| match found {
        Some(value) => Ok(Some(value)),
        None => global_or_builtin(cx, name),
    });
    push_or_name_error(cx, 0, name, found)
}

fn push_or_name_error(
    cx: &mut Cx,
    inputs: usize,
    name: &Object,
    found: PyResult<Option<Owned>>,
) -> Flow {
    match found {
        Ok(Some(value)) => cx.finish(inputs, 0, Ok(value)),
        Ok(None) => {
            unwind::name_error(name);
            Flow::Error
        }
        Err(Raised) => Flow::Error,
    }
}

fn global_or_builtin(cx: &Cx, name: &Object) -> PyResult<Option<Owned>> {
    if let Some(value) = dict::get(cx.globals(), name)? {
        return Ok(Some(value));
    }
    ops::mapping::get_optional_item(cx.builtins(), name)
}

/// `(class_dict -- value)`
pub unsafe fn load_from_dict_or_globals(cx: &mut Cx, oparg: u32) -> Flow {
    cx.save();
    let name = cx.name(oparg);
    let found =
        ops::mapping::get_optional_item(cx.peek(1).object(), name).and_then(|found| match found {
            Some(value) => Ok(Some(value)),
            // Annotations are evaluated with globals of a dict's subclass, whose `__missing__` counts here.
            None if !cx.globals().is_exact(&DICT) => {
                match ops::mapping::get_optional_item(cx.globals(), name)? {
                    Some(value) => Ok(Some(value)),
                    None => ops::mapping::get_optional_item(cx.builtins(), name),
                }
            }
            None => global_or_builtin(cx, name),
        });
    push_or_name_error(cx, 1, name, found)
}

/// `(value -- )`
pub unsafe fn store_name(cx: &mut Cx, oparg: u32) -> Flow {
    cx.save();
    let name = cx.name(oparg);
    let value = cx.peek(1).object();
    let result = match cx.namespace() {
        Some(namespace) if namespace.is_exact(&DICT) => dict::set(namespace, name, value),
        Some(namespace) => ops::mapping::set_item(namespace, name, Some(value)),
        None => Err(error::system_error("no locals found when storing a name")),
    };
    cx.finish_unit(1, 0, result)
}

pub unsafe fn delete_name(cx: &mut Cx, oparg: u32) -> Flow {
    cx.save();
    let name = cx.name(oparg);
    let Some(namespace) = cx.namespace() else {
        error::system_error("no locals when deleting a name");
        return Flow::Error;
    };
    if ops::mapping::set_item(namespace, name, None).is_err() {
        if error::matches(&types::exceptions::KEY_ERROR) {
            error::clear();
            unwind::name_error(name);
        }
        return Flow::Error;
    }
    cx.advance(0)
}

/// Pushes a value and, for a call, the null behind it.
#[inline(always)]
fn push_with_null(cx: &mut Cx, value: Word, with_null: bool, caches: usize) -> Flow {
    cx.push(value);
    if with_null {
        cx.push(Word::NULL);
    }
    cx.advance(caches)
}

/// `( -- value, (null))`; the lowest bit of the argument asks for the null.
pub unsafe fn load_global(cx: &mut Cx, oparg: u32) -> Flow {
    let name = cx.name(oparg >> 1);
    if cx.specialise_now() {
        specialize::names::load_global(cx, name);
        return Flow::Again;
    }
    cx.save();
    let (globals, builtins) = (cx.globals(), cx.builtins());
    let found = if globals.is_exact(&DICT) && builtins.is_exact(&DICT) {
        dict::get(globals, name).and_then(|found| match found {
            Some(value) => Ok(Some(value)),
            None => dict::get(builtins, name),
        })
    } else {
        ops::mapping::get_optional_item(globals, name).and_then(|found| match found {
            Some(value) => Ok(Some(value)),
            None => ops::mapping::get_optional_item(builtins, name),
        })
    };
    match found {
        Ok(Some(value)) => push_with_null(cx, Word::owned(value), oparg & 1 != 0, 4),
        Ok(None) => {
            unwind::name_error(name);
            Flow::Error
        }
        Err(Raised) => Flow::Error,
    }
}

#[inline(always)]
fn keys_fit(
    dict: &Object,
    version: u16,
) -> Option<&'static terrarium_objects::types::dict::keys::DictKeys> {
    if !dict.is_exact(&DICT) {
        return None;
    }
    // SAFETY: checked; keys live as long as the dict keeps them.
    let keys = unsafe {
        &*dict
            .cast::<Dict>()
            .keys
            .get()
            .cast::<terrarium_objects::types::dict::keys::DictKeys>()
    };
    (keys.version.get() == u32::from(version)).then_some(keys)
}

#[inline(always)]
pub unsafe fn load_global_module(cx: &mut Cx, oparg: u32) -> Flow {
    let Some(keys) = keys_fit(cx.globals(), cx.cache(2)) else {
        return Flow::Deopt;
    };
    // SAFETY: the version says that the index is one of the entries.
    let value = unsafe { (*keys.unicode_entries().add(cx.cache(1) as usize)).value };
    // SAFETY: null or owned by the dict.
    let Some(value) = (unsafe { value.as_ref() }) else {
        return Flow::Deopt;
    };
    push_with_null(cx, Word::new(value), oparg & 1 != 0, 4)
}

#[inline(always)]
pub unsafe fn load_global_builtin(cx: &mut Cx, oparg: u32) -> Flow {
    if keys_fit(cx.globals(), cx.cache(2)).is_none() {
        return Flow::Deopt;
    }
    let Some(keys) = keys_fit(cx.builtins(), cx.cache(3)) else {
        return Flow::Deopt;
    };
    // SAFETY: as in `load_global_module`.
    let value = unsafe { (*keys.unicode_entries().add(cx.cache(1) as usize)).value };
    // SAFETY: null or owned by the dict.
    let Some(value) = (unsafe { value.as_ref() }) else {
        return Flow::Deopt;
    };
    push_with_null(cx, Word::new(value), oparg & 1 != 0, 4)
}

/// `(value -- )`
pub unsafe fn store_global(cx: &mut Cx, oparg: u32) -> Flow {
    cx.save();
    let result = dict::set(cx.globals(), cx.name(oparg), cx.peek(1).object());
    cx.finish_unit(1, 0, result)
}

pub unsafe fn delete_global(cx: &mut Cx, oparg: u32) -> Flow {
    cx.save();
    let name = cx.name(oparg);
    match dict::remove(cx.globals(), name) {
        Ok(true) => cx.advance(0),
        Ok(false) => {
            unwind::name_error(name);
            Flow::Error
        }
        Err(Raised) => Flow::Error,
    }
}

/// Makes `__annotations__` in the namespace unless it is there.
pub unsafe fn setup_annotations(cx: &mut Cx, _: u32) -> Flow {
    cx.save();
    let Some(namespace) = cx.namespace() else {
        error::system_error("no locals found when setting up annotations");
        return Flow::Error;
    };
    let key = &names().__annotations__;
    let result = match ops::mapping::get_optional_item(namespace, key) {
        Ok(Some(_)) => Ok(()),
        Ok(None) => ops::mapping::set_item(namespace, key, Some(&dict::new())),
        Err(raised) => Err(raised),
    };
    cx.finish_unit(0, 0, result)
}

/// `(level, fromlist -- module)`
pub unsafe fn import_name(cx: &mut Cx, oparg: u32) -> Flow {
    cx.save();
    let result = imports::import_name(cx, cx.name(oparg), cx.peek(1).object(), cx.peek(2).object());
    cx.finish(2, 0, result)
}

/// `(module -- module, attribute)`
pub unsafe fn import_from(cx: &mut Cx, oparg: u32) -> Flow {
    cx.save();
    let result = imports::import_from(cx.peek(1).object(), cx.name(oparg));
    cx.finish(0, 0, result)
}
