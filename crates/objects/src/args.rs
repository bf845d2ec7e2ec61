//! Binding the arguments of native functions, with the error texts users see (Python/getargs.c, Objects/call.c).

use crate::error::type_error;
use crate::object::Object;
use crate::refs::{Owned, PyResult, Raised, Word};
use crate::suggest;
use crate::types::str::Str;
use crate::types::{dict, tuple};

fn plural(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}

/// Positional arguments only: "NAME expected at least 1 argument, got 0" (`_PyArg_CheckPositional`).
#[inline]
pub fn check_positional(name: &str, given: usize, min: usize, max: usize) -> PyResult<()> {
    if given >= min && given <= max {
        return Ok(());
    }
    Err(positional_error(name, given, min, max))
}

#[cold]
fn positional_error(name: &str, given: usize, min: usize, max: usize) -> Raised {
    let (bound, word) = if given < min {
        (min, "at least ")
    } else {
        (max, "at most ")
    };
    let word = if min == max { "" } else { word };
    let start = if name.is_empty() {
        String::new()
    } else {
        format!("{name} ")
    };
    type_error(format!(
        "{start}expected {word}{bound} argument{}, got {given}",
        plural(bound)
    ))
}

/// Old-style parsing: "NAME() takes exactly 2 arguments (1 given)" (`PyArg_ParseTuple`).
#[inline]
pub fn check_parsed(name: &str, given: usize, min: usize, max: usize) -> PyResult<()> {
    if given >= min && given <= max {
        return Ok(());
    }
    let (bound, word) = if min == max {
        (max, "exactly")
    } else if given < min {
        (min, "at least")
    } else {
        (max, "at most")
    };
    Err(type_error(format!(
        "{name}() takes {word} {bound} argument{} ({given} given)",
        plural(bound)
    )))
}

/// Fails if keywords were given: "NAME() takes no keyword arguments".
#[inline]
pub fn no_keywords(name: &str, kwnames: Option<&Object>) -> PyResult<()> {
    match kwnames {
        Some(names) if tuple_len(names) != 0 => {
            Err(type_error(format!("{name}() takes no keyword arguments")))
        }
        _ => Ok(()),
    }
}

/// The same for a dict of keyword arguments.
#[inline]
pub fn no_keyword_dict(name: &str, kwargs: Option<&Object>) -> PyResult<()> {
    match kwargs {
        Some(kwargs) if dict::len(kwargs) != 0 => {
            Err(type_error(format!("{name}() takes no keyword arguments")))
        }
        _ => Ok(()),
    }
}

/// Length of an exact tuple.
#[inline(always)]
pub fn tuple_len(names: &Object) -> usize {
    // SAFETY: callers pass tuples (keyword names, argument tuples).
    unsafe { names.cast::<tuple::Tuple>() }.len()
}

/// Item of a tuple, borrowed.
#[inline(always)]
pub fn tuple_item(items: &Object, index: usize) -> &Object {
    // SAFETY: callers pass tuples.
    &unsafe { items.cast::<tuple::Tuple>() }.items()[index]
}

/// Splits vectorcall arguments into positional ones and keyword values.
#[inline(always)]
pub fn split<'a>(args: &'a [Word], kwnames: Option<&Object>) -> (&'a [Word], &'a [Word]) {
    let keywords = kwnames.map_or(0, tuple_len);
    args.split_at(args.len() - keywords)
}

/// A new dict of the keywords, or `None` where there are none (`_PyStack_AsDict`).
pub fn keyword_dict(args: &[Word], kwnames: Option<&Object>) -> PyResult<Option<Owned>> {
    let Some(names) = kwnames.filter(|n| tuple_len(n) != 0) else {
        return Ok(None);
    };
    let (_, values) = split(args, kwnames);
    let result = dict::new();
    for (index, value) in values.iter().enumerate() {
        dict::set(&result, tuple_item(names, index), value.object())?;
    }
    Ok(Some(result))
}

