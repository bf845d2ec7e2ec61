//! `code`: the fields of a code object as live objects, and the adaptive copy of its instructions that the loop runs and rewrites.

use std::cell::Cell;
use std::mem::MaybeUninit;
use std::ptr::null_mut;
use std::rc::Rc;

use rustc_hash::FxHashMap;
use terrarium_bytecode as bc;
use terrarium_bytecode::Constant;

use super::code_check;
use crate::adaptive;
use crate::alloc;
use crate::object::{Layout, Object, VarObject};
use crate::refs::{Owned, PyResult};
use crate::state;
use crate::typeobject::{Slots, Type};
use crate::types::str::{Search, Str};
use crate::types::{
    bool, bytes, code_attributes, complex, float, int, none, set, slice, str, tuple,
};
use crate::visit::{Role, Visit};

/// CPython's `PyCodeObject` (Include/cpython/code.h); `var.size` code units of two bytes follow.
#[repr(C)]
pub struct Code {
    pub var: VarObject,
    /// Owned tuple.
    pub consts: Cell<*mut Object>,
    /// Owned tuple of interned str.
    pub names: Cell<*mut Object>,
    /// Owned bytes.
    pub exceptiontable: Cell<*mut Object>,
    pub flags: Cell<u32>,
    pub argcount: Cell<u32>,
    pub posonlyargcount: Cell<u32>,
    pub kwonlyargcount: Cell<u32>,
    pub stacksize: Cell<u32>,
    pub firstlineno: Cell<i32>,
    pub nlocalsplus: Cell<u32>,
    /// Words of a frame: specials, locals and stack.
    pub framesize: Cell<u32>,
    pub nlocals: Cell<u32>,
    pub ncellvars: Cell<u32>,
    pub nfreevars: Cell<u32>,
    pub version: Cell<u32>,
    /// Owned tuple of interned str.
    pub localsplusnames: Cell<*mut Object>,
    /// Owned bytes.
    pub localspluskinds: Cell<*mut Object>,
    pub filename: Cell<*mut Object>,
    pub name: Cell<*mut Object>,
    pub qualname: Cell<*mut Object>,
    /// Owned bytes.
    pub linetable: Cell<*mut Object>,
    pub weaklist: Cell<*mut Object>,
    /// `co_code` once asked for; owned.
    pub cached_code: Cell<*mut Object>,
    pub cached_varnames: Cell<*mut Object>,
    pub cached_cellvars: Cell<*mut Object>,
    pub cached_freevars: Cell<*mut Object>,
    /// Index of the first instruction a tracer may stop at (the first RESUME).
    pub firsttraceable: Cell<u32>,
    /// Which setting of trace functions `monitoring` was made for.
    pub monitoring_version: Cell<u32>,
    /// What tracing knows of the code (`code_monitoring`); owned, or null.
    pub monitoring: Cell<*mut super::code_monitoring::Monitoring>,
    /// Why the code may not be run (`code_check`); in the word that CPython keeps for `co_extra`.
    pub refusal: Cell<usize>,
    units: [Cell<u16>; 0],
}

// SAFETY: starts with `VarObject`.
unsafe impl Layout for Code {
    fn type_object() -> &'static Type {
        &CODE
    }
}

/// Bytes before the first code unit.
pub const CODE_OFFSET: usize = std::mem::size_of::<Code>();

pub static CODE: Type = Type::builtin("code", CODE_OFFSET, SLOTS)
    .with_itemsize(2)
    .with_weaklistoffset(std::mem::offset_of!(Code, weaklist))
    .with_methods(&code_attributes::METHODS)
    .with_members(&code_attributes::MEMBERS)
    .with_getset(&code_attributes::GETSET);

const SLOTS: Slots = Slots {
    dealloc: code_dealloc,
    visit: code_visit,
    repr: Some(code_attributes::repr),
    hash: Some(code_attributes::hash),
    richcompare: Some(code_attributes::richcompare),
    getattro: Some(crate::ops::attribute::generic_get),
    new: Some(super::code_new::new),
    ..Slots::NONE
};

