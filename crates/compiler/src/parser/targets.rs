//! What is assigned to, deleted or iterated into: parsed as an expression, then looked over.

use super::token::Kind;
use super::{NotTaken, Parser, Result};
use crate::tree::{Context, Expr, ExprKind, thin_vec};

impl Parser<'_> {
    /// `star_targets`, up to `in`.
    pub fn targets(&mut self) -> Result<Expr> {
        self.nested(|this| {
            let start = this.start();
            let first = this.target_element()?;
            let mut target = first;
            if this.at(Kind::Comma) {
                let mut elts = thin_vec![target];
                while this.eat(Kind::Comma)? && this.starts_expression() {
                    elts.push(this.target_element()?);
                }
                this.wrap()?;
                let ctx = Context::Store;
                target = this.expr(start, ExprKind::Tuple { elts, ctx });
            }
            store(&mut target)?;
            Ok(target)
        })
    }

    fn target_element(&mut self) -> Result<Expr> {
        match self.token.kind {
            Kind::Star => self.starred(Self::bitwise_or),
            _ => self.bitwise_or(),
        }
    }

    /// `star_target` behind `as`.
    pub fn target(&mut self) -> Result<Expr> {
        let mut target = self.bitwise_or()?;
        store(&mut target)?;
        Ok(target)
    }
}

/// Makes `expr` a target of an assignment.
pub fn store(expr: &mut Expr) -> Result {
    assign(expr, Context::Store)
}

/// Makes `expr` a target of `del`.
pub fn delete(expr: &mut Expr) -> Result {
    assign(expr, Context::Del)
}

fn assign(expr: &mut Expr, context: Context) -> Result {
    match &mut expr.kind {
        ExprKind::Name { ctx, .. }
        | ExprKind::Attribute { ctx, .. }
        | ExprKind::Subscript { ctx, .. } => *ctx = context,
        ExprKind::List { elts, ctx } | ExprKind::Tuple { elts, ctx } => {
            *ctx = context;
            for element in elts {
                match &mut element.kind {
                    ExprKind::Starred { value, ctx } if context == Context::Store => {
                        *ctx = context;
                        assign(value, context)?;
                    }
                    _ => assign(element, context)?,
                }
            }
        }
        _ => return Err(NotTaken),
    }
    Ok(())
}

/// Whether `expr` may stand alone before `:` or `+=`.
pub fn is_single(expr: &Expr) -> bool {
    matches!(
        expr.kind,
        ExprKind::Name { .. } | ExprKind::Attribute { .. } | ExprKind::Subscript { .. }
    )
}
