//! Types: the struct behind a `type` object, its slots, and how a built-in type is declared.
//!
//! A built-in type is a `static` made by `Type::builtin`; its slots and its tables of methods, getsets and members are data. `type_ready`
//! (in `typeobject_ready`) turns the tables into the entries of its `__dict__` when the interpreter starts.

use std::cell::{Cell, UnsafeCell};
use std::ops::Deref;

use crate::object::{Layout, Object, VarObject};
use crate::refs::{Owned, PyResult, Word};
use crate::visit::Visit;

/// `tp_flags` (Include/object.h); the values are visible as `type.__flags__`.
pub mod flags {
    pub const STATIC_BUILTIN: u64 = 1 << 1;
    pub const INLINE_VALUES: u64 = 1 << 2;
    pub const MANAGED_WEAKREF: u64 = 1 << 3;
    pub const MANAGED_DICT: u64 = 1 << 4;
    pub const PREHEADER: u64 = MANAGED_DICT | MANAGED_WEAKREF;
    pub const SEQUENCE: u64 = 1 << 5;
    pub const MAPPING: u64 = 1 << 6;
    pub const DISALLOW_INSTANTIATION: u64 = 1 << 7;
    pub const IMMUTABLETYPE: u64 = 1 << 8;
    pub const HEAPTYPE: u64 = 1 << 9;
    pub const BASETYPE: u64 = 1 << 10;
    pub const HAVE_VECTORCALL: u64 = 1 << 11;
    pub const READY: u64 = 1 << 12;
    pub const READYING: u64 = 1 << 13;
    pub const HAVE_GC: u64 = 1 << 14;
    pub const METHOD_DESCRIPTOR: u64 = 1 << 17;
    pub const VALID_VERSION_TAG: u64 = 1 << 19;
    pub const IS_ABSTRACT: u64 = 1 << 20;
    pub const MATCH_SELF: u64 = 1 << 22;
    pub const ITEMS_AT_END: u64 = 1 << 23;
    pub const LONG_SUBCLASS: u64 = 1 << 24;
    pub const LIST_SUBCLASS: u64 = 1 << 25;
    pub const TUPLE_SUBCLASS: u64 = 1 << 26;
    pub const BYTES_SUBCLASS: u64 = 1 << 27;
    pub const UNICODE_SUBCLASS: u64 = 1 << 28;
    pub const DICT_SUBCLASS: u64 = 1 << 29;
    pub const BASE_EXC_SUBCLASS: u64 = 1 << 30;
    pub const TYPE_SUBCLASS: u64 = 1 << 31;
}

/// The six comparisons, numbered as CPython's `Py_LT` ...
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum CompareOp {
    Lt = 0,
    Le = 1,
    Eq = 2,
    Ne = 3,
    Gt = 4,
    Ge = 5,
}

/// What `am_send` gave: the generator yielded, or it returned.
#[derive(Debug)]
pub enum Sent {
    Yielded(Owned),
    Returned(Owned),
}

/// Memory of an object that offers the buffer protocol, one-dimensional and contiguous; `owner` keeps it alive. Dropping the buffer
/// gives it back.
pub struct Buffer {
    pub owner: Owned,
    pub data: *mut u8,
    /// Bytes, not items.
    pub len: usize,
    pub readonly: bool,
    /// What an item is, as the `struct` module spells it; `B` for plain bytes.
    pub format: &'static str,
    pub itemsize: usize,
    /// Told the owner when the buffer is given back.
    pub release: Option<fn(&Object)>,
}

impl Buffer {
    /// A buffer of plain bytes that needs no release.
    pub fn bytes(owner: &Object, data: *mut u8, len: usize, readonly: bool) -> Buffer {
        Buffer {
            owner: Owned::new(owner),
            data,
            len,
            readonly,
            format: "B",
            itemsize: 1,
            release: None,
        }
    }

    /// The memory; it must not be written meanwhile.
    pub fn slice(&self) -> &[u8] {
        if self.len == 0 {
            return &[];
        }
        // SAFETY: the owner keeps `len` bytes alive and in place until the release.
        unsafe { std::slice::from_raw_parts(self.data, self.len) }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        if let Some(release) = self.release {
            release(&self.owner);
        }
    }
}

