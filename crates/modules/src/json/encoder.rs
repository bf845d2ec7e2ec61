//! `_json.make_encoder`: writes a JSON document.

use std::cell::Cell;

use terrarium_objects::args::Signature;
use terrarium_objects::field::Field;
use terrarium_objects::typeobject::{MemberDef, MemberKind, flags};
use terrarium_objects::types::builtin_function;
use terrarium_objects::types::exceptions as exc;
use terrarium_objects::types::str::{self, Builder, Str};
use terrarium_objects::types::{bool, dict, float, int, list, tuple};
use terrarium_objects::{
    Object, Owned, PyResult, Slots, Type, Word, error, none, ops, root, state, words,
};

use super::text::push_quoted;
use crate::body::body;

/// How texts are quoted.
mod quoting {
    pub const CALL: u8 = 0;
    pub const ASCII: u8 = 1;
    pub const PLAIN: u8 = 2;
}

body! {
    /// The settings of a `JSONEncoder`.
    Encoder of ENCODER {
        markers: Field,
        default: Field,
        encoder: Field,
        indent: Field,
        key_separator: Field,
        item_separator: Field,
        sort_keys: Cell<u8>,
        skipkeys: Cell<u8>,
        allow_nan: Cell<u8>,
        quoting: Cell<u8>,
    }
}

const fn member(name: &'static str, offset: usize) -> MemberDef {
    MemberDef::new(name, MemberKind::Object, offset)
}

const fn switch(name: &'static str, offset: usize) -> MemberDef {
    MemberDef::new(name, MemberKind::Bool, offset)
}

pub static ENCODER: Type = Type::builtin(
    "_json.Encoder",
    size_of::<Encoder>(),
    Slots {
        new: Some(new),
        call: Some(call),
        ..Encoder::SLOTS
    },
)
.with_flags(flags::HAVE_GC | flags::BASETYPE)
.with_members(&[
    member("markers", std::mem::offset_of!(Encoder, markers)),
    member("default", std::mem::offset_of!(Encoder, default)),
    member("encoder", std::mem::offset_of!(Encoder, encoder)),
    member("indent", std::mem::offset_of!(Encoder, indent)),
    member(
        "key_separator",
        std::mem::offset_of!(Encoder, key_separator),
    ),
    member(
        "item_separator",
        std::mem::offset_of!(Encoder, item_separator),
    ),
    switch("sort_keys", std::mem::offset_of!(Encoder, sort_keys)),
    switch("skipkeys", std::mem::offset_of!(Encoder, skipkeys)),
]);

const PARAMETERS: [&str; 9] = [
    "markers",
    "default",
    "encoder",
    "indent",
    "key_separator",
    "item_separator",
    "sort_keys",
    "skipkeys",
    "allow_nan",
];

fn new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("make_encoder", &PARAMETERS, 0, 9, 9);
    let given = SIGNATURE.bind_tuple::<9>(args, kwargs)?;
    let given = given.map(|g| g.unwrap_or(none()));
    let [
        markers,
        default,
        encoder,
        indent,
        key,
        item,
        sort,
        skip,
        nan,
    ] = given;
    if !markers.is(none()) && markers.downcast::<dict::Dict>().is_none() {
        return Err(error::type_error(format!(
            "make_encoder() argument 1 must be dict or None, not {}",
            markers.ty().full_name()
        )));
    }
    for (place, text) in [(5, key), (6, item)] {
        if !str::is_str(text) {
            return Err(error::type_error(format!(
                "make_encoder() argument {place} must be str, not {}",
                str::methods::shown_type(text)
            )));
        }
    }
    let switches = [sort, skip, nan].map(ops::compare::is_true);
    let [sort, skip, nan] = switches;
    let (sort, skip, nan) = (sort?, skip?, nan?);
    let made = Encoder::alloc(ty)?;
    let this = Encoder::of(&made);
    this.markers.set_ref(Some(markers));
    this.default.set_ref(Some(default));
    this.encoder.set_ref(Some(encoder));
    this.indent.set_ref(Some(indent));
    this.key_separator.set_ref(Some(key));
    this.item_separator.set_ref(Some(item));
    this.sort_keys.set(u8::from(sort));
    this.skipkeys.set(u8::from(skip));
    this.allow_nan.set(u8::from(nan));
    this.quoting.set(match native_name(encoder) {
        Some("encode_basestring_ascii") => quoting::ASCII,
        Some("encode_basestring") => quoting::PLAIN,
        _ => quoting::CALL,
    });
    Ok(made)
}

/// The name of a function of this module.
fn native_name(function: &Object) -> Option<&'static str> {
    let def = function
        .downcast::<builtin_function::BuiltinFunction>()?
        .def;
    super::METHODS
        .iter()
        .find(|own| std::ptr::eq(*own, def))
        .map(|own| own.name)
}

