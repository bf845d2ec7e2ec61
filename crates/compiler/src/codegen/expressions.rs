//! Expressions: the dispatch, operators, comparisons and displays.

use terrarium_bytecode::opcode::*;

use crate::recursion::with_stack;
use crate::tree::{BoolOp, CmpOp, Context, Expr, ExprKind, Location, Name, UnaryOp};

use super::assignment::{attribute_location, is_starred, unstarred};
use super::comprehensions::{Element, Kind};
use super::emit::Attribute;
use super::operands::*;
use super::unit_state::ScopeType;
use super::{Codegen, Result};

/// The instructions that make a list or set.
#[derive(Clone, Copy)]
struct Display {
    build: u16,
    add: u16,
    extend: u16,
}

const LIST: Display = Display {
    build: BUILD_LIST,
    add: LIST_APPEND,
    extend: LIST_EXTEND,
};

const SET: Display = Display {
    build: BUILD_SET,
    add: SET_ADD,
    extend: SET_UPDATE,
};

impl<'t> Codegen<'_, 't> {
    pub fn visit_exprs(&mut self, exprs: &'t [&'t Expr<'t>]) -> Result {
        exprs.iter().try_for_each(|expr| self.visit_expr(expr))
    }

    pub fn visit_expr(&mut self, expr: &'t Expr<'t>) -> Result {
        match &expr.kind {
            ExprKind::Constant { value, .. } => {
                self.load_const(expr.loc, value);
                Ok(())
            }
            ExprKind::Name { id, ctx } => self.name_op(expr.loc, id, *ctx),
            _ => self.visit_parent(expr),
        }
    }

    /// An expression that has others in it.
    fn visit_parent(&mut self, expr: &'t Expr<'t>) -> Result {
        let depth = self.descend()?;
        let result = with_stack(depth, || self.visit_expr_kind(expr));
        self.ascend();
        result
    }

    fn visit_expr_kind(&mut self, expr: &'t Expr<'t>) -> Result {
        let loc = expr.loc;
        match &expr.kind {
            ExprKind::Attribute { value, attr, ctx } => self.attribute(expr, value, attr, *ctx),
            ExprKind::Subscript { value, slice, ctx } => self.subscript(loc, value, slice, *ctx),
            ExprKind::Slice { .. } => self.slice(expr),
            ExprKind::Starred { ctx, .. } => self.error(
                loc,
                if *ctx == Context::Store {
                    "starred assignment target must be in a list or tuple"
                } else {
                    "can't use starred expression here"
                },
            ),
            ExprKind::List { elts, ctx } => self.sequence(loc, elts, *ctx, false),
            ExprKind::Tuple { elts, ctx } => self.sequence(loc, elts, *ctx, true),
            ExprKind::Call {
                func,
                args,
                keywords,
            } => self.call(expr, func, args, keywords),
            ExprKind::NamedExpr { target, value } => {
                self.visit_expr(value)?;
                self.op_arg(loc, COPY, 1);
                self.visit_expr(target)
            }
            ExprKind::BoolOp { op, values } => self.bool_op(loc, *op, values),
            ExprKind::BinOp { left, op, right } => {
                self.visit_expr(left)?;
                self.visit_expr(right)?;
                self.op_binary(loc, *op, false);
                Ok(())
            }
            ExprKind::UnaryOp { op, operand } => self.unary_op(loc, *op, operand),
            ExprKind::IfExp { test, body, orelse } => {
                self.conditional_expression(loc, test, body, orelse)
            }
            ExprKind::Compare {
                left,
                ops,
                comparators,
            } => self.compare(loc, left, ops, comparators),
            ExprKind::Set { elts } => self.display(loc, elts, None, 0, SET),
            ExprKind::Dict { keys, values } => self.dict(loc, keys, values),
            _ => self.visit_other(expr),
        }
    }

    /// Expressions with units or strings of their own, and those that suspend.
    fn visit_other(&mut self, expr: &'t Expr<'t>) -> Result {
        let loc = expr.loc;
        match &expr.kind {
            ExprKind::Lambda { args, body } => self.lambda(expr, args, body),
            ExprKind::ListComp { elt, generators } => {
                self.comprehension(expr, Kind::List, generators, Element::one(elt))
            }
            ExprKind::SetComp { elt, generators } => {
                self.comprehension(expr, Kind::Set, generators, Element::one(elt))
            }
            ExprKind::GeneratorExp { elt, generators } => {
                self.comprehension(expr, Kind::Generator, generators, Element::one(elt))
            }
            ExprKind::DictComp {
                key,
                value,
                generators,
            } => self.comprehension(expr, Kind::Dict, generators, Element::pair(key, value)),
            ExprKind::JoinedStr { values } => self.joined_str(loc, values),
            ExprKind::TemplateStr { values } => self.template_str(loc, values),
            ExprKind::FormattedValue {
                value,
                conversion,
                format_spec,
            } => self.formatted_value(loc, value, *conversion, format_spec.as_deref()),
            ExprKind::Interpolation {
                value,
                str,
                conversion,
                format_spec,
            } => self.interpolation(loc, value, str, *conversion, format_spec.as_deref()),
            ExprKind::Yield { value } => self.visit_yield(loc, value.as_deref()),
            ExprKind::YieldFrom { value } => self.visit_yield_from(loc, value),
            ExprKind::Await { value } => {
                self.visit_expr(value)?;
                self.await_value(loc, 0);
                Ok(())
            }
            _ => unreachable!("the other kinds are handled before"),
        }
    }

    fn visit_yield(&mut self, loc: Location, value: Option<&'t Expr<'t>>) -> Result {
        if !self.entry().is_function_like() {
            return self.error(loc, "'yield' outside function");
        }
        match value {
            Some(value) => self.visit_expr(value)?,
            None => self.load_none(loc),
        }
        self.yield_value(loc);
        Ok(())
    }

    fn visit_yield_from(&mut self, loc: Location, value: &'t Expr<'t>) -> Result {
        if !self.entry().is_function_like() {
            return self.error(loc, "'yield from' outside function");
        }
        if self.unit.scope_type == ScopeType::AsyncFunction {
            return self.error(loc, "'yield from' inside async function");
        }
        self.visit_expr(value)?;
        self.op(loc, GET_YIELD_FROM_ITER);
        self.load_none(loc);
        self.yield_from(loc, false);
        Ok(())
    }

    fn attribute(
        &mut self,
        expr: &'t Expr<'t>,
        object: &'t Expr<'t>,
        attr: &'t Name<'t>,
        context: Context,
    ) -> Result {
        if context == Context::Load
            && let Some(call) = self.super_call(object, attr)
        {
            return self.super_attribute(expr, attr, call);
        }
        self.note_static_attribute(object, attr, context);
        self.visit_expr(object)?;
        let loc = attribute_location(expr.loc, expr, attr);
        match context {
            Context::Load => self.op_attribute(loc, Attribute::Load, attr),
            Context::Store => self.op_name(loc, STORE_ATTR, attr),
            Context::Del => self.op_name(loc, DELETE_ATTR, attr),
        }
        Ok(())
    }

    fn bool_op(&mut self, loc: Location, op: BoolOp, values: &'t [&'t Expr<'t>]) -> Result {
        let jump = if op == BoolOp::And {
            JUMP_IF_FALSE
        } else {
            JUMP_IF_TRUE
        };
        let end = self.new_label();
        let (last, first) = values.split_last().expect("an operation has operands");
        for value in first {
            self.visit_expr(value)?;
            self.jump(loc, jump, end);
            self.op(loc, POP_TOP);
        }
        self.visit_expr(last)?;
        self.use_label(end);
        Ok(())
    }

    fn unary_op(&mut self, loc: Location, op: UnaryOp, operand: &'t Expr<'t>) -> Result {
        self.visit_expr(operand)?;
        match op {
            UnaryOp::UAdd => self.op_arg(loc, CALL_INTRINSIC_1, INTRINSIC_UNARY_POSITIVE),
            UnaryOp::Not => {
                self.op(loc, TO_BOOL);
                self.op(loc, UNARY_NOT);
            }
            UnaryOp::Invert => self.op(loc, UNARY_INVERT),
            UnaryOp::USub => self.op(loc, UNARY_NEGATIVE),
        }
        Ok(())
    }

    pub fn op_compare(&mut self, loc: Location, op: CmpOp) {
        match (compare(op), op) {
            (Some(oparg), _) => self.op_arg(loc, COMPARE_OP, oparg),
            (None, CmpOp::Is) => self.op_arg(loc, IS_OP, 0),
            (None, CmpOp::IsNot) => self.op_arg(loc, IS_OP, 1),
            (None, CmpOp::In) => self.op_arg(loc, CONTAINS_OP, 0),
            (None, _) => self.op_arg(loc, CONTAINS_OP, 1),
        }
    }

    fn compare(
        &mut self,
        loc: Location,
        left: &'t Expr<'t>,
        ops: &[CmpOp],
        comparators: &'t [&'t Expr<'t>],
    ) -> Result {
        self.check_compare(loc, left, ops, comparators);
        self.visit_expr(left)?;
        let last = ops.len() - 1;
        if last == 0 {
            self.visit_expr(comparators[0])?;
            self.op_compare(loc, ops[0]);
            return Ok(());
        }
        let cleanup = self.new_label();
        for index in 0..last {
            self.visit_expr(comparators[index])?;
            self.op_arg(loc, SWAP, 2);
            self.op_arg(loc, COPY, 2);
            self.op_compare(loc, ops[index]);
            self.op_arg(loc, COPY, 1);
            self.op(loc, TO_BOOL);
            self.jump(loc, POP_JUMP_IF_FALSE, cleanup);
            self.op(loc, POP_TOP);
        }
        self.visit_expr(comparators[last])?;
        self.op_compare(loc, ops[last]);
        let end = self.new_label();
        self.jump(Location::NONE, JUMP_NO_INTERRUPT, end);
        self.use_label(cleanup);
        self.op_arg(loc, SWAP, 2);
        self.op(loc, POP_TOP);
        self.use_label(end);
        Ok(())
    }

    fn sequence(
        &mut self,
        loc: Location,
        elts: &'t [&'t Expr<'t>],
        context: Context,
        is_tuple: bool,
    ) -> Result {
        match context {
            Context::Store => self.unpack(loc, elts),
            Context::Load if is_tuple => self.build_tuple(loc, elts, None, 0),
            Context::Load => self.display(loc, elts, None, 0, LIST),
            Context::Del => self.visit_exprs(elts),
        }
    }

    /// Pushes a tuple of what `pushed` values on the stack, `elts` and the variable `injected` give.
    pub fn build_tuple(
        &mut self,
        loc: Location,
        elts: &'t [&'t Expr<'t>],
        injected: Option<&str>,
        pushed: u32,
    ) -> Result {
        let count = elts.len() + pushed as usize + usize::from(injected.is_some());
        if count <= STACK_USE_GUIDELINE && !elts.iter().any(|elt| is_starred(elt)) {
            self.visit_exprs(elts)?;
            self.load_injected(loc, injected)?;
            self.op_arg(loc, BUILD_TUPLE, count as u32);
            return Ok(());
        }
        self.display(loc, elts, injected, pushed, LIST)?;
        self.op_arg(loc, CALL_INTRINSIC_1, INTRINSIC_LIST_TO_TUPLE);
        Ok(())
    }

    fn load_injected(&mut self, loc: Location, injected: Option<&str>) -> Result {
        match injected {
            Some(name) => self.known_name_op(loc, name, Context::Load),
            None => Ok(()),
        }
    }

    /// Pushes a list or set (`starunpack_helper`): at once, or element by element if there are many or some are starred.
    fn display(
        &mut self,
        loc: Location,
        elts: &'t [&'t Expr<'t>],
        injected: Option<&str>,
        pushed: u32,
        display: Display,
    ) -> Result {
        let count = elts.len() + pushed as usize + usize::from(injected.is_some());
        let big = count > STACK_USE_GUIDELINE;
        if !big && !elts.iter().any(|elt| is_starred(elt)) {
            self.visit_exprs(elts)?;
            self.load_injected(loc, injected)?;
            self.op_arg(loc, display.build, count as u32);
            return Ok(());
        }
        let mut built = big;
        if big {
            self.op_arg(loc, display.build, pushed);
        }
        for (index, elt) in elts.iter().enumerate() {
            let starred = is_starred(elt);
            if starred && !built {
                self.op_arg(loc, display.build, index as u32 + pushed);
                built = true;
            }
            self.visit_expr(unstarred(elt))?;
            if starred {
                self.op_arg(loc, display.extend, 1);
            } else if built {
                self.op_arg(loc, display.add, 1);
            }
        }
        if injected.is_some() {
            self.load_injected(loc, injected)?;
            self.op_arg(loc, display.add, 1);
        }
        Ok(())
    }

    /// Pushes a dictionary: runs of items become dictionaries that are merged, as are unpacked mappings.
    fn dict(
        &mut self,
        loc: Location,
        keys: &'t [Option<&'t Expr<'t>>],
        values: &'t [&'t Expr<'t>],
    ) -> Result {
        let mut have_dict = false;
        let mut start = 0;
        for (index, key) in keys.iter().enumerate() {
            if key.is_none() {
                if start < index {
                    self.dict_items(loc, &keys[start..index], &values[start..index])?;
                    self.merge_dict(loc, &mut have_dict);
                }
                if !have_dict {
                    self.op_arg(loc, BUILD_MAP, 0);
                    have_dict = true;
                }
                self.visit_expr(values[index])?;
                self.op_arg(loc, DICT_UPDATE, 1);
                start = index + 1;
            } else if (index - start) * 2 > STACK_USE_GUIDELINE {
                self.dict_items(loc, &keys[start..=index], &values[start..=index])?;
                self.merge_dict(loc, &mut have_dict);
                start = index + 1;
            }
        }
        if start < keys.len() {
            self.dict_items(loc, &keys[start..], &values[start..])?;
            self.merge_dict(loc, &mut have_dict);
        }
        if !have_dict {
            self.op_arg(loc, BUILD_MAP, 0);
        }
        Ok(())
    }

    /// Merges the dictionary on the stack into the one beneath, if there is one.
    fn merge_dict(&mut self, loc: Location, have_dict: &mut bool) {
        if *have_dict {
            self.op_arg(loc, DICT_UPDATE, 1);
        }
        *have_dict = true;
    }

    fn dict_items(
        &mut self,
        loc: Location,
        keys: &'t [Option<&'t Expr<'t>>],
        values: &'t [&'t Expr<'t>],
    ) -> Result {
        let big = keys.len() * 2 > STACK_USE_GUIDELINE;
        if big {
            self.op_arg(loc, BUILD_MAP, 0);
        }
        for (key, value) in keys.iter().zip(values) {
            if let Some(key) = key {
                self.visit_expr(key)?;
            }
            self.visit_expr(value)?;
            if big {
                self.op_arg(loc, MAP_ADD, 1);
            }
        }
        if !big {
            self.op_arg(loc, BUILD_MAP, keys.len() as u32);
        }
        Ok(())
    }
}
