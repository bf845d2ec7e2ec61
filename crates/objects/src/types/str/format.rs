//! `str.format` and `str.format_map`.

use crate::error::{index_error, key_error, value_error};
use crate::object::Object;
use crate::ops::{attribute, mapping, text};
use crate::refs::{Owned, PyResult};
use crate::state::{holding, root};
use crate::types::{int, tuple::Tuple};

use super::markup::{Field, Markup, Steps, first_end, integer};
use super::{Builder, Chars, Str, cast};

/// How fields without a name are numbered.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Numbering {
    Unknown,
    Automatic(usize),
    Manual,
}

struct Formatter<'a> {
    /// Absent for `format_map`.
    args: Option<&'a [Owned]>,
    names: Option<&'a Object>,
    numbering: Numbering,
    /// The last field was an int, which is written digit by digit.
    was_int: bool,
}

pub fn format(this: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult {
    // SAFETY: native calls pass a tuple.
    let items = unsafe { args.cast::<Tuple>() }.items();
    run(this, Some(items), kwargs)
}

pub fn format_map(this: &Object, names: &Object) -> PyResult {
    run(this, None, Some(names))
}

fn run(this: &Object, args: Option<&[Owned]>, names: Option<&Object>) -> PyResult {
    let mut formatter = Formatter {
        args,
        names,
        numbering: Numbering::Unknown,
        was_int: false,
    };
    let chars = cast(this).chars();
    if first_brace(chars).is_none() && !chars.is_empty() {
        return Ok(Owned::new(this));
    }
    formatter.build(chars, 2)
}

/// Where the first brace stands.
fn first_brace(chars: Chars<'_>) -> Option<usize> {
    crate::with_chars!(chars, s => s
        .iter()
        .position(|c| matches!(super::Unit::point(*c), 0x7B | 0x7D)))
}

impl Formatter<'_> {
    fn build(&mut self, chars: Chars<'_>, depth: u32) -> PyResult {
        if depth == 0 {
            return Err(value_error("Max string recursion exceeded"));
        }
        let mut out = Builder::with_capacity(chars.len() + 16);
        let mut markup = Markup::new(chars);
        while let Some(piece) = markup.next()? {
            out.push_chars(chars.slice(piece.literal.0, piece.literal.1));
            if let Some(field) = piece.field {
                let shown = self.field(chars, &field, depth)?;
                // As in CPython a text that is the whole result is the result itself.
                if out.is_empty() && !self.was_int && markup.at >= markup.end {
                    return Ok(shown);
                }
                out.push_object(cast(&shown));
            }
        }
        out.finish()
    }

    fn field(&mut self, chars: Chars<'_>, field: &Field, depth: u32) -> PyResult {
        let value = self.value(chars.slice(field.name.0, field.name.1))?;
        let value = root("value being formatted", value);
        if field.conversion != 0 {
            let converted = match char::from_u32(field.conversion) {
                Some('r') => text::repr(&value)?,
                Some('s') => text::str(&value)?,
                Some('a') => text::ascii(&value)?,
                _ => return Err(unknown_conversion(field.conversion)),
            };
            value.set(converted);
        }
        self.was_int = value.is_exact(&int::INT);
        let spec = chars.slice(field.spec.0, field.spec.1);
        if field.nested {
            let spec = root("format specification", self.build(spec, depth - 1)?);
            let shown = text::format(&value, Some(&spec));
            drop(spec);
            holding(&shown, || drop(value));
            return shown;
        }
        let shown = if spec.is_empty() {
            text::format(&value, None)
        } else {
            let spec = root("format specification", Str::from_chars(spec)?);
            text::format(&value, Some(&spec))
        };
        holding(&shown, || drop(value));
        shown
    }

    /// The object that a field name leads to.
    fn value(&mut self, name: Chars<'_>) -> PyResult {
        let end = first_end(name);
        let first = name.slice(0, end);
        let found = match self.number(first)? {
            Some(index) => self.positional(index)?,
            None => {
                let key = root("field name", Str::from_chars(first)?);
                match self.names {
                    None => return Err(key_error(&key)),
                    Some(names) => mapping::get_item(names, &key)?,
                }
            }
        };
        let mut steps = Steps {
            text: name,
            at: end,
        };
        let found = root("object being looked into", found);
        while let Some(step) = steps.next()? {
            let next = if let Some(index) = step.index {
                mapping::get_item(&found, &int::from_usize(index))?
            } else {
                let key = Str::from_chars(name.slice(step.name.0, step.name.1))?;
                let key = root("field name", key);
                if step.attribute {
                    attribute::get(&found, &key)?
                } else {
                    mapping::get_item(&found, &key)?
                }
            };
            found.set(next);
        }
        Ok(found.take())
    }

    /// The index that a first name means; `None` for a keyword.
    fn number(&mut self, first: Chars<'_>) -> PyResult<Option<usize>> {
        let given = integer(first)?;
        if !first.is_empty() && given.is_none() {
            return Ok(None);
        }
        if self.numbering == Numbering::Unknown {
            self.numbering = match given {
                None => Numbering::Automatic(0),
                Some(_) => Numbering::Manual,
            };
        }
        match (self.numbering, given) {
            (Numbering::Automatic(next), None) => {
                self.numbering = Numbering::Automatic(next + 1);
                Ok(Some(next))
            }
            (Numbering::Automatic(_), Some(_)) => Err(value_error(
                "cannot switch from automatic field numbering to manual field specification",
            )),
            (_, None) => Err(value_error(
                "cannot switch from manual field specification to automatic field numbering",
            )),
            (_, given) => Ok(given),
        }
    }

    fn positional(&self, index: usize) -> PyResult {
        let Some(args) = self.args else {
            return Err(value_error("Format string contains positional fields"));
        };
        args.get(index).cloned().ok_or_else(|| {
            index_error(format!(
                "Replacement index {index} out of range for positional args tuple"
            ))
        })
    }
}

#[cold]
fn unknown_conversion(point: u32) -> crate::Raised {
    value_error(match char::from_u32(point) {
        Some(c) if (33..127).contains(&point) => format!("Unknown conversion specifier {c}"),
        _ => format!("Unknown conversion specifier \\x{point:x}"),
    })
}
