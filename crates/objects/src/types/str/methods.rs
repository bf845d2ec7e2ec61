//! The table of `str` methods, and those on searching.

use crate::args::{Signature, check_positional};
use crate::error::{type_error, value_error};
use crate::object::Object;
use crate::refs::{Owned, PyResult, Raised, Word};
use crate::typeobject::{MethodDef, Native};
use crate::types::bool::bool_owned;
use crate::types::int;
use crate::types::slicing::{bound, clamp};
use crate::types::tuple::Tuple;

use super::{
    Builder, Chars, Str, case, cast, classify, empty, encode, exact, format, is_str, pad, search,
    slots, split, strip, translate,
};

macro_rules! table {
    ($($name:literal $call:expr, $signature:literal;)*) => {
        [$(MethodDef::new($name, $call, concat!($name, $signature, "\n--\n\n"))),*]
    };
}

const PLAIN: [MethodDef; 48] = table! {
    "encode" Native::FastKeywords(encode::encode), "($self, /, encoding='utf-8', errors='strict')";
    "replace" Native::FastKeywords(replace), "($self, old, new, /, count=-1)";
    "split" Native::FastKeywords(split::split), "($self, /, sep=None, maxsplit=-1)";
    "rsplit" Native::FastKeywords(split::rsplit), "($self, /, sep=None, maxsplit=-1)";
    "join" Native::O(split::join), "($self, iterable, /)";
    "capitalize" Native::NoArgs(case::capitalize), "($self, /)";
    "casefold" Native::NoArgs(case::casefold), "($self, /)";
    "title" Native::NoArgs(case::title), "($self, /)";
    "center" Native::Fast(pad::center), "($self, width, fillchar=' ', /)";
    "count" Native::Fast(count), "($self, sub[, start[, end]], /)";
    "expandtabs" Native::FastKeywords(pad::expandtabs), "($self, /, tabsize=8)";
    "find" Native::Fast(find), "($self, sub[, start[, end]], /)";
    "partition" Native::O(split::partition), "($self, sep, /)";
    "index" Native::Fast(index), "($self, sub[, start[, end]], /)";
    "ljust" Native::Fast(pad::ljust), "($self, width, fillchar=' ', /)";
    "lower" Native::NoArgs(case::lower), "($self, /)";
    "lstrip" Native::Fast(strip::lstrip), "($self, chars=None, /)";
    "rfind" Native::Fast(rfind), "($self, sub[, start[, end]], /)";
    "rindex" Native::Fast(rindex), "($self, sub[, start[, end]], /)";
    "rjust" Native::Fast(pad::rjust), "($self, width, fillchar=' ', /)";
    "rstrip" Native::Fast(strip::rstrip), "($self, chars=None, /)";
    "rpartition" Native::O(split::rpartition), "($self, sep, /)";
    "splitlines" Native::FastKeywords(split::splitlines), "($self, /, keepends=False)";
    "strip" Native::Fast(strip::strip), "($self, chars=None, /)";
    "swapcase" Native::NoArgs(case::swapcase), "($self, /)";
    "translate" Native::O(translate::translate), "($self, table, /)";
    "upper" Native::NoArgs(case::upper), "($self, /)";
    "startswith" Native::Fast(startswith), "($self, prefix[, start[, end]], /)";
    "endswith" Native::Fast(endswith), "($self, suffix[, start[, end]], /)";
    "removeprefix" Native::O(strip::removeprefix), "($self, prefix, /)";
    "removesuffix" Native::O(strip::removesuffix), "($self, suffix, /)";
    "isascii" Native::NoArgs(classify::isascii), "($self, /)";
    "islower" Native::NoArgs(classify::islower), "($self, /)";
    "isupper" Native::NoArgs(classify::isupper), "($self, /)";
    "istitle" Native::NoArgs(classify::istitle), "($self, /)";
    "isspace" Native::NoArgs(classify::isspace), "($self, /)";
    "isdecimal" Native::NoArgs(classify::isdecimal), "($self, /)";
    "isdigit" Native::NoArgs(classify::isdigit), "($self, /)";
    "isnumeric" Native::NoArgs(classify::isnumeric), "($self, /)";
    "isalpha" Native::NoArgs(classify::isalpha), "($self, /)";
    "isalnum" Native::NoArgs(classify::isalnum), "($self, /)";
    "isidentifier" Native::NoArgs(classify::isidentifier), "($self, /)";
    "isprintable" Native::NoArgs(classify::isprintable), "($self, /)";
    "zfill" Native::O(pad::zfill), "($self, width, /)";
    "format" Native::VarArgsKeywords(format::format), "($self, /, *args, **kwargs)";
    "format_map" Native::O(format::format_map), "($self, mapping, /)";
    "__format__" Native::O(dunder_format), "($self, format_spec, /)";
    "__sizeof__" Native::NoArgs(size_of), "($self, /)";
};

