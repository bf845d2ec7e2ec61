//! `match` and its patterns.

use terrarium_bytecode::Constant;

use super::expressions::constant;
use super::token::{self, Kind};
use super::{NotTaken, Parser, Result, Start};
use crate::tree::{
    Context, Expr, ExprKind, MatchCase, Name, Operator, Pattern, PatternKind, StmtKind, UnaryOp,
};

impl<'s, 'a> Parser<'s, 'a> {
    /// A match statement, or `None` if `match` is a name here.
    pub fn match_statement(&mut self) -> Result<Option<StmtKind<'a>>> {
        let line = self.lexer.token.line;
        let Some(subject) = self.attempt(Self::match_head) else {
            return Ok(None);
        };
        self.special_lines.push(line);
        self.advance_space(Kind::Newline)?;
        self.advance_space(Kind::Indent)?;
        let mut cases = Vec::new();
        while !self.at(Kind::Dedent) {
            cases.push(self.case()?);
        }
        self.advance_space(Kind::Dedent)?;
        let cases = self.arena.list(&cases);
        Ok(Some(StmtKind::Match { subject, cases }))
    }

    /// `match subject:` up to the end of its line, which no other statement can be.
    fn match_head(&mut self) -> Result<&'a Expr<'a>> {
        self.advance();
        let start = self.start();
        let first = self.element()?;
        let mut subject = first;
        if self.at(Kind::Comma) {
            let from = self.exprs.len();
            self.exprs.push(subject);
            while self.eat(Kind::Comma) && !self.at(Kind::Colon) {
                let element = self.element()?;
                self.exprs.push(element);
            }
            self.wrap()?;
            let elts = self.exprs_from(from);
            let ctx = Context::Load;
            subject = self.expr(start, ExprKind::Tuple { elts, ctx });
        } else if matches!(subject.kind, ExprKind::Starred { .. }) {
            return Err(NotTaken);
        }
        self.expect(Kind::Colon)?;
        match self.at(Kind::Newline) {
            true => Ok(subject),
            false => Err(NotTaken),
        }
    }

    fn case(&mut self) -> Result<MatchCase<'a>> {
        if !self.at_word(token::CASE) {
            return Err(NotTaken);
        }
        self.advance();
        let pattern = self.nested(Self::open_pattern)?;
        let mut guard = None;
        if self.eat(Kind::If) {
            guard = Some(self.named_expression()?);
        }
        let body = self.block()?;
        Ok(MatchCase {
            pattern,
            guard,
            body,
        })
    }

    fn pattern_here(&self, start: Start, kind: PatternKind<'a>) -> Pattern<'a> {
        Pattern {
            kind,
            loc: self.loc(start),
        }
    }

    /// A pattern, or a sequence without parentheses.
    fn open_pattern(&mut self) -> Result<Pattern<'a>> {
        let start = self.start();
        let first = self.maybe_star_pattern()?;
        if !self.at(Kind::Comma) {
            return match first.kind {
                PatternKind::MatchStar { .. } => Err(NotTaken),
                _ => Ok(first),
            };
        }
        let mut patterns = vec![first];
        while self.eat(Kind::Comma) && !matches!(self.lexer.token.kind, Kind::Colon | Kind::If) {
            patterns.push(self.maybe_star_pattern()?);
        }
        self.wrap()?;
        let patterns = self.arena.list(&patterns);
        Ok(self.pattern_here(start, PatternKind::MatchSequence { patterns }))
    }

    fn maybe_star_pattern(&mut self) -> Result<Pattern<'a>> {
        let start = self.start();
        if !self.eat(Kind::Star) {
            return self.pattern();
        }
        let name = self.capture_name()?;
        Ok(self.pattern_here(start, PatternKind::MatchStar { name }))
    }

    /// A name to bind; `None` for `_`.
    fn capture_name(&mut self) -> Result<Option<Name<'a>>> {
        if self.at_word(token::UNDERSCORE) {
            self.advance();
            return Ok(None);
        }
        self.name().map(Some)
    }

    /// Alternatives, with a name behind `as` or not.
    fn pattern(&mut self) -> Result<Pattern<'a>> {
        self.nested(|this| {
            let start = this.start();
            let mut pattern = this.closed_pattern()?;
            if this.at(Kind::Bar) {
                let mut patterns = vec![pattern];
                while this.eat(Kind::Bar) {
                    patterns.push(this.closed_pattern()?);
                }
                this.wrap()?;
                let patterns = this.arena.list(&patterns);
                pattern = this.pattern_here(start, PatternKind::MatchOr { patterns });
            }
            if !this.eat(Kind::As) {
                return Ok(pattern);
            }
            // Not `_`.
            let name = Some(this.capture_name()?.ok_or(NotTaken)?);
            this.wrap()?;
            let pattern: Option<&'a Pattern> = Some(this.arena.node(pattern));
            Ok(this.pattern_here(start, PatternKind::MatchAs { pattern, name }))
        })
    }

    fn closed_pattern(&mut self) -> Result<Pattern<'a>> {
        let start = self.start();
        let kind = match self.lexer.token.kind {
            Kind::Name => return self.name_pattern(),
            Kind::None => self.singleton(&Constant::None)?,
            Kind::True => self.singleton(&Constant::True)?,
            Kind::False => self.singleton(&Constant::False)?,
            Kind::Number | Kind::Minus | Kind::String => PatternKind::MatchValue {
                value: self.literal()?,
            },
            Kind::LeftBracket => {
                self.advance();
                let (patterns, _) = self.sequence(Kind::RightBracket)?;
                let patterns = self.arena.list(&patterns);
                PatternKind::MatchSequence { patterns }
            }
            Kind::LeftParen => {
                self.advance();
                let (mut patterns, has_comma) = self.sequence(Kind::RightParen)?;
                let is_group = patterns.len() == 1 && !has_comma;
                if is_group && let Some(inner) = patterns.pop() {
                    return match inner.kind {
                        // One alone is a sequence.
                        PatternKind::MatchStar { .. } => Err(NotTaken),
                        _ => Ok(inner),
                    };
                }
                let patterns = self.arena.list(&patterns);
                PatternKind::MatchSequence { patterns }
            }
            Kind::LeftBrace => self.mapping()?,
            _ => return Err(NotTaken),
        };
        self.wrap()?;
        Ok(self.pattern_here(start, kind))
    }

    fn singleton(&mut self, value: &'a Constant) -> Result<PatternKind<'a>> {
        self.advance();
        Ok(PatternKind::MatchSingleton { value })
    }

    /// Patterns up to `close`, and whether a comma stands behind the first.
    fn sequence(&mut self, close: Kind) -> Result<(Vec<Pattern<'a>>, bool)> {
        let mut patterns = Vec::new();
        let mut has_comma = false;
        while !self.at(close) {
            patterns.push(self.maybe_star_pattern()?);
            if !self.eat(Kind::Comma) {
                break;
            }
            has_comma = true;
        }
        self.expect(close)?;
        Ok((patterns, has_comma))
    }

    /// A capture, `_`, a dotted value or a class.
    fn name_pattern(&mut self) -> Result<Pattern<'a>> {
        let start = self.start();
        let is_wildcard = self.at_word(token::UNDERSCORE);
        let before = self.lexer.token;
        let name = self.dotted_name_or_wildcard(is_wildcard)?;
        let kind = match (name, self.lexer.token.kind) {
            (Some(cls), Kind::LeftParen) => self.class_pattern(cls)?,
            (Some(value), _) if matches!(value.kind, ExprKind::Attribute { .. }) => {
                PatternKind::MatchValue { value }
            }
            (Some(name), _) => {
                let ExprKind::Name { id, .. } = name.kind else {
                    return Err(NotTaken);
                };
                PatternKind::MatchAs {
                    pattern: None,
                    name: Some(id),
                }
            }
            (None, _) => PatternKind::MatchAs {
                pattern: None,
                name: None,
            },
        };
        debug_assert_eq!(before.kind, Kind::Name);
        self.wrap()?;
        Ok(self.pattern_here(start, kind))
    }

    fn dotted_name_or_wildcard(&mut self, is_wildcard: bool) -> Result<Option<&'a Expr<'a>>> {
        if !is_wildcard {
            return self.dotted_name().map(Some);
        }
        self.advance();
        match self.lexer.token.kind {
            // A class or module named `_`.
            Kind::Dot | Kind::LeftParen => Err(NotTaken),
            _ => Ok(None),
        }
    }

    fn class_pattern(&mut self, cls: &'a Expr<'a>) -> Result<PatternKind<'a>> {
        self.expect(Kind::LeftParen)?;
        let (mut patterns, mut kwd_attrs, mut kwd_patterns) = (Vec::new(), Vec::new(), Vec::new());
        while !self.at(Kind::RightParen) {
            match self.attempt(Self::attribute_name) {
                Some(name) => {
                    kwd_attrs.push(self.names.get(name));
                    kwd_patterns.push(self.pattern()?);
                }
                None if kwd_attrs.is_empty() => patterns.push(self.pattern()?),
                None => return Err(NotTaken),
            }
            if !self.eat(Kind::Comma) {
                break;
            }
        }
        self.expect(Kind::RightParen)?;
        Ok(PatternKind::MatchClass {
            cls,
            patterns: self.arena.list(&patterns),
            kwd_attrs: self.arena.list(&kwd_attrs),
            kwd_patterns: self.arena.list(&kwd_patterns),
        })
    }

    /// `name=`
    fn attribute_name(&mut self) -> Result<&'s str> {
        let (name, is_foreign) = (self.word(), self.lexer.token.is_foreign);
        self.expect(Kind::Name)?;
        self.expect(Kind::Equal)?;
        if is_foreign {
            return Err(NotTaken);
        }
        Ok(name)
    }

    fn mapping(&mut self) -> Result<PatternKind<'a>> {
        self.expect(Kind::LeftBrace)?;
        let (mut keys, mut patterns, mut rest) = (Vec::new(), Vec::new(), None);
        while !self.at(Kind::RightBrace) {
            if rest.is_some() {
                return Err(NotTaken);
            }
            if self.eat(Kind::DoubleStar) {
                rest = Some(self.capture_name()?.ok_or(NotTaken)?);
            } else {
                keys.push(self.mapping_key()?);
                self.expect(Kind::Colon)?;
                patterns.push(self.pattern()?);
            }
            if !self.eat(Kind::Comma) {
                break;
            }
        }
        self.expect(Kind::RightBrace)?;
        Ok(PatternKind::MatchMapping {
            keys: self.arena.list(&keys),
            patterns: self.arena.list(&patterns),
            rest,
        })
    }

    fn mapping_key(&mut self) -> Result<&'a Expr<'a>> {
        let start = self.start();
        let value = match self.lexer.token.kind {
            Kind::None => &Constant::None,
            Kind::True => &Constant::True,
            Kind::False => &Constant::False,
            Kind::Name => {
                let key = self.dotted_name()?;
                return match key.kind {
                    ExprKind::Attribute { .. } => Ok(key),
                    _ => Err(NotTaken),
                };
            }
            _ => return self.literal(),
        };
        self.advance();
        Ok(self.expr(start, constant(value)))
    }

    /// A string, or a number with a sign and an imaginary part perhaps.
    fn literal(&mut self) -> Result<&'a Expr<'a>> {
        let start = self.start();
        if self.at(Kind::String) {
            let string = self.strings()?;
            return match string.kind {
                ExprKind::Constant { .. } => Ok(string),
                _ => Err(NotTaken),
            };
        }
        let real = self.signed_number()?;
        let op = match self.lexer.token.kind {
            Kind::Plus => Operator::Add,
            Kind::Minus => Operator::Sub,
            _ => return Ok(real),
        };
        let imaginary_start = {
            self.advance();
            self.start()
        };
        let right = self.number(imaginary_start)?;
        let is_complex = |value: &Expr| {
            matches!(
                &value.kind,
                ExprKind::Constant {
                    value: Constant::Complex(_),
                    ..
                }
            )
        };
        let is_real = match &real.kind {
            ExprKind::UnaryOp { operand, .. } => !is_complex(operand),
            _ => !is_complex(real),
        };
        if !is_real || !is_complex(right) {
            return Err(NotTaken);
        }
        self.wrap()?;
        let left = real;
        Ok(self.expr(start, ExprKind::BinOp { left, op, right }))
    }

    fn signed_number(&mut self) -> Result<&'a Expr<'a>> {
        let start = self.start();
        if !self.eat(Kind::Minus) {
            return self.number(start);
        }
        let number_start = self.start();
        let operand = self.number(number_start)?;
        self.wrap()?;
        let op = UnaryOp::USub;
        Ok(self.expr(start, ExprKind::UnaryOp { op, operand }))
    }

    fn number(&mut self, start: Start) -> Result<&'a Expr<'a>> {
        if !self.at(Kind::Number) {
            return Err(NotTaken);
        }
        let value = self.number_value()?;
        self.advance();
        Ok(self.expr(start, constant(value)))
    }
}
