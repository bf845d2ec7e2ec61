//! A code object's fields as text (`dis.code_info`).

use crate::code::{Code, kinds};
use crate::constant::Constant;
use crate::hash::{Hasher, SetOrders};
use crate::repr::{ReprError, decimal, repr};

/// Names of `co_flags`, by value; the future statements' bits have none.
const FLAG_NAMES: [(u32, &str); 12] = [
    (0x1, "OPTIMIZED"),
    (0x2, "NEWLOCALS"),
    (0x4, "VARARGS"),
    (0x8, "VARKEYWORDS"),
    (0x10, "NESTED"),
    (0x20, "GENERATOR"),
    (0x40, "NOFREE"),
    (0x80, "COROUTINE"),
    (0x100, "ITERABLE_COROUTINE"),
    (0x200, "ASYNC_GENERATOR"),
    (0x4000000, "HAS_DOCSTRING"),
    (0x8000000, "METHOD"),
];

/// The flags by name, those without one in hexadecimal, separated by commas (`dis.pretty_flags`). No flag at all gives `0x0`.
pub fn pretty_flags(flags: u32) -> String {
    if flags == 0 {
        return "0x0".to_string();
    }
    let name = |flag: u32| match FLAG_NAMES.iter().find(|(value, _)| *value == flag) {
        Some((_, name)) => name.to_string(),
        None => format!("{flag:#x}"),
    };
    let names: Vec<String> = (0..32)
        .map(|bit| 1 << bit)
        .filter(|flag| flags & flag != 0)
        .map(name)
        .collect();
    names.join(", ")
}

/// Appends the fields, a line each, without a newline after the last.
pub fn code_info(
    code: &Code,
    hasher: Hasher,
    limit: usize,
    out: &mut Vec<u8>,
) -> Result<(), ReprError> {
    let orders = SetOrders::new(hasher);
    let locals = of_kind(code, kinds::LOCAL);
    let mut field = |name: &str, value: &[u8]| {
        out.extend_from_slice(format!("{name:<18} ").as_bytes());
        out.extend_from_slice(value);
        out.push(b'\n');
    };
    let number = |value: u64| value.to_string().into_bytes();
    field("Name:", &code.name.text);
    field("Filename:", &code.filename.text);
    field("Argument count:", &number(code.argcount.into()));
    field(
        "Positional-only arguments:",
        &number(code.posonlyargcount.into()),
    );
    field("Kw-only arguments:", &number(code.kwonlyargcount.into()));
    field("Number of locals:", &number(locals.len() as u64));
    field("Stack size:", &number(code.stacksize.into()));
    field("Flags:", pretty_flags(code.flags).as_bytes());
    list(
        "Constants",
        &code.consts.iter().collect::<Vec<_>>(),
        out,
        |constant, out| repr(constant, &orders, limit, out),
    )?;
    list("Names", &code.names.iter().collect::<Vec<_>>(), out, plain)?;
    list("Variable names", &locals, out, plain)?;
    list("Free variables", &of_kind(code, kinds::FREE), out, plain)?;
    list("Cell variables", &of_kind(code, kinds::CELL), out, plain)?;
    out.pop();
    Ok(())
}

fn of_kind(code: &Code, kind: u8) -> Vec<&Constant> {
    let names = code.localsplusnames.iter().zip(code.localspluskinds.iter());
    names
        .filter(|(_, kinds)| **kinds & kind != 0)
        .map(|(name, _)| name)
        .collect()
}

fn plain(name: &Constant, out: &mut Vec<u8>) -> Result<(), ReprError> {
    if let Constant::Str(name) = name {
        out.extend_from_slice(&name.text);
    }
    Ok(())
}

fn list(
    title: &str,
    items: &[&Constant],
    out: &mut Vec<u8>,
    write: impl Fn(&Constant, &mut Vec<u8>) -> Result<(), ReprError>,
) -> Result<(), ReprError> {
    if items.is_empty() {
        return Ok(());
    }
    out.extend_from_slice(format!("{title}:\n").as_bytes());
    for (index, item) in items.iter().enumerate() {
        let mut number = Vec::new();
        decimal(index as i64, &mut number);
        out.resize(out.len() + 4usize.saturating_sub(number.len()), b' ');
        out.extend_from_slice(&number);
        out.extend_from_slice(b": ");
        write(item, out)?;
        out.push(b'\n');
    }
    Ok(())
}
