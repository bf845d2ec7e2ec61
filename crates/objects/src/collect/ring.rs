//! Rings of collectable objects: the lists of Python/gc.c.

use crate::gc::Links;
use crate::object::Object;

/// A ring by its head. All its links are of live objects.
#[derive(Clone, Copy)]
pub(super) struct Ring<'a>(pub &'a Links);

impl<'a> Ring<'a> {
    fn head(self) -> *mut Links {
        self.0 as *const Links as *mut Links
    }

    pub fn reset(self) {
        self.0.reset();
    }

    pub fn is_empty(self) -> bool {
        std::ptr::eq(self.0.next.get(), self.0)
    }

    /// The first link.
    pub fn first(self) -> Option<&'a Links> {
        self.after(self.0)
    }

    /// The link behind `link`, `None` at the end.
    pub fn after(self, link: &Links) -> Option<&'a Links> {
        let next = link.next.get();
        // SAFETY: rings consist of live links.
        (!std::ptr::eq(next, self.0)).then(|| unsafe { &*next })
    }

    pub fn len(self) -> usize {
        let mut count = 0;
        self.each_link(|_| count += 1);
        count
    }

    /// Calls `each` with every link; it must not change the ring.
    pub fn each_link(self, mut each: impl FnMut(&Links)) {
        let mut at = self.first();
        while let Some(link) = at {
            each(link);
            at = self.after(link);
        }
    }

    /// Calls `each` with every object; it must not change the ring.
    pub fn each(self, mut each: impl FnMut(&Object)) {
        // SAFETY: links of live objects.
        self.each_link(|link| each(unsafe { &*link.object() }));
    }

    /// Appends a link that is in no ring.
    pub fn append(self, link: &Links) {
        let last = self.0.previous();
        let this = link as *const Links as *mut Links;
        // SAFETY: rings consist of live links.
        unsafe {
            (*last).next.set(this);
            link.set_previous(last);
            link.next.set(self.head());
            self.0.set_previous(this);
        }
    }

    /// Moves a link from its ring to the end of this one.
    pub fn take(self, link: &Links) {
        let (previous, next) = (link.previous(), link.next.get());
        // SAFETY: rings consist of live links.
        unsafe {
            (*previous).next.set(next);
            (*next).set_previous(previous);
        }
        self.append(link);
    }

    /// Moves all of `other` to the end of this ring.
    pub fn merge(self, other: Ring<'_>) {
        if other.is_empty() {
            return;
        }
        let last = self.0.previous();
        let first_other = other.0.next.get();
        let last_other = other.0.previous();
        // SAFETY: rings consist of live links.
        unsafe {
            (*last).next.set(first_other);
            (*first_other).set_previous(last);
            (*last_other).next.set(self.head());
        }
        self.0.set_previous(last_other);
        other.reset();
    }
}
