//! What is said of a source, as the scripts that ask CPython write it.

use terrarium_compiler::error::{Error, Warning};

/// The warnings, a line each, and the exception's class, place and message, or `valid`.
pub fn judge(result: Result<(), Error>, warnings: &[Warning]) -> String {
    let mut out = String::new();
    for warning in warnings {
        let (category, line) = (warning.category.name(), warning.loc.line);
        out += &format!("{category} {line} {}\n", warning.message);
    }
    let Err(error) = result else {
        return out + "valid";
    };
    out += error.class.name();
    if let Some(place) = error.place {
        out += &format!(" {}:{}", place.line, place.offset);
        out += &match place.end() {
            Some((line, offset)) => format!("-{line}:{offset}"),
            None => "-None:None".to_owned(),
        };
    } else if error.class.is_syntax_error() {
        out += " None:None-None:None";
    }
    out + " " + &error.message
}
