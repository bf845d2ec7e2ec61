//! The parser that valid modules meet first: tokens to the tree in one walk, by recursive descent over CPython's grammar
//! (Grammar/python.gram). It takes only what is plainly right. Whatever is wrong, rare (comments in replacement fields, most of what warns)
//! or nests deeply is `NotTaken`: ruff's parser, `lower` and `reject` look at such a source from its start, and decide.

mod arguments;
pub(crate) mod bytes;
mod definitions;
mod displays;
mod expressions;
mod lexer;
mod patterns;
mod statements;
mod strings;
mod targets;
mod token;

use crate::arena::{Arena, List};
use crate::error::Warning;
use crate::name::{FreePlace, Names, WordKey};
use crate::parse::Parsed;
use crate::source::Source;
use unicode_normalization::UnicodeNormalization;

use crate::tree::{Arg, CmpOp, Expr, Exprs, Keyword, Location, Module, Name, Stmt};

use lexer::{Lexer, Place};
use token::{Kind, Token};

/// The source is for the other parser; no judgement of it.
#[derive(Debug, Clone, Copy)]
struct NotTaken;

type Result<T = ()> = std::result::Result<T, NotTaken>;

/// How deep calls of the parser nest.
const MAX_DEPTH: u32 = 150;
/// How deep nodes may nest, chains as `a + b + c` included.
const MAX_NODES: u32 = 1000;

/// Stack for `MAX_DEPTH` levels.
const STACK: usize = 3 << 20;

/// Where a node starts.
#[derive(Debug, Clone, Copy)]
struct Start {
    line: i32,
    column: i32,
}

struct Parser<'s, 'a> {
    source: &'s Source<'s>,
    text: &'s str,
    warnings: Vec<Warning>,
    lexer: Lexer<'s>,
    arena: &'a Arena,
    names: Names<'a>,
    /// Where there is something for preprocessing, except `__debug__` (see `Parsed`).
    special_lines: Vec<i32>,
    /// Elements of the lists that are being read, inner lists behind the lists around them.
    exprs: Vec<&'a Expr<'a>>,
    /// The same for statements of blocks.
    stmts: Vec<Stmt<'a>>,
    keywords: Vec<Keyword<'a>>,
    args: Vec<Arg<'a>>,
    cmp_ops: Vec<CmpOp>,
    /// Keys of dicts.
    keys: Vec<Option<&'a Expr<'a>>>,
    /// Calls around the present one.
    depth: u32,
    /// The deepest node so far; within an expression, of what it consists of so far.
    deepest: u32,
}

/// Parses a module.
pub fn parse<'a>(source: &Source, arena: &'a Arena) -> Option<Parsed<'a>> {
    stacker::maybe_grow(STACK, STACK, || parse_module(source, arena).ok())
}

fn parse_module<'a>(source: &Source, arena: &'a Arena) -> Result<Parsed<'a>> {
    let text = &source.text;
    let mut lexer = Lexer::new(text);
    lexer.scan();
    let mut parser = Parser {
        source,
        text,
        warnings: Vec::new(),
        lexer,
        arena,
        names: Names::new(arena),
        special_lines: Vec::new(),
        exprs: Vec::with_capacity(32),
        stmts: Vec::with_capacity(32),
        keywords: Vec::with_capacity(8),
        args: Vec::with_capacity(8),
        cmp_ops: Vec::with_capacity(8),
        keys: Vec::new(),
        depth: 0,
        deepest: 0,
    };
    let body = parser.module()?;
    if parser.lexer.has_failed {
        return Err(NotTaken);
    }
    // Outer operators come after those in their operands.
    parser.special_lines.sort_unstable();
    Ok(Parsed {
        module: Module::Module { body },
        warnings: parser.warnings,
        special_lines: match parser.names.contains("__debug__") {
            true => None,
            false => Some(parser.special_lines),
        },
        names: parser.names,
        arena,
        depth: parser.deepest,
    })
}

impl<'s, 'a> Parser<'s, 'a> {
    /// Takes the next token.
    #[inline]
    fn advance(&mut self) {
        self.lexer.advance();
    }

    /// Takes a NEWLINE, INDENT or DEDENT, where no node ends.
    fn advance_space(&mut self, kind: Kind) -> Result {
        if self.lexer.token.kind != kind {
            return Err(NotTaken);
        }
        self.lexer.scan();
        Ok(())
    }

    #[inline]
    fn at(&self, kind: Kind) -> bool {
        self.lexer.token.kind == kind
    }

    /// Takes the next token if it is of this kind.
    #[inline]
    fn eat(&mut self, kind: Kind) -> bool {
        let found = self.lexer.token.kind == kind;
        if found {
            self.advance();
        }
        found
    }

    #[inline]
    fn expect(&mut self, kind: Kind) -> Result {
        match self.eat(kind) {
            true => Ok(()),
            false => Err(NotTaken),
        }
    }

    #[inline]
    fn start(&self) -> Start {
        Start {
            line: self.lexer.token.line,
            column: self.lexer.token.column,
        }
    }

