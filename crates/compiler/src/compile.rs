//! From source to code object: all passes in order (CPython's `Py_CompileStringObject` and `_PyAST_Compile`).

use std::rc::Rc;

use terrarium_bytecode::{Code, Constant};

use crate::arena::{self, Arena};
use crate::assemble::Assembler;
use crate::codegen::{self, Options};
use crate::constants::Constants;
use crate::error::{Class, Error, Warning};
use crate::flufl;
use crate::future;
use crate::lower::on_deep_stack;
use crate::parse::{self, Mode, Parsed};
use crate::parser_warnings;
use crate::preprocess;
use crate::reject;
use crate::scopes::Scopes;
use crate::source::{Dialect, Source};
use crate::tree::Module;
use crate::unit::Unit;

/// What `compile()` takes besides the source.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    pub mode: Mode,
    /// `FUTURE_*` bits of co_flags and compile flags; those that the caller's own code inherits included.
    pub flags: u32,
    /// 0, 1 (`-O`) or 2 (`-OO`).
    pub optimize: u8,
}

/// Compiles the bytes of a file, decoded as its encoding declaration says. Errors are the exceptions that CPython raises.
pub fn compile(
    source: &[u8],
    filename: &str,
    settings: Settings,
) -> Result<(Rc<Code>, Vec<Warning>), Error> {
    let mut warnings = Vec::new();
    let code = compile_source(
        &Source::from_bytes_for(settings.mode, source, filename)?,
        settings,
        &mut warnings,
    )?;
    Ok((code, warnings))
}

/// `compile`, which also tells the literals of the tree: what CPython's arena holds while a script runs.
pub fn compile_with_literals(
    source: &[u8],
    filename: &str,
    settings: Settings,
    literals: &mut Vec<Constant>,
    warnings: &mut Vec<Warning>,
) -> Result<Rc<Code>, Error> {
    let source = Source::from_bytes_for(settings.mode, source, filename)?;
    let arena = Arena::new();
    let parsed = parse_source(&source, settings, warnings, &arena)?;
    let depth = parsed.depth;
    on_deep_stack(depth, || {
        crate::literal_values::collect(&parsed.module, literals)
    });
    let (code, constants) = on_deep_stack(depth, move || {
        compile_tree(
            parsed,
            &source.filename,
            settings,
            warnings,
            &mut unobserved,
        )
    })?;
    constants.resolve_literals(literals);
    Ok(code)
}

/// What `compile(..., PyCF_ONLY_AST)` gives: the tree preprocessed or, with `syntax_check_only`, hardly changed. `warnings` receives what
/// is found on the way, even if an error follows.
pub fn parse_tree<'a>(
    source: &Source,
    settings: Settings,
    syntax_check_only: bool,
    warnings: &mut Vec<Warning>,
    arena: &'a Arena,
) -> Result<Parsed<'a>, Error> {
    let mut parsed = parse_source(source, settings, warnings, arena)?;
    let found = future::features(&parsed.module, settings.flags, &source.filename);
    if let Ok(features) = &found {
        let future_annotations = features.annotations();
        // Trees are made without the warnings of this pass.
        let kept = std::mem::take(&mut parsed.warnings);
        parse::preprocess(
            &mut parsed,
            settings.optimize,
            future_annotations,
            syntax_check_only,
        );
        parsed.warnings = kept;
    }
    warnings.append(&mut parsed.warnings);
    found.map(|_| parsed)
}

/// Shows `work` the blocks of a source and their names. `warnings` receives what is found on the way, even if an error follows.
pub fn with_scopes<T>(
    source: &Source,
    settings: Settings,
    warnings: &mut Vec<Warning>,
    work: impl FnOnce(&Scopes) -> T,
) -> Result<T, Error> {
    let arena = Arena::new();
    let mut parsed = parse_source(source, settings, warnings, &arena)?;
    warnings.append(&mut parsed.warnings);
    let filename = &source.filename;
    on_deep_stack(parsed.depth, move || {
        let features = future::features(&parsed.module, settings.flags, filename)?;
        let scopes = Scopes::build(&parsed.module, &mut parsed.names, &features, filename)?;
        Ok(work(&scopes))
    })
}

