//! `_io`: files. `open` makes raw files, buffered files over them and text files over those.

pub mod buffered;
mod buffered_read;
mod buffered_write;
mod bytesio;
pub mod common;
mod fileio;
mod iobase;
mod newlines;
mod rwpair;
mod stringio;
mod textio;
mod textio_read;
mod textio_seek;

use terrarium_objects::typeobject::Type;
use terrarium_objects::types::str::Str;
use terrarium_objects::types::{dict, exceptions as exc, int, module, none};
use terrarium_objects::{
    MethodDef, Native, Object, Owned, PyResult, Word, args, error, names, ops, root, state,
    typeobject_ready,
};
use terrarium_runtime::native_module::ModuleDef;

use common::{call, get, given};

pub static MODULE: ModuleDef = ModuleDef {
    name: "_io",
    doc: "",
    methods: &METHODS,
    exec,
};

static METHODS: [MethodDef; 3] = [
    MethodDef::new("open", Native::FastKeywords(open), OPEN_DOC),
    MethodDef::new("open_code", Native::FastKeywords(open_code), ""),
    MethodDef::new("text_encoding", Native::Fast(text_encoding), ""),
];

const OPEN_DOC: &str = "open($module, /, file, mode=\'r\', buffering=-1, encoding=None,\n     errors=None, newline=None, closefd=True, opener=None)\n--\n\n";

static TYPES: [&Type; 10] = [
    &fileio::FILE_IO,
    &bytesio::BYTES_IO,
    &bytesio::BYTES_IO_BUFFER,
    &stringio::STRING_IO,
    &buffered::READER,
    &buffered::WRITER,
    &buffered::RANDOM,
    &rwpair::RW_PAIR,
    &newlines::NEWLINE_DECODER,
    &textio::TEXT_IO,
];

fn exec(this: &Object) -> PyResult<()> {
    let namespace = module::namespace(this);
    iobase::ready();
    let bases: [&'static Type; 4] = [
        &iobase::IO_BASE,
        &iobase::RAW_IO_BASE,
        &iobase::BUFFERED_IO_BASE,
        &iobase::TEXT_IO_BASE,
    ];
    for ty in bases.into_iter().chain(TYPES) {
        typeobject_ready::ready_static(ty);
        dict::set_str(namespace, ty.name(), ty.as_object());
    }
    dict::set_str(
        namespace,
        "DEFAULT_BUFFER_SIZE",
        &int::from_usize(iobase::DEFAULT_BUFFER_SIZE),
    );
    let bases: [&Object; 2] = [exc::OS_ERROR.as_object(), exc::VALUE_ERROR.as_object()];
    let body = dict::new();
    dict::set_str(&body, "__module__", &Str::new("io"));
    let class = terrarium_objects::types::r#type::methods::make_class(
        "UnsupportedOperation",
        &bases,
        &body,
    )?;
    dict::set_str(namespace, "UnsupportedOperation", &class);
    dict::set_str(
        namespace,
        "BlockingIOError",
        exc::os_error::BLOCKING_IO_ERROR.as_object(),
    );
    state::get().keep("io.UnsupportedOperation", class);
    Ok(())
}

/// `text_encoding(encoding, stacklevel=2)`: the encoding, or "locale", or "utf-8" in UTF-8 mode.
fn text_encoding(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("text_encoding", args.len(), 1, 2)?;
    let given = args[0].object();
    Ok(if given.is(none::none()) {
        Str::new(if utf8_mode() { "utf-8" } else { "locale" })
    } else {
        Owned::new(given)
    })
}

fn open_code(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: args::Signature = args::Signature::new("open_code", &["path"], 0, 1, 1);
    let [path] = SIGNATURE.bind::<1>(args, kwnames)?;
    let path = path.expect("required");
    if path.downcast::<Str>().is_none() {
        return Err(error::type_error(format!(
            "open_code() argument 'path' must be str, not {}",
            common::ops_type_name(path)
        )));
    }
    open_file(Request {
        file: path,
        mode: "rb",
        mode_object: &Str::new("rb"),
        buffering: -1,
        text: textio::Options::default(),
        close: true,
        opener: None,
    })
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

/// What `open` was asked for.
struct Request<'a> {
    file: &'a Object,
    mode: &'a str,
    mode_object: &'a Object,
    buffering: i32,
    text: textio::Options<'a>,
    close: bool,
    opener: Option<&'a Object>,
}

fn text_argument<'a>(value: Option<&'a Object>, name: &str) -> PyResult<Option<&'a Object>> {
    match given(value) {
        Some(value) if value.downcast::<Str>().is_none() => Err(error::type_error(format!(
            "open() argument '{name}' must be str or None, not {}",
            common::ops_type_name(value)
        ))),
        other => Ok(other),
    }
}

