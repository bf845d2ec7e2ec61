//! Objects by number: an address is used again, a number never is.

use std::cell::RefCell;

use rustc_hash::{FxHashMap, FxHashSet};
use terrarium_objects::Object;
use terrarium_objects::object::flags::HAS_GC_HEADER;

use crate::naming;

/// Number of an object in order of appearance, from 1.
pub type Subject = u32;

/// What is known of an object.
#[derive(Debug, Clone)]
pub struct Facts {
    pub type_name: String,
    /// A few words.
    pub what: String,
    /// The name of its own that a class, function, code object or module has.
    pub own_name: Option<String>,
}

impl Facts {
    fn of(object: &Object) -> Facts {
        Facts {
            type_name: object.ty().full_name().to_owned(),
            what: naming::describe(object),
            own_name: naming::own_name(object),
        }
    }

    /// The type without its module.
    pub fn short_type(&self) -> &str {
        self.type_name.rsplit('.').next().unwrap_or(&self.type_name)
    }
}

/// The numbers given so far.
#[derive(Default)]
pub struct Subjects {
    live: FxHashMap<usize, Subject>,
    /// What died, by address: while its parts are given up it still holds references.
    dead: FxHashMap<usize, (Subject, Facts)>,
    /// The dead in whose places others live now, with their addresses.
    replaced: Vec<(usize, Subject)>,
    /// Addresses of what died while that was not followed, if its deallocation can run code.
    leaving: FxHashSet<usize>,
    given: Subject,
}

impl Subjects {
    /// The number of a new object.
    pub fn born(&mut self, address: usize) -> Subject {
        self.given += 1;
        self.leaving.remove(&address);
        if let Some((dead, _)) = self.dead.get(&address) {
            self.replaced.push((address, *dead));
        }
        self.live.insert(address, self.given);
        self.given
    }

    /// The number of a live object; of one that lives on while or after its `__del__` runs, the old one.
    pub fn of(&mut self, address: usize) -> Subject {
        if let Some(subject) = self.live.get(&address) {
            return *subject;
        }
        match self.dead.get(&address) {
            Some((subject, _)) => *subject,
            None => self.born(address),
        }
    }

    /// The object is about to be deallocated; with `remember` it can be described until its place is used again.
    pub fn died(&mut self, object: &Object, remember: bool) {
        let address = object.as_ptr() as usize;
        if !remember && (object.has_flag(HAS_GC_HEADER) || object.ty().is_heap()) {
            self.leaving.insert(address);
        }
        let Some(subject) = self.live.remove(&address) else {
            return;
        };
        if remember {
            self.dead.insert(address, (subject, Facts::of(object)));
        }
    }

    /// An object changes while that is followed; one that died before can be described for the last time.
    pub fn touched(&mut self, object: &Object) -> Subject {
        let address = object.as_ptr() as usize;
        if self.leaving.remove(&address) {
            self.dying(object);
        }
        self.of(address)
    }

    /// The object is on its way out since a moment that was not followed.
    pub fn dying(&mut self, object: &Object) {
        if !self.dead.contains_key(&(object.as_ptr() as usize)) {
            self.of(object.as_ptr() as usize);
            self.died(object, true);
        }
    }

    /// Forgets the dead in whose places others live.
    pub fn forget_replaced(&mut self) {
        for (address, subject) in self.replaced.drain(..) {
            // The one that took the place may have died as well, and is in its finalizer.
            if self.dead.get(&address).is_some_and(|(s, _)| *s == subject) {
                self.dead.remove(&address);
            }
        }
    }

    /// Number and facts of what is at an address now, or was before it died. The object is alive, or died and is remembered.
    fn known(&mut self, address: usize, now: bool) -> (Subject, Facts) {
        if let Some(dead) = self.dead.get(&address)
            && !(now && self.live.contains_key(&address))
        {
            return dead.clone();
        }
        let subject = self.of(address);
        // SAFETY: what is not remembered as dead is alive.
        (subject, Facts::of(unsafe { &*(address as *const Object) }))
    }
}

/// Facts of the object that has, or had, a number: found by its address.
pub fn facts(subjects: &RefCell<Subjects>, address: usize, subject: Subject) -> Facts {
    let mut subjects = subjects.borrow_mut();
    let dead = subjects.dead.get(&address);
    if let Some((_, facts)) = dead.filter(|(number, _)| *number == subject) {
        return facts.clone();
    }
    subjects.known(address, true).1
}

/// The number of what an address means now, or (`now` false) meant before.
pub fn number(subjects: &RefCell<Subjects>, address: usize, now: bool) -> Subject {
    let mut subjects = subjects.borrow_mut();
    if let Some((subject, _)) = subjects.dead.get(&address)
        && !(now && subjects.live.contains_key(&address))
    {
        return *subject;
    }
    subjects.of(address)
}

/// What to call an object that holds another: by its own name, or by type and number.
pub fn call(subjects: &RefCell<Subjects>, address: usize, now: bool) -> String {
    let (subject, facts) = subjects.borrow_mut().known(address, now);
    match facts.own_name {
        Some(_) => facts.what,
        None => format!("{}#{subject}", facts.short_type()),
    }
}
