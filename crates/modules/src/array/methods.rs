//! The methods of arrays.

use terrarium_objects::typeobject::{CompareOp, MethodDef, Native, Type};
use terrarium_objects::types::bytes::{self, Bytes};
use terrarium_objects::types::str::{self, Str};
use terrarium_objects::types::{
    dict, exceptions as exc, generic_alias, int, list, module, none, tuple,
};
use terrarium_objects::{Object, Owned, PyResult, Word, args, error, none_owned, ops, root, words};

use super::items::KINDS;
use super::{is_array, kind_of, of, with_bytes};

pub const METHODS: &[MethodDef] = &[
    MethodDef::new(
        "append",
        Native::O(|o, v| of(o).append(v).map(|()| none_owned())),
        "",
    ),
    MethodDef::new("buffer_info", Native::NoArgs(buffer_info), ""),
    MethodDef::new("byteswap", Native::NoArgs(byteswap), ""),
    MethodDef::new(
        "clear",
        Native::NoArgs(|o| of(o).splice(0, of(o).len(), &[]).map(|()| none_owned())),
        "",
    ),
    MethodDef::new("__copy__", Native::NoArgs(copy), ""),
    MethodDef::new("count", Native::O(count), ""),
    MethodDef::new("__deepcopy__", Native::O(|o, _| copy(o)), ""),
    MethodDef::new(
        "extend",
        Native::O(|o, source| extend_items(o, source).map(|()| none_owned())),
        "",
    ),
    MethodDef::new("fromfile", Native::Fast(fromfile), ""),
    MethodDef::new("fromlist", Native::O(fromlist), ""),
    MethodDef::new("frombytes", Native::O(from_bytes), ""),
    MethodDef::new("fromunicode", Native::O(fromunicode), ""),
    MethodDef::new("index", Native::Fast(index), ""),
    MethodDef::new("insert", Native::Fast(insert), ""),
    MethodDef::new("pop", Native::Fast(pop), ""),
    MethodDef::new("__reduce_ex__", Native::O(reduce_ex), ""),
    MethodDef::new("remove", Native::O(remove), ""),
    MethodDef::new("reverse", Native::NoArgs(reverse), ""),
    MethodDef::new("tofile", Native::O(tofile), ""),
    MethodDef::new("tolist", Native::NoArgs(to_list), ""),
    MethodDef::new(
        "tobytes",
        Native::NoArgs(|o| Ok(Bytes::new(of(o).bytes()))),
        "",
    ),
    MethodDef::new("tounicode", Native::NoArgs(to_text), ""),
    MethodDef::new("__sizeof__", Native::NoArgs(sizeof), ""),
    MethodDef::class("__class_getitem__", Native::O(generic_alias::new), ""),
];

fn buffer_info(object: &Object) -> PyResult {
    let this = of(object);
    let address = if this.len() == 0 {
        0
    } else {
        this.bytes().as_ptr() as u64
    };
    Ok(tuple::from_array([
        int::from_u64(address),
        int::from_usize(this.len()),
    ]))
}

fn byteswap(object: &Object) -> PyResult {
    let this = of(object);
    for item in this.edit().chunks_mut(this.kind().size) {
        item.reverse();
    }
    Ok(none_owned())
}

fn copy(object: &Object) -> PyResult {
    let this = of(object);
    with_bytes(&super::ARRAY, this.kind(), this.bytes().to_vec())
}

/// The first place of a value at or behind `from`, before `end`.
fn find(object: &Object, value: &Object, from: usize, end: usize) -> PyResult<Option<usize>> {
    let this = of(object);
    let mut at = from;
    while at < this.len().min(end) {
        let item = root("item", this.item(at));
        if ops::compare::compare_bool(&item, value, CompareOp::Eq)? {
            return Ok(Some(at));
        }
        at += 1;
    }
    Ok(None)
}

fn count(object: &Object, value: &Object) -> PyResult {
    let (mut at, mut total) = (0, 0);
    while let Some(found) = find(object, value, at, usize::MAX)? {
        total += 1;
        at = found + 1;
    }
    Ok(int::from_i64(total))
}

fn index(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("index", args.len(), 1, 3)?;
    let len = of(object).len() as isize;
    let place = |word: Option<&Word>, default: isize| -> PyResult<usize> {
        let at = match word {
            Some(word) => ops::number::index_isize(word.object(), None)?,
            None => default,
        };
        Ok(if at < 0 { at + len } else { at }.max(0) as usize)
    };
    let (from, end) = (place(args.get(1), 0)?, place(args.get(2), isize::MAX)?);
    match find(object, args[0].object(), from, end)? {
        Some(at) => Ok(int::from_usize(at)),
        None => Err(error::value_error("array.index(x): x not in array")),
    }
}

fn remove(object: &Object, value: &Object) -> PyResult {
    match find(object, value, 0, usize::MAX)? {
        Some(at) => {
            of(object).splice(at, at + 1, &[])?;
            Ok(none_owned())
        }
        None => Err(error::value_error("array.remove(x): x not in array")),
    }
}

