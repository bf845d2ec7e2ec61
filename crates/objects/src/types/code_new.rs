//! `types.CodeType(...)` and `code.replace(...)`: code objects from parts that users give (Objects/codeobject.c).

use terrarium_bytecode::code::{flags as co, kinds};

use super::code::{self, Code, Parts};
use super::code_attributes::{cellvars, code_bytes, freevars, of, varnames};
use crate::args::{check_positional, split, tuple_item, tuple_len};
use crate::error;
use crate::object::Object;
use crate::refs::{Owned, PyResult, Word};
use crate::typeobject::{Type, flags};
use crate::types::bytes::{self, Bytes};
use crate::types::str::{self, Str};
use crate::types::tuple::Tuple;
use crate::types::{dict, int, tuple};

/// Numbers of a code object, by their place among the constructor's arguments.
const NUMBERS: [&str; 6] = [
    "argcount",
    "posonlyargcount",
    "kwonlyargcount",
    "nlocals",
    "stacksize",
    "flags",
];

/// What a code object is made of, as users see it.
struct Given {
    /// In the order of `NUMBERS`.
    numbers: [i32; 6],
    firstlineno: i32,
    code: Owned,
    consts: Owned,
    names: Owned,
    varnames: Owned,
    freevars: Owned,
    cellvars: Owned,
    filename: Owned,
    name: Owned,
    qualname: Owned,
    linetable: Owned,
    exceptiontable: Owned,
}

/// What an argument must be.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Bytes,
    Tuple,
    Text,
}

impl Kind {
    fn check(self, object: &Object, function: &str, argument: &str) -> PyResult {
        let (bits, name) = match self {
            Kind::Bytes => (flags::BYTES_SUBCLASS, "bytes"),
            Kind::Tuple => (flags::TUPLE_SUBCLASS, "tuple"),
            Kind::Text => (flags::UNICODE_SUBCLASS, "str"),
        };
        if object.ty().has(bits) {
            return Ok(Owned::new(object));
        }
        let text = format!(
            "{function}() argument {argument} must be {name}, not {}",
            object.ty().full_name()
        );
        Err(error::type_error(text))
    }
}

/// The `new` slot.
pub(super) fn new(_: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    if kwargs.is_some_and(|k| dict::len(k) != 0) {
        return Err(error::type_error("code() takes no keyword arguments"));
    }
    check_positional("code", tuple_len(args), 16, 18)?;
    let item = |i: usize| tuple_item(args, i);
    let mut numbers = [0; 6];
    for (i, number) in numbers.iter_mut().enumerate() {
        *number = int::as_i32(item(i))?;
    }
    let part = |kind: Kind, i: usize| kind.check(item(i), "code", &format!("{}", i + 1));
    let code = part(Kind::Bytes, 6)?;
    let (consts, names, varnames) = (
        part(Kind::Tuple, 7)?,
        part(Kind::Tuple, 8)?,
        part(Kind::Tuple, 9)?,
    );
    let (filename, name, qualname) = (
        part(Kind::Text, 10)?,
        part(Kind::Text, 11)?,
        part(Kind::Text, 12)?,
    );
    let firstlineno = int::as_i32(item(13))?;
    let (linetable, exceptiontable) = (part(Kind::Bytes, 14)?, part(Kind::Bytes, 15)?);
    let optional = |i: usize| {
        if i < tuple_len(args) {
            part(Kind::Tuple, i)
        } else {
            Ok(tuple::empty())
        }
    };
    let (freevars, cellvars) = (optional(16)?, optional(17)?);
    for (number, name) in numbers.iter().zip(NUMBERS).take(4) {
        if *number < 0 {
            return Err(error::value_error(format!(
                "code: {name} must not be negative"
            )));
        }
    }
    let names = strings(&names)?;
    let varnames = strings(&varnames)?;
    let freevars = strings(&freevars)?;
    let cellvars = strings(&cellvars)?;
    build(Given {
        numbers,
        firstlineno,
        code,
        consts,
        names,
        varnames,
        freevars,
        cellvars,
        filename,
        name,
        qualname,
        linetable,
        exceptiontable,
    })
}

