//! Prints the static types, to be compared with CPython's.

#![allow(unsafe_code)]

use terrarium_objects::typeobject_ready::each_static_type;
use terrarium_objects::types::{dict, str};

#[test]
fn dump() {
    terrarium_objects::init();
    let mut lines = Vec::new();
    each_static_type(&mut |ty| {
        let mut entries = Vec::new();
        // SAFETY: the dict of a ready type.
        let space = unsafe { &*ty.dict.get() };
        let mut at = 0;
        while let Some((key, value)) = dict::next(space, &mut at) {
            entries.push(format!("{}:{}", str::cast(key).lossy(), value.ty().name()));
        }
        let bits = ty.flags.get() & !(1 << 1 | 1 << 8 | 1 << 9 | 1 << 19);
        lines.push(format!(
            "{} S {} {} {:#x} {} {} {} {}",
            ty.full_name(),
            ty.basicsize.get(),
            ty.itemsize.get(),
            bits,
            ty.dictoffset.get(),
            ty.weaklistoffset.get(),
            ty.base().map_or("None", |b| b.name()),
            entries.join(" ")
        ));
    });
    lines.sort();
    if let Ok(path) = std::env::var("DUMP_TYPES") {
        std::fs::write(path, lines.join("\n") + "\n").unwrap();
    }
}
