//! `_struct` (Modules/_struct.c): values packed into bytes by a format.

mod layout;

use std::cell::Cell;
use std::rc::Rc;

use terrarium_objects::args::{self, Signature};
use terrarium_objects::field::Field;
use terrarium_objects::object::{Layout as _, Object};
use terrarium_objects::state::holding;
use terrarium_objects::typeobject::{Buffer, GetSetDef, MethodDef, Native, Slots, Type, flags};
use terrarium_objects::types::bytes::{self, Bytes};
use terrarium_objects::types::str::{self, Str};
use terrarium_objects::types::{dict, exceptions as exc, int, module, self_iter, tuple, r#type};
use terrarium_objects::visit::{Role, Visit};
use terrarium_objects::{
    Owned, PyResult, Raised, Word, error, gc, none_owned, ops, root, state, typeobject_ready, words,
};
use terrarium_runtime::native_module::ModuleDef;

pub use layout::{Layout, from_half, to_half};

pub static MODULE: ModuleDef = ModuleDef {
    name: "_struct",
    doc: "",
    methods: METHODS,
    exec,
};

const METHODS: &[MethodDef] = &[
    MethodDef::new("_clearcache", Native::NoArgs(clear_cache), ""),
    MethodDef::new("calcsize", Native::O(calcsize), ""),
    MethodDef::new("iter_unpack", Native::Fast(module_iter_unpack), ""),
    MethodDef::new("pack", Native::Fast(module_pack), ""),
    MethodDef::new("pack_into", Native::Fast(module_pack_into), ""),
    MethodDef::new("unpack", Native::Fast(module_unpack), ""),
    MethodDef::new("unpack_from", Native::FastKeywords(module_unpack_from), ""),
];

fn exec(this: &Object) -> PyResult<()> {
    let space = module::namespace(this);
    typeobject_ready::ready_static(&STRUCT);
    typeobject_ready::ready_static(&UNPACK_ITERATOR);
    dict::set_str(space, "Struct", STRUCT.as_object());
    let body = dict::new();
    dict::set_str(&body, "__module__", &Str::new("struct"));
    let bases: [&Object; 1] = [exc::EXCEPTION.as_object()];
    // However often the module is made, its functions raise one class.
    let class = match state::get().kept("struct.error") {
        Some(class) => Owned::new(class),
        None => r#type::methods::make_class("error", &bases, &body)?,
    };
    dict::set_str(space, "error", &class);
    state::get().keep("struct.error", class);
    Ok(())
}

/// Raises `struct.error`.
pub fn raise(text: &std::primitive::str) -> Raised {
    match state::get().kept("struct.error") {
        // SAFETY: kept as a class.
        Some(class) => error::raise(unsafe { class.cast::<Type>() }, text),
        None => error::value_error(text),
    }
}

/// Formats that are remembered at most.
const CACHED: usize = 100;

/// The name of the dict of `Struct`s by their formats.
const CACHE: &str = "formats of struct";

fn clear_cache(_: &Object) -> PyResult {
    state::get().forget(CACHE);
    Ok(none_owned())
}

/// The letters of a format object.
fn format_bytes(format: &Object) -> PyResult<Vec<u8>> {
    if str::is_str(format) {
        let encoded = terrarium_objects::codecs::ascii_encode(format, "strict")?;
        return Ok(bytes::cast(&encoded).bytes().to_vec());
    }
    if bytes::is_bytes(format) {
        return Ok(bytes::cast(format).bytes().to_vec());
    }
    Err(error::type_error(format!(
        "Struct() argument 1 must be a str or bytes object, not {}",
        format.ty().full_name()
    )))
}

fn layout_of(letters: &[u8]) -> PyResult<Rc<Layout>> {
    if letters.contains(&0) {
        return Err(raise("embedded null character"));
    }
    Ok(Rc::new(Layout::parse(letters)?))
}

/// CPython's `PyStructObject`.
#[repr(C)]
pub struct Struct {
    object: Object,
    /// An `Rc` turned into a pointer, null before `__init__`.
    layout: Cell<*const Layout>,
    padding: [usize; 2],
    format: Field,
    weaklist: Field,
}

// SAFETY: starts with `Object`.
unsafe impl terrarium_objects::object::Layout for Struct {
    fn type_object() -> &'static Type {
        &STRUCT
    }
}