fn open(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let [
        file,
        mode,
        buffering,
        encoding,
        errors,
        newline,
        closefd,
        opener,
    ] = OPEN.bind::<8>(args, kwnames)?;
    let default = Str::new("r");
    let mode_object = mode.unwrap_or(&default);
    let Some(mode) = mode_object.downcast::<Str>() else {
        return Err(error::type_error(format!(
            "open() argument 'mode' must be str, not {}",
            common::ops_type_name(mode_object)
        )));
    };
    let mode = mode.lossy();
    let buffering = buffering.map_or(Ok(-1), int::as_i32)?;
    let text = textio::Options {
        encoding: text_argument(encoding, "encoding")?,
        errors: text_argument(errors, "errors")?,
        newline: text_argument(newline, "newline")?,
        ..textio::Options::default()
    };
    let file = file.expect("required");
    let path;
    let file = if int::is_int(file) {
        file
    } else {
        path = root("path", file_path(file)?);
        &path
    };
    open_file(Request {
        file,
        mode: &mode,
        mode_object,
        buffering,
        text,
        close: closefd.map_or(Ok(true), ops::compare::is_true)?,
        opener: given(opener),
    })
}

/// A path as `os.fspath` gives it; numbers become descriptors later.
fn file_path(file: &Object) -> PyResult {
    if file.downcast::<Str>().is_some() || terrarium_objects::types::bytes::is_bytes(file) {
        return Ok(Owned::new(file));
    }
    if ops::number::is_number(file) {
        return Ok(Owned::new(file));
    }
    if let Some(method) = ops::attribute::lookup_special(file, &names().__fspath__)? {
        let method = root("__fspath__", method);
        let path = ops::call::call(&method, &[], None)?;
        if path.downcast::<Str>().is_none() && !terrarium_objects::types::bytes::is_bytes(&path) {
            return Err(error::type_error(format!(
                "expected {}.__fspath__() to return str or bytes, not {}",
                file.ty().full_name(),
                path.ty().full_name()
            )));
        }
        return Ok(path);
    }
    Err(error::type_error(format!(
        "expected str, bytes or os.PathLike object, not {}",
        file.ty().full_name()
    )))
}

/// The letters of a mode; ValueError for a bad one.
struct Mode {
    raw: String,
    writing: bool,
    updating: bool,
    binary: bool,
}

fn parse_mode(mode: &str) -> PyResult<Mode> {
    let repeated = mode.char_indices().any(|(i, c)| mode[..i].contains(c));
    if repeated || mode.chars().any(|c| !"rwaxbt+".contains(c)) {
        return Err(error::value_error(format!("invalid mode: '{mode}'")));
    }
    let has = |letter: char| mode.contains(letter);
    if has('b') && has('t') {
        return Err(error::value_error(
            "can't have text and binary mode at once",
        ));
    }
    if mode.chars().filter(|c| "rwax".contains(*c)).count() != 1 {
        return Err(error::value_error(
            "must have exactly one of create/read/write/append mode",
        ));
    }
    Ok(Mode {
        raw: ["x", "r", "w", "a", "+"]
            .into_iter()
            .filter(|l| mode.contains(l))
            .collect(),
        writing: !has('r'),
        updating: has('+'),
        binary: has('b'),
    })
}

fn open_file(request: Request<'_>) -> PyResult {
    let mode = parse_mode(request.mode)?;
    if mode.binary {
        let options = [
            (request.text.encoding, "an encoding"),
            (request.text.errors, "an errors"),
            (request.text.newline, "a newline"),
        ];
        if let Some((_, name)) = options.into_iter().find(|(given, _)| given.is_some()) {
            return Err(error::value_error(format!(
                "binary mode doesn't take {name} argument"
            )));
        }
    }
    if mode.binary && request.buffering == 1 {
        terrarium_objects::hooks::warn(
            &exc::RUNTIME_WARNING,
            "line buffering (buffering=1) isn't supported in binary mode, the default buffer size will be used",
            1,
        )?;
    }
    let raw = root(
        "raw file being opened",
        fileio::open(request.file, &mode.raw, request.close, request.opener)?,
    );
    let made = wrap(&raw, &mode, request);
    if made.is_err() {
        let pending = error::fetch();
        if call(&raw, "close", []).is_err() {
            error::clear();
        }
        if let Some(pending) = pending {
            return Err(error::restore(pending));
        }
    }
    made
}

