//! `array` (Modules/arraymodule.c): items of one machine type in a row.

mod items;
mod iterator;
mod methods;
mod slots;

use std::cell::Cell;

use terrarium_objects::field::Field;
use terrarium_objects::object::{Layout, Object, VarObject};
use terrarium_objects::typeobject::{Buffer, GetSetDef, MethodDef, Native, Type, flags};
use terrarium_objects::types::str::{self, Str};
use terrarium_objects::types::{bytearray, bytes, dict, int, list, module, tuple, r#type};
use terrarium_objects::{Owned, PyResult, Raised, args, error, ops, typeobject_ready};
use terrarium_runtime::native_module::ModuleDef;

use items::{KINDS, Kind};

pub static MODULE: ModuleDef = ModuleDef {
    name: "array",
    doc: "",
    methods: &[MethodDef::new(
        "_array_reconstructor",
        Native::Fast(methods::reconstruct),
        "",
    )],
    exec,
};

fn exec(this: &Object) -> PyResult<()> {
    let space = module::namespace(this);
    typeobject_ready::ready_static(&ARRAY);
    typeobject_ready::ready_static(&iterator::ITERATOR);
    dict::set_str(space, "ArrayType", ARRAY.as_object());
    dict::set_str(space, "array", ARRAY.as_object());
    let codes: String = KINDS.iter().map(|k| k.code as char).collect();
    dict::set_str(space, "typecodes", &Str::new(&codes));
    let sequences = terrarium_objects::hooks::import("collections.abc");
    match sequences {
        Ok(abc) => {
            let sequence = ops::attribute::get_str(&abc, "MutableSequence")?;
            let register = str::intern_immortal("register");
            let words = terrarium_objects::words([ARRAY.as_object()]);
            ops::call::call_method(&sequence, register, &words)?;
        }
        Err(_) => error::clear(),
    }
    Ok(())
}

/// CPython's `arrayobject`.
#[repr(C)]
pub struct Array {
    var: VarObject,
    items: Cell<*mut Vec<u8>>,
    /// Items there is room for, as CPython counts it.
    allocated: Cell<usize>,
    kind: Cell<Option<&'static Kind>>,
    pub weaklist: Field,
    exports: Cell<usize>,
}

// SAFETY: starts with `VarObject`.
unsafe impl Layout for Array {
    fn type_object() -> &'static Type {
        &ARRAY
    }
}

pub static ARRAY: Type = Type::builtin("array.array", size_of::<Array>(), slots::SLOTS)
    .with_flags(flags::BASETYPE | flags::SEQUENCE | flags::HAVE_GC)
    .with_weaklistoffset(std::mem::offset_of!(Array, weaklist))
    .with_methods(methods::METHODS)
    .with_getset(&[
        GetSetDef::read(
            "typecode",
            |o| Ok(Str::from_ascii(&[of(o).kind().code])),
            "",
        ),
        GetSetDef::read("itemsize", |o| Ok(int::from_usize(of(o).kind().size)), ""),
    ]);

pub fn of(object: &Object) -> &Array {
    // SAFETY: called for arrays.
    unsafe { object.cast() }
}

/// Whether the object is an array.
pub fn is_array(object: &Object) -> bool {
    object.ty().is_subtype(&ARRAY)
}

impl Array {
    pub fn kind(&self) -> &'static Kind {
        self.kind.get().unwrap_or(&KINDS[0])
    }

    pub(super) fn len(&self) -> usize {
        self.var.size.get() as usize
    }

    /// The items' bytes. No reference to them may be kept while Python runs.
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: made with the object, lives as long.
        unsafe { &*self.items.get() }
    }

    fn memory(&self) -> &mut Vec<u8> {
        // SAFETY: as above; callers hold no other borrow.
        unsafe { &mut *self.items.get() }
    }

    pub fn item(&self, index: usize) -> Owned {
        let size = self.kind().size;
        self.kind().get(&self.bytes()[index * size..])
    }

    pub fn check_resizable(&self) -> PyResult<()> {
        if self.exports.get() > 0 {
            return Err(error::buffer_error(
                "cannot resize an array that is exporting buffers",
            ));
        }
        Ok(())
    }

    /// Puts other bytes in the place of items `low..high`.
    pub fn splice(&self, low: usize, high: usize, data: &[u8]) -> PyResult<()> {
        let size = self.kind().size;
        let count = data.len() / size;
        let new = self.len() - (high - low) + count;
        if count == high - low {
            self.memory()[low * size..high * size].copy_from_slice(data);
            return Ok(());
        }
        self.check_resizable()?;
        let memory = self.memory();
        if memory.try_reserve(data.len()).is_err() {
            return Err(error::memory_error());
        }
        memory.splice(low * size..high * size, data.iter().copied());
        self.resized(new);
        Ok(())
    }

    /// Notes a new length; room grows as in CPython.
    fn resized(&self, new: usize) {
        let room = self.allocated.get();
        if new == 0 {
            self.allocated.set(0);
        } else if room < new || self.len() >= new + 16 || room == 0 {
            let more = if self.len() < 8 { 3 } else { 7 };
            self.allocated.set((new >> 4) + more + new);
        }
        self.var.size.set(new as isize);
    }

    /// Puts an item in front of `at`; as in CPython it is converted twice, the first time to see whether it can be.
    pub fn insert(&self, at: usize, value: &Object) -> PyResult<()> {
        self.kind().put(value)?;
        let at = at.min(self.len());
        self.splice(at, at, &vec![0; self.kind().size])?;
        let data = self.kind().put(value)?;
        if at < self.len() {
            self.set_bytes(at, &data);
        }
        Ok(())
    }

    pub fn append(&self, value: &Object) -> PyResult<()> {
        self.insert(self.len(), value)
    }

    pub fn allocated(&self) -> usize {
        self.allocated.get()
    }

    pub fn exported(&self) -> bool {
        self.exports.get() > 0
    }

    pub fn set_bytes(&self, index: usize, data: &[u8]) {
        let size = self.kind().size;
        self.memory()[index * size..(index + 1) * size].copy_from_slice(data);
    }

    pub fn edit(&self) -> &mut Vec<u8> {
        self.memory()
    }
}