pub static STRUCT: Type = Type::builtin(
    "_struct.Struct",
    size_of::<Struct>(),
    Slots {
        dealloc,
        visit,
        clear: Some(|o| of(o).format.clear()),
        repr: Some(repr),
        init: Some(init),
        new: Some(|ty, _, _| r#type::generic_alloc(ty, 0)),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::BASETYPE)
.with_weaklistoffset(std::mem::offset_of!(Struct, weaklist))
.with_methods(&[
    MethodDef::new("iter_unpack", Native::O(iter_unpack), ""),
    MethodDef::new("pack", Native::Fast(|o, a| pack(&*ready(o)?, a)), ""),
    MethodDef::new(
        "pack_into",
        Native::Fast(|o, a| pack_into(&*ready(o)?, a)),
        "",
    ),
    MethodDef::new("unpack", Native::O(|o, data| unpack(&*ready(o)?, data)), ""),
    MethodDef::new("unpack_from", Native::FastKeywords(unpack_from_method), ""),
    MethodDef::new("__sizeof__", Native::NoArgs(sizeof), ""),
])
.with_getset(&[
    GetSetDef::read(
        "format",
        |o| {
            ready(o)?;
            let letters = of(o).format.or_none();
            Ok(Str::from_latin1(bytes::cast(&letters).bytes()))
        },
        "",
    ),
    GetSetDef::read(
        "size",
        |o| match layout_pointer(o) {
            Some(layout) => Ok(int::from_usize(layout.size)),
            None => Ok(int::from_i64(-1)),
        },
        "",
    ),
]);

fn of(object: &Object) -> &Struct {
    // SAFETY: called for instances of this type.
    unsafe { object.cast() }
}

fn layout_pointer(object: &Object) -> Option<Rc<Layout>> {
    let pointer = of(object).layout.get();
    if pointer.is_null() {
        return None;
    }
    // SAFETY: came from `Rc::into_raw`; the object keeps its own count.
    unsafe {
        Rc::increment_strong_count(pointer);
        Some(Rc::from_raw(pointer))
    }
}

fn ready(object: &Object) -> PyResult<Rc<Layout>> {
    layout_pointer(object).ok_or_else(|| error::runtime_error("Struct object is not initialized"))
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dying instance; its layout is given up once.
    unsafe {
        let this = &*object;
        gc::untrack(this);
        if !of(this).weaklist.is_empty() {
            terrarium_objects::types::weakref::clear_weakrefs(this);
        }
        of(this).format.clear();
        let layout = of(this).layout.replace(std::ptr::null());
        if !layout.is_null() {
            drop(Rc::from_raw(layout));
        }
        r#type::free(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    of(object).format.visit_hidden("format", visit);
}

static INIT: Signature = Signature::new("Struct", &["format"], 0, 1, 1);

fn init(object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    let [format] = INIT.bind_tuple::<1>(args, kwargs)?;
    let letters = format_bytes(format.expect("required"))?;
    let layout = layout_of(&letters)?;
    of(object).format.set(Some(Bytes::new(&letters)));
    let old = of(object).layout.replace(Rc::into_raw(layout));
    if !old.is_null() {
        // SAFETY: was this object's.
        drop(unsafe { Rc::from_raw(old) });
    }
    Ok(())
}

fn repr(object: &Object) -> PyResult {
    ready(object)?;
    let letters = of(object).format.or_none();
    let text = Str::from_latin1(bytes::cast(&letters).bytes());
    let shown = ops::text::repr(&text)?;
    let class = object.ty().name();
    Ok(Str::new(&format!("{class}({})", ops::text::lossy(&shown))))
}

fn sizeof(object: &Object) -> PyResult {
    let codes = ready(object)?.codes.len() + 1;
    let size = object.ty().basicsize.get() as usize + codes * 32;
    Ok(int::from_usize(size))
}

fn objects(args: &[Word]) -> Vec<&Object> {
    args.iter().map(|w| w.object()).collect()
}

fn pack(layout: &Layout, args: &[Word]) -> PyResult {
    if args.len() != layout.count {
        return Err(raise(&format!(
            "pack expected {} items for packing (got {})",
            layout.count,
            args.len()
        )));
    }
    let made = root("bytes being packed", Bytes::allocate(layout.size)?);
    let mut out = vec![0; layout.size];
    layout.pack(&objects(args), &mut out)?;
    // SAFETY: fresh, of that size.
    unsafe {
        std::ptr::copy_nonoverlapping(out.as_ptr(), bytes::cast(&made).data(), out.len());
    }
    if layout.size <= 1 {
        return Ok(Bytes::new(&out));
    }
    Ok(made.take())
}

fn pack_into(layout: &Layout, args: &[Word]) -> PyResult {
    match args.len() {
        0 => return Err(raise("pack_into expected buffer argument")),
        1 => return Err(raise("pack_into expected offset argument")),
        n if n != layout.count + 2 => {
            return Err(raise(&format!(
                "pack_into expected {} items for packing (got {})",
                layout.count,
                n - 2
            )));
        }
        _ => {}
    }
    let target = args[0].object();
    let buffer = match target.ty().slots.getbuffer.map(|get| get(target)) {
        Some(buffer) => buffer?,
        None => return Err(not_writable(target)),
    };
    if buffer.readonly {
        return Err(not_writable(target));
    }
    let (at, out) = holding(&buffer.owner, || -> PyResult<_> {
        let offset = ops::number::index_isize(args[1].object(), Some(&exc::INDEX_ERROR))?;
        let at = place_in_buffer(layout, offset, buffer.len, &PACKING)?;
        let mut out = vec![0; layout.size];
        layout.pack(&objects(&args[2..]), &mut out)?;
        Ok((at, out))
    })?;
    // SAFETY: the buffer keeps its memory in place, and the range was checked.
    unsafe {
        std::ptr::copy_nonoverlapping(out.as_ptr(), buffer.data.add(at), out.len());
    }
    Ok(none_owned())
}

/// The words in which errors of `pack_into` and `unpack_from` differ.
struct Wording {
    too_little: &'static str,
    function: &'static str,
    doing: &'static str,
}

const PACKING: Wording = Wording {
    too_little: "no space to pack",
    function: "pack_into",
    doing: "packing",
};

const UNPACKING: Wording = Wording {
    too_little: "not enough data to unpack",
    function: "unpack_from",
    doing: "unpacking",
};

/// Where in a buffer of `len` bytes an offset, which may count from the end, lets the layout begin.
fn place_in_buffer(
    layout: &Layout,
    offset: isize,
    len: usize,
    wording: &Wording,
) -> PyResult<usize> {
    let (size, len) = (layout.size as isize, len as isize);
    let mut at = offset;
    if at < 0 {
        if at + size > 0 {
            return Err(raise(&format!(
                "{} {size} bytes at offset {offset}",
                wording.too_little
            )));
        }
        if at + len < 0 {
            return Err(raise(&format!(
                "offset {offset} out of range for {len}-byte buffer"
            )));
        }
        at += len;
    }
    if len - at < size {
        let Wording {
            function, doing, ..
        } = wording;
        return Err(raise(&format!(
            "{function} requires a buffer of at least {} bytes for {doing} {size} bytes at offset {at} (actual buffer size is {len})",
            at as usize + layout.size
        )));
    }
    Ok(at as usize)
}

fn not_writable(target: &Object) -> Raised {
    error::type_error(format!(
        "argument must be read-write bytes-like object, not {}",
        target.ty().full_name()
    ))
}

fn unpack(layout: &Layout, data: &Object) -> PyResult {
    let buffer = bytes::bytes_like(data)?;
    if buffer.len != layout.size {
        return Err(raise(&format!(
            "unpack requires a buffer of {} bytes",
            layout.size
        )));
    }
    Ok(tuple::from_owned(layout.unpack(buffer.slice())?))
}

fn unpack_from(layout: &Layout, data: &Object, offset: Option<&Object>) -> PyResult {
    let buffer = bytes::bytes_like(data)?;
    let offset = match offset {
        Some(offset) => holding(&buffer.owner, || {
            ops::number::index_isize(offset, Some(&exc::OVERFLOW_ERROR))
        })?,
        None => 0,
    };
    let at = place_in_buffer(layout, offset, buffer.len, &UNPACKING)?;
    let values = layout.unpack(&buffer.slice()[at..])?;
    Ok(tuple::from_owned(values))
}

fn unpack_from_method(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("unpack_from", &["buffer", "offset"], 0, 1, 2);
    let [data, offset] = SIGNATURE.bind::<2>(args, kwnames)?;
    unpack_from(&*ready(object)?, data.expect("required"), offset)
}

fn module_layout(format: &Object) -> PyResult<Rc<Layout>> {
    if format.is_exact(&STRUCT) {
        return ready(format);
    }
    if state::get().kept(CACHE).is_none() {
        state::get().keep(CACHE, dict::new());
    }
    let Some(cache) = state::get().kept(CACHE).map(Owned::new) else {
        return Err(error::memory_error());
    };
    let cache = root(CACHE, cache);
    if let Some(found) = dict::get(&cache, format)? {
        return ready(&found);
    }
    let made = ops::call::call(STRUCT.as_object(), &words([format]), None)?;
    if dict::len(&cache) >= CACHED {
        dict::clear(&cache);
    }
    dict::set(&cache, format, &made)?;
    ready(&made)
}

fn calcsize(_: &Object, format: &Object) -> PyResult {
    Ok(int::from_usize(module_layout(format)?.size))
}

fn first(args: &[Word]) -> PyResult<(Rc<Layout>, &[Word])> {
    match args.split_first() {
        Some((format, rest)) => Ok((module_layout(format.object())?, rest)),
        None => Err(error::type_error("missing format argument")),
    }
}

fn module_pack(_: &Object, args: &[Word]) -> PyResult {
    let (layout, rest) = first(args)?;
    pack(&layout, rest)
}

fn module_pack_into(_: &Object, args: &[Word]) -> PyResult {
    let (layout, rest) = first(args)?;
    pack_into(&layout, rest)
}

fn module_unpack(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("unpack", args.len(), 2, 2)?;
    unpack(&*module_layout(args[0].object())?, args[1].object())
}

fn module_unpack_from(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("unpack_from", &["", "buffer", "offset"], 1, 2, 3);
    let [format, data, offset] = SIGNATURE.bind::<3>(args, kwnames)?;
    let layout = module_layout(format.expect("required"))?;
    unpack_from(&layout, data.expect("required"), offset)
}

fn module_iter_unpack(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("iter_unpack", args.len(), 2, 2)?;
    let format = args[0].object();
    if format.is_exact(&STRUCT) {
        return iter_unpack(format, args[1].object());
    }
    let made = ops::call::call(STRUCT.as_object(), &[Word::borrowed(format)], None)?;
    iter_unpack(&made, args[1].object())
}

/// CPython's `unpackiterobject`.
#[repr(C)]
pub struct UnpackIterator {
    object: Object,
    source: Field,
    /// A boxed buffer; null at the end.
    buffer: Cell<*mut Buffer>,
    at: Cell<usize>,
    padding: [usize; 9],
}

// SAFETY: starts with `Object`.
unsafe impl terrarium_objects::object::Layout for UnpackIterator {
    fn type_object() -> &'static Type {
        &UNPACK_ITERATOR
    }
}

pub static UNPACK_ITERATOR: Type = Type::builtin(
    "_struct.unpack_iterator",
    size_of::<UnpackIterator>(),
    Slots {
        dealloc: iterator_dealloc,
        visit: iterator_visit,
        clear: Some(iterator_clear),
        iter: Some(self_iter),
        iternext: Some(iterator_next),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::DISALLOW_INSTANTIATION)
.with_methods(&[MethodDef::new(
    "__length_hint__",
    Native::NoArgs(length_hint),
    "",
)]);

fn iterator_of(object: &Object) -> &UnpackIterator {
    // SAFETY: called for instances of this type.
    unsafe { object.cast() }
}

fn iter_unpack(object: &Object, data: &Object) -> PyResult {
    let layout = ready(object)?;
    if layout.size == 0 {
        return Err(raise("cannot iteratively unpack with a struct of length 0"));
    }
    let buffer = bytes::bytes_like(data)?;
    if buffer.len % layout.size != 0 {
        return Err(raise(&format!(
            "iterative unpacking requires a buffer of a multiple of {} bytes",
            layout.size
        )));
    }
    let made = r#type::generic_alloc(&UNPACK_ITERATOR, 0)?;
    let this = iterator_of(&made);
    this.source.set_ref(Some(object));
    this.buffer.set(Box::into_raw(Box::new(buffer)));
    Ok(made)
}

unsafe fn iterator_dealloc(object: *mut Object) {
    // SAFETY: a dying instance.
    unsafe {
        gc::untrack(&*object);
        iterator_clear(&*object);
        r#type::free(object);
    }
}

fn iterator_clear(object: &Object) {
    let this = iterator_of(object);
    let buffer = this.buffer.replace(std::ptr::null_mut());
    this.source.clear();
    if !buffer.is_null() {
        // SAFETY: boxed at creation, given up once.
        drop(unsafe { Box::from_raw(buffer) });
    }
}

unsafe fn iterator_visit(object: &Object, visit: &mut Visit<'_>) {
    let this = iterator_of(object);
    this.source.visit("so", visit);
    // SAFETY: null or live.
    if let Some(buffer) = unsafe { this.buffer.get().as_ref() } {
        visit.edge(Role::Field("buf"), &buffer.owner);
    }
}

fn iterator_next(object: &Object) -> PyResult<Option<Owned>> {
    let this = iterator_of(object);
    // SAFETY: null or live.
    let Some(buffer) = (unsafe { this.buffer.get().as_ref() }) else {
        return Ok(None);
    };
    let Some(source) = this.source.owned() else {
        return Ok(None);
    };
    let layout = ready(&source)?;
    let at = this.at.get();
    if at + layout.size > buffer.len {
        iterator_clear(object);
        return Ok(None);
    }
    let values = layout.unpack(&buffer.slice()[at..])?;
    this.at.set(at + layout.size);
    Ok(Some(tuple::from_owned(values)))
}

fn length_hint(object: &Object) -> PyResult {
    let this = iterator_of(object);
    // SAFETY: null or live.
    let left = match (unsafe { this.buffer.get().as_ref() }, this.source.get()) {
        (Some(buffer), Some(source)) => (buffer.len - this.at.get()) / ready(source)?.size.max(1),
        _ => 0,
    };
    let _ = Struct::type_object;
    Ok(int::from_usize(left))
}
