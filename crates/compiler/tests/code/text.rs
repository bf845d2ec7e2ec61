//! Code objects, warnings and errors as text. `make.py` writes the same text with CPython.

use std::fmt::Write as _;

use terrarium_bytecode::code::kinds;
use terrarium_bytecode::{Code, Constant, Int, marshal};
use terrarium_compiler::compile::{Settings, compile_source};
use terrarium_compiler::error::{Error, Warning};
use terrarium_compiler::source::Source;

/// What compiling gives: warnings, then the code and its marshalled form, or an error.
pub fn outcome(source: &[u8], filename: &str, settings: Settings) -> (String, Option<Vec<u8>>) {
    let mut warnings = Vec::new();
    let compiled = Source::from_bytes(source, filename)
        .and_then(|source| compile_source(&source, settings, &mut warnings));
    let mut out: String = warnings.iter().map(warning_line).collect();
    let marshalled = match compiled {
        Ok(code) => {
            dump(&code, &mut out).expect("strings take all text");
            Some(marshal::dump(&Constant::Code(code)).expect("code can be marshalled"))
        }
        Err(error) => {
            write_error(&error, &mut out).expect("strings take all text");
            None
        }
    };
    (out, marshalled)
}

fn warning_line(warning: &Warning) -> String {
    let category = warning.category.name();
    format!(
        "warning {} {category} {}\n",
        warning.loc.line, warning.message
    )
}

fn write_error(error: &Error, out: &mut String) -> std::fmt::Result {
    write!(out, "error {}: {}", error.class.name(), error.message)?;
    if let Some(place) = error.place {
        let (line, offset) = (place.line, place.offset);
        write!(out, " @ {line} {offset}")?;
        match place.end() {
            Some((line, offset)) => write!(out, " {line} {offset}")?,
            None => out.push_str(" None None"),
        }
    }
    out.push('\n');
    Ok(())
}

/// All fields of `code` and, after them, of the code objects in its constants.
pub fn dump(code: &Code, out: &mut String) -> std::fmt::Result {
    writeln!(
        out,
        "CODE {} {} line {} args {} {} {} flags {:#x} stack {}",
        text(&code.name.text),
        text(&code.qualname.text),
        code.firstlineno,
        code.argcount,
        code.posonlyargcount,
        code.kwonlyargcount,
        code.flags,
        code.stacksize
    )?;
    writeln!(out, "code {}", hex(&code.code))?;
    writeln!(out, "exceptions {}", hex(&code.exceptiontable))?;
    writeln!(out, "names {}", strings(&code.names))?;
    writeln!(out, "localsplus {}", strings(&code.localsplusnames))?;
    for (kind, bit) in [
        ("varnames", kinds::LOCAL),
        ("cellvars", kinds::CELL),
        ("freevars", kinds::FREE),
    ] {
        let names: Vec<Constant> = code
            .localsplusnames
            .iter()
            .zip(&*code.localspluskinds)
            .filter(|(_, kinds)| *kinds & bit != 0)
            .map(|(name, _)| name.clone())
            .collect();
        writeln!(out, "{kind} {}", strings(&names))?;
    }
    for constant in code.consts.iter() {
        writeln!(out, "const {}", constant_text(constant))?;
    }
    writeln!(out, "lines {}", hex(&code.linetable))?;
    for constant in code.consts.iter() {
        if let Constant::Code(inner) = constant {
            dump(inner, out)?;
        }
    }
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Printable ASCII as it is, other bytes in hexadecimal.
fn text(bytes: &[u8]) -> String {
    let mut out = String::new();
    for &byte in bytes {
        match byte {
            b'!'..=b'[' | b']'..=b'~' => out.push(byte as char),
            _ => out.push_str(&format!("\\{byte:02x}")),
        }
    }
    out
}

fn strings(names: &[Constant]) -> String {
    names
        .iter()
        .map(constant_text)
        .collect::<Vec<_>>()
        .join(" ")
}

fn constant_text(constant: &Constant) -> String {
    let list = |items: &[Constant]| items.iter().map(constant_text).collect::<Vec<_>>();
    match constant {
        Constant::None => "None".into(),
        Constant::True => "True".into(),
        Constant::False => "False".into(),
        Constant::Ellipsis => "Ellipsis".into(),
        Constant::StopIteration => "StopIteration".into(),
        Constant::Int(value) => match &**value {
            Int::Small(value) => value.to_string(),
            Int::Big(value) => value.to_string(),
        },
        Constant::Float(value) => format!("f{:016x}", value.to_bits()),
        Constant::Complex(value) => {
            format!("j{:016x},{:016x}", value.0.to_bits(), value.1.to_bits())
        }
        Constant::Bytes(bytes) => format!("b'{}'", text(bytes)),
        Constant::Str(string) => format!("'{}'", text(&string.text)),
        Constant::Tuple(items) => format!("({})", list(items).join(" ")),
        Constant::Slice(items) => format!("[{}]", list(&items[..]).join(" ")),
        Constant::FrozenSet(items) => {
            let mut items = list(items);
            items.sort();
            format!("{{{}}}", items.join(" "))
        }
        Constant::Code(code) => format!("<code {}>", text(&code.name.text)),
        Constant::List(_) | Constant::Set(_) | Constant::Dict(_) => "not a constant".into(),
    }
}
