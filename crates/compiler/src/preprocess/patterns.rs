//! Constants in patterns: `-1` and `1 + 2j` become one Constant (CPython's `fold_const_match_patterns`).

use std::rc::Rc;

use num_bigint::BigInt;
use num_traits::ToPrimitive;
use terrarium_bytecode::{Constant, Int};

use crate::recursion;
use crate::tree::{Expr, ExprKind, Operator, Pattern, PatternKind, UnaryOp};

/// Folds the values of `pattern`.
pub(super) fn fold(pattern: &mut Pattern) {
    fold_at(pattern, 1);
}

fn fold_at(pattern: &mut Pattern, depth: u32) {
    recursion::with_stack(depth, || match &mut pattern.kind {
        PatternKind::MatchValue { value } => fold_value(value),
        PatternKind::MatchMapping { keys, patterns, .. } => {
            keys.iter_mut().for_each(fold_value);
            patterns
                .iter_mut()
                .for_each(|inner| fold_at(inner, depth + 1));
        }
        PatternKind::MatchSequence { patterns } | PatternKind::MatchOr { patterns } => {
            patterns
                .iter_mut()
                .for_each(|inner| fold_at(inner, depth + 1));
        }
        PatternKind::MatchClass {
            patterns,
            kwd_patterns,
            ..
        } => {
            patterns
                .iter_mut()
                .chain(kwd_patterns)
                .for_each(|inner| fold_at(inner, depth + 1));
        }
        PatternKind::MatchAs {
            pattern: Some(inner),
            ..
        } => fold_at(inner, depth + 1),
        _ => {}
    });
}

/// The grammar allows a signed number, and a sum or difference of one and an imaginary.
fn fold_value(expr: &mut Expr) {
    let folded = match &mut expr.kind {
        ExprKind::UnaryOp {
            op: UnaryOp::USub,
            operand,
        } => match &operand.kind {
            ExprKind::Constant { value, .. } => negative(value),
            _ => None,
        },
        ExprKind::BinOp {
            left,
            op: op @ (Operator::Add | Operator::Sub),
            right,
        } => {
            fold_value(left);
            match (&left.kind, &right.kind) {
                (
                    ExprKind::Constant { value: left, .. },
                    ExprKind::Constant { value: right, .. },
                ) => sum(left, *op, right),
                _ => None,
            }
        }
        _ => None,
    };
    if let Some(value) = folded {
        expr.kind = ExprKind::Constant {
            value,
            kind_u: false,
        };
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
