//! Expressions.

use ruff_python_ast as ast;
use ruff_text_size::{Ranged, TextRange};
use terrarium_bytecode::Constant;

use super::Lowerer;
use crate::arena::List;
use crate::error::{Class, Error};
use crate::literals;
use crate::parser_warnings;
use crate::tree::{
    Arguments, BoolOp, CmpOp, Comprehension, Context, Expr, ExprKind, Exprs, Name, Operator,
    UnaryOp,
};

impl<'a> Lowerer<'_, 'a> {
    pub(super) fn name(&mut self, name: &ast::name::Name) -> Name<'a> {
        // Keywords are no names, unless other letters are normalised to theirs.
        if let "None" | "True" | "False" = name.as_str() {
            let message = format!("identifier field can't represent '{name}' constant");
            self.fail(Error::plain(Class::ValueError, message));
        }
        self.names.get_dotted(name.as_str())
    }

    pub(super) fn boxed(&mut self, expr: &ast::Expr) -> &'a Expr<'a> {
        self.expression(expr)
    }

    pub(super) fn optional(&mut self, expr: Option<&ast::Expr>) -> Option<&'a Expr<'a>> {
        expr.map(|expr| self.boxed(expr))
    }

    pub(super) fn expressions(&mut self, exprs: &[ast::Expr]) -> Exprs<'a> {
        let arena = self.arena;
        arena.collect(exprs.iter().map(|expr| self.expression(expr)))
    }

    pub(super) fn expression(&mut self, expr: &ast::Expr) -> &'a Expr<'a> {
        let loc = self.location_of(expr);
        let kind = self.nested(|this| this.expression_kind(expr));
        let kind = kind.unwrap_or(constant(&Constant::None));
        self.arena.node(Expr { kind, loc })
    }

    fn expression_kind(&mut self, expr: &ast::Expr) -> ExprKind<'a> {
        match expr {
            ast::Expr::Name(e) => ExprKind::Name {
                id: self.name(&e.id),
                ctx: context(e.ctx),
            },
            ast::Expr::Attribute(e) => ExprKind::Attribute {
                value: self.boxed(&e.value),
                attr: self.name(&e.attr.id),
                ctx: context(e.ctx),
            },
            ast::Expr::Call(e) => self.call(e),
            ast::Expr::NumberLiteral(e) => self.number(e.range),
            ast::Expr::NoneLiteral(_) => constant(&Constant::None),
            ast::Expr::BooleanLiteral(e) => constant(if e.value {
                &Constant::True
            } else {
                &Constant::False
            }),
            ast::Expr::EllipsisLiteral(_) => constant(&Constant::Ellipsis),
            ast::Expr::StringLiteral(e) => self.string(e),
            ast::Expr::BytesLiteral(e) => self.bytes(e),
            ast::Expr::FString(e) => self.joined_string(e),
            ast::Expr::TString(e) => self.template_string(e),
            ast::Expr::BoolOp(e) => self.bool_op(e),
            ast::Expr::BinOp(e) => self.bin_op(e),
            ast::Expr::UnaryOp(e) => self.parser_levels(1, |this| ExprKind::UnaryOp {
                op: unary_op(e.op),
                operand: this.boxed(&e.operand),
            }),
            ast::Expr::Compare(e) => self.compare(e),
            ast::Expr::Named(e) => ExprKind::NamedExpr {
                target: self.boxed(&e.target),
                value: self.boxed(&e.value),
            },
            ast::Expr::Lambda(e) => self.lambda(e),
            ast::Expr::If(e) => self.conditional(e),
            ast::Expr::Subscript(e) => ExprKind::Subscript {
                value: self.boxed(&e.value),
                slice: self.boxed(&e.slice),
                ctx: context(e.ctx),
            },
            ast::Expr::Slice(e) => ExprKind::Slice {
                lower: self.optional(e.lower.as_deref()),
                upper: self.optional(e.upper.as_deref()),
                step: self.optional(e.step.as_deref()),
            },
            ast::Expr::Starred(e) => ExprKind::Starred {
                value: self.boxed(&e.value),
                ctx: context(e.ctx),
            },
            ast::Expr::Await(e) => ExprKind::Await {
                value: self.boxed(&e.value),
            },
            ast::Expr::Yield(e) => ExprKind::Yield {
                value: self.optional(e.value.as_deref()),
            },
            ast::Expr::YieldFrom(e) => ExprKind::YieldFrom {
                value: self.boxed(&e.value),
            },
            _ => self.display(expr),
        }
    }

    /// Displays and comprehensions.
    fn display(&mut self, expr: &ast::Expr) -> ExprKind<'a> {
        match expr {
            ast::Expr::Tuple(e) => ExprKind::Tuple {
                elts: self.expressions(&e.elts),
                ctx: context(e.ctx),
            },
            ast::Expr::List(e) => ExprKind::List {
                elts: self.expressions(&e.elts),
                ctx: context(e.ctx),
            },
            ast::Expr::Set(e) => ExprKind::Set {
                elts: self.expressions(&e.elts),
            },
            ast::Expr::Dict(e) => self.dict(e),
            ast::Expr::ListComp(e) => ExprKind::ListComp {
                elt: self.boxed(&e.elt),
                generators: self.generators(&e.generators),
            },
            ast::Expr::SetComp(e) => ExprKind::SetComp {
                elt: self.boxed(&e.elt),
                generators: self.generators(&e.generators),
            },
            ast::Expr::Generator(e) => ExprKind::GeneratorExp {
                elt: self.boxed(&e.elt),
                generators: self.generators(&e.generators),
            },
            ast::Expr::DictComp(e) => self.dict_comprehension(e),
            // The parser makes neither of the remaining kinds outside of IPython.
            _ => {
                self.syntax_error("invalid syntax", expr.range());
                constant(&Constant::None)
            }
        }
    }

    fn dict(&mut self, e: &ast::ExprDict) -> ExprKind<'a> {
        let mut keys = Vec::new();
        let mut values = Vec::new();
        for item in &e.items {
            keys.push(item.key.as_ref().map(|key| self.expression(key)));
            values.push(self.expression(&item.value));
        }
        ExprKind::Dict {
            keys: self.arena.list(&keys),
            values: self.arena.list(&values),
        }
    }

    fn dict_comprehension(&mut self, e: &ast::ExprDictComp) -> ExprKind<'a> {
        let Some(key) = &e.key else {
            self.syntax_error(
                "dict unpacking cannot be used in dict comprehension",
                e.range,
            );
            return constant(&Constant::None);
        };
        ExprKind::DictComp {
            key: self.boxed(key),
            value: self.boxed(&e.value),
            generators: self.generators(&e.generators),
        }
    }

    fn generators(&mut self, generators: &[ast::Comprehension]) -> List<'a, Comprehension<'a>> {
        let arena = self.arena;
        arena.collect(generators.iter().map(|generator| Comprehension {
            target: self.expression(&generator.target),
            iter: self.expression(&generator.iter),
            ifs: self.expressions(&generator.ifs),
            is_async: generator.is_async,
        }))
    }

    /// A generator expression that is the only argument takes the call's parentheses for its own.
    fn call(&mut self, e: &ast::ExprCall) -> ExprKind<'a> {
        let func = self.boxed(&e.func);
        let mut args = self.expressions(&e.arguments.args);
        if let ([ast::Expr::Generator(generator)], true) =
            (&*e.arguments.args, e.arguments.keywords.is_empty())
            && !generator.parenthesized
        {
            let loc = self.location(e.arguments.range);
            let argument: &Expr = self.arena.node(Expr { loc, ..*args[0] });
            args = self.arena.list(&[argument]);
        }
        ExprKind::Call {
            func,
            args,
            keywords: self.keywords(&e.arguments.keywords),
        }
    }

    fn bool_op(&mut self, e: &ast::ExprBoolOp) -> ExprKind<'a> {
        ExprKind::BoolOp {
            op: match e.op {
                ast::BoolOp::And => BoolOp::And,
                ast::BoolOp::Or => BoolOp::Or,
            },
            values: self.expressions(&e.values),
        }
    }

    /// The right operand of `**` nests in CPython's parser; the left of all operators does not.
    fn bin_op(&mut self, e: &ast::ExprBinOp) -> ExprKind<'a> {
        let left = self.boxed(&e.left);
        let op = operator(e.op);
        let levels = if op == Operator::Pow { 2 } else { 0 };
        let right = self.parser_levels(levels, |this| this.boxed(&e.right));
        ExprKind::BinOp { left, op, right }
    }

    fn compare(&mut self, e: &ast::ExprCompare) -> ExprKind<'a> {
        ExprKind::Compare {
            left: self.boxed(&e.left),
            ops: self.arena.collect(e.ops.iter().map(|&op| cmp_op(op))),
            comparators: self.expressions(&e.comparators),
        }
    }

    fn lambda(&mut self, e: &ast::ExprLambda) -> ExprKind<'a> {
        let args = match &e.parameters {
            Some(parameters) => self.parameters(parameters),
            None => Arguments::NONE,
        };
        let body = self.parser_levels(2, |this| this.boxed(&e.body));
        ExprKind::Lambda {
            args: self.arena.node(args),
            body,
        }
    }

    fn conditional(&mut self, e: &ast::ExprIf) -> ExprKind<'a> {
        let body = self.boxed(&e.body);
        let test = self.boxed(&e.test);
        let orelse = self.parser_levels(1, |this| this.boxed(&e.orelse));
        ExprKind::IfExp { test, body, orelse }
    }

    fn number(&mut self, range: TextRange) -> ExprKind<'a> {
        let text = self.text(range);
        if self
            .bytes
            .get(range.end().to_usize())
            .is_some_and(u8::is_ascii_alphabetic)
        {
            // A keyword follows without a blank; anything else the parser rejected.
            let (start, end) = (range.start().to_usize(), range.end().to_usize());
            let kind = number_kind(text);
            self.warn(parser_warnings::number(self.source, kind, start, end));
        }
        match literals::number(text) {
            Ok(value) => constant(self.arena.constant(value)),
            Err(message) => {
                // CPython gives the lines alone.
                let mut place = self
                    .source
                    .place(range.start().to_u32(), range.end().to_u32());
                place.offset = 0;
                place.end_offset = 0;
                let error = self
                    .source
                    .error_at(crate::error::Class::SyntaxError, message, place);
                self.fail(error);
                constant(&Constant::None)
            }
        }
    }
}

