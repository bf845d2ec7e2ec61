//! The text of an annotation under `from __future__ import annotations` (CPython's Python/ast_unparse.c): as few parentheses as the
//! grammar allows, one fixed spelling for each construct. Reads the tree only.

mod formatted;

use terrarium_bytecode::{Constant, Int, repr};

use crate::error::{Class, Error};
use crate::recursion;
use crate::tree::{
    Arguments, BoolOp, CmpOp, Comprehension, Expr, ExprKind, Keyword, Operator, UnaryOp,
};

/// The source text that stands for `expr` (`_PyAST_ExprAsUnicode`).
/// Errors: ValueError for an integer of more than 4,300 decimal digits, RecursionError for a tree that nests too deeply.
pub fn unparse(expr: &Expr) -> Result<String> {
    let mut unparser = Unparser {
        out: Vec::new(),
        depth: 0,
    };
    unparser.expr(expr, Precedence::Test)?;
    Ok(String::from_utf8_lossy(&unparser.out).into_owned())
}

/// How tightly a construct binds, loosest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Precedence {
    NamedExpr,
    Tuple,
    /// `if`-`else` and `lambda`
    Test,
    Or,
    And,
    Not,
    Cmp,
    /// `|`, and what a star takes
    BitOr,
    BitXor,
    BitAnd,
    Shift,
    Arith,
    Term,
    Factor,
    Power,
    Await,
    Atom,
}

impl Precedence {
    /// The next tighter level.
    fn tighter(self) -> Precedence {
        use Precedence::*;
        const ORDER: [Precedence; 17] = [
            NamedExpr, Tuple, Test, Or, And, Not, Cmp, BitOr, BitXor, BitAnd, Shift, Arith, Term,
            Factor, Power, Await, Atom,
        ];
        ORDER[(self as usize + 1).min(ORDER.len() - 1)]
    }
}

type Result<T = ()> = std::result::Result<T, Error>;

/// The text so far: UTF-8, with surrogates as three bytes each inside the body of an f-string.
struct Unparser {
    out: Vec<u8>,
    depth: u32,
}

