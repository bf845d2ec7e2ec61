//! The audit: every live object's count must equal the number of references found by walking all holders.

use std::collections::HashMap;

use terrarium_objects::{Object, state};

use crate::heap;

/// An object whose count and holders differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Address, to find it again.
    pub address: usize,
    pub type_name: String,
    /// What the object is, in a few words.
    pub what: String,
    /// The count in its header.
    pub count: usize,
    /// References found.
    pub held: usize,
}

/// What an audit found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audit {
    /// Mortal objects whose counts were compared.
    pub objects: usize,
    /// References to them.
    pub references: usize,
    pub differences: Vec<Difference>,
}

impl Audit {
    /// Whether every reference is explained.
    pub fn is_clean(&self) -> bool {
        self.differences.is_empty()
    }
}

/// Walks every live object and compares. `ignore`: references of the caller's own that nobody else can see (objects it holds in Rust).
pub fn run(ignore: &[&Object]) -> Audit {
    let mut held: HashMap<usize, usize> = HashMap::new();
    heap::each_reference(&mut |_, _, target| {
        if !target.is_immortal() {
            *held.entry(target.as_ptr() as usize).or_default() += 1;
        }
    });
    for object in ignore {
        *held.entry(object.as_ptr() as usize).or_default() += 1;
    }
    let mut audit = Audit::default();
    state::get().alloc.each_object(&mut |object| {
        if object.is_immortal() {
            return;
        }
        let found = held.get(&(object.as_ptr() as usize)).copied().unwrap_or(0);
        audit.objects += 1;
        audit.references += found;
        let count = object.refcount() as usize;
        if count != found {
            audit.differences.push(Difference {
                address: object.as_ptr() as usize,
                type_name: object.ty().full_name().to_owned(),
                what: crate::naming::describe(object),
                count,
                held: found,
            });
        }
    });
    audit.differences.sort_by_key(|d| d.address);
    audit
}