fn call(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature =
        Signature::new("_iterencode", &["obj", "_current_indent_level"], 0, 2, 2);
    let [value, level] = SIGNATURE.bind::<2>(args, kwnames)?;
    let level = ops::number::index_isize(level.unwrap_or(none()), None)?;
    let mut writing = Writing {
        encoder: Encoder::of(object),
        out: Builder::new(),
        level: usize::try_from(level).unwrap_or(0),
    };
    writing.value(value.unwrap_or(none()))?;
    Ok(tuple::from_array([writing.out.finish()?]))
}

/// A writing under way.
struct Writing<'a> {
    encoder: &'a Encoder,
    out: Builder,
    level: usize,
}

/// A field that holds a text.
fn text_of(field: &Field) -> &Str {
    str::cast(field.get().unwrap_or(str::empty_ref()))
}

impl Writing<'_> {
    fn indent(&self) -> Option<&Str> {
        let indent = self.encoder.indent.get().filter(|i| !i.is(none()))?;
        str::is_str(indent).then(|| str::cast(indent))
    }

    /// A new line with the level's indent.
    fn new_line(&mut self) {
        if let Some(indent) = self.encoder.indent.get().filter(|i| str::is_str(i)) {
            self.out.push(0x0a);
            for _ in 0..self.level {
                self.out.push_object(str::cast(indent));
            }
        }
    }

    fn separator(&mut self) {
        self.out.push_object(text_of(&self.encoder.item_separator));
        self.new_line();
    }

    fn text(&mut self, text: &Object) -> PyResult<()> {
        match self.encoder.quoting.get() {
            quoting::ASCII => push_quoted(&mut self.out, str::cast(text), true),
            quoting::PLAIN => push_quoted(&mut self.out, str::cast(text), false),
            _ => {
                let function = self.encoder.encoder.get().unwrap_or(none());
                let made = ops::call::call(function, &words([text]), None)?;
                if !str::is_str(&made) {
                    return Err(error::type_error(format!(
                        "encoder() must return a string, not {}",
                        made.ty().full_name()
                    )));
                }
                self.out.push_object(str::cast(&made));
            }
        }
        Ok(())
    }

    fn float_text(&self, value: &Object) -> PyResult<String> {
        let number = float::value(value);
        if number.is_finite() {
            return Ok(float::repr_f64(number));
        }
        if self.encoder.allow_nan.get() == 0 {
            let shown = ops::text::repr(value)?;
            return Err(error::value_error(format!(
                "Out of range float values are not JSON compliant: {}",
                ops::text::lossy(&shown)
            )));
        }
        Ok(String::from(if number.is_nan() {
            "NaN"
        } else if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        }))
    }

    /// The text of None, True and False.
    fn literal(value: &Object) -> Option<&'static str> {
        if value.is(none()) {
            Some("null")
        } else if value.is_exact(&bool::BOOL) {
            Some(if bool::is_true(value) {
                "true"
            } else {
                "false"
            })
        } else {
            None
        }
    }

    fn value(&mut self, value: &Object) -> PyResult<()> {
        if let Some(text) = Self::literal(value) {
            self.out.push_str(text);
            return Ok(());
        }
        if str::is_str(value) {
            return self.text(value);
        }
        if int::is_int(value) {
            let text = int::text::repr(value)?;
            self.out.push_object(str::cast(&text));
            return Ok(());
        }
        if float::is_float(value) {
            let text = self.float_text(value)?;
            self.out.push_str(&text);
            return Ok(());
        }
        let is_array =
            value.downcast::<list::List>().is_some() || value.downcast::<tuple::Tuple>().is_some();
        let is_object = value.downcast::<dict::Dict>().is_some();
        state::get().check_native_stack(" while encoding a JSON object")?;
        let marker = match is_array {
            true if ops::sequence::fast_len(value) == 0 => {
                self.out.push_str("[]");
                return Ok(());
            }
            _ if is_object && dict::len(value) == 0 => {
                self.out.push_str("{}");
                return Ok(());
            }
            _ => self.mark(value)?,
        };
        let marker = marker.map(|m| state::root("marker of a JSON container", m));
        if is_array {
            self.array(value)?;
        } else if is_object {
            self.object(value)?;
        } else {
            self.other(value)?;
        }
        match (&marker, self.encoder.markers.get()) {
            (Some(marker), Some(markers)) => dict::remove(markers, marker).map(drop),
            _ => Ok(()),
        }
    }

    /// Enters a container in the markers; one that is there already contains itself.
    fn mark(&self, value: &Object) -> PyResult<Option<Owned>> {
        let Some(markers) = self.encoder.markers.get().filter(|m| !m.is(none())) else {
            return Ok(None);
        };
        let marker = int::from_usize(value.as_ptr() as usize);
        if dict::contains(markers, &marker)? {
            return Err(error::value_error("Circular reference detected"));
        }
        dict::set(markers, &marker, value)?;
        Ok(Some(marker))
    }

    /// What `default` makes of an object of another type.
    fn other(&mut self, value: &Object) -> PyResult<()> {
        let default = self.encoder.default.get().unwrap_or(none());
        let made = root(
            "default of an object",
            ops::call::call(default, &words([value]), None)?,
        );
        let done = self.value(&made);
        if done.is_err() {
            exc::add_note_to_current(|| {
                Ok(format!("when serializing {} object", shown_type(value)))
            });
        }
        done
    }

    fn array(&mut self, value: &Object) -> PyResult<()> {
        self.out.push(u32::from(b'['));
        self.level += 1;
        self.new_line();
        let mut at = 0;
        while let Some(item) = ops::sequence::fast_item(value, at) {
            if at > 0 {
                self.separator();
            }
            // Only what may call back needs a holder of its own.
            let item = root("item being written", Owned::new(item));
            if let Err(raised) = self.value(&item) {
                exc::add_note_to_current(|| {
                    Ok(format!("when serializing {} item {at}", shown_type(value)))
                });
                return Err(raised);
            }
            at += 1;
        }
        self.level -= 1;
        self.new_line();
        self.out.push(u32::from(b']'));
        Ok(())
    }

    fn object(&mut self, value: &Object) -> PyResult<()> {
        self.out.push(u32::from(b'{'));
        self.level += 1;
        let mut first = true;
        if self.encoder.sort_keys.get() != 0 || !value.is_exact(&dict::DICT) {
            let items = ops::call::call_method(value, str::intern_immortal("items"), &[])?;
            let items = root("items of an object", ops::sequence::to_list(&items)?);
            if self.encoder.sort_keys.get() != 0 {
                list::sort::sort(&items, None, false)?;
            }
            let mut at = 0;
            // SAFETY: made by `to_list`.
            while let Some(pair) = unsafe { items.cast::<list::List>() }.item_owned(at) {
                at += 1;
                let pair = root("item of an object", pair);
                let Some([key, item]) = pair.downcast::<tuple::Tuple>().map(|t| t.items()) else {
                    return Err(error::value_error("items must return 2-tuples"));
                };
                self.member(value, key, item, &mut first)?;
            }
        } else {
            let mut at = 0;
            while let Some((key, item)) = dict::next(value, &mut at) {
                let key = root("key being written", Owned::new(key));
                let item = root("value being written", Owned::new(item));
                self.member(value, &key, &item, &mut first)?;
            }
        }
        self.level -= 1;
        if !first {
            self.new_line();
        }
        self.out.push(u32::from(b'}'));
        Ok(())
    }

    /// The text of a key that is no str; `None` to leave the member out.
    fn key_text(&self, key: &Object) -> PyResult<Option<Owned>> {
        if float::is_float(key) {
            return Ok(Some(Str::new(&self.float_text(key)?)));
        }
        if let Some(text) = Self::literal(key) {
            return Ok(Some(Str::new(text)));
        }
        if int::is_int(key) {
            return int::text::repr(key).map(Some);
        }
        if self.encoder.skipkeys.get() != 0 {
            return Ok(None);
        }
        Err(error::type_error(format!(
            "keys must be str, int, float, bool or None, not {}",
            key.ty().full_name()
        )))
    }

    fn member(
        &mut self,
        owner: &Object,
        key: &Object,
        item: &Object,
        first: &mut bool,
    ) -> PyResult<()> {
        let made = match str::is_str(key) {
            true => None,
            false => match self.key_text(key)? {
                Some(text) => Some(root("key being written", text)),
                None => return Ok(()),
            },
        };
        if std::mem::replace(first, false) {
            if self.indent().is_some() {
                self.new_line();
            }
        } else {
            self.separator();
        }
        self.text(made.as_deref().unwrap_or(key))?;
        self.out.push_object(text_of(&self.encoder.key_separator));
        let done = self.value(item);
        if done.is_err() {
            exc::add_note_to_current(|| {
                let key = ops::text::repr(made.as_deref().unwrap_or(key))?;
                Ok(format!(
                    "when serializing {} item {}",
                    shown_type(owner),
                    ops::text::lossy(&key)
                ))
            });
        }
        done
    }
}

/// A type's name with its module, as `%T` shows it.
fn shown_type(value: &Object) -> String {
    let class = value.ty().as_object();
    let text = |name: &str| {
        let found = ops::attribute::get_str(class, name).ok();
        error::clear();
        found.map_or_else(String::new, |t| ops::text::lossy(&t))
    };
    let (module, name) = (text("__module__"), text("__qualname__"));
    match &*module {
        "builtins" | "__main__" => name,
        module => format!("{module}.{name}"),
    }
}