/// How CPython's tokenizer calls the literal.
fn number_kind(text: &str) -> &'static str {
    match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => "hexadecimal",
        [b'0', b'o' | b'O', ..] => "octal",
        [b'0', b'b' | b'B', ..] => "binary",
        [.., b'j' | b'J'] => "imaginary",
        _ => "decimal",
    }
}

pub(super) fn constant(value: &Constant) -> ExprKind<'_> {
    ExprKind::Constant {
        value,
        kind_u: false,
    }
}

fn context(ctx: ast::ExprContext) -> Context {
    match ctx {
        ast::ExprContext::Store => Context::Store,
        ast::ExprContext::Del => Context::Del,
        ast::ExprContext::Load | ast::ExprContext::Invalid => Context::Load,
    }
}

fn unary_op(op: ast::UnaryOp) -> UnaryOp {
    match op {
        ast::UnaryOp::Invert => UnaryOp::Invert,
        ast::UnaryOp::Not => UnaryOp::Not,
        ast::UnaryOp::UAdd => UnaryOp::UAdd,
        ast::UnaryOp::USub => UnaryOp::USub,
    }
}

pub(super) fn operator(op: ast::Operator) -> Operator {
    match op {
        ast::Operator::Add => Operator::Add,
        ast::Operator::Sub => Operator::Sub,
        ast::Operator::Mult => Operator::Mult,
        ast::Operator::MatMult => Operator::MatMult,
        ast::Operator::Div => Operator::Div,
        ast::Operator::Mod => Operator::Mod,
        ast::Operator::Pow => Operator::Pow,
        ast::Operator::LShift => Operator::LShift,
        ast::Operator::RShift => Operator::RShift,
        ast::Operator::BitOr => Operator::BitOr,
        ast::Operator::BitXor => Operator::BitXor,
        ast::Operator::BitAnd => Operator::BitAnd,
        ast::Operator::FloorDiv => Operator::FloorDiv,
    }
}

fn cmp_op(op: ast::CmpOp) -> CmpOp {
    match op {
        ast::CmpOp::Eq => CmpOp::Eq,
        ast::CmpOp::NotEq => CmpOp::NotEq,
        ast::CmpOp::Lt => CmpOp::Lt,
        ast::CmpOp::LtE => CmpOp::LtE,
        ast::CmpOp::Gt => CmpOp::Gt,
        ast::CmpOp::GtE => CmpOp::GtE,
        ast::CmpOp::Is => CmpOp::Is,
        ast::CmpOp::IsNot => CmpOp::IsNot,
        ast::CmpOp::In => CmpOp::In,
        ast::CmpOp::NotIn => CmpOp::NotIn,
    }
}
