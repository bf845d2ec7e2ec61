//! `try` in its forms, and `with`.

use terrarium_bytecode::opcode::*;

use crate::instructions::Label;
use crate::tree::{Context, ExceptHandler, Location, Stmt, WithItem};

use super::frame_blocks::{BlockKind, FrameBlock};
use super::{Codegen, Result, operands};

/// Body, handlers and `else` of a `try`.
type Guarded<'t> = (&'t [Stmt<'t>], &'t [ExceptHandler<'t>], &'t [Stmt<'t>]);

impl<'t> Codegen<'_, 't> {
    pub fn try_statement(
        &mut self,
        loc: Location,
        parts: (&'t [Stmt<'t>], &'t [ExceptHandler<'t>], &'t [Stmt<'t>]),
        final_body: &'t [Stmt<'t>],
        star: bool,
    ) -> Result {
        let parts: Guarded<'t> = (parts.0, parts.1, parts.2);
        if final_body.is_empty() {
            self.try_handlers(loc, parts, star)
        } else {
            self.try_finally(loc, parts, final_body, star)
        }
    }

    fn try_handlers(&mut self, loc: Location, parts: Guarded<'t>, star: bool) -> Result {
        if star {
            self.try_except_star(loc, parts)
        } else {
            self.try_except(loc, parts)
        }
    }

    fn push_labelled(&mut self, kind: BlockKind, loc: Location, block: Label) -> Result {
        self.push_block(FrameBlock {
            block: Some(block),
            ..FrameBlock::new(kind, loc)
        })
    }

    fn try_finally(
        &mut self,
        loc: Location,
        parts: Guarded<'t>,
        final_body: &'t [Stmt<'t>],
        star: bool,
    ) -> Result {
        let body = self.new_label();
        let end = self.new_label();
        let exit = self.new_label();
        let cleanup = self.new_label();
        self.jump(loc, SETUP_FINALLY, end);
        self.use_label(body);
        self.push_block(FrameBlock {
            block: Some(body),
            exit: Some(end),
            final_body,
            ..FrameBlock::new(BlockKind::FinallyTry, loc)
        })?;
        if parts.1.is_empty() {
            self.visit_stmts(parts.0)?;
        } else {
            self.try_handlers(loc, parts, star)?;
        }
        self.op(Location::NONE, POP_BLOCK);
        self.pop_block();
        self.visit_stmts(final_body)?;
        self.jump(Location::NONE, JUMP_NO_INTERRUPT, exit);
        self.use_label(end);
        self.jump(Location::NONE, SETUP_CLEANUP, cleanup);
        self.op(Location::NONE, PUSH_EXC_INFO);
        self.push_labelled(BlockKind::FinallyEnd, Location::NONE, end)?;
        self.visit_stmts(final_body)?;
        self.pop_block();
        self.op_arg(Location::NONE, RERAISE, 0);
        self.use_label(cleanup);
        self.pop_except_and_reraise(Location::NONE);
        self.use_label(exit);
        Ok(())
    }

    fn try_except(&mut self, loc: Location, (try_body, handlers, orelse): Guarded<'t>) -> Result {
        let body = self.new_label();
        let except = self.new_label();
        let end = self.new_label();
        let cleanup = self.new_label();
        self.jump(loc, SETUP_FINALLY, except);
        self.use_label(body);
        self.push_labelled(BlockKind::TryExcept, loc, body)?;
        self.visit_stmts(try_body)?;
        self.pop_block();
        self.op(Location::NONE, POP_BLOCK);
        self.visit_stmts(orelse)?;
        self.jump(Location::NONE, JUMP_NO_INTERRUPT, end);
        self.use_label(except);
        self.jump(Location::NONE, SETUP_CLEANUP, cleanup);
        self.op(Location::NONE, PUSH_EXC_INFO);
        self.push_plain_block(BlockKind::ExceptionHandler, loc)?;
        for (index, handler) in handlers.iter().enumerate() {
            if handler.r#type.is_none() && index + 1 < handlers.len() {
                return self.error(handler.loc, "default 'except:' must be last");
            }
            self.except_handler(handler, end)?;
        }
        self.pop_block();
        self.op_arg(Location::NONE, RERAISE, 0);
        self.use_label(cleanup);
        self.pop_except_and_reraise(Location::NONE);
        self.use_label(end);
        Ok(())
    }

    fn except_handler(&mut self, handler: &'t ExceptHandler<'t>, end: Label) -> Result {
        let loc = handler.loc;
        let next = self.new_label();
        if let Some(class) = &handler.r#type {
            self.visit_expr(class)?;
            self.op(loc, CHECK_EXC_MATCH);
            self.jump(loc, POP_JUMP_IF_FALSE, next);
        }
        match &handler.name {
            Some(name) => {
                self.name_op(loc, name, Context::Store)?;
                self.named_handler_body(handler, end)?;
            }
            None => {
                let body = self.new_label();
                self.op(loc, POP_TOP);
                self.use_label(body);
                self.push_labelled(BlockKind::HandlerCleanup, loc, body)?;
                self.visit_stmts(&handler.body)?;
                self.pop_block();
                self.op(Location::NONE, POP_BLOCK);
                self.op(Location::NONE, POP_EXCEPT);
                self.jump(Location::NONE, JUMP_NO_INTERRUPT, end);
            }
        }
        self.use_label(next);
        Ok(())
    }

    /// Runs the body with a `finally` of its own around it, which clears the variable.
    fn named_handler_body(&mut self, handler: &'t ExceptHandler<'t>, end: Label) -> Result {
        let name = handler.name.as_ref().expect("the handler has a name");
        let cleanup_end = self.new_label();
        let body = self.new_label();
        self.jump(handler.loc, SETUP_CLEANUP, cleanup_end);
        self.use_label(body);
        self.push_block(FrameBlock {
            block: Some(body),
            name: Some(name),
            ..FrameBlock::new(BlockKind::HandlerCleanup, handler.loc)
        })?;
        self.visit_stmts(&handler.body)?;
        self.pop_block();
        self.op(Location::NONE, POP_BLOCK);
        self.op(Location::NONE, POP_BLOCK);
        self.op(Location::NONE, POP_EXCEPT);
        self.clear_name(Location::NONE, name)?;
        self.jump(Location::NONE, JUMP_NO_INTERRUPT, end);
        self.use_label(cleanup_end);
        self.clear_name(Location::NONE, name)?;
        self.op_arg(Location::NONE, RERAISE, 1);
        Ok(())
    }

    /// The stack holds the group, a list of what the handlers raise, and the part of the group not handled yet.
    fn try_except_star(
        &mut self,
        loc: Location,
        (try_body, handlers, orelse): Guarded<'t>,
    ) -> Result {
        let body = self.new_label();
        let except = self.new_label();
        let otherwise = self.new_label();
        let end = self.new_label();
        let cleanup = self.new_label();
        let reraise_star = self.new_label();
        self.jump(loc, SETUP_FINALLY, except);
        self.use_label(body);
        self.push_labelled(BlockKind::TryExcept, loc, body)?;
        self.visit_stmts(try_body)?;
        self.pop_block();
        self.op(Location::NONE, POP_BLOCK);
        self.jump(Location::NONE, JUMP_NO_INTERRUPT, otherwise);
        self.use_label(except);
        self.jump(Location::NONE, SETUP_CLEANUP, cleanup);
        self.op(Location::NONE, PUSH_EXC_INFO);
        self.push_plain_block(BlockKind::ExceptionGroupHandler, loc)?;
        for (index, handler) in handlers.iter().enumerate() {
            if index == 0 {
                self.op_arg(handler.loc, BUILD_LIST, 0);
                self.op_arg(handler.loc, COPY, 2);
            }
            self.except_star_handler(handler)?;
            if index + 1 == handlers.len() {
                self.op_arg(Location::NONE, LIST_APPEND, 1);
                self.jump(Location::NONE, JUMP_NO_INTERRUPT, reraise_star);
            }
        }
        self.pop_block();
        self.use_label(reraise_star);
        self.reraise_star(end);
        self.use_label(cleanup);
        self.pop_except_and_reraise(Location::NONE);
        self.use_label(otherwise);
        self.visit_stmts(orelse)?;
        self.use_label(end);
        Ok(())
    }

    fn except_star_handler(&mut self, handler: &'t ExceptHandler<'t>) -> Result {
        let loc = handler.loc;
        let except = self.new_label();
        let except_with_error = self.new_label();
        let no_match = self.new_label();
        if let Some(class) = &handler.r#type {
            self.visit_expr(class)?;
            self.op(loc, CHECK_EG_MATCH);
            self.op_arg(loc, COPY, 1);
            self.jump(loc, POP_JUMP_IF_NONE, no_match);
        }
        let cleanup_end = self.new_label();
        let cleanup_body = self.new_label();
        match &handler.name {
            Some(name) => self.name_op(loc, name, Context::Store)?,
            None => self.op(loc, POP_TOP),
        }
        self.jump(loc, SETUP_CLEANUP, cleanup_end);
        self.use_label(cleanup_body);
        self.push_block(FrameBlock {
            block: Some(cleanup_body),
            name: handler.name.as_ref(),
            ..FrameBlock::new(BlockKind::HandlerCleanup, loc)
        })?;
        self.visit_stmts(&handler.body)?;
        self.pop_block();
        self.op(Location::NONE, POP_BLOCK);
        self.clear_handler_name(handler)?;
        self.jump(Location::NONE, JUMP_NO_INTERRUPT, except);
        self.use_label(cleanup_end);
        self.clear_handler_name(handler)?;
        // What the handler raised joins the list.
        self.op_arg(Location::NONE, LIST_APPEND, 3);
        self.op(Location::NONE, POP_TOP);
        self.jump(Location::NONE, JUMP_NO_INTERRUPT, except_with_error);
        self.use_label(except);
        // Holds a location that is propagated here.
        self.op(Location::NONE, NOP);
        self.jump(Location::NONE, JUMP_NO_INTERRUPT, except_with_error);
        self.use_label(no_match);
        self.op(loc, POP_TOP);
        self.use_label(except_with_error);
        Ok(())
    }

    fn clear_handler_name(&mut self, handler: &'t ExceptHandler<'t>) -> Result {
        match &handler.name {
            Some(name) => self.clear_name(Location::NONE, name),
            None => Ok(()),
        }
    }

    /// Raises what is left of the group together with what the handlers raised, if anything.
    fn reraise_star(&mut self, end: Label) {
        let reraise = self.new_label();
        let loc = Location::NONE;
        self.op_arg(loc, CALL_INTRINSIC_2, operands::INTRINSIC_PREP_RERAISE_STAR);
        self.op_arg(loc, COPY, 1);
        self.jump(loc, POP_JUMP_IF_NOT_NONE, reraise);
        self.op(loc, POP_TOP);
        self.op(loc, POP_BLOCK);
        self.op(loc, POP_EXCEPT);
        self.jump(loc, JUMP_NO_INTERRUPT, end);
        self.use_label(reraise);
        self.op(loc, POP_BLOCK);
        self.op_arg(loc, SWAP, 2);
        self.op(loc, POP_EXCEPT);
        self.op_arg(loc, RERAISE, 0);
    }

    /// Calls `__exit__(None, None, None)`, which is on the stack.
    pub fn call_exit_with_nones(&mut self, loc: Location) {
        for _ in 0..3 {
            self.load_none(loc);
        }
        self.op_arg(loc, CALL, 3);
    }

    pub fn with(&mut self, items: &'t [WithItem<'t>], body: &'t [Stmt<'t>]) -> Result {
        self.with_items(items, body, false)
    }

    pub fn async_with(&mut self, items: &'t [WithItem<'t>], body: &'t [Stmt<'t>]) -> Result {
        self.with_items(items, body, true)
    }

    fn with_items(
        &mut self,
        items: &'t [WithItem<'t>],
        body: &'t [Stmt<'t>],
        is_async: bool,
    ) -> Result {
        let Some((item, rest)) = items.split_first() else {
            return self.visit_stmts(body);
        };
        let loc = item.context_expr.loc;
        let block = self.new_label();
        let end = self.new_label();
        let exit = self.new_label();
        let cleanup = self.new_label();
        self.visit_expr(item.context_expr)?;
        self.enter_context(loc, is_async);
        self.jump(loc, SETUP_WITH, end);
        self.use_label(block);
        self.push_block(FrameBlock {
            block: Some(block),
            exit: Some(end),
            ..FrameBlock::new(
                if is_async {
                    BlockKind::AsyncWith
                } else {
                    BlockKind::With
                },
                loc,
            )
        })?;
        match &item.optional_vars {
            Some(target) => self.visit_expr(target)?,
            None => self.op(loc, POP_TOP),
        }
        self.with_items(rest, body, is_async)?;
        self.pop_block();
        self.op(if is_async { loc } else { Location::NONE }, POP_BLOCK);
        self.call_exit_with_nones(loc);
        if is_async {
            self.await_value(loc, 2);
        }
        self.op(loc, POP_TOP);
        self.jump(loc, JUMP, exit);
        self.use_label(end);
        self.jump(loc, SETUP_CLEANUP, cleanup);
        self.op(loc, PUSH_EXC_INFO);
        self.op(loc, WITH_EXCEPT_START);
        if is_async {
            self.await_value(loc, 2);
        }
        self.finish_with(cleanup);
        self.use_label(exit);
        Ok(())
    }

    /// Keeps the bound `__exit__` and calls `__enter__`.
    fn enter_context(&mut self, loc: Location, is_async: bool) {
        let (enter, exit) = if is_async {
            (operands::SPECIAL_AENTER, operands::SPECIAL_AEXIT)
        } else {
            (operands::SPECIAL_ENTER, operands::SPECIAL_EXIT)
        };
        self.op_arg(loc, COPY, 1);
        self.op_arg(loc, LOAD_SPECIAL, exit);
        self.op_arg(loc, SWAP, 2);
        self.op_arg(loc, SWAP, 3);
        self.op_arg(loc, LOAD_SPECIAL, enter);
        self.op_arg(loc, CALL, 0);
        if is_async {
            self.await_value(loc, 1);
        }
    }

    /// Suppresses the exception if `__exit__` said so.
    fn finish_with(&mut self, cleanup: Label) {
        let loc = Location::NONE;
        let suppress = self.new_label();
        self.op(loc, TO_BOOL);
        self.jump(loc, POP_JUMP_IF_TRUE, suppress);
        self.op_arg(loc, RERAISE, 2);
        self.use_label(suppress);
        self.op(loc, POP_TOP);
        self.op(loc, POP_BLOCK);
        self.op(loc, POP_EXCEPT);
        for _ in 0..3 {
            self.op(loc, POP_TOP);
        }
        let exit = self.new_label();
        self.jump(loc, JUMP_NO_INTERRUPT, exit);
        self.use_label(cleanup);
        self.pop_except_and_reraise(loc);
        self.use_label(exit);
    }
}
