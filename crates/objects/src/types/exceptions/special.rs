//! Exceptions with a few fields: StopIteration, SystemExit, KeyError, ImportError, NameError, AttributeError.

use crate::args::{Signature, tuple_item, tuple_len};
use crate::object::Object;
use crate::ops::text;
use crate::refs::{Owned, PyResult};
use crate::typeobject::*;
use crate::types::str;
use crate::types::{dict, tuple};

use super::base::{self, init_args};
use super::{BASE_SIZE, EXCEPTION, FLAGS, LOOKUP_ERROR, body, extra, slots};

/// A writable field behind the common layout.
pub const fn field(name: &'static str, index: usize) -> MemberDef {
    MemberDef {
        name,
        kind: MemberKind::Object,
        offset: BASE_SIZE + index * 8,
        readonly: false,
        doc: "",
    }
}

/// An exception type with fields of its own.
pub const fn with_fields(
    name: &'static str,
    fields: usize,
    slots: Slots,
    base: *const Type,
) -> Type {
    Type::builtin(name, BASE_SIZE + fields * 8, slots)
        .with_flags(FLAGS)
        .with_base(base)
        .with_dictoffset(16)
}

pub static STOP_ITERATION: Type = with_fields(
    "StopIteration",
    1,
    Slots {
        init: Some(stop_iteration_init),
        ..slots::<1>()
    },
    &raw const EXCEPTION,
)
.with_members(&[field("value", 0)]);

fn stop_iteration_init(object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    base::init(object, args, kwargs)?;
    extra(object, 0).set(Some(if tuple_len(args) > 0 {
        Owned::new(tuple_item(args, 0))
    } else {
        crate::none_owned()
    }));
    Ok(())
}

pub static SYSTEM_EXIT: Type = with_fields(
    "SystemExit",
    1,
    Slots {
        init: Some(system_exit_init),
        ..slots::<1>()
    },
    &raw const super::BASE_EXCEPTION,
)
.with_members(&[field("code", 0)]);

fn system_exit_init(object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    base::init(object, args, kwargs)?;
    match tuple_len(args) {
        0 => {}
        1 => extra(object, 0).set_ref(Some(tuple_item(args, 0))),
        _ => extra(object, 0).set_ref(Some(args)),
    }
    Ok(())
}

pub static KEY_ERROR: Type = with_fields(
    "KeyError",
    0,
    Slots {
        str: Some(key_error_str),
        init: Some(base::init),
        ..slots::<0>()
    },
    &raw const LOOKUP_ERROR,
)
.with_vectorcall(base::vectorcall);

/// One argument is shown by its `repr`, so that an empty key can be seen.
fn key_error_str(object: &Object) -> PyResult {
    let args = base::args(object);
    if tuple_len(&args) == 1 {
        // The tuple may be replaced meanwhile.
        let args = crate::root("arguments of an exception", args);
        return text::repr(tuple_item(&args, 0));
    }
    base::to_str(object)
}

const fn import_type(name: &'static str, base: *const Type) -> Type {
    with_fields(
        name,
        4,
        Slots {
            str: Some(import_error_str),
            init: Some(import_error_init),
            ..slots::<4>()
        },
        base,
    )
}

pub static IMPORT_ERROR: Type = import_type("ImportError", &raw const EXCEPTION)
    .with_members(&[
        field("msg", 0),
        field("name", 1),
        field("path", 2),
        field("name_from", 3),
    ])
    .with_methods(&[MethodDef::new(
        "__reduce__",
        Native::NoArgs(import_error_reduce),
        "",
    )]);
pub static MODULE_NOT_FOUND_ERROR: Type =
    import_type("ModuleNotFoundError", &raw const IMPORT_ERROR);

fn import_error_init(object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    static SIGNATURE: Signature =
        Signature::new("ImportError", &["name", "path", "name_from"], 0, 0, 0);
    init_args(object, args);
    let [name, path, name_from] = SIGNATURE.bind_tuple(tuple::empty_ref(), kwargs)?;
    extra(object, 1).set_ref(name);
    extra(object, 2).set_ref(path);
    extra(object, 3).set_ref(name_from);
    let message = (tuple_len(args) == 1).then(|| tuple_item(args, 0));
    extra(object, 0).set_ref(message);
    Ok(())
}

