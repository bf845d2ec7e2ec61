//! Cells and free variables.

use terrarium_objects::types::cell::{self, Cell};
use terrarium_objects::{Owned, Word, error, names, ops, types};

use super::cx::{Cx, Flow};
use super::locals::periodic;
use crate::unwind;

// SAFETY: `index` is a cell or free variable of the running code.
#[inline(always)]
unsafe fn cell_at(cx: &Cx, index: u32) -> &'static Cell {
    // SAFETY: the compiler addresses only cell slots.
    unsafe { (*cx.local(index)).object().cast::<Cell>() }
}

/// Wraps the local (an argument, or nothing) in a cell.
#[inline(always)]
pub unsafe fn make_cell(cx: &mut Cx, oparg: u32) -> Flow {
    let slot = cx.local(oparg);
    unsafe {
        let held = *slot;
        let initial = if held.is_null() {
            None
        } else {
            Some(held.into_owned())
        };
        *slot = Word::owned(cell::new(initial));
    }
    cx.advance(0)
}

/// Copies the closure's cells into the last locals.
#[inline(always)]
pub unsafe fn copy_free_vars(cx: &mut Cx, oparg: u32) -> Flow {
    let code = cx.code();
    // SAFETY: the frame is live.
    let function = unsafe { (*cx.frame).function() };
    let cells = function.map_or(&[][..], |f| f.closure_cells());
    // Only damaged code is without them.
    if cells.len() != oparg as usize {
        return no_closure(cx, oparg);
    }
    let first = code.nlocalsplus.get() - oparg;
    for (i, cell) in cells.iter().enumerate() {
        // SAFETY: the last locals.
        unsafe { *cx.local(first + i as u32) = Word::new(cell) };
    }
    cx.advance(0)
}

#[cold]
#[inline(never)]
fn no_closure(cx: &mut Cx, wanted: u32) -> Flow {
    cx.save();
    error::system_error(format!(
        "a function whose code has {wanted} free variables was made without as many cells"
    ));
    Flow::Error
}

/// `( -- value)`: what the cell holds, or NameError / UnboundLocalError.
#[inline(always)]
pub unsafe fn load_deref(cx: &mut Cx, oparg: u32) -> Flow {
    match unsafe { cell_at(cx, oparg) }.contents.get() {
        Some(value) => {
            cx.push(Word::new(value));
            cx.advance(0)
        }
        None => {
            cx.save();
            unwind::unbound_cell(cx.code(), oparg as usize);
            Flow::Error
        }
    }
}

/// `(value -- )`
#[inline(always)]
pub unsafe fn store_deref(cx: &mut Cx, oparg: u32) -> Flow {
    let value = cx.pop().into_owned();
    let cell = unsafe { cell_at(cx, oparg) };
    let old = cell.contents.replace(Some(value));
    cx.save();
    drop(old);
    cx.advance(0)
}

#[inline(always)]
pub unsafe fn delete_deref(cx: &mut Cx, oparg: u32) -> Flow {
    cx.save();
    let old = unsafe { cell_at(cx, oparg) }.contents.replace(None);
    if old.is_none() {
        unwind::unbound_cell(cx.code(), oparg as usize);
        return Flow::Error;
    }
    drop(old);
    cx.advance(0)
}

/// `(class_dict -- value)`: the class namespace first, then the cell.
pub unsafe fn load_from_dict_or_deref(cx: &mut Cx, oparg: u32) -> Flow {
    cx.save();
    let code = cx.code();
    let name = code.local_name(oparg as usize);
    let found = ops::mapping::get_optional_item(cx.peek(1).object(), name);
    let value = match found {
        Err(_) => return Flow::Error,
        Ok(Some(value)) => value,
        Ok(None) => match unsafe { cell_at(cx, oparg) }.contents.get() {
            Some(held) => Owned::new(held),
            None => {
                unwind::unbound_cell(code, oparg as usize);
                return Flow::Error;
            }
        },
    };
    cx.finish(1, 0, Ok(value))
}

/// `( -- locals)`: the namespace of a class body.
pub unsafe fn load_locals(cx: &mut Cx, _: u32) -> Flow {
    cx.save();
    match cx.namespace() {
        Some(namespace) => {
            cx.push(Word::new(namespace));
            cx.advance(0)
        }
        None => {
            error::system_error("no locals");
            Flow::Error
        }
    }
}

/// `( -- builder)`: `builtins.__build_class__`.
pub unsafe fn load_build_class(cx: &mut Cx, _: u32) -> Flow {
    cx.save();
    match ops::mapping::get_optional_item(cx.builtins(), &names().__build_class__) {
        Ok(Some(builder)) => {
            cx.push_owned(builder);
            cx.advance(0)
        }
        Ok(None) => {
            error::name_error("__build_class__ not found");
            Flow::Error
        }
        Err(_) => Flow::Error,
    }
}

/// `( -- value)`: AssertionError, NotImplementedError, tuple, all, any.
pub unsafe fn load_common_constant(cx: &mut Cx, oparg: u32) -> Flow {
    let word = match oparg {
        0 => Word::new(types::exceptions::ASSERTION_ERROR.as_object()),
        1 => Word::new(types::exceptions::NOT_IMPLEMENTED_ERROR.as_object()),
        2 => Word::new(types::tuple::TUPLE.as_object()),
        _ => {
            let name = if oparg == 3 {
                "builtins.all"
            } else {
                "builtins.any"
            };
            match terrarium_objects::state::get().kept(name) {
                Some(function) => Word::new(function),
                None => {
                    error::system_error("common constant is missing");
                    return Flow::Error;
                }
            }
        }
    };
    cx.push(word);
    cx.advance(0)
}

/// `(func -- func)`: the function becomes a method's code; used by SET_FUNCTION_ATTRIBUTE and MAKE_FUNCTION in `calls`.
#[inline(always)]
pub unsafe fn check_periodic(cx: &mut Cx) -> Flow {
    if unsafe { periodic(cx) } {
        Flow::Next
    } else {
        Flow::Error
    }
}