fn insert(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("insert", args.len(), 2, 2)?;
    let at = ops::number::index_isize(args[0].object(), Some(&exc::OVERFLOW_ERROR))?;
    let this = of(object);
    let len = this.len() as isize;
    let at = if at < 0 { at + len } else { at }.clamp(0, len) as usize;
    this.insert(at, args[1].object())?;
    Ok(none_owned())
}

fn pop(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("pop", args.len(), 0, 1)?;
    let at = match args.first() {
        Some(at) => ops::number::index_isize(at.object(), Some(&exc::INDEX_ERROR))?,
        None => -1,
    };
    let this = of(object);
    if this.len() == 0 {
        return Err(error::index_error("pop from empty array"));
    }
    let at = if at < 0 { at + this.len() as isize } else { at };
    let Some(at) = usize::try_from(at).ok().filter(|i| *i < this.len()) else {
        return Err(error::index_error("pop index out of range"));
    };
    let item = this.item(at);
    this.splice(at, at + 1, &[])?;
    Ok(item)
}

/// Adds the items of an array or of any iterable.
pub fn extend_items(object: &Object, source: &Object) -> PyResult<()> {
    let this = of(object);
    if is_array(source) && of(source).kind().code == this.kind().code {
        let data = of(source).bytes().to_vec();
        return this.splice(this.len(), this.len(), &data);
    }
    if is_array(source) && this.len() > 0 {
        return Err(error::type_error("can only extend with array of same kind"));
    }
    let source = root("iterator over items", ops::iter::iter(source)?);
    while let Some(item) = ops::iter::next(&source)? {
        let item = root("item", item);
        this.append(&item)?;
    }
    Ok(())
}

fn fromlist(object: &Object, source: &Object) -> PyResult {
    let Some(items) = source.downcast::<list::List>() else {
        return Err(error::type_error("arg must be list"));
    };
    let this = of(object);
    let old = this.len();
    for at in 0..items.len() {
        let Some(item) = items.item_owned(at) else {
            break;
        };
        let item = root("item", item);
        match this.kind().put(&item) {
            Ok(data) => this.splice(this.len(), this.len(), &data)?,
            Err(raised) => {
                this.splice(old, this.len(), &[])?;
                return Err(raised);
            }
        }
    }
    Ok(none_owned())
}

pub fn from_bytes(object: &Object, source: &Object) -> PyResult {
    let buffer = bytes::bytes_like(source)?;
    let this = of(object);
    if buffer.itemsize != 1 {
        return Err(error::type_error("a bytes-like object is required"));
    }
    if buffer.len % this.kind().size != 0 {
        return Err(error::value_error(
            "bytes length not a multiple of item size",
        ));
    }
    let data = buffer.slice().to_vec();
    this.splice(this.len(), this.len(), &data)?;
    Ok(none_owned())
}

fn fromfile(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("fromfile", args.len(), 2, 2)?;
    let count = ops::number::index_isize(args[1].object(), Some(&exc::OVERFLOW_ERROR))?;
    let Ok(count) = usize::try_from(count) else {
        return Err(error::value_error("negative count"));
    };
    let wanted = count
        .checked_mul(of(object).kind().size)
        .ok_or_else(error::memory_error)?;
    let read = str::intern_immortal("read");
    let data = ops::call::call_method(args[0].object(), read, &words([&int::from_usize(wanted)]))?;
    if !bytes::is_bytes(&data) {
        return Err(error::type_error("read() didn't return bytes"));
    }
    let short = bytes::cast(&data).len() != wanted;
    from_bytes(object, &data)?;
    if short {
        return Err(error::eof_error("read() didn't return enough bytes"));
    }
    Ok(none_owned())
}

fn tofile(object: &Object, file: &Object) -> PyResult {
    const BLOCK: usize = 64 * 1024;
    let mut at = 0;
    while at < of(object).bytes().len() {
        let data = of(object).bytes();
        let piece = Bytes::new(&data[at..(at + BLOCK).min(data.len())]);
        let piece = root("bytes being written", piece);
        ops::call::call_method(file, &terrarium_objects::names().write, &words([&piece]))?;
        at += BLOCK;
    }
    Ok(none_owned())
}

fn fromunicode(object: &Object, text: &Object) -> PyResult {
    let this = of(object);
    let Some(text) = text.downcast::<Str>() else {
        return Err(error::type_error(format!(
            "fromunicode() argument must be str, not {}",
            text.ty().full_name()
        )));
    };
    if !this.kind().is_text() {
        return Err(error::value_error(
            "fromunicode() may only be called on unicode type arrays ('u' or 'w')",
        ));
    }
    let data: Vec<u8> = text.chars().points().flat_map(u32::to_le_bytes).collect();
    this.splice(this.len(), this.len(), &data)?;
    Ok(none_owned())
}

pub fn to_text(object: &Object) -> PyResult {
    let this = of(object);
    if !this.kind().is_text() {
        return Err(error::value_error(
            "tounicode() may only be called on unicode type arrays ('u' or 'w')",
        ));
    }
    let points: Vec<u32> = this
        .bytes()
        .chunks(4)
        .map(|c| u32::from_le_bytes([c[0], c[1], c[2], c[3]]).min(0x10_FFFF))
        .collect();
    Ok(Str::from_code_points(&points))
}

