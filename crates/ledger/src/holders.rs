//! Who holds an object: each reference by name and place; the names add up to the count.

use terrarium_objects::frame::{self, Frame};
use terrarium_objects::visit::Role;
use terrarium_objects::{IMMORTAL, Object};

use crate::heap::{self, Source};
use crate::naming::{self, Names};

/// One holder of a reference, with how many it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// What it is ("local variable 'x'", "item 2 of a list", ...).
    pub name: String,
    /// Where it is (function and line, or the object that has it).
    pub place: String,
    /// References owned; 0 for a borrowed one.
    pub count: usize,
}

/// All that is known of an object's references.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holders {
    pub type_name: String,
    pub what: String,
    pub address: usize,
    /// As `sys.getrefcount` counts: nothing of the asker's own is in it.
    pub count: usize,
    /// Why it is immortal, if it is.
    pub immortal: Option<&'static str>,
    /// Owning holders first, then borrowing ones.
    pub holders: Vec<Holder>,
    /// Count less the holders' references: 0 unless a bug hides one.
    pub unexplained: isize,
}

/// Finds the holders of `object`. `own`: references that the asker itself holds, left out of count and list.
pub fn of(object: &Object, own: usize) -> Holders {
    let names = Names::collect();
    let mut found: Vec<(Source, Role)> = Vec::new();
    heap::each_reference(&mut |source, role, target| {
        if target.is(object) {
            found.push((source, role));
        }
    });
    let mut holders: Vec<Holder> = Vec::new();
    let owned = found.len();
    for (source, role) in found {
        let (name, place) = names.holder(source, role);
        add(&mut holders, name, place, 1);
    }
    for (running, role) in borrowed(object) {
        let (name, place) = names.holder(Source::Frame(running), role);
        add(&mut holders, name, place, 0);
    }
    let immortal = object.is_immortal();
    let count = if immortal {
        IMMORTAL as usize
    } else {
        object.refcount() as usize - own
    };
    Holders {
        type_name: object.ty().full_name().to_owned(),
        what: naming::describe(object),
        address: object.as_ptr() as usize,
        count,
        immortal: immortal.then(|| naming::why_immortal(object)),
        unexplained: if immortal {
            0
        } else {
            count as isize - owned as isize
        },
        holders,
    }
}

/// Merges references of the same name and place.
fn add(holders: &mut Vec<Holder>, name: String, place: String, count: usize) {
    match holders
        .iter_mut()
        .find(|h| h.name == name && h.place == place && (h.count > 0) == (count > 0))
    {
        Some(holder) => holder.count += count,
        None => holders.push(Holder { name, place, count }),
    }
}

/// Frame slots that refer to the object without a count.
fn borrowed(object: &Object) -> Vec<(*const Frame, Role)> {
    let mut found = Vec::new();
    frame::each_running(&mut |running| {
        running.each_slot(&mut |role, word| {
            if !word.is_counted() && word.get().is_some_and(|o| o.is(object)) {
                found.push((running as *const Frame, role));
            }
        });
    });
    found
}