/// A copy of a tuple of names, each an exact str.
fn strings(names: &Object) -> PyResult {
    // SAFETY: checked by the caller.
    let items = unsafe { names.cast::<Tuple>() }.items();
    let mut copied = Vec::with_capacity(items.len());
    for item in items {
        if !item.ty().has(flags::UNICODE_SUBCLASS) {
            let text = format!(
                "name tuples must contain only strings, not '{}'",
                item.ty().full_name()
            );
            return Err(error::type_error(text));
        }
        copied.push(str::exact(item)?);
    }
    Ok(tuple::from_owned(copied))
}

/// `code.replace(...)`.
pub(super) fn replace(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let (positional, values) = split(args, kwnames);
    if !positional.is_empty() {
        return Err(error::type_error("replace() takes no positional arguments"));
    }
    let mut given = parts_of(of(object));
    for (i, value) in values.iter().enumerate() {
        let Some(name) = kwnames.map(|names| tuple_item(names, i)) else {
            break;
        };
        set_part(&mut given, &crate::ops::text::lossy(name), value.object())?;
    }
    for (number, name) in given
        .numbers
        .iter()
        .zip(NUMBERS)
        .chain([(&given.firstlineno, "firstlineno")])
    {
        if *number < 0 {
            return Err(error::value_error(format!(
                "co_{name} must be a positive integer"
            )));
        }
    }
    build(given)
}

fn parts_of(code: &Code) -> Given {
    // SAFETY: always set.
    let part = |cell: &std::cell::Cell<*mut Object>| Owned::new(unsafe { &*cell.get() });
    let number = |cell: &std::cell::Cell<u32>| cell.get() as i32;
    Given {
        numbers: [
            number(&code.argcount),
            number(&code.posonlyargcount),
            number(&code.kwonlyargcount),
            number(&code.nlocals),
            number(&code.stacksize),
            number(&code.flags),
        ],
        firstlineno: code.firstlineno.get(),
        code: code_bytes(code),
        consts: part(&code.consts),
        names: part(&code.names),
        varnames: varnames(code),
        freevars: freevars(code),
        cellvars: cellvars(code),
        filename: part(&code.filename),
        name: part(&code.name),
        qualname: part(&code.qualname),
        linetable: part(&code.linetable),
        exceptiontable: part(&code.exceptiontable),
    }
}

fn set_part(given: &mut Given, name: &str, value: &Object) -> PyResult<()> {
    let unknown = || {
        error::type_error(format!(
            "replace() got an unexpected keyword argument '{name}'"
        ))
    };
    let Some(short) = name.strip_prefix("co_") else {
        return Err(unknown());
    };
    if let Some(i) = NUMBERS.iter().position(|n| *n == short) {
        given.numbers[i] = int::as_i32(value)?;
        return Ok(());
    }
    let (kind, slot) = match short {
        "firstlineno" => {
            given.firstlineno = int::as_i32(value)?;
            return Ok(());
        }
        "code" => (Kind::Bytes, &mut given.code),
        "consts" => (Kind::Tuple, &mut given.consts),
        "names" => (Kind::Tuple, &mut given.names),
        "varnames" => (Kind::Tuple, &mut given.varnames),
        "freevars" => (Kind::Tuple, &mut given.freevars),
        "cellvars" => (Kind::Tuple, &mut given.cellvars),
        "filename" => (Kind::Text, &mut given.filename),
        "name" => (Kind::Text, &mut given.name),
        "qualname" => (Kind::Text, &mut given.qualname),
        "linetable" => (Kind::Bytes, &mut given.linetable),
        "exceptiontable" => (Kind::Bytes, &mut given.exceptiontable),
        _ => return Err(unknown()),
    };
    *slot = kind.check(value, "replace", &format!("'{name}'"))?;
    Ok(())
}

/// Fast locals: name and kind bits.
fn locals_plus(given: &Given) -> PyResult<(Vec<Owned>, Vec<u8>)> {
    // SAFETY: tuples.
    let items = |part: &Object| unsafe { part.cast::<Tuple>() }.items().to_vec();
    let (locals, cells, frees) = (
        items(&given.varnames),
        items(&given.cellvars),
        items(&given.freevars),
    );
    let same = |a: &Object, b: &Object| {
        str::is_str(a) && str::is_str(b) && str::cast(a).equals(str::cast(b))
    };
    let mut names = Vec::new();
    let mut bits = Vec::new();
    for (i, name) in locals.iter().enumerate() {
        let is_cell = cells.iter().any(|c| same(c, name));
        names.push(name.clone());
        bits.push(
            kinds::LOCAL | argument_kind(&given.numbers, i) | if is_cell { kinds::CELL } else { 0 },
        );
    }
    for cell in cells.iter().filter(|c| !locals.iter().any(|l| same(l, c))) {
        names.push(cell.clone());
        bits.push(kinds::CELL);
    }
    for free in frees {
        names.push(free);
        bits.push(kinds::FREE);
    }
    if names.iter().any(|n| !str::is_str(n)) {
        return Err(error::system_error("non-string found in code slot"));
    }
    Ok((names, bits))
}