impl Code {
    /// The adaptive instructions.
    #[inline(always)]
    pub fn units(&self) -> *mut u16 {
        self.units.as_ptr() as *mut u16
    }

    /// Number of code units.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.var.size.get() as usize
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline(always)]
    pub fn const_at(&self, index: usize) -> &Object {
        // SAFETY: `consts` is a live tuple; the compiler's index is in range (checked when the code was made).
        unsafe {
            (*self.consts.get())
                .cast::<tuple::Tuple>()
                .items()
                .get_unchecked(index)
        }
    }

    #[inline(always)]
    pub fn name_at(&self, index: usize) -> &Object {
        // SAFETY: as for `const_at`.
        unsafe {
            (*self.names.get())
                .cast::<tuple::Tuple>()
                .items()
                .get_unchecked(index)
        }
    }

    /// Words that a frame has for locals and operands.
    pub fn frame_slots(&self) -> usize {
        self.framesize.get() as usize - crate::frame::SPECIALS
    }

    /// Name of fast local `index`.
    pub fn local_name(&self, index: usize) -> &Object {
        // SAFETY: `localsplusnames` is a live tuple.
        unsafe { &(*self.localsplusnames.get()).cast::<tuple::Tuple>().items()[index] }
    }

    /// Kind bits of fast local `index` (`terrarium_bytecode::code::kinds`).
    #[inline(always)]
    pub fn local_kind(&self, index: usize) -> u8 {
        // SAFETY: `localspluskinds` is a live bytes object.
        unsafe { (*self.localspluskinds.get()).cast::<bytes::Bytes>().bytes()[index] }
    }

    pub fn has(&self, flag: u32) -> bool {
        self.flags.get() & flag != 0
    }

    pub fn linetable_bytes(&self) -> &[u8] {
        // SAFETY: a live bytes object.
        unsafe { (*self.linetable.get()).cast::<bytes::Bytes>().bytes() }
    }

    pub fn exceptiontable_bytes(&self) -> &[u8] {
        // SAFETY: a live bytes object.
        unsafe { (*self.exceptiontable.get()).cast::<bytes::Bytes>().bytes() }
    }

    pub fn object(&self) -> &Object {
        &self.var.object
    }
}

/// Where code data came from; it decides which strings are immortal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The compiler: identifier-like constants are interned but mortal. Cache entries of its code are zero.
    Source,
    /// A `.pyc`: what marshal marks as interned becomes immortal (Python/marshal.c).
    Marshal,
}

/// Turns code data into code objects; shared parts become shared objects.
pub struct Builder {
    origin: Origin,
    /// Whether somebody has checked the code already.
    is_checked: bool,
    /// By address of the part, for those that several share.
    made: FxHashMap<*const (), Made>,
    /// Items of the tuples that are being made, the innermost tuple's last.
    items: Vec<Owned>,
    /// Names of the code that is being made.
    names: Vec<Name>,
}

/// Room for the shared parts of a small module.
const SHARED_PARTS: usize = 28;

/// A name of code that is being made.
enum Name {
    Made(Owned),
    Begun(Search),
}

impl Name {
    fn go_on(&self) {
        if let Name::Begun(search) = self {
            search.go_on();
        }
    }
}

/// The object of a shared part.
struct Made {
    object: Owned,
    /// Whether it is an interned string that is older than the part.
    displaced: bool,
}

impl Builder {
    pub fn new(origin: Origin) -> Builder {
        Builder {
            origin,
            is_checked: origin == Origin::Source,
            made: FxHashMap::default(),
            items: Vec::new(),
            names: Vec::new(),
        }
    }

    /// The same for code that `verify::check` has passed.
    pub fn of_checked(origin: Origin) -> Builder {
        Builder {
            is_checked: true,
            ..Builder::new(origin)
        }
    }

    /// Has the code take `name`, a str, for the name of its file, interned unless an equal one is already.
    pub fn preset_filename(&mut self, data: &bc::Code, name: &Object) {
        let name = str::intern_mortal(Owned::new(name));
        self.remember(address(&data.filename.text), &name, false);
    }

