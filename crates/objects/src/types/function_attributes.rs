//! What a function shows of itself, its binding to an instance, and `types.FunctionType(...)` (Objects/funcobject.c).
//!
//! What the specialiser may have remembered (code, defaults) clears the function's version when it changes.

use std::cell::Cell;
use std::mem::offset_of;
use std::ptr::null_mut;

use terrarium_bytecode::code::flags as co;

use super::function::{self, Function};
use crate::args::{Signature, tuple_item, tuple_len};
use crate::error;
use crate::names::names;
use crate::object::Object;
use crate::ops;
use crate::refs::{Owned, PyResult};
use crate::state::words;
use crate::typeobject::{GetSetDef, MemberDef, MemberKind, Type, flags};
use crate::types::code::{CODE, Code};
use crate::types::none::{none, none_owned};
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::types::{cell, dict, int, method, module, tuple};

pub static MEMBERS: [MemberDef; 3] = [
    MemberDef::new(
        "__closure__",
        MemberKind::Object,
        offset_of!(Function, closure),
    ),
    MemberDef::new(
        "__globals__",
        MemberKind::Object,
        offset_of!(Function, globals),
    ),
    MemberDef::new(
        "__builtins__",
        MemberKind::Object,
        offset_of!(Function, builtins),
    ),
];

pub static GETSET: [GetSetDef; 11] = [
    GetSetDef {
        name: "__code__",
        get: Some(code),
        set: Some(set_code),
        doc: "",
    },
    GetSetDef {
        name: "__defaults__",
        get: Some(|o| or_none(&of(o).defaults)),
        set: Some(set_defaults),
        doc: "",
    },
    GetSetDef {
        name: "__kwdefaults__",
        get: Some(|o| or_none(&of(o).kwdefaults)),
        set: Some(set_kwdefaults),
        doc: "",
    },
    GetSetDef {
        name: "__annotations__",
        get: Some(annotations),
        set: Some(set_annotations),
        doc: "Dict of annotations in a function object.",
    },
    GetSetDef {
        name: "__annotate__",
        get: Some(|o| or_none(&of(o).annotate)),
        set: Some(set_annotate),
        doc: "Get the code object for a function.",
    },
    GetSetDef {
        name: "__dict__",
        get: Some(attributes),
        set: Some(set_attributes),
        doc: "",
    },
    GetSetDef {
        name: "__doc__",
        get: Some(|o| or_none(&of(o).doc)),
        set: Some(set_doc),
        doc: "",
    },
    GetSetDef {
        name: "__module__",
        get: Some(|o| or_none(&of(o).module)),
        set: Some(set_module),
        doc: "",
    },
    GetSetDef {
        name: "__name__",
        get: Some(|o| or_none(&of(o).name)),
        set: Some(set_name),
        doc: "",
    },
    GetSetDef {
        name: "__qualname__",
        get: Some(|o| or_none(&of(o).qualname)),
        set: Some(set_qualname),
        doc: "",
    },
    GetSetDef {
        name: "__type_params__",
        get: Some(type_params),
        set: Some(set_type_params),
        doc: "Get the declared type parameters for a function.",
    },
];

fn of(object: &Object) -> &Function {
    // SAFETY: called by slots and attributes of the type.
    unsafe { object.cast::<Function>() }
}

fn or_none(cell: &Cell<*mut Object>) -> PyResult {
    // SAFETY: null or owned by the function.
    Ok(unsafe { cell.get().as_ref() }.map_or_else(none_owned, Owned::new))
}

/// Puts a new reference into a field; the old one goes last.
fn put(cell: &Cell<*mut Object>, value: Option<Owned>) {
    let old = cell.replace(value.map_or(null_mut(), Owned::into_raw));
    if !old.is_null() {
        // SAFETY: the field owned it.
        unsafe { Object::decref(old) };
    }
}

fn code(object: &Object) -> PyResult {
    or_none(&of(object).code)
}

