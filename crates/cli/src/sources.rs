//! Sources as the commands compile them: the warnings that CPython would show, errors as one line.

use std::rc::Rc;

use terrarium_bytecode::Code;
use terrarium_compiler::compile::{Settings, compile};
use terrarium_compiler::error::{Category, Error, Warning};

/// The code of a file's bytes, and its warnings as text. The error is one line that starts with the file's name.
pub fn compiled(
    bytes: &[u8],
    name: &str,
    settings: Settings,
) -> Result<(Rc<Code>, String), String> {
    let (code, warnings) =
        compile(bytes, name, settings).map_err(|error| error_line(&error, name))?;
    Ok((code, warning_lines(&warnings, bytes, name)))
}

/// `file:line:offset: Class: message`, without place where there is none.
pub fn error_line(error: &Error, name: &str) -> String {
    let line = error.place.map_or(0, |place| place.line);
    let line = match (&error.filename, line) {
        (Some(_), 1..) => error.to_string(),
        (None, 1..) => format!("{name}:{line}: {}: {}", error.class.name(), error.message),
        _ => format!("{name}: {}: {}", error.class.name(), error.message),
    };
    line.replace('\n', "\\n")
}

/// The warnings as `warnings.showwarning` writes them. Like CPython, which is silent about deprecated syntax by default.
pub fn warning_lines(warnings: &[Warning], bytes: &[u8], name: &str) -> String {
    let mut out = String::new();
    let shown = |warning: &&Warning| warning.category == Category::SyntaxWarning;
    for warning in warnings.iter().filter(shown) {
        let (line, category) = (warning.loc.line, warning.category.name());
        out += &format!("{name}:{line}: {category}: {}\n", warning.message);
        let text = bytes
            .split(|&byte| byte == b'\n')
            .nth(line.max(1) as usize - 1);
        if let Some(text) = text {
            out += &format!("  {}\n", String::from_utf8_lossy(text).trim());
        }
    }
    out
}
