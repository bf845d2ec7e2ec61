//! `from __future__ import ...`: which features a module asks for (CPython's Python/future.c).

use terrarium_bytecode::code::flags;

use crate::error::Error;
use crate::scopes::has_docstring;
use crate::tree::{Location, Module, StmtKind};

/// All bits that a `__future__` import or an inherited flag may set in co_flags (`PyCF_MASK`).
pub const MASK: u32 = 0x1fe0000;

/// `PyCF_ALLOW_TOP_LEVEL_AWAIT`, a flag that callers pass and co_flags never hold.
pub const ALLOW_TOP_LEVEL_AWAIT: u32 = 0x2000;

/// `PyCF_DONT_IMPLY_DEDENT`: the end of the text does not end a block in `single` mode.
pub const DONT_IMPLY_DEDENT: u32 = 0x200;

/// `PyCF_ALLOW_INCOMPLETE_INPUT`: a source that may go on raises `_IncompleteInputError`.
pub const ALLOW_INCOMPLETE_INPUT: u32 = 0x4000;

/// What a module asked for (CPython's `_PyFutureFeatures`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Features {
    /// `FUTURE_*` bits of co_flags, and the compile flags of the caller.
    pub flags: u32,
    /// The last `__future__` import at the head of the file; `Location::NONE` without one.
    pub loc: Location,
}

impl Features {
    /// Whether annotations are kept as text (PEP 563).
    pub fn annotations(&self) -> bool {
        self.flags & flags::FUTURE_ANNOTATIONS != 0
    }

    /// Whether `await` may stand outside of functions.
    pub fn top_level_await(&self) -> bool {
        self.flags & ALLOW_TOP_LEVEL_AWAIT != 0
    }
}

/// Reads the `__future__` imports at the head of `module` (`_PyFuture_FromAST`). `inherited` are the caller's flags, which are added.
/// Errors: an unknown feature, or `braces`.
pub fn features(module: &Module, inherited: u32, filename: &str) -> Result<Features, Error> {
    let mut features = Features {
        flags: inherited,
        loc: Location::NONE,
    };
    let (Module::Module { body } | Module::Interactive { body }) = module else {
        return Ok(features);
    };
    for stmt in &body[usize::from(has_docstring(body))..] {
        let StmtKind::ImportFrom {
            module: Some(module),
            names,
            level: 0,
        } = &stmt.kind
        else {
            break;
        };
        if &**module != "__future__" {
            break;
        }
        for alias in names {
            features.flags |= feature(&alias.name)
                .map_err(|message| Error::bare(message, filename, alias.loc))?;
        }
        features.loc = stmt.loc;
    }
    Ok(features)
}

/// The bit that a feature sets: none if it has become part of the language. The error is the message.
fn feature(name: &str) -> Result<u32, String> {
    match name {
        "nested_scopes" | "generators" | "division" | "absolute_import" | "with_statement"
        | "print_function" | "unicode_literals" | "generator_stop" => Ok(0),
        "barry_as_FLUFL" => Ok(flags::FUTURE_BARRY_AS_BDFL),
        "annotations" => Ok(flags::FUTURE_ANNOTATIONS),
        "braces" => Err("not a chance".into()),
        _ => {
            // CPython's "%.100s" cuts after 100 bytes of UTF-8.
            let cut = String::from_utf8_lossy(&name.as_bytes()[..name.len().min(100)]);
            Err(format!("future feature {cut} is not defined"))
        }
    }
}