fn set_code(object: &Object, value: Option<&Object>) -> PyResult<()> {
    let function = of(object);
    let Some(value) = value.filter(|v| v.is_exact(&CODE)) else {
        return Err(error::type_error("__code__ must be set to a code object"));
    };
    // SAFETY: checked.
    let new = unsafe { value.cast::<Code>() };
    let (cells, free) = (function.closure_cells().len(), new.nfreevars.get() as usize);
    if cells != free {
        // SAFETY: always set.
        let name = ops::text::lossy(unsafe { &*function.name.get() });
        return Err(error::value_error(format!(
            "{name}() requires a code object with {cells} free vars, not {free}"
        )));
    }
    let kinds = co::GENERATOR | co::COROUTINE | co::ASYNC_GENERATOR;
    if function.code().flags.get() & kinds != new.flags.get() & kinds {
        let text = "Assigning a code object of non-matching type is deprecated (e.g., from a generator to a plain function)";
        error::warn("DeprecationWarning", text, 1)?;
    }
    function.clear_version();
    put(&function.code, Some(Owned::new(value)));
    Ok(())
}

/// `None` and deletion empty the field.
fn wanted<'a>(value: Option<&'a Object>, bits: u64, text: &str) -> PyResult<Option<&'a Object>> {
    match value.filter(|v| !v.is(none())) {
        Some(value) if !value.ty().has(bits) => Err(error::type_error(text)),
        value => Ok(value),
    }
}

fn set_defaults(object: &Object, value: Option<&Object>) -> PyResult<()> {
    let value = wanted(
        value,
        flags::TUPLE_SUBCLASS,
        "__defaults__ must be set to a tuple object",
    )?;
    of(object).clear_version();
    put(&of(object).defaults, value.map(Owned::new));
    Ok(())
}

fn set_kwdefaults(object: &Object, value: Option<&Object>) -> PyResult<()> {
    let value = wanted(
        value,
        flags::DICT_SUBCLASS,
        "__kwdefaults__ must be set to a dict object",
    )?;
    of(object).clear_version();
    put(&of(object).kwdefaults, value.map(Owned::new));
    Ok(())
}

fn is_callable(object: &Object) -> bool {
    object.ty().slots.call.is_some()
}

/// The dict of annotations, made on first sight: by `__annotate__`, or from the tuple that MAKE_FUNCTION was given.
fn annotations(object: &Object) -> PyResult {
    let function = of(object);
    // SAFETY: null or owned by the function.
    let (known, annotate) = unsafe {
        (
            function.annotations.get().as_ref(),
            function.annotate.get().as_ref(),
        )
    };
    match known {
        None => match annotate.filter(|a| is_callable(a)) {
            None => put(&function.annotations, Some(dict::new())),
            Some(annotate) => {
                let made = ops::call::call(annotate, &words([int::small_ref(1)]), None)?;
                if !made.ty().has(flags::DICT_SUBCLASS) {
                    let text = format!(
                        "__annotate__ returned non-dict of type '{}'",
                        made.ty().full_name()
                    );
                    return Err(error::type_error(text));
                }
                put(&function.annotations, Some(made));
            }
        },
        Some(pairs) if pairs.is_exact(&tuple::TUPLE) => {
            let made = dict::new();
            for i in (0..tuple_len(pairs) & !1).step_by(2) {
                dict::set(&made, tuple_item(pairs, i), tuple_item(pairs, i + 1))?;
            }
            put(&function.annotations, Some(made));
        }
        Some(_) => {}
    }
    or_none(&function.annotations)
}

fn set_annotations(object: &Object, value: Option<&Object>) -> PyResult<()> {
    let value = wanted(
        value,
        flags::DICT_SUBCLASS,
        "__annotations__ must be set to a dict object",
    )?;
    put(&of(object).annotations, value.map(Owned::new));
    put(&of(object).annotate, None);
    Ok(())
}

