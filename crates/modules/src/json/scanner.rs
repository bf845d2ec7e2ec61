//! `_json.make_scanner`: reads a JSON document.

use std::cell::Cell;

use terrarium_objects::args::Signature;
use terrarium_objects::field::Field;
use terrarium_objects::typeobject::{MemberDef, MemberKind, flags};
use terrarium_objects::types::str::{self, Str};
use terrarium_objects::types::{bool, dict, float, int, list, tuple};
use terrarium_objects::{
    Object, PyResult, Raised, Slots, Type, Word, error, none, none_owned, ops, root, state, words,
};

use super::text::{refuse, scan_text};
use crate::body::body;

body! {
    /// The settings of a `JSONDecoder`.
    Scanner of SCANNER {
        strict: Cell<u8>,
        object_hook: Field,
        object_pairs_hook: Field,
        parse_float: Field,
        parse_int: Field,
        parse_constant: Field,
    }
}

const fn member(name: &'static str, offset: usize) -> MemberDef {
    MemberDef::new(name, MemberKind::Object, offset)
}

pub static SCANNER: Type = Type::builtin(
    "_json.Scanner",
    size_of::<Scanner>(),
    Slots {
        new: Some(new),
        call: Some(call),
        ..Scanner::SLOTS
    },
)
.with_flags(flags::HAVE_GC | flags::BASETYPE)
.with_members(&[
    MemberDef::new(
        "strict",
        MemberKind::Bool,
        std::mem::offset_of!(Scanner, strict),
    ),
    member("object_hook", std::mem::offset_of!(Scanner, object_hook)),
    member(
        "object_pairs_hook",
        std::mem::offset_of!(Scanner, object_pairs_hook),
    ),
    member("parse_float", std::mem::offset_of!(Scanner, parse_float)),
    member("parse_int", std::mem::offset_of!(Scanner, parse_int)),
    member(
        "parse_constant",
        std::mem::offset_of!(Scanner, parse_constant),
    ),
]);

/// `make_scanner(context)`: copies the decoder's settings.
fn new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("make_scanner", &["context"], 0, 1, 1);
    let [context] = SIGNATURE.bind_tuple::<1>(args, kwargs)?;
    let context = context.unwrap_or(none());
    let made = root("scanner", Scanner::alloc(ty)?);
    let this = Scanner::of(&made);
    let strict = ops::attribute::get_str(context, "strict")?;
    this.strict.set(u8::from(ops::compare::is_true(&strict)?));
    for (field, name) in [
        (&this.object_hook, "object_hook"),
        (&this.object_pairs_hook, "object_pairs_hook"),
        (&this.parse_float, "parse_float"),
        (&this.parse_int, "parse_int"),
        (&this.parse_constant, "parse_constant"),
    ] {
        field.set(Some(ops::attribute::get_str(context, name)?));
    }
    Ok(made.take())
}

fn call(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("scan_once", &["string", "idx"], 0, 2, 2);
    let [text, at] = SIGNATURE.bind::<2>(args, kwnames)?;
    let (text, at) = (text.unwrap_or(none()), at.unwrap_or(none()));
    let at = ops::number::index_isize(at, None)?;
    if !str::is_str(text) {
        return Err(error::type_error(format!(
            "first argument must be a string, not {}",
            text.ty().full_name()
        )));
    }
    let at = usize::try_from(at).map_err(|_| error::value_error("idx cannot be negative"))?;
    let memo = root("names read", dict::new());
    let mut scan = Scan {
        scanner: Scanner::of(object),
        document: str::cast(text),
        memo: &memo,
        at,
    };
    let found = scan.value()?;
    Ok(tuple::from_array([found, int::from_usize(scan.at)]))
}

/// A reading under way; `at` is the place reached.
struct Scan<'a> {
    scanner: &'a Scanner,
    document: &'a Str,
    /// Names of objects, so that equal ones are one text.
    memo: &'a Object,
    at: usize,
}

/// The hook, if there is one.
fn hook(field: &Field) -> Option<&Object> {
    field.get().filter(|h| !h.is(none()))
}

