//! `_sre.SRE_Scanner`: matches of one string one after the other.

use std::cell::{Cell, RefCell};

use terrarium_objects::field::Field;
use terrarium_objects::object::{Layout, Object};
use terrarium_objects::typeobject::{
    Buffer, MemberDef, MemberKind, MethodDef, Native, Slots, Type, flags,
};
use terrarium_objects::types::r#type;
use terrarium_objects::visit::{Role, Visit};
use terrarium_objects::{PyResult, error, gc, none_owned};

use super::matching;
use super::pattern::{self, Range, advance};
use super::state::State;
use super::subject::Subject;

/// CPython's `ScannerObject`.
#[repr(C)]
pub struct Scanner {
    object: Object,
    pattern: Field,
    search: Cell<*mut Search>,
    padding: [usize; 29],
}

struct Search {
    subject: Subject,
    state: RefCell<Option<State>>,
    pos: usize,
    endpos: usize,
    busy: Cell<bool>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Scanner {
    fn type_object() -> &'static Type {
        &SCANNER
    }
}

pub static SCANNER: Type = Type::builtin(
    "_sre.SRE_Scanner",
    size_of::<Scanner>(),
    Slots {
        dealloc,
        visit,
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::DISALLOW_INSTANTIATION)
.with_methods(&[
    MethodDef::new("match", Native::NoArgs(|o| step(o, false)), ""),
    MethodDef::new("search", Native::NoArgs(|o| step(o, true)), ""),
])
.with_members(&[MemberDef {
    name: "pattern",
    kind: MemberKind::Object,
    offset: std::mem::offset_of!(Scanner, pattern),
    readonly: true,
    doc: "",
}]);

fn of(object: &Object) -> &Scanner {
    // SAFETY: called for scanners.
    unsafe { object.cast() }
}

/// A scanner over a part of a string.
pub fn new(pattern: &Object, range: &Range<'_>) -> PyResult {
    let (subject, state) = pattern::begin(pattern::of(pattern), range)?;
    let made = r#type::generic_alloc(&SCANNER, 0)?;
    let this = of(&made);
    this.pattern.set_ref(Some(pattern));
    let (pos, endpos) = (state.start, state.end);
    this.search.set(Box::into_raw(Box::new(Search {
        subject,
        state: RefCell::new(Some(state)),
        pos,
        endpos,
        busy: Cell::new(false),
    })));
    Ok(made)
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dying scanner; its search is given up once.
    unsafe {
        gc::untrack(&*object);
        let search = of(&*object).search.replace(std::ptr::null_mut());
        if !search.is_null() {
            drop(Box::from_raw(search));
        }
        of(&*object).pattern.clear();
        r#type::free(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    of(object).pattern.visit("pattern", visit);
    // SAFETY: null or live until deallocation.
    if let Some(search) = unsafe { of(object).search.get().as_ref() } {
        visit.edge(Role::Field("string"), search.subject.string());
        if let Some(buffer) = search.subject.buffer() {
            let buffer: &Buffer = buffer;
            visit.hidden(Role::Field("buffer"), &buffer.owner);
        }
    }
}

fn step(object: &Object, search: bool) -> PyResult {
    // SAFETY: set at creation, live until deallocation.
    let this = unsafe { &*of(object).search.get() };
    let Some(pattern) = of(object).pattern.owned() else {
        return Ok(none_owned());
    };
    if this.busy.replace(true) {
        return Err(error::value_error(
            "regular expression scanner already executing",
        ));
    }
    let mut slot = this.state.borrow_mut();
    let result = match slot.as_mut() {
        None => Ok(none_owned()),
        Some(state) => {
            state.reset();
            state.ptr = state.start;
            let code = pattern::of(&pattern).code();
            if this.subject.run(code, state, search) {
                let made = matching::new(&pattern, &this.subject, state, this.pos, this.endpos);
                advance(state);
                made
            } else {
                *slot = None;
                Ok(none_owned())
            }
        }
    };
    this.busy.set(false);
    result
}
