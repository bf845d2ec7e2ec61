//! Text of objects, `print` and `input`.

use terrarium_objects::types::dict;
use terrarium_objects::types::str::Str;
use terrarium_objects::{
    Object, Owned, PyResult, Raised, Word, args, error, names, none, none_owned, ops, root, state,
    words,
};

pub fn repr(_: &Object, object: &Object) -> PyResult {
    ops::text::repr(object)
}

pub fn ascii(_: &Object, object: &Object) -> PyResult {
    ops::text::ascii(object)
}

pub fn format(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("format", args.len(), 1, 2)?;
    let spec = args.get(1).map(|w| w.object());
    if let Some(spec) = spec.filter(|s| s.downcast::<Str>().is_none()) {
        return Err(error::type_error(format!(
            "format() argument 2 must be str, not {}",
            spec.ty().name()
        )));
    }
    ops::text::format(args[0].object(), spec)
}

/// `sys.name`, or RuntimeError.
fn of_sys(name: &str) -> PyResult<Option<Owned>> {
    let Some(sys) = state::get().kept("sys module dict") else {
        return Ok(None);
    };
    Ok(dict::get_str(sys, name))
}

fn text_option<'a>(value: Option<&'a Object>, name: &str) -> PyResult<Option<&'a Object>> {
    let value = value.filter(|v| !v.is(none()));
    match value {
        Some(value) if value.downcast::<Str>().is_none() => Err(error::type_error(format!(
            "{name} must be None or a string, not {}",
            value.ty().name()
        ))),
        other => Ok(other),
    }
}

fn write(file: &Object, text: &Object) -> PyResult<()> {
    // As in CPython through the bound method, which holds the file once more.
    let write = root("write", ops::attribute::get(file, &names().write)?);
    ops::call::call(&write, &words([text]), None).map(drop)
}

static OPTIONS: args::Signature =
    args::Signature::new("print", &["sep", "end", "file", "flush"], 0, 0, 0);

pub fn print(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let (positional, values) = args::split(args, kwnames);
    let [sep, end, file, flush] = OPTIONS.bind::<4>(values, kwnames)?;
    let file = match file.filter(|f| !f.is(none())) {
        Some(file) => Owned::new(file),
        None => match of_sys("stdout")? {
            None => return Err(error::runtime_error("lost sys.stdout")),
            Some(file) if file.is(none()) => return Ok(none_owned()),
            Some(file) => file,
        },
    };
    let file = root("file printed to", file);
    let (sep, end) = (text_option(sep, "sep")?, text_option(end, "end")?);
    for (i, word) in positional.iter().enumerate() {
        if i > 0 {
            match sep {
                Some(sep) => write(&file, sep)?,
                None => write(&file, &root("separator", Str::new(" ")))?,
            }
        }
        let text = root("text printed", ops::text::str(word.object())?);
        write(&file, &text)?;
    }
    match end {
        Some(end) => write(&file, end)?,
        None => write(&file, &Str::new("\n"))?,
    }
    if let Some(flush) = flush
        && ops::compare::is_true(flush)?
    {
        ops::call::call_method(&file, &names().flush, &[])?;
    }
    Ok(none_owned())
}

/// Writes the prompt to `sys.stdout`, reads a line from `sys.stdin`.
pub fn input(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("input", args.len(), 0, 1)?;
    let need = |name: &str| match of_sys(name)? {
        Some(file) if !file.is(none()) => Ok(file),
        _ => Err(error::runtime_error(format!("input(): lost sys.{name}"))),
    };
    let stdin = root("sys.stdin", need("stdin")?);
    let stdout = root("sys.stdout", need("stdout")?);
    if let Some(prompt) = args.first() {
        let text = ops::text::str(prompt.object())?;
        write(&stdout, &text)?;
    }
    if ops::call::call_method(&stdout, &names().flush, &[]).is_err() {
        error::clear();
    }
    let line = ops::call::call_method(&stdin, &names().readline, &[])?;
    let Some(text) = line.downcast::<Str>() else {
        return Err(error::type_error("object.readline() returned non-string"));
    };
    let text = text.wtf8();
    match text.strip_suffix(b"\n") {
        Some(line) => Ok(Str::from_wtf8(line)),
        None if text.is_empty() => {
            Err::<Owned, Raised>(error::eof_error("EOF when reading a line"))
        }
        None => Ok(Str::from_wtf8(&text)),
    }
}
