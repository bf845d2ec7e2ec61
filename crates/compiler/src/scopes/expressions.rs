//! The first pass over expressions, comprehensions and type parameters.

use super::build::{Builder, Result};
use super::*;
use crate::tree::{Comprehension, Context, ExprKind, TypeParamKind};

impl<'a> Builder<'_, 'a> {
    pub(super) fn visit_exprs(&mut self, exprs: &[&Expr<'a>]) -> Result {
        exprs.iter().try_for_each(|expr| self.visit_expr(expr))
    }

    pub(super) fn visit_optional(&mut self, expr: &Option<&Expr<'a>>) -> Result {
        expr.as_deref().map_or(Ok(()), |expr| self.visit_expr(expr))
    }

    #[inline]
    pub(super) fn visit_expr(&mut self, expr: &Expr<'a>) -> Result {
        match &expr.kind {
            ExprKind::Constant { .. } => Ok(()),
            ExprKind::Name { id, ctx } => self.visit_name(id, *ctx, expr.loc),
            _ => self.nested(|builder| builder.expression(expr)),
        }
    }

    fn expression(&mut self, expr: &Expr<'a>) -> Result {
        match &expr.kind {
            ExprKind::NamedExpr { target, value } => self.visit_named_expr(expr, target, value),
            ExprKind::BoolOp { values, .. }
            | ExprKind::JoinedStr { values }
            | ExprKind::TemplateStr { values } => self.visit_exprs(values),
            ExprKind::BinOp { left, right, .. } => {
                self.visit_expr(left)?;
                self.visit_expr(right)
            }
            ExprKind::UnaryOp { operand, .. } => self.visit_expr(operand),
            ExprKind::Lambda { args, body } => self.visit_lambda(expr, args, body),
            ExprKind::IfExp { test, body, orelse } => {
                self.visit_expr(test)?;
                self.visit_expr(body)?;
                self.visit_expr(orelse)
            }
            ExprKind::Dict { keys, values } => {
                keys.iter()
                    .flatten()
                    .try_for_each(|key| self.visit_expr(key))?;
                self.visit_exprs(values)
            }
            ExprKind::Set { elts } | ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. } => {
                self.visit_exprs(elts)
            }
            ExprKind::ListComp { elt, generators } => {
                self.visit_comprehension(expr, ComprehensionKind::List, generators, None, elt)
            }
            ExprKind::SetComp { elt, generators } => {
                self.visit_comprehension(expr, ComprehensionKind::Set, generators, None, elt)
            }
            ExprKind::DictComp {
                key,
                value,
                generators,
            } => self.visit_comprehension(
                expr,
                ComprehensionKind::Dict,
                generators,
                Some(value),
                key,
            ),
            ExprKind::GeneratorExp { elt, generators } => {
                self.visit_comprehension(expr, ComprehensionKind::Generator, generators, None, elt)
            }
            ExprKind::Yield { value } => {
                self.forbid_in_annotations("yield expression", expr)?;
                self.visit_optional(value)?;
                self.yields(expr)
            }
            ExprKind::YieldFrom { value } => {
                self.forbid_in_annotations("yield expression", expr)?;
                self.visit_expr(value)?;
                self.yields(expr)
            }
            ExprKind::Await { value } => self.visit_await(expr, value),
            ExprKind::Compare {
                left, comparators, ..
            } => {
                self.visit_expr(left)?;
                self.visit_exprs(comparators)
            }
            ExprKind::Call {
                func,
                args,
                keywords,
            } => {
                self.visit_expr(func)?;
                self.visit_exprs(args)?;
                self.check_keywords(keywords)?;
                keywords
                    .iter()
                    .try_for_each(|keyword| self.visit_expr(keyword.value))
            }
            ExprKind::FormattedValue {
                value, format_spec, ..
            }
            | ExprKind::Interpolation {
                value, format_spec, ..
            } => {
                self.visit_expr(value)?;
                self.visit_optional(format_spec)
            }
            ExprKind::Constant { .. } => Ok(()),
            ExprKind::Attribute { value, attr, ctx } => {
                self.check_name(attr, expr.loc, *ctx)?;
                self.visit_expr(value)
            }
            ExprKind::Subscript { value, slice, .. } => {
                self.visit_expr(value)?;
                self.visit_expr(slice)
            }
            ExprKind::Starred { value, .. } => self.visit_expr(value),
            ExprKind::Slice { lower, upper, step } => {
                self.visit_optional(lower)?;
                self.visit_optional(upper)?;
                self.visit_optional(step)
            }
            ExprKind::Name { id, ctx } => self.visit_name(id, *ctx, expr.loc),
        }
    }

    fn visit_name(&mut self, id: &Name<'a>, ctx: Context, loc: Location) -> Result {
        if self.entry().in_unevaluated_annotation {
            return Ok(());
        }
        let flag = Symbol::of_use(ctx);
        if !self.note_again(id, flag) {
            self.add_def_ctx(id, flag, loc, ctx)?;
        }
        // A zero-argument `super()` reads `__class__`.
        if *id != self.scopes.known.super_ {
            return Ok(());
        }
        if ctx == Context::Load && self.entry().is_function_like() {
            let class = self.scopes.known.class;
            self.add_def(&class, Symbol::USE, loc)?;
        }
        Ok(())
    }

    fn visit_lambda(&mut self, expr: &Expr<'a>, args: &Arguments<'a>, body: &Expr<'a>) -> Result {
        self.visit_defaults(args)?;
        let name = self.scopes.known.lambda;
        self.enter(&name, BlockType::Function, Key::expr(expr), expr.loc)?;
        self.visit_arguments(args)?;
        self.visit_expr(body)?;
        self.exit();
        Ok(())
    }

    fn yields(&mut self, expr: &Expr<'a>) -> Result {
        self.entry().generator = true;
        let kind = match self.entry().comprehension {
            ComprehensionKind::None => return Ok(()),
            ComprehensionKind::List => "list comprehension",
            ComprehensionKind::Set => "set comprehension",
            ComprehensionKind::Dict => "dict comprehension",
            ComprehensionKind::Generator => "generator expression",
        };
        self.error(format!("'yield' inside {kind}"), expr.loc)
    }

    fn visit_await(&mut self, expr: &Expr<'a>, value: &Expr<'a>) -> Result {
        self.forbid_in_annotations("await expression", expr)?;
        if !self.allows_top_level_await() {
            if !self.entry().is_function_like() {
                return self.error("'await' outside function", expr.loc);
            }
            if !self.in_async_def() && !self.entry().is_comprehension() {
                return self.error("'await' outside async function", expr.loc);
            }
        }
        self.visit_expr(value)?;
        self.entry().coroutine = true;
        Ok(())
    }

    /// CPython's `IS_ASYNC_DEF`.
    fn in_async_def(&mut self) -> bool {
        let entry = self.entry();
        entry.block_type == BlockType::Function && entry.coroutine
    }

    /// What no annotation or type scope may hold (`symtable_raise_if_annotation_block`).
    fn forbid_in_annotations(&mut self, what: &str, expr: &Expr<'a>) -> Result {
        let place = match self.entry().block_type {
            BlockType::Annotation => "an annotation",
            BlockType::TypeVariable => self.entry().scope_info.unwrap_or("a TypeVar bound"),
            BlockType::TypeAlias => "a type alias",
            BlockType::TypeParameters => "the definition of a generic",
            BlockType::Function | BlockType::Class | BlockType::Module => return Ok(()),
        };
        self.error(format!("{what} cannot be used within {place}"), expr.loc)
    }

    // Assignment expressions.

    fn visit_named_expr(&mut self, expr: &Expr<'a>, target: &Expr<'a>, value: &Expr<'a>) -> Result {
        self.forbid_in_annotations("named expression", expr)?;
        if self.entry().comp_iter_expr > 0 {
            return self.error(
                "assignment expression cannot be used in a comprehension iterable expression",
                expr.loc,
            );
        }
        if self.entry().is_comprehension() {
            self.extend_named_expr_scope(target)?;
        }
        self.visit_expr(value)?;
        self.visit_expr(target)
    }

    /// `:=` in a comprehension binds in the nearest block around it that is none (PEP 572).
    fn extend_named_expr_scope(&mut self, target: &Expr<'a>) -> Result {
        let ExprKind::Name { id, .. } = &target.kind else {
            return Ok(());
        };
        for index in (0..self.stack.len()).rev() {
            let block = self.stack[index];
            let known = self.lookup_in(block, id);
            let entry = &self.scopes[block];
            if entry.is_comprehension() {
                if known.has(Symbol::DEF_COMP_ITER) && known.has(Symbol::DEF_LOCAL) {
                    let message = format!(
                        "assignment expression cannot rebind comprehension iteration variable '{id}'"
                    );
                    return self.error(message, target.loc);
                }
                continue;
            }
            let place = match entry.block_type {
                BlockType::Function => {
                    let flag = if known.has(Symbol::DEF_GLOBAL) {
                        Symbol::DEF_GLOBAL
                    } else {
                        Symbol::DEF_NONLOCAL
                    };
                    self.add_def(id, flag, target.loc)?;
                    self.record_directive(id, target.loc);
                    return self.add_def_in(block, id, Symbol::DEF_LOCAL, target.loc);
                }
                BlockType::Module => {
                    self.add_def(id, Symbol::DEF_GLOBAL, target.loc)?;
                    self.record_directive(id, target.loc);
                    return self.add_def_in(block, id, Symbol::DEF_GLOBAL, target.loc);
                }
                // An `__annotate__` binds nothing: the block around it does.
                BlockType::Annotation => continue,
                BlockType::Class => "cannot be used in a class body",
                BlockType::TypeParameters => "cannot be used within the definition of a generic",
                BlockType::TypeAlias => "cannot be used in a type alias",
                BlockType::TypeVariable => "cannot be used in a TypeVar bound",
            };
            return self.error(
                format!("assignment expression within a comprehension {place}"),
                target.loc,
            );
        }
        Ok(())
    }

    // Comprehensions.

    fn visit_comprehension(
        &mut self,
        expr: &Expr<'a>,
        kind: ComprehensionKind,
        generators: &[Comprehension<'a>],
        value: Option<&Expr<'a>>,
        elt: &Expr<'a>,
    ) -> Result {
        let Some((outermost, inner)) = generators.split_first() else {
            return Ok(());
        };
        // The outermost iterable runs in the block around the comprehension.
        self.entry().comp_iter_expr += 1;
        self.visit_expr(outermost.iter)?;
        self.entry().comp_iter_expr -= 1;
        let name = match kind {
            ComprehensionKind::List => self.scopes.known.listcomp,
            ComprehensionKind::Set => self.scopes.known.setcomp,
            ComprehensionKind::Dict => self.scopes.known.dictcomp,
            _ => self.scopes.known.genexpr,
        };
        self.enter(&name, BlockType::Function, Key::expr(expr), expr.loc)?;
        self.entry().comprehension = kind;
        self.entry().coroutine |= outermost.is_async;
        let outermost_iter = self.scopes.known.outermost_iter;
        self.add_def(&outermost_iter, Symbol::DEF_PARAM, expr.loc)?;
        self.visit_iteration_target(outermost.target)?;
        self.visit_exprs(&outermost.ifs)?;
        inner
            .iter()
            .try_for_each(|generator| self.visit_generator(generator))?;
        value.map_or(Ok(()), |value| self.visit_expr(value))?;
        self.visit_expr(elt)?;
        let is_generator = kind == ComprehensionKind::Generator;
        self.entry().generator = is_generator;
        let is_async = self.entry().coroutine && !is_generator;
        self.exit();
        if is_async
            && !self.in_async_def()
            && !self.entry().is_comprehension()
            && !self.allows_top_level_await()
        {
            return self.error(
                "asynchronous comprehension outside of an asynchronous function",
                expr.loc,
            );
        }
        self.entry().coroutine |= is_async;
        Ok(())
    }

    fn visit_generator(&mut self, generator: &Comprehension<'a>) -> Result {
        self.visit_iteration_target(generator.target)?;
        self.entry().comp_iter_expr += 1;
        self.visit_expr(generator.iter)?;
        self.entry().comp_iter_expr -= 1;
        self.visit_exprs(&generator.ifs)?;
        self.entry().coroutine |= generator.is_async;
        Ok(())
    }

    fn visit_iteration_target(&mut self, target: &Expr<'a>) -> Result {
        self.entry().comp_iter_target = true;
        self.visit_expr(target)?;
        self.entry().comp_iter_target = false;
        Ok(())
    }

    // Type parameters.

    pub(super) fn visit_type_param(&mut self, param: &TypeParam<'a>) -> Result {
        self.nested(|builder| builder.type_param(param))
    }

    fn type_param(&mut self, param: &TypeParam<'a>) -> Result {
        let (name, bound, default, default_info) = match &param.kind {
            TypeParamKind::TypeVar {
                name,
                bound,
                default_value,
            } => (name, Some(bound), default_value, "a TypeVar default"),
            TypeParamKind::TypeVarTuple {
                name,
                default_value,
            } => (name, None, default_value, "a TypeVarTuple default"),
            TypeParamKind::ParamSpec {
                name,
                default_value,
            } => (name, None, default_value, "a ParamSpec default"),
        };
        self.add_def(name, Symbol::DEF_TYPE_PARAM | Symbol::DEF_LOCAL, param.loc)?;
        if &**name == "__classdict__" {
            return self.error(
                format!("reserved name '{name}' cannot be used for type parameter"),
                param.loc,
            );
        }
        if let Some(Some(bound)) = bound {
            let tuple = matches!(bound.kind, ExprKind::Tuple { .. });
            let info = if tuple {
                "a TypeVar constraint"
            } else {
                "a TypeVar bound"
            };
            self.visit_type_variable(bound, name, Key::bound(param), info)?;
        }
        match default {
            Some(default) => {
                self.visit_type_variable(default, name, Key::default(param), default_info)
            }
            None => Ok(()),
        }
    }

    /// The block of a bound, of constraints or of a default (`symtable_visit_type_param_bound_or_default`).
    fn visit_type_variable(
        &mut self,
        value: &Expr<'a>,
        name: &Name<'a>,
        key: Key,
        info: &'static str,
    ) -> Result {
        let in_class = self.entry().can_see_class_scope;
        self.enter(name, BlockType::TypeVariable, key, value.loc)?;
        if in_class {
            self.see_class_scope(value.loc)?;
        }
        self.entry().scope_info = Some(info);
        self.visit_expr(value)?;
        self.exit();
        Ok(())
    }
}
