//! The methods and attributes of `memoryview`.

use crate::args::{Signature, check_positional};
use crate::error::{buffer_error, not_implemented_error, type_error, value_error};
use crate::object::Object;
use crate::ops::compare;
use crate::refs::{Owned, PyResult, Word};
use crate::typeobject::{CompareOp, GetSetDef, MethodDef, Native};
use crate::types::bool::bool_owned;
use crate::types::bytes::hex::{hex_arguments, to_hex};
use crate::types::slicing::clamp;
use crate::types::str::{self, Str, methods::shown_type};
use crate::types::{int, list, tuple};

use super::{Shape, again, cast, item, slots};

pub static METHODS: [MethodDef; 12] = [
    MethodDef::new(
        "release",
        Native::NoArgs(release),
        "release($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "tobytes",
        Native::FastKeywords(tobytes),
        "tobytes($self, /, order='C')\n--\n\n",
    ),
    MethodDef::new(
        "hex",
        Native::FastKeywords(hex),
        "hex($self, /, sep=<unrepresentable>, bytes_per_sep=1)\n--\n\n",
    ),
    MethodDef::new("tolist", Native::NoArgs(tolist), "tolist($self, /)\n--\n\n"),
    MethodDef::new(
        "cast",
        Native::FastKeywords(cast_to),
        "cast($self, /, format, shape=<unrepresentable>)\n--\n\n",
    ),
    MethodDef::new(
        "toreadonly",
        Native::NoArgs(toreadonly),
        "toreadonly($self, /)\n--\n\n",
    ),
    MethodDef::class(
        "_from_flags",
        Native::FastKeywords(from_flags),
        "_from_flags($type, /, object, flags)\n--\n\n",
    ),
    MethodDef::new("count", Native::O(count), "count($self, value, /)\n--\n\n"),
    MethodDef::new(
        "index",
        Native::Fast(index),
        "index($self, value, start=0, stop=sys.maxsize, /)\n--\n\n",
    ),
    MethodDef::new(
        "__enter__",
        Native::NoArgs(enter),
        "__enter__($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "__exit__",
        Native::Fast(exit),
        "__exit__($self, /, *exc_info)\n--\n\n",
    ),
    MethodDef::class(
        "__class_getitem__",
        Native::O(class_getitem),
        "__class_getitem__($type, object, /)\n--\n\n",
    ),
];

pub static GETSET: [GetSetDef; 12] = [
    GetSetDef::read("obj", obj, ""),
    GetSetDef::read("nbytes", nbytes, ""),
    GetSetDef::read("readonly", |o| shape_bool(o, |s| s.readonly), ""),
    GetSetDef::read("itemsize", itemsize, ""),
    GetSetDef::read("format", format, ""),
    GetSetDef::read("ndim", ndim, ""),
    GetSetDef::read("shape", shape, ""),
    GetSetDef::read("strides", strides, ""),
    GetSetDef::read("suboffsets", suboffsets, ""),
    GetSetDef::read("c_contiguous", |o| shape_bool(o, Shape::is_contiguous), ""),
    GetSetDef::read("f_contiguous", |o| shape_bool(o, Shape::is_contiguous), ""),
    GetSetDef::read("contiguous", |o| shape_bool(o, Shape::is_contiguous), ""),
];

fn shape_bool(this: &Object, fact: fn(&Shape) -> bool) -> PyResult {
    Ok(bool_owned(fact(&cast(this).shape()?)))
}

fn obj(this: &Object) -> PyResult {
    cast(this).owner()
}

fn nbytes(this: &Object) -> PyResult {
    Ok(int::from_usize(cast(this).shape()?.bytes()))
}

fn itemsize(this: &Object) -> PyResult {
    Ok(int::from_usize(cast(this).shape()?.itemsize))
}

fn format(this: &Object) -> PyResult {
    Ok(Str::new(cast(this).shape()?.format))
}

fn ndim(this: &Object) -> PyResult {
    cast(this).check()?;
    Ok(int::from_i64(1))
}

fn shape(this: &Object) -> PyResult {
    let count = cast(this).shape()?.count;
    Ok(tuple::from_owned(vec![int::from_usize(count)]))
}

fn strides(this: &Object) -> PyResult {
    let stride = cast(this).shape()?.stride;
    Ok(tuple::from_owned(vec![int::from_i64(stride as i64)]))
}

fn suboffsets(this: &Object) -> PyResult {
    cast(this).check()?;
    Ok(tuple::empty())
}

fn release(this: &Object) -> PyResult {
    cast(this).release()?;
    Ok(crate::none_owned())
}

fn enter(this: &Object) -> PyResult {
    cast(this).check()?;
    Ok(Owned::new(this))
}

fn exit(this: &Object, _: &[Word]) -> PyResult {
    release(this)
}

fn class_getitem(class: &Object, arguments: &Object) -> PyResult {
    crate::types::generic_alias::new(class, arguments)
}

fn tobytes(this: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("tobytes", &["order"], 0, 0, 1);
    let [order] = SIGNATURE.bind::<1>(args, kwnames)?;
    cast(this).check()?;
    if let Some(order) = order.filter(|o| !o.is(crate::none())) {
        if !str::is_str(order) {
            return Err(type_error(format!(
                "tobytes() argument 'order' must be str or None, not {}",
                shown_type(order)
            )));
        }
        let order = str::cast(order);
        if !["C", "F", "A"].iter().any(|o| order.is_text(o)) {
            return Err(value_error("order must be 'C', 'F' or 'A'"));
        }
    }
    slots::to_bytes(this)
}

