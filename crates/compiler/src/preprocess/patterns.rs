//! Constants in patterns: `-1` and `1 + 2j` become one Constant (CPython's `fold_const_match_patterns`).

use std::rc::Rc;

use num_bigint::BigInt;
use num_traits::ToPrimitive;
use terrarium_bytecode::{Constant, Int};

use super::Preprocess;
use crate::recursion;
use crate::tree::{Expr, ExprKind, Operator, Pattern, PatternKind, UnaryOp};

impl<'a> Preprocess<'_, 'a> {
    /// The pattern with its values folded.
    pub(super) fn pattern(&mut self, pattern: Pattern<'a>) -> Pattern<'a> {
        let Pattern { kind, loc } = pattern;
        self.depth += 1;
        let kind = recursion::with_stack(self.depth, || self.pattern_kind(kind));
        self.depth -= 1;
        Pattern { kind, loc }
    }

    fn pattern_kind(&mut self, kind: PatternKind<'a>) -> PatternKind<'a> {
        match kind {
            PatternKind::MatchValue { value } => PatternKind::MatchValue {
                value: self.pattern_value(value),
            },
            PatternKind::MatchMapping {
                keys,
                patterns,
                rest,
            } => PatternKind::MatchMapping {
                keys: self.list(keys, Self::pattern_value),
                patterns: self.list(patterns, Self::pattern),
                rest,
            },
            PatternKind::MatchSequence { patterns } => PatternKind::MatchSequence {
                patterns: self.list(patterns, Self::pattern),
            },
            PatternKind::MatchOr { patterns } => PatternKind::MatchOr {
                patterns: self.list(patterns, Self::pattern),
            },
            PatternKind::MatchClass {
                cls,
                patterns,
                kwd_attrs,
                kwd_patterns,
            } => PatternKind::MatchClass {
                cls,
                patterns: self.list(patterns, Self::pattern),
                kwd_attrs,
                kwd_patterns: self.list(kwd_patterns, Self::pattern),
            },
            PatternKind::MatchAs {
                pattern: Some(inner),
                name,
            } => PatternKind::MatchAs {
                pattern: Some(self.node(inner, |this| this.pattern(*inner))),
                name,
            },
            kind => kind,
        }
    }

    /// The grammar allows a signed number, and a sum or difference of one and an imaginary.
    fn pattern_value(&mut self, expr: &'a Expr<'a>) -> &'a Expr<'a> {
        let constant = |expr: &Expr<'a>| match expr.kind {
            ExprKind::Constant { value, .. } => Some(value),
            _ => None,
        };
        let folded = match expr.kind {
            ExprKind::UnaryOp {
                op: UnaryOp::USub,
                operand,
            } => constant(operand).and_then(negative),
            ExprKind::BinOp {
                left,
                op: op @ (Operator::Add | Operator::Sub),
                right,
            } => {
                let new_left = self.pattern_value(left);
                let values = constant(new_left).zip(constant(right));
                let sum = values.and_then(|(left, right)| sum(left, op, right));
                if sum.is_none() && !std::ptr::eq(left, new_left) {
                    let (left, loc) = (new_left, expr.loc);
                    let kind = ExprKind::BinOp { left, op, right };
                    return self.arena.node(Expr { kind, loc });
                }
                sum
            }
            _ => None,
        };
        let Some(value) = folded else {
            return expr;
        };
        self.changes += 1;
        let kind = ExprKind::Constant {
            value: self.arena.constant(value),
            kind_u: false,
        };
        let loc = expr.loc;
        self.arena.node(Expr { kind, loc })
    }
}

fn negative(value: &Constant) -> Option<Constant> {
    Some(match value {
        Constant::Int(int) => {
            let negated = match &**int {
                Int::Small(small) => -BigInt::from(*small),
                Int::Big(big) => -big,
            };
            Constant::Int(Rc::new(match negated.to_i64() {
                Some(small) => Int::Small(small),
                None => Int::Big(negated),
            }))
        }
        Constant::Float(float) => Constant::Float(Rc::new(-**float)),
        Constant::Complex(complex) => Constant::Complex(Rc::new((-complex.0, -complex.1))),
        _ => return None,
    })
}

/// A real number and a complex one; an int too large for a double stays as it is.
fn sum(left: &Constant, op: Operator, right: &Constant) -> Option<Constant> {
    let left = match left {
        Constant::Int(int) => match &**int {
            Int::Small(small) => *small as f64,
            Int::Big(big) => big.to_f64().filter(|value| value.is_finite())?,
        },
        Constant::Float(float) => **float,
        _ => return None,
    };
    let Constant::Complex(right) = right else {
        return None;
    };
    // The imaginary part of a real number does not take part (CPython 3.14's mixed arithmetic).
    Some(Constant::Complex(Rc::new(match op {
        Operator::Sub => (left - right.0, -right.1),
        _ => (left + right.0, right.1),
    })))
}