/// Parses as the compile flags say; what a rejected source is warned of goes to `warnings`.
fn parse_source<'a>(
    source: &Source,
    settings: Settings,
    warnings: &mut Vec<Warning>,
    arena: &'a Arena,
) -> Result<Parsed<'a>, Error> {
    let Settings { mode, flags, .. } = settings;
    let imply_dedent = flags & future::DONT_IMPLY_DEDENT == 0;
    // Mostly there is nothing to respell, which names tell without another look at the text.
    let plain = match source.dialect {
        Dialect::Plain => parse::parse_plain(source, mode, arena),
        _ => None,
    };
    let plain = plain.filter(|parsed| !flufl::may_respell(&parsed.names, flags));
    let respelled = match &plain {
        Some(_) => Ok(None),
        None => flufl::respelled(source, mode, flags),
    };
    let respelled = match respelled {
        Ok(respelled) => respelled,
        Err(error) => {
            // Interactive input is one statement, which its own rule sees to first.
            let alone = match mode {
                Mode::Single => parse::parse_only(source, mode, arena).map(drop),
                _ => Ok(()),
            };
            return Err(match alone {
                Err(several) if several.message.starts_with("multiple statements") => several,
                _ => reject::as_in_mode(source, mode, error),
            });
        }
    };
    let source = respelled.as_ref().unwrap_or(source);
    let parsed = match plain {
        Some(parsed) => Ok(parsed),
        None => parse::parse_warned(source, mode, arena),
    };
    let mut parsed = match parsed {
        Ok(parsed) => Ok(parsed),
        Err(failed) => {
            warnings.extend(failed.warnings);
            Err(failed.error)
        }
    };
    let found = match &mut parsed {
        Ok(parsed) => &mut parsed.warnings,
        Err(_) => &mut *warnings,
    };
    for warning in found.iter_mut() {
        parser_warnings::adapt(source, mode, warning);
    }
    if let Ok(parsed) = &mut parsed {
        for index in 0..parsed.warnings.len() {
            let (until, behind) = parsed.warnings.split_at_mut(index + 1);
            parser_warnings::give_way(&mut until[index], behind.iter(), None);
        }
    }
    if !imply_dedent && let Some(error) = reject::left_open(source, mode) {
        parsed = parsed.and(Err(error));
    }
    match parsed {
        Err(error) if flags & future::ALLOW_INCOMPLETE_INPUT != 0 => {
            Err(reject::incomplete(source, mode, imply_dedent).unwrap_or(error))
        }
        parsed => parsed,
    }
}

/// Compiles text, in which an encoding declaration counts for nothing.
pub fn compile_text(
    source: &str,
    filename: &str,
    settings: Settings,
) -> Result<(Rc<Code>, Vec<Warning>), Error> {
    let mut warnings = Vec::new();
    let code = compile_source(
        &Source::from_text(source, filename)?,
        settings,
        &mut warnings,
    )?;
    Ok((code, warnings))
}

/// Compiles a source. `warnings` receives what is found on the way, even if an error follows.
pub fn compile_source(
    source: &Source,
    settings: Settings,
    warnings: &mut Vec<Warning>,
) -> Result<Rc<Code>, Error> {
    compile_observed(source, settings, warnings, &mut unobserved)
}

/// Compiles a tree, wherever it came from.
pub fn compile_parsed(
    parsed: Parsed,
    filename: &str,
    settings: Settings,
    warnings: &mut Vec<Warning>,
) -> Result<Rc<Code>, Error> {
    let depth = parsed.depth;
    on_deep_stack(depth, move || {
        compile_tree(parsed, filename, settings, warnings, &mut unobserved)
    })
    .map(|(code, _)| code)
}

/// Is shown each unit between code generation and the flow graph, inner units before the one around them.
pub(crate) type Observe<'a> = &'a mut dyn FnMut(&Unit, &mut Constants) -> Result<(), Error>;

fn unobserved(_: &Unit, _: &mut Constants) -> Result<(), Error> {
    Ok(())
}

/// `compile_source`, which shows its units.
pub(crate) fn compile_observed(
    source: &Source,
    settings: Settings,
    warnings: &mut Vec<Warning>,
    observe: Observe,
) -> Result<Rc<Code>, Error> {
    arena::with(|arena| {
        let parsed = parse_source(source, settings, warnings, arena)?;
        on_deep_stack(parsed.depth, move || {
            compile_tree(parsed, &source.filename, settings, warnings, observe)
        })
        .map(|(code, _)| code)
    })
}

/// The module's code and the constants that its code objects share.
fn compile_tree<'a>(
    mut parsed: Parsed<'a>,
    filename: &str,
    settings: Settings,
    warnings: &mut Vec<Warning>,
    observe: Observe,
) -> Result<(Rc<Code>, Constants<'a>), Error> {
    warnings.append(&mut parsed.warnings);
    let features = future::features(&parsed.module, settings.flags, filename)?;
    let preprocessing = preprocess::Options {
        optimize: settings.optimize,
        future_annotations: features.annotations(),
        syntax_check_only: false,
        lines: parsed.special_lines.as_deref(),
    };
    warnings.extend(preprocess::run(
        &mut parsed.module,
        parsed.arena,
        preprocessing,
    ));
    let module: &Module = parsed.arena.node(parsed.module);
    let scopes = Scopes::build_for_code(module, &mut parsed.names, &features, filename)?;
    let mut constants = Constants::new(parsed.names);
    let mut assembler = Assembler::new(constants.intern(filename));
    let options = Options {
        filename: filename.to_owned(),
        features,
        optimize: settings.optimize,
    };
    let mut assemble = |unit: &mut Unit, constants: &mut Constants| {
        observe(unit, constants)?;
        assembler
            .assemble(unit, constants)
            .map_err(|error| Error::plain(Class::SystemError, error.to_string()))
    };
    let code = codegen::generate(
        module,
        scopes,
        options,
        &mut constants,
        warnings,
        &mut assemble,
    )?;
    Ok((code, constants))
}
