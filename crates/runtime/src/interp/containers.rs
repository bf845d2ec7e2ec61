//! Building containers.

use terrarium_objects::types::{dict, exceptions as exc, list, set, slice, tuple};
use terrarium_objects::{Owned, Raised, Word, error, ops};

use super::cx::{Cx, Flow};
use crate::unwind;

/// The top `count` operands.
#[inline(always)]
fn top(cx: &Cx, count: usize) -> &'static [Word] {
    // SAFETY: the stack is that deep; used within the instruction.
    unsafe { std::slice::from_raw_parts(cx.sp.sub(count), count) }
}

/// `(items.. -- tuple)`
pub unsafe fn build_tuple(cx: &mut Cx, oparg: u32) -> Flow {
    let count = oparg as usize;
    let made = tuple::from_words_steal(top(cx, count));
    cx.drop_words(count);
    cx.push_owned(made);
    cx.advance(0)
}

/// `(items.. -- list)`
pub unsafe fn build_list(cx: &mut Cx, oparg: u32) -> Flow {
    let count = oparg as usize;
    let made = list::from_words_steal(top(cx, count));
    cx.drop_words(count);
    cx.push(Word::owned_mortal(made));
    cx.advance(0)
}

/// `(items.. -- set)`
pub unsafe fn build_set(cx: &mut Cx, oparg: u32) -> Flow {
    cx.save();
    let count = oparg as usize;
    let made = terrarium_objects::root("set", set::new());
    let mut failed = false;
    for i in 0..count {
        // SAFETY: the stack is that deep.
        let slot = unsafe { &mut *cx.sp.sub(count - i) };
        let word = std::mem::replace(slot, Word::NULL);
        let item = word.into_owned();
        // The set takes the reference over, as CPython's does.
        failed = failed || set::add_owned(&made, item).is_err();
    }
    cx.drop_words(count);
    if failed {
        return Flow::Error;
    }
    cx.push_owned(made.take());
    cx.advance(0)
}

/// `(key, value, .. -- dict)`
pub unsafe fn build_map(cx: &mut Cx, oparg: u32) -> Flow {
    cx.save();
    let count = oparg as usize * 2;
    let result = dict::from_pairs(top(cx, count));
    cx.finish(count, 0, result)
}

/// `(start, stop, (step) -- slice)`
pub unsafe fn build_slice(cx: &mut Cx, oparg: u32) -> Flow {
    cx.save();
    let count = oparg as usize;
    let words = top(cx, count);
    let step = words
        .get(2)
        .map_or(terrarium_objects::none(), |w| w.object());
    let made = slice::new(words[0].object(), words[1].object(), step);
    cx.finish(count, 0, Ok(made))
}

/// `(list, .., iterable -- list, ..)`
pub unsafe fn list_extend(cx: &mut Cx, oparg: u32) -> Flow {
    cx.save();
    let iterable = cx.peek(1).object();
    let target = cx.peek(oparg as usize + 1).object();
    let result = list::slices::extend(target, iterable).map_err(|raised| {
        let iterates = iterable.ty().slots.iter.is_some() || iterable.ty().slots.sq_item.is_some();
        if !iterates && error::matches(&exc::TYPE_ERROR) {
            error::clear();
            return error::type_error(format!(
                "Value after * must be an iterable, not {}",
                iterable.ty().name()
            ));
        }
        raised
    });
    cx.finish_unit(1, 0, result)
}

/// `(set, .., iterable -- set, ..)`
pub unsafe fn set_update(cx: &mut Cx, oparg: u32) -> Flow {
    cx.save();
    let result = set::update(cx.peek(oparg as usize + 1).object(), cx.peek(1).object());
    cx.finish_unit(1, 0, result)
}

/// `(set, .., item -- set, ..)`
pub unsafe fn set_add(cx: &mut Cx, oparg: u32) -> Flow {
    let item = cx.pop().into_owned();
    cx.save();
    let target = cx.peek(oparg as usize).object();
    // A module's `__conditional_annotations__` may be anything.
    if !target.ty().is_subtype(&set::SET) {
        return not_a_set(item);
    }
    let result = set::add_owned(target, item);
    cx.finish_unit(0, 0, result)
}

#[cold]
#[inline(never)]
fn not_a_set(item: Owned) -> Flow {
    drop(item);
    error::system_error("SET_ADD to what is no set");
    Flow::Error
}

/// `(dict, .., key, value -- dict, ..)`
pub unsafe fn map_add(cx: &mut Cx, oparg: u32) -> Flow {
    let (value, key) = (cx.pop(), cx.pop());
    cx.save();
    let result = dict::set_owned(
        cx.peek(oparg as usize).object(),
        key.into_owned(),
        value.into_owned(),
    );
    if result.is_err() {
        Flow::Error
    } else {
        cx.advance(0)
    }
}

/// `(dict, .., mapping -- dict, ..)`
pub unsafe fn dict_update(cx: &mut Cx, oparg: u32) -> Flow {
    cx.save();
    let mapping = cx.peek(1).object();
    let result = dict::update(cx.peek(oparg as usize + 1).object(), mapping).map_err(|raised| {
        if error::matches(&exc::ATTRIBUTE_ERROR) {
            error::clear();
            return error::type_error(format!("'{}' object is not a mapping", mapping.ty().name()));
        }
        raised
    });
    cx.finish_unit(1, 0, result)
}

/// `(callable, _, _, dict, .., mapping -- callable, _, _, dict, ..)`: `**mapping` of a call; a key twice is an error.
pub unsafe fn dict_merge(cx: &mut Cx, oparg: u32) -> Flow {
    cx.save();
    let mapping = cx.peek(1).object();
    let callable = cx.peek(oparg as usize + 4).object();
    let result = dict::merge::merge(
        cx.peek(oparg as usize + 1).object(),
        mapping,
        dict::merge::Existing::Refuse,
    )
    .map_err(|Raised| unwind::explain_kwargs(callable, mapping));
    cx.finish_unit(1, 0, result)
}

/// `(object -- object, length)`
pub unsafe fn get_len(cx: &mut Cx, _: u32) -> Flow {
    cx.save();
    let result =
        ops::mapping::len(cx.peek(1).object()).map(terrarium_objects::types::int::from_usize);
    cx.finish(0, 0, result)
}
