//! Statements. A compound statement ends where its last block does, which may be behind a `;`.

use super::targets::is_single;
use super::token::{self, Kind};
use super::{NotTaken, Parser, Result, Start};
use crate::arena::List;
use crate::tree::{
    Alias, Context, ExceptHandler, Expr, ExprKind, Name, Operator, Stmt, StmtKind, WithItem,
};

/// More `elif` than this nest too deeply.
const MAX_CLAUSES: u32 = 400;

fn augmented(kind: Kind) -> Option<Operator> {
    Some(match kind {
        Kind::AtEqual => Operator::MatMult,
        Kind::PlusEqual => Operator::Add,
        Kind::MinusEqual => Operator::Sub,
        Kind::StarEqual => Operator::Mult,
        Kind::DoubleStarEqual => Operator::Pow,
        Kind::SlashEqual => Operator::Div,
        Kind::DoubleSlashEqual => Operator::FloorDiv,
        Kind::PercentEqual => Operator::Mod,
        Kind::LeftShiftEqual => Operator::LShift,
        Kind::RightShiftEqual => Operator::RShift,
        Kind::AmperEqual => Operator::BitAnd,
        Kind::BarEqual => Operator::BitOr,
        Kind::CaretEqual => Operator::BitXor,
        _ => return None,
    })
}

