//! The methods of `bytearray` that `bytes` has not.

use crate::args::check_positional;
use crate::error::{index_error, type_error, value_error};
use crate::object::Object;
use crate::ops::{attribute, iter, number};
use crate::refs::{PyResult, Word};
use crate::typeobject::{MethodDef, Native};
use crate::types::bytes::methods::{SHARED, shared};
use crate::types::bytes::{bytes_like, hex, translate};
use crate::types::str::{self, Str};
use crate::types::{int, tuple};

use super::slots::{Growing, byte, push, to_bytes, type_of};
use super::{BYTEARRAY, cast};

/// `__bytes__` and `__getnewargs__`, the last two that are shared, belong to bytes alone.
const KEPT: usize = SHARED - 2;

const OWN: [MethodDef; 14] = [
    MethodDef::new(
        "__alloc__",
        Native::NoArgs(alloc),
        "__alloc__($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "__reduce__",
        Native::NoArgs(reduce),
        "__reduce__($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "__reduce_ex__",
        Native::Fast(reduce_ex),
        "__reduce_ex__($self, proto=0, /)\n--\n\n",
    ),
    MethodDef::new(
        "__sizeof__",
        Native::NoArgs(size_of),
        "__sizeof__($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "append",
        Native::O(append),
        "append($self, item, /)\n--\n\n",
    ),
    MethodDef::new("clear", Native::NoArgs(clear), "clear($self, /)\n--\n\n"),
    MethodDef::new("copy", Native::NoArgs(copy), "copy($self, /)\n--\n\n"),
    MethodDef::new(
        "extend",
        Native::O(extend),
        "extend($self, iterable_of_ints, /)\n--\n\n",
    ),
    MethodDef::class(
        "fromhex",
        Native::O(fromhex),
        "fromhex($type, string, /)\n--\n\n",
    ),
    MethodDef::new(
        "insert",
        Native::Fast(insert),
        "insert($self, index, item, /)\n--\n\n",
    ),
    MethodDef::new("pop", Native::Fast(pop), "pop($self, index=-1, /)\n--\n\n"),
    MethodDef::new(
        "remove",
        Native::O(remove),
        "remove($self, value, /)\n--\n\n",
    ),
    MethodDef::new(
        "resize",
        Native::O(resize),
        "resize($self, size, /)\n--\n\n",
    ),
    MethodDef::new(
        "reverse",
        Native::NoArgs(reverse),
        "reverse($self, /)\n--\n\n",
    ),
];

