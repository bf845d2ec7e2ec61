//! Type parameters and `type` statements (PEP 695, PEP 696).

use std::rc::Rc;

use terrarium_bytecode::opcode::*;
use terrarium_bytecode::{Constant, Int};

use crate::scopes::Key;
use crate::tree::{Context, Expr, ExprKind, Location, Name, Stmt, TypeParam, TypeParamKind};

use super::operands::*;
use super::unit_state::{Metadata, Opening, ScopeType};
use super::{Codegen, Result};

impl<'t> Codegen<'_, 't> {
    /// Opens the unit that binds the type parameters of `name`. `private` is the class, if it is one.
    pub fn enter_type_params(
        &mut self,
        name: &Name<'t>,
        params: &'t [TypeParam<'t>],
        firstlineno: i32,
        private: Option<Name<'t>>,
        metadata: Metadata,
    ) -> Result {
        let entry = self.lookup(Key::type_params(params))?;
        let name = self.name(&format!("<generic parameters of {name}>"));
        self.enter_scope(Opening {
            name,
            definition: None,
            scope_type: ScopeType::Annotations,
            entry,
            firstlineno,
            private,
            metadata,
        });
        Ok(())
    }

    /// Binds the parameters and pushes a tuple of them.
    pub fn type_params(&mut self, params: &'t [TypeParam<'t>]) -> Result {
        let mut seen_default = false;
        for param in params {
            let loc = param.loc;
            let (name, default) = match &param.kind {
                TypeParamKind::TypeVar {
                    name,
                    bound,
                    default_value,
                } => {
                    self.load_name_constant(loc, name);
                    self.type_var(param, name, bound.as_deref())?;
                    (name, default_value)
                }
                TypeParamKind::TypeVarTuple {
                    name,
                    default_value,
                } => {
                    self.load_name_constant(loc, name);
                    self.op_arg(loc, CALL_INTRINSIC_1, INTRINSIC_TYPEVARTUPLE);
                    (name, default_value)
                }
                TypeParamKind::ParamSpec {
                    name,
                    default_value,
                } => {
                    self.load_name_constant(loc, name);
                    self.op_arg(loc, CALL_INTRINSIC_1, INTRINSIC_PARAMSPEC);
                    (name, default_value)
                }
            };
            if let Some(default) = default {
                seen_default = true;
                let starred = matches!(param.kind, TypeParamKind::TypeVarTuple { .. });
                self.lazy_value(default, name, Key::default(param), starred)?;
                self.op_arg(loc, CALL_INTRINSIC_2, INTRINSIC_SET_TYPEPARAM_DEFAULT);
            } else if seen_default {
                let message =
                    format!("non-default type parameter '{name}' follows default type parameter");
                return self.error(loc, message);
            }
            self.op_arg(loc, COPY, 1);
            self.name_op(loc, name, Context::Store)?;
        }
        self.op_arg(params[0].loc, BUILD_TUPLE, params.len() as u32);
        Ok(())
    }

    fn type_var(
        &mut self,
        param: &'t TypeParam<'t>,
        name: &Name<'t>,
        bound: Option<&'t Expr<'t>>,
    ) -> Result {
        let Some(bound) = bound else {
            self.op_arg(param.loc, CALL_INTRINSIC_1, INTRINSIC_TYPEVAR);
            return Ok(());
        };
        self.lazy_value(bound, name, Key::bound(param), false)?;
        let intrinsic = if matches!(bound.kind, ExprKind::Tuple { .. }) {
            INTRINSIC_TYPEVAR_WITH_CONSTRAINTS
        } else {
            INTRINSIC_TYPEVAR_WITH_BOUND
        };
        self.op_arg(param.loc, CALL_INTRINSIC_2, intrinsic);
        Ok(())
    }

    /// The default of the format parameter of a lazily evaluated value: `(1,)`.
    fn load_format_default(&mut self, loc: Location) {
        let one = Constant::Int(Rc::new(Int::Small(1)));
        self.load_const(loc, &Constant::Tuple([one].into()));
    }

    /// Pushes a function that evaluates a bound or default when asked.
    fn lazy_value(
        &mut self,
        value: &'t Expr<'t>,
        name: &Name<'t>,
        key: Key,
        allow_starred: bool,
    ) -> Result {
        let loc = value.loc;
        self.load_format_default(loc);
        let entry = self.lookup(key)?;
        self.enter_annotations_named(loc, entry, name)?;
        match &value.kind {
            ExprKind::Starred { value, .. } if allow_starred => {
                self.visit_expr(value)?;
                self.op_arg(loc, UNPACK_SEQUENCE, 1);
            }
            _ => self.visit_expr(value)?,
        }
        self.op(loc, RETURN_VALUE);
        let finished = self.finish_unit(true)?;
        self.make_closure(loc, finished, MAKE_FUNCTION_DEFAULTS)
    }

    pub fn type_alias(
        &mut self,
        stmt: &'t Stmt<'t>,
        target: &'t Expr<'t>,
        params: &'t [TypeParam<'t>],
        value: &'t Expr<'t>,
    ) -> Result {
        let loc = stmt.loc;
        let ExprKind::Name { id: name, .. } = &target.kind else {
            return self.error(loc, "invalid syntax");
        };
        if params.is_empty() {
            self.load_name_constant(loc, name);
            self.load_none(loc);
            self.type_alias_body(stmt, name, value)?;
        } else {
            self.enter_type_params(name, params, loc.line, None, Metadata::default())?;
            self.load_name_constant(loc, name);
            self.type_params(params)?;
            self.type_alias_body(stmt, name, value)?;
            let finished = self.finish_unit(false)?;
            self.make_closure(loc, finished, 0)?;
            self.op(loc, PUSH_NULL);
            self.op_arg(loc, CALL, 0);
        }
        self.name_op(loc, name, Context::Store)
    }

    fn type_alias_body(
        &mut self,
        stmt: &'t Stmt<'t>,
        name: &Name<'t>,
        value: &'t Expr<'t>,
    ) -> Result {
        let loc = stmt.loc;
        self.load_format_default(loc);
        let entry = self.lookup(Key::stmt(stmt))?;
        self.enter_annotations_named(loc, entry, name)?;
        self.visit_expr(value)?;
        self.op(loc, RETURN_VALUE);
        let finished = self.finish_unit(false)?;
        self.make_closure(loc, finished, MAKE_FUNCTION_DEFAULTS)?;
        self.op_arg(loc, BUILD_TUPLE, 3);
        self.op_arg(loc, CALL_INTRINSIC_1, INTRINSIC_TYPEALIAS);
        Ok(())
    }
}
