//! Reads sources separated by U+001E from a file and prints what is wrong with each, one a line.

use terrarium_bytecode::repr;
use terrarium_compiler::arena::Arena;
use terrarium_compiler::parse::{Mode, parse_only};
use terrarium_compiler::source::Source;

fn main() -> std::io::Result<()> {
    let file = std::env::args().nth(1).unwrap_or_default();
    let mode = match std::env::args().nth(2).as_deref() {
        Some("eval") => Mode::Eval,
        Some("single") => Mode::Single,
        _ => Mode::Exec,
    };
    for text in std::fs::read_to_string(file)?.split('\x1e') {
        let error = Source::from_text(text, "<s>")
            .and_then(|source| parse_only(&source, mode, &Arena::new()).map(drop))
            .err();
        match error {
            None => println!("OK"),
            Some(error) => {
                let message = repr::str(error.message.as_bytes());
                let place = error
                    .place
                    .map(|p| (p.line, p.offset, p.end_line, p.end_offset));
                let text = error
                    .text
                    .map_or("None".to_owned(), |text| repr::str(text.as_bytes()));
                println!("{} {message} {place:?} {text}", error.class.name());
            }
        }
    }
    Ok(())
}
