//! `string.templatelib.Template` and `Interpolation` (PEP 750; Objects/templateobject.c, interpolationobject.c).

use std::cell::Cell;
use std::mem::offset_of;

use crate::args::Signature;
use crate::error::{type_error, value_error};
use crate::field::Field;
use crate::gc;
use crate::hooks;
use crate::none;
use crate::object::{Layout, Object};
use crate::ops::{attribute, text};
use crate::refs::{Owned, PyResult};
use crate::typeobject::*;
use crate::types::generic_alias;
use crate::types::str::{self, Str};
use crate::types::tuple::{self, Tuple};
use crate::types::r#type::generic_alloc;
use crate::visit::Visit;

/// CPython's `templateobject`.
#[repr(C)]
pub struct Template {
    pub object: Object,
    strings: Field,
    interpolations: Field,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Template {
    fn type_object() -> &'static Type {
        &TEMPLATE
    }
}

pub static TEMPLATE: Type = Type::builtin(
    "string.templatelib.Template",
    32,
    Slots {
        dealloc: dealloc::<2>,
        visit: template_visit,
        clear: Some(clear::<2>),
        repr: Some(template_repr),
        getattro: Some(attribute::generic_get),
        iter: Some(template_iter),
        sq_concat: Some(concat),
        new: Some(template_new),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC)
.with_methods(&[
    MethodDef::new("__reduce__", Native::NoArgs(template_reduce), ""),
    MethodDef::class("__class_getitem__", Native::O(generic_alias::new), ""),
])
.with_members(&[
    MemberDef::new("strings", MemberKind::Object, offset_of!(Template, strings)),
    MemberDef::new(
        "interpolations",
        MemberKind::Object,
        offset_of!(Template, interpolations),
    ),
])
.with_getset(&[GetSetDef::read("values", template_values, "")])
.with_doc("Template object");

/// CPython's `interpolationobject`.
#[repr(C)]
pub struct Interpolation {
    pub object: Object,
    value: Field,
    expression: Field,
    conversion: Field,
    format_spec: Field,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Interpolation {
    fn type_object() -> &'static Type {
        &INTERPOLATION
    }
}

pub static INTERPOLATION: Type = Type::builtin(
    "string.templatelib.Interpolation",
    48,
    Slots {
        dealloc: dealloc::<4>,
        visit: interpolation_visit,
        clear: Some(clear::<4>),
        repr: Some(interpolation_repr),
        getattro: Some(attribute::generic_get),
        new: Some(interpolation_new),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC)
.with_methods(&[
    MethodDef::new("__reduce__", Native::NoArgs(interpolation_reduce), ""),
    MethodDef::class("__class_getitem__", Native::O(generic_alias::new), ""),
])
.with_members(&[
    MemberDef::new(
        "value",
        MemberKind::Object,
        offset_of!(Interpolation, value),
    ),
    MemberDef::new(
        "expression",
        MemberKind::Object,
        offset_of!(Interpolation, expression),
    ),
    MemberDef::new(
        "conversion",
        MemberKind::Object,
        offset_of!(Interpolation, conversion),
    ),
    MemberDef::new(
        "format_spec",
        MemberKind::Object,
        offset_of!(Interpolation, format_spec),
    ),
])
.with_doc("Interpolation object");

/// The iterator over a template's strings and interpolations.
#[repr(C)]
pub struct TemplateIter {
    pub object: Object,
    strings: Field,
    interpolations: Field,
    at: Cell<u8>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for TemplateIter {
    fn type_object() -> &'static Type {
        &TEMPLATE_ITER
    }
}

pub static TEMPLATE_ITER: Type = Type::builtin(
    "string.templatelib.TemplateIter",
    40,
    Slots {
        dealloc: dealloc::<2>,
        visit: template_visit,
        clear: Some(clear::<2>),
        getattro: Some(attribute::generic_get),
        iter: Some(crate::types::self_iter),
        iternext: Some(iter_next),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::DISALLOW_INSTANTIATION);

/// The first fields behind the header.
fn fields<const N: usize>(object: &Object) -> &[Field; N] {
    // SAFETY: all three layouts begin with at least that many fields.
    unsafe { &*object.as_ptr().add(1).cast::<[Field; N]>() }
}

// SAFETY: a dead object of a type here whose body is `N` references.
unsafe fn dealloc<const N: usize>(object: *mut Object) {
    // SAFETY: the count is zero.
    unsafe {
        gc::untrack(&*object);
        clear::<N>(&*object);
        crate::alloc::free_object(object);
    }
}

fn clear<const N: usize>(object: &Object) {
    for field in fields::<N>(object) {
        field.clear();
    }
}

unsafe fn template_visit(object: &Object, visit: &mut Visit<'_>) {
    let [strings, interpolations] = fields::<2>(object);
    strings.visit("strings", visit);
    interpolations.visit("interpolations", visit);
}

unsafe fn interpolation_visit(object: &Object, visit: &mut Visit<'_>) {
    let [value, expression, conversion, spec] = fields::<4>(object);
    value.visit("value", visit);
    expression.visit("expression", visit);
    conversion.visit("conversion", visit);
    spec.visit("format_spec", visit);
}

/// A template of a tuple of strings and a tuple of interpolations, one fewer (BUILD_TEMPLATE).
pub fn build(strings: &Object, interpolations: &Object) -> PyResult {
    let made = generic_alloc(&TEMPLATE, 0)?;
    let [ours, theirs] = fields::<2>(&made);
    ours.set_ref(Some(strings));
    theirs.set_ref(Some(interpolations));
    Ok(made)
}

/// An interpolation (BUILD_INTERPOLATION); `conversion` is 0 for none, 1 `s`, 2 `r`, 3 `a`.
pub fn build_interpolation(
    value: &Object,
    expression: &Object,
    conversion: u32,
    format_spec: Option<&Object>,
) -> PyResult {
    let conversion = match conversion {
        0 => crate::none_owned(),
        1 => Str::new("s"),
        2 => Str::new("r"),
        _ => Str::new("a"),
    };
    let spec = format_spec.map_or_else(|| Str::new(""), Owned::new);
    make_interpolation([Owned::new(value), Owned::new(expression), conversion, spec])
}

fn make_interpolation(parts: [Owned; 4]) -> PyResult {
    let made = generic_alloc(&INTERPOLATION, 0)?;
    for (field, part) in fields::<4>(&made).iter().zip(parts) {
        field.set(Some(part));
    }
    Ok(made)
}

fn template_new(_: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    if kwargs.is_some_and(|k| crate::types::dict::len(k) != 0) {
        return Err(type_error("Template.__new__ only accepts *args arguments"));
    }
    let mut parts = Parts::default();
    // SAFETY: an argument tuple.
    for arg in unsafe { args.cast::<Tuple>() }.items() {
        if str::is_str(arg) {
            parts.text(arg);
        } else if arg.ty().is_subtype(&INTERPOLATION) {
            parts.interpolation(arg);
        } else {
            return Err(type_error(format!(
                "Template.__new__ *args need to be of type 'str' or 'Interpolation', got {}",
                qualified(arg.ty())
            )));
        }
    }
    parts.finish()
}

/// Strings and interpolations in turn, each string between two interpolations.
#[derive(Default)]
struct Parts {
    strings: Vec<Owned>,
    interpolations: Vec<Owned>,
    last_is_text: bool,
}

impl Parts {
    fn text(&mut self, text: &Object) {
        if self.last_is_text
            && let Some(last) = self.strings.last_mut()
        {
            *last = str::concat(str::cast(last), str::cast(text));
        } else {
            self.strings.push(Owned::new(text));
        }
        self.last_is_text = true;
    }

    fn interpolation(&mut self, interpolation: &Object) {
        if !self.last_is_text {
            self.strings.push(Str::new(""));
        }
        self.interpolations.push(Owned::new(interpolation));
        self.last_is_text = false;
    }

    fn finish(mut self) -> PyResult {
        if !self.last_is_text {
            self.strings.push(Str::new(""));
        }
        build(
            &tuple::from_owned(self.strings),
            &tuple::from_owned(self.interpolations),
        )
    }
}

/// `module.name` of a class, as CPython's `%T` shows it.
fn qualified(ty: &Type) -> String {
    let names = crate::names();
    let part = |name: &Object| match attribute::get_optional(ty.as_object(), name) {
        Ok(Some(found)) => text::lossy(&found),
        _ => {
            crate::error::clear();
            String::new()
        }
    };
    let (module, name) = (part(&names.__module__), part(&names.__qualname__));
    if module.is_empty() || module == "builtins" || module == "__main__" {
        name
    } else {
        format!("{module}.{name}")
    }
}

fn template_repr(object: &Object) -> PyResult {
    let [strings, interpolations] = fields::<2>(object);
    let strings = text::repr(&strings.or_none())?;
    let interpolations = text::repr(&interpolations.or_none())?;
    let mut out = b"Template(strings=".to_vec();
    out.extend_from_slice(&str::cast(&strings).wtf8());
    out.extend_from_slice(b", interpolations=");
    out.extend_from_slice(&str::cast(&interpolations).wtf8());
    out.push(b')');
    Ok(Str::from_wtf8(&out))
}

fn template_iter(object: &Object) -> PyResult {
    let made = generic_alloc(&TEMPLATE_ITER, 0)?;
    let ([strings, interpolations], [ours, theirs]) = (fields::<2>(object), fields::<2>(&made));
    ours.set(Some(crate::ops::iter::iter(&strings.or_none())?));
    theirs.set(Some(crate::ops::iter::iter(&interpolations.or_none())?));
    Ok(made)
}

fn iter_next(object: &Object) -> PyResult<Option<Owned>> {
    // SAFETY: a slot of this type.
    let this = unsafe { object.cast::<TemplateIter>() };
    loop {
        let from_strings = this.at.get() == 0;
        let source = if from_strings {
            &this.strings
        } else {
            &this.interpolations
        };
        let item = crate::ops::iter::next(&source.or_none())?;
        if !from_strings {
            this.at.set(0);
            return Ok(item);
        }
        this.at.set(1);
        match item {
            Some(text) if str::is_str(&text) && str::cast(&text).is_empty() => {}
            item => return Ok(item),
        }
    }
}

fn concat(a: &Object, b: &Object) -> PyResult {
    if !a.is_exact(&TEMPLATE) || !b.is_exact(&TEMPLATE) {
        let (ours, theirs) = (qualified(a.ty()), qualified(b.ty()));
        return Err(type_error(format!(
            "can only concatenate {ours} (not \"{theirs}\") to {ours}"
        )));
    }
    let mut parts = Parts::default();
    for template in [a, b] {
        let [strings, interpolations] = fields::<2>(template);
        let (strings, interpolations) = (strings.or_none(), interpolations.or_none());
        // SAFETY: both are tuples.
        let (strings, interpolations) = unsafe {
            (
                strings.cast::<Tuple>().items(),
                interpolations.cast::<Tuple>().items(),
            )
        };
        for (index, text) in strings.iter().enumerate() {
            parts.text(text);
            if let Some(interpolation) = interpolations.get(index) {
                parts.interpolation(interpolation);
            }
        }
    }
    parts.finish()
}

fn template_values(object: &Object) -> PyResult {
    let [_, interpolations] = fields::<2>(object);
    let interpolations = interpolations.or_none();
    // SAFETY: a tuple of interpolations.
    let values = unsafe { interpolations.cast::<Tuple>() }
        .items()
        .iter()
        .map(|i| fields::<4>(i)[0].or_none())
        .collect();
    Ok(tuple::from_owned(values))
}

fn template_reduce(object: &Object) -> PyResult {
    let module = hooks::import("string.templatelib")?;
    let function = attribute::get_str(&module, "_template_unpickle")?;
    let [strings, interpolations] = fields::<2>(object);
    let args = tuple::from_owned(vec![strings.or_none(), interpolations.or_none()]);
    Ok(tuple::from_owned(vec![function, args]))
}

fn interpolation_new(_: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new(
        "Interpolation",
        &["value", "expression", "conversion", "format_spec"],
        0,
        1,
        4,
    );
    let [value, expression, conversion, spec] = SIGNATURE.bind_tuple::<4>(args, kwargs)?;
    let check_text = |given: Option<&Object>, name: &std::primitive::str| -> PyResult<Owned> {
        match given {
            None => Ok(Str::new("")),
            Some(given) if str::is_str(given) => Ok(Owned::new(given)),
            Some(given) => Err(type_error(format!(
                "Interpolation() argument '{name}' must be str, not {}",
                given.ty().full_name()
            ))),
        }
    };
    let expression = check_text(expression, "expression")?;
    let conversion = match conversion.filter(|c| !c.is(none())) {
        None => crate::none_owned(),
        Some(given) => {
            if !str::is_str(given) {
                return Err(type_error(format!(
                    "Interpolation() argument 'conversion' must be str, not {}",
                    given.ty().full_name()
                )));
            }
            if !["s", "r", "a"].iter().any(|c| str::cast(given).is_text(c)) {
                return Err(value_error(
                    "Interpolation() argument 'conversion' must be one of 's', 'a' or 'r'",
                ));
            }
            Owned::new(given)
        }
    };
    let spec = check_text(spec, "format_spec")?;
    make_interpolation([
        Owned::new(value.unwrap_or(none())),
        expression,
        conversion,
        spec,
    ])
}

fn interpolation_repr(object: &Object) -> PyResult {
    let mut out = b"Interpolation(".to_vec();
    for (index, field) in fields::<4>(object).iter().enumerate() {
        if index > 0 {
            out.extend_from_slice(b", ");
        }
        let shown = text::repr(&field.or_none())?;
        out.extend_from_slice(&str::cast(&shown).wtf8());
    }
    out.push(b')');
    Ok(Str::from_wtf8(&out))
}

fn interpolation_reduce(object: &Object) -> PyResult {
    let args = fields::<4>(object).iter().map(Field::or_none).collect();
    Ok(tuple::from_owned(vec![
        Owned::new(object.ty().as_object()),
        tuple::from_owned(args),
    ]))
}

/// Gives `Interpolation` its `__match_args__`; after the type is ready.
pub fn init() {
    let names = ["value", "expression", "conversion", "format_spec"];
    let names = tuple::from_owned(names.map(|n| str::intern_mortal(Str::new(n))).into());
    // SAFETY: a ready type has a dict.
    let space = unsafe { &*INTERPOLATION.dict.get() };
    crate::types::dict::set_str(space, "__match_args__", &names);
}
