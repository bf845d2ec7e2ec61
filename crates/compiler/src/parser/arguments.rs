//! Arguments of calls and classes; parameters of functions and lambdas; type parameters.

use super::token::Kind;
use super::{NotTaken, Parser, Result};
use crate::arena::List;
use crate::tree::{
    Arg, Arguments, Context, Expr, ExprKind, Exprs, Keyword, Name, TypeParam, TypeParamKind,
};

/// What may still follow among arguments.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Positional,
    Keywords,
    DoubleStarred,
}

/// Which parameters come now.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// `/` may come.
    First,
    Positional,
    KeywordOnly,
    /// Behind a star without name.
    BareStar,
    /// Behind `**`.
    Last,
}

/// Parameters being read. The present list's are the last of the parser's `args`, defaults of positional ones the last of its `exprs`.
struct Signature<'a> {
    arguments: Arguments<'a>,
    is_function: bool,
    /// Whether the lists of positional parameters are complete.
    has_positional: bool,
    args_from: usize,
    defaults_from: usize,
    kw_defaults: Vec<Option<&'a Expr<'a>>>,
}

impl<'a> Parser<'_, 'a> {
    /// The parentheses of a call with what they hold.
    pub fn call_arguments(&mut self) -> Result<(Exprs<'a>, List<'a, Keyword<'a>>)> {
        self.arguments(true)
    }

    /// The parentheses of a class.
    pub fn class_arguments(&mut self) -> Result<(Exprs<'a>, List<'a, Keyword<'a>>)> {
        self.arguments(false)
    }

    fn arguments(&mut self, is_call: bool) -> Result<(Exprs<'a>, List<'a, Keyword<'a>>)> {
        let start = self.start();
        let (from, keywords_from) = (self.exprs.len(), self.keywords.len());
        self.expect(Kind::LeftParen)?;
        let mut phase = Phase::Positional;
        while !self.at(Kind::RightParen) {
            self.argument(&mut phase)?;
            if let (true, Kind::For | Kind::Async) = (is_call, self.lexer.token.kind)
                && self.exprs.len() == from + 1
                && self.keywords.len() == keywords_from
                && let Some(elt) = self.exprs.pop()
            {
                // Alone, it takes the call's parentheses for its own.
                let kind = self.generator(elt)?;
                self.expect(Kind::RightParen)?;
                let argument = self.expr(start, kind);
                return Ok((self.arena.list(&[argument]), List::EMPTY));
            }
            if !self.eat(Kind::Comma) {
                break;
            }
        }
        self.expect(Kind::RightParen)?;
        Ok((self.exprs_from(from), self.keywords_from(keywords_from)))
    }

    /// One argument: to `exprs` if it is positional, or else to `keywords`.
    fn argument(&mut self, phase: &mut Phase) -> Result {
        let start = self.start();
        match self.lexer.token.kind {
            Kind::Star if *phase < Phase::DoubleStarred => {
                let expr = self.starred(Self::expression)?;
                self.exprs.push(expr);
            }
            Kind::DoubleStar => {
                *phase = Phase::DoubleStarred;
                self.advance();
                let value = self.expression()?;
                let (arg, loc) = (None, self.loc(start));
                self.keywords.push(Keyword { arg, value, loc });
            }
            Kind::Name => {
                let expr = self.named_expression()?;
                if !self.at(Kind::Equal) {
                    if *phase > Phase::Positional {
                        return Err(NotTaken);
                    }
                    self.exprs.push(expr);
                    return Ok(());
                }
                let ExprKind::Name { id, .. } = expr.kind else {
                    return Err(NotTaken);
                };
                *phase = (*phase).max(Phase::Keywords);
                self.advance();
                let value = self.expression()?;
                let (arg, loc) = (Some(id), self.loc(start));
                self.keywords.push(Keyword { arg, value, loc });
            }
            _ if *phase == Phase::Positional => {
                let expr = self.named_expression()?;
                self.exprs.push(expr);
            }
            _ => return Err(NotTaken),
        }
        Ok(())
    }

    /// Parameters up to `)` or, of a lambda, `:`. Only those of functions have annotations.
    pub fn parameters(&mut self, is_function: bool) -> Result<Arguments<'a>> {
        let mut signature = Signature {
            arguments: Arguments::NONE,
            is_function,
            has_positional: false,
            args_from: self.args.len(),
            defaults_from: self.exprs.len(),
            kw_defaults: Vec::new(),
        };
        let close = match is_function {
            true => Kind::RightParen,
            false => Kind::Colon,
        };
        let mut place = Place::First;
        while !self.at(close) {
            place = self.parameter(&mut signature, place)?;
            if !self.eat(Kind::Comma) {
                break;
            }
        }
        if place == Place::BareStar || !self.at(close) {
            return Err(NotTaken);
        }
        if signature.has_positional {
            signature.arguments.kwonlyargs = self.args_from(signature.args_from);
            signature.arguments.kw_defaults = self.arena.list(&signature.kw_defaults);
        } else {
            self.end_positional(&mut signature);
        }
        Ok(signature.arguments)
    }

    /// Puts what was read so far in the lists of positional parameters.
    fn end_positional(&mut self, signature: &mut Signature<'a>) {
        if !signature.has_positional {
            signature.has_positional = true;
            signature.arguments.args = self.args_from(signature.args_from);
            signature.arguments.defaults = self.exprs_from(signature.defaults_from);
        }
    }

    /// One parameter, `*` or `/`.
    fn parameter(&mut self, signature: &mut Signature<'a>, place: Place) -> Result<Place> {
        let is_function = signature.is_function;
        match (self.lexer.token.kind, place) {
            (Kind::Slash, Place::First) if self.args.len() > signature.args_from => {
                self.advance();
                signature.arguments.posonlyargs = self.args_from(signature.args_from);
                Ok(Place::Positional)
            }
            (Kind::Star, Place::First | Place::Positional) => {
                self.end_positional(signature);
                self.advance();
                if self.at(Kind::Comma) {
                    return Ok(Place::BareStar);
                }
                let arg = self.arg(is_function, true)?;
                signature.arguments.vararg = Some(self.arena.node(arg));
                Ok(Place::KeywordOnly)
            }
            (Kind::DoubleStar, Place::First | Place::Positional | Place::KeywordOnly) => {
                self.end_positional(signature);
                self.advance();
                let arg = self.arg(is_function, false)?;
                signature.arguments.kwarg = Some(self.arena.node(arg));
                Ok(Place::Last)
            }
            (Kind::Name, Place::First | Place::Positional) => {
                let arg = self.arg(is_function, false)?;
                self.args.push(arg);
                if self.eat(Kind::Equal) {
                    let default = self.expression()?;
                    self.exprs.push(default);
                } else if self.exprs.len() > signature.defaults_from {
                    return Err(NotTaken);
                }
                Ok(place)
            }
            (Kind::Name, Place::KeywordOnly | Place::BareStar) => {
                let arg = self.arg(is_function, false)?;
                self.args.push(arg);
                let default = self.behind(Kind::Equal)?;
                signature.kw_defaults.push(default);
                Ok(Place::KeywordOnly)
            }
            _ => Err(NotTaken),
        }
    }

    /// A parameter's name and annotation; the annotation of `*args` may have a star.
    fn arg(&mut self, is_function: bool, may_be_starred: bool) -> Result<Arg<'a>> {
        let start = self.start();
        let arg = self.name()?;
        let mut annotation = None;
        if is_function && self.eat(Kind::Colon) {
            let expr = if may_be_starred && self.at(Kind::Star) {
                self.starred(Self::bitwise_or)?
            } else {
                self.expression()?
            };
            annotation = Some(expr);
        }
        let loc = self.loc(start);
        Ok(Arg {
            arg,
            annotation,
            loc,
        })
    }

    /// The brackets of something generic, if there are any.
    pub fn type_params(&mut self) -> Result<List<'a, TypeParam<'a>>> {
        if !self.eat(Kind::LeftBracket) {
            return Ok(List::EMPTY);
        }
        let mut params = Vec::new();
        while !self.at(Kind::RightBracket) {
            params.push(self.type_param()?);
            if !self.eat(Kind::Comma) {
                break;
            }
        }
        self.expect(Kind::RightBracket)?;
        match params.is_empty() {
            true => Err(NotTaken),
            false => Ok(self.arena.list(&params)),
        }
    }

    fn type_param(&mut self) -> Result<TypeParam<'a>> {
        let start = self.start();
        let kind = match self.lexer.token.kind {
            Kind::Star => {
                self.advance();
                let name: Name = self.name()?;
                let mut default_value = None;
                if self.eat(Kind::Equal) {
                    let value = match self.lexer.token.kind {
                        Kind::Star => self.starred(Self::bitwise_or)?,
                        _ => self.expression()?,
                    };
                    default_value = Some(value);
                }
                TypeParamKind::TypeVarTuple {
                    name,
                    default_value,
                }
            }
            Kind::DoubleStar => {
                self.advance();
                TypeParamKind::ParamSpec {
                    name: self.name()?,
                    default_value: self.behind(Kind::Equal)?,
                }
            }
            _ => TypeParamKind::TypeVar {
                name: self.name()?,
                bound: self.behind(Kind::Colon)?,
                default_value: self.behind(Kind::Equal)?,
            },
        };
        let loc = self.loc(start);
        Ok(TypeParam { kind, loc })
    }

    /// The expression behind a token of this kind, if there is one.
    pub fn behind(&mut self, kind: Kind) -> Result<Option<&'a Expr<'a>>> {
        match self.eat(kind) {
            true => Ok(Some(self.expression()?)),
            false => Ok(None),
        }
    }

    /// A dotted name as an expression.
    pub fn dotted_name(&mut self) -> Result<&'a Expr<'a>> {
        let start = self.start();
        let (id, ctx) = (self.name()?, Context::Load);
        let mut expr = self.expr(start, ExprKind::Name { id, ctx });
        while self.eat(Kind::Dot) {
            let (value, attr) = (expr, self.name()?);
            self.wrap()?;
            expr = self.expr(start, ExprKind::Attribute { value, attr, ctx });
        }
        Ok(expr)
    }
}