impl Unparser {
    fn push(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    fn push_if(&mut self, condition: bool, text: &str) {
        if condition {
            self.push(text);
        }
    }

    /// Writes `expr`, in parentheses if it binds more loosely than `level`.
    fn expr(&mut self, expr: &Expr, level: Precedence) -> Result {
        if self.depth >= recursion::LIMIT {
            return Err(recursion::too_deep());
        }
        self.depth += 1;
        let result = recursion::with_stack(self.depth, || self.expr_here(expr, level));
        self.depth -= 1;
        result
    }

    fn expr_here(&mut self, expr: &Expr, level: Precedence) -> Result {
        use Precedence::*;
        match &expr.kind {
            ExprKind::BoolOp { op, values } => self.bool_op(*op, values, level),
            ExprKind::BinOp { left, op, right } => self.bin_op(left, *op, right, level),
            ExprKind::UnaryOp { op, operand } => self.unary_op(*op, operand, level),
            ExprKind::Lambda { args, body } => {
                self.parenthesised(level > Test, |this| this.lambda(args, body))
            }
            ExprKind::IfExp { test, body, orelse } => self.parenthesised(level > Test, |this| {
                this.expr(body, Test.tighter())?;
                this.push(" if ");
                this.expr(test, Test.tighter())?;
                this.push(" else ");
                this.expr(orelse, Test)
            }),
            ExprKind::Dict { keys, values } => self.dict(keys, values),
            ExprKind::Set { elts } => self.enclosed("{", elts, "}"),
            ExprKind::GeneratorExp { elt, generators } => {
                self.comprehension("(", elt, None, generators, ")")
            }
            ExprKind::ListComp { elt, generators } => {
                self.comprehension("[", elt, None, generators, "]")
            }
            ExprKind::SetComp { elt, generators } => {
                self.comprehension("{", elt, None, generators, "}")
            }
            ExprKind::DictComp {
                key,
                value,
                generators,
            } => self.comprehension("{", key, Some(value), generators, "}"),
            ExprKind::Yield { value: None } => {
                self.push("(yield)");
                Ok(())
            }
            ExprKind::Yield { value: Some(value) } => self.prefixed("(yield ", value, ")"),
            ExprKind::YieldFrom { value } => self.prefixed("(yield from ", value, ")"),
            ExprKind::Await { value } => self.parenthesised(level > Await, |this| {
                this.push("await ");
                this.expr(value, Atom)
            }),
            ExprKind::Compare {
                left,
                ops,
                comparators,
            } => self.parenthesised(level > Cmp, |this| {
                this.expr(left, Cmp.tighter())?;
                ops.iter().zip(comparators).try_for_each(|(op, right)| {
                    this.push(comparison(*op));
                    this.expr(right, Cmp.tighter())
                })
            }),
            ExprKind::Call {
                func,
                args,
                keywords,
            } => self.call(func, args, keywords),
            ExprKind::FormattedValue {
                value,
                conversion,
                format_spec,
            } => self.formatted_value(value, *conversion, format_spec.as_deref()),
            ExprKind::Interpolation {
                str,
                conversion,
                format_spec,
                ..
            } => self.interpolation(str, *conversion, format_spec.as_deref()),
            ExprKind::JoinedStr { values } => self.joined("f", values),
            ExprKind::TemplateStr { values } => self.joined("t", values),
            ExprKind::Constant { value, kind_u } => {
                self.push_if(*kind_u, "u");
                self.constant(value)
            }
            ExprKind::Attribute { value, attr, .. } => {
                self.expr(value, Atom)?;
                // `1.a` would start a float.
                let integer = matches!(
                    value.kind,
                    ExprKind::Constant {
                        value: Constant::Int(_),
                        ..
                    }
                );
                self.push(if integer { " ." } else { "." });
                self.push(attr);
                Ok(())
            }
            ExprKind::Subscript { value, slice, .. } => {
                self.expr(value, Atom)?;
                self.push("[");
                self.expr(slice, Tuple)?;
                self.push("]");
                Ok(())
            }
            ExprKind::Starred { value, .. } => {
                self.push("*");
                self.expr(value, BitOr)
            }
            ExprKind::Name { id, .. } => {
                self.push(id);
                Ok(())
            }
            ExprKind::List { elts, .. } => self.enclosed("[", elts, "]"),
            ExprKind::Tuple { elts, .. } => self.tuple(elts, level),
            ExprKind::Slice { lower, upper, step } => {
                self.slice(lower.as_deref(), upper.as_deref(), step.as_deref())
            }
            ExprKind::NamedExpr { target, value } => {
                self.parenthesised(level > NamedExpr, |this| {
                    this.expr(target, Atom)?;
                    this.push(" := ");
                    this.expr(value, Atom)
                })
            }
        }
    }

    fn parenthesised(
        &mut self,
        parentheses: bool,
        write: impl FnOnce(&mut Self) -> Result,
    ) -> Result {
        self.push_if(parentheses, "(");
        write(self)?;
        self.push_if(parentheses, ")");
        Ok(())
    }

    fn prefixed(&mut self, before: &str, value: &Expr, after: &str) -> Result {
        self.push(before);
        self.expr(value, Precedence::Test)?;
        self.push(after);
        Ok(())
    }

    fn bool_op(&mut self, op: BoolOp, values: &[&Expr], level: Precedence) -> Result {
        let (text, own) = match op {
            BoolOp::And => (" and ", Precedence::And),
            BoolOp::Or => (" or ", Precedence::Or),
        };
        self.parenthesised(level > own, |this| {
            values.iter().enumerate().try_for_each(|(index, value)| {
                this.push_if(index > 0, text);
                this.expr(value, own.tighter())
            })
        })
    }

    fn bin_op(&mut self, left: &Expr, op: Operator, right: &Expr, level: Precedence) -> Result {
        use Precedence::*;
        let (text, own) = match op {
            Operator::Add => (" + ", Arith),
            Operator::Sub => (" - ", Arith),
            Operator::Mult => (" * ", Term),
            Operator::MatMult => (" @ ", Term),
            Operator::Div => (" / ", Term),
            Operator::Mod => (" % ", Term),
            Operator::FloorDiv => (" // ", Term),
            Operator::LShift => (" << ", Shift),
            Operator::RShift => (" >> ", Shift),
            Operator::BitOr => (" | ", BitOr),
            Operator::BitXor => (" ^ ", BitXor),
            Operator::BitAnd => (" & ", BitAnd),
            Operator::Pow => (" ** ", Power),
        };
        let groups_right = op == Operator::Pow;
        self.parenthesised(level > own, |this| {
            this.expr(left, if groups_right { own.tighter() } else { own })?;
            this.push(text);
            this.expr(right, if groups_right { own } else { own.tighter() })
        })
    }

    fn unary_op(&mut self, op: UnaryOp, operand: &Expr, level: Precedence) -> Result {
        let (text, own) = match op {
            UnaryOp::Invert => ("~", Precedence::Factor),
            UnaryOp::Not => ("not ", Precedence::Not),
            UnaryOp::UAdd => ("+", Precedence::Factor),
            UnaryOp::USub => ("-", Precedence::Factor),
        };
        self.parenthesised(level > own, |this| {
            this.push(text);
            this.expr(operand, own)
        })
    }

    fn lambda(&mut self, args: &Arguments, body: &Expr) -> Result {
        // Without positional parameters CPython leaves out the blank: `lambda*a: 0`.
        let positional = !args.posonlyargs.is_empty() || !args.args.is_empty();
        self.push(if positional { "lambda " } else { "lambda" });
        self.arguments(args)?;
        self.push(": ");
        self.expr(body, Precedence::Test)
    }

    fn arguments(&mut self, args: &Arguments) -> Result {
        let mut first = true;
        let positional = args.posonlyargs.len() + args.args.len();
        let without_default = positional.saturating_sub(args.defaults.len());
        for (index, arg) in args.posonlyargs.iter().chain(&args.args).enumerate() {
            self.separate(&mut first);
            let default = index
                .checked_sub(without_default)
                .and_then(|index| args.defaults.get(index).copied());
            self.arg(&arg.arg, default)?;
            self.push_if(index + 1 == args.posonlyargs.len(), ", /");
        }
        if args.vararg.is_some() || !args.kwonlyargs.is_empty() {
            self.separate(&mut first);
            self.push("*");
            if let Some(vararg) = &args.vararg {
                self.push(&vararg.arg);
            }
        }
        for (index, arg) in args.kwonlyargs.iter().enumerate() {
            self.separate(&mut first);
            self.arg(&arg.arg, args.kw_defaults.get(index).copied().flatten())?;
        }
        if let Some(kwarg) = &args.kwarg {
            self.separate(&mut first);
            self.push("**");
            self.push(&kwarg.arg);
        }
        Ok(())
    }

    fn arg(&mut self, name: &str, default: Option<&Expr>) -> Result {
        self.push(name);
        let Some(default) = default else {
            return Ok(());
        };
        self.push("=");
        self.expr(default, Precedence::Test)
    }

    /// A comma before all but the first.
    fn separate(&mut self, first: &mut bool) {
        self.push_if(!std::mem::replace(first, false), ", ");
    }

    fn list(&mut self, elts: &[&Expr]) -> Result {
        let mut first = true;
        elts.iter().try_for_each(|elt| {
            self.separate(&mut first);
            self.expr(elt, Precedence::Test)
        })
    }

    fn enclosed(&mut self, before: &str, elts: &[&Expr], after: &str) -> Result {
        self.push(before);
        self.list(elts)?;
        self.push(after);
        Ok(())
    }

    fn tuple(&mut self, elts: &[&Expr], level: Precedence) -> Result {
        if elts.is_empty() {
            self.push("()");
            return Ok(());
        }
        self.parenthesised(level > Precedence::Tuple, |this| {
            this.list(elts)?;
            this.push_if(elts.len() == 1, ",");
            Ok(())
        })
    }

    fn dict(&mut self, keys: &[Option<&Expr>], values: &[&Expr]) -> Result {
        self.push("{");
        let mut first = true;
        for (key, value) in keys.iter().zip(values) {
            self.separate(&mut first);
            match key {
                Some(key) => {
                    self.expr(key, Precedence::Test)?;
                    self.push(": ");
                    self.expr(value, Precedence::Test)?;
                }
                None => {
                    self.push("**");
                    self.expr(value, Precedence::BitOr)?;
                }
            }
        }
        self.push("}");
        Ok(())
    }

    fn comprehension(
        &mut self,
        before: &str,
        elt: &Expr,
        value: Option<&Expr>,
        generators: &[Comprehension],
        after: &str,
    ) -> Result {
        self.push(before);
        self.expr(elt, Precedence::Test)?;
        if let Some(value) = value {
            self.push(": ");
            self.expr(value, Precedence::Test)?;
        }
        for generator in generators {
            self.push(if generator.is_async {
                " async for "
            } else {
                " for "
            });
            self.expr(generator.target, Precedence::Tuple)?;
            self.push(" in ");
            self.expr(generator.iter, Precedence::Test.tighter())?;
            for condition in &generator.ifs {
                self.push(" if ");
                self.expr(condition, Precedence::Test.tighter())?;
            }
        }
        self.push(after);
        Ok(())
    }

    fn call(&mut self, func: &Expr, args: &[&Expr], keywords: &[Keyword]) -> Result {
        self.expr(func, Precedence::Atom)?;
        if let (
            [
                argument @ Expr {
                    kind: ExprKind::GeneratorExp { .. },
                    ..
                },
            ],
            [],
        ) = (args, keywords)
        {
            // The generator expression brings its own parentheses.
            return self.expr(argument, Precedence::Test);
        }
        self.push("(");
        self.list(args)?;
        let mut first = args.is_empty();
        for keyword in keywords {
            self.separate(&mut first);
            match &keyword.arg {
                Some(name) => {
                    self.push(name);
                    self.push("=");
                }
                None => self.push("**"),
            }
            self.expr(keyword.value, Precedence::Test)?;
        }
        self.push(")");
        Ok(())
    }

    fn slice(&mut self, lower: Option<&Expr>, upper: Option<&Expr>, step: Option<&Expr>) -> Result {
        lower.map_or(Ok(()), |lower| self.expr(lower, Precedence::Test))?;
        self.push(":");
        upper.map_or(Ok(()), |upper| self.expr(upper, Precedence::Test))?;
        let Some(step) = step else { return Ok(()) };
        self.push(":");
        self.expr(step, Precedence::Test)
    }

    fn constant(&mut self, value: &Constant) -> Result {
        let text = match value {
            Constant::None => "None".into(),
            Constant::True => "True".into(),
            Constant::False => "False".into(),
            Constant::Ellipsis => "...".into(),
            Constant::Int(value) => int(value)?,
            // A name `inf` would mean something else.
            Constant::Float(value) => repr::float(**value).replace("inf", "1e309"),
            Constant::Complex(value) => repr::complex(value.0, value.1).replace("inf", "1e309"),
            Constant::Bytes(value) => repr::bytes(value),
            Constant::Str(value) => repr::str(&value.text),
            Constant::Tuple(items) => return self.constants(items),
            _ => {
                return Err(Error::plain(
                    Class::SystemError,
                    "unexpected constant in an annotation",
                ));
            }
        };
        self.push(&text);
        Ok(())
    }

    fn constants(&mut self, items: &[Constant]) -> Result {
        self.push("(");
        let mut first = true;
        for item in items {
            self.separate(&mut first);
            self.constant(item)?;
        }
        self.push(if items.len() == 1 { ",)" } else { ")" });
        Ok(())
    }
}

/// An integer in decimal, within CPython's limit on digits.
fn int(value: &Int) -> Result<String> {
    const MAX_DIGITS: usize = 4300;
    let too_long = || {
        let message = "Exceeds the limit (4300 digits) for integer string conversion; \
                       use sys.set_int_max_str_digits() to increase the limit";
        Error::plain(Class::ValueError, message)
    };
    match value {
        Int::Small(value) => Ok(value.to_string()),
        // Ten binary digits are more than three decimal ones: no need to convert what is far too long.
        Int::Big(value) if value.bits() / 10 * 3 > MAX_DIGITS as u64 => Err(too_long()),
        Int::Big(value) => {
            let text = value.to_string();
            if text.trim_start_matches('-').len() > MAX_DIGITS {
                Err(too_long())
            } else {
                Ok(text)
            }
        }
    }
}

fn comparison(op: CmpOp) -> &'static str {
    match op {
        CmpOp::Eq => " == ",
        CmpOp::NotEq => " != ",
        CmpOp::Lt => " < ",
        CmpOp::LtE => " <= ",
        CmpOp::Gt => " > ",
        CmpOp::GtE => " >= ",
        CmpOp::Is => " is ",
        CmpOp::IsNot => " is not ",
        CmpOp::In => " in ",
        CmpOp::NotIn => " not in ",
    }
}