/// What a function with named parameters accepts; made for Argument Clinic's `_PyArg_UnpackKeywords`.
pub struct Signature {
    /// The function's name, without parentheses.
    pub name: &'static str,
    /// All parameters in order; the first `posonly` are positional-only (their names do not matter).
    pub params: &'static [&'static str],
    pub posonly: usize,
    /// Parameters that must be given, among those that may be positional.
    pub minpos: usize,
    /// Parameters that may be positional; the rest are keyword-only.
    pub maxpos: usize,
    /// Keyword-only parameters that must be given (the first of them).
    pub minkw: usize,
}

/// Where keyword arguments come from.
#[derive(Clone, Copy)]
enum Keywords<'a> {
    Names(&'a Object, &'a [Word]),
    Dict(&'a Object),
    None,
}

impl<'a> Keywords<'a> {
    fn len(&self) -> usize {
        match self {
            Keywords::Names(names, _) => tuple_len(names),
            Keywords::Dict(dict) => dict::len(dict),
            Keywords::None => 0,
        }
    }

    fn find(&self, name: &str) -> Option<&'a Object> {
        match *self {
            Keywords::Names(names, values) => (0..tuple_len(names))
                .find(|&i| is_text(tuple_item(names, i), name))
                .map(|i| values[i].object()),
            // SAFETY: the dict keeps the value while the call lasts.
            Keywords::Dict(kwargs) => dict::get_str(kwargs, name).map(|v| unsafe { &*v.as_ptr() }),
            Keywords::None => None,
        }
    }

    /// The first key that is none of `params`.
    fn unexpected(&self, params: &[&str]) -> Option<&'a Object> {
        let known = |key: &Object| params.iter().any(|p| is_text(key, p));
        match *self {
            Keywords::Names(names, _) => (0..tuple_len(names))
                .map(|i| tuple_item(names, i))
                .find(|k| !known(k)),
            Keywords::Dict(kwargs) => {
                let mut at = 0;
                while let Some((key, _)) = dict::next(kwargs, &mut at) {
                    if !known(key) {
                        return Some(key);
                    }
                }
                None
            }
            Keywords::None => None,
        }
    }
}

fn is_text(object: &Object, text: &str) -> bool {
    object.downcast::<Str>().is_some_and(|s| s.is_text(text))
}

