//! Expressions: operators by precedence, calls, attributes, subscripts, atoms.

use terrarium_bytecode::Constant;

use super::token::Kind;
use super::{NotTaken, Parser, Result, Start};
use crate::literals;
use crate::tree::{BoolOp, CmpOp, Context, Expr, ExprKind, Operator, UnaryOp};

/// How tightly operators bind; a greater number binds tighter.
pub mod level {
    pub const OR: u8 = 1;
    pub const AND: u8 = 2;
    pub const NOT: u8 = 3;
    pub const COMPARE: u8 = 4;
    pub const BIT_OR: u8 = 5;
    pub const BIT_XOR: u8 = 6;
    pub const BIT_AND: u8 = 7;
    pub const SHIFT: u8 = 8;
    pub const SUM: u8 = 9;
    pub const TERM: u8 = 10;
}

/// The level of the operator that `kind` starts between two operands; 0 if it is none.
#[inline]
fn level_of(kind: Kind) -> u8 {
    match kind {
        Kind::Or => level::OR,
        Kind::And => level::AND,
        Kind::Less
        | Kind::Greater
        | Kind::LessEqual
        | Kind::GreaterEqual
        | Kind::EqualEqual
        | Kind::NotEqual
        | Kind::In
        | Kind::Not
        | Kind::Is => level::COMPARE,
        Kind::Bar => level::BIT_OR,
        Kind::Caret => level::BIT_XOR,
        Kind::Amper => level::BIT_AND,
        Kind::LeftShift | Kind::RightShift => level::SHIFT,
        Kind::Plus | Kind::Minus => level::SUM,
        Kind::Star | Kind::Slash | Kind::DoubleSlash | Kind::Percent | Kind::At => level::TERM,
        _ => 0,
    }
}

fn operator(kind: Kind) -> Operator {
    match kind {
        Kind::Bar => Operator::BitOr,
        Kind::Caret => Operator::BitXor,
        Kind::Amper => Operator::BitAnd,
        Kind::LeftShift => Operator::LShift,
        Kind::RightShift => Operator::RShift,
        Kind::Plus => Operator::Add,
        Kind::Minus => Operator::Sub,
        Kind::Star => Operator::Mult,
        Kind::Slash => Operator::Div,
        Kind::DoubleSlash => Operator::FloorDiv,
        Kind::Percent => Operator::Mod,
        _ => Operator::MatMult,
    }
}

pub fn constant<'a>(value: &'a Constant) -> ExprKind<'a> {
    ExprKind::Constant {
        value,
        kind_u: false,
    }
}

