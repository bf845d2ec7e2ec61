//! How native modules declare the types they bring: a body of parts, and the deallocator, visitor and clear slot that follow from it.

use std::cell::Cell;
use std::collections::VecDeque;

use terrarium_objects::field::Field;
use terrarium_objects::state::Span;
use terrarium_objects::types::{dict, module};
use terrarium_objects::{Object, Owned, Role, Type, Visit, typeobject_ready};

/// A part of a native object's body. Zeroed memory is an empty part.
pub trait Part {
    /// Names the references that the part owns.
    fn visit_part(&self, _: &'static str, _: &mut Visit<'_>) {}
    /// Gives up references (the collector breaks a cycle).
    fn clear_part(&self) {}
    /// Gives up everything, memory too; once.
    fn free_part(&self) {
        self.clear_part();
    }
}

impl Part for Field {
    fn visit_part(&self, name: &'static str, visit: &mut Visit<'_>) {
        self.visit(name, visit);
    }

    fn clear_part(&self) {
        self.clear();
    }
}

impl<T: Copy> Part for Cell<T> {}

/// The word that heads an object's weak references.
#[repr(transparent)]
pub struct WeakList(Cell<*mut Object>);

impl Part for WeakList {}

/// Rust data of the object's own, made with `set`.
pub struct Boxed<T>(Cell<*mut T>);

impl<T> Boxed<T> {
    /// Puts the data there; once.
    pub fn set(&self, data: T) {
        self.0.set(Box::into_raw(Box::new(data)));
    }

    /// The data.
    pub fn get(&self) -> &T {
        // SAFETY: set when the object was made, freed with it.
        unsafe { &*self.0.get() }
    }

    /// The data, unless the object is being freed and it went already.
    pub fn if_set(&self) -> Option<&T> {
        // SAFETY: null or the data.
        unsafe { self.0.get().as_ref() }
    }
}

impl<T> Part for Boxed<T> {
    fn free_part(&self) {
        let data = self.0.replace(std::ptr::null_mut());
        if !data.is_null() {
            // SAFETY: made by `set`, freed once.
            drop(unsafe { Box::from_raw(data) });
        }
    }
}

/// A queue of owned references; made when first used.
pub struct Items(Cell<*mut VecDeque<Owned>>);

impl Items {
    /// Works on the queue; `work` must not run Python.
    pub fn with<R>(&self, work: impl FnOnce(&mut VecDeque<Owned>) -> R) -> R {
        if self.0.get().is_null() {
            self.0.set(Box::into_raw(Box::default()));
        }
        // SAFETY: not null; nobody else is at it meanwhile, as `work` runs no Python.
        work(unsafe { &mut *self.0.get() })
    }

    pub fn len(&self) -> usize {
        self.with(|items| items.len())
    }

    /// Takes all items out and gives them up from the front; those that still wait stay visible to an audit.
    pub fn give_up(&self) {
        if self.0.get().is_null() {
            return;
        }
        let old = self.with(std::mem::take);
        let mut words: Vec<*mut Object> = old.into_iter().map(Owned::into_raw).collect();
        let start = words.as_mut_ptr();
        let waiting = Span::new("items being given up", start, words.len());
        for at in 0..words.len() {
            // SAFETY: in bounds; each word is owned until it is taken out, once.
            unsafe {
                let item = start.add(at).replace(std::ptr::null_mut());
                drop(Owned::from_raw(item));
            }
        }
        drop(waiting);
    }

    /// Item `index` from the front.
    pub fn get(&self, index: usize) -> Option<Owned> {
        self.with(|items| items.get(index).cloned())
    }
}

impl Part for Items {
    fn visit_part(&self, _: &'static str, visit: &mut Visit<'_>) {
        // SAFETY: null or the queue; visitors run no Python.
        if let Some(items) = unsafe { self.0.get().as_ref() } {
            for (i, item) in items.iter().enumerate() {
                visit.edge(Role::Item(i), item);
            }
        }
    }

    fn clear_part(&self) {
        self.give_up();
    }

    fn free_part(&self) {
        self.clear_part();
        let items = self.0.replace(std::ptr::null_mut());
        if !items.is_null() {
            // SAFETY: made by `with`, freed once.
            drop(unsafe { Box::from_raw(items) });
        }
    }
}

/// Declares the body of a native type: `of` reaches it, `SLOTS` has what follows from the parts.
macro_rules! body {
    ($(#[$doc:meta])* $name:ident of $ty:ident { $($part:ident : $kind:ty),* $(,)? }) => {
        $(#[$doc])*
        #[repr(C)]
        pub struct $name {
            object: terrarium_objects::Object,
            $(pub $part: $kind,)*
        }

        // SAFETY: starts with `Object`.
        unsafe impl terrarium_objects::Layout for $name {
            fn type_object() -> &'static terrarium_objects::Type {
                &$ty
            }
        }

        // Not every type that is declared so needs each of these.
        #[allow(dead_code)]
        impl $name {
            /// The body of an instance.
            #[inline(always)]
            pub fn of(object: &terrarium_objects::Object) -> &$name {
                // SAFETY: called for instances, by the type's own slots and methods.
                unsafe { terrarium_objects::Object::cast::<$name>(object) }
            }

            /// A new instance of the type or a subtype, with empty parts.
            pub fn alloc(ty: &terrarium_objects::Type) -> terrarium_objects::PyResult {
                terrarium_objects::types::r#type::generic_alloc(ty, 0)
            }

            /// The same, not yet in the collector's sight.
            pub fn alloc_untracked(ty: &terrarium_objects::Type) -> terrarium_objects::PyResult {
                terrarium_objects::types::r#type::alloc_untracked(ty, 0)
            }

            // SAFETY: see `Slots`: a dead instance of the type.
            unsafe fn dealloc(object: *mut terrarium_objects::Object) {
                // SAFETY: a dead instance; each part is freed once.
                unsafe {
                    if (*object).ty().has(terrarium_objects::typeobject::flags::HAVE_GC) {
                        terrarium_objects::gc::untrack(&*object);
                    }
                    if (*object).ty().weaklistoffset.get() != 0 {
                        terrarium_objects::types::weakref::clear_weakrefs(&*object);
                    }
                    $($crate::body::Part::free_part(&$name::of(&*object).$part);)*
                    terrarium_objects::types::r#type::free(object);
                }
            }

            // SAFETY: see `Slots`: an instance of the type.
            unsafe fn visit(object: &terrarium_objects::Object, visit: &mut terrarium_objects::Visit<'_>) {
                $($crate::body::Part::visit_part(&$name::of(object).$part, stringify!($part), visit);)*
            }

            fn clear(object: &terrarium_objects::Object) {
                $($crate::body::Part::clear_part(&$name::of(object).$part);)*
            }

            const SLOTS: terrarium_objects::Slots = terrarium_objects::Slots {
                dealloc: $name::dealloc,
                visit: $name::visit,
                clear: Some($name::clear),
                getattro: Some(terrarium_objects::ops::attribute::generic_get),
                ..terrarium_objects::Slots::NONE
            };
        }
    };
}
pub(crate) use body;

/// Makes static types ready and enters them in the module under their names.
pub fn add_types(made: &Object, types: &[&'static Type]) {
    let space = module::namespace(made);
    for ty in types {
        typeobject_ready::ready_static(ty);
        dict::set_str(space, ty.name(), ty.as_object());
    }
}
