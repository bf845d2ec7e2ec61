//! Functions and classes with their decorators.

use super::token::Kind;
use super::{NotTaken, Parser, Result};
use crate::arena::List;
use crate::tree::{ClassDef, Exprs, FunctionDef, Stmt, StmtKind};

impl<'a> Parser<'_, 'a> {
    /// A function or class, decorated or not; it starts at its keyword.
    pub fn definition(&mut self) -> Result<Stmt<'a>> {
        let from = self.exprs.len();
        while self.eat(Kind::At) {
            let decorator = self.named_expression()?;
            self.exprs.push(decorator);
            self.advance_space(Kind::Newline)?;
        }
        let decorators = self.exprs_from(from);
        let start = self.start();
        let kind = match self.lexer.token.kind {
            Kind::Class => self.class(decorators)?,
            Kind::Def => self.function(decorators, false)?,
            Kind::Async => {
                self.advance();
                self.function(decorators, true)?
            }
            _ => return Err(NotTaken),
        };
        Ok(self.stmt(start, kind))
    }

    pub fn function(&mut self, decorator_list: Exprs<'a>, is_async: bool) -> Result<StmtKind<'a>> {
        self.expect(Kind::Def)?;
        let name = self.name()?;
        let type_params = self.type_params()?;
        self.expect(Kind::LeftParen)?;
        let args = self.parameters(true)?;
        self.expect(Kind::RightParen)?;
        let returns = self.behind(Kind::Arrow)?;
        let body = self.block()?;
        let function = self.arena.node(FunctionDef {
            name,
            args,
            body,
            decorator_list,
            returns,
            type_params,
        });
        Ok(match is_async {
            true => StmtKind::AsyncFunctionDef(function),
            false => StmtKind::FunctionDef(function),
        })
    }

    fn class(&mut self, decorator_list: Exprs<'a>) -> Result<StmtKind<'a>> {
        self.expect(Kind::Class)?;
        let name = self.name()?;
        let type_params = self.type_params()?;
        let (mut bases, mut keywords) = (List::EMPTY, List::EMPTY);
        if self.at(Kind::LeftParen) {
            (bases, keywords) = self.class_arguments()?;
        }
        let body = self.block()?;
        Ok(StmtKind::ClassDef(self.arena.node(ClassDef {
            name,
            bases,
            keywords,
            body,
            decorator_list,
            type_params,
        })))
    }
}
