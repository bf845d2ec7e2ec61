//! What is assigned to, deleted or iterated into: parsed as an expression, then made anew as a target.

use super::token::Kind;
use super::{NotTaken, Parser, Result};
use crate::tree::{Context, Expr, ExprKind, Exprs};

impl<'a> Parser<'_, 'a> {
    /// `star_targets`, up to `in`.
    pub fn targets(&mut self) -> Result<&'a Expr<'a>> {
        self.nested(|this| {
            let start = this.start();
            let mut target = this.target_element()?;
            if this.at(Kind::Comma) {
                let from = this.exprs.len();
                this.exprs.push(target);
                while this.eat(Kind::Comma) && this.starts_expression() {
                    let element = this.target_element()?;
                    this.exprs.push(element);
                }
                this.wrap()?;
                let elts = this.exprs_from(from);
                let ctx = Context::Store;
                target = this.expr(start, ExprKind::Tuple { elts, ctx });
            }
            this.assigned(target, Context::Store)
        })
    }

    fn target_element(&mut self) -> Result<&'a Expr<'a>> {
        match self.lexer.token.kind {
            Kind::Star => self.starred(Self::bitwise_or),
            _ => self.bitwise_or(),
        }
    }

    /// `star_target` behind `as`.
    pub fn target(&mut self) -> Result<&'a Expr<'a>> {
        let target = self.bitwise_or()?;
        self.assigned(target, Context::Store)
    }

    /// `expr` as a target of an assignment or of `del`.
    pub fn assigned(&mut self, expr: &'a Expr<'a>, context: Context) -> Result<&'a Expr<'a>> {
        let mut target = *expr;
        match &mut target.kind {
            ExprKind::Name { ctx, .. }
            | ExprKind::Attribute { ctx, .. }
            | ExprKind::Subscript { ctx, .. } => *ctx = context,
            ExprKind::List { elts, ctx } | ExprKind::Tuple { elts, ctx } => {
                *ctx = context;
                *elts = self.assigned_elements(*elts, context)?;
            }
            _ => return Err(NotTaken),
        }
        Ok(self.arena.node(target))
    }

    fn assigned_elements(&mut self, elts: Exprs<'a>, context: Context) -> Result<Exprs<'a>> {
        let from = self.exprs.len();
        for &element in elts {
            let target = match element.kind {
                ExprKind::Starred { value, .. } if context == Context::Store => {
                    let value = self.assigned(value, context)?;
                    let ctx = context;
                    self.arena.node(Expr {
                        kind: ExprKind::Starred { value, ctx },
                        loc: element.loc,
                    })
                }
                _ => self.assigned(element, context)?,
            };
            self.exprs.push(target);
        }
        Ok(self.exprs_from(from))
    }
}

/// Whether `expr` may stand alone before `:` or `+=`.
pub fn is_single(expr: &Expr) -> bool {
    matches!(
        expr.kind,
        ExprKind::Name { .. } | ExprKind::Attribute { .. } | ExprKind::Subscript { .. }
    )
}
