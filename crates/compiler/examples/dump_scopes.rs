//! Prints the scopes of the files named on standard input, one a line, each after a line `=== FILE`: for comparing whole libraries with
//! CPython's `_symtable`.

use std::io::{Read, Write};

use terrarium_compiler::arena::Arena;
use terrarium_compiler::error::Error;
use terrarium_compiler::future;
use terrarium_compiler::parse::{Mode, parse_only};
use terrarium_compiler::scopes::{Scopes, dump};
use terrarium_compiler::source::Source;

fn dump_of(bytes: &[u8], filename: &str) -> Result<String, Error> {
    let arena = Arena::new();
    let source = Source::from_bytes(bytes, filename)?;
    let mut parsed = parse_only(&source, Mode::Exec, &arena)?;
    let features = future::features(&parsed.module, 0, filename)?;
    let scopes = Scopes::build(&parsed.module, &mut parsed.names, &features, filename)?;
    Ok(dump(&scopes))
}

fn main() -> std::io::Result<()> {
    let mut names = String::new();
    std::io::stdin().read_to_string(&mut names)?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for name in names.lines() {
        let text = dump_of(&std::fs::read(name)?, name).unwrap_or_else(|error| match error.place {
            Some(p) => format!(
                "{} {}:{}-{}:{} {}\n",
                error.class.name(),
                p.line,
                p.offset,
                p.end_line,
                p.end_offset,
                error.message
            ),
            None => format!("{} {}\n", error.class.name(), error.message),
        });
        write!(out, "=== {name}\n{text}")?;
    }
    Ok(())
}
