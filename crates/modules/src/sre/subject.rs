//! What is searched: a str or bytes-like object, with everything that must stay alive while native code looks at its memory.

use terrarium_objects::state::Span;
use terrarium_objects::typeobject::Buffer;
use terrarium_objects::types::bytes::{self, Bytes};
use terrarium_objects::types::str::{self, Chars};
use terrarium_objects::{Object, Owned, PyResult, error};

use super::engine::Engine;
use super::state::State;

/// A subject whose references are named for the audit while it lives.
pub struct Subject {
    /// The string and, for bytes-like objects, the buffer; in a box so that their words stay in place.
    held: Box<Held>,
    spans: usize,
}

struct Held {
    string: Owned,
    buffer: Option<Buffer>,
}

impl Subject {
    /// TypeError for what is neither str nor bytes-like, or not what the pattern is for.
    pub fn new(string: &Object, pattern_is_bytes: Option<bool>) -> PyResult<Subject> {
        let is_str = str::is_str(string);
        let buffer = if is_str {
            None
        } else {
            let Some(get) = string.ty().slots.getbuffer else {
                return Err(error::type_error(format!(
                    "expected string or bytes-like object, got '{}'",
                    string.ty().full_name()
                )));
            };
            Some(get(string)?)
        };
        match pattern_is_bytes {
            Some(true) if is_str => {
                return Err(error::type_error(
                    "cannot use a bytes pattern on a string-like object",
                ));
            }
            Some(false) if !is_str => {
                return Err(error::type_error(
                    "cannot use a string pattern on a bytes-like object",
                ));
            }
            _ => {}
        }
        let held = Box::new(Held {
            string: Owned::new(string),
            buffer,
        });
        Ok(Subject { held, spans: 0 })
    }

    /// Names its references as roots; the answer is to be dropped before the subject, in the order of a stack.
    pub fn named(&mut self) -> Vec<Span> {
        self.spans += 1;
        let word = |owned: &Owned| (&raw const *owned).cast::<*mut Object>();
        let mut spans = vec![Span::new(
            "string being searched",
            word(&self.held.string),
            1,
        )];
        if let Some(buffer) = &self.held.buffer {
            spans.push(Span::new("buffer being searched", word(&buffer.owner), 1));
        }
        spans
    }

    pub fn string(&self) -> &Object {
        &self.held.string
    }

    pub fn is_bytes(&self) -> bool {
        self.held.buffer.is_some()
    }

    /// The characters.
    pub fn chars(&self) -> Chars<'_> {
        match &self.held.buffer {
            Some(buffer) => Chars::One(buffer.slice()),
            None => str::cast(&self.held.string).chars(),
        }
    }

    pub fn len(&self) -> usize {
        self.chars().len()
    }

    /// A part as an object of the kind that results have.
    pub fn slice(&self, start: usize, end: usize) -> PyResult {
        slice(self.string(), self.chars(), self.is_bytes(), start, end)
    }

    /// Runs the code at the state's position, or searches from its start.
    pub fn run(&self, code: &[u32], state: &mut State, search: bool) -> bool {
        macro_rules! run {
            ($text:expr) => {{
                let engine = Engine { text: $text, code };
                if search {
                    engine.search(state)
                } else {
                    engine.run(state, 0, true)
                }
            }};
        }
        match self.chars() {
            Chars::One(text) => run!(text),
            Chars::Two(text) => run!(text),
            Chars::Four(text) => run!(text),
        }
    }
}

/// A part of a string: the string itself where it is exact and the part is all of it.
pub fn slice(
    string: &Object,
    chars: Chars<'_>,
    is_bytes: bool,
    start: usize,
    end: usize,
) -> PyResult {
    let len = chars.len();
    let (start, end) = (start.min(len), end.min(len).max(start.min(len)));
    if is_bytes {
        if string.is_exact(&bytes::BYTES) && start == 0 && end == len {
            return Ok(Owned::new(string));
        }
        let Chars::One(data) = chars else {
            return Ok(Bytes::new(&[]));
        };
        return Ok(Bytes::new(&data[start..end]));
    }
    if start == 0 && end == len {
        return str::exact(string);
    }
    Str::from_part(chars, start, end)
}

/// Strings of parts.
struct Str;

impl Str {
    fn from_part(chars: Chars<'_>, start: usize, end: usize) -> PyResult {
        terrarium_objects::types::str::Str::from_chars(chars.slice(start, end))
    }
}

impl Subject {
    /// The buffer that is held, if any.
    pub fn buffer(&self) -> Option<&Buffer> {
        self.held.buffer.as_ref()
    }
}
