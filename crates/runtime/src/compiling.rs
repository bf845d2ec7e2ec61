//! The compiler as the runtime uses it: source to live code objects, errors to exceptions, warnings to the warnings machinery.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::rc::Rc;

use terrarium_bytecode as bc;
use terrarium_compiler::arena::Arena;
use terrarium_compiler::compile::{self, Settings};
use terrarium_compiler::dump::Node;
use terrarium_compiler::error::{Category, Class, Error, Place, Rejected, Warning};
use terrarium_compiler::parse::{Mode, Parsed};
use terrarium_compiler::scopes::Scopes;
use terrarium_compiler::source::{Dialect, Source};
use terrarium_compiler::type_comments::{self, TypeComments};
use terrarium_objects::codecs;
use terrarium_objects::state::root;
use terrarium_objects::types::bytes::Bytes;
use terrarium_objects::types::code::{Builder, Origin};
use terrarium_objects::types::str::Str;
use terrarium_objects::types::{exceptions as exc, int, tuple};
use terrarium_objects::{Object, Owned, PyResult, Raised, Type, none_owned, ops, words};

use crate::warnings;

/// `PyCF_TYPE_COMMENTS`
const TYPE_COMMENTS: u32 = 0x1000;

/// What a compilation is to be.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    pub filename: &'a str,
    /// The caller's own name of the file, for code objects and exceptions; it may hold surrogates, for which `filename` has stand-ins.
    pub name: Option<&'a Object>,
    pub mode: Mode,
    pub flags: u32,
    pub optimize: u8,
    /// Whether the source is a script's file or standard input, which CPython reads line by line.
    pub is_script: bool,
}

impl Request<'_> {
    fn settings(&self) -> Settings {
        Settings {
            mode: self.mode,
            flags: self.flags,
            optimize: self.optimize,
        }
    }

    /// What the flags ask to be read besides the language.
    fn dialect(&self) -> Dialect {
        match self.flags & TYPE_COMMENTS {
            0 => Dialect::Plain,
            _ => Dialect::TypeComments,
        }
    }

    /// The name of the file as an object.
    fn name_object(&self) -> Owned {
        self.name
            .map_or_else(|| Str::new(self.filename), Owned::new)
    }
}

/// Compiles the bytes of a file to code data.
pub fn data_of_bytes(source: &[u8], request: Request<'_>) -> PyResult<Rc<bc::Code>> {
    let mut found = Vec::new();
    let compiled = Source::from_bytes_for(request.mode, source, request.filename)
        .map(|source| source.in_dialect(request.dialect()))
        .and_then(|source| compile::compile_source(&source, request.settings(), &mut found));
    settle(compiled, found, request)
}

/// Compiles the bytes of a file; also gives the literals of its tree.
pub fn data_with_literals(
    source: &[u8],
    request: Request<'_>,
) -> PyResult<(Rc<bc::Code>, Vec<bc::Constant>)> {
    let (mut literals, mut found) = (Vec::new(), Vec::new());
    let compiled = compile::compile_with_literals(
        source,
        request.filename,
        request.settings(),
        &mut literals,
        &mut found,
    );
    Ok((settle(compiled, found, request)?, literals))
}

/// Compiles text to code data.
pub fn data_of_text(source: &str, request: Request<'_>) -> PyResult<Rc<bc::Code>> {
    let mut found = Vec::new();
    let compiled = Source::from_text(source, request.filename)
        .map(|source| source.in_dialect(request.dialect()))
        .and_then(|source| compile::compile_source(&source, request.settings(), &mut found));
    settle(compiled, found, request)
}

/// Compiles a tree that a program made.
pub fn data_of_tree(parsed: Parsed<'_>, request: Request<'_>) -> PyResult<Rc<bc::Code>> {
    let mut found = Vec::new();
    let compiled =
        compile::compile_parsed(parsed, request.filename, request.settings(), &mut found);
    settle(compiled, found, request)
}

