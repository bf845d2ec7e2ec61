//! Compiles files and writes every field of every code object as text, to be compared with the same text made by CPython
//! (`tests/code/make.py`): `dump_code 0|1|2 LIST DIR` reads a list of files, one a line, and writes DIR/<line number>.txt for each, and the
//! marshalled module as DIR/<line number>.marshal. `exec`, `eval` or `single` and a number of compile flags may follow.

use std::path::Path;

use terrarium_compiler::compile::Settings;
use terrarium_compiler::parse::Mode;

#[path = "../tests/code/text.rs"]
mod text;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [optimize, list, directory, rest @ ..] = &arguments[..] else {
        return Err("usage: dump_code 0|1|2 LIST DIR [exec|eval|single] [FLAGS]".into());
    };
    let settings = Settings {
        mode: match rest.first().map(String::as_str) {
            Some("eval") => Mode::Eval,
            Some("single") => Mode::Single,
            _ => Mode::Exec,
        },
        flags: rest.get(1).map_or(Ok(0), |flags| flags.parse())?,
        optimize: optimize.parse()?,
    };
    for (number, path) in std::fs::read_to_string(list)?.lines().enumerate() {
        let (text, marshalled) = text::outcome(&std::fs::read(path)?, path, settings);
        let target = Path::new(directory).join((number + 1).to_string());
        std::fs::write(target.with_extension("txt"), text)?;
        if let Some(bytes) = marshalled {
            std::fs::write(target.with_extension("marshal"), bytes)?;
        }
    }
    Ok(())
}
