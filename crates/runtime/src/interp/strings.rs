//! Formatting, string building, templates, intrinsics.

use terrarium_objects::types::tuple::Tuple;
use terrarium_objects::types::{str, template};
use terrarium_objects::{Object, Type, Word, error, ops};

use super::cx::{Cx, Flow};
use crate::intrinsics;

/// `(pieces.. -- str)`
pub unsafe fn build_string(cx: &mut Cx, oparg: u32) -> Flow {
    let count = oparg as usize;
    // SAFETY: the stack is that deep.
    let pieces: &[Word] = unsafe { std::slice::from_raw_parts(cx.sp.sub(count), count) };
    let objects: Vec<&terrarium_objects::Object> = pieces.iter().map(|w| w.object()).collect();
    // SAFETY: the empty str.
    let separator = unsafe { str::empty_ref().cast::<str::Str>() };
    let made = str::split::join_objects(separator, &objects);
    cx.finish(count, 0, made)
}

/// `(value -- text)`: `str`, `repr` or `ascii`.
pub unsafe fn convert_value(cx: &mut Cx, oparg: u32) -> Flow {
    cx.save();
    let value = cx.peek(1).object();
    let result = match oparg {
        1 => ops::text::str(value),
        2 => ops::text::repr(value),
        3 => ops::text::ascii(value),
        _ => Err(error::system_error("bad conversion")),
    };
    cx.finish(1, 0, result)
}

/// `(value -- text)`: `format(value)`; an exact str stays.
pub unsafe fn format_simple(cx: &mut Cx, _: u32) -> Flow {
    let value = cx.peek(1).object();
    if value.is_exact(&str::STR) {
        return cx.advance(0);
    }
    cx.save();
    let result = ops::text::format(value, None);
    cx.finish(1, 0, result)
}

/// `(value, spec -- text)`
pub unsafe fn format_with_spec(cx: &mut Cx, _: u32) -> Flow {
    cx.save();
    let result = ops::text::format(cx.peek(2).object(), Some(cx.peek(1).object()));
    cx.finish(2, 0, result)
}

/// Whether it is a tuple of objects of that very type.
fn all_items(tuple: &Object, ty: &Type) -> bool {
    tuple
        .downcast_exact::<Tuple>()
        .is_some_and(|tuple| tuple.items().iter().all(|item| item.is_exact(ty)))
}

/// `(strings, interpolations -- template)`
pub unsafe fn build_template(cx: &mut Cx, _: u32) -> Flow {
    cx.save();
    let (strings, interpolations) = (cx.peek(2).object(), cx.peek(1).object());
    let result =
        if all_items(strings, &str::STR) && all_items(interpolations, &template::INTERPOLATION) {
            template::build(strings, interpolations)
        } else {
            Err(error::system_error(
                "a template of other things than strings and interpolations",
            ))
        };
    cx.finish(2, 0, result)
}

/// `(value, text, (spec) -- interpolation)`; bit 0: a spec is there, the bits above bit 1: the conversion.
pub unsafe fn build_interpolation(cx: &mut Cx, oparg: u32) -> Flow {
    cx.save();
    let has_spec = (oparg & 1) as usize;
    let spec = if has_spec == 1 {
        Some(cx.peek(1).object())
    } else {
        None
    };
    let (value, text) = (
        cx.peek(2 + has_spec).object(),
        cx.peek(1 + has_spec).object(),
    );
    let result = template::build_interpolation(value, text, oparg >> 2, spec);
    cx.finish(2 + has_spec, 0, result)
}

/// `(value -- result)`
pub unsafe fn call_intrinsic_1(cx: &mut Cx, oparg: u32) -> Flow {
    cx.save();
    let result = intrinsics::unary(cx, oparg, cx.peek(1).object());
    cx.finish(1, 0, result)
}

/// `(value2, value1 -- result)`
pub unsafe fn call_intrinsic_2(cx: &mut Cx, oparg: u32) -> Flow {
    cx.save();
    let result = intrinsics::binary(oparg, cx.peek(2).object(), cx.peek(1).object());
    cx.finish(2, 0, result)
}