pub static METHODS: [MethodDef; 50] = {
    let mut all = [const {
        MethodDef::new(
            "__getnewargs__",
            Native::NoArgs(getnewargs),
            "__getnewargs__($self, /)\n--\n\n",
        )
    }; 50];
    let mut i = 0;
    while i < PLAIN.len() {
        all[i] = MethodDef::new(PLAIN[i].name, PLAIN[i].call, PLAIN[i].doc);
        i += 1;
    }
    all[48] = MethodDef::r#static("maketrans", Native::Fast(translate::maketrans), "");
    all
};

/// The error of an argument that is no str: "find() argument 1 must be str, not int".
#[cold]
pub fn not_str(function: &str, place: &str, object: &Object) -> Raised {
    type_error(format!(
        "{function}() argument{place} must be str, not {}",
        shown_type(object)
    ))
}

/// How messages on arguments call an object's type: `None` for `None` (`_PyArg_BadArgument`).
pub fn shown_type(object: &Object) -> &str {
    if object.is(crate::none()) {
        "None"
    } else {
        object.ty().full_name()
    }
}

/// An argument that must be a str.
pub fn text_argument<'a>(function: &str, place: &str, object: &'a Object) -> PyResult<&'a Str> {
    if is_str(object) {
        Ok(cast(object))
    } else {
        Err(not_str(function, place, object))
    }
}

