//! Compiles files and writes every field of every code object as text, to be compared with the same text made by CPython:
//! `dump_code 0|1|2 LIST DIR` reads a list of files, one a line, and writes DIR/<line number>.txt for each, and the marshalled module
//! as DIR/<line number>.marshal.

use std::fmt::Write as _;
use std::path::Path;

use terrarium_bytecode::code::kinds;
use terrarium_bytecode::{Code, Constant, Int};
use terrarium_compiler::compile::{Settings, compile};
use terrarium_compiler::parse::Mode;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [optimize, list, directory] = &arguments[..] else {
        return Err("usage: dump_code 0|1|2 LIST DIR".into());
    };
    let settings = Settings {
        mode: Mode::Exec,
        flags: 0,
        optimize: optimize.parse()?,
    };
    for (number, path) in std::fs::read_to_string(list)?.lines().enumerate() {
        let text = match compile(&std::fs::read(path)?, path, settings) {
            Ok((code, warnings)) => {
                let mut out = String::new();
                for warning in warnings {
                    let category = warning.category.name();
                    writeln!(
                        out,
                        "warning {} {category} {}",
                        warning.loc.line, warning.message
                    )?;
                }
                dump(&code, &mut out)?;
                let bytes = terrarium_bytecode::marshal::dump(&Constant::Code(code))?;
                std::fs::write(
                    Path::new(directory).join(format!("{}.marshal", number + 1)),
                    bytes,
                )?;
                out
            }
            Err(error) => {
                let mut out = format!("error {}: {}", error.class.name(), error.message);
                if let Some(place) = error.place {
                    let (line, offset, end_line, end_offset) =
                        (place.line, place.offset, place.end_line, place.end_offset);
                    write!(out, " @ {line} {offset} {end_line} {end_offset}")?;
                }
                out + "\n"
            }
        };
        std::fs::write(
            Path::new(directory).join(format!("{}.txt", number + 1)),
            text,
        )?;
    }
    Ok(())
}

fn dump(code: &Code, out: &mut String) -> std::fmt::Result {
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
