//! `exec`, `eval`, `compile`, `globals`, `locals`, `__import__`, `open`, `breakpoint`.

use terrarium_compiler::arena::Arena;
use terrarium_compiler::parse::Mode;
use terrarium_compiler::type_comments::TypeComments;
use terrarium_objects::codecs;
use terrarium_objects::typeobject::flags;
use terrarium_objects::types::code::Code;
use terrarium_objects::types::str::Str;
use terrarium_objects::types::{bytearray, bytes, dict, int, tuple};
use terrarium_objects::{
    Object, Owned, PyResult, Word, args, error, none, none_owned, ops, root, state,
};
use terrarium_runtime::compiling::{self, Request, Text};
use terrarium_runtime::{config, execution, execution_frames, importing, start};

pub fn globals(_: &Object) -> PyResult {
    execution_frames::globals_of_caller()
        .map(Owned::new)
        .ok_or_else(|| error::system_error("globals(): no frame"))
}

pub fn locals(_: &Object) -> PyResult {
    execution_frames::locals_of_caller()
}

static IMPORT: args::Signature = args::Signature::new(
    "__import__",
    &["name", "globals", "locals", "fromlist", "level"],
    0,
    1,
    5,
);

pub fn import(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let [name, globals, _, fromlist, level] = IMPORT.bind::<5>(args, kwnames)?;
    let level = match level {
        Some(level) => int::as_i32(level)?,
        None => 0,
    };
    importing::import_level(
        name.unwrap_or(none()),
        globals.filter(|g| !g.is(none())),
        fromlist,
        level,
    )
}

static OPEN: args::Signature = args::Signature::new(
    "open",
    &[
        "file",
        "mode",
        "buffering",
        "encoding",
        "errors",
        "newline",
        "closefd",
        "opener",
    ],
    0,
    1,
    8,
);

/// `open` is `io.open`.
pub fn open(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    OPEN.bind::<8>(args, kwnames)?;
    let io = root("module _io", importing::import("_io")?);
    let function = root("open", ops::attribute::get(&io, &Str::new("open"))?);
    ops::call::call(&function, args, kwnames)
}

/// Calls `sys.breakpointhook`.
pub fn breakpoint(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let hook = state::get()
        .kept("sys module dict")
        .and_then(|sys| dict::get_str(sys, "breakpointhook"));
    match hook {
        Some(hook) => ops::call::call(&root("breakpointhook", hook), args, kwnames),
        None => Err(error::runtime_error("lost sys.breakpointhook")),
    }
}

/// Flags of `compile` (Include/cpython/compile.h).
const ONLY_AST: u32 = 0x400;
const OPTIMIZED_AST: u32 = 0x8400;
const TOP_LEVEL_AWAIT: u32 = 0x2000;
/// `PyCF_MASK_OBSOLETE`: CO_NESTED, which counts for nothing.
const OBSOLETE: u32 = 0x10;
const ALLOWED: u32 =
    0x1FE_0000 | OBSOLETE | 0x200 | ONLY_AST | 0x1000 | TOP_LEVEL_AWAIT | 0x4000 | 0x8000;

static COMPILE: args::Signature = args::Signature::new(
    "compile",
    &[
        "source",
        "filename",
        "mode",
        "flags",
        "dont_inherit",
        "optimize",
        "_feature_version",
    ],
    0,
    3,
    6,
);

pub fn compile(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let [source, filename, mode, flags, dont_inherit, optimize, _] =
        COMPILE.bind::<7>(args, kwnames)?;
    let name = root("filename", filename_object(filename.unwrap_or(none()))?);
    let filename = name
        .downcast::<Str>()
        .map(|name| name.lossy().into_owned())
        .unwrap_or_default();
    let mode = mode.unwrap_or(none());
    let Some(mode) = mode.downcast::<Str>() else {
        return Err(error::type_error(format!(
            "compile() argument 'mode' must be str, not {}",
            if mode.is(none()) {
                "None"
            } else {
                mode.ty().name()
            }
        )));
    };
    let mut bits = match flags {
        Some(flags) => int::as_i32(flags)? as u32,
        None => 0,
    };
    if bits & !ALLOWED != 0 {
        return Err(error::value_error("compile(): unrecognised flags"));
    }
    let inherits = match dont_inherit {
        Some(value) => !ops::compare::is_true(value)?,
        None => true,
    };
    if inherits {
        bits |= execution_frames::inherited_flags();
    }
    let optimize = match optimize.map(int::as_i32).transpose()?.unwrap_or(-1) {
        -1 => config::get().optimize,
        level @ 0..=2 => level as u8,
        _ => return Err(error::value_error("compile(): invalid optimize value")),
    };
    let mode = kind_of_source(&mode.lossy(), bits & ONLY_AST != 0)?;
    let is_function_type = mode.is_none();
    let mode = mode.unwrap_or(Mode::Eval);
    let request = Request {
        filename: &filename,
        name: Some(&name),
        mode,
        flags: bits,
        optimize,
        is_script: false,
    };
    let source = source.unwrap_or(none());
    if crate::ast::convert::is_node(source) {
        let arena = Arena::new();
        let parsed = crate::ast::read::tree_of(source, request, &arena)?;
        if bits & ONLY_AST == ONLY_AST {
            return crate::ast::convert::object_of(parsed, TypeComments::default());
        }
        return compiling::data_of_tree(parsed, request)
            .map(|data| compiling::named_object_of(&data, &name));
    }
    if is_function_type {
        let wanted = "string, bytes or AST object";
        let tree = with_source(source, "compile", wanted, |text| {
            compiling::function_type_of(text, request)
        })?;
        return crate::ast::convert::object_of_node(tree);
    }
    if bits & ONLY_AST != 0 {
        return tree_object(source, request);
    }
    compile_object(source, request, "compile", "string, bytes or AST object")
}