pub fn to_list(object: &Object) -> PyResult {
    let this = of(object);
    Ok(list::from_owned(
        (0..this.len()).map(|i| this.item(i)).collect(),
    ))
}

fn reverse(object: &Object) -> PyResult {
    let this = of(object);
    let size = this.kind().size;
    let turned: Vec<u8> = this
        .bytes()
        .chunks(size)
        .rev()
        .flat_map(<[u8]>::to_vec)
        .collect();
    this.edit().copy_from_slice(&turned);
    Ok(none_owned())
}

fn sizeof(object: &Object) -> PyResult {
    let this = of(object);
    let size = object.ty().basicsize.get() as usize + this.allocated() * this.kind().size;
    Ok(int::from_usize(size))
}

/// The number of a machine format in pickles, little-endian; big-endian is one more.
fn machine_code(code: u8) -> i64 {
    match code {
        b'B' => 0,
        b'b' => 1,
        b'H' => 2,
        b'h' => 4,
        b'I' => 6,
        b'i' => 8,
        b'L' | b'Q' => 10,
        b'l' | b'q' => 12,
        b'f' => 14,
        b'd' => 16,
        _ => 20,
    }
}

fn reduce_ex(object: &Object, protocol: &Object) -> PyResult {
    let protocol = int::as_long(protocol)?;
    let this = of(object);
    let dict = ops::attribute::get_optional(object, &terrarium_objects::names().__dict__)?
        .unwrap_or_else(none_owned);
    let class = Owned::new(object.ty().as_object());
    let code = Str::from_ascii(&[this.kind().code]);
    if protocol < 3 {
        return Ok(tuple::from_array([
            class,
            tuple::from_array([code, to_list(object)?]),
            dict,
        ]));
    }
    let made = terrarium_objects::hooks::import("array")?;
    let function =
        dict::get_str(module::namespace(&made), "_array_reconstructor").unwrap_or_else(none_owned);
    Ok(tuple::from_array([
        function,
        tuple::from_array([
            class,
            code,
            int::from_i64(machine_code(this.kind().code)),
            Bytes::new(this.bytes()),
        ]),
        dict,
    ]))
}

/// `_array_reconstructor(type, typecode, machine format, bytes)`.
pub fn reconstruct(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("_array_reconstructor", args.len(), 4, 4)?;
    let class = args[0].object();
    let Some(ty) = class.downcast::<Type>() else {
        return Err(error::type_error(format!(
            "first argument must be a type object, not {}",
            class.ty().full_name()
        )));
    };
    if !ty.is_subtype(&super::ARRAY) {
        return Err(error::type_error(format!(
            "{} is not a subtype of array.array",
            ty.full_name()
        )));
    }
    let kind = kind_of(args[1].object(), "_array_reconstructor")?;
    let machine = int::as_long(args[2].object())?;
    if !(0..=21).contains(&machine) {
        return Err(error::value_error(
            "third argument must be a valid machine format code.",
        ));
    }
    let data = args[3].object();
    if !bytes::is_bytes(data) {
        return Err(error::type_error(format!(
            "fourth argument should be bytes, not {}",
            data.ty().full_name()
        )));
    }
    // Widths and kinds by pairs of codes from 2 on: little-endian, big-endian.
    let code = match machine {
        0 => b'B',
        1 => b'b',
        2 | 3 => b'H',
        4 | 5 => b'h',
        6 | 7 => b'I',
        8 | 9 => b'i',
        10 | 11 => b'Q',
        12 | 13 => b'q',
        14 | 15 => b'f',
        16 | 17 => b'd',
        20 | 21 => b'w',
        _ => {
            let text = terrarium_objects::codecs::decode(
                bytes::cast(data).bytes(),
                if machine == 18 {
                    "utf-16-le"
                } else {
                    "utf-16-be"
                },
                "strict",
            )?;
            let made = with_bytes(ty, kind, Vec::new())?;
            fromunicode(&made, &text)?;
            return Ok(made);
        }
    };
    let Some(source) = KINDS.iter().find(|k| k.code == code) else {
        return Err(error::value_error("bad machine format"));
    };
    let mut items = bytes::cast(data).bytes().to_vec();
    if !items.len().is_multiple_of(source.size) {
        return Err(error::value_error(
            "bytes length not a multiple of item size",
        ));
    }
    if machine > 1 && machine % 2 == 1 {
        for item in items.chunks_mut(source.size) {
            item.reverse();
        }
    }
    if source.size == kind.size && machine_code(kind.code) == machine & !1 || kind.is_text() {
        return with_bytes(ty, kind, items);
    }
    let made = root("array being made", with_bytes(ty, kind, Vec::new())?);
    for item in items.chunks(source.size) {
        let value = source.get(item);
        of(&made).append(&value)?;
    }
    let _ = none::none();
    Ok(made.take())
}