/// What kind of parameter fast local `i` is.
fn argument_kind(numbers: &[i32; 6], i: usize) -> u8 {
    let [argcount, posonly, kwonly, _, _, bits] = numbers.map(|n| n as usize);
    let star = (bits as u32 & co::VARARGS != 0) as usize;
    let stars = (bits as u32 & co::VARKEYWORDS != 0) as usize;
    let total = argcount + kwonly;
    match i {
        _ if i < posonly => kinds::ARG_POS,
        _ if i < argcount => kinds::ARG_POS | kinds::ARG_KW,
        _ if i < total => kinds::ARG_KW,
        _ if i < total + star => kinds::ARG_VAR | kinds::ARG_POS,
        _ if i < total + star + stars => kinds::ARG_VAR | kinds::ARG_KW,
        _ => 0,
    }
}

fn build(given: Given) -> PyResult {
    let [argcount, posonly, kwonly, nlocals, stacksize, bits] = given.numbers;
    if argcount < posonly || stacksize < 0 || bits < 0 {
        return Err(error::system_error(
            "../Objects/codeobject.c:465: bad argument to internal function",
        ));
    }
    let units = bytes::cast(&given.code).bytes().to_vec();
    if !units.len().is_multiple_of(2) {
        return Err(error::value_error("code: co_code is malformed"));
    }
    let known = tuple_len(&given.varnames) as i64;
    let flag = |bit: u32| i64::from(bits as u32 & bit != 0);
    if known < i64::from(argcount) + i64::from(kwonly) + flag(co::VARARGS) + flag(co::VARKEYWORDS) {
        return Err(error::value_error("code: co_varnames is too small"));
    }
    if known != i64::from(nlocals) {
        return Err(error::value_error("code: co_nlocals != len(co_varnames)"));
    }
    if crate::args::tuple_len(&given.names) > 0 {
        // SAFETY: a tuple.
        let names = unsafe { given.names.cast::<Tuple>() }.items();
        if names.iter().any(|n| !n.is_exact(&str::STR)) {
            return Err(error::system_error("non-string found in code slot"));
        }
    }
    let (locals, kinds) = locals_plus(&given)?;
    intern_constants(&given.consts);
    let interned = |names: Vec<Owned>| {
        tuple::from_owned(names.into_iter().map(str::intern_object_immortal).collect())
    };
    // SAFETY: a tuple of exact strings.
    let names = interned(unsafe { given.names.cast::<Tuple>() }.items().to_vec());
    code::from_parts(
        &units,
        Parts {
            argcount: argcount as u32,
            posonlyargcount: posonly as u32,
            kwonlyargcount: kwonly as u32,
            stacksize: stacksize as u32,
            flags: bits as u32,
            firstlineno: given.firstlineno,
            consts: given.consts,
            names,
            localsplusnames: interned(locals),
            localspluskinds: Bytes::new(&kinds),
            filename: given.filename,
            name: str::intern_object_immortal(str::exact(&given.name)?),
            qualname: given.qualname,
            linetable: given.linetable,
            exceptiontable: given.exceptiontable,
        },
    )
}

/// Interns the constants that look like names, in place, as making any code object does.
fn intern_constants(consts: &Object) {
    // SAFETY: a tuple.
    let items = unsafe { consts.cast::<Tuple>() };
    for i in 0..items.len() {
        let item = &items.items()[i];
        if item.is_exact(&tuple::TUPLE) {
            intern_constants(item);
        } else if item.is_exact(&str::STR) && is_name_like(str::cast(item)) {
            let interned = str::intern_mortal(item.clone());
            if !interned.is(item) {
                // SAFETY: the slot owns its item; the interned string takes its place.
                let old = unsafe { std::ptr::replace(items.slots().add(i), interned.into_raw()) };
                // SAFETY: the slot owned it.
                unsafe { Object::decref(old) };
            }
        }
    }
}

fn is_name_like(text: &Str) -> bool {
    text.as_ascii()
        .is_some_and(|t| t.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'))
}