fn set_annotate(object: &Object, value: Option<&Object>) -> PyResult<()> {
    let Some(value) = value else {
        return Err(error::type_error("__annotate__ cannot be deleted"));
    };
    if value.is(none()) {
        put(&of(object).annotate, Some(Owned::new(value)));
        return Ok(());
    }
    if !is_callable(value) {
        return Err(error::type_error("__annotate__ must be callable or None"));
    }
    put(&of(object).annotate, Some(Owned::new(value)));
    put(&of(object).annotations, None);
    Ok(())
}

fn attributes(object: &Object) -> PyResult {
    let cell = &of(object).dict;
    if cell.get().is_null() {
        cell.set(dict::new().into_raw());
    }
    or_none(cell)
}

fn set_attributes(object: &Object, value: Option<&Object>) -> PyResult<()> {
    let Some(value) = value else {
        return Err(error::type_error("cannot delete __dict__"));
    };
    if !value.ty().has(flags::DICT_SUBCLASS) {
        let text = format!(
            "__dict__ must be set to a dictionary, not a '{}'",
            value.ty().full_name()
        );
        return Err(error::type_error(text));
    }
    put(&of(object).dict, Some(Owned::new(value)));
    Ok(())
}

fn set_doc(object: &Object, value: Option<&Object>) -> PyResult<()> {
    put(&of(object).doc, value.map(Owned::new));
    Ok(())
}

fn set_module(object: &Object, value: Option<&Object>) -> PyResult<()> {
    put(&of(object).module, value.map(Owned::new));
    Ok(())
}

fn set_text(cell: &Cell<*mut Object>, value: Option<&Object>, attribute: &str) -> PyResult<()> {
    let Some(value) = value.filter(|v| v.downcast::<Str>().is_some()) else {
        return Err(error::type_error(format!(
            "{attribute} must be set to a string object"
        )));
    };
    put(cell, Some(Owned::new(value)));
    Ok(())
}

fn set_name(object: &Object, value: Option<&Object>) -> PyResult<()> {
    set_text(&of(object).name, value, "__name__")
}

fn set_qualname(object: &Object, value: Option<&Object>) -> PyResult<()> {
    set_text(&of(object).qualname, value, "__qualname__")
}

fn type_params(object: &Object) -> PyResult {
    // SAFETY: null or owned by the function.
    Ok(unsafe { of(object).typeparams.get().as_ref() }.map_or_else(tuple::empty, Owned::new))
}

fn set_type_params(object: &Object, value: Option<&Object>) -> PyResult<()> {
    let Some(value) = value.filter(|v| v.ty().has(flags::TUPLE_SUBCLASS)) else {
        return Err(error::type_error("__type_params__ must be set to a tuple"));
    };
    put(&of(object).typeparams, Some(Owned::new(value)));
    Ok(())
}

/// The `repr` slot.
pub(super) fn repr(object: &Object) -> PyResult {
    // SAFETY: always set.
    let qualname = ops::text::lossy(unsafe { &*of(object).qualname.get() });
    Ok(Str::new(&format!("<function {qualname} at {object:p}>")))
}

/// The `descr_get` slot: a bound method, or the function itself.
pub(super) fn descr_get(
    object: &Object,
    instance: Option<&Object>,
    _: Option<&Object>,
) -> PyResult {
    match instance.filter(|i| !i.is(none())) {
        Some(instance) => Ok(method::new(object, instance)),
        None => Ok(Owned::new(object)),
    }
}

const SIGNATURE: Signature = Signature::new(
    "function",
    &[
        "code",
        "globals",
        "name",
        "argdefs",
        "closure",
        "kwdefaults",
    ],
    0,
    2,
    6,
);