    /// The object of a part that has one holder or more; `make` makes it when it is met first.
    #[inline]
    fn shared<T: ?Sized>(
        &mut self,
        part: &Rc<T>,
        make: impl FnOnce(&mut Self, &T) -> Owned,
    ) -> Owned {
        // Nobody will ask for it again.
        if Rc::strong_count(part) == 1 {
            return make(self, part);
        }
        let key = address(part);
        if let Some(made) = self.made.get(&key) {
            return made.object.clone();
        }
        let object = make(self, part);
        self.remember(key, &object, false);
        object
    }

    fn remember(&mut self, key: *const (), object: &Owned, displaced: bool) {
        let object = object.clone();
        if self.made.is_empty() {
            self.made.reserve(SHARED_PARTS);
        }
        self.made.insert(key, Made { object, displaced });
    }

    /// A constant as a live object.
    pub fn constant(&mut self, value: &Constant) -> Owned {
        match value {
            Constant::None => none::none_owned(),
            Constant::True => bool::bool_owned(true),
            Constant::False => bool::bool_owned(false),
            Constant::Ellipsis => Owned::new(&none::ELLIPSIS),
            Constant::StopIteration => {
                Owned::new(crate::types::exceptions::STOP_ITERATION.as_object())
            }
            Constant::Int(v) => match **v {
                // These exist once for all.
                bc::Int::Small(small @ -5..=256) => int::from_i64(small),
                _ => self.shared(v, |_, v| match v {
                    bc::Int::Small(small) => int::from_i64(*small),
                    bc::Int::Big(big) => int::from_bigint(big),
                }),
            },
            Constant::Float(v) => self.shared(v, |_, v| float::from_f64(*v)),
            Constant::Complex(v) => self.shared(v, |_, v| complex::from_parts(v.0, v.1)),
            Constant::Bytes(v) => self.bytes(v),
            Constant::Str(v) => self.str(v),
            Constant::Tuple(v) => self.tuple(v),
            Constant::FrozenSet(v) => self.shared(v, |b, v| {
                set::frozen_from_constants(v.iter().map(|c| b.constant(c)).collect())
            }),
            Constant::Slice(v) => self.shared(v, |b, v| {
                slice::new(&b.constant(&v[0]), &b.constant(&v[1]), &b.constant(&v[2]))
            }),
            Constant::Code(v) => self.shared(v, |b, v| b.build(v)),
            Constant::List(v) => {
                crate::types::list::from_owned(v.iter().map(|c| self.constant(c)).collect())
            }
            Constant::Set(v) => set::from_constants(v.iter().map(|c| self.constant(c)).collect()),
            Constant::Dict(v) => {
                let dict = crate::types::dict::new();
                for (key, value) in v.iter() {
                    let (key, value) = (self.constant(key), self.constant(value));
                    if crate::types::dict::set(&dict, &key, &value).is_err() {
                        crate::error::clear();
                    }
                }
                dict
            }
        }
    }

    /// The object made of a part that the caller holds too, if it was made and no older one stands for it.
    pub fn made_of(&self, value: &Constant) -> Option<Owned> {
        let key = match value {
            Constant::Int(v) => address(v),
            Constant::Float(v) => address(v),
            Constant::Complex(v) => address(v),
            Constant::Bytes(v) => address(v),
            Constant::Str(v) => address(&v.text),
            _ => return None,
        };
        let made = self.made.get(&key).filter(|made| !made.displaced)?;
        Some(made.object.clone())
    }

    fn bytes(&mut self, value: &Rc<[u8]>) -> Owned {
        if value.is_empty() {
            return bytes::Bytes::new(value);
        }
        self.shared(value, |_, value| bytes::Bytes::new(value))
    }

    /// The compiler fills in an object of its own, where marshal takes the shared one of a single byte.
    fn kinds(&mut self, value: &Rc<[u8]>) -> Owned {
        match self.origin {
            Origin::Source => bytes::Bytes::fresh(value).expect("out of memory"),
            Origin::Marshal => self.bytes(value),
        }
    }

