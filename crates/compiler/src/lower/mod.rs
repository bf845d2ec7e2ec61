//! ruff's tree to ours: shapes are the same, positions get the corrections CPython's grammar asks for, literals are decoded from the text.

mod arguments;
mod expressions;
mod patterns;
mod statements;
mod strings;

use ruff_python_ast as ast;
use ruff_text_size::{Ranged, TextRange};

use crate::arena::Arena;
use crate::error::{Class, Error, Warning};
use crate::parse::{Failed, Mode};
use crate::recursion;
use crate::reject;
use crate::source::Source;
use crate::tree::{self, Location};

pub use crate::name::Names;

/// What nests in CPython's parser (MAXSTACK) before it gives up; one step is one level of operators, see `expressions`.
const DOUBTFUL_LEVELS: u32 = 2_000;

/// Blocks inside blocks (MAXINDENT).
const MAX_INDENTS: u32 = 100;

/// The state of one lowering. Errors do not stop it: the first is kept, and the tree is thrown away in the end.
pub struct Lowerer<'s, 'a> {
    pub(crate) source: &'s Source<'s>,
    arena: &'a Arena,
    bytes: &'s [u8],
    names: Names<'a>,
    warnings: Vec<Warning>,
    failed: Option<Failed>,
    depth: u32,
    max_depth: u32,
    parser_level: u32,
    /// Whether the levels were many, and `reject` was asked whether they are too many.
    has_doubts: bool,
    indents: u32,
    /// How many format specs the current expression is in.
    format_specs: u32,
}

/// What lowering yields.
pub struct Lowered<'a> {
    pub module: tree::Module<'a>,
    pub warnings: Vec<Warning>,
    /// Every identifier of the source.
    pub names: Names<'a>,
    /// The deepest nesting of nodes.
    pub depth: u32,
}

impl<'s, 'a> Lowerer<'s, 'a> {
    pub fn new(source: &'s Source<'s>, arena: &'a Arena) -> Lowerer<'s, 'a> {
        Lowerer {
            source,
            arena,
            bytes: source.text.as_bytes(),
            names: Names::new(arena),
            warnings: Vec::new(),
            failed: None,
            depth: 0,
            max_depth: 0,
            parser_level: 0,
            has_doubts: false,
            indents: 0,
            format_specs: 0,
        }
    }

    /// Lowers a whole module. Errors: what CPython's parser finds wrong in literals, and too deep nesting.
    pub fn module(
        mut self,
        module: &ast::ModModule,
        interactive: bool,
    ) -> Result<Lowered<'a>, Box<Failed>> {
        let body = self.statements(&module.body);
        self.finish(match interactive {
            true => tree::Module::Interactive { body },
            false => tree::Module::Module { body },
        })
    }

    /// Lowers a single expression.
    pub fn expression_module(
        mut self,
        module: &ast::ModExpression,
    ) -> Result<Lowered<'a>, Box<Failed>> {
        let body = self.expression(&module.body);
        self.finish(tree::Module::Expression { body })
    }

    fn finish(self, module: tree::Module<'a>) -> Result<Lowered<'a>, Box<Failed>> {
        match self.failed {
            Some(failed) => Err(Box::new(failed)),
            None => Ok(Lowered {
                module,
                warnings: self.warnings,
                names: self.names,
                depth: self.max_depth,
            }),
        }
    }

    fn location(&self, range: TextRange) -> Location {
        self.source
            .lines()
            .location(range.start().to_u32(), range.end().to_u32())
    }

    fn location_of(&self, node: &impl Ranged) -> Location {
        self.location(node.range())
    }

    fn text(&self, range: TextRange) -> &'s str {
        &self.source.text[range.start().to_usize()..range.end().to_usize()]
    }

    /// Keeps the first error.
    fn fail(&mut self, error: Error) {
        if self.failed.is_none() {
            let warnings = std::mem::take(&mut self.warnings);
            self.failed = Some(Failed { error, warnings });
        }
    }

    /// The exception for what ruff takes and CPython's parser does not, at `at`.
    fn reject(&mut self, at: u32) {
        if self.failed.is_some() {
            return;
        }
        self.warnings.clear();
        let error = reject::explain(self.source, at, Mode::Exec, &mut self.warnings);
        self.fail(error);
    }

    /// A SyntaxError of the parser for `range`.
    fn syntax_error(&mut self, message: impl Into<String>, range: TextRange) {
        if self.failed.is_none() {
            let (start, end) = (range.start().to_u32(), range.end().to_u32());
            self.fail(self.source.error(Class::SyntaxError, message, start, end));
        }
    }

    fn warn(&mut self, warning: Warning) {
        self.warnings.push(warning);
    }

    /// Runs `f` one level deeper, on more stack if need be; `None` when the nesting is too deep.
    fn nested<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.depth += 1;
        self.max_depth = self.max_depth.max(self.depth);
        let result = if self.depth > recursion::LIMIT {
            self.fail(recursion::too_deep());
            None
        } else {
            Some(recursion::with_stack(self.depth, || f(self)))
        };
        self.depth -= 1;
        result
    }

    /// Counts levels of CPython's parser around `f`.
    fn parser_levels<T>(&mut self, levels: u32, f: impl FnOnce(&mut Self) -> T) -> T {
        self.parser_level += levels;
        if self.parser_level > DOUBTFUL_LEVELS && !self.has_doubts {
            self.has_doubts = true;
            if let Some(error) = reject::overflow(self.source, Mode::Exec) {
                self.fail(error);
            }
        }
        let result = f(self);
        self.parser_level -= levels;
        result
    }

    /// The first byte from `offset` on that is neither white space, a comment nor a joined line.
    fn skip_trivia(&self, mut offset: usize) -> usize {
        while let Some(&byte) = self.bytes.get(offset) {
            match byte {
                b' ' | b'\t' | b'\x0c' | b'\n' | b'\\' => offset += 1,
                b'#' => {
                    offset = memchr::memchr(b'\n', &self.bytes[offset..])
                        .map_or(self.bytes.len(), |n| offset + n);
                }
                _ => break,
            }
        }
        offset
    }
}

/// Runs `f` with stack enough to walk a tree of `depth` levels.
pub fn on_deep_stack<R>(depth: u32, f: impl FnOnce() -> R) -> R {
    /// What a level may take, in bytes: the passes' frames stay well below it.
    const LEVEL: usize = 8 << 10;
    const SPARE: usize = 4 << 20;
    if depth < 100 {
        return f();
    }
    stacker::grow(depth as usize * LEVEL + SPARE, f)
}
