//! Statements. A compound statement ends where its last block ends, and a block whose last line ends in `;` ends behind it.

use ruff_python_ast as ast;
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::Lowerer;
use super::expressions::operator;
use crate::arena::List;
use crate::error::Class;
use crate::tree::{
    Alias, ClassDef, ExceptHandler, Exprs, FunctionDef, Location, MatchCase, Name, Stmt, StmtKind,
    WithItem,
};

impl<'a> Lowerer<'_, 'a> {
    pub(super) fn statements(&mut self, body: &[ast::Stmt]) -> List<'a, Stmt<'a>> {
        let arena = self.arena;
        arena.collect(body.iter().map(|statement| self.statement(statement)))
    }

    fn statement(&mut self, statement: &ast::Stmt) -> Stmt<'a> {
        let mut loc = self.location_of(statement);
        let kind = self.nested(|this| this.statement_kind(statement, &mut loc));
        Stmt {
            kind: kind.unwrap_or(StmtKind::Pass),
            loc,
        }
    }

    /// Compound statements correct `loc`.
    fn statement_kind(&mut self, statement: &ast::Stmt, loc: &mut Location) -> StmtKind<'a> {
        match statement {
            ast::Stmt::Expr(s) => StmtKind::Expr {
                value: self.boxed(&s.value),
            },
            ast::Stmt::Assign(s) => StmtKind::Assign {
                targets: self.expressions(&s.targets),
                value: self.boxed(&s.value),
            },
            ast::Stmt::Return(s) => StmtKind::Return {
                value: self.optional(s.value.as_deref()),
            },
            ast::Stmt::Pass(_) => StmtKind::Pass,
            ast::Stmt::Break(_) => StmtKind::Break,
            ast::Stmt::Continue(_) => StmtKind::Continue,
            ast::Stmt::If(s) => self.if_statement(s, loc),
            ast::Stmt::FunctionDef(s) => self.function_def(s, loc),
            ast::Stmt::ClassDef(s) => self.class_def(s, loc),
            ast::Stmt::For(s) => self.for_statement(s, loc),
            ast::Stmt::While(s) => self.while_statement(s, loc),
            ast::Stmt::With(s) => self.with_statement(s, loc),
            ast::Stmt::Match(s) => self.match_statement(s, loc),
            ast::Stmt::Try(s) => self.try_statement(s, loc),
            _ => self.simple_statement(statement),
        }
    }

    /// The less frequent statements without blocks.
    fn simple_statement(&mut self, statement: &ast::Stmt) -> StmtKind<'a> {
        match statement {
            ast::Stmt::AugAssign(s) => StmtKind::AugAssign {
                target: self.boxed(&s.target),
                op: operator(s.op),
                value: self.boxed(&s.value),
            },
            ast::Stmt::AnnAssign(s) => StmtKind::AnnAssign {
                target: self.boxed(&s.target),
                annotation: self.boxed(&s.annotation),
                value: self.optional(s.value.as_deref()),
                simple: s.simple,
            },
            ast::Stmt::TypeAlias(s) => StmtKind::TypeAlias {
                name: self.boxed(&s.name),
                type_params: self.type_params(s.type_params.as_deref()),
                value: self.boxed(&s.value),
            },
            ast::Stmt::Delete(s) => StmtKind::Delete {
                targets: self.expressions(&s.targets),
            },
            ast::Stmt::Raise(s) => self.raise(s),
            ast::Stmt::Assert(s) => StmtKind::Assert {
                test: self.boxed(&s.test),
                msg: self.optional(s.msg.as_deref()),
            },
            ast::Stmt::Import(s) => StmtKind::Import {
                names: self.aliases(&s.names),
            },
            ast::Stmt::ImportFrom(s) => StmtKind::ImportFrom {
                module: s.module.as_ref().map(|module| self.name(&module.id)),
                names: self.aliases(&s.names),
                level: s.level,
            },
            ast::Stmt::Global(s) => StmtKind::Global {
                names: self.identifiers(&s.names),
            },
            ast::Stmt::Nonlocal(s) => StmtKind::Nonlocal {
                names: self.identifiers(&s.names),
            },
            // Only IPython's commands are left, which the parser does not make of Python.
            _ => {
                self.syntax_error("invalid syntax", statement.range());
                StmtKind::Pass
            }
        }
    }

    /// In `raise ;` ruff misses an expression, and puts an empty name in its place.
    fn raise(&mut self, s: &ast::StmtRaise) -> StmtKind<'a> {
        let exc = s.exc.as_deref().filter(|exc| !exc.range().is_empty());
        StmtKind::Raise {
            exc: self.optional(exc),
            cause: self.optional(s.cause.as_deref()),
        }
    }

    fn aliases(&mut self, aliases: &[ast::Alias]) -> List<'a, Alias<'a>> {
        let arena = self.arena;
        arena.collect(aliases.iter().map(|alias| Alias {
            name: self.name(&alias.name.id),
            asname: alias.asname.as_ref().map(|name| self.name(&name.id)),
            loc: self.location(alias.range),
        }))
    }

    fn identifiers(&mut self, names: &[ast::Identifier]) -> List<'a, Name<'a>> {
        let arena = self.arena;
        arena.collect(names.iter().map(|name| self.name(&name.id)))
    }

    /// The statements of a block, which end the statement at `loc` so far.
    fn block(&mut self, body: &[ast::Stmt], loc: &mut Location) -> List<'a, Stmt<'a>> {
        let indented = body
            .first()
            .is_some_and(|first| self.starts_line(first.start()));
        self.indents += u32::from(indented);
        if self.indents >= super::MAX_INDENTS {
            self.too_many_indents(body);
        }
        let statements = self.statements(body);
        self.indents -= u32::from(indented);
        if let (Some(last), Some(lowered)) = (body.last(), statements.last()) {
            loc.end_line = lowered.loc.end_line;
            loc.end_column = lowered.loc.end_column;
            if !last.is_compound()
                && let Some(end) = self.trailing_semicolon(last.end())
            {
                let end = self.location(TextRange::empty(end));
                loc.end_line = end.line;
                loc.end_column = end.column;
            }
        }
        statements
    }

    /// Whether only blanks stand before `offset` in its line.
    fn starts_line(&self, offset: TextSize) -> bool {
        let before = &self.bytes[..offset.to_usize()];
        let blank = |b: &u8| matches!(b, b' ' | b'\t' | b'\x0c');
        before
            .iter()
            .rev()
            .find(|b| !blank(b))
            .is_none_or(|&b| b == b'\n')
    }

    fn too_many_indents(&mut self, body: &[ast::Stmt]) {
        if self.failed.is_none()
            && let Some(first) = body.first()
        {
            let line = self.source.lines().line(first.start().to_u32());
            let start = self.source.lines().start(line);
            let mut place = self.source.place(start, first.start().to_u32());
            (place.offset, place.end_offset) = (1, 0);
            let error = self.source.error_at(
                Class::IndentationError,
                "too many levels of indentation",
                place,
            );
            self.fail(error);
        }
    }

    /// The end of a `;` that follows the simple statement which ends at `offset`.
    fn trailing_semicolon(&self, offset: TextSize) -> Option<TextSize> {
        let mut at = offset.to_usize();
        loop {
            match self.bytes.get(at)? {
                b' ' | b'\t' | b'\x0c' => at += 1,
                b'\\' if self.bytes.get(at + 1) == Some(&b'\n') => at += 2,
                b';' => return Some(TextSize::new(at as u32 + 1)),
                _ => return None,
            }
        }
    }

    fn function_def(&mut self, s: &ast::StmtFunctionDef, loc: &mut Location) -> StmtKind<'a> {
        let decorator_list = self.decorators(&s.decorator_list, loc);
        let name = self.name(&s.name.id);
        let type_params = self.type_params(s.type_params.as_deref());
        let args = self.parameters(&s.parameters);
        let returns = self.optional(s.returns.as_deref());
        let body = self.block(&s.body, loc);
        let function = self.arena.node(FunctionDef {
            name,
            args,
            body,
            decorator_list,
            returns,
            type_params,
        });
        match s.is_async {
            true => StmtKind::AsyncFunctionDef(function),
            false => StmtKind::FunctionDef(function),
        }
    }

    fn class_def(&mut self, s: &ast::StmtClassDef, loc: &mut Location) -> StmtKind<'a> {
        let decorator_list = self.decorators(&s.decorator_list, loc);
        let name = self.name(&s.name.id);
        let type_params = self.type_params(s.type_params.as_deref());
        let bases = self.expressions(s.bases());
        let keywords = self.keywords(s.keywords());
        let body = self.block(&s.body, loc);
        StmtKind::ClassDef(self.arena.node(ClassDef {
            name,
            bases,
            keywords,
            body,
            decorator_list,
            type_params,
        }))
    }

    /// A decorated definition starts at its keyword.
    fn decorators(&mut self, decorators: &[ast::Decorator], loc: &mut Location) -> Exprs<'a> {
        let arena = self.arena;
        let lowered = arena.collect(decorators.iter().map(|d| self.expression(&d.expression)));
        if let Some(last) = decorators.last() {
            let keyword = self.skip_trivia(last.end().to_usize()) as u32;
            let start = self.source.lines().location(keyword, keyword);
            loc.line = start.line;
            loc.column = start.column;
        }
        lowered
    }

    /// `elif` is an If in the else of the one before; all of them end where the whole statement does.
    fn if_statement(&mut self, s: &ast::StmtIf, loc: &mut Location) -> StmtKind<'a> {
        let test = self.boxed(&s.test);
        let body = self.block(&s.body, loc);
        let mut orelse = List::EMPTY;
        let mut clauses = Vec::new();
        for clause in &s.elif_else_clauses {
            let clause_loc = self.location(clause.range);
            let test = clause.test.as_ref().map(|test| self.boxed(test));
            let body =
                self.parser_levels(clauses.len() as u32, |this| this.block(&clause.body, loc));
            match test {
                Some(test) => clauses.push((test, body, clause_loc)),
                None => orelse = body,
            }
        }
        self.max_depth = self.max_depth.max(self.depth + clauses.len() as u32);
        for (test, body, mut clause_loc) in clauses.into_iter().rev() {
            clause_loc.end_line = loc.end_line;
            clause_loc.end_column = loc.end_column;
            let kind = StmtKind::If { test, body, orelse };
            let loc = clause_loc;
            orelse = self.arena.list(&[Stmt { kind, loc }]);
        }
        StmtKind::If { test, body, orelse }
    }

    fn for_statement(&mut self, s: &ast::StmtFor, loc: &mut Location) -> StmtKind<'a> {
        let target = self.boxed(&s.target);
        let iter = self.boxed(&s.iter);
        let body = self.block(&s.body, loc);
        let orelse = self.block(&s.orelse, loc);
        match s.is_async {
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
        }
    }

    fn while_statement(&mut self, s: &ast::StmtWhile, loc: &mut Location) -> StmtKind<'a> {
        StmtKind::While {
            test: self.boxed(&s.test),
            body: self.block(&s.body, loc),
            orelse: self.block(&s.orelse, loc),
        }
    }

    fn with_statement(&mut self, s: &ast::StmtWith, loc: &mut Location) -> StmtKind<'a> {
        let arena = self.arena;
        let items = arena.collect(s.items.iter().map(|item| WithItem {
            context_expr: self.expression(&item.context_expr),
            optional_vars: self.optional(item.optional_vars.as_deref()),
        }));
        let body = self.block(&s.body, loc);
        match s.is_async {
            true => StmtKind::AsyncWith { items, body },
            false => StmtKind::With { items, body },
        }
    }

    fn match_statement(&mut self, s: &ast::StmtMatch, loc: &mut Location) -> StmtKind<'a> {
        let subject = self.boxed(&s.subject);
        self.indents += 1;
        let arena = self.arena;
        let cases = arena.collect(s.cases.iter().map(|case| MatchCase {
            pattern: self.pattern(&case.pattern),
            guard: self.optional(case.guard.as_deref()),
            body: self.block(&case.body, loc),
        }));
        self.indents -= 1;
        StmtKind::Match { subject, cases }
    }

    fn try_statement(&mut self, s: &ast::StmtTry, loc: &mut Location) -> StmtKind<'a> {
        let body = self.block(&s.body, loc);
        let mut handlers = Vec::new();
        for ast::ExceptHandler::ExceptHandler(handler) in &s.handlers {
            let mut handler_loc = self.location(handler.range);
            let r#type = self.optional(handler.type_.as_deref());
            let name = handler.name.as_ref().map(|name| self.name(&name.id));
            let body = self.block(&handler.body, &mut handler_loc);
            loc.end_line = handler_loc.end_line;
            loc.end_column = handler_loc.end_column;
            handlers.push(ExceptHandler {
                r#type,
                name,
                body,
                loc: handler_loc,
            });
        }
        let handlers = self.arena.list(&handlers);
        let orelse = self.block(&s.orelse, loc);
        let finalbody = self.block(&s.finalbody, loc);
        match s.is_star {
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
        }
    }
}

/// Whether a statement holds blocks.
trait Compound {
    fn is_compound(&self) -> bool;
}

impl Compound for ast::Stmt {
    fn is_compound(&self) -> bool {
        matches!(
            self,
            ast::Stmt::If(_)
                | ast::Stmt::FunctionDef(_)
                | ast::Stmt::ClassDef(_)
                | ast::Stmt::For(_)
                | ast::Stmt::While(_)
                | ast::Stmt::With(_)
                | ast::Stmt::Match(_)
                | ast::Stmt::Try(_)
        )
    }
}
