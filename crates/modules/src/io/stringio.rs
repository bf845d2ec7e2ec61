//! `_io.StringIO` (Modules/_io/stringio.c): text in memory.

use std::cell::{Cell, RefCell};

use terrarium_objects::args::{self, Signature};
use terrarium_objects::field::Field;
use terrarium_objects::object::{Layout, Object};
use terrarium_objects::typeobject::{GetSetDef, MethodDef, Native, Slots, Type, flags};
use terrarium_objects::types::dict;
use terrarium_objects::types::str::{self, Chars, Str};
use terrarium_objects::types::{bool, exceptions as exc, int, tuple, r#type};
use terrarium_objects::visit::Visit;
use terrarium_objects::{Owned, PyResult, Word, error, gc, none_owned, ops};

use super::common::{call, given, size};
use super::iobase::{self, TEXT_IO_BASE};
use super::newlines::{LineEnd, Newlines, find_line_end, parse_newline};

/// CPython's `stringio`.
#[repr(C)]
pub struct StringIo {
    object: Object,
    state: Cell<*mut State>,
    padding: [usize; 9],
    dict: Field,
    weaklist: Field,
    more: usize,
}

#[derive(Default)]
struct State {
    text: RefCell<Vec<u32>>,
    pos: Cell<usize>,
    started: Cell<bool>,
    closed: Cell<bool>,
    translate: Cell<bool>,
    universal: Cell<bool>,
    /// The line end that ends a line, and what `\n` is written as.
    newline: Cell<Option<&'static std::primitive::str>>,
    seen: Newlines,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for StringIo {
    fn type_object() -> &'static Type {
        &STRING_IO
    }
}

pub static STRING_IO: Type = Type::builtin(
    "_io.StringIO",
    size_of::<StringIo>(),
    Slots {
        dealloc,
        visit,
        clear: Some(|o| body(o).dict.clear()),
        iternext: Some(next),
        init: Some(init),
        new: Some(new),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::BASETYPE)
.with_base(&raw const TEXT_IO_BASE)
.with_dictoffset(std::mem::offset_of!(StringIo, dict))
.with_weaklistoffset(std::mem::offset_of!(StringIo, weaklist))
.with_methods(METHODS)
.with_getset(&[
    GetSetDef::read(
        "closed",
        |o| {
            if !of(o).started.get() {
                return Err(uninitialized());
            }
            Ok(bool::bool_owned(of(o).closed.get()))
        },
        "",
    ),
    GetSetDef::read("newlines", newlines, ""),
    GetSetDef::read(
        "line_buffering",
        |o| open_of(o).map(|_| bool::bool_owned(false)),
        "",
    ),
]);

const YES: Native = Native::NoArgs(|o| open_of(o).map(|_| bool::bool_owned(true)));

const METHODS: &[MethodDef] = &[
    MethodDef::new("close", Native::NoArgs(close), ""),
    MethodDef::new("getvalue", Native::NoArgs(getvalue), ""),
    MethodDef::new("read", Native::Fast(read), ""),
    MethodDef::new("readline", Native::Fast(readline), ""),
    MethodDef::new(
        "tell",
        Native::NoArgs(|o| open_of(o).map(|s| int::from_usize(s.pos.get()))),
        "",
    ),
    MethodDef::new("truncate", Native::Fast(truncate), ""),
    MethodDef::new("seek", Native::Fast(seek), ""),
    MethodDef::new("write", Native::O(write), ""),
    MethodDef::new("seekable", YES, ""),
    MethodDef::new("readable", YES, ""),
    MethodDef::new("writable", YES, ""),
    MethodDef::new("__getstate__", Native::NoArgs(getstate), ""),
    MethodDef::new("__setstate__", Native::O(setstate), ""),
];

fn body(object: &Object) -> &StringIo {
    // SAFETY: called for instances of this type.
    unsafe { object.cast() }
}

fn of(object: &Object) -> &State {
    // SAFETY: made by `new`, lives as long as the object.
    unsafe { &*body(object).state.get() }
}

fn uninitialized() -> terrarium_objects::Raised {
    error::value_error("I/O operation on uninitialized object")
}

fn open_of(object: &Object) -> PyResult<&State> {
    let state = of(object);
    if !state.started.get() {
        return Err(uninitialized());
    }
    if state.closed.get() {
        return Err(error::value_error("I/O operation on closed file"));
    }
    Ok(state)
}

fn new(ty: &Type, _: &Object, _: Option<&Object>) -> PyResult {
    let made = r#type::generic_alloc(ty, 0)?;
    body(&made)
        .state
        .set(Box::into_raw(Box::<State>::default()));
    Ok(made)
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dying instance; its state is given up once.
    unsafe {
        let this = &*object;
        gc::untrack(this);
        iobase::forget_weak(this, &body(this).weaklist);
        body(this).dict.clear();
        drop(Box::from_raw(body(this).state.get()));
        r#type::free(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    body(object).dict.visit("__dict__", visit);
}

static INIT: Signature = Signature::new("StringIO", &["initial_value", "newline"], 0, 0, 2);

fn init(object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    let [initial, newline] = INIT.bind_tuple::<2>(args, kwargs)?;
    start(object, initial, newline)
}

fn start(object: &Object, initial: Option<&Object>, newline: Option<&Object>) -> PyResult<()> {
    let state = of(object);
    state.started.set(false);
    let initial = given(initial);
    let default = Str::new("\n");
    let mode = parse_newline(Some(newline.unwrap_or(&default)), "newline")?;
    if let Some(initial) = initial.filter(|i| !str::is_str(i)) {
        return Err(error::type_error(format!(
            "initial_value must be str or None, not {}",
            initial.ty().full_name()
        )));
    }
    state.translate.set(mode.translate);
    state.universal.set(mode.universal);
    state.newline.set(mode.read);
    state.seen.translate.set(mode.translate);
    state.seen.reset();
    state.text.borrow_mut().clear();
    state.pos.set(0);
    state.closed.set(false);
    state.started.set(true);
    if let Some(initial) = initial {
        write_text(state, initial)?;
        state.pos.set(0);
    }
    Ok(())
}

fn write_text(state: &State, text: &Object) -> PyResult<()> {
    let decoded = if state.universal.get() {
        state.seen.feed(Owned::new(text), true)?
    } else {
        Owned::new(text)
    };
    let chars = str::cast(&decoded).chars();
    let plain = state.newline.get().is_none_or(|n| !n.starts_with('\r'));
    if plain && state.pos.get() == state.text.borrow().len() {
        return append(state, chars);
    }
    let mut points: Vec<u32> = Vec::with_capacity(chars.len());
    match state.newline.get().filter(|n| n.starts_with('\r')) {
        Some(newline) => {
            for point in chars.points() {
                if point == 10 {
                    points.extend(newline.chars().map(u32::from));
                } else {
                    points.push(point);
                }
            }
        }
        None => points.extend(chars.points()),
    }
    if points.is_empty() {
        return Ok(());
    }
    let at = state.pos.get();
    let end = at + points.len();
    let mut memory = state.text.borrow_mut();
    if end > memory.len() {
        let more = end - memory.len();
        if memory.try_reserve(more).is_err() {
            return Err(error::memory_error());
        }
        if at == memory.len() {
            memory.extend_from_slice(&points);
        } else {
            memory.resize(end, 0);
            memory[at..end].copy_from_slice(&points);
        }
    } else {
        memory[at..end].copy_from_slice(&points);
    }
    state.pos.set(end);
    Ok(())
}

/// Adds characters at the end, where most writing happens.
fn append(state: &State, chars: Chars<'_>) -> PyResult<()> {
    let mut memory = state.text.borrow_mut();
    if memory.try_reserve(chars.len()).is_err() {
        return Err(error::memory_error());
    }
    match chars {
        Chars::One(units) => memory.extend(units.iter().map(|u| u32::from(*u))),
        Chars::Two(units) => memory.extend(units.iter().map(|u| u32::from(*u))),
        Chars::Four(units) => memory.extend_from_slice(units),
    }
    state.pos.set(memory.len());
    Ok(())
}

fn write(object: &Object, text: &Object) -> PyResult {
    if !of(object).started.get() {
        return Err(uninitialized());
    }
    if !str::is_str(text) {
        return Err(error::type_error(format!(
            "string argument expected, got '{}'",
            text.ty().full_name()
        )));
    }
    let state = open_of(object)?;
    write_text(state, text)?;
    Ok(int::from_usize(str::cast(text).len()))
}

fn close(object: &Object) -> PyResult {
    let state = of(object);
    state.closed.set(true);
    state.text.replace(Vec::new());
    Ok(none_owned())
}

fn getvalue(object: &Object) -> PyResult {
    let state = open_of(object)?;
    Ok(Str::from_code_points(&state.text.borrow()))
}

fn read(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("read", args.len(), 0, 1)?;
    let count = size(args.first().map(|w| w.object()))?;
    let state = open_of(object)?;
    let memory = state.text.borrow();
    let at = state.pos.get().min(memory.len());
    let left = memory.len() - at;
    let count = usize::try_from(count).map_or(left, |c| c.min(left));
    if count > 0 || state.pos.get() < memory.len() {
        state.pos.set(at + count);
    }
    Ok(Str::from_code_points(&memory[at..at + count]))
}

fn read_line(state: &State, limit: isize) -> Owned {
    let memory = state.text.borrow();
    let at = state.pos.get();
    if at >= memory.len() {
        return str::empty();
    }
    let rest = &memory[at..];
    let most = usize::try_from(limit).map_or(rest.len(), |l| l.min(rest.len()));
    let end = if state.universal.get() && !state.translate.get() {
        LineEnd::Universal
    } else {
        LineEnd::Exactly(state.newline.get().unwrap_or("\n"))
    };
    let count = find_line_end(Chars::Four(&rest[..most]), 0, end).unwrap_or(most);
    state.pos.set(at + count);
    Str::from_code_points(&rest[..count])
}

fn readline(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("readline", args.len(), 0, 1)?;
    let limit = size(args.first().map(|w| w.object()))?;
    Ok(read_line(open_of(object)?, limit))
}

fn next(object: &Object) -> PyResult<Option<Owned>> {
    let state = open_of(object)?;
    let line = if object.is_exact(&STRING_IO) {
        read_line(state, -1)
    } else {
        let line = call(object, "readline", [])?;
        if !str::is_str(&line) {
            return Err(error::os_error_text(format!(
                "readline() should have returned a str object, not '{}'",
                line.ty().full_name()
            )));
        }
        line
    };
    Ok((!str::cast(&line).is_empty()).then_some(line))
}

fn newlines(object: &Object) -> PyResult {
    let state = open_of(object)?;
    Ok(if state.universal.get() {
        state.seen.seen_object()
    } else {
        none_owned()
    })
}

fn truncate(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("truncate", args.len(), 0, 1)?;
    let state = open_of(object)?;
    let wanted = match given(args.first().map(|w| w.object())) {
        None => state.pos.get() as isize,
        Some(wanted) => ops::number::index_isize(wanted, Some(&exc::OVERFLOW_ERROR))?,
    };
    let Ok(count) = usize::try_from(wanted) else {
        return Err(error::value_error(format!("Negative size value {wanted}")));
    };
    state.text.borrow_mut().truncate(count);
    Ok(int::from_usize(count))
}

fn seek(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("seek", args.len(), 1, 2)?;
    let target = ops::number::index_isize(args[0].object(), Some(&exc::OVERFLOW_ERROR))?;
    let whence = match args.get(1) {
        Some(whence) => int::as_i32(whence.object())?,
        None => 0,
    };
    let state = open_of(object)?;
    if !(0..=2).contains(&whence) {
        return Err(error::value_error(format!(
            "Invalid whence ({whence}, should be 0, 1 or 2)"
        )));
    }
    if target < 0 && whence == 0 {
        return Err(error::value_error(format!(
            "Negative seek position {target}"
        )));
    }
    if whence != 0 && target != 0 {
        return Err(error::os_error_text("Can't do nonzero cur-relative seeks"));
    }
    let at = match whence {
        0 => target as usize,
        1 => state.pos.get(),
        _ => state.text.borrow().len(),
    };
    state.pos.set(at);
    Ok(int::from_usize(at))
}

fn getstate(object: &Object) -> PyResult {
    let value = getvalue(object)?;
    let state = of(object);
    let newline = match (state.newline.get(), state.translate.get()) {
        (Some(newline), _) => Str::new(newline),
        (None, true) => none_owned(),
        (None, false) => Str::new(""),
    };
    let dict = match body(object).dict.get() {
        Some(dict) => dict::copy(dict),
        None => none_owned(),
    };
    Ok(tuple::from_array([
        value,
        newline,
        int::from_usize(state.pos.get()),
        dict,
    ]))
}

fn setstate(object: &Object, state: &Object) -> PyResult {
    let items = state.downcast::<tuple::Tuple>().map(|t| t.items().to_vec());
    let Some([value, newline, pos, attributes, ..]) = items.as_deref() else {
        return Err(error::type_error(format!(
            "{}.__setstate__ argument should be 4-tuple, got {}",
            object.ty().full_name(),
            state.ty().full_name()
        )));
    };
    start(object, None, Some(newline))?;
    if !str::is_str(value) && given(Some(value)).is_some() {
        return Err(error::type_error(format!(
            "first item of state must be a str or None, not {}",
            value.ty().full_name()
        )));
    }
    if str::is_str(value) {
        // The text stands there as it was written: nothing is translated again.
        let points: Vec<u32> = str::cast(value).chars().points().collect();
        of(object).text.replace(points);
    }
    if !int::is_int(pos) {
        return Err(error::type_error(format!(
            "third item of state must be an integer, got {}",
            pos.ty().full_name()
        )));
    }
    let Ok(at) = usize::try_from(int::as_isize(pos)?) else {
        return Err(error::value_error("position value cannot be negative"));
    };
    of(object).pos.set(at);
    super::common_setstate(object, attributes)
}
