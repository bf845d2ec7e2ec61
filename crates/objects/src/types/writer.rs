//! Texts of containers, put together piece by piece; and the error for keys that cannot be hashed.

use crate::error;
use crate::object::Object;
use crate::ops::text;
use crate::refs::{Owned, PyResult, Raised};
use crate::typeobject::{Type, flags};
use crate::types::exceptions as exc;
use crate::types::str::Str;

/// Text under construction, in UTF-8 that may hold surrogates.
#[derive(Default)]
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    pub fn new(start: &str) -> Writer {
        Writer {
            bytes: start.as_bytes().to_vec(),
        }
    }

    pub fn push(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// Adds a str object's text.
    pub fn push_object(&mut self, object: &Object) {
        if let Some(text) = object.downcast::<Str>() {
            self.bytes.extend_from_slice(&text.wtf8());
        }
    }

    /// Adds `repr(object)`.
    pub fn push_repr(&mut self, object: &Object) -> PyResult<()> {
        let shown = text::repr(object)?;
        self.push_object(&shown);
        Ok(())
    }

    pub fn finish(self) -> Owned {
        Str::from_wtf8(&self.bytes)
    }
}

/// A type's name as `%T` shows it: with its module unless that is builtins or `__main__` (`PyType_GetFullyQualifiedName`).
pub fn qualified_name(ty: &Type) -> String {
    if !ty.is_heap() {
        return ty.full_name().to_owned();
    }
    // SAFETY: heap types own their qualified name.
    let qualname = match unsafe { ty.ht_qualname.get().as_ref() } {
        Some(name) => text::lossy(name),
        None => ty.name().to_owned(),
    };
    // SAFETY: null or the namespace.
    let module = unsafe { ty.dict.get().as_ref() }
        .and_then(|d| crate::types::dict::get_name(d, &crate::names::names().__module__))
        .filter(|m| m.ty().has(flags::UNICODE_SUBCLASS))
        .map(text::lossy);
    match module {
        Some(module) if module != "builtins" && module != "__main__" => {
            format!("{module}.{qualname}")
        }
        _ => qualname,
    }
}

/// Rewrites the TypeError of a failed hash so that it names the key or element and what it was to become.
#[cold]
pub fn unhashable(key: &Object, role: &str, raised: Raised) -> Raised {
    if !error::current().is_some_and(|e| e.is_exact(&exc::TYPE_ERROR)) {
        return raised;
    }
    let Some(exception) = error::fetch() else {
        return raised;
    };
    let reason = match text::str(&exception) {
        Ok(reason) => text::lossy(&reason),
        Err(_) => {
            error::clear();
            String::new()
        }
    };
    error::type_error(format!(
        "cannot use '{}' as {role} ({reason})",
        qualified_name(key.ty())
    ))
}
