//! `function`: a Python function object. Calling it is the runtime's work (`FUNCTION.slots.call` is set by it).

use std::cell::Cell;
use std::ptr::null_mut;

use crate::alloc;
use crate::gc;
use crate::names::names;
use crate::object::{Layout, Object};
use crate::refs::Owned;
use crate::typeobject::{Slots, Type, flags};
use crate::types::code::Code;
use crate::types::{dict, function_attributes, tuple};
use crate::visit::Visit;

/// CPython's `PyFunctionObject` (Include/cpython/funcobject.h). Every pointer is owned or null.
#[repr(C)]
pub struct Function {
    pub object: Object,
    pub globals: Cell<*mut Object>,
    pub builtins: Cell<*mut Object>,
    pub name: Cell<*mut Object>,
    pub qualname: Cell<*mut Object>,
    pub code: Cell<*mut Object>,
    pub defaults: Cell<*mut Object>,
    pub kwdefaults: Cell<*mut Object>,
    pub closure: Cell<*mut Object>,
    pub doc: Cell<*mut Object>,
    pub dict: Cell<*mut Object>,
    pub weaklist: Cell<*mut Object>,
    pub module: Cell<*mut Object>,
    pub annotations: Cell<*mut Object>,
    pub annotate: Cell<*mut Object>,
    pub typeparams: Cell<*mut Object>,
    /// The word that CPython's `vectorcall` pointer takes.
    pub vectorcall: Cell<usize>,
    /// 0: none assigned, or the function was changed.
    pub version: Cell<u32>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Function {
    fn type_object() -> &'static Type {
        &FUNCTION
    }
}

pub static FUNCTION: Type = Type::builtin(
    "function",
    std::mem::size_of::<Function>(),
    Slots {
        dealloc: function_dealloc,
        visit: function_visit,
        clear: Some(function_clear),
        repr: Some(function_attributes::repr),
        // Replaced by the loop's at start-up; here so that `__call__` is made.
        call: Some(|_, _, _| Err(crate::error::system_error("the loop is not ready"))),
        getattro: Some(crate::ops::attribute::generic_get),
        setattro: Some(crate::ops::attribute::generic_set),
        descr_get: Some(function_attributes::descr_get),
        new: Some(function_attributes::new),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::HAVE_VECTORCALL | flags::METHOD_DESCRIPTOR)
.with_getset(&function_attributes::GETSET)
.with_members(&function_attributes::MEMBERS)
.with_dictoffset(std::mem::offset_of!(Function, dict))
.with_weaklistoffset(std::mem::offset_of!(Function, weaklist));

/// A function of `code` with these globals (MAKE_FUNCTION, `PyFunction_New`): `__module__` from the globals' `__name__`,
/// `__doc__` from the first constant if the code has one, builtins from the globals.
pub fn new(code: &Object, globals: &Object, builtins: Owned) -> Owned {
    // SAFETY: the caller passes a code object.
    let data = unsafe { code.cast::<Code>() };
    let doc = if data.has(terrarium_bytecode::code::flags::HAS_DOCSTRING) {
        Some(Owned::new(data.const_at(0)))
    } else {
        None
    };
    let module = dict::get(globals, &names().__name__).ok().flatten();
    let take = |o: Option<Owned>| o.map_or(null_mut(), Owned::into_raw);
    // SAFETY: the body is written before the object is seen.
    unsafe {
        let place = alloc::object_memory(&FUNCTION, std::mem::size_of::<Function>());
        assert!(!place.is_null(), "out of memory");
        let function = (*place).cast::<Function>();
        function.globals.set(Owned::new(globals).into_raw());
        function.builtins.set(builtins.into_raw());
        function.name.set(Owned::new(&*data.name.get()).into_raw());
        function
            .qualname
            .set(Owned::new(&*data.qualname.get()).into_raw());
        function.code.set(Owned::new(code).into_raw());
        function
            .doc
            .set(doc.unwrap_or_else(crate::none_owned).into_raw());
        function.module.set(take(module));
        for cell in [
            &function.defaults,
            &function.kwdefaults,
            &function.closure,
            &function.dict,
            &function.weaklist,
            &function.annotations,
            &function.annotate,
            &function.typeparams,
        ] {
            cell.set(null_mut());
        }
        function.vectorcall.set(1);
        function.version.set(0);
        gc::track(&*place);
        Owned::from_raw(place)
    }
}

impl Function {
    #[inline(always)]
    pub fn code(&self) -> &Code {
        // SAFETY: always a live code object.
        unsafe { (*self.code.get()).cast::<Code>() }
    }

    #[inline(always)]
    pub fn closure_cells(&self) -> &[Owned] {
        // SAFETY: null or a live tuple of cells.
        match unsafe { self.closure.get().as_ref() } {
            Some(closure) => unsafe { closure.cast::<tuple::Tuple>() }.items(),
            None => &[],
        }
    }

    /// The function's version for the specialiser: its code's version while nobody changed it (Objects/funcobject.c).
    pub fn version_for_specialisation(&self) -> u32 {
        self.version.get()
    }

    /// Gives the function the version of its code; as CPython, MAKE_FUNCTION does so.
    pub fn set_version(&self, version: u32) {
        self.version.set(version);
    }

    /// The function was changed: cached knowledge of it is void.
    pub fn clear_version(&self) {
        self.version.set(0);
    }

    /// Every owned field in the order of CPython's `func_traverse`.
    fn owned_cells(&self) -> [(&'static str, &Cell<*mut Object>); 14] {
        [
            ("__code__", &self.code),
            ("__globals__", &self.globals),
            ("__builtins__", &self.builtins),
            ("__module__", &self.module),
            ("__defaults__", &self.defaults),
            ("__kwdefaults__", &self.kwdefaults),
            ("__doc__", &self.doc),
            ("__name__", &self.name),
            ("__dict__", &self.dict),
            ("__closure__", &self.closure),
            ("__annotations__", &self.annotations),
            ("__annotate__", &self.annotate),
            ("__type_params__", &self.typeparams),
            ("__qualname__", &self.qualname),
        ]
    }
}

/// What the collector may cut: all but name and code, which must stay for whoever still calls (Objects/funcobject.c, `func_clear`).
fn function_clear(object: &Object) {
    // SAFETY: called for functions.
    let function = unsafe { object.cast::<Function>() };
    function.clear_version();
    for (name, cell) in function.owned_cells() {
        if !matches!(name, "__code__" | "__name__" | "__qualname__") {
            drop_cell(cell);
        }
    }
}

fn drop_cell(cell: &Cell<*mut Object>) {
    let part = cell.replace(null_mut());
    if !part.is_null() {
        // SAFETY: the cell owned it.
        unsafe { Object::decref(part) };
    }
}

unsafe fn function_dealloc(object: *mut Object) {
    // SAFETY: a dying function.
    unsafe {
        gc::untrack(&*object);
        let function = (*object).cast::<Function>();
        if !function.weaklist.get().is_null() {
            crate::types::weakref::clear_weakrefs(&*object);
        }
        function_clear(&*object);
        drop_cell(&function.code);
        drop_cell(&function.name);
        drop_cell(&function.qualname);
        alloc::free_object(object);
    }
}

unsafe fn function_visit(object: &Object, visit: &mut Visit<'_>) {
    // SAFETY: called for functions.
    let function = unsafe { object.cast::<Function>() };
    for (name, cell) in function.owned_cells() {
        visit.field(name, cell.get());
    }
}
