//! Parentheses, lists, dicts, sets and comprehensions.

use super::token::Kind;
use super::{NotTaken, Parser, Result};
use crate::arena::List;
use crate::tree::{Comprehension, Context, Expr, ExprKind, Exprs};

fn is_starred(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Starred { .. })
}

impl<'a> Parser<'_, 'a> {
    /// `star_named_expression`: an element of a display.
    pub fn element(&mut self) -> Result<&'a Expr<'a>> {
        match self.lexer.token.kind {
            Kind::Star => self.starred(Self::bitwise_or),
            _ => self.named_expression(),
        }
    }

    fn starts_comprehension(&self) -> bool {
        matches!(self.lexer.token.kind, Kind::For | Kind::Async)
    }

    /// The elements up to `close`, `first` and perhaps a comma taken already.
    fn elements(&mut self, first: &'a Expr<'a>, close: Kind) -> Result<Exprs<'a>> {
        let from = self.exprs.len();
        self.exprs.push(first);
        while self.eat(Kind::Comma) && !self.at(close) {
            let element = self.element()?;
            self.exprs.push(element);
        }
        self.expect(close)?;
        Ok(self.exprs_from(from))
    }

    /// A group, a tuple, a generator expression, or a yield in parentheses.
    pub fn parenthesized(&mut self) -> Result<&'a Expr<'a>> {
        let start = self.start();
        let ctx = Context::Load;
        self.expect(Kind::LeftParen)?;
        if self.eat(Kind::RightParen) {
            let elts = List::EMPTY;
            return Ok(self.expr(start, ExprKind::Tuple { elts, ctx }));
        }
        if self.at(Kind::Yield) {
            let inner = self.yield_expression()?;
            self.expect(Kind::RightParen)?;
            return Ok(inner);
        }
        let first = self.element()?;
        if self.starts_comprehension() {
            let kind = self.generator(first)?;
            self.expect(Kind::RightParen)?;
            return Ok(self.expr(start, kind));
        }
        if self.at(Kind::Comma) {
            let elts = self.elements(first, Kind::RightParen)?;
            self.wrap()?;
            return Ok(self.expr(start, ExprKind::Tuple { elts, ctx }));
        }
        if is_starred(first) {
            return Err(NotTaken);
        }
        self.expect(Kind::RightParen)?;
        Ok(first)
    }

    /// The rest of a generator expression without its parentheses.
    pub fn generator(&mut self, elt: &'a Expr<'a>) -> Result<ExprKind<'a>> {
        let generators = self.generators(elt)?;
        Ok(ExprKind::GeneratorExp { elt, generators })
    }

    pub fn list(&mut self) -> Result<&'a Expr<'a>> {
        let start = self.start();
        let ctx = Context::Load;
        self.expect(Kind::LeftBracket)?;
        if self.eat(Kind::RightBracket) {
            let elts = List::EMPTY;
            return Ok(self.expr(start, ExprKind::List { elts, ctx }));
        }
        let first = self.element()?;
        let kind = if self.starts_comprehension() {
            let generators = self.generators(first)?;
            self.expect(Kind::RightBracket)?;
            ExprKind::ListComp {
                elt: first,
                generators,
            }
        } else {
            let elts = self.elements(first, Kind::RightBracket)?;
            ExprKind::List { elts, ctx }
        };
        self.wrap()?;
        Ok(self.expr(start, kind))
    }

    pub fn dict_or_set(&mut self) -> Result<&'a Expr<'a>> {
        let start = self.start();
        self.expect(Kind::LeftBrace)?;
        let kind = match self.lexer.token.kind {
            Kind::RightBrace => {
                self.advance();
                let (keys, values) = (List::EMPTY, List::EMPTY);
                ExprKind::Dict { keys, values }
            }
            Kind::DoubleStar => {
                let (key, value) = self.item()?;
                self.dict(key, value)?
            }
            _ => {
                let is_name = self.at(Kind::Name);
                let first = self.element()?;
                // A walrus needs no parentheses in a set, but is no key.
                let is_key = !matches!(first.kind, ExprKind::NamedExpr { .. }) || !is_name;
                if self.at(Kind::Colon) && is_key && !is_starred(first) {
                    self.dict_behind(first)?
                } else if self.starts_comprehension() {
                    let generators = self.generators(first)?;
                    self.expect(Kind::RightBrace)?;
                    ExprKind::SetComp {
                        elt: first,
                        generators,
                    }
                } else {
                    let elts = self.elements(first, Kind::RightBrace)?;
                    ExprKind::Set { elts }
                }
            }
        };
        self.wrap()?;
        Ok(self.expr(start, kind))
    }

    /// A dict, or a comprehension of one, whose first key is taken.
    fn dict_behind(&mut self, key: &'a Expr<'a>) -> Result<ExprKind<'a>> {
        self.expect(Kind::Colon)?;
        let value = self.expression()?;
        if self.starts_comprehension() {
            let generators = self.generators(value)?;
            self.expect(Kind::RightBrace)?;
            return Ok(ExprKind::DictComp {
                key,
                value,
                generators,
            });
        }
        self.dict(Some(key), value)
    }

    /// The dict of this item and those behind it.
    fn dict(&mut self, key: Option<&'a Expr<'a>>, value: &'a Expr<'a>) -> Result<ExprKind<'a>> {
        let (from, keys_from) = (self.exprs.len(), self.keys.len());
        self.keys.push(key);
        self.exprs.push(value);
        while self.eat(Kind::Comma) && !self.at(Kind::RightBrace) {
            let (key, value) = self.item()?;
            self.keys.push(key);
            self.exprs.push(value);
        }
        self.expect(Kind::RightBrace)?;
        let keys = self.arena.list(&self.keys[keys_from..]);
        self.keys.truncate(keys_from);
        let values = self.exprs_from(from);
        Ok(ExprKind::Dict { keys, values })
    }

    fn item(&mut self) -> Result<(Option<&'a Expr<'a>>, &'a Expr<'a>)> {
        if self.eat(Kind::DoubleStar) {
            return Ok((None, self.bitwise_or()?));
        }
        let key = self.expression()?;
        self.expect(Kind::Colon)?;
        Ok((Some(key), self.expression()?))
    }

    /// The clauses of a comprehension of `elt`.
    fn generators(&mut self, elt: &'a Expr<'a>) -> Result<List<'a, Comprehension<'a>>> {
        if is_starred(elt) {
            return Err(NotTaken);
        }
        let mut generators = Vec::new();
        while self.starts_comprehension() {
            let is_async = self.eat(Kind::Async);
            self.expect(Kind::For)?;
            let target = self.targets()?;
            self.expect(Kind::In)?;
            let iter = self.disjunction()?;
            let from = self.exprs.len();
            while self.eat(Kind::If) {
                let condition = self.disjunction()?;
                self.exprs.push(condition);
            }
            let ifs = self.exprs_from(from);
            generators.push(Comprehension {
                target,
                iter,
                ifs,
                is_async,
            });
        }
        self.wrap()?;
        Ok(self.arena.list(&generators))
    }
}