/// A source: text, in which an encoding declaration counts for nothing, or the bytes of a file.
#[derive(Clone, Copy)]
pub enum Text<'a> {
    Decoded(&'a str),
    Bytes(&'a [u8]),
}

/// The tree of a source and its type comments, if they are asked for; with `optimized` as the passes after preprocessing see it.
pub fn tree_of<'a>(
    text: Text<'_>,
    request: Request<'_>,
    optimized: bool,
    arena: &'a Arena,
) -> PyResult<(Parsed<'a>, TypeComments)> {
    let source = source_of(text, request)?.in_dialect(request.dialect());
    let mut found = Vec::new();
    let parsed = compile::parse_tree(&source, request.settings(), !optimized, &mut found, arena);
    warn_of(found, request)?;
    let parsed = parsed.map_err(|error| raise(&error, request))?;
    let comments = type_comments::find(&source, &parsed.module, parsed.depth, request.mode);
    Ok((parsed, comments))
}

/// Shows `work` the blocks of a source and their names.
pub fn with_scopes<T>(
    text: Text<'_>,
    request: Request<'_>,
    work: impl FnOnce(&Scopes) -> T,
) -> PyResult<T> {
    let source = source_of(text, request)?;
    let mut found = Vec::new();
    let shown = compile::with_scopes(&source, request.settings(), &mut found, work);
    warn_of(found, request)?;
    shown.map_err(|error| raise(&error, request))
}

/// The tree of a function's type (mode `func_type`).
pub fn function_type_of(text: Text<'_>, request: Request<'_>) -> PyResult<Node> {
    let source = source_of(text, request)?.in_dialect(Dialect::FunctionType);
    type_comments::function_type(&source).map_err(|error| raise(&error, request))
}

fn source_of<'s>(text: Text<'s>, request: Request<'_>) -> PyResult<Source<'s>> {
    let source = match text {
        Text::Decoded(text) => Source::from_text(text, request.filename),
        Text::Bytes(data) => Source::from_bytes_for(request.mode, data, request.filename),
    };
    source.map_err(|error| raise(&error, request))
}

/// Issues the warnings, which come before an exception.
fn settle(
    compiled: Result<Rc<bc::Code>, Error>,
    found: Vec<Warning>,
    request: Request<'_>,
) -> PyResult<Rc<bc::Code>> {
    warn_of(found, request)?;
    compiled.map_err(|error| raise(&error, request))
}

fn warn_of(found: Vec<Warning>, request: Request<'_>) -> PyResult<()> {
    for warning in found {
        let category: &Type = match warning.category {
            Category::SyntaxWarning => &exc::SYNTAX_WARNING,
            Category::DeprecationWarning => &exc::DEPRECATION_WARNING,
        };
        let line = warning.loc.line;
        let name = root("filename", request.name_object());
        if let Err(raised) = warnings::explicit(category, &warning.message, &name, line) {
            if !terrarium_objects::error::matches(category) {
                return Err(raised);
            }
            // A filter that makes it an error makes it a SyntaxError.
            terrarium_objects::error::clear();
            return Err(raise(&warning.into_error(request.filename), request));
        }
    }
    Ok(())
}

/// A live code object of freshly compiled data.
pub fn object_of(data: &bc::Code) -> Owned {
    Builder::new(Origin::Source).build(data)
}

/// The same with the caller's own name of the file.
pub fn named_object_of(data: &bc::Code, name: &Object) -> Owned {
    let mut builder = Builder::new(Origin::Source);
    builder.preset_filename(data, name);
    builder.build(data)
}

fn class_of(class: Class) -> &'static Type {
    match class {
        Class::SyntaxError => &exc::SYNTAX_ERROR,
        Class::IndentationError => &exc::INDENTATION_ERROR,
        Class::TabError => &exc::TAB_ERROR,
        Class::IncompleteInput => &exc::INCOMPLETE_INPUT_ERROR,
        Class::ValueError => &exc::VALUE_ERROR,
        Class::UnicodeDecodeError => &exc::UNICODE_DECODE_ERROR,
        Class::UnicodeEncodeError => &exc::UNICODE_ENCODE_ERROR,
        Class::OverflowError => &exc::OVERFLOW_ERROR,
        Class::RecursionError => &exc::RECURSION_ERROR,
        Class::MemoryError => &exc::MEMORY_ERROR,
        Class::SystemError => &exc::SYSTEM_ERROR,
    }
}

