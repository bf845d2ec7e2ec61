//! The way in: bytes or text to the tree, warnings of the parser and of preprocessing on the way.
//!
//! ```text
//! in    x = 1
//! out   Module(body=[Assign(targets=[Name(id='x', ctx=Store())], value=Constant(value=1))])
//! ```

use ruff_python_ast as ast;
use ruff_python_ast::PythonVersion;
use ruff_python_parser::{ParseError, ParseErrorType, ParseOptions, Parsed as RuffParsed};
use ruff_text_size::Ranged;

use crate::arena::Arena;
use crate::error::{Error, Warning};
use crate::lower::{Lowerer, on_deep_stack};
use crate::name::Names;
use crate::preprocess::{self, Options};
use crate::source::Source;
use crate::{dismantle, future, parser, reject, tree, type_comments};

/// So many lambdas may overflow the stack if each is in the one before.
const MANY_LAMBDAS: usize = 500;

/// The kinds of source `compile()` tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Exec,
    Eval,
    Single,
}

/// A parsed source.
#[derive(Debug)]
pub struct Parsed<'a> {
    pub module: tree::Module<'a>,
    pub warnings: Vec<Warning>,
    /// Every identifier of the source.
    pub names: Names<'a>,
    /// Where the tree stands.
    pub arena: &'a Arena,
    /// The lines, in order, of all that preprocessing may rewrite or warn of: `%` behind a string, `finally` and `match`; `None` if they are
    /// not known, or if there is a `__debug__`.
    pub special_lines: Option<Vec<i32>>,
    /// How deep nodes nest: whoever walks the tree needs stack for it (see `lower::on_deep_stack`).
    pub depth: u32,
}

/// Parses and preprocesses a source.
pub fn parse_source<'a>(
    source: &Source,
    mode: Mode,
    optimize: u8,
    arena: &'a Arena,
) -> Result<Parsed<'a>, Error> {
    let mut parsed = parse_only(source, mode, arena)?;
    let future_annotations = future::features(&parsed.module, 0, &source.filename)
        .is_ok_and(|features| features.annotations());
    preprocess(&mut parsed, optimize, future_annotations, false);
    Ok(parsed)
}

/// Preprocesses a tree.
pub(crate) fn preprocess(
    parsed: &mut Parsed<'_>,
    optimize: u8,
    future_annotations: bool,
    syntax_check_only: bool,
) {
    let arena = parsed.arena;
    let options = Options {
        optimize,
        future_annotations,
        syntax_check_only,
        lines: parsed.special_lines.as_deref(),
    };
    let warnings = on_deep_stack(parsed.depth, || {
        preprocess::run(&mut parsed.module, arena, options)
    });
    parsed.warnings.extend(warnings);
}

/// The tree as the parser leaves it, which is what `ast.parse` shows.
pub fn parse_only<'a>(source: &Source, mode: Mode, arena: &'a Arena) -> Result<Parsed<'a>, Error> {
    parse_warned(source, mode, arena).map_err(|failed| failed.error)
}

/// An exception, and the warnings that came before it.
#[derive(Debug)]
pub struct Failed {
    pub error: Error,
    pub warnings: Vec<Warning>,
}

/// The same, with the warnings of a source that is rejected.
pub fn parse_warned<'a>(
    source: &Source,
    mode: Mode,
    arena: &'a Arena,
) -> Result<Parsed<'a>, Box<Failed>> {
    if type_comments::is_misplaced(source, mode) {
        return Err(rejected(source, source.text.len() as u32, mode));
    }
    match parse_plain(source, mode, arena) {
        Some(parsed) => Ok(parsed),
        None => parse_with_ruff(source, mode, arena),
    }
}

/// The tree of a module that is plainly right; no judgement of what is not, or of comments about types.
pub fn parse_plain<'a>(source: &Source, mode: Mode, arena: &'a Arena) -> Option<Parsed<'a>> {
    match mode {
        Mode::Exec => parser::parse(source, arena),
        Mode::Eval | Mode::Single => None,
    }
}