/// The argument `mode` of `compile`: None for the text of a function's type, which has a tree only.
fn kind_of_source(mode: &str, as_tree: bool) -> PyResult<Option<Mode>> {
    Ok(Some(match mode {
        "exec" => Mode::Exec,
        "eval" => Mode::Eval,
        "single" => Mode::Single,
        "func_type" if as_tree => return Ok(None),
        "func_type" => {
            return Err(error::value_error(
                "compile() mode 'func_type' requires flag PyCF_ONLY_AST",
            ));
        }
        _ if as_tree => {
            return Err(error::value_error(
                "compile() mode must be 'exec', 'eval', 'single' or 'func_type'",
            ));
        }
        _ => {
            return Err(error::value_error(
                "compile() mode must be 'exec', 'eval' or 'single'",
            ));
        }
    }))
}

/// The tree of a source, as the parser leaves it or optimised.
fn tree_object(source: &Object, request: Request<'_>) -> PyResult {
    let optimized = request.flags & OPTIMIZED_AST == OPTIMIZED_AST;
    let wanted = "string, bytes or AST object";
    let arena = Arena::new();
    let (parsed, comments) = with_source(source, "compile", wanted, |text| {
        compiling::tree_of(text, request, optimized, &arena)
    })?;
    crate::ast::convert::object_of(parsed, comments)
}

/// A file name as a str (`PyUnicode_FSDecoder`): given as str, bytes or path.
pub(crate) fn filename_object(filename: &Object) -> PyResult {
    let path = crate::posix::path::fspath(filename)?;
    let text = match path.downcast::<bytes::Bytes>() {
        Some(data) => crate::posix::path::decode(data.bytes())?,
        None => path,
    };
    match text.downcast::<Str>() {
        Some(name) if name.wtf8().contains(&0) => {
            Err(error::value_error("embedded null character"))
        }
        _ => Ok(text),
    }
}

fn compile_object(source: &Object, request: Request<'_>, function: &str, wanted: &str) -> PyResult {
    let data = with_source(source, function, wanted, |text| match text {
        Text::Decoded(text) => compiling::data_of_text(text, request),
        Text::Bytes(data) => compiling::data_of_bytes(data, request),
    })?;
    Ok(match request.name {
        Some(name) => compiling::named_object_of(&data, name),
        None => compiling::object_of(&data),
    })
}