impl<'a> Parser<'_, 'a> {
    /// All statements up to the end.
    pub fn module(&mut self) -> Result<List<'a, Stmt<'a>>> {
        while !self.at(Kind::End) {
            self.statement()?;
        }
        Ok(self.stmts_from(0))
    }

    /// The node of `kind` from `start` to here.
    pub fn stmt(&self, start: Start, kind: StmtKind<'a>) -> Stmt<'a> {
        Stmt {
            kind,
            loc: self.loc(start),
        }
    }

    /// Adds a compound statement, or a line of simple ones, to `stmts`.
    fn statement(&mut self) -> Result {
        self.nested(|this| match this.compound()? {
            Some(statement) => {
                this.stmts.push(statement);
                Ok(())
            }
            None => this.simple_statements(),
        })
    }

    /// A block: on lines of its own, or simple statements on the same line.
    pub fn block(&mut self) -> Result<List<'a, Stmt<'a>>> {
        self.expect(Kind::Colon)?;
        let from = self.stmts.len();
        if !self.at(Kind::Newline) {
            self.simple_statements()?;
            return Ok(self.stmts_from(from));
        }
        self.advance_space(Kind::Newline)?;
        self.advance_space(Kind::Indent)?;
        while !self.at(Kind::Dedent) {
            self.statement()?;
        }
        self.advance_space(Kind::Dedent)?;
        Ok(self.stmts_from(from))
    }

    fn compound(&mut self) -> Result<Option<Stmt<'a>>> {
        let start = self.start();
        let kind = match self.lexer.token.kind {
            Kind::If => {
                self.advance();
                self.if_statement(0)?
            }
            Kind::Def | Kind::Class | Kind::At => return self.definition().map(Some),
            Kind::For => self.for_statement(false)?,
            Kind::Try => self.try_statement()?,
            Kind::With => self.with_statement(false)?,
            Kind::While => {
                self.advance();
                StmtKind::While {
                    test: self.named_expression()?,
                    body: self.block()?,
                    orelse: self.else_block()?,
                }
            }
            Kind::Async => {
                self.advance();
                match self.lexer.token.kind {
                    Kind::Def => self.function(List::EMPTY, true)?,
                    Kind::For => self.for_statement(true)?,
                    Kind::With => self.with_statement(true)?,
                    _ => return Err(NotTaken),
                }
            }
            Kind::Name if self.at_word(token::MATCH) => match self.match_statement()? {
                Some(kind) => kind,
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        Ok(Some(self.stmt(start, kind)))
    }

    /// What follows `if` or `elif`.
    fn if_statement(&mut self, clauses: u32) -> Result<StmtKind<'a>> {
        if clauses > MAX_CLAUSES {
            return Err(NotTaken);
        }
        let test = self.named_expression()?;
        let body = self.block()?;
        let start = self.start();
        let orelse = if self.eat(Kind::Elif) {
            let kind = self.if_statement(clauses + 1)?;
            self.wrap()?;
            let clause = self.stmt(start, kind);
            self.arena.list(&[clause])
        } else {
            self.else_block()?
        };
        Ok(StmtKind::If { test, body, orelse })
    }

    fn else_block(&mut self) -> Result<List<'a, Stmt<'a>>> {
        match self.eat(Kind::Else) {
            true => self.block(),
            false => Ok(List::EMPTY),
        }
    }

    fn for_statement(&mut self, is_async: bool) -> Result<StmtKind<'a>> {
        self.expect(Kind::For)?;
        let target = self.targets()?;
        self.expect(Kind::In)?;
        let iter = self.star_expressions()?;
        let body = self.block()?;
        let orelse = self.else_block()?;
        Ok(match is_async {
            true => StmtKind::AsyncFor {
                target,
                iter,
                body,
                orelse,
            },
            false => StmtKind::For {
                target,
                iter,
                body,
                orelse,
            },
        })
    }

    fn with_statement(&mut self, is_async: bool) -> Result<StmtKind<'a>> {
        self.expect(Kind::With)?;
        // Items in parentheses, unless these belong to an expression.
        let items = match self.at(Kind::LeftParen) {
            true => self.attempt(Self::parenthesized_items),
            false => None,
        };
        let items = match items {
            Some(items) => items,
            None => self.with_items(Kind::Colon)?,
        };
        let body = self.block()?;
        Ok(match is_async {
            true => StmtKind::AsyncWith { items, body },
            false => StmtKind::With { items, body },
        })
    }

    fn parenthesized_items(&mut self) -> Result<List<'a, WithItem<'a>>> {
        self.expect(Kind::LeftParen)?;
        let items = self.with_items(Kind::RightParen)?;
        self.expect(Kind::RightParen)?;
        match self.at(Kind::Colon) && !items.is_empty() {
            true => Ok(items),
            false => Err(NotTaken),
        }
    }

    /// Items up to `close`, before which a comma may only stand in parentheses.
    fn with_items(&mut self, close: Kind) -> Result<List<'a, WithItem<'a>>> {
        let mut items = Vec::new();
        loop {
            let context_expr = self.expression()?;
            let mut optional_vars = None;
            if self.eat(Kind::As) {
                optional_vars = Some(self.target()?);
            }
            items.push(WithItem {
                context_expr,
                optional_vars,
            });
            let is_last = !self.eat(Kind::Comma);
            if is_last || close == Kind::RightParen && self.at(close) {
                break;
            }
        }
        match self.at(close) {
            true => Ok(self.arena.list(&items)),
            false => Err(NotTaken),
        }
    }

    fn try_statement(&mut self) -> Result<StmtKind<'a>> {
        self.expect(Kind::Try)?;
        let body = self.block()?;
        let mut handlers = Vec::new();
        let mut is_star = false;
        while self.at(Kind::Except) {
            let start = self.start();
            self.advance();
            let has_star = self.eat(Kind::Star);
            if !handlers.is_empty() && has_star != is_star {
                return Err(NotTaken);
            }
            is_star = has_star;
            handlers.push(self.handler(start, is_star)?);
        }
        let orelse = match handlers.is_empty() {
            true => List::EMPTY,
            false => self.else_block()?,
        };
        let handlers = self.arena.list(&handlers);
        let mut finalbody = List::EMPTY;
        if self.at(Kind::Finally) {
            self.special_lines.push(self.lexer.token.line);
            self.advance();
            finalbody = self.block()?;
        } else if handlers.is_empty() {
            return Err(NotTaken);
        }
        Ok(match is_star {
            true => StmtKind::TryStar {
                body,
                handlers,
                orelse,
                finalbody,
            },
            false => StmtKind::Try {
                body,
                handlers,
                orelse,
                finalbody,
            },
        })
    }

    /// What follows `except` or `except*`.
    fn handler(&mut self, start: Start, is_star: bool) -> Result<ExceptHandler<'a>> {
        let (mut r#type, mut name) = (None, None);
        if is_star || !self.at(Kind::Colon) {
            let type_start = self.start();
            let mut expr = self.expression()?;
            if self.at(Kind::As) {
                self.advance();
                name = Some(self.name()?);
            } else if self.at(Kind::Comma) {
                // PEP 758: several types without parentheses, if there is no name; none with a star.
                let from = self.exprs.len();
                self.exprs.push(expr);
                while self.eat(Kind::Comma) && !self.at(Kind::Colon) {
                    let element = self.expression()?;
                    self.exprs.push(element);
                }
                self.wrap()?;
                let elts = self.exprs_from(from);
                let ctx = Context::Load;
                expr = self.expr(type_start, ExprKind::Tuple { elts, ctx });
            }
            r#type = Some(expr);
        }
        let body = self.block()?;
        let loc = self.loc(start);
        Ok(ExceptHandler {
            r#type,
            name,
            body,
            loc,
        })
    }

    /// Adds simple statements up to the end of the line to `stmts`.
    fn simple_statements(&mut self) -> Result {
        loop {
            let start = self.start();
            let kind = self.simple_statement()?;
            let statement = self.stmt(start, kind);
            self.stmts.push(statement);
            let is_last = !self.eat(Kind::Semicolon);
            if is_last || self.at(Kind::Newline) {
                return self.advance_space(Kind::Newline);
            }
        }
    }

    fn simple_statement(&mut self) -> Result<StmtKind<'a>> {
        match self.lexer.token.kind {
            Kind::Return => {
                self.advance();
                let mut value = None;
                if !self.ends_statement() {
                    value = Some(self.star_expressions()?);
                }
                Ok(StmtKind::Return { value })
            }
            Kind::Import => self.import(),
            Kind::From => self.import_from(),
            Kind::Raise => self.raise(),
            Kind::Pass => self.word_alone(StmtKind::Pass),
            Kind::Break => self.word_alone(StmtKind::Break),
            Kind::Continue => self.word_alone(StmtKind::Continue),
            Kind::Assert => {
                self.advance();
                let test = self.expression()?;
                let msg = self.behind(Kind::Comma)?;
                Ok(StmtKind::Assert { test, msg })
            }
            Kind::Del => self.delete_statement(),
            Kind::Global => Ok(StmtKind::Global {
                names: self.declared_names()?,
            }),
            Kind::Nonlocal => Ok(StmtKind::Nonlocal {
                names: self.declared_names()?,
            }),
            Kind::Yield => {
                let value = self.yield_expression()?;
                Ok(StmtKind::Expr { value })
            }
            Kind::Name if self.at_word(token::TYPE) => self.type_alias(),
            _ => self.expression_statement(),
        }
    }

    fn word_alone(&mut self, kind: StmtKind<'a>) -> Result<StmtKind<'a>> {
        self.advance();
        Ok(kind)
    }

    fn ends_statement(&self) -> bool {
        matches!(self.lexer.token.kind, Kind::Newline | Kind::Semicolon)
    }

    /// An expression, or an assignment of any kind.
    fn expression_statement(&mut self) -> Result<StmtKind<'a>> {
        let is_parenthesized = self.at(Kind::LeftParen);
        let first = self.expression_or_starred()?;
        match self.lexer.token.kind {
            Kind::Equal => self.assignment(first),
            Kind::Colon => self.annotated(first, is_parenthesized),
            kind => match augmented(kind) {
                Some(op) => self.augmented(first, op),
                None if matches!(first.kind, ExprKind::Starred { .. }) => Err(NotTaken),
                None => Ok(StmtKind::Expr { value: first }),
            },
        }
    }

    fn expression_or_starred(&mut self) -> Result<&'a Expr<'a>> {
        self.star_expressions()
    }

    fn assignment(&mut self, first: &'a Expr<'a>) -> Result<StmtKind<'a>> {
        let from = self.exprs.len();
        let mut value = first;
        while self.eat(Kind::Equal) {
            let target = self.assigned(value, Context::Store)?;
            self.exprs.push(target);
            value = self.yield_or_expressions()?;
        }
        let targets = self.exprs_from(from);
        Ok(StmtKind::Assign { targets, value })
    }

    fn annotated(&mut self, target: &'a Expr<'a>, is_parenthesized: bool) -> Result<StmtKind<'a>> {
        if !is_single(target) {
            return Err(NotTaken);
        }
        let target = self.assigned(target, Context::Store)?;
        let simple = matches!(target.kind, ExprKind::Name { .. }) && !is_parenthesized;
        self.expect(Kind::Colon)?;
        let annotation = self.expression()?;
        let mut value = None;
        if self.eat(Kind::Equal) {
            value = Some(self.yield_or_expressions()?);
        }
        Ok(StmtKind::AnnAssign {
            target,
            annotation,
            value,
            simple,
        })
    }

    fn augmented(&mut self, target: &'a Expr<'a>, op: Operator) -> Result<StmtKind<'a>> {
        if !is_single(target) {
            return Err(NotTaken);
        }
        let target = self.assigned(target, Context::Store)?;
        self.advance();
        let value = self.yield_or_expressions()?;
        Ok(StmtKind::AugAssign { target, op, value })
    }

    fn delete_statement(&mut self) -> Result<StmtKind<'a>> {
        self.advance();
        let from = self.exprs.len();
        loop {
            let target = self.bitwise_or()?;
            let target = self.assigned(target, Context::Del)?;
            self.exprs.push(target);
            if !self.eat(Kind::Comma) || self.ends_statement() {
                let targets = self.exprs_from(from);
                return Ok(StmtKind::Delete { targets });
            }
        }
    }

    fn declared_names(&mut self) -> Result<List<'a, Name<'a>>> {
        self.advance();
        let mut names = vec![self.name()?];
        while self.eat(Kind::Comma) {
            names.push(self.name()?);
        }
        Ok(self.arena.list(&names))
    }

    fn raise(&mut self) -> Result<StmtKind<'a>> {
        self.advance();
        let (mut exc, mut cause) = (None, None);
        if !self.ends_statement() {
            exc = Some(self.expression()?);
            cause = self.behind(Kind::From)?;
        }
        Ok(StmtKind::Raise { exc, cause })
    }

    /// `type X = ...`, or an expression that starts with a name `type`.
    fn type_alias(&mut self) -> Result<StmtKind<'a>> {
        let alias = self.attempt(|this| {
            this.advance();
            match this.at(Kind::Name) {
                true => Ok(()),
                false => Err(NotTaken),
            }
        });
        if alias.is_none() {
            return self.expression_statement();
        }
        let start = self.start();
        let (id, ctx) = (self.name()?, Context::Store);
        let name = self.expr(start, ExprKind::Name { id, ctx });
        let type_params = self.type_params()?;
        self.expect(Kind::Equal)?;
        let value = self.expression()?;
        Ok(StmtKind::TypeAlias {
            name,
            type_params,
            value,
        })
    }

    fn import(&mut self) -> Result<StmtKind<'a>> {
        self.advance();
        let mut names = Vec::new();
        loop {
            let start = self.start();
            let name = self.module_name()?;
            let asname = self.as_name()?;
            let loc = self.loc(start);
            names.push(Alias { name, asname, loc });
            if !self.eat(Kind::Comma) {
                let names = self.arena.list(&names);
                return Ok(StmtKind::Import { names });
            }
        }
    }

    fn as_name(&mut self) -> Result<Option<Name<'a>>> {
        match self.eat(Kind::As) {
            true => Ok(Some(self.name()?)),
            false => Ok(None),
        }
    }

    /// A dotted name as one name.
    fn module_name(&mut self) -> Result<Name<'a>> {
        if !self.at(Kind::Name) {
            return Err(NotTaken);
        }
        let (first, first_end) = (self.lexer.token, self.lexer.token.end);
        let foreign = match first.is_foreign {
            true => Some(self.foreign_name()?),
            false => None,
        };
        let mut end = first_end;
        self.advance();
        while self.at(Kind::Dot) {
            let is_tight = self.lexer.token.start == end;
            self.advance();
            if !is_tight || !self.at(Kind::Name) || self.lexer.token.start != end + 1 {
                return Err(NotTaken);
            }
            end = self.lexer.token.end;
            self.advance();
        }
        let text = &self.text[first.start as usize..end as usize];
        match foreign {
            Some(name) if end == first_end => Ok(self.names.get(&name)),
            None if end == first_end => Ok(self.names.get_keyed(text, first.key)),
            None if text.is_ascii() => Ok(self.names.get_dotted(text)),
            _ => Err(NotTaken),
        }
    }

    fn import_from(&mut self) -> Result<StmtKind<'a>> {
        self.advance();
        let mut level = 0;
        loop {
            level += match self.lexer.token.kind {
                Kind::Dot => 1,
                Kind::Ellipsis => 3,
                _ => break,
            };
            self.advance();
        }
        let mut module = None;
        if !self.at(Kind::Import) {
            module = Some(self.module_name()?);
        } else if level == 0 {
            return Err(NotTaken);
        }
        self.expect(Kind::Import)?;
        let names = self.imported_names()?;
        Ok(StmtKind::ImportFrom {
            module,
            names,
            level,
        })
    }

    fn imported_names(&mut self) -> Result<List<'a, Alias<'a>>> {
        let start = self.start();
        if self.eat(Kind::Star) {
            let (name, loc) = (self.names.get("*"), self.loc(start));
            return Ok(self.arena.list(&[Alias {
                name,
                asname: None,
                loc,
            }]));
        }
        let is_parenthesized = self.eat(Kind::LeftParen);
        let mut names = Vec::new();
        loop {
            let start = self.start();
            let name = self.name()?;
            let asname = self.as_name()?;
            let loc = self.loc(start);
            names.push(Alias { name, asname, loc });
            let is_last = !self.eat(Kind::Comma);
            if is_last || is_parenthesized && self.at(Kind::RightParen) {
                break;
            }
        }
        if is_parenthesized {
            self.expect(Kind::RightParen)?;
        }
        Ok(self.arena.list(&names))
    }
}