/// A new array of `ty` with these bytes as items.
pub fn with_bytes(ty: &Type, kind: &'static Kind, data: Vec<u8>) -> PyResult {
    let made = r#type::generic_alloc(ty, 0)?;
    let this = of(&made);
    let count = data.len() / kind.size;
    this.kind.set(Some(kind));
    this.var.size.set(count as isize);
    this.allocated.set(count);
    this.items.set(Box::into_raw(Box::new(data)));
    Ok(made)
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dying array; its items are given up once.
    unsafe {
        let this = &*object;
        terrarium_objects::gc::untrack(this);
        if !of(this).weaklist.is_empty() {
            terrarium_objects::types::weakref::clear_weakrefs(this);
        }
        let items = of(this).items.replace(std::ptr::null_mut());
        if !items.is_null() {
            drop(Box::from_raw(items));
        }
        r#type::free(object);
    }
}

fn get_buffer(object: &Object) -> PyResult<Buffer> {
    let this = of(object);
    this.exports.set(this.exports.get() + 1);
    let mut buffer = Buffer::bytes(
        object,
        this.memory().as_mut_ptr(),
        this.bytes().len(),
        false,
    );
    buffer.format = this.kind().format;
    buffer.itemsize = this.kind().size;
    buffer.release = Some(|object| of(object).exports.set(of(object).exports.get() - 1));
    Ok(buffer)
}

/// The kind of a typecode object.
fn kind_of(code: &Object, function: &std::primitive::str) -> PyResult<&'static Kind> {
    let Some(text) = code.downcast::<Str>() else {
        return Err(error::type_error(format!(
            "{function}() argument 1 must be a unicode character, not {}",
            code.ty().full_name()
        )));
    };
    if text.len() != 1 {
        return Err(error::type_error(format!(
            "{function}() argument 1 must be a unicode character, not a string of length {}",
            text.len()
        )));
    }
    let point = text.char_at(0);
    KINDS
        .iter()
        .find(|k| u32::from(k.code) == point)
        .ok_or_else(bad_typecode)
}

fn bad_typecode() -> Raised {
    error::value_error("bad typecode (must be b, B, u, w, h, H, i, I, l, L, q, Q, f or d)")
}

fn new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    if std::ptr::eq(ty, &ARRAY) {
        args::no_keyword_dict("array.array", kwargs)?;
    }
    let given = args::tuple_len(args);
    args::check_positional("array", given, 1, 2)?;
    let kind = kind_of(args::tuple_item(args, 0), "array")?;
    if kind.code == b'u' {
        terrarium_objects::hooks::warn(
            &terrarium_objects::types::exceptions::DEPRECATION_WARNING,
            "The 'u' type code is deprecated and will be removed in Python 3.16",
            1,
        )?;
    }
    let made = with_bytes(ty, kind, Vec::new())?;
    if given == 2 {
        let made = terrarium_objects::root("array being made", made);
        fill(&made, kind, args::tuple_item(args, 1))?;
        return Ok(made.take());
    }
    Ok(made)
}

fn fill(made: &Object, kind: &'static Kind, initial: &Object) -> PyResult<()> {
    if let Some(text) = initial.downcast::<Str>() {
        if !kind.is_text() {
            return Err(error::type_error(format!(
                "cannot use a str to initialize an array with typecode '{}'",
                kind.code as char
            )));
        }
        let data: Vec<u8> = text.chars().points().flat_map(u32::to_le_bytes).collect();
        return of(made).splice(0, 0, &data);
    }
    if is_array(initial) {
        let other = of(initial);
        if kind.is_text() && !other.kind().is_text() {
            return Err(error::type_error(format!(
                "cannot use a unicode array to initialize an array with typecode '{}'",
                kind.code as char
            )));
        }
        if other.kind().code == kind.code || kind.is_text() {
            return of(made).splice(0, 0, other.bytes());
        }
        if other.kind().is_text() {
            return Err(error::type_error(format!(
                "cannot use a unicode array to initialize an array with typecode '{}'",
                kind.code as char
            )));
        }
    }
    if bytes::is_bytes(initial) || bytearray::is_bytearray(initial) {
        methods::from_bytes(made, initial)?;
        return Ok(());
    }
    if initial.downcast::<list::List>().is_some() || initial.downcast::<tuple::Tuple>().is_some() {
        let mut at = 0;
        while at < ops::sequence::fast_len(initial) {
            let item = ops::sequence::get_index(initial, at as isize)?;
            let item = terrarium_objects::root("item", item);
            let data = kind.put(&item)?;
            of(made).splice(at, at, &data)?;
            at += 1;
        }
        return Ok(());
    }
    let iterator = terrarium_objects::root("iterator over items", ops::iter::iter(initial)?);
    methods::extend_items(made, &iterator)
}
