//! `_string` (Objects/unicodeobject.c): the language of format strings, for `string.Formatter`.

use std::cell::Cell;

use terrarium_objects::field::Field;
use terrarium_objects::typeobject::flags;
use terrarium_objects::types::str::markup::{self, Markup, Steps};
use terrarium_objects::types::str::{self, Str};
use terrarium_objects::types::{bool, int, self_iter, tuple};
use terrarium_objects::{
    MethodDef, Native, Object, Owned, PyResult, Slots, Type, error, none_owned, typeobject_ready,
};
use terrarium_runtime::native_module::ModuleDef;

use crate::body::body;

pub static MODULE: ModuleDef = ModuleDef {
    name: "_string",
    doc: "",
    methods: &METHODS,
    exec,
};

static METHODS: [MethodDef; 2] = [
    MethodDef::new(
        "formatter_field_name_split",
        Native::O(field_name_split),
        "formatter_field_name_split($self, object, /)\n--\n\n",
    ),
    MethodDef::new(
        "formatter_parser",
        Native::O(parser),
        "formatter_parser($self, object, /)\n--\n\n",
    ),
];

fn exec(_: &Object) -> PyResult<()> {
    typeobject_ready::ready_static(&PARSER);
    typeobject_ready::ready_static(&FIELD_NAME);
    Ok(())
}

body! {
    /// `at`: where the next piece begins.
    Parser of PARSER { text: Field, at: Cell<usize> }
}

const fn iterator(name: &'static str, next: fn(&Object) -> PyResult<Option<Owned>>) -> Type {
    Type::builtin(
        name,
        size_of::<Parser>(),
        Slots {
            iter: Some(self_iter),
            iternext: Some(next),
            ..Parser::SLOTS
        },
    )
    .with_flags(flags::HAVE_GC | flags::DISALLOW_INSTANTIATION)
}

pub static PARSER: Type = iterator("formatteriterator", next_piece);
pub static FIELD_NAME: Type = iterator("fieldnameiterator", next_step);

fn text_of(object: &Object) -> PyResult<&Str> {
    object
        .downcast::<Str>()
        .ok_or_else(|| error::type_error(format!("expected str, got {}", object.ty().full_name())))
}

fn over(ty: &Type, text: &Object, at: usize) -> PyResult {
    let made = Parser::alloc(ty)?;
    Parser::of(&made).text.set_ref(Some(text));
    Parser::of(&made).at.set(at);
    Ok(made)
}

fn parser(_: &Object, text: &Object) -> PyResult {
    text_of(text)?;
    over(&PARSER, text, 0)
}

/// `(literal, field name, specification, conversion)`.
fn next_piece(object: &Object) -> PyResult<Option<Owned>> {
    let this = Parser::of(object);
    let kept = this.text.or_none();
    let chars = str::cast(&kept).chars();
    let mut markup = Markup::new(chars);
    markup.at = this.at.get();
    let piece = markup.next();
    this.at.set(markup.at);
    let Some(piece) = piece? else {
        return Ok(None);
    };
    let part = |span: markup::Span| Str::from_chars(chars.slice(span.0, span.1));
    let literal = part(piece.literal)?;
    let [name, spec, conversion] = match piece.field {
        None => [none_owned(), none_owned(), none_owned()],
        Some(field) => [
            part(field.name)?,
            part(field.spec)?,
            match field.conversion {
                0 => none_owned(),
                point => Str::from_point(point),
            },
        ],
    };
    Ok(Some(tuple::from_array([literal, name, spec, conversion])))
}

/// `(first, iterator over the rest)`; the first name may be an index.
fn field_name_split(_: &Object, text: &Object) -> PyResult {
    let chars = text_of(text)?.chars();
    let end = markup::first_end(chars);
    let first = chars.slice(0, end);
    let first = match markup::integer(first)? {
        Some(index) => int::from_usize(index),
        None => Str::from_chars(first)?,
    };
    Ok(tuple::from_array([first, over(&FIELD_NAME, text, end)?]))
}

/// `(is attribute, name or index)`.
fn next_step(object: &Object) -> PyResult<Option<Owned>> {
    let this = Parser::of(object);
    let kept = this.text.or_none();
    let chars = str::cast(&kept).chars();
    let mut steps = Steps {
        text: chars,
        at: this.at.get(),
    };
    let step = steps.next();
    this.at.set(steps.at);
    let Some(step) = step? else { return Ok(None) };
    let name = match step.index {
        Some(index) => int::from_usize(index),
        None => Str::from_chars(chars.slice(step.name.0, step.name.1))?,
    };
    Ok(Some(tuple::from_array([
        bool::bool_owned(step.attribute),
        name,
    ])))
}
