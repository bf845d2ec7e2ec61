//! Arguments of calls and classes; parameters of functions and lambdas; type parameters.

use super::token::Kind;
use super::{NotTaken, Parser, Result};
use crate::tree::{
    Arg, Arguments, Context, Expr, ExprKind, Keyword, Name, ThinVec, TypeParam, TypeParamKind,
    thin_vec,
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

impl Parser<'_> {
    /// The parentheses of a call with what they hold.
    pub fn call_arguments(&mut self) -> Result<(ThinVec<Expr>, ThinVec<Keyword>)> {
        self.arguments(true)
    }

    /// The parentheses of a class.
    pub fn class_arguments(&mut self) -> Result<(ThinVec<Expr>, ThinVec<Keyword>)> {
        self.arguments(false)
    }

    fn arguments(&mut self, is_call: bool) -> Result<(ThinVec<Expr>, ThinVec<Keyword>)> {
        let start = self.start();
        let (from, mut keywords) = (self.exprs.len(), ThinVec::new());
        self.expect(Kind::LeftParen)?;
        let mut phase = Phase::Positional;
        while !self.at(Kind::RightParen) {
            self.argument(&mut keywords, &mut phase)?;
            if let (true, Kind::For | Kind::Async) = (is_call, self.token.kind)
                && self.exprs.len() == from + 1
                && keywords.is_empty()
                && let Some(elt) = self.exprs.pop()
            {
                // Alone, it takes the call's parentheses for its own.
                let kind = self.generator(elt)?;
                self.expect(Kind::RightParen)?;
                return Ok((thin_vec![self.expr(start, kind)], keywords));
            }
            if !self.eat(Kind::Comma)? {
                break;
            }
        }
        self.expect(Kind::RightParen)?;
        Ok((self.exprs_from(from), keywords))
    }

    /// One argument: to `exprs` if it is positional.
    fn argument(&mut self, keywords: &mut ThinVec<Keyword>, phase: &mut Phase) -> Result {
        let start = self.start();
        match self.token.kind {
            Kind::Star if *phase < Phase::DoubleStarred => {
                let expr = self.starred(Self::expression)?;
                self.exprs.push(expr);
            }
            Kind::DoubleStar => {
                *phase = Phase::DoubleStarred;
                self.advance()?;
                let value = self.expression()?;
                let (arg, loc) = (None, self.loc(start));
                keywords.push(Keyword { arg, value, loc });
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
                self.advance()?;
                let value = self.expression()?;
                let (arg, loc) = (Some(id), self.loc(start));
                keywords.push(Keyword { arg, value, loc });
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
    pub fn parameters(&mut self, is_function: bool) -> Result<Arguments> {
        let mut parameters = Arguments {
            posonlyargs: ThinVec::new(),
            args: ThinVec::new(),
            vararg: None,
            kwonlyargs: ThinVec::new(),
            kw_defaults: ThinVec::new(),
            kwarg: None,
            defaults: ThinVec::new(),
        };
        let close = match is_function {
            true => Kind::RightParen,
            false => Kind::Colon,
        };
        let mut place = Place::First;
        while !self.at(close) {
            place = self.parameter(&mut parameters, place, is_function)?;
            if !self.eat(Kind::Comma)? {
                break;
            }
        }
        if place == Place::BareStar || !self.at(close) {
            return Err(NotTaken);
        }
        Ok(parameters)
    }

    /// One parameter, `*` or `/`.
    fn parameter(
        &mut self,
        parameters: &mut Arguments,
        place: Place,
        is_function: bool,
    ) -> Result<Place> {
        match (self.token.kind, place) {
            (Kind::Slash, Place::First) if !parameters.args.is_empty() => {
                self.advance()?;
                parameters.posonlyargs = std::mem::take(&mut parameters.args);
                Ok(Place::Positional)
            }
            (Kind::Star, Place::First | Place::Positional) => {
                self.advance()?;
                if self.at(Kind::Comma) {
                    return Ok(Place::BareStar);
                }
                let arg = self.arg(is_function, true)?;
                parameters.vararg = Some(Box::new(arg));
                Ok(Place::KeywordOnly)
            }
            (Kind::DoubleStar, Place::First | Place::Positional | Place::KeywordOnly) => {
                self.advance()?;
                let arg = self.arg(is_function, false)?;
                parameters.kwarg = Some(Box::new(arg));
                Ok(Place::Last)
            }
            (Kind::Name, Place::First | Place::Positional) => {
                let arg = self.arg(is_function, false)?;
                push(&mut parameters.args, arg);
                if self.eat(Kind::Equal)? {
                    parameters.defaults.push(self.expression()?);
                } else if !parameters.defaults.is_empty() {
                    return Err(NotTaken);
                }
                Ok(place)
            }
            (Kind::Name, Place::KeywordOnly | Place::BareStar) => {
                let arg = self.arg(is_function, false)?;
                parameters.kwonlyargs.push(arg);
                let default = match self.eat(Kind::Equal)? {
                    true => Some(self.expression()?),
                    false => None,
                };
                parameters.kw_defaults.push(default);
                Ok(Place::KeywordOnly)
            }
            _ => Err(NotTaken),
        }
    }

    /// A parameter's name and annotation; the annotation of `*args` may have a star.
    fn arg(&mut self, is_function: bool, may_be_starred: bool) -> Result<Arg> {
        let start = self.start();
        let arg = self.name()?;
        let mut annotation = None;
        if is_function && self.eat(Kind::Colon)? {
            let expr = if may_be_starred && self.at(Kind::Star) {
                self.starred(Self::bitwise_or)?
            } else {
                self.expression()?
            };
            annotation = Some(Box::new(expr));
        }
        let loc = self.loc(start);
        Ok(Arg {
            arg,
            annotation,
            loc,
        })
    }

    /// The brackets of something generic, if there are any.
    pub fn type_params(&mut self) -> Result<ThinVec<TypeParam>> {
        let mut params = ThinVec::new();
        if !self.eat(Kind::LeftBracket)? {
            return Ok(params);
        }
        while !self.at(Kind::RightBracket) {
            params.push(self.type_param()?);
            if !self.eat(Kind::Comma)? {
                break;
            }
        }
        self.expect(Kind::RightBracket)?;
        match params.is_empty() {
            true => Err(NotTaken),
            false => Ok(params),
        }
    }

    fn type_param(&mut self) -> Result<TypeParam> {
        let start = self.start();
        let kind = match self.token.kind {
            Kind::Star => {
                self.advance()?;
                let name: Name = self.name()?;
                let mut default_value = None;
                if self.eat(Kind::Equal)? {
                    let value = match self.token.kind {
                        Kind::Star => self.starred(Self::bitwise_or)?,
                        _ => self.expression()?,
                    };
                    default_value = Some(Box::new(value));
                }
                TypeParamKind::TypeVarTuple {
                    name,
                    default_value,
                }
            }
            Kind::DoubleStar => {
                self.advance()?;
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
    pub fn behind(&mut self, kind: Kind) -> Result<Option<Box<Expr>>> {
        match self.eat(kind)? {
            true => Ok(Some(Box::new(self.expression()?))),
            false => Ok(None),
        }
    }

    /// A dotted name as an expression.
    pub fn dotted_name(&mut self) -> Result<Expr> {
        let start = self.start();
        let (id, ctx) = (self.name()?, Context::Load);
        let mut expr = self.expr(start, ExprKind::Name { id, ctx });
        while self.eat(Kind::Dot)? {
            let (value, attr) = (Box::new(expr), self.name()?);
            self.wrap()?;
            expr = self.expr(start, ExprKind::Attribute { value, attr, ctx });
        }
        Ok(expr)
    }
}

/// Adds to a list that mostly has one element.
fn push<T>(list: &mut ThinVec<T>, element: T) {
    if list.is_empty() {
        list.reserve_exact(1);
    }
    list.push(element);
}