impl<'a> Parser<'_, 'a> {
    /// The node of `kind` from `start` to here.
    #[inline]
    pub fn expr(&self, start: Start, kind: ExprKind<'a>) -> &'a Expr<'a> {
        let loc = self.loc(start);
        self.arena.node(Expr { kind, loc })
    }

    /// `expression`: a conditional, a lambda, or operators.
    pub fn expression(&mut self) -> Result<&'a Expr<'a>> {
        match self.lexer.token.kind {
            Kind::Name | Kind::Number | Kind::None | Kind::True | Kind::False => {
                let start = self.start();
                let atom = self.atom()?;
                if self.ends_expression() {
                    self.deepest = self.deepest.max(self.depth + 1);
                    return Ok(atom);
                }
                self.nested(|this| this.expression_behind(start, atom))
            }
            _ => self.nested(Self::expression_here),
        }
    }

    /// Whether the next token surely continues no expression.
    #[inline]
    fn ends_expression(&self) -> bool {
        matches!(
            self.lexer.token.kind,
            Kind::Newline
                | Kind::Comma
                | Kind::RightParen
                | Kind::RightBracket
                | Kind::RightBrace
                | Kind::Colon
                | Kind::Equal
        )
    }

    fn expression_here(&mut self) -> Result<&'a Expr<'a>> {
        let start = self.start();
        match self.lexer.token.kind {
            Kind::Lambda => self.lambda(),
            Kind::Not | Kind::Minus | Kind::Plus | Kind::Tilde | Kind::Await => {
                let body = self.operators(level::OR)?;
                self.conditional(start, body)
            }
            _ => {
                let atom = self.atom()?;
                self.expression_behind(start, atom)
            }
        }
    }

    /// The expression that starts with `atom`.
    fn expression_behind(&mut self, start: Start, atom: &'a Expr<'a>) -> Result<&'a Expr<'a>> {
        let primary = self.primary_behind(start, atom)?;
        if self.ends_expression() {
            return Ok(primary);
        }
        let power = self.power_behind(start, primary)?;
        let body = self.operators_behind(start, power, level::OR)?;
        self.conditional(start, body)
    }

    /// `body`, or the conditional that it starts.
    #[inline]
    fn conditional(&mut self, start: Start, body: &'a Expr<'a>) -> Result<&'a Expr<'a>> {
        if !self.eat(Kind::If) {
            return Ok(body);
        }
        let test = self.operators(level::OR)?;
        self.expect(Kind::Else)?;
        let orelse = self.expression()?;
        self.wrap()?;
        Ok(self.expr(start, ExprKind::IfExp { test, body, orelse }))
    }

    /// `disjunction`, as comprehensions want it.
    pub fn disjunction(&mut self) -> Result<&'a Expr<'a>> {
        self.nested(|this| this.operators(level::OR))
    }

    /// `bitwise_or`: what `*` and `**` stand before, and what targets consist of.
    pub fn bitwise_or(&mut self) -> Result<&'a Expr<'a>> {
        self.nested(|this| this.operators(level::BIT_OR))
    }

    /// `named_expression`: `name := value` or an expression.
    pub fn named_expression(&mut self) -> Result<&'a Expr<'a>> {
        let start = self.start();
        let is_bare = self.at(Kind::Name);
        let expr = self.expression()?;
        if !self.at(Kind::Walrus) {
            return Ok(expr);
        }
        let (ExprKind::Name { id, .. }, true) = (expr.kind, is_bare) else {
            return Err(NotTaken);
        };
        let ctx = Context::Store;
        let target = self.expr(start, ExprKind::Name { id, ctx });
        self.advance();
        let value = self.expression()?;
        self.wrap()?;
        Ok(self.expr(start, ExprKind::NamedExpr { target, value }))
    }

    fn lambda(&mut self) -> Result<&'a Expr<'a>> {
        let start = self.start();
        if self.lexer.place.field > 0 && self.lexer.place.open == self.lexer.place.field {
            // Its colon ends the replacement field.
            return Err(NotTaken);
        }
        self.advance();
        let args = self.arena.node(self.parameters(false)?);
        self.expect(Kind::Colon)?;
        let body = self.expression()?;
        self.wrap()?;
        Ok(self.expr(start, ExprKind::Lambda { args, body }))
    }

    /// Operators that bind at least as tightly as `lowest`.
    fn operators(&mut self, lowest: u8) -> Result<&'a Expr<'a>> {
        let start = self.start();
        let left = if self.at(Kind::Not) && lowest <= level::NOT {
            self.advance();
            let operand = self.nested(|this| this.operators(level::NOT))?;
            self.wrap()?;
            let op = UnaryOp::Not;
            self.expr(start, ExprKind::UnaryOp { op, operand })
        } else {
            self.factor()?
        };
        self.operators_behind(start, left, lowest)
    }

    /// The same behind the first operand.
    #[inline]
    fn operators_behind(
        &mut self,
        start: Start,
        mut left: &'a Expr<'a>,
        lowest: u8,
    ) -> Result<&'a Expr<'a>> {
        loop {
            let found = level_of(self.lexer.token.kind);
            if found < lowest || found == 0 {
                return Ok(left);
            }
            let kind = match found {
                level::OR => self.bool_op(left, BoolOp::Or)?,
                level::AND => self.bool_op(left, BoolOp::And)?,
                level::COMPARE => self.compare(left)?,
                _ => {
                    let op = operator(self.lexer.token.kind);
                    let line = self.lexer.token.line;
                    self.advance();
                    let right = self.operators(found + 1)?;
                    if op == Operator::Mod
                        && matches!(left.kind, ExprKind::Constant { .. })
                        && matches!(right.kind, ExprKind::Tuple { .. })
                    {
                        self.special_lines.push(line);
                    }
                    ExprKind::BinOp { left, op, right }
                }
            };
            self.wrap()?;
            left = self.expr(start, kind);
        }
    }

    fn bool_op(&mut self, first: &'a Expr<'a>, op: BoolOp) -> Result<ExprKind<'a>> {
        let (kind, operand) = match op {
            BoolOp::Or => (Kind::Or, level::AND),
            BoolOp::And => (Kind::And, level::NOT),
        };
        let from = self.exprs.len();
        self.exprs.push(first);
        while self.eat(kind) {
            let value = self.operators(operand)?;
            self.exprs.push(value);
        }
        let values = self.exprs_from(from);
        Ok(ExprKind::BoolOp { op, values })
    }

    fn compare(&mut self, left: &'a Expr<'a>) -> Result<ExprKind<'a>> {
        let (from, ops_from) = (self.exprs.len(), self.cmp_ops.len());
        while let Some(op) = self.cmp_op()? {
            self.cmp_ops.push(op);
            let comparator = self.operators(level::BIT_OR)?;
            self.exprs.push(comparator);
        }
        let ops = self.arena.list(&self.cmp_ops[ops_from..]);
        self.cmp_ops.truncate(ops_from);
        Ok(ExprKind::Compare {
            left,
            ops,
            comparators: self.exprs_from(from),
        })
    }

    /// Takes a comparison operator.
    fn cmp_op(&mut self) -> Result<Option<CmpOp>> {
        let op = match self.lexer.token.kind {
            Kind::Less => CmpOp::Lt,
            Kind::Greater => CmpOp::Gt,
            Kind::LessEqual => CmpOp::LtE,
            Kind::GreaterEqual => CmpOp::GtE,
            Kind::EqualEqual => CmpOp::Eq,
            Kind::NotEqual => CmpOp::NotEq,
            Kind::In => CmpOp::In,
            Kind::Not => {
                self.advance();
                self.expect(Kind::In)?;
                return Ok(Some(CmpOp::NotIn));
            }
            Kind::Is => {
                self.advance();
                let is_not = self.eat(Kind::Not);
                return Ok(Some(if is_not { CmpOp::IsNot } else { CmpOp::Is }));
            }
            _ => return Ok(None),
        };
        self.advance();
        Ok(Some(op))
    }

    /// Signs, then `await` and `**`.
    fn factor(&mut self) -> Result<&'a Expr<'a>> {
        let start = self.start();
        let op = match self.lexer.token.kind {
            Kind::Minus => UnaryOp::USub,
            Kind::Plus => UnaryOp::UAdd,
            Kind::Tilde => UnaryOp::Invert,
            Kind::Await => return self.power(),
            _ => {
                let atom = self.atom()?;
                let primary = self.primary_behind(start, atom)?;
                return self.power_behind(start, primary);
            }
        };
        self.advance();
        let operand = self.nested(Self::factor)?;
        self.wrap()?;
        Ok(self.expr(start, ExprKind::UnaryOp { op, operand }))
    }

    fn power(&mut self) -> Result<&'a Expr<'a>> {
        let start = self.start();
        let left = if self.eat(Kind::Await) {
            let value = self.primary()?;
            self.wrap()?;
            self.expr(start, ExprKind::Await { value })
        } else {
            self.primary()?
        };
        self.power_behind(start, left)
    }

    /// `left`, or the power of which it is the base.
    #[inline]
    fn power_behind(&mut self, start: Start, left: &'a Expr<'a>) -> Result<&'a Expr<'a>> {
        if !self.eat(Kind::DoubleStar) {
            return Ok(left);
        }
        let right = self.nested(Self::factor)?;
        self.wrap()?;
        let op = Operator::Pow;
        Ok(self.expr(start, ExprKind::BinOp { left, op, right }))
    }

    /// An atom with attributes, calls and subscripts behind it.
    fn primary(&mut self) -> Result<&'a Expr<'a>> {
        let start = self.start();
        let atom = self.atom()?;
        self.primary_behind(start, atom)
    }

    /// `expr` with what is behind it.
    fn primary_behind(&mut self, start: Start, mut expr: &'a Expr<'a>) -> Result<&'a Expr<'a>> {
        loop {
            let kind = match self.lexer.token.kind {
                Kind::Dot => {
                    self.advance();
                    ExprKind::Attribute {
                        value: expr,
                        attr: self.name()?,
                        ctx: Context::Load,
                    }
                }
                Kind::LeftParen => {
                    let (args, keywords) = self.call_arguments()?;
                    ExprKind::Call {
                        func: expr,
                        args,
                        keywords,
                    }
                }
                Kind::LeftBracket => {
                    self.advance();
                    let slice = self.slices()?;
                    self.expect(Kind::RightBracket)?;
                    ExprKind::Subscript {
                        value: expr,
                        slice,
                        ctx: Context::Load,
                    }
                }
                _ => return Ok(expr),
            };
            self.wrap()?;
            expr = self.expr(start, kind);
        }
    }

    /// Names are so frequent that they are looked for first, apart from all others.
    #[inline]
    fn atom(&mut self) -> Result<&'a Expr<'a>> {
        if !self.at(Kind::Name) {
            return self.other_atom();
        }
        let start = self.start();
        let (id, ctx) = (self.name()?, Context::Load);
        Ok(self.expr(start, ExprKind::Name { id, ctx }))
    }

    #[inline(never)]
    fn other_atom(&mut self) -> Result<&'a Expr<'a>> {
        let start = self.start();
        let kind = match self.lexer.token.kind {
            Kind::Number => {
                let value = self.number_value()?;
                self.advance();
                constant(value)
            }
            Kind::String | Kind::FString | Kind::TString => return self.strings(),
            Kind::None => self.keyword(&Constant::None)?,
            Kind::True => self.keyword(&Constant::True)?,
            Kind::False => self.keyword(&Constant::False)?,
            Kind::Ellipsis => self.keyword(&Constant::Ellipsis)?,
            Kind::LeftParen => return self.parenthesized(),
            Kind::LeftBracket => return self.list(),
            Kind::LeftBrace => return self.dict_or_set(),
            _ => return Err(NotTaken),
        };
        Ok(self.expr(start, kind))
    }

    fn keyword(&mut self, value: &'a Constant) -> Result<ExprKind<'a>> {
        self.advance();
        Ok(constant(value))
    }

    /// The value of the next token, a number.
    pub fn number_value(&self) -> Result<&'a Constant> {
        let value = literals::number(self.word()).map_err(|_| NotTaken)?;
        Ok(self.arena.constant(value))
    }

    /// What stands in the brackets of a subscript.
    fn slices(&mut self) -> Result<&'a Expr<'a>> {
        let start = self.start();
        let first = self.slice()?;
        if !self.at(Kind::Comma) && !matches!(first.kind, ExprKind::Starred { .. }) {
            return Ok(first);
        }
        let from = self.exprs.len();
        self.exprs.push(first);
        while self.eat(Kind::Comma) && !self.at(Kind::RightBracket) {
            let element = self.slice()?;
            self.exprs.push(element);
        }
        self.wrap()?;
        let elts = self.exprs_from(from);
        let ctx = Context::Load;
        Ok(self.expr(start, ExprKind::Tuple { elts, ctx }))
    }

    fn slice(&mut self) -> Result<&'a Expr<'a>> {
        let start = self.start();
        if self.at(Kind::Star) {
            return self.starred(Self::expression);
        }
        let mut lower = None;
        if !self.at(Kind::Colon) {
            let is_parenthesized = self.at(Kind::LeftParen);
            let expr = self.named_expression()?;
            if !self.at(Kind::Colon) {
                return Ok(expr);
            }
            if matches!(expr.kind, ExprKind::NamedExpr { .. }) && !is_parenthesized {
                return Err(NotTaken);
            }
            lower = Some(expr);
        }
        self.expect(Kind::Colon)?;
        let upper = self.bound()?;
        let mut step = None;
        if self.eat(Kind::Colon) {
            step = self.bound()?;
        }
        self.wrap()?;
        Ok(self.expr(start, ExprKind::Slice { lower, upper, step }))
    }

    /// The end or step of a slice, if there is one.
    fn bound(&mut self) -> Result<Option<&'a Expr<'a>>> {
        match self.lexer.token.kind {
            Kind::Colon | Kind::Comma | Kind::RightBracket => Ok(None),
            _ => Ok(Some(self.expression()?)),
        }
    }

    /// `*value`
    pub fn starred(
        &mut self,
        value: fn(&mut Self) -> Result<&'a Expr<'a>>,
    ) -> Result<&'a Expr<'a>> {
        let start = self.start();
        self.expect(Kind::Star)?;
        let value = value(self)?;
        self.wrap()?;
        let ctx = Context::Load;
        Ok(self.expr(start, ExprKind::Starred { value, ctx }))
    }

    /// `star_expressions`: one expression, or a tuple without parentheses. A single starred one is no expression.
    pub fn star_expressions(&mut self) -> Result<&'a Expr<'a>> {
        let start = self.start();
        let first = self.star_expression()?;
        self.tuple_behind(start, first)
    }

    fn star_expression(&mut self) -> Result<&'a Expr<'a>> {
        match self.lexer.token.kind {
            Kind::Star => self.starred(Self::bitwise_or),
            _ => self.expression(),
        }
    }

    /// `first`, or the tuple it starts if a comma follows.
    pub fn tuple_behind(&mut self, start: Start, first: &'a Expr<'a>) -> Result<&'a Expr<'a>> {
        if !self.at(Kind::Comma) {
            return match first.kind {
                ExprKind::Starred { .. } => Err(NotTaken),
                _ => Ok(first),
            };
        }
        let from = self.exprs.len();
        self.exprs.push(first);
        while self.eat(Kind::Comma) && self.starts_expression() {
            let element = self.star_expression()?;
            self.exprs.push(element);
        }
        self.wrap()?;
        let elts = self.exprs_from(from);
        let ctx = Context::Load;
        Ok(self.expr(start, ExprKind::Tuple { elts, ctx }))
    }

    /// Whether the next token may start an element of a tuple.
    pub fn starts_expression(&self) -> bool {
        !matches!(
            self.lexer.token.kind,
            Kind::Newline
                | Kind::Semicolon
                | Kind::Equal
                | Kind::RightParen
                | Kind::RightBracket
                | Kind::RightBrace
                | Kind::Colon
                | Kind::Exclamation
                | Kind::In
                | Kind::End
        )
    }

    /// `yield` or `yield from`.
    pub fn yield_expression(&mut self) -> Result<&'a Expr<'a>> {
        self.nested(|this| {
            let start = this.start();
            this.expect(Kind::Yield)?;
            let kind = if this.eat(Kind::From) {
                let value = this.expression()?;
                ExprKind::YieldFrom { value }
            } else if this.starts_expression() {
                let value = Some(this.star_expressions()?);
                ExprKind::Yield { value }
            } else {
                ExprKind::Yield { value: None }
            };
            this.wrap()?;
            Ok(this.expr(start, kind))
        })
    }

    /// A yield, or `star_expressions`.
    pub fn yield_or_expressions(&mut self) -> Result<&'a Expr<'a>> {
        match self.lexer.token.kind {
            Kind::Yield => self.yield_expression(),
            _ => self.star_expressions(),
        }
    }
}
