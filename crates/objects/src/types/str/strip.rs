//! `strip` and its like.

use crate::args::check_positional;
use crate::error::type_error;
use crate::object::Object;
use crate::refs::{PyResult, Word};

use super::slots::substring;
use super::{cast, is_str, methods, search, unicode};

fn strip_with(name: &str, this: &Object, args: &[Word], left: bool, right: bool) -> PyResult {
    check_positional(name, args.len(), 0, 1)?;
    let chars = cast(this).chars();
    let set = args
        .first()
        .map(|w| w.object())
        .filter(|o| !o.is(crate::none()));
    let cut: Box<dyn Fn(u32) -> bool> = match set {
        None => Box::new(unicode::is_space),
        Some(set) if is_str(set) => {
            let set = cast(set).chars();
            Box::new(move |point| set.points().any(|c| c == point))
        }
        Some(_) => return Err(type_error(format!("{name} arg must be None or str"))),
    };
    let mut start = 0;
    let mut end = chars.len();
    if left {
        start = chars.points().position(|c| !cut(c)).unwrap_or(end);
    }
    if right {
        let kept = chars.slice(start, end).points().rev().position(|c| !cut(c));
        end = kept.map_or(start, |back| end - back);
    }
    substring(this, start, end)
}

pub fn strip(this: &Object, args: &[Word]) -> PyResult {
    strip_with("strip", this, args, true, true)
}

pub fn lstrip(this: &Object, args: &[Word]) -> PyResult {
    strip_with("lstrip", this, args, true, false)
}

pub fn rstrip(this: &Object, args: &[Word]) -> PyResult {
    strip_with("rstrip", this, args, false, true)
}

pub fn removeprefix(this: &Object, prefix: &Object) -> PyResult {
    let prefix = methods::text_argument("removeprefix", "", prefix)?;
    let (text, len) = (cast(this), prefix.len());
    let has = len <= text.len() && search::equal(text.chars().slice(0, len), prefix.chars());
    substring(this, if has { len } else { 0 }, text.len())
}

pub fn removesuffix(this: &Object, suffix: &Object) -> PyResult {
    let suffix = methods::text_argument("removesuffix", "", suffix)?;
    let text = cast(this);
    let end = text.len();
    let from = end.saturating_sub(suffix.len());
    let has = suffix.len() <= end && search::equal(text.chars().slice(from, end), suffix.chars());
    substring(this, 0, if has { from } else { end })
}
