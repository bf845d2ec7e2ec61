//! Parentheses, lists, dicts, sets and comprehensions.

use super::token::Kind;
use super::{NotTaken, Parser, Result, Start};
use crate::tree::{Comprehension, Context, Expr, ExprKind, ThinVec, thin_vec};

fn is_starred(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Starred { .. })
}

impl Parser<'_> {
    /// `star_named_expression`: an element of a display.
    pub fn element(&mut self) -> Result<Expr> {
        match self.token.kind {
            Kind::Star => self.starred(Self::bitwise_or),
            _ => self.named_expression(),
        }
    }

    fn starts_comprehension(&self) -> bool {
        matches!(self.token.kind, Kind::For | Kind::Async)
    }

    /// The elements up to `close`, `first` and perhaps a comma taken already.
    fn elements(&mut self, first: Expr, close: Kind) -> Result<ThinVec<Expr>> {
        let from = self.exprs.len();
        self.exprs.push(first);
        while self.eat(Kind::Comma)? && !self.at(close) {
            let element = self.element()?;
            self.exprs.push(element);
        }
        self.expect(close)?;
        Ok(self.exprs_from(from))
    }

    /// A group, a tuple, a generator expression, or a yield in parentheses.
    pub fn parenthesized(&mut self) -> Result<Expr> {
        let start = self.start();
        let ctx = Context::Load;
        self.expect(Kind::LeftParen)?;
        if self.eat(Kind::RightParen)? {
            let elts = ThinVec::new();
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
        if is_starred(&first) {
            return Err(NotTaken);
        }
        self.expect(Kind::RightParen)?;
        Ok(first)
    }

    /// The rest of a generator expression without its parentheses.
    pub fn generator(&mut self, elt: Expr) -> Result<ExprKind> {
        let generators = self.generators(&elt)?;
        let elt = Box::new(elt);
        Ok(ExprKind::GeneratorExp { elt, generators })
    }

    pub fn list(&mut self) -> Result<Expr> {
        let start = self.start();
        let ctx = Context::Load;
        self.expect(Kind::LeftBracket)?;
        if self.eat(Kind::RightBracket)? {
            let elts = ThinVec::new();
            return Ok(self.expr(start, ExprKind::List { elts, ctx }));
        }
        let first = self.element()?;
        let kind = if self.starts_comprehension() {
            let generators = self.generators(&first)?;
            self.expect(Kind::RightBracket)?;
            let elt = Box::new(first);
            ExprKind::ListComp { elt, generators }
        } else {
            let elts = self.elements(first, Kind::RightBracket)?;
            ExprKind::List { elts, ctx }
        };
        self.wrap()?;
        Ok(self.expr(start, kind))
    }

    pub fn dict_or_set(&mut self) -> Result<Expr> {
        let start = self.start();
        self.expect(Kind::LeftBrace)?;
        let kind = match self.token.kind {
            Kind::RightBrace => {
                self.advance()?;
                let (keys, values) = (ThinVec::new(), ThinVec::new());
                ExprKind::Dict { keys, values }
            }
            Kind::DoubleStar => self.dict(start)?,
            _ => {
                let is_name = self.at(Kind::Name);
                let first = self.element()?;
                // A walrus needs no parentheses in a set, but is no key.
                let is_key = !matches!(first.kind, ExprKind::NamedExpr { .. }) || !is_name;
                if self.at(Kind::Colon) && is_key && !is_starred(&first) {
                    self.dict_behind(first)?
                } else if self.starts_comprehension() {
                    let generators = self.generators(&first)?;
                    self.expect(Kind::RightBrace)?;
                    let elt = Box::new(first);
                    ExprKind::SetComp { elt, generators }
                } else {
                    let elts = self.elements(first, Kind::RightBrace)?;
                    ExprKind::Set { elts }
                }
            }
        };
        self.wrap()?;
        Ok(self.expr(start, kind))
    }

    /// A dict that starts with `**`.
    fn dict(&mut self, _start: Start) -> Result<ExprKind> {
        let (mut keys, mut values) = (ThinVec::with_capacity(1), ThinVec::with_capacity(1));
        self.item(&mut keys, &mut values)?;
        self.items(keys, values)
    }

    /// A dict, or a comprehension of one, whose first key is taken.
    fn dict_behind(&mut self, key: Expr) -> Result<ExprKind> {
        self.expect(Kind::Colon)?;
        let value = self.expression()?;
        if self.starts_comprehension() {
            let generators = self.generators(&value)?;
            self.expect(Kind::RightBrace)?;
            return Ok(ExprKind::DictComp {
                key: Box::new(key),
                value: Box::new(value),
                generators,
            });
        }
        self.items(thin_vec![Some(key)], thin_vec![value])
    }

    /// The items behind the first.
    fn items(
        &mut self,
        mut keys: ThinVec<Option<Expr>>,
        mut values: ThinVec<Expr>,
    ) -> Result<ExprKind> {
        while self.eat(Kind::Comma)? && !self.at(Kind::RightBrace) {
            self.item(&mut keys, &mut values)?;
        }
        self.expect(Kind::RightBrace)?;
        Ok(ExprKind::Dict { keys, values })
    }

    fn item(&mut self, keys: &mut ThinVec<Option<Expr>>, values: &mut ThinVec<Expr>) -> Result {
        if self.eat(Kind::DoubleStar)? {
            keys.push(None);
            values.push(self.bitwise_or()?);
            return Ok(());
        }
        keys.push(Some(self.expression()?));
        self.expect(Kind::Colon)?;
        values.push(self.expression()?);
        Ok(())
    }

    /// The clauses of a comprehension of `elt`.
    fn generators(&mut self, elt: &Expr) -> Result<ThinVec<Comprehension>> {
        if is_starred(elt) {
            return Err(NotTaken);
        }
        let mut generators = ThinVec::with_capacity(1);
        while self.starts_comprehension() {
            let is_async = self.eat(Kind::Async)?;
            self.expect(Kind::For)?;
            let target = self.targets()?;
            self.expect(Kind::In)?;
            let iter = self.disjunction()?;
            let mut ifs = ThinVec::new();
            while self.eat(Kind::If)? {
                ifs.push(self.disjunction()?);
            }
            generators.push(Comprehension {
                target,
                iter,
                ifs,
                is_async,
            });
        }
        self.wrap()?;
        Ok(generators)
    }
}