fn hex(this: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let (separator, group) = hex_arguments(args, kwnames)?;
    let data = cast(this).shape()?.to_vec();
    Ok(Str::from_ascii(&to_hex(&data, separator, group)))
}

fn tolist(this: &Object) -> PyResult {
    let shape = cast(this).shape()?;
    let mut items = Vec::with_capacity(shape.count);
    for at in 0..shape.count {
        items.push(item::unpack(shape.format, shape.item(at))?);
    }
    Ok(list::from_owned(items))
}

fn toreadonly(this: &Object) -> PyResult {
    let view = cast(this);
    let shape = view.shape()?;
    again(
        view,
        Shape {
            readonly: true,
            ..shape
        },
    )
}

fn cast_to(this: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("cast", &["format", "shape"], 0, 1, 2);
    let [format, wanted] = SIGNATURE.bind::<2>(args, kwnames)?;
    let Some(format) = format else {
        return Err(crate::error::system_error("a required argument is missing"));
    };
    if !str::is_str(format) {
        return Err(type_error(format!(
            "cast() argument 'format' must be str, not {}",
            shown_type(format)
        )));
    }
    let view = cast(this);
    let old = view.shape()?;
    if !old.is_contiguous() {
        return Err(type_error(
            "memoryview: casts are restricted to C-contiguous views",
        ));
    }
    let Some((name, size)) = item::find(&str::cast(format).lossy()) else {
        return Err(value_error(
            "memoryview: destination format must be a native single character format prefixed with an optional '@'",
        ));
    };
    let is_byte = |f: &str| matches!(item::letter(f), b'B' | b'b' | b'c');
    if !is_byte(old.format) && !is_byte(name) {
        return Err(type_error(
            "memoryview: cannot cast between two non-byte formats",
        ));
    }
    if !old.bytes().is_multiple_of(size) {
        return Err(type_error(
            "memoryview: length is not a multiple of itemsize",
        ));
    }
    let count = old.bytes() / size;
    if let Some(wanted) = wanted {
        check_shape(wanted, count)?;
    }
    again(
        view,
        Shape {
            count,
            stride: size as isize,
            itemsize: size,
            format: name,
            ..old
        },
    )
}

/// The `shape` argument of `cast`: one dimension of the right length.
fn check_shape(wanted: &Object, count: usize) -> PyResult<()> {
    let dimensions = crate::ops::sequence::fast(wanted, "shape must be a list or a tuple")?;
    let dimensions = crate::ops::sequence::to_tuple(&dimensions)?;
    let mut product = 1usize;
    // SAFETY: `to_tuple` gives a tuple.
    let items = unsafe { dimensions.cast::<tuple::Tuple>() }.items();
    for item in items {
        if !int::is_int(item) {
            return Err(type_error(
                "memoryview.cast(): elements of shape must be integers",
            ));
        }
        let size = int::as_i64(item).unwrap_or(-1);
        let Some(size) = usize::try_from(size).ok().filter(|s| *s > 0) else {
            return Err(value_error(
                "memoryview.cast(): elements of shape must be integers > 0",
            ));
        };
        product = product.saturating_mul(size);
    }
    if product != count {
        return Err(type_error(
            "memoryview: product(shape) * itemsize != buffer size",
        ));
    }
    if items.len() != 1 {
        return Err(not_implemented_error(
            "memoryview: views of more than one dimension are not supported",
        ));
    }
    Ok(())
}

fn from_flags(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("_from_flags", &["object", "flags"], 0, 2, 2);
    const WRITABLE: i32 = 1;
    let [Some(object), Some(flags)] = SIGNATURE.bind::<2>(args, kwnames)? else {
        return Err(crate::error::system_error("a required argument is missing"));
    };
    let flags = int::as_i32(flags)?;
    let made = super::new(object)?;
    if flags & WRITABLE != 0 && cast(&made).readonly.get() {
        return Err(buffer_error("Object is not writable."));
    }
    Ok(made)
}

/// Whether item `at` equals a value.
fn equals(this: &Object, at: usize, value: &Object) -> PyResult<bool> {
    let shape = cast(this).shape()?;
    let item = item::unpack(shape.format, shape.item(at))?;
    compare::compare_bool(&item, value, CompareOp::Eq)
}

fn count(this: &Object, value: &Object) -> PyResult {
    let mut found = 0;
    for at in 0..cast(this).shape()?.count {
        found += usize::from(equals(this, at, value)?);
    }
    Ok(int::from_usize(found))
}

fn index(this: &Object, args: &[Word]) -> PyResult {
    check_positional("index", args.len(), 1, 3)?;
    let bound = |at: usize, default: isize| match args.get(at) {
        Some(word) => crate::types::slicing::bound(Some(word.object()), default),
        None => Ok(default),
    };
    let (start, stop) = (bound(1, 0)?, bound(2, isize::MAX)?);
    let count = cast(this).shape()?.count;
    if let Some((start, stop)) = clamp(start, stop, count) {
        for at in start..stop {
            if equals(this, at, args[0].object())? {
                return Ok(int::from_usize(at));
            }
        }
    }
    Err(value_error("memoryview.index(x): x not found"))
}