/// The `new` slot.
pub(super) fn new(_: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    let [code, globals, name, defaults, closure, kwdefaults] =
        SIGNATURE.bind_tuple(args, kwargs)?;
    let (code, globals) = (code.unwrap_or(none()), globals.unwrap_or(none()));
    if !code.is_exact(&CODE) {
        let text = format!(
            "function() argument 'code' must be code, not {}",
            code.ty().full_name()
        );
        return Err(error::type_error(text));
    }
    if !globals.ty().has(flags::DICT_SUBCLASS) {
        let text = format!(
            "function() argument 'globals' must be dict, not {}",
            globals.ty().full_name()
        );
        return Err(error::type_error(text));
    }
    let some = |value: Option<&Object>| value.is_some_and(|v| !v.is(none()));
    if some(name) && !name.is_some_and(|n| n.ty().has(flags::UNICODE_SUBCLASS)) {
        return Err(error::type_error("arg 3 (name) must be None or string"));
    }
    if some(defaults) && !defaults.is_some_and(|d| d.ty().has(flags::TUPLE_SUBCLASS)) {
        return Err(error::type_error("arg 4 (defaults) must be None or tuple"));
    }
    let cells = check_closure(code, closure.filter(|c| !c.is(none())))?;
    if some(kwdefaults) && !kwdefaults.is_some_and(|d| d.ty().has(flags::DICT_SUBCLASS)) {
        return Err(error::type_error("arg 6 (kwdefaults) must be None or dict"));
    }
    check_cells(code, cells)?;
    let made = function::new(code, globals, builtins_of(globals)?);
    let this = of(&made);
    if some(name) {
        put(&this.name, name.map(Owned::new));
    }
    let present = |value: Option<&Object>| value.filter(|v| !v.is(none())).map(Owned::new);
    put(&this.defaults, present(defaults));
    put(&this.closure, cells.map(Owned::new));
    put(&this.kwdefaults, present(kwdefaults));
    Ok(made)
}

fn check_closure<'a>(code: &Object, closure: Option<&'a Object>) -> PyResult<Option<&'a Object>> {
    match closure {
        Some(closure) if !closure.ty().has(flags::TUPLE_SUBCLASS) => {
            Err(error::type_error("arg 5 (closure) must be None or tuple"))
        }
        // SAFETY: checked by the caller.
        None if unsafe { code.cast::<Code>() }.nfreevars.get() > 0 => {
            Err(error::type_error("arg 5 (closure) must be tuple"))
        }
        closure => Ok(closure),
    }
}

fn check_cells(code: &Object, closure: Option<&Object>) -> PyResult<()> {
    // SAFETY: checked by the callers.
    let (code, items) = unsafe {
        (
            code.cast::<Code>(),
            closure.map_or(&[][..], |c| c.cast::<Tuple>().items()),
        )
    };
    if items.len() != code.nfreevars.get() as usize {
        // SAFETY: always set.
        let name = ops::text::lossy(unsafe { &*code.name.get() });
        let text = format!(
            "{name} requires closure of length {}, not {}",
            code.nfreevars.get(),
            items.len()
        );
        return Err(error::value_error(text));
    }
    match items.iter().find(|c| !c.is_exact(&cell::CELL)) {
        Some(other) => Err(error::type_error(format!(
            "arg 5 (closure) expected cell, found {}",
            other.ty().full_name()
        ))),
        None => Ok(()),
    }
}

/// The built-ins that code with these globals sees: `__builtins__` (a module or its dict), else those of the running frame.
pub fn builtins_of(globals: &Object) -> PyResult {
    if let Some(found) = dict::get(globals, &names().__builtins__)? {
        return Ok(if found.ty().is_subtype(&module::MODULE) {
            Owned::new(module::namespace(&found))
        } else {
            found
        });
    }
    let running = crate::frame::current();
    // SAFETY: the running frame is live; its built-ins are borrowed from its function.
    if let Some(builtins) = unsafe { running.as_ref().and_then(|f| f.builtins.as_ref()) } {
        return Ok(Owned::new(builtins));
    }
    match crate::state::get().kept("builtins") {
        Some(builtins) => Ok(Owned::new(builtins)),
        None => Ok(dict::new()),
    }
}