/// Works on a source that is a str or bytes.
pub(crate) fn with_source<T>(
    source: &Object,
    function: &str,
    wanted: &str,
    work: impl FnOnce(Text<'_>) -> PyResult<T>,
) -> PyResult<T> {
    if let Some(text) = source.downcast::<Str>() {
        let text = text.wtf8();
        return match std::str::from_utf8(&text) {
            Ok(text) => work(Text::Decoded(text)),
            // Raises: there are surrogates.
            Err(_) => Err(codecs::utf8_encode(source, "strict")
                .err()
                .unwrap_or_else(|| error::value_error("surrogates not allowed"))),
        };
    }
    if let Some(data) = source.downcast::<bytes::Bytes>() {
        return work(Text::Bytes(data.bytes()));
    }
    if let Some(data) = source.downcast::<bytearray::ByteArray>() {
        return work(Text::Bytes(data.bytes()));
    }
    if let Some(get_buffer) = source.ty().slots.getbuffer {
        // What cannot give a buffer is no source either.
        match get_buffer(source) {
            Ok(buffer) => {
                let data = buffer.slice().to_vec();
                drop(buffer);
                return work(Text::Bytes(&data));
            }
            Err(_) => error::clear(),
        }
    }
    Err(error::type_error(format!(
        "{function}() arg 1 must be a {wanted}"
    )))
}

/// Globals and locals as `exec` and `eval` take them: the caller's when absent.
fn namespaces(
    function: &str,
    globals: Option<&Object>,
    locals: Option<&Object>,
) -> PyResult<(Owned, Owned)> {
    let globals = globals.filter(|g| !g.is(none()));
    let locals = locals.filter(|l| !l.is(none()));
    if let Some(locals) = locals.filter(|l| l.ty().slots.mp_subscript.is_none()) {
        let text = match function {
            "exec" => format!(
                "exec() locals must be a mapping or None, not {}",
                locals.ty().name()
            ),
            _ => String::from("locals must be a mapping"),
        };
        return Err(error::type_error(text));
    }
    match globals {
        Some(globals) => {
            if !globals.ty().has(flags::DICT_SUBCLASS) {
                let text = match function {
                    "exec" => format!("exec() globals must be a dict, not {}", globals.ty().name()),
                    _ if globals.ty().slots.mp_subscript.is_some() => {
                        String::from("globals must be a real dict; try eval(code, {}, mapping)")
                    }
                    _ => String::from("globals must be a dict"),
                };
                return Err(error::type_error(text));
            }
            let locals = locals.unwrap_or(globals);
            Ok((Owned::new(globals), Owned::new(locals)))
        }
        None => {
            let globals = execution_frames::globals_of_caller()
                .map(Owned::new)
                .ok_or_else(|| {
                    error::type_error(format!(
                        "{function} must be given globals and locals when called without a frame"
                    ))
                })?;
            let locals = match locals {
                Some(locals) => Owned::new(locals),
                None => execution_frames::locals_of_caller()?,
            };
            Ok((globals, locals))
        }
    }
}

/// Globals that lack `__builtins__` get the caller's.
fn ensure_builtins(globals: &Object) -> PyResult<()> {
    if dict::get_str(globals, "__builtins__").is_none() {
        let builtins = execution_frames::globals_of_caller()
            .map_or_else(|| Owned::new(start::builtins()), start::builtins_of);
        dict::set_str(globals, "__builtins__", &builtins);
    }
    Ok(())
}

static EXEC: args::Signature =
    args::Signature::new("exec", &["source", "globals", "locals", "closure"], 1, 1, 3);

pub fn exec(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let [source, globals, locals, closure] = EXEC.bind::<4>(args, kwnames)?;
    let source = source.unwrap_or(none());
    let (globals, locals) = namespaces("exec", globals, locals)?;
    let (globals, locals) = (root("globals", globals), root("locals", locals));
    ensure_builtins(&globals)?;
    let closure = closure.filter(|c| !c.is(none()));
    if compiling::is_code(source) {
        // SAFETY: checked.
        let free = unsafe { source.cast::<Code>() }.nfreevars.get() as usize;
        check_closure(free, closure)?;
        execution::run_code_with_closure(source, &globals, &locals, closure)?;
        return Ok(none_owned());
    }
    if closure.is_some() {
        return Err(error::type_error(
            "closure can only be used when source is a code object",
        ));
    }
    let request = string_request(Mode::Exec);
    let code = root(
        "code",
        compile_object(source, request, "exec", "string, bytes or code object")?,
    );
    execution::run_code(&code, &globals, &locals)?;
    Ok(none_owned())
}

fn check_closure(free: usize, closure: Option<&Object>) -> PyResult<()> {
    match (free, closure) {
        (0, None) => Ok(()),
        (0, Some(_)) => Err(error::type_error(
            "cannot use a closure with this code object",
        )),
        (_, None) => Err(error::type_error(format!(
            "code object requires a closure of exactly length {free}"
        ))),
        (_, Some(closure)) => {
            let cells = closure.downcast_exact::<tuple::Tuple>().map(|t| t.items());
            let fits = cells.is_some_and(|c| {
                c.len() == free
                    && c.iter()
                        .all(|o| o.is_exact(&terrarium_objects::types::cell::CELL))
            });
            if fits {
                Ok(())
            } else {
                Err(error::type_error(format!(
                    "code object requires a closure of exactly length {free}"
                )))
            }
        }
    }
}

fn string_request(mode: Mode) -> Request<'static> {
    Request {
        filename: "<string>",
        name: None,
        mode,
        flags: execution_frames::inherited_flags(),
        optimize: config::get().optimize,
        is_script: false,
    }
}

static EVAL: args::Signature =
    args::Signature::new("eval", &["source", "globals", "locals"], 1, 1, 3);

pub fn eval(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let [source, globals, locals] = EVAL.bind::<3>(args, kwnames)?;
    let source = source.unwrap_or(none());
    let (globals, locals) = namespaces("eval", globals, locals)?;
    let (globals, locals) = (root("globals", globals), root("locals", locals));
    ensure_builtins(&globals)?;
    if compiling::is_code(source) {
        // SAFETY: checked.
        if unsafe { source.cast::<Code>() }.nfreevars.get() > 0 {
            return Err(error::type_error(
                "code object passed to eval() may not contain free variables",
            ));
        }
        return execution::run_code(source, &globals, &locals);
    }
    let trimmed = source.downcast::<Str>().map(|text| {
        let text = text.wtf8();
        let start = text
            .iter()
            .position(|b| !matches!(b, b' ' | b'\t'))
            .unwrap_or(text.len());
        Str::from_wtf8(&text[start..])
    });
    let text = trimmed.as_deref().unwrap_or(source);
    let code = root(
        "code",
        compile_object(
            text,
            string_request(Mode::Eval),
            "eval",
            "string, bytes or code object",
        )?,
    );
    drop(trimmed);
    execution::run_code(&code, &globals, &locals)
}