/// The same by ruff's parser, which has the last word on every source that `parser` does not take.
pub fn parse_with_ruff<'a>(
    source: &Source,
    mode: Mode,
    arena: &'a Arena,
) -> Result<Parsed<'a>, Box<Failed>> {
    // ruff recurses without a check in lambdas that are defaults of lambdas; brackets cost it time and stack.
    let is_doubtful = reject::maybe_too_deep(&source.text)
        || memchr::memmem::find_iter(source.text.as_bytes(), "lambda")
            .take(MANY_LAMBDAS)
            .count()
            == MANY_LAMBDAS;
    if is_doubtful && !reject::accepts(source, mode) {
        return Err(rejected(source, 0, mode));
    }
    let ruff_mode = match mode {
        Mode::Eval => ruff_python_parser::Mode::Expression,
        Mode::Exec | Mode::Single => ruff_python_parser::Mode::Module,
    };
    let options = ParseOptions::from(ruff_mode).with_target_version(PythonVersion::PY314);
    let parsed = ruff_python_parser::parse_unchecked(&source.text, options);
    if let Err(failed) = check(source, &parsed, mode) {
        dismantle::dismantle(parsed.into_syntax());
        return Err(failed);
    }
    let lowered = match parsed.syntax() {
        ast::Mod::Module(module) => {
            Lowerer::new(source, arena).module(module, mode == Mode::Single)
        }
        ast::Mod::Expression(module) => Lowerer::new(source, arena).expression_module(module),
    };
    match lowered {
        Ok(lowered) => {
            on_deep_stack(lowered.depth, || drop(parsed));
            Ok(Parsed {
                module: lowered.module,
                warnings: lowered.warnings,
                names: lowered.names,
                arena,
                special_lines: None,
                depth: lowered.depth,
            })
        }
        Err(failed) => {
            dismantle::dismantle(parsed.into_syntax());
            Err(undecoded(source, mode, *failed))
        }
    }
}

/// A string that does not decode. CPython's tokenizer cuts the texts of f-strings into pieces that ruff's tree does not tell.
fn undecoded(source: &Source, mode: Mode, failed: Failed) -> Box<Failed> {
    let marker = "(unicode error)";
    if failed.error.message.starts_with(marker) {
        let exact = rejected(source, source.text.len() as u32, mode);
        if exact.error.message.starts_with(marker) {
            return exact;
        }
    }
    let Failed { error, warnings } = failed;
    let error = reject::as_in_mode(source, mode, error);
    Box::new(Failed { error, warnings })
}

/// What CPython says of a source that it rejects; `at` is where ruff gave up.
fn rejected(source: &Source, at: u32, mode: Mode) -> Box<Failed> {
    let mut warnings = Vec::new();
    let error = reject::explain(source, at, mode, &mut warnings);
    Box::new(Failed { error, warnings })
}

/// What is wrong with the source by ruff's judgement, in CPython's words.
fn check(source: &Source, parsed: &RuffParsed<ast::Mod>, mode: Mode) -> Result<(), Box<Failed>> {
    let errors = || {
        parsed
            .errors()
            .iter()
            .filter(|error| !is_about_literal(error))
    };
    let doubtful = |error: &&ParseError| is_doubtful(source, error);
    let unsupported = parsed
        .unsupported_syntax_errors()
        .first()
        .map(Ranged::range);
    let wrong = errors()
        .find(|error| !doubtful(error))
        .map(Ranged::range)
        .or(unsupported);
    // CPython takes no byte order mark in text.
    let marked = source.text.starts_with('\u{feff}');
    if wrong.is_some() || marked || reject::too_deep(parsed.tokens()) {
        let first = errors().next().map(Ranged::range).or(wrong);
        let at = first.map_or(source.text.len() as u32, |range| range.start().to_u32());
        return Err(rejected(source, at, mode));
    }
    let doubtful = errors().next().map(Ranged::start);
    if (doubtful.is_some() || reject::doubtful(parsed.tokens())) && !reject::accepts(source, mode) {
        let at = doubtful.map_or(0, |start| start.to_u32());
        return Err(rejected(source, at, mode));
    }
    if reject::mixes_tabs(source, mode) {
        return Err(rejected(source, 0, mode));
    }
    if mode == Mode::Eval
        && source.text.ends_with([' ', '\t', '\x0c'])
        && !reject::accepts(source, mode)
    {
        return Err(rejected(source, source.text.len() as u32, mode));
    }
    if mode == Mode::Single {
        let mut warnings = Vec::new();
        reject::interactive(source, &mut warnings)
            .map_err(|error| Box::new(Failed { error, warnings }))?;
    }
    Ok(())
}

/// Errors that lowering finds itself, with CPython's words.
fn is_about_literal(error: &ParseError) -> bool {
    use ruff_python_parser::LexicalErrorType as Lexical;
    let ParseErrorType::Lexical(error) = &error.error else {
        return false;
    };
    matches!(
        error,
        Lexical::UnicodeError
            | Lexical::MissingUnicodeLbrace
            | Lexical::MissingUnicodeRbrace
            | Lexical::InvalidByteLiteral
    )
}

/// Errors that ruff reports of valid programs too, though its tree is right: it wants an expression in `raise ;`, and takes the name in
/// `x; match` for the keyword.
fn is_doubtful(source: &Source, error: &ParseError) -> bool {
    let rest = &source.text[error.location.start().to_usize()..];
    match &error.error {
        ParseErrorType::ExpectedExpression => rest.starts_with(';'),
        ParseErrorType::SimpleAndCompoundStatementOnSameLine => rest.starts_with("match"),
        _ => false,
    }
}