    /// The name of the file, which may be set before the code is made.
    fn filename(&mut self, value: &bc::Str) -> Owned {
        match self.made.get(&address(&value.text)) {
            Some(made) => made.object.clone(),
            None => self.str(value),
        }
    }

    fn str(&mut self, value: &bc::Str) -> Owned {
        let is_shared = Rc::strong_count(&value.text) > 1;
        let key = address(&value.text);
        if is_shared && let Some(made) = self.made.get(&key) {
            return made.object.clone();
        }
        let (made, displaced) = match (value.interned, self.origin) {
            (false, Origin::Source) if value.text.len() == 1 => {
                (Str::fresh_ascii(&value.text), false)
            }
            (false, _) => (Str::from_wtf8(&value.text), false),
            (true, Origin::Source) => {
                let (made, displaced) = str::intern_text(&value.text);
                match value.identifier {
                    true => (str::intern_object_immortal(made), displaced),
                    false => (made, displaced),
                }
            }
            (true, Origin::Marshal) => (str::intern_text_immortal(&value.text), false),
        };
        if is_shared {
            self.remember(key, &made, displaced);
        }
        made
    }

    /// Tuples of names: every one interned and immortal.
    fn names<const N: usize>(&mut self, tuples: [&Rc<[Constant]>; N]) -> [Owned; N] {
        let mut names = std::mem::take(&mut self.names);
        for item in tuples.iter().flat_map(|items| items.iter()) {
            names.push(self.begin_name(item));
        }
        names.iter().for_each(Name::go_on);
        let mut rest = names.drain(..);
        let made = tuples.map(|items| self.tuple_of_names(items, &mut rest));
        drop(rest);
        self.names = names;
        made
    }

    fn tuple_of_names(
        &mut self,
        items: &Rc<[Constant]>,
        names: &mut impl Iterator<Item = Name>,
    ) -> Owned {
        if items.is_empty() {
            return tuple::empty();
        }
        let start = self.items.len();
        for (item, name) in items.iter().zip(names) {
            let name = self.end_name(item, name);
            self.items.push(name);
        }
        let tuple = self.shared(items, |builder, _| {
            tuple::untracked_of(&mut builder.items, start)
        });
        // Those of a tuple that was there: perhaps one of constants so far, whose items need not have been immortal.
        self.items.truncate(start);
        tuple
    }

    fn tuple(&mut self, items: &Rc<[Constant]>) -> Owned {
        if items.is_empty() {
            return tuple::empty();
        }
        self.shared(items, |builder, items| {
            let start = builder.items.len();
            for item in items {
                let item = builder.constant(item);
                builder.items.push(item);
            }
            tuple::untracked_of(&mut builder.items, start)
        })
    }

    /// An item of a tuple of names.
    fn begin_name(&mut self, item: &Constant) -> Name {
        let Constant::Str(name) = item else {
            return Name::Made(self.constant(item));
        };
        if Rc::strong_count(&name.text) > 1 {
            let key = address(&name.text);
            match self.made.get(&key) {
                Some(made) if made.object.is_immortal() => return Name::Made(made.object.clone()),
                Some(made) => {
                    let interned = str::intern_object_immortal(made.object.clone());
                    self.remember(key, &interned, false);
                    return Name::Made(interned);
                }
                None => {}
            }
        }
        Name::Begun(Search::begin(&name.text))
    }

    fn end_name(&mut self, item: &Constant, name: Name) -> Owned {
        match (name, item) {
            (Name::Made(object), _) => object,
            (Name::Begun(search), Constant::Str(name)) => {
                let interned = search.end_immortal(&name.text);
                if Rc::strong_count(&name.text) > 1 {
                    self.remember(address(&name.text), &interned, false);
                }
                interned
            }
            (Name::Begun(_), _) => unreachable!("only texts are searched for"),
        }
    }

