//! The identifiers of a module, one allocation for equal ones.

use std::collections::HashSet;
use std::rc::Rc;

use rustc_hash::FxBuildHasher;

use crate::tree::Name;

/// A table of names.
#[derive(Debug, Default)]
pub struct Names {
    table: HashSet<Name, FxBuildHasher>,
}

impl Names {
    /// The shared copy of `text`, which is NFKC-normalised already.
    pub fn get(&mut self, text: &str) -> Name {
        if let Some(name) = self.table.get(text) {
            return Rc::clone(name);
        }
        let name: Name = Rc::from(text);
        self.table.insert(Rc::clone(&name));
        name
    }

    /// All of them, in no order.
    pub fn into_names(self) -> impl Iterator<Item = Name> {
        self.table.into_iter()
    }
}
