//! Misspelt keywords in sources that are rejected. The library's `traceback` knows how to look for them: it tries whether the source is
//! right with another word in its place.

use terrarium_objects::types::str::Str;
use terrarium_objects::{Object, Owned, PyResult, error, none, ops, root, words};
use terrarium_runtime::importing;

/// A description of the SyntaxError that names a keyword, if one would help: its attributes go before the exception's.
pub fn found(exception: &Object) -> Option<Owned> {
    let description = looked_for(exception).unwrap_or_else(|_| {
        error::clear();
        None
    });
    error::clear();
    description
}

fn looked_for(exception: &Object) -> PyResult<Option<Owned>> {
    let before = message(exception)?;
    if before != "invalid syntax" && !before.contains("Perhaps you forgot a comma") {
        return Ok(None);
    }
    if ops::attribute::get_str(exception, "_metadata")?.is(none()) {
        return Ok(None);
    }
    let library = root("traceback", importing::import("traceback")?);
    let class = root(
        "TracebackException",
        ops::attribute::get_str(&library, "TracebackException")?,
    );
    let given = words([exception.ty().as_object(), exception, none()]);
    let description = ops::call::call(&class, &given, None)?;
    let held = root("description", description.clone());
    drop::<Owned>(ops::call::call_method(
        &held,
        &Str::new("_find_keyword_typos"),
        &[],
    )?);
    Ok((message(&description)? != before).then_some(description))
}

fn message(described: &Object) -> PyResult<String> {
    Ok(ops::text::lossy(&*ops::attribute::get_str(
        described, "msg",
    )?))
}
