//! LOAD_GLOBAL.

use terrarium_bytecode::opcode as op;
use terrarium_objects::Object;
use terrarium_objects::types::dict::{DICT, Dict, keys::DictKeys, table};

use super::settle;
use crate::interp::cx::Cx;

pub fn load_global(cx: &Cx, name: &Object) {
    settle(cx, form(cx, name));
}

/// Keys that are all strings.
fn unicode_keys(dict: &Object) -> Option<&DictKeys> {
    if !dict.is_exact(&DICT) {
        return None;
    }
    // SAFETY: checked.
    let keys = unsafe { dict.cast::<Dict>() }.keys();
    keys.is_unicode().then_some(keys)
}

/// The keys' version, if it still fits in a cache entry.
fn version(keys: &DictKeys) -> Option<u16> {
    u16::try_from(keys.version_for_current_state())
        .ok()
        .filter(|v| *v != 0)
}

fn form(cx: &Cx, name: &Object) -> Option<u16> {
    let globals = unicode_keys(cx.globals())?;
    let index = table::lookup_index(globals, name);
    if index >= 0 {
        cx.set_cache(1, u16::try_from(index).ok()?);
        cx.set_cache(2, version(globals)?);
        return Some(op::LOAD_GLOBAL_MODULE);
    }
    let builtins = unicode_keys(cx.builtins())?;
    let index = table::lookup_index(builtins, name);
    let index = u16::try_from(index).ok()?;
    let globals_version = version(globals)?;
    let builtins_version = version(builtins)?;
    cx.set_cache(1, index);
    cx.set_cache(2, globals_version);
    cx.set_cache(3, builtins_version);
    Some(op::LOAD_GLOBAL_BUILTIN)
}
