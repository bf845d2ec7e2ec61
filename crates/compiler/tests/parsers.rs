//! Both parsers make the same tree of the house's programs; `examples/compare_parsers` asks the same of any list of files, and damages them.

use std::path::Path;

use terrarium_compiler::arena::Arena;
use terrarium_compiler::parse::{Mode, Parsed, parse_with_ruff};
use terrarium_compiler::parser;
use terrarium_compiler::source::Source;

fn shown(parsed: &Parsed) -> String {
    let mut names: Vec<&str> = parsed.names.iter().map(|name| &**name).collect();
    names.sort_unstable();
    format!("{:?} {:?} {names:?}", parsed.module, parsed.warnings)
}

#[test]
fn parsers_agree() -> Result<(), Box<dyn std::error::Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut taken = 0;
    for folder in ["../../tests/programs", "tests/code"] {
        for entry in std::fs::read_dir(root.join(folder))? {
            let path = entry?.path();
            if path.extension().is_none_or(|extension| extension != "py") {
                continue;
            }
            let name = path.to_string_lossy();
            let bytes = std::fs::read(&path)?;
            let Ok(source) = Source::from_bytes(&bytes, &name) else {
                continue;
            };
            let arena = Arena::new();
            let Some(ours) = parser::parse(&source, &arena) else {
                continue;
            };
            let theirs = parse_with_ruff(&source, Mode::Exec, &arena)
                .map_err(|error| format!("{name}: {error:?}"))?;
            assert!(shown(&ours) == shown(&theirs), "{name}: other trees");
            taken += 1;
        }
    }
    assert!(taken > 0);
    Ok(())
}
