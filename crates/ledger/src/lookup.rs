//! A variable of a frame by its name: locals and cells, then the namespace, globals, built-ins.

use terrarium_bytecode::code::kinds;
use terrarium_objects::Object;
use terrarium_objects::frame::Frame;
use terrarium_objects::types::cell::{CELL, Cell};
use terrarium_objects::types::dict::{self, DICT};
use terrarium_objects::types::str::Str;

/// The object a name means in a frame, without running Python; the names that are there when it means none.
pub fn variable<'f>(running: &'f Frame, name: &str) -> Result<&'f Object, Vec<String>> {
    let mut known = Vec::new();
    let code = running.code();
    let base = running.local_base();
    for i in 0..code.nlocalsplus.get() as usize {
        // SAFETY: one of the frame's slots.
        let Some(mut held) = (unsafe { *base.add(i) }).get() else {
            continue;
        };
        if code.local_kind(i) & (kinds::CELL | kinds::FREE) != 0 && held.is_exact(&CELL) {
            // SAFETY: checked; the cell outlives the question.
            match unsafe { &*held.as_ptr().cast::<Cell>() }.contents.get() {
                Some(inner) => held = inner,
                None => continue,
            }
        }
        let local = text(code.local_name(i));
        if local == name {
            return Ok(held);
        }
        known.push(local);
    }
    for space in [running.locals, running.globals, running.builtins] {
        // SAFETY: null or alive with the frame.
        let Some(space) = (unsafe { space.as_ref() }).filter(|s| s.is_exact(&DICT)) else {
            continue;
        };
        let mut position = 0;
        while let Some((key, value)) = dict::next(space, &mut position) {
            let key = text(key);
            if key == name {
                return Ok(value);
            }
            let own = !std::ptr::eq(space, running.builtins) && !key.starts_with("__");
            if own && !known.contains(&key) {
                known.push(key);
            }
        }
    }
    Err(known)
}

fn text(object: &Object) -> String {
    object
        .downcast::<Str>()
        .map_or_else(String::new, |s| s.lossy().into_owned())
}
