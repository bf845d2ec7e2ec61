//! Constants, operators and contexts.

use std::rc::Rc;

use num_bigint::BigInt;
use terrarium_bytecode::constant::{Constant, Int, Str as Text};
use terrarium_compiler::tree::{BoolOp, CmpOp, Context, Operator, UnaryOp};
use terrarium_objects::types::str::Str;
use terrarium_objects::types::{bool, bytes, complex, float, int, none, set, str, tuple};
use terrarium_objects::{Object, PyResult, error, ops};

use super::{Reader, class_of};

/// Reads one of a kind of nodes without fields.
macro_rules! plain {
    ($function:ident $result:ident $kind:literal: $($name:ident)*) => {
        pub fn $function(&mut self, node: &Object) -> PyResult<$result> {
            match class_of(node, &[$(stringify!($name)),*])? {
                $(Some(stringify!($name)) => Ok($result::$name),)*
                _ => Err(wrong_kind($kind, node)),
            }
        }
    };
}

/// "expected some sort of expr, but got X".
#[cold]
pub fn wrong_kind(kind: &str, node: &Object) -> terrarium_objects::Raised {
    let shown = ops::text::repr(node).map_or_else(|_| String::new(), |t| ops::text::lossy(&t));
    error::clear();
    error::type_error(format!("expected some sort of {kind}, but got {shown}"))
}

impl<'a> Reader<'a> {
    plain! { boolop BoolOp "boolop": And Or }
    plain! { operator Operator "operator": Add Sub Mult MatMult Div Mod Pow LShift RShift BitOr BitXor BitAnd FloorDiv }
    plain! { unaryop UnaryOp "unaryop": Invert Not UAdd USub }
    plain! { cmpop CmpOp "cmpop": Eq NotEq Lt LtE Gt GtE Is IsNot In NotIn }
    plain! { context Context "expr_context": Load Store Del }

    pub fn operator_field(&mut self, node: &Object, class: &str) -> PyResult<Operator> {
        let found = self.required(node, class, "op")?;
        self.operator(&found)
    }

    /// The context; `Load` where the node does not tell.
    pub fn context_field(&mut self, node: &Object) -> PyResult<Context> {
        match self.optional(node, "ctx")? {
            Some(found) => self.context(&found),
            None => Ok(Context::Load),
        }
    }
}

/// The compiler's form of a constant; only what a source can spell, and tuples and frozensets of that.
pub fn constant(value: &Object) -> PyResult<Constant> {
    if value.is(none::none()) {
        return Ok(Constant::None);
    }
    if value.is(&none::ELLIPSIS) {
        return Ok(Constant::Ellipsis);
    }
    if value.is_exact(&bool::BOOL) {
        return Ok(if bool::is_true(value) {
            Constant::True
        } else {
            Constant::False
        });
    }
    if value.is_exact(&int::INT) {
        let number = match int::as_i64(value) {
            Some(small) => Int::Small(small),
            None => Int::Big(BigInt::clone(&int::to_bigint(value))),
        };
        return Ok(Constant::Int(Rc::new(number)));
    }
    if value.is_exact(&float::FLOAT) {
        return Ok(Constant::Float(Rc::new(float::value(value))));
    }
    if value.is_exact(&complex::COMPLEX) {
        let parts = complex::value(value);
        return Ok(Constant::Complex(Rc::new(parts)));
    }
    if value.is_exact(&str::STR) {
        return Ok(text(str::cast(value)));
    }
    if value.is_exact(&bytes::BYTES) {
        return Ok(Constant::Bytes(bytes::cast(value).bytes().into()));
    }
    if value.is_exact(&tuple::TUPLE) || value.is_exact(&set::FROZENSET) {
        terrarium_objects::state::get().check_native_stack(" during compilation")?;
        let items = ops::sequence::to_list(value)?;
        let mut made = Vec::new();
        while let Some(item) = ops::sequence::fast_item(&items, made.len()) {
            made.push(constant(item)?);
        }
        return Ok(if value.is_exact(&tuple::TUPLE) {
            Constant::Tuple(made.into())
        } else {
            Constant::FrozenSet(made.into())
        });
    }
    Err(error::type_error(format!(
        "got an invalid type in Constant: {}",
        value.ty().full_name()
    )))
}

fn text(text: &Str) -> Constant {
    Constant::Str(Text::new(&*text.wtf8()))
}
