//! Private names of classes: `__name` in class `C` is `_C__name` (Python reference, 6.2.2).

use crate::tree::Name;

/// `name` as it is called inside `class`, the innermost class around the place (CPython's `_Py_Mangle`).
/// Names that end in `__`, hold a dot, or stand in a class of underscores alone stay as they are.
pub fn mangle(class: Option<&str>, name: &Name) -> Name {
    let Some(class) = class else {
        return name.clone();
    };
    if !name.starts_with("__") || name.ends_with("__") || name.contains('.') {
        return name.clone();
    }
    let class = class.trim_start_matches('_');
    if class.is_empty() {
        return name.clone();
    }
    let mut mangled = String::with_capacity(1 + class.len() + name.len());
    mangled.push('_');
    mangled.push_str(class);
    mangled.push_str(name);
    mangled.into()
}
