//! What each pass makes of a source, as text that can be laid beside what CPython shows of its own:
//!
//! | function | CPython |
//! | --- | --- |
//! | `tokens` | `python -m tokenize -e` |
//! | `tree` | `ast.dump(ast.parse(source), indent=3)`, with `optimize` and `include_attributes` |
//! | `scopes` | `python -m symtable` |
//! | `instructions` | `_testinternalcapi.compiler_codegen` |
//! | `graph` | `_testinternalcapi.optimize_cfg` |
//!
//! For the source `x = 1 + 2` they give:
//!
//! ```text
//! tokens         1,0-1,1:            NAME           'x'  ...
//! tree           Module(body=[Assign(targets=[Name(id='x', ctx=Store())], value=BinOp(...))])
//! scopes         local symbol 'x': def_local
//! instructions   LOAD_CONST 0, LOAD_CONST 1, BINARY_OP 0, STORE_NAME 0, ...
//! graph          LOAD_CONST 2 (3), STORE_NAME 0, ...
//! ```
//!
//! Runs the passes up to the one shown and changes nothing.

mod listing;
mod symtable;
mod tokens;

use terrarium_bytecode::Code;

use crate::arena::Arena;
use crate::compile::{self, Settings, compile_observed};
use crate::constants::Constants;
use crate::dump;
use crate::error::{Error, Warning};
use crate::future;
use crate::lower::on_deep_stack;
use crate::parse;
use crate::preprocess;
use crate::scopes::Scopes;
use crate::source::Source;
use crate::unit::Unit;

pub use tokens::tokens;

/// Text, and what was warned of on the way.
pub type Shown = Result<(String, Vec<Warning>), Error>;

/// The tree: as the parser leaves it, or with `optimize` as the passes after preprocessing see it.
pub fn tree(
    bytes: &[u8],
    filename: &str,
    settings: Settings,
    optimized: bool,
    options: dump::Options,
) -> Shown {
    let source = Source::from_bytes(bytes, filename)?;
    let arena = Arena::new();
    let mut parsed = parse::parse_only(&source, settings.mode, &arena)?;
    let features = future::features(&parsed.module, settings.flags, filename);
    let preprocessing = preprocess::Options {
        optimize: settings.optimize,
        future_annotations: features.is_ok_and(|features| features.annotations()),
        syntax_check_only: !optimized,
        lines: None,
    };
    let depth = parsed.depth;
    on_deep_stack(depth, move || {
        let warnings = preprocess::run(&mut parsed.module, parsed.arena, preprocessing);
        parsed.warnings.extend(warnings);
        Ok((dump::dump(&parsed.module, options) + "\n", parsed.warnings))
    })
}

/// The blocks of the module and their names.
pub fn scopes(bytes: &[u8], filename: &str, settings: Settings) -> Shown {
    let source = Source::from_bytes(bytes, filename)?;
    let mut warnings = Vec::new();
    let text = |scopes: &Scopes| symtable::text(scopes, filename);
    let text = compile::with_scopes(&source, settings, &mut warnings, text)?;
    Ok((text, warnings))
}

/// Every unit's instructions before any optimisation, an outer unit before those in it.
pub fn instructions(bytes: &[u8], filename: &str, settings: Settings) -> Shown {
    units(bytes, filename, settings, &mut |unit, constants| {
        Ok(listing::instructions(unit, constants))
    })
}

/// Every unit's control flow graph after optimisation, an outer unit before those in it.
pub fn graph(bytes: &[u8], filename: &str, settings: Settings) -> Shown {
    units(bytes, filename, settings, &mut |unit, constants| {
        listing::graph(unit, constants)
            .map_err(|error| Error::plain(crate::error::Class::SystemError, error.to_string()))
    })
}

type ShowUnit<'a> = &'a mut dyn FnMut(&Unit, &mut Constants) -> Result<String, Error>;

/// The texts of all units in the order of their openings. Units end inner ones first.
fn units(bytes: &[u8], filename: &str, settings: Settings, show: ShowUnit) -> Shown {
    let source = Source::from_bytes(bytes, filename)?;
    let mut warnings = Vec::new();
    // Texts by depth: those of a depth wait for the unit around them.
    let mut waiting: Vec<String> = Vec::new();
    let mut observe = |unit: &Unit, constants: &mut Constants| {
        let mut text = show(unit, constants)?;
        let depth = unit.depth as usize;
        waiting.resize(waiting.len().max(depth + 2), String::new());
        text += &std::mem::take(&mut waiting[depth + 1]);
        waiting[depth] += &text;
        Ok(())
    };
    let _: std::rc::Rc<Code> = compile_observed(&source, settings, &mut warnings, &mut observe)?;
    Ok((std::mem::take(&mut waiting[0]), warnings))
}