    /// The code object of this data.
    pub fn build(&mut self, data: &bc::Code) -> Owned {
        let [names, localsplusnames] = self.names([&data.names, &data.localsplusnames]);
        let (name, qualname, filename) = (
            self.name(&data.name),
            self.str(&data.qualname),
            self.filename(&data.filename),
        );
        let consts = self.tuple(&data.consts);
        let parts = Parts {
            argcount: data.argcount,
            posonlyargcount: data.posonlyargcount,
            kwonlyargcount: data.kwonlyargcount,
            stacksize: data.stacksize,
            flags: data.flags,
            firstlineno: data.firstlineno,
            consts,
            names,
            localsplusnames,
            localspluskinds: self.kinds(&data.localspluskinds),
            filename,
            name,
            qualname,
            linetable: self.bytes(&data.linetable),
            exceptiontable: self.bytes(&data.exceptiontable),
        };
        let made = match self.origin {
            Origin::Source => from_trusted(&data.code, parts, adaptive::quicken_compiled),
            Origin::Marshal if self.is_checked => from_trusted(&data.code, parts, quicken_any),
            Origin::Marshal => from_parts(&data.code, parts),
        };
        made.expect("out of memory")
    }

    fn name(&mut self, value: &bc::Str) -> Owned {
        self.shared(&value.text, |_, text| str::intern_text_immortal(text))
    }
}

/// What tells a part from others.
fn address<T: ?Sized>(part: &Rc<T>) -> *const () {
    Rc::as_ptr(part).cast()
}

/// What a code object is made of, as live objects.
pub struct Parts {
    pub argcount: u32,
    pub posonlyargcount: u32,
    pub kwonlyargcount: u32,
    pub stacksize: u32,
    pub flags: u32,
    pub firstlineno: i32,
    /// A tuple.
    pub consts: Owned,
    /// A tuple of interned str.
    pub names: Owned,
    /// A tuple of interned str.
    pub localsplusnames: Owned,
    /// Bytes, one for each of `localsplusnames`.
    pub localspluskinds: Owned,
    pub filename: Owned,
    pub name: Owned,
    pub qualname: Owned,
    /// Bytes.
    pub linetable: Owned,
    /// Bytes.
    pub exceptiontable: Owned,
}

/// A code object of `units` (whole code units, two bytes each) and parts that anybody may have made: it is checked, and only raises SystemError
/// when it is run if it is damaged.
pub fn from_parts(units: &[u8], mut parts: Parts) -> PyResult {
    let problem =
        code_check::mend_tables(&mut parts).or_else(|| code_check::problem(units, &parts));
    let made = from_trusted(units, parts, quicken_any)?;
    if let Some(problem) = problem {
        // SAFETY: just made.
        unsafe { code_check::refuse(made.cast::<Code>(), units, problem) };
    }
    Ok(made)
}

/// Copies code whose cache entries may hold anything, and sets its counters.
fn quicken_any(units: &[u8], to: &mut [MaybeUninit<u16>]) {
    for (unit, to) in units.as_chunks().0.iter().zip(&mut *to) {
        to.write(u16::from_ne_bytes(*unit));
    }
    // SAFETY: just written.
    adaptive::quicken(unsafe { to.assume_init_mut() });
}