/// Raises what CPython would raise.
fn raise(error: &Error, request: Request<'_>) -> Raised {
    let class = class_of(error.class);
    if !error.class.is_syntax_error() {
        // The Unicode errors want five arguments; their text says all there is.
        let class = if matches!(
            error.class,
            Class::UnicodeDecodeError | Class::UnicodeEncodeError
        ) {
            &exc::VALUE_ERROR
        } else {
            class
        };
        return terrarium_objects::error::raise(class, &error.message);
    }
    let details = error.place.filter(|_| !error.bare).map(|place| {
        let number = |n: i32| int::from_i64(i64::from(n));
        let text = error
            .text
            .clone()
            .or_else(|| line_of_file(request, place.line));
        let text = text.map_or_else(none_owned, |t| Str::new(&t));
        let name = match &error.filename {
            Some(_) => request.name_object(),
            None => none_owned(),
        };
        let mut details = vec![name, number(place.line), number(place.offset), text];
        if let Some((line, offset)) = place.end() {
            details.extend([number(line), number(offset)]);
        }
        tuple::from_owned(details)
    });
    let message = Str::new(&error.message);
    let made = match &details {
        Some(details) => ops::call::call(class.as_object(), &words([&message, details]), None),
        None => ops::call::call(class.as_object(), &words([&message]), None),
    };
    match made {
        Ok(exception) => {
            if let Some(place) = error.place.filter(|_| error.bare) {
                locate(&exception, place, request);
            } else if error.filename.is_none() && error.place.is_some() {
                // CPython names the file once the exception is made.
                set(&exception, "filename", &request.name_object());
            }
            if let Some(rejected) = &error.rejected {
                set(&exception, "_metadata", &metadata(rejected, request));
            }
            exc::set_context(&exception);
            terrarium_objects::error::restore(exception)
        }
        Err(raised) => raised,
    }
}

/// What `_metadata` of a SyntaxError says. CPython does not keep the text of a file that it reads itself.
fn metadata(rejected: &Rejected, request: Request<'_>) -> Owned {
    let number = |n: i32| int::from_i64(i64::from(n));
    let source = match request.is_script {
        true => none_owned(),
        false => Str::new(&rejected.source),
    };
    let (line, column) = rejected.statement;
    tuple::from_owned(vec![number(line), number(column), source])
}

/// Sets the attributes that tell the place (`PyErr_RangedSyntaxLocationObject`).
fn locate(exception: &Object, place: Place, request: Request<'_>) {
    let text = line_of_file(request, place.line);
    let number = |n: i32| int::from_i64(i64::from(n));
    let attributes = [
        ("lineno", number(place.line)),
        ("offset", number(place.offset)),
        ("end_lineno", number(place.end_line)),
        ("end_offset", number(place.end_offset)),
        ("filename", request.name_object()),
        ("text", text.map_or_else(none_owned, |text| Str::new(&text))),
        ("print_file_and_line", none_owned()),
    ];
    for (name, value) in attributes {
        set(exception, name, &value);
    }
}

fn set(exception: &Object, name: &str, value: &Object) {
    if ops::attribute::set(exception, &Str::new(name), Some(value)).is_err() {
        terrarium_objects::error::clear();
    }
}

/// Line `number` of a source file, for errors of later passes.
fn line_of_file(request: Request<'_>, number: i32) -> Option<String> {
    let bytes = match request.name {
        Some(name) => std::fs::read(path_of(name)?),
        None => std::fs::read(request.filename),
    };
    let bytes = bytes.ok()?;
    let text = String::from_utf8_lossy(&bytes);
    text.split_inclusive('\n')
        .nth(usize::try_from(number - 1).ok()?)
        .map(str::to_owned)
}

/// The path that a name stands for: lone surrogates are bytes that did not decode (PEP 383).
fn path_of(name: &Object) -> Option<PathBuf> {
    let Ok(encoded) = codecs::encode(name, "utf-8", "surrogateescape") else {
        terrarium_objects::error::clear();
        return None;
    };
    let bytes = encoded.downcast::<Bytes>()?.bytes();
    Some(OsStr::from_bytes(bytes).into())
}

/// Whether an object is the code of a module, for callers that got one from outside.
pub fn is_code(object: &Object) -> bool {
    object.is_exact(&terrarium_objects::types::code::CODE)
}