fn import_error_str(object: &Object) -> PyResult {
    match extra(object, 0).get() {
        Some(message) if message.is_exact(&str::STR) => Ok(Owned::new(message)),
        _ => base::to_str(object),
    }
}

fn import_error_reduce(object: &Object) -> PyResult {
    let mut parts = vec![Owned::new(object.ty().as_object()), base::args(object)];
    let fields = [(1, "name"), (2, "path"), (3, "name_from")];
    let own = body(object).dict.get();
    if fields.iter().any(|&(i, _)| !extra(object, i).is_empty()) {
        let state = own.map_or_else(dict::new, dict::copy);
        for (index, name) in fields {
            if let Some(value) = extra(object, index).get() {
                dict::set_str(&state, name, value);
            }
        }
        parts.push(state);
    } else {
        parts.extend(own.map(Owned::new));
    }
    Ok(tuple::from_owned(parts))
}

const fn name_type(name: &'static str, base: *const Type) -> Type {
    with_fields(
        name,
        1,
        Slots {
            init: Some(name_error_init),
            ..slots::<1>()
        },
        base,
    )
}

pub static NAME_ERROR: Type =
    name_type("NameError", &raw const EXCEPTION).with_members(&[field("name", 0)]);
pub static UNBOUND_LOCAL_ERROR: Type = name_type("UnboundLocalError", &raw const NAME_ERROR);

fn name_error_init(object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    static SIGNATURE: Signature = Signature::new("NameError", &["name"], 0, 0, 0);
    init_args(object, args);
    let [name] = SIGNATURE.bind_tuple(tuple::empty_ref(), kwargs)?;
    extra(object, 0).set_ref(name);
    Ok(())
}

pub static ATTRIBUTE_ERROR: Type = with_fields(
    "AttributeError",
    2,
    Slots {
        init: Some(attribute_error_init),
        ..slots::<2>()
    },
    &raw const EXCEPTION,
)
.with_members(&[field("name", 1), field("obj", 0)])
.with_methods(&[
    MethodDef::new("__getstate__", Native::NoArgs(attribute_error_getstate), ""),
    MethodDef::new("__reduce__", Native::NoArgs(attribute_error_reduce), ""),
]);

fn attribute_error_init(object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    static SIGNATURE: Signature = Signature::new("AttributeError", &["name", "obj"], 0, 0, 0);
    init_args(object, args);
    let [name, obj] = SIGNATURE.bind_tuple(tuple::empty_ref(), kwargs)?;
    extra(object, 1).set_ref(name);
    extra(object, 0).set_ref(obj);
    Ok(())
}

/// The name and the arguments survive pickling, the object does not.
fn attribute_error_getstate(object: &Object) -> PyResult {
    let own = body(object).dict.get();
    if extra(object, 1).is_empty() && body(object).args.is_empty() {
        return Ok(own.map_or_else(crate::none_owned, Owned::new));
    }
    let state = own.map_or_else(dict::new, dict::copy);
    if let Some(name) = extra(object, 1).get() {
        dict::set_str(&state, "name", name);
    }
    if let Some(args) = body(object).args.get() {
        dict::set_str(&state, "args", args);
    }
    Ok(state)
}

fn attribute_error_reduce(object: &Object) -> PyResult {
    let state = attribute_error_getstate(object)?;
    Ok(tuple::from_owned(vec![
        Owned::new(object.ty().as_object()),
        base::args(object),
        state,
    ]))
}

/// `StopIteration`'s or `SystemExit`'s own field.
pub fn value(exception: &Object) -> Owned {
    extra(exception, 0).or_none()
}

/// A NameError with its name (`format_exc_check_arg`).
pub fn name_error(ty: &Type, message: &str, name: &Object) -> crate::Raised {
    let raised = crate::error::raise(ty, message);
    if let Some(exception) = crate::error::current()
        && exception.ty().is_subtype(&NAME_ERROR)
    {
        extra(exception, 0).set_ref(Some(name));
    }
    raised
}