impl Signature {
    /// A signature whose first `maxpos` parameters may be positional or keyword, `minpos` of them required; the others are keyword-only.
    pub const fn new(
        name: &'static str,
        params: &'static [&'static str],
        posonly: usize,
        minpos: usize,
        maxpos: usize,
    ) -> Signature {
        Signature {
            name,
            params,
            posonly,
            minpos,
            maxpos,
            minkw: 0,
        }
    }

    /// Binds vectorcall arguments; `N` is the number of parameters.
    pub fn bind<'a, const N: usize>(
        &self,
        args: &'a [Word],
        kwnames: Option<&'a Object>,
    ) -> PyResult<[Option<&'a Object>; N]> {
        let (positional, values) = split(args, kwnames);
        let keywords = match kwnames {
            Some(names) if !values.is_empty() => Keywords::Names(names, values),
            _ => Keywords::None,
        };
        let mut out = [None; N];
        self.fill(
            positional.len(),
            |i| positional[i].object(),
            keywords,
            &mut out,
        )?;
        Ok(out)
    }

    /// Binds a tuple of arguments and a dict of keyword arguments.
    pub fn bind_tuple<'a, const N: usize>(
        &self,
        args: &'a Object,
        kwargs: Option<&'a Object>,
    ) -> PyResult<[Option<&'a Object>; N]> {
        let keywords = match kwargs {
            Some(kwargs) if dict::len(kwargs) != 0 => Keywords::Dict(kwargs),
            _ => Keywords::None,
        };
        let mut out = [None; N];
        self.fill(tuple_len(args), |i| tuple_item(args, i), keywords, &mut out)?;
        Ok(out)
    }

    fn fill<'a>(
        &self,
        given: usize,
        item: impl Fn(usize) -> &'a Object,
        keywords: Keywords<'a>,
        out: &mut [Option<&'a Object>],
    ) -> PyResult<()> {
        let mut left = keywords.len();
        if given + left > self.params.len() || given > self.maxpos {
            return Err(self.too_many(given, left));
        }
        if given < self.posonly.min(self.minpos) {
            return Err(self.too_few(given));
        }
        let required = if self.minkw > 0 {
            self.maxpos + self.minkw
        } else {
            self.minpos
        };
        for (i, slot) in out.iter_mut().enumerate().take(given) {
            *slot = Some(item(i));
        }
        for i in given.max(self.posonly)..self.params.len() {
            if left == 0 && i >= required {
                break;
            }
            out[i] = keywords.find(self.params[i]);
            if out[i].is_some() {
                left -= 1;
            } else if i < self.minpos || (self.maxpos <= i && i < required) {
                return Err(type_error(format!(
                    "{}() missing required argument '{}' (pos {})",
                    self.name,
                    self.params[i],
                    i + 1
                )));
            }
        }
        if left > 0 {
            return Err(self.bad_keyword(given, keywords));
        }
        Ok(())
    }

    #[cold]
    fn too_many(&self, given: usize, keywords: usize) -> Raised {
        let (name, len) = (self.name, self.params.len());
        if given + keywords > len {
            return type_error(format!(
                "{name}() takes at most {len} {}argument{} ({} given)",
                if given == 0 { "keyword " } else { "" },
                plural(len),
                given + keywords
            ));
        }
        if self.maxpos == 0 {
            return type_error(format!("{name}() takes no positional arguments"));
        }
        type_error(format!(
            "{name}() takes {} {} positional argument{} ({given} given)",
            if self.minpos < self.maxpos {
                "at most"
            } else {
                "exactly"
            },
            self.maxpos,
            plural(self.maxpos)
        ))
    }

    #[cold]
    fn too_few(&self, given: usize) -> Raised {
        let min = self.posonly.min(self.minpos);
        type_error(format!(
            "{}() takes {} {min} positional argument{} ({given} given)",
            self.name,
            if min < self.maxpos {
                "at least"
            } else {
                "exactly"
            },
            plural(min)
        ))
    }

    #[cold]
    fn bad_keyword(&self, given: usize, keywords: Keywords<'_>) -> Raised {
        for i in self.posonly..given {
            if keywords.find(self.params[i]).is_some() {
                return type_error(format!(
                    "argument for {}() given by name ('{}') and position ({})",
                    self.name,
                    self.params[i],
                    i + 1
                ));
            }
        }
        let Some(key) = keywords.unexpected(&self.params[self.posonly..]) else {
            return type_error(format!("invalid keyword argument for {}()", self.name));
        };
        let Some(text) = key.downcast::<Str>() else {
            return type_error("keywords must be strings");
        };
        let text = text.lossy();
        let hint = suggest::closest(&text, self.params[self.posonly..].iter().copied());
        type_error(match hint {
            Some(hint) => format!(
                "{}() got an unexpected keyword argument '{text}'. Did you mean '{hint}'?",
                self.name
            ),
            None => format!(
                "{}() got an unexpected keyword argument '{text}'",
                self.name
            ),
        })
    }
}

/// How error texts call a callable: its qualified name with module and parentheses (`_PyObject_FunctionStr`).
#[cold]
pub fn function_text(callable: &Object) -> String {
    let names = crate::names();
    let text = |o: &Object| crate::ops::text::lossy(o);
    let qualname = match crate::ops::attribute::get_optional(callable, &names.__qualname__) {
        Ok(Some(qualname)) => text(&qualname),
        _ => {
            crate::error::clear();
            return match crate::ops::text::str(callable) {
                Ok(shown) => text(&shown),
                Err(_) => {
                    crate::error::clear();
                    String::from("?")
                }
            };
        }
    };
    match crate::ops::attribute::get_optional(callable, &names.__module__) {
        Ok(Some(module)) if !module.is(crate::none()) => {
            let module = text(&module);
            if module == "builtins" {
                format!("{qualname}()")
            } else {
                format!("{module}.{qualname}()")
            }
        }
        Ok(_) => format!("{qualname}()"),
        Err(_) => {
            crate::error::clear();
            format!("{qualname}()")
        }
    }
}
