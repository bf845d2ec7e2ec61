//! Warnings about expressions that cannot mean what they say.

use terrarium_bytecode::Constant;

use crate::tree::{CmpOp, Expr, ExprKind, Location};

use super::Codegen;

/// Whether `is` makes sense with it: anything but a literal, or a named singleton.
fn has_identity(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Tuple { elts, .. } => elts
            .iter()
            .any(|elt| !matches!(elt.kind, ExprKind::Constant { .. })),
        ExprKind::Constant { value, .. } => matches!(
            value,
            Constant::None | Constant::True | Constant::False | Constant::Ellipsis
        ),
        _ => true,
    }
}

fn constant_type(constant: &Constant) -> &'static str {
    match constant {
        Constant::None => "NoneType",
        Constant::True | Constant::False => "bool",
        Constant::Ellipsis => "ellipsis",
        Constant::StopIteration => "type",
        Constant::Int(_) => "int",
        Constant::Float(_) => "float",
        Constant::Complex(_) => "complex",
        Constant::Bytes(_) => "bytes",
        Constant::Str(_) => "str",
        Constant::Tuple(_) => "tuple",
        Constant::FrozenSet(_) => "frozenset",
        Constant::Slice(_) => "slice",
        Constant::Code(_) => "code",
        Constant::List(_) => "list",
        Constant::Set(_) => "set",
        Constant::Dict(_) => "dict",
    }
}

/// The type's name, where the form of the expression decides it.
fn infer_type(expr: &Expr) -> Option<&'static str> {
    Some(match &expr.kind {
        ExprKind::Tuple { .. } => "tuple",
        ExprKind::List { .. } | ExprKind::ListComp { .. } => "list",
        ExprKind::Dict { .. } | ExprKind::DictComp { .. } => "dict",
        ExprKind::Set { .. } | ExprKind::SetComp { .. } => "set",
        ExprKind::GeneratorExp { .. } => "generator",
        ExprKind::Lambda { .. } => "function",
        ExprKind::TemplateStr { .. } | ExprKind::Interpolation { .. } => {
            "string.templatelib.Template"
        }
        ExprKind::JoinedStr { .. } | ExprKind::FormattedValue { .. } => "str",
        ExprKind::Constant { value, .. } => constant_type(value),
        _ => return None,
    })
}

impl<'t> Codegen<'_, 't> {
    /// `is` with a literal.
    pub fn check_compare(
        &mut self,
        loc: Location,
        left: &Expr<'t>,
        ops: &[CmpOp],
        comparators: &[&Expr<'t>],
    ) {
        let mut left = left;
        for (op, right) in ops.iter().zip(comparators) {
            let literal = [left, right]
                .into_iter()
                .find(|operand| !has_identity(operand));
            let message = match op {
                CmpOp::Is => ("is", "=="),
                CmpOp::IsNot => ("is not", "!="),
                _ => {
                    left = right;
                    continue;
                }
            };
            if let Some(literal) = literal {
                let (written, meant) = message;
                let name = infer_type(literal).unwrap_or("object");
                let text =
                    format!("\"{written}\" with '{name}' literal. Did you mean \"{meant}\"?");
                return self.warn(loc, text);
            }
            left = right;
        }
    }

    /// A call of a literal.
    pub fn check_caller(&mut self, function: &Expr<'t>) {
        if matches!(function.kind, ExprKind::Lambda { .. }) {
            return;
        }
        if let Some(name) = infer_type(function) {
            let text = format!("'{name}' object is not callable; perhaps you missed a comma?");
            self.warn(function.loc, text);
        }
    }

    /// A subscript of a literal that has none.
    pub fn check_subscripter(&mut self, object: &Expr<'t>) {
        let bad = match &object.kind {
            ExprKind::Constant { value, .. } => matches!(
                value,
                Constant::None
                    | Constant::True
                    | Constant::False
                    | Constant::Ellipsis
                    | Constant::Int(_)
                    | Constant::Float(_)
                    | Constant::Complex(_)
                    | Constant::Set(_)
                    | Constant::FrozenSet(_)
            ),
            ExprKind::Set { .. }
            | ExprKind::SetComp { .. }
            | ExprKind::GeneratorExp { .. }
            | ExprKind::TemplateStr { .. }
            | ExprKind::Interpolation { .. }
            | ExprKind::Lambda { .. } => true,
            _ => false,
        };
        if bad && let Some(name) = infer_type(object) {
            let text = format!("'{name}' object is not subscriptable; perhaps you missed a comma?");
            self.warn(object.loc, text);
        }
    }

    /// A literal sequence with an index that is no integer.
    pub fn check_index(&mut self, object: &Expr<'t>, index: &Expr<'t>) {
        let Some(index_type) = infer_type(index) else {
            return;
        };
        if matches!(index_type, "int" | "bool" | "slice") {
            return;
        }
        let sequence = match &object.kind {
            ExprKind::Constant { value, .. } => {
                matches!(
                    value,
                    Constant::Str(_) | Constant::Bytes(_) | Constant::Tuple(_)
                )
            }
            ExprKind::Tuple { .. }
            | ExprKind::List { .. }
            | ExprKind::ListComp { .. }
            | ExprKind::JoinedStr { .. }
            | ExprKind::FormattedValue { .. } => true,
            _ => false,
        };
        if sequence && let Some(name) = infer_type(object) {
            let text = format!(
                "{name} indices must be integers or slices, not {index_type}; perhaps you missed a comma?"
            );
            self.warn(object.loc, text);
        }
    }
}