/// Arguments in the vectorcall manner: positional ones first, then the values of the keywords that `kwnames` (a tuple of str) names.
/// The caller owns them all; a callee that keeps one takes a reference.
pub type CallFn = fn(callable: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult;
pub type UnaryFn = fn(&Object) -> PyResult;
/// Returns `NotImplemented` when the operand types do not fit.
pub type BinaryFn = fn(&Object, &Object) -> PyResult;
pub type TernaryFn = fn(&Object, &Object, &Object) -> PyResult;
pub type InquiryFn = fn(&Object) -> PyResult<bool>;
pub type LenFn = fn(&Object) -> PyResult<usize>;
pub type IndexFn = fn(&Object, isize) -> PyResult;
/// `None` deletes.
pub type IndexAssignFn = fn(&Object, isize, Option<&Object>) -> PyResult<()>;
pub type ContainsFn = fn(&Object, &Object) -> PyResult<bool>;
/// Key or name, and value; `None` deletes.
pub type AssignFn = fn(&Object, &Object, Option<&Object>) -> PyResult<()>;
pub type CompareFn = fn(&Object, &Object, CompareOp) -> PyResult;
pub type HashFn = fn(&Object) -> PyResult<isize>;
/// At the end `None`, or StopIteration raised where it has a value that someone may want (Python's own `__next__`): `ops::iter::next` takes both.
pub type IterNextFn = fn(&Object) -> PyResult<Option<Owned>>;
/// Descriptor, instance (absent for access through the type), owner type.
pub type DescrGetFn = fn(&Object, Option<&Object>, Option<&Object>) -> PyResult;
/// Self, tuple of arguments, dict of keyword arguments.
pub type InitFn = fn(&Object, &Object, Option<&Object>) -> PyResult<()>;
pub type NewFn = fn(&Type, &Object, Option<&Object>) -> PyResult;

macro_rules! slots {
    ($($(#[$doc:meta])* $name:ident : $ty:ty),* $(,)?) => {
        /// The operations of a type; names are CPython's without `tp_` and `nb_`.
        #[derive(Clone, Copy)]
        pub struct Slots {
            /// Runs at count zero: gives up what the object owns and frees it.
            ///
            /// # Safety of every `dealloc`
            /// The object is of the slot's type (or a subtype), its count is zero, and nobody uses it afterwards.
            pub dealloc: unsafe fn(*mut Object),
            /// Names every reference the object owns (see `visit`). Does not report the type word: the walker does.
            ///
            /// # Safety of every `visit`
            /// The object is of the slot's type (or a subtype); the visitor runs no Python.
            pub visit: unsafe fn(&Object, &mut Visit<'_>),
            $($(#[$doc])* pub $name: Option<$ty>,)*
        }

        impl Slots {
            /// No operation, the plain deallocator of an object that owns nothing, and no references.
            pub const NONE: Slots = Slots { dealloc: crate::alloc::plain_dealloc, visit: no_references, $($name: None,)* };

            /// Fills each empty slot but `dealloc`, `visit`, `clear` and `new` from the base.
            pub fn inherit_operations(&mut self, base: &Slots) {
                $(if self.$name.is_none() { self.$name = base.$name; })*
            }
        }
    };
}

slots! {
    clear: fn(&Object), finalize: fn(&Object),
    repr: UnaryFn, str: UnaryFn, hash: HashFn, call: CallFn,
    getattro: BinaryFn, setattro: AssignFn, richcompare: CompareFn,
    iter: UnaryFn, iternext: IterNextFn, descr_get: DescrGetFn, descr_set: AssignFn, init: InitFn, new: NewFn,
    add: BinaryFn, subtract: BinaryFn, multiply: BinaryFn, remainder: BinaryFn, divmod: BinaryFn, power: TernaryFn,
    negative: UnaryFn, positive: UnaryFn, absolute: UnaryFn, bool: InquiryFn, invert: UnaryFn,
    lshift: BinaryFn, rshift: BinaryFn, and: BinaryFn, xor: BinaryFn, or: BinaryFn, int: UnaryFn, float: UnaryFn,
    inplace_add: BinaryFn, inplace_subtract: BinaryFn, inplace_multiply: BinaryFn, inplace_remainder: BinaryFn,
    inplace_power: TernaryFn, inplace_lshift: BinaryFn, inplace_rshift: BinaryFn, inplace_and: BinaryFn,
    inplace_xor: BinaryFn, inplace_or: BinaryFn, floor_divide: BinaryFn, true_divide: BinaryFn,
    inplace_floor_divide: BinaryFn, inplace_true_divide: BinaryFn, index: UnaryFn,
    matrix_multiply: BinaryFn, inplace_matrix_multiply: BinaryFn,
    sq_length: LenFn, sq_concat: BinaryFn, sq_repeat: IndexFn, sq_item: IndexFn, sq_ass_item: IndexAssignFn,
    sq_contains: ContainsFn, sq_inplace_concat: BinaryFn, sq_inplace_repeat: IndexFn,
    mp_length: LenFn, mp_subscript: BinaryFn, mp_ass_subscript: AssignFn,
    am_await: UnaryFn, am_aiter: UnaryFn, am_anext: UnaryFn, am_send: fn(&Object, &Object) -> PyResult<Sent>,
    getbuffer: fn(&Object) -> PyResult<Buffer>,
}

unsafe fn no_references(_: &Object, _: &mut Visit<'_>) {}

/// A native function and how it takes its arguments (CPython's METH_ flags). Self is the instance, the class or the module.
#[derive(Clone, Copy)]
pub enum Native {
    NoArgs(fn(&Object) -> PyResult),
    O(fn(&Object, &Object) -> PyResult),
    Fast(fn(&Object, &[Word]) -> PyResult),
    /// Self, arguments (positional, then keyword values), names of the keywords.
    FastKeywords(fn(&Object, &[Word], Option<&Object>) -> PyResult),
    /// Self, tuple of arguments.
    VarArgs(fn(&Object, &Object) -> PyResult),
    /// Self, tuple of arguments, dict of keyword arguments.
    VarArgsKeywords(fn(&Object, &Object, Option<&Object>) -> PyResult),
}

/// How a method of a type is bound.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Binding {
    Instance,
    Class,
    Static,
}

/// One native function or method. `doc` starts with CPython's signature line (`name($self, x, /)\n--\n\n`) where CPython has one.
pub struct MethodDef {
    pub name: &'static str,
    pub call: Native,
    pub binding: Binding,
    pub doc: &'static str,
}

impl MethodDef {
    pub const fn new(name: &'static str, call: Native, doc: &'static str) -> MethodDef {
        MethodDef {
            name,
            call,
            binding: Binding::Instance,
            doc,
        }
    }

    pub const fn class(name: &'static str, call: Native, doc: &'static str) -> MethodDef {
        MethodDef {
            name,
            call,
            binding: Binding::Class,
            doc,
        }
    }

    pub const fn r#static(name: &'static str, call: Native, doc: &'static str) -> MethodDef {
        MethodDef {
            name,
            call,
            binding: Binding::Static,
            doc,
        }
    }
}

/// A computed attribute.
pub struct GetSetDef {
    pub name: &'static str,
    pub get: Option<fn(&Object) -> PyResult>,
    /// `None` as value deletes.
    pub set: Option<fn(&Object, Option<&Object>) -> PyResult<()>>,
    pub doc: &'static str,
}

impl GetSetDef {
    pub const fn read(
        name: &'static str,
        get: fn(&Object) -> PyResult,
        doc: &'static str,
    ) -> GetSetDef {
        GetSetDef {
            name,
            get: Some(get),
            set: None,
            doc,
        }
    }
}

/// What sits at a member's offset.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MemberKind {
    /// An owned reference; null reads as `None`.
    Object,
    /// An owned reference; null raises AttributeError (`__slots__`).
    ObjectEx,
    Int,
    UInt,
    Ssize,
    Bool,
}

/// An attribute that is a field of the instance.
pub struct MemberDef {
    pub name: &'static str,
    pub kind: MemberKind,
    /// Bytes from the start of the object.
    pub offset: usize,
    pub readonly: bool,
    pub doc: &'static str,
}

impl MemberDef {
    /// A member that programs can read, without a doc.
    pub const fn new(name: &'static str, kind: MemberKind, offset: usize) -> MemberDef {
        MemberDef {
            name,
            kind,
            offset,
            readonly: true,
            doc: "",
        }
    }

    /// The same, which programs can set and delete too.
    pub const fn writable(mut self) -> MemberDef {
        self.readonly = false;
        self
    }

    pub const fn with_doc(mut self, doc: &'static str) -> MemberDef {
        self.doc = doc;
        self
    }
}

/// `Slots` that change when a class changes. Read through `Deref`; copy a slot out before calling it.
pub struct SlotsCell(UnsafeCell<Slots>);

impl Deref for SlotsCell {
    type Target = Slots;

    #[inline(always)]
    fn deref(&self) -> &Slots {
        // SAFETY: slots are edited only by `edit`, under the lock, while no reader keeps the borrow.
        unsafe { &*self.0.get() }
    }
}

impl SlotsCell {
    /// Changes slots in place.
    pub fn edit(&self, change: impl FnOnce(&mut Slots)) {
        // SAFETY: as in `deref`; `change` must not run Python (all callers pass plain assignments).
        change(unsafe { &mut *self.0.get() });
    }
}

/// A type object. The first fields are the header every object has; heap types use the `ht_` fields as well.
///
/// `dict` and `weaklist` stand where CPython's `tp_dict` and `tp_weaklist` stand, as their offsets are visible (`type.__dictoffset__`).
#[repr(C)]
pub struct Type {
    pub head: VarObject,
    name: Cell<*const str>,
    pub basicsize: Cell<isize>,
    pub itemsize: Cell<isize>,
    pub flags: Cell<u64>,
    /// Constructor in the vectorcall manner (`tp_vectorcall`): called with the type as callable.
    pub vectorcall: Cell<Option<CallFn>>,
    /// 0: none assigned (`type_cache`).
    pub version_tag: Cell<u32>,
    pub versions_used: Cell<u16>,
    /// Offset of the `__dict__` word; 0 for none, -1 for managed.
    pub dictoffset: Cell<isize>,
    /// Offset of the weak-reference list; 0 for none, -32 for managed.
    pub weaklistoffset: Cell<isize>,
    /// Shared keys of the instances' attributes (a `DictKeys`), or null; owned.
    pub ht_cached_keys: Cell<*mut u8>,
    /// The specialiser's cache: `__getitem__` (borrowed function) and its version; `__init__` likewise.
    pub cache_getitem: Cell<*mut Object>,
    pub cache_getitem_version: Cell<u32>,
    pub cache_init: Cell<*mut Object>,
    /// Borrowed for static types, owned for heap types.
    pub base: Cell<*const Type>,
    /// Owned tuple.
    pub bases: Cell<*mut Object>,
    /// Owned tuple, self first.
    pub mro: Cell<*mut Object>,
    pub doc: Cell<Option<&'static str>>,
    pub methods: &'static [MethodDef],
    /// A heap type owns its tables of members.
    pub getset: Cell<&'static [GetSetDef]>,
    pub members: Cell<&'static [MemberDef]>,
    /// The list of subclasses (`types::type`), or null.
    pub subclasses: Cell<*mut Object>,
    unused: [usize; 5],
    /// Owned dict: the namespace.
    pub dict: Cell<*mut Object>,
    /// Owned; heap types only.
    pub ht_name: Cell<*mut Object>,
    pub ht_qualname: Cell<*mut Object>,
    pub ht_slots: Cell<*mut Object>,
    padding: [usize; 9],
    pub weaklist: Cell<*mut Object>,
    pub slots: SlotsCell,
}

// SAFETY: types are touched only by the thread that holds the interpreter's lock.
unsafe impl Sync for Type {}

// SAFETY: `Type` starts with `VarObject` and describes instances of `type`.
unsafe impl Layout for Type {
    fn type_object() -> &'static Type {
        &crate::types::r#type::TYPE
    }
}

impl Type {
    /// A static built-in type. `metatype` is almost always `&TYPE`; `base` null means `object`.
    /// Further facts are added with the `with_` methods.
    pub const fn builtin(name: &'static str, basicsize: usize, slots: Slots) -> Type {
        Type {
            head: VarObject {
                object: Object::immortal(&raw const crate::types::r#type::TYPE),
                size: Cell::new(0),
            },
            name: Cell::new(name),
            basicsize: Cell::new(basicsize as isize),
            itemsize: Cell::new(0),
            flags: Cell::new(flags::STATIC_BUILTIN | flags::IMMUTABLETYPE),
            vectorcall: Cell::new(None),
            version_tag: Cell::new(0),
            versions_used: Cell::new(0),
            dictoffset: Cell::new(0),
            weaklistoffset: Cell::new(0),
            ht_cached_keys: Cell::new(std::ptr::null_mut()),
            cache_getitem: Cell::new(std::ptr::null_mut()),
            cache_getitem_version: Cell::new(0),
            cache_init: Cell::new(std::ptr::null_mut()),
            base: Cell::new(std::ptr::null()),
            bases: Cell::new(std::ptr::null_mut()),
            mro: Cell::new(std::ptr::null_mut()),
            doc: Cell::new(None),
            methods: &[],
            getset: Cell::new(&[]),
            members: Cell::new(&[]),
            subclasses: Cell::new(std::ptr::null_mut()),
            unused: [0; 5],
            dict: Cell::new(std::ptr::null_mut()),
            ht_name: Cell::new(std::ptr::null_mut()),
            ht_qualname: Cell::new(std::ptr::null_mut()),
            ht_slots: Cell::new(std::ptr::null_mut()),
            padding: [0; 9],
            weaklist: Cell::new(std::ptr::null_mut()),
            slots: SlotsCell(UnsafeCell::new(slots)),
        }
    }

    /// Adds bits of `flags`.
    pub const fn with_flags(mut self, bits: u64) -> Type {
        self.flags = Cell::new(flags::STATIC_BUILTIN | flags::IMMUTABLETYPE | bits);
        self
    }

    pub const fn with_base(mut self, base: *const Type) -> Type {
        self.base = Cell::new(base);
        self
    }

    /// Size in bytes of one item of a variable-size instance.
    pub const fn with_itemsize(mut self, itemsize: usize) -> Type {
        self.itemsize = Cell::new(itemsize as isize);
        self
    }

    pub const fn with_vectorcall(mut self, call: CallFn) -> Type {
        self.vectorcall = Cell::new(Some(call));
        self
    }

    pub const fn with_methods(mut self, methods: &'static [MethodDef]) -> Type {
        self.methods = methods;
        self
    }

    pub const fn with_getset(mut self, getset: &'static [GetSetDef]) -> Type {
        self.getset = Cell::new(getset);
        self
    }

    pub const fn with_members(mut self, members: &'static [MemberDef]) -> Type {
        self.members = Cell::new(members);
        self
    }

    pub const fn with_doc(mut self, doc: &'static str) -> Type {
        self.doc = Cell::new(Some(doc));
        self
    }

    /// Offset of the word that holds the instance's `__dict__` (owned, null until needed).
    pub const fn with_dictoffset(mut self, offset: usize) -> Type {
        self.dictoffset = Cell::new(offset as isize);
        self
    }

    /// Offset of the word that heads the instance's list of weak references.
    pub const fn with_weaklistoffset(mut self, offset: usize) -> Type {
        self.weaklistoffset = Cell::new(offset as isize);
        self
    }

    /// Says that the words for the dict and the weak references stand before the object (flags `MANAGED_DICT`, `MANAGED_WEAKREF`).
    pub const fn with_managed_words(mut self) -> Type {
        let bits = self.flags.get();
        if bits & flags::MANAGED_DICT != 0 {
            self.dictoffset = Cell::new(-1);
        }
        if bits & flags::MANAGED_WEAKREF != 0 {
            self.weaklistoffset = Cell::new(-32);
        }
        self
    }

    /// `tp_name`: for built-in types with their module in front (`collections.deque`), for heap types `__name__`.
    pub fn full_name(&self) -> &str {
        // SAFETY: points to a literal, or into `ht_name`, which lives as long as it is set.
        unsafe { &*self.name.get() }
    }

    /// The last part of `full_name`: `__name__`. Messages show `full_name`, as CPython's show `tp_name`.
    pub fn name(&self) -> &str {
        let full = self.full_name();
        if self.has(flags::HEAPTYPE) {
            full
        } else {
            full.rsplit('.').next().unwrap_or(full)
        }
    }

    /// Points the name elsewhere.
    ///
    /// # Safety
    /// `name` lives until the next call or the end of the type.
    pub unsafe fn set_name(&self, name: *const str) {
        self.name.set(name);
    }

    #[inline(always)]
    pub fn has(&self, bits: u64) -> bool {
        self.flags.get() & bits != 0
    }

    #[inline(always)]
    pub fn is_heap(&self) -> bool {
        self.has(flags::HEAPTYPE)
    }

    #[inline(always)]
    pub fn as_object(&self) -> &Object {
        &self.head.object
    }

    /// Names every reference that `object`, an instance, owns (the type word aside).
    pub fn visit_object(&self, object: &Object, visit: &mut Visit<'_>) {
        debug_assert!(std::ptr::eq(object.ty(), self));
        // SAFETY: the slot belongs to the object's own type.
        unsafe { (self.slots.visit)(object, visit) }
    }

    #[inline(always)]
    pub fn base(&self) -> Option<&'static Type> {
        // SAFETY: null or a valid type that outlives this one.
        unsafe { self.base.get().as_ref() }
    }

    /// Whether this type is `other` or derives from it, by the method resolution order.
    #[inline]
    pub fn is_subtype(&self, other: &Type) -> bool {
        std::ptr::eq(self, other) || self.is_subtype_slow(other)
    }

    fn is_subtype_slow(&self, other: &Type) -> bool {
        // SAFETY: `mro` is null or a live tuple of types.
        match unsafe { self.mro.get().as_ref() } {
            Some(mro) => unsafe { mro.cast::<crate::types::tuple::Tuple>() }
                .items()
                .iter()
                .any(|t| std::ptr::eq(t.as_ptr().cast(), other)),
            None => {
                let mut at: Option<&Type> = Some(self);
                while let Some(ty) = at {
                    if std::ptr::eq(ty, other) {
                        return true;
                    }
                    at = ty.base();
                }
                std::ptr::eq(other, &crate::types::object::OBJECT)
            }
        }
    }
}