/// The buffered and text files over a raw one.
fn wrap(raw: &Object, mode: &Mode, request: Request<'_>) -> PyResult {
    let terminal = if request.buffering < 0 {
        let answer = call(raw, "_isatty_open_only", [])?;
        ops::compare::is_true(&answer)?
    } else {
        false
    };
    let line_buffering = request.buffering == 1 && !mode.binary || terminal;
    let mut size = request.buffering as isize;
    if size < 0 || request.buffering == 1 {
        let block = get(raw, "_blksize")?;
        let block = int::as_isize(&block)?;
        size = block.clamp(iobase::DEFAULT_BUFFER_SIZE as isize, 8 << 20);
    }
    if size == 0 {
        if !mode.binary {
            return Err(error::value_error("can't have unbuffered text I/O"));
        }
        return Ok(Owned::new(raw));
    }
    let ty = if mode.updating {
        &buffered::RANDOM
    } else if mode.writing {
        &buffered::WRITER
    } else {
        &buffered::READER
    };
    let buffer = buffered::open(ty, raw, size)?;
    if mode.binary {
        return Ok(buffer);
    }
    let buffer = root("buffered file being opened", buffer);
    let text = root(
        "text file being opened",
        textio::open(
            &buffer,
            textio::Options {
                line_buffering,
                ..request.text
            },
        )?,
    );
    drop_below(text, buffer, request.mode_object)
}

fn drop_below(text: state::Rooted, buffer: state::Rooted, mode: &Object) -> PyResult {
    ops::attribute::set(&text, &names().mode, Some(mode))?;
    let text = text.take();
    drop(buffer);
    Ok(text)
}

/// One of the three standard streams as a text file.
pub fn standard(fd: i32, name: &str, unbuffered: bool) -> PyResult {
    let writing = fd != 0;
    let mode = if writing { "w" } else { "r" };
    let number = int::from_i64(fd.into());
    let raw = root("standard stream", fileio::open(&number, mode, false, None)?);
    ops::attribute::set(&raw, &names().name, Some(&Str::new(name)))?;
    let terminal = call(&raw, "isatty", [])?;
    let terminal = ops::compare::is_true(&terminal)?;
    let ty = if writing {
        &buffered::WRITER
    } else {
        &buffered::READER
    };
    // Without buffers text goes straight to the file.
    let below = if unbuffered && writing {
        Owned::new(&raw)
    } else {
        buffered::open(ty, &raw, iobase::DEFAULT_BUFFER_SIZE as isize)?
    };
    let below = root("standard stream", below);
    let errors = if fd == 2 {
        "backslashreplace"
    } else if passes_bytes() {
        "surrogateescape"
    } else {
        "strict"
    };
    let newline = Str::new("\n");
    let (encoding, errors) = (Str::new("utf-8"), Str::new(errors));
    let options = textio::Options {
        encoding: Some(&encoding),
        errors: Some(&errors),
        newline: Some(&newline),
        line_buffering: terminal || fd == 2,
        write_through: unbuffered && writing,
    };
    let text = root("standard stream", textio::open(&below, options)?);
    ops::attribute::set(&text, &names().mode, Some(&Str::new(mode)))?;
    let text = text.take();
    drop(below);
    drop(raw);
    Ok(text)
}

/// The locale that the environment asks for.
fn locale() -> Option<String> {
    ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
}

/// Whether UTF-8 mode is on (PEP 540): asked for, or because the locale is C or POSIX.
pub fn utf8_mode() -> bool {
    let config = terrarium_runtime::config::get();
    let option = config.x_options.iter().rev().find_map(|option| {
        let on = option == "utf8" || option == "utf8=1";
        (on || option == "utf8=0").then_some(on)
    });
    let variable = std::env::var("PYTHONUTF8")
        .ok()
        .filter(|value| !config.ignore_environment && !value.is_empty())
        .map(|value| value == "1");
    option
        .or(variable)
        .unwrap_or_else(|| locale().is_none_or(|name| name == "C" || name == "POSIX"))
}

/// Whether undecodable bytes pass through the standard streams: in UTF-8 mode, and in the locales that stand for C (PEP 538).
fn passes_bytes() -> bool {
    let stands_for_c = |name: &str| ["C.UTF-8", "C.utf8", "UTF-8"].contains(&name);
    utf8_mode() || locale().is_some_and(|name| stands_for_c(&name))
}

/// The attributes of a pickled stream.
fn common_setstate(object: &Object, attributes: &Object) -> PyResult {
    if attributes.is(none::none()) {
        return Ok(terrarium_objects::none_owned());
    }
    if attributes.downcast::<dict::Dict>().is_none() {
        return Err(error::type_error(format!(
            "third item of state should be a dict, got a {}",
            attributes.ty().full_name()
        )));
    }
    let own = root("attributes", dict::managed::generic_get_dict(object)?);
    dict::update(&own, attributes)?;
    Ok(terrarium_objects::none_owned())
}