pub static METHODS: [MethodDef; KEPT + 15] = {
    const BOTH: [MethodDef; SHARED] = shared::<Growing>();
    let mut all = [const { MethodDef::r#static("maketrans", Native::Fast(translate::maketrans), "") };
        KEPT + 15];
    let mut i = 0;
    while i < KEPT {
        all[i] = MethodDef::new(BOTH[i].name, BOTH[i].call, BOTH[i].doc);
        i += 1;
    }
    while i < KEPT + OWN.len() {
        let own = &OWN[i - KEPT];
        all[i] = MethodDef {
            name: own.name,
            call: own.call,
            binding: own.binding,
            doc: own.doc,
        };
        i += 1;
    }
    all
};

fn alloc(this: &Object) -> PyResult {
    Ok(int::from_i64(cast(this).allocated.get() as i64))
}

fn size_of(this: &Object) -> PyResult {
    let basic = this.ty().basicsize.get();
    Ok(int::from_i64((basic + cast(this).allocated.get()) as i64))
}

fn state(this: &Object) -> PyResult {
    let found = attribute::get_optional(this, &crate::names().__dict__)?;
    Ok(found.unwrap_or_else(crate::none_owned))
}

fn reduce(this: &Object) -> PyResult {
    reduce_as(this, 2)
}

fn reduce_ex(this: &Object, args: &[Word]) -> PyResult {
    check_positional("__reduce_ex__", args.len(), 0, 1)?;
    let protocol = args.first().map_or(Ok(0), |w| int::as_i32(w.object()))?;
    reduce_as(this, protocol)
}

fn reduce_as(this: &Object, protocol: i32) -> PyResult {
    let state = state(this)?;
    let arguments = if cast(this).is_empty() {
        tuple::empty()
    } else if protocol < 3 {
        let text = Str::from_latin1(cast(this).bytes());
        tuple::from_owned(vec![text, Str::new("latin-1")])
    } else {
        tuple::from_owned(vec![to_bytes(this)])
    };
    Ok(tuple::from_owned(vec![type_of(this), arguments, state]))
}

fn append(this: &Object, item: &Object) -> PyResult {
    let byte = byte(item)?;
    push(cast(this), byte)?;
    Ok(crate::none_owned())
}

fn clear(this: &Object) -> PyResult {
    cast(this).resize(0)?;
    Ok(crate::none_owned())
}

fn copy(this: &Object) -> PyResult {
    super::new(cast(this).bytes())
}

fn extend(this: &Object, items: &Object) -> PyResult {
    let mut data = Vec::new();
    if items.ty().slots.getbuffer.is_some() {
        data.extend_from_slice(bytes_like(items)?.slice());
    } else {
        if str::is_str(items) {
            return Err(type_error("expected iterable of integers; got: 'str'"));
        }
        if items.ty().slots.iter.is_none() && !number::is_sequence(items) {
            return Err(type_error(format!(
                "can't extend bytearray with {}",
                items.ty().full_name()
            )));
        }
        let iterator = crate::root("iterator", iter::iter(items)?);
        iter::length_hint(items, 32)?;
        iter::drain(&iterator, |item| {
            let item = crate::root("item", item);
            data.push(byte(&item)?);
            Ok(())
        })?;
    }
    let array = cast(this);
    array.replace(array.len(), array.len(), &data)?;
    Ok(crate::none_owned())
}

fn fromhex(class: &Object, text: &Object) -> PyResult {
    let made = super::new(&hex::parse_hex(text)?)?;
    if class.is(BYTEARRAY.as_object()) {
        return Ok(made);
    }
    crate::ops::call::call(class, &[Word::borrowed(&made)], None)
}

fn insert(this: &Object, args: &[Word]) -> PyResult {
    check_positional("insert", args.len(), 2, 2)?;
    let index = int::as_isize(args[0].object())?;
    let byte = byte(args[1].object())?;
    let array = cast(this);
    let len = array.len() as isize;
    let at = if index < 0 {
        (index + len).max(0)
    } else {
        index.min(len)
    } as usize;
    array.replace(at, at, &[byte])?;
    Ok(crate::none_owned())
}

fn pop(this: &Object, args: &[Word]) -> PyResult {
    check_positional("pop", args.len(), 0, 1)?;
    let index = match args.first() {
        Some(index) => int::as_isize(index.object())?,
        None => -1,
    };
    let array = cast(this);
    let len = array.len() as isize;
    if len == 0 {
        return Err(index_error("pop from empty bytearray"));
    }
    let at = if index < 0 { index + len } else { index };
    if at < 0 || at >= len {
        return Err(index_error("pop index out of range"));
    }
    array.check_resizable()?;
    let at = at as usize;
    let byte = array.bytes()[at];
    array.shift(at + 1, at, len as usize - at - 1);
    array.resize(len as usize - 1)?;
    Ok(int::from_i64(i64::from(byte)))
}

fn remove(this: &Object, value: &Object) -> PyResult {
    let byte = byte(value)?;
    let array = cast(this);
    let Some(at) = array.bytes().iter().position(|b| *b == byte) else {
        return Err(value_error("value not found in bytearray"));
    };
    array.check_resizable()?;
    let len = array.len();
    array.shift(at + 1, at, len - at - 1);
    array.resize(len - 1)?;
    Ok(crate::none_owned())
}

fn resize(this: &Object, size: &Object) -> PyResult {
    let size = int::as_isize(size)?;
    let Ok(size) = usize::try_from(size) else {
        return Err(value_error(format!(
            "Can only resize to positive sizes, got {size}"
        )));
    };
    let array = cast(this);
    let old = array.len();
    array.resize(size)?;
    if size > old {
        // SAFETY: `size` bytes are there.
        unsafe { array.start.get().add(old).write_bytes(0, size - old) };
    }
    Ok(crate::none_owned())
}

fn reverse(this: &Object) -> PyResult {
    let array = cast(this);
    let mut data = array.bytes().to_vec();
    data.reverse();
    array.write(0, &data);
    Ok(crate::none_owned())
}