/// The same for code that may be run; `quicken` copies the units and sets their counters.
fn from_trusted(
    units: &[u8],
    parts: Parts,
    quicken: impl Fn(&[u8], &mut [MaybeUninit<u16>]),
) -> PyResult {
    let count = units.len() / 2;
    // SAFETY: the whole body is written below.
    unsafe {
        let place = alloc::object_memory(&CODE, CODE_OFFSET + count.max(1) * 2);
        if place.is_null() {
            return Err(crate::error::memory_error());
        }
        let code = (*place).cast::<Code>();
        let kinds = bytes::cast(&parts.localspluskinds).bytes();
        let of_kinds = counts_of_kinds(kinds);
        let nlocalsplus = kinds.len() as u32;
        code.var.size.set(count as isize);
        code.flags.set(parts.flags);
        code.argcount.set(parts.argcount);
        code.posonlyargcount.set(parts.posonlyargcount);
        code.kwonlyargcount.set(parts.kwonlyargcount);
        code.stacksize.set(parts.stacksize);
        code.firstlineno.set(parts.firstlineno);
        code.nlocalsplus.set(nlocalsplus);
        code.framesize.set(
            nlocalsplus
                .saturating_add(parts.stacksize)
                .saturating_add(crate::frame::SPECIALS as u32),
        );
        code.nlocals.set(of_kinds[0]);
        code.ncellvars.set(of_kinds[1]);
        code.nfreevars.set(of_kinds[2]);
        code.version.set(next_version());
        for (cell, part) in [
            (&code.consts, parts.consts),
            (&code.names, parts.names),
            (&code.exceptiontable, parts.exceptiontable),
            (&code.localsplusnames, parts.localsplusnames),
            (&code.localspluskinds, parts.localspluskinds),
            (&code.filename, parts.filename),
            (&code.name, parts.name),
            (&code.qualname, parts.qualname),
            (&code.linetable, parts.linetable),
        ] {
            cell.set(part.into_raw());
        }
        for cell in [
            &code.weaklist,
            &code.cached_code,
            &code.cached_varnames,
            &code.cached_cellvars,
            &code.cached_freevars,
        ] {
            cell.set(null_mut());
        }
        code.monitoring_version.set(0);
        code.monitoring.set(null_mut());
        code.refusal.set(0);
        quicken(
            units,
            std::slice::from_raw_parts_mut(code.units().cast(), count),
        );
        let quickened = std::slice::from_raw_parts(code.units(), count);
        code.firsttraceable.set(adaptive::first_resume(quickened));
        Ok(Owned::from_raw(place))
    }
}

/// How many of these are locals, cells and free variables.
fn counts_of_kinds(kinds: &[u8]) -> [u32; 3] {
    use bc::code::kinds as k;
    let mut counts = [0; 3];
    for kind in kinds {
        for (count, bit) in counts.iter_mut().zip([k::LOCAL, k::CELL, k::FREE]) {
            *count += u32::from(kind & bit != 0);
        }
    }
    counts
}

fn next_version() -> u32 {
    let cell = &state::get().next_func_version;
    let version = cell.get();
    if version != 0 {
        cell.set(version.wrapping_add(1));
    }
    version
}

unsafe fn code_dealloc(object: *mut Object) {
    // SAFETY: a dying code object.
    unsafe {
        let code = (*object).cast::<Code>();
        if !code.weaklist.get().is_null() {
            crate::types::weakref::clear_weakrefs(&*object);
        }
        super::code_monitoring::discard(code);
        code_check::forget(&code.refusal);
        for cell in owned_cells(code) {
            let part = cell.1.replace(null_mut());
            if !part.is_null() {
                Object::decref(part);
            }
        }
        alloc::free_object(object);
    }
}

type NamedCell<'a> = (&'static str, &'a Cell<*mut Object>);

/// Every owned field, in the order in which deallocation gives them up (Objects/codeobject.c, `code_dealloc`).
fn owned_cells(code: &Code) -> [NamedCell<'_>; 13] {
    [
        ("co_consts", &code.consts),
        ("co_names", &code.names),
        ("co_localsplusnames", &code.localsplusnames),
        ("co_localspluskinds", &code.localspluskinds),
        ("co_filename", &code.filename),
        ("co_name", &code.name),
        ("co_qualname", &code.qualname),
        ("co_linetable", &code.linetable),
        ("co_exceptiontable", &code.exceptiontable),
        ("co_code", &code.cached_code),
        ("co_varnames", &code.cached_varnames),
        ("co_cellvars", &code.cached_cellvars),
        ("co_freevars", &code.cached_freevars),
    ]
}

unsafe fn code_visit(object: &Object, visit: &mut Visit<'_>) {
    // SAFETY: called for code objects.
    let code = unsafe { object.cast::<Code>() };
    for (name, cell) in owned_cells(code) {
        // SAFETY: null or owned.
        if let Some(part) = unsafe { cell.get().as_ref() } {
            visit.hidden(Role::Field(name), part);
        }
    }
}
