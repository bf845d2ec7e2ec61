//! Conditions and loops.

use terrarium_bytecode::opcode::*;

use crate::instructions::Label;
use crate::recursion::with_stack;
use crate::tree::{BoolOp, CmpOp, Expr, ExprKind, Location, Stmt, UnaryOp};

use super::frame_blocks::BlockKind;
use super::{Codegen, Result};

fn jump_opcode(condition: bool) -> u16 {
    if condition {
        POP_JUMP_IF_TRUE
    } else {
        POP_JUMP_IF_FALSE
    }
}

impl<'t> Codegen<'_, 't> {
    /// Jumps to `next` if the truth of `expr` is `condition`, else goes on.
    pub fn jump_if(
        &mut self,
        loc: Location,
        expr: &'t Expr<'t>,
        next: Label,
        condition: bool,
    ) -> Result {
        let depth = self.descend()?;
        let result = with_stack(depth, || self.jump_if_kind(loc, expr, next, condition));
        self.ascend();
        result
    }

    fn jump_if_kind(
        &mut self,
        loc: Location,
        expr: &'t Expr<'t>,
        next: Label,
        condition: bool,
    ) -> Result {
        match &expr.kind {
            ExprKind::UnaryOp {
                op: UnaryOp::Not,
                operand,
            } => self.jump_if(loc, operand, next, !condition),
            ExprKind::BoolOp { op, values } => {
                self.jump_if_bool_op(loc, *op, values, next, condition)
            }
            ExprKind::IfExp { test, body, orelse } => {
                let end = self.new_label();
                let otherwise = self.new_label();
                self.jump_if(loc, test, otherwise, false)?;
                self.jump_if(loc, body, next, condition)?;
                self.jump(Location::NONE, JUMP_NO_INTERRUPT, end);
                self.use_label(otherwise);
                self.jump_if(loc, orelse, next, condition)?;
                self.use_label(end);
                Ok(())
            }
            ExprKind::Compare {
                left,
                ops,
                comparators,
            } if ops.len() > 1 => {
                self.check_compare(expr.loc, left, ops, comparators);
                self.jump_if_chained(expr.loc, left, ops, comparators, next, condition)
            }
            _ => {
                self.visit_expr(expr)?;
                self.op(expr.loc, TO_BOOL);
                self.jump(expr.loc, jump_opcode(condition), next);
                Ok(())
            }
        }
    }

    fn jump_if_bool_op(
        &mut self,
        loc: Location,
        op: BoolOp,
        values: &'t [&'t Expr<'t>],
        next: Label,
        condition: bool,
    ) -> Result {
        let decides = op == BoolOp::Or;
        let early = if decides != condition {
            self.new_label()
        } else {
            next
        };
        let (last, first) = values.split_last().expect("an operation has operands");
        for value in first {
            self.jump_if(loc, value, early, decides)?;
        }
        self.jump_if(loc, last, next, condition)?;
        if early != next {
            self.use_label(early);
        }
        Ok(())
    }

    fn jump_if_chained(
        &mut self,
        loc: Location,
        left: &'t Expr<'t>,
        ops: &[CmpOp],
        comparators: &'t [&'t Expr<'t>],
        next: Label,
        condition: bool,
    ) -> Result {
        let cleanup = self.new_label();
        self.visit_expr(left)?;
        let last = ops.len() - 1;
        for index in 0..last {
            self.visit_expr(comparators[index])?;
            self.op_arg(loc, SWAP, 2);
            self.op_arg(loc, COPY, 2);
            self.op_compare(loc, ops[index]);
            self.op(loc, TO_BOOL);
            self.jump(loc, POP_JUMP_IF_FALSE, cleanup);
        }
        self.visit_expr(comparators[last])?;
        self.op_compare(loc, ops[last]);
        self.op(loc, TO_BOOL);
        self.jump(loc, jump_opcode(condition), next);
        let end = self.new_label();
        self.jump(Location::NONE, JUMP_NO_INTERRUPT, end);
        self.use_label(cleanup);
        self.op(loc, POP_TOP);
        if !condition {
            self.jump(Location::NONE, JUMP_NO_INTERRUPT, next);
        }
        self.use_label(end);
        Ok(())
    }

    pub fn conditional_expression(
        &mut self,
        loc: Location,
        test: &'t Expr<'t>,
        body: &'t Expr<'t>,
        orelse: &'t Expr<'t>,
    ) -> Result {
        let end = self.new_label();
        let next = self.new_label();
        self.jump_if(loc, test, next, false)?;
        self.visit_expr(body)?;
        self.jump(Location::NONE, JUMP_NO_INTERRUPT, end);
        self.use_label(next);
        self.visit_expr(orelse)?;
        self.use_label(end);
        Ok(())
    }

    pub fn if_statement(
        &mut self,
        loc: Location,
        test: &'t Expr<'t>,
        body: &'t [Stmt<'t>],
        orelse: &'t [Stmt<'t>],
    ) -> Result {
        let end = self.new_label();
        let next = if orelse.is_empty() {
            end
        } else {
            self.new_label()
        };
        self.jump_if(loc, test, next, false)?;
        self.visit_stmts(body)?;
        if !orelse.is_empty() {
            self.jump(Location::NONE, JUMP_NO_INTERRUPT, end);
            self.use_label(next);
            self.visit_stmts(orelse)?;
        }
        self.use_label(end);
        Ok(())
    }

    pub fn for_loop(
        &mut self,
        loc: Location,
        target: &'t Expr<'t>,
        iter: &'t Expr<'t>,
        body: &'t [Stmt<'t>],
        orelse: &'t [Stmt<'t>],
    ) -> Result {
        let start = self.new_label();
        let cleanup = self.new_label();
        let end = self.new_label();
        self.push_loop(BlockKind::ForLoop, loc, start, end)?;
        self.visit_expr(iter)?;
        self.op(iter.loc, GET_ITER);
        self.use_label(start);
        self.jump(iter.loc, FOR_ITER, cleanup);
        // Lets a loop head of several lines be traced; removed where it changes nothing.
        self.op(target.loc, NOP);
        self.visit_expr(target)?;
        self.visit_stmts(body)?;
        self.jump(Location::NONE, JUMP, start);
        self.use_label(cleanup);
        self.op(Location::NONE, END_FOR);
        self.op(Location::NONE, POP_ITER);
        self.pop_block();
        self.visit_stmts(orelse)?;
        self.use_label(end);
        Ok(())
    }

    pub fn async_for_loop(
        &mut self,
        loc: Location,
        target: &'t Expr<'t>,
        iter: &'t Expr<'t>,
        body: &'t [Stmt<'t>],
        orelse: &'t [Stmt<'t>],
    ) -> Result {
        let start = self.new_label();
        let send = self.new_label();
        let except = self.new_label();
        let end = self.new_label();
        self.visit_expr(iter)?;
        self.op(iter.loc, GET_AITER);
        self.use_label(start);
        self.push_loop(BlockKind::AsyncForLoop, loc, start, end)?;
        self.jump(loc, SETUP_FINALLY, except);
        self.op(loc, GET_ANEXT);
        self.load_none(loc);
        self.use_label(send);
        self.yield_from(loc, true);
        self.op(loc, POP_BLOCK);
        self.op(loc, NOT_TAKEN);
        self.visit_expr(target)?;
        self.visit_stmts(body)?;
        self.jump(Location::NONE, JUMP, start);
        self.pop_block();
        self.use_label(except);
        self.jump(iter.loc, END_ASYNC_FOR, send);
        self.visit_stmts(orelse)?;
        self.use_label(end);
        Ok(())
    }

    pub fn while_loop(
        &mut self,
        loc: Location,
        test: &'t Expr<'t>,
        body: &'t [Stmt<'t>],
        orelse: &'t [Stmt<'t>],
    ) -> Result {
        let start = self.new_label();
        let end = self.new_label();
        let anchor = self.new_label();
        self.use_label(start);
        self.push_loop(BlockKind::WhileLoop, loc, start, end)?;
        self.jump_if(loc, test, anchor, false)?;
        self.visit_stmts(body)?;
        self.jump(Location::NONE, JUMP, start);
        self.pop_block();
        self.use_label(anchor);
        self.visit_stmts(orelse)?;
        self.use_label(end);
        Ok(())
    }
}
