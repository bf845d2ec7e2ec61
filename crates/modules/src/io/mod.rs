//! `_io`: files. `open` makes buffered binary files and text files over them.

pub mod file;
mod raw;

use std::ffi::CString;
use std::rc::Rc;

use terrarium_objects::types::str::Str;
use terrarium_objects::types::{bytes, dict, exceptions as exc, int, module, none};
use terrarium_objects::{
    MethodDef, Native, Object, Owned, PyResult, Word, args, error, names, ops, state,
    typeobject_ready,
};
use terrarium_runtime::native_module::ModuleDef;

use file::{Parts, RANDOM, READER, TEXT, WRITER, text};
use raw::RawFile;

pub static MODULE: ModuleDef = ModuleDef {
    name: "_io",
    doc: "",
    methods: &METHODS,
    exec,
};

static METHODS: [MethodDef; 2] = [
    MethodDef::new("open", Native::FastKeywords(open), ""),
    MethodDef::new("text_encoding", Native::Fast(text_encoding), ""),
];

fn exec(this: &Object) -> PyResult<()> {
    let namespace = module::namespace(this);
    for ty in [&TEXT, &READER, &WRITER, &RANDOM] {
        typeobject_ready::ready_static(ty);
        dict::set_str(namespace, ty.name(), ty.as_object());
    }
    dict::set_str(namespace, "DEFAULT_BUFFER_SIZE", &int::from_i64(131_072));
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

/// `text_encoding(encoding, stacklevel=2)`: the encoding, or "locale".
fn text_encoding(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("text_encoding", args.len(), 1, 2)?;
    let given = args[0].object();
    Ok(if given.is(none::none()) {
        Str::new("utf-8")
    } else {
        Owned::new(given)
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

fn open(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let [file, mode, buffering, encoding, errors, newline, closefd, _] =
        OPEN.bind::<8>(args, kwnames)?;
    let file = file.unwrap_or(none::none());
    let mode = match mode {
        Some(mode) if mode.downcast::<Str>().is_some() => ops::text::lossy(mode),
        Some(mode) => {
            return Err(error::type_error(format!(
                "open() argument 'mode' must be str, not {}",
                mode.ty().name()
            )));
        }
        None => String::from("r"),
    };
    let binary = check_mode(&mode)?;
    let present = |o: Option<&Object>| o.filter(|v| !v.is(none::none())).map(Owned::new);
    let (encoding, errors) = (present(encoding), present(errors));
    if binary {
        for (given, name) in [
            (&encoding, "encoding"),
            (&errors, "errors"),
            (&present(newline), "newline"),
        ] {
            if given.is_some() {
                return Err(error::value_error(
                    format!("binary mode doesn't take an {name} argument")
                        .replace("an newline", "a newline"),
                ));
            }
        }
    }
    let close = match closefd {
        Some(flag) => ops::compare::is_true(flag)?,
        None => true,
    };
    let unbuffered = match buffering {
        Some(size) => int::as_i32(size)? == 0,
        None => false,
    };
    if unbuffered && !binary {
        return Err(error::value_error("can't have unbuffered text I/O"));
    }
    let raw = Rc::new(open_raw(file, &mode, close)?);
    let newline = present(newline);
    let translate = newline.is_none();
    let below = binary_file(raw.clone(), Owned::new(file), &mode)?;
    if binary {
        return Ok(below);
    }
    let line_buffering = if raw.is_terminal() {
        text::LINE_BUFFERING
    } else {
        0
    };
    let parts = Parts {
        raw,
        name: Owned::new(file),
        mode: Str::new(&mode),
        encoding: Some(encoding.unwrap_or_else(|| Str::new("utf-8"))),
        errors: Some(errors.unwrap_or_else(|| Str::new("strict"))),
        buffer: Some(below),
        bits: line_buffering | if translate { text::TRANSLATE } else { 0 },
    };
    file::new(&TEXT, parts)
}

/// Whether the mode is binary; ValueError for a bad one.
fn check_mode(mode: &str) -> PyResult<bool> {
    let count = |letters: &str| mode.chars().filter(|c| letters.contains(*c)).count();
    let repeated = mode.char_indices().any(|(i, c)| mode[..i].contains(c));
    if repeated || mode.chars().any(|c| !"rwaxbt+".contains(c)) {
        return Err(error::value_error(format!("invalid mode: '{mode}'")));
    }
    if count("b") + count("t") > 1 {
        return Err(error::value_error(
            "can't have text and binary mode at once",
        ));
    }
    if count("rwax") != 1 {
        return Err(error::value_error(
            "must have exactly one of create/read/write/append mode",
        ));
    }
    Ok(count("b") == 1)
}

fn open_raw(file: &Object, mode: &str, close: bool) -> PyResult<RawFile> {
    if int::is_int(file) {
        let fd = int::as_i32(file)?;
        let writable = mode.contains(['w', 'a', 'x', '+']);
        return Ok(RawFile::new(
            fd,
            !mode.contains(['w', 'a', 'x']) || mode.contains('+'),
            writable,
            close,
        ));
    }
    let path = path_bytes(file)?;
    let Ok(path) = CString::new(path) else {
        return Err(error::value_error("embedded null byte"));
    };
    raw::open(&path, mode).map_err(|problem| {
        let number = problem.raw_os_error().unwrap_or(0);
        let text = problem.to_string();
        exc::os_error::raise_errno(
            number,
            text.split(" (os error").next().unwrap_or(""),
            Some(file),
            None,
        )
    })
}

/// A path as bytes: str, bytes or anything with `__fspath__`.
fn path_bytes(file: &Object) -> PyResult<Vec<u8>> {
    if let Some(text) = file.downcast::<Str>() {
        return Ok(text.wtf8().into_owned());
    }
    if bytes::is_bytes(file) {
        return Ok(bytes::cast(file).bytes().to_vec());
    }
    match ops::attribute::lookup_special(file, &names().__fspath__)? {
        Some(method) => {
            let path = ops::call::call(&method, &[], None)?;
            path_bytes(&path)
        }
        None => Err(error::type_error(format!(
            "expected str, bytes or os.PathLike object, not {}",
            file.ty().name()
        ))),
    }
}

fn binary_file(raw: Rc<RawFile>, name: Owned, mode: &str) -> PyResult {
    let ty = if raw.readable && raw.writable {
        &RANDOM
    } else if raw.writable {
        &WRITER
    } else {
        &READER
    };
    let shown = match mode.chars().find(|c| "rwax".contains(*c)) {
        Some(letter) if mode.contains('+') => format!("{letter}b+"),
        Some(letter) => format!("{letter}b"),
        None => String::from("rb"),
    };
    file::new(
        ty,
        Parts {
            raw,
            name,
            mode: Str::new(&shown),
            encoding: None,
            errors: None,
            buffer: None,
            bits: 0,
        },
    )
}

/// One of the three standard streams as a text file.
pub fn standard(fd: i32, name: &str, unbuffered: bool) -> PyResult {
    let writing = fd != 0;
    let raw = Rc::new(RawFile::new(fd, !writing, writing, false));
    let mode = if writing { "w" } else { "r" };
    let below = binary_file(raw.clone(), int::from_i64(i64::from(fd)), mode)?;
    let mut bits = text::TRANSLATE;
    if raw.is_terminal() || fd == 2 {
        bits |= text::LINE_BUFFERING;
    }
    if unbuffered {
        bits |= text::WRITE_THROUGH;
    }
    let errors = if fd == 2 {
        "backslashreplace"
    } else if plain_locale() {
        "surrogateescape"
    } else {
        "strict"
    };
    let parts = Parts {
        raw,
        name: Str::new(name),
        mode: Str::new(mode),
        encoding: Some(Str::new("utf-8")),
        errors: Some(Str::new(errors)),
        buffer: Some(below),
        bits,
    };
    file::new(&TEXT, parts)
}

/// Whether the environment asks for the C or POSIX locale: undecodable bytes then pass through the standard streams (PEP 538, 540).
fn plain_locale() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    locale.is_none_or(|name| name == "C" || name == "POSIX")
}
