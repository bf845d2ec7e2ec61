//! Private names of classes: `__name` in class `C` is `_C__name` (Python reference, 6.2.2).

use crate::name::Names;
use crate::tree::Name;

/// `name` as it is called inside `class`, the innermost class around the place (CPython's `_Py_Mangle`).
/// Names that end in `__`, hold a dot, or stand in a class of underscores alone stay as they are.
#[inline]
pub fn mangle<'a>(names: &mut Names<'a>, class: Option<&Name<'a>>, name: &Name<'a>) -> Name<'a> {
    match class {
        Some(class) if name.is_private() => private(names, class, name),
        _ => *name,
    }
}

fn private<'a>(names: &mut Names<'a>, class: &str, name: &Name<'a>) -> Name<'a> {
    let class = class.trim_start_matches('_');
    if class.is_empty() {
        return *name;
    }
    let mut mangled = String::with_capacity(1 + class.len() + name.len());
    mangled.push('_');
    mangled.push_str(class);
    mangled.push_str(name);
    names.added(&mangled)
}