    /// From `start` to the end of the last token.
    #[inline]
    fn loc(&self, start: Start) -> Location {
        Location {
            line: start.line,
            column: start.column,
            end_line: self.lexer.end_line,
            end_column: self.lexer.end_column,
        }
    }

    /// The text of the next token.
    #[inline]
    fn word(&self) -> &'s str {
        &self.text[self.lexer.token.start as usize..self.lexer.token.end as usize]
    }

    #[inline]
    fn bytes_of(&self, token: Token) -> &'s [u8] {
        &self.lexer.bytes[token.start as usize..token.end as usize]
    }

    /// Whether the next token is the name of this key, which tells its letters: a soft keyword.
    #[inline]
    fn at_word(&self, key: WordKey) -> bool {
        self.lexer.token.kind == Kind::Name && self.lexer.token.key == key
    }

    /// Takes a name.
    #[inline]
    fn name(&mut self) -> Result<Name<'a>> {
        if self.lexer.token.kind != Kind::Name {
            return Err(NotTaken);
        }
        let token = self.lexer.token;
        let name = match self.names.find(token.key, || self.bytes_of(token)) {
            Ok(name) => name,
            Err(place) => self.new_name(place)?,
        };
        self.advance();
        Ok(name)
    }

    /// The next token, a name that is new or has letters beyond ASCII.
    #[inline(never)]
    fn new_name(&mut self, place: FreePlace) -> Result<Name<'a>> {
        let key = self.lexer.token.key;
        Ok(match self.lexer.token.is_foreign {
            false => self.names.get_new(self.word(), key, place),
            true => self.names.get(&self.foreign_name()?),
        })
    }

    /// The next token, a name with letters beyond ASCII, as it is called (PEP 3131). Not one that looks like a keyword then, soft or not.
    #[cold]
    fn foreign_name(&self) -> Result<String> {
        let name: String = self.word().nfkc().collect();
        let is_special = matches!(&*name, "_" | "match" | "case" | "type");
        match is_special || token::word(WordKey::of(name.as_bytes())) != Kind::Name {
            true => Err(NotTaken),
            false => Ok(name),
        }
    }

    /// One level of calls deeper. What is parsed in it counts as one node more than what is around; `wrap` adds those that are made
    /// around something afterwards.
    fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(NotTaken);
        }
        let around = std::mem::replace(&mut self.deepest, self.depth);
        let parsed = parse(self)?;
        self.deepest = self.deepest.max(around);
        self.depth -= 1;
        Ok(parsed)
    }

    /// Notes that a node is made around what the present level parsed so far.
    #[inline]
    fn wrap(&mut self) -> Result {
        self.deepest += 1;
        if self.deepest > MAX_NODES {
            return Err(NotTaken);
        }
        Ok(())
    }

    /// The list of the expressions from `from` on in `exprs`.
    #[inline]
    fn exprs_from(&mut self, from: usize) -> Exprs<'a> {
        let list = self.arena.list(&self.exprs[from..]);
        self.exprs.truncate(from);
        list
    }

    /// The list of the statements from `from` on in `stmts`.
    fn stmts_from(&mut self, from: usize) -> List<'a, Stmt<'a>> {
        let list = self.arena.list(&self.stmts[from..]);
        self.stmts.truncate(from);
        list
    }

    /// The list of the keyword arguments from `from` on in `keywords`.
    #[inline]
    fn keywords_from(&mut self, from: usize) -> List<'a, Keyword<'a>> {
        let list = self.arena.list(&self.keywords[from..]);
        self.keywords.truncate(from);
        list
    }

    /// The list of the parameters from `from` on in `args`.
    #[inline]
    fn args_from(&mut self, from: usize) -> List<'a, Arg<'a>> {
        let list = self.arena.list(&self.args[from..]);
        self.args.truncate(from);
        list
    }

    /// What `parse` yields, or `None` with everything as before if it takes nothing.
    fn attempt<T>(&mut self, parse: impl FnOnce(&mut Self) -> Result<T>) -> Option<T> {
        let before: (Place, Token, i32, i32, u32, u32) = (
            self.lexer.place,
            self.lexer.token,
            self.lexer.end_line,
            self.lexer.end_column,
            self.depth,
            self.deepest,
        );
        let (exprs, stmts) = (self.exprs.len(), self.stmts.len());
        let (keywords, args) = (self.keywords.len(), self.args.len());
        let warnings = self.warnings.len();
        let (cmp_ops, keys) = (self.cmp_ops.len(), self.keys.len());
        let parsed = parse(self).ok();
        if parsed.is_none() {
            self.exprs.truncate(exprs);
            self.stmts.truncate(stmts);
            self.keywords.truncate(keywords);
            self.args.truncate(args);
            self.cmp_ops.truncate(cmp_ops);
            self.keys.truncate(keys);
            self.warnings.truncate(warnings);
            (
                self.lexer.place,
                self.lexer.token,
                self.lexer.end_line,
                self.lexer.end_column,
                self.depth,
                self.deepest,
            ) = before;
        }
        parsed
    }
}