impl Scan<'_> {
    #[inline]
    fn peek(&self) -> u32 {
        self.document.chars().get(self.at).unwrap_or(0)
    }

    #[inline]
    fn skip_space(&mut self) {
        while matches!(self.peek(), 0x20 | 0x09 | 0x0a | 0x0d) {
            self.at += 1;
        }
    }

    fn refuse(&self, message: &str, at: usize) -> Raised {
        refuse(message, self.document, at)
    }

    /// StopIteration with a place: nothing begins there.
    fn nothing(&self, at: usize) -> Raised {
        error::stop_iteration(Some(&int::from_usize(at)))
    }

    /// Whether these letters come next; they are passed over.
    fn word(&mut self, text: &str) -> bool {
        let chars = self.document.chars();
        let here = text
            .bytes()
            .enumerate()
            .all(|(i, byte)| chars.get(self.at + i) == Some(u32::from(byte)));
        if here {
            self.at += text.len();
        }
        here
    }

    fn value(&mut self) -> PyResult {
        let start = self.at;
        if start >= self.document.len() {
            return Err(self.nothing(start));
        }
        match u8::try_from(self.peek()).unwrap_or(0) {
            b'"' => {
                let (text, next) =
                    scan_text(self.document, start + 1, self.scanner.strict.get() != 0)?;
                self.at = next;
                Ok(text)
            }
            b'{' => {
                state::get()
                    .check_native_stack(" while decoding a JSON object from a unicode string")?;
                self.at += 1;
                self.object()
            }
            b'[' => {
                state::get()
                    .check_native_stack(" while decoding a JSON array from a unicode string")?;
                self.at += 1;
                self.array()
            }
            b'n' if self.word("null") => Ok(none_owned()),
            b't' if self.word("true") => Ok(bool::bool_owned(true)),
            b'f' if self.word("false") => Ok(bool::bool_owned(false)),
            b'N' if self.word("NaN") => self.constant("NaN"),
            b'I' if self.word("Infinity") => self.constant("Infinity"),
            b'-' if self.word("-Infinity") => self.constant("-Infinity"),
            _ => self.number(),
        }
    }

    fn constant(&self, text: &str) -> PyResult {
        let text = root("name of a constant", Str::new(text));
        let parse = self.scanner.parse_constant.get().unwrap_or(none());
        ops::call::call(parse, &words([&text]), None)
    }

    fn digits(&mut self) -> bool {
        let start = self.at;
        while (0x30..=0x39).contains(&self.peek()) {
            self.at += 1;
        }
        self.at > start
    }

    fn number(&mut self) -> PyResult {
        let start = self.at;
        if self.peek() == u32::from(b'-') {
            self.at += 1;
        }
        if self.peek() == u32::from(b'0') {
            self.at += 1;
        } else if !self.digits() {
            self.at = start;
            return Err(self.nothing(start));
        }
        let mut is_float = false;
        let whole = self.at;
        if self.peek() == u32::from(b'.') {
            self.at += 1;
            is_float = self.digits();
            if !is_float {
                self.at = whole;
            }
        }
        if matches!(self.peek(), 0x45 | 0x65) {
            let before = self.at;
            self.at += 1;
            if matches!(self.peek(), 0x2b | 0x2d) {
                self.at += 1;
            }
            if self.digits() {
                is_float = true;
            } else {
                self.at = before;
            }
        }
        self.number_of(start, is_float)
    }

    fn number_of(&self, start: usize, is_float: bool) -> PyResult {
        let (field, class) = match is_float {
            true => (&self.scanner.parse_float, &float::FLOAT),
            false => (&self.scanner.parse_int, &int::INT),
        };
        let parse = field.get().unwrap_or(none());
        let part = self.document.chars().slice(start, self.at);
        if !parse.is(class.as_object()) {
            let text = root("number", Str::from_chars(part)?);
            return ops::call::call(parse, &words([&text]), None);
        }
        let digits: Vec<u8> = part.points().map(|p| p as u8).collect();
        if is_float {
            let value = float::parse::plain(&digits)
                .ok_or_else(|| error::value_error("could not convert string to float"))?;
            return Ok(float::from_f64(value));
        }
        if digits.len() < 18
            && let Some(value) = std::str::from_utf8(&digits)
                .ok()
                .and_then(|t| t.parse().ok())
        {
            return Ok(int::from_i64(value));
        }
        int::parse::from_bytes(&digits, 10)
    }

    /// The members of an object whose brace is before `at`.
    fn object(&mut self) -> PyResult {
        let pairs = hook(&self.scanner.object_pairs_hook);
        let made = match pairs {
            Some(_) => list::new(),
            None => dict::new(),
        };
        let made = root("object being read", made);
        self.skip_space();
        if self.peek() != u32::from(b'}') {
            self.members(&made, pairs.is_some())?;
        }
        self.at += 1;
        if let Some(hook) = pairs {
            return ops::call::call(hook, &words([&made]), None);
        }
        match hook(&self.scanner.object_hook) {
            Some(hook) => ops::call::call(hook, &words([&made]), None),
            None => Ok(made.take()),
        }
    }

    fn members(&mut self, made: &Object, pairs: bool) -> PyResult<()> {
        loop {
            if self.peek() != 0x22 {
                return Err(
                    self.refuse("Expecting property name enclosed in double quotes", self.at)
                );
            }
            let strict = self.scanner.strict.get() != 0;
            let (name, next) = scan_text(self.document, self.at + 1, strict)?;
            let name = dict::methods::set_default(self.memo, &name, &name)?;
            self.at = next;
            self.skip_space();
            if self.peek() != u32::from(b':') {
                return Err(self.refuse("Expecting ':' delimiter", self.at));
            }
            self.at += 1;
            self.skip_space();
            let name = root("name of a member", name);
            let value = self.value()?;
            let name = name.take();
            if pairs {
                // SAFETY: made by `object`.
                unsafe { made.cast::<list::List>() }.push(tuple::from_array([name, value]));
            } else {
                dict::set_owned(made, name, value)?;
            }
            self.skip_space();
            match self.peek() {
                0x7d => return Ok(()),
                0x2c => {}
                _ => return Err(self.refuse("Expecting ',' delimiter", self.at)),
            }
            let comma = self.at;
            self.at += 1;
            self.skip_space();
            if self.peek() == 0x7d {
                return Err(self.refuse("Illegal trailing comma before end of object", comma));
            }
        }
    }

    /// The items of an array whose bracket is before `at`.
    fn array(&mut self) -> PyResult {
        let made = root("array being read", list::new());
        self.skip_space();
        if self.peek() == u32::from(b']') {
            self.at += 1;
            return Ok(made.take());
        }
        loop {
            let value = self.value()?;
            // SAFETY: made above.
            unsafe { made.cast::<list::List>() }.push(value);
            self.skip_space();
            match self.peek() {
                0x5d => break,
                0x2c => {}
                _ => return Err(self.refuse("Expecting ',' delimiter", self.at)),
            }
            let comma = self.at;
            self.at += 1;
            self.skip_space();
            if self.peek() == 0x5d {
                return Err(self.refuse("Illegal trailing comma before end of array", comma));
            }
        }
        self.at += 1;
        Ok(made.take())
    }
}