/// `(sub[, start[, end]])`: the part of `this` to search (with its place), and the text to search for.
fn search_arguments<'a>(
    name: &str,
    this: &'a Object,
    args: &'a [Word],
) -> PyResult<(Option<(Chars<'a>, usize)>, &'a Str)> {
    check_positional(name, args.len(), 1, 3)?;
    let needle = text_argument(name, " 1", args[0].object())?;
    let range = range_arguments(&args[1..], cast(this).len())?;
    let part = range.map(|(start, end)| (cast(this).chars().slice(start, end), start));
    Ok((part, needle))
}

/// `[start[, end]]` clamped to a length; `None` if nothing can be there.
pub fn range_arguments(args: &[Word], len: usize) -> PyResult<Option<(usize, usize)>> {
    if args.is_empty() {
        return Ok(Some((0, len)));
    }
    let start = bound(args.first().map(|w| w.object()), 0)?;
    let end = bound(args.get(1).map(|w| w.object()), isize::MAX)?;
    Ok(clamp(start, end, len))
}

fn find_place(name: &str, this: &Object, args: &[Word], last: bool) -> PyResult<Option<usize>> {
    let (part, needle) = search_arguments(name, this, args)?;
    Ok(part.and_then(|(part, start)| {
        let found = if last {
            search::rfind(part, needle.chars())
        } else {
            search::find(part, needle.chars())
        };
        found.map(|at| at + start)
    }))
}

fn place_or_minus_one(place: Option<usize>) -> Owned {
    place.map_or_else(|| int::from_i64(-1), int::from_usize)
}

fn place_or_error(place: Option<usize>) -> PyResult {
    place
        .map(int::from_usize)
        .ok_or_else(|| value_error("substring not found"))
}

fn find(this: &Object, args: &[Word]) -> PyResult {
    find_place("find", this, args, false).map(place_or_minus_one)
}

fn rfind(this: &Object, args: &[Word]) -> PyResult {
    find_place("rfind", this, args, true).map(place_or_minus_one)
}

fn index(this: &Object, args: &[Word]) -> PyResult {
    place_or_error(find_place("index", this, args, false)?)
}

fn rindex(this: &Object, args: &[Word]) -> PyResult {
    place_or_error(find_place("rindex", this, args, true)?)
}

fn count(this: &Object, args: &[Word]) -> PyResult {
    let (part, needle) = search_arguments("count", this, args)?;
    let count = part.map_or(0, |(part, _)| {
        search::count(part, needle.chars(), usize::MAX)
    });
    Ok(int::from_usize(count))
}

/// Whether `text[start:end]` begins (or ends) with `affix`.
fn has_affix(text: &Str, affix: &Str, range: Option<(usize, usize)>, at_end: bool) -> bool {
    let Some((start, end)) = range else {
        return false;
    };
    let len = affix.len();
    if len > end - start {
        return false;
    }
    let from = if at_end { end - len } else { start };
    search::equal(text.chars().slice(from, from + len), affix.chars())
}

fn affix_method(name: &str, this: &Object, args: &[Word], at_end: bool) -> PyResult {
    check_positional(name, args.len(), 1, 3)?;
    let text = cast(this);
    let range = range_arguments(&args[1..], text.len())?;
    let affix = args[0].object();
    if let Some(several) = affix.downcast::<Tuple>() {
        for one in several.items() {
            if !is_str(one) {
                return Err(type_error(format!(
                    "tuple for {name} must only contain str, not {}",
                    one.ty().full_name()
                )));
            }
            if has_affix(text, cast(one), range, at_end) {
                return Ok(bool_owned(true));
            }
        }
        return Ok(bool_owned(false));
    }
    if !is_str(affix) {
        return Err(type_error(format!(
            "{name} first arg must be str or a tuple of str, not {}",
            affix.ty().full_name()
        )));
    }
    Ok(bool_owned(has_affix(text, cast(affix), range, at_end)))
}

fn startswith(this: &Object, args: &[Word]) -> PyResult {
    affix_method("startswith", this, args, false)
}

fn endswith(this: &Object, args: &[Word]) -> PyResult {
    affix_method("endswith", this, args, true)
}

fn replace(this: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("replace", &["", "", "count"], 2, 2, 3);
    let [old, new, count] = SIGNATURE.bind::<3>(args, kwnames)?;
    let (Some(old), Some(new)) = (old, new) else {
        return Err(crate::error::system_error("a required argument is missing"));
    };
    let old = text_argument("replace", " 1", old)?;
    let new = text_argument("replace", " 2", new)?;
    let most = match count {
        Some(count) => int::as_isize(count)?,
        None => -1,
    };
    replace_text(this, old, new, most)
}

/// The text with up to `most` (all if negative) places of `old` replaced.
pub fn replace_text(this: &Object, old: &Str, new: &Str, most: isize) -> PyResult {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let text = cast(this);
    if most == 0 || old.len() > text.len() || (text.is_empty() && !old.is_empty()) {
        return exact(this);
    }
    if old.equals(new) {
        return exact(this);
    }
    if old.is_empty() {
        return interleave(text, new, most);
    }
    let chars = text.chars();
    let Some(search) = search::Search::new(chars, old.chars()) else {
        return exact(this);
    };
    let mut out = Builder::new();
    let mut from = 0;
    for at in search.places().take(most) {
        out.push_chars(chars.slice(from, at));
        out.push_object(new);
        from = at + old.len();
    }
    if from == 0 {
        return exact(this);
    }
    out.push_chars(chars.slice(from, text.len()));
    if out.is_empty() {
        return Ok(empty());
    }
    super::unshared(out.finish())
}

/// `new` before each of the first `most` characters, and at the end if there is one more to do.
fn interleave(text: &Str, new: &Str, most: usize) -> PyResult {
    let mut out = Builder::with_capacity(text.len() + new.len() * (text.len() + 1).min(most));
    let mut left = most;
    for point in text.chars().points() {
        if left > 0 {
            out.push_object(new);
            left -= 1;
        }
        out.push(point);
    }
    if left > 0 {
        out.push_object(new);
    }
    out.finish()
}

fn dunder_format(this: &Object, spec: &Object) -> PyResult {
    if !is_str(spec) {
        return Err(int::methods::bad_spec(spec));
    }
    crate::format_spec::format_str(this, cast(spec))
}

fn size_of(this: &Object) -> PyResult {
    let text = cast(this);
    let data = (text.len() + 1) * text.kind();
    let header = if !text.is_compact() {
        this.ty().basicsize.get() as usize
    } else if text.is_ascii() {
        super::ASCII_HEADER
    } else {
        super::COMPACT_HEADER
    };
    // CPython's one-character strings above ASCII come with their UTF-8 form and its final zero.
    let shared = this.is_immortal() && text.len() == 1 && text.kind() == 1 && !text.is_ascii();
    let utf8 = if shared { 3 } else { 0 };
    Ok(int::from_usize(header + data + utf8))
}

fn getnewargs(this: &Object) -> PyResult {
    let copy = super::copy_exact(cast(this))?;
    Ok(crate::types::tuple::from_owned(vec![copy]))
}

/// `iter(text)` and the rest of the slots live in `slots`; this keeps them together for the type.
pub const SLOTS: crate::typeobject::Slots = crate::typeobject::Slots {
    dealloc: super::dealloc,
    repr: Some(slots::repr),
    str: Some(slots::str),
    hash: Some(slots::hash),
    richcompare: Some(slots::richcompare),
    iter: Some(super::iter::iter),
    new: Some(super::new::new),
    remainder: Some(super::percent::remainder),
    sq_length: Some(slots::len),
    sq_concat: Some(slots::concat),
    sq_repeat: Some(slots::repeat),
    sq_item: Some(slots::item),
    sq_contains: Some(slots::contains),
    mp_length: Some(slots::len),
    mp_subscript: Some(slots::subscript),
    ..crate::typeobject::Slots::NONE
};
