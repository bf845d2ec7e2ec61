//! The links of a bounded `lru_cache`: a ring of cached calls, the oldest first.

use std::cell::Cell;

use terrarium_objects::field::Field;
use terrarium_objects::typeobject::flags;
use terrarium_objects::{Layout, Object, Owned, Slots, Type, Visit, alloc};

/// One cached call. The ring owns it once, the cache's dict once more; its neighbours are not owned.
#[repr(C)]
pub struct Link {
    object: Object,
    prev: Cell<*const Link>,
    next: Cell<*const Link>,
    pub hash: Cell<isize>,
    pub key: Field,
    pub result: Field,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Link {
    fn type_object() -> &'static Type {
        &LINK
    }
}

pub static LINK: Type = Type::builtin(
    "functools._lru_list_elem",
    size_of::<Link>(),
    Slots {
        dealloc,
        visit,
        ..Slots::NONE
    },
)
.with_flags(flags::DISALLOW_INSTANTIATION);

impl Link {
    pub fn of(object: &Object) -> &Link {
        // SAFETY: values of a cache's dict are links.
        unsafe { object.cast() }
    }

    pub fn as_object(&self) -> &Object {
        &self.object
    }
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dead link, in no ring.
    unsafe {
        Link::of(&*object).key.clear();
        Link::of(&*object).result.clear();
        alloc::free_object(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    Link::of(object).key.visit_hidden("key", visit);
    Link::of(object).result.visit_hidden("result", visit);
}

/// A new link outside the ring.
pub fn new(key: Owned, hash: isize, result: Owned) -> terrarium_objects::PyResult {
    // SAFETY: the body is written at once.
    unsafe {
        let object = alloc::object_memory(&LINK, size_of::<Link>());
        if object.is_null() {
            return Err(terrarium_objects::error::memory_error());
        }
        let link = object.cast::<Link>();
        (&raw mut (*link).prev).write(Cell::new(std::ptr::null()));
        (&raw mut (*link).next).write(Cell::new(std::ptr::null()));
        (&raw mut (*link).hash).write(Cell::new(hash));
        (&raw mut (*link).key).write(Field::new(Some(key)));
        (&raw mut (*link).result).write(Field::new(Some(result)));
        Ok(Owned::from_raw(object))
    }
}

/// The ends of a ring; null where it is empty. It owns a reference to each link.
#[derive(Default)]
pub struct Ring {
    first: Cell<Option<&'static Link>>,
    last: Cell<Option<&'static Link>>,
}

/// The link as the ring keeps it.
fn kept(link: &Link) -> &'static Link {
    // SAFETY: the ring owns a reference to it for as long as it refers to it.
    unsafe { &*(link as *const Link) }
}

impl Ring {
    /// The link used longest ago.
    pub fn oldest(&self) -> Option<&'static Link> {
        self.first.get()
    }

    fn neighbours(link: &Link) -> (Option<&'static Link>, Option<&'static Link>) {
        // SAFETY: null or in the ring.
        unsafe { (link.prev.get().as_ref(), link.next.get().as_ref()) }
    }

    /// Takes a link out; the ring's reference to it becomes the caller's.
    pub fn extract(&self, link: &Link) {
        let (prev, next) = Ring::neighbours(link);
        match prev {
            Some(prev) => prev.next.set(link.next.get()),
            None => self.first.set(next),
        }
        match next {
            Some(next) => next.prev.set(link.prev.get()),
            None => self.last.set(prev),
        }
    }

    /// Puts a link at the end; the ring takes the caller's reference over.
    pub fn append(&self, link: &Link) {
        let last = self.last.get();
        link.prev.set(last.map_or(std::ptr::null(), |l| l));
        link.next.set(std::ptr::null());
        match last {
            Some(last) => last.next.set(link),
            None => self.first.set(Some(kept(link))),
        }
        self.last.set(Some(kept(link)));
    }

    /// Puts a link at the front, likewise.
    pub fn prepend(&self, link: &Link) {
        let first = self.first.get();
        link.prev.set(std::ptr::null());
        link.next.set(first.map_or(std::ptr::null(), |l| l));
        match first {
            Some(first) => first.prev.set(link),
            None => self.last.set(Some(kept(link))),
        }
        self.first.set(Some(kept(link)));
    }

    /// Empties the ring and gives its links up, the oldest first.
    pub fn clear(&self) {
        let mut at = self.first.take();
        self.last.set(None);
        let mut links = Vec::new();
        while let Some(link) = at {
            at = Ring::neighbours(link).1;
            links.push(link.as_object().as_ptr());
        }
        let start = links.as_mut_ptr();
        let waiting =
            terrarium_objects::state::Span::new("links being given up", start, links.len());
        for i in 0..links.len() {
            // SAFETY: in bounds; the ring owned each link, once.
            unsafe {
                let link = start.add(i).replace(std::ptr::null_mut());
                drop(Owned::from_raw(link));
            }
        }
        drop(waiting);
    }

    /// Calls `each` with every link.
    pub fn each(&self, mut each: impl FnMut(&Link)) {
        let mut at = self.first.get();
        while let Some(link) = at {
            each(link);
            at = Ring::neighbours(link).1;
        }
    }
}
