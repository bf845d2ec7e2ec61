//! Functions and classes with their decorators.

use super::token::Kind;
use super::{NotTaken, Parser, Result};
use crate::tree::{ClassDef, Expr, FunctionDef, Stmt, StmtKind, ThinVec};

impl Parser<'_> {
    /// A function or class, decorated or not; it starts at its keyword.
    pub fn definition(&mut self) -> Result<Stmt> {
        let mut decorators = ThinVec::new();
        while self.eat(Kind::At)? {
            decorators.push(self.named_expression()?);
            self.advance_space(Kind::Newline)?;
        }
        let start = self.start();
        let kind = match self.token.kind {
            Kind::Class => self.class(decorators)?,
            Kind::Def => self.function(decorators, false)?,
            Kind::Async => {
                self.advance()?;
                self.function(decorators, true)?
            }
            _ => return Err(NotTaken),
        };
        Ok(self.stmt(start, kind))
    }

    pub fn function(&mut self, decorator_list: ThinVec<Expr>, is_async: bool) -> Result<StmtKind> {
        self.expect(Kind::Def)?;
        let name = self.name()?;
        let type_params = self.type_params()?;
        self.expect(Kind::LeftParen)?;
        let args = self.parameters(true)?;
        self.expect(Kind::RightParen)?;
        let returns = self.behind(Kind::Arrow)?;
        let body = self.block()?;
        let function = Box::new(FunctionDef {
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

    fn class(&mut self, decorator_list: ThinVec<Expr>) -> Result<StmtKind> {
        self.expect(Kind::Class)?;
        let name = self.name()?;
        let type_params = self.type_params()?;
        let (mut bases, mut keywords) = (ThinVec::new(), ThinVec::new());
        if self.at(Kind::LeftParen) {
            (bases, keywords) = self.class_arguments()?;
        }
        let body = self.block()?;
        Ok(StmtKind::ClassDef(Box::new(ClassDef {
            name,
            bases,
            keywords,
            body,
            decorator_list,
            type_params,
        })))
    }
}
