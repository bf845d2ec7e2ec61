//! Frame blocks: what `return`, `break` and `continue` have to leave on their way out (CPython's `fblockinfo`).

use terrarium_bytecode::opcode::*;

use crate::instructions::Label;
use crate::tree::{Context, Expr, ExprKind, Location, Name, Stmt};

use super::{Codegen, Result};

/// CPython's limit of blocks nested in one unit (CO_MAXBLOCKS).
const MAX_BLOCKS: usize = 21;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockKind {
    WhileLoop,
    ForLoop,
    AsyncForLoop,
    TryExcept,
    FinallyTry,
    FinallyEnd,
    With,
    AsyncWith,
    HandlerCleanup,
    PopValue,
    ExceptionHandler,
    ExceptionGroupHandler,
    AsyncComprehensionGenerator,
    StopIteration,
}

impl BlockKind {
    fn is_loop(self) -> bool {
        matches!(
            self,
            BlockKind::WhileLoop | BlockKind::ForLoop | BlockKind::AsyncForLoop
        )
    }
}

#[derive(Debug, Clone, Copy)]
pub struct FrameBlock<'t> {
    pub kind: BlockKind,
    /// Where `continue` goes.
    pub block: Option<Label>,
    pub loc: Location,
    /// Where `break` goes.
    pub exit: Option<Label>,
    /// Of FinallyTry: what runs on the way out.
    pub final_body: &'t [Stmt<'t>],
    /// Of HandlerCleanup: the variable that held the exception.
    pub name: Option<&'t Name<'t>>,
}

impl<'t> FrameBlock<'t> {
    pub fn new(kind: BlockKind, loc: Location) -> FrameBlock<'t> {
        FrameBlock {
            kind,
            block: None,
            loc,
            exit: None,
            final_body: &[],
            name: None,
        }
    }
}

impl<'t> Codegen<'_, 't> {
    pub fn push_block(&mut self, block: FrameBlock<'t>) -> Result {
        if self.unit.frame_blocks.len() >= MAX_BLOCKS {
            return self.error(block.loc, "too many statically nested blocks");
        }
        if block.kind == BlockKind::FinallyEnd {
            self.silenced += 1;
        }
        self.unit.frame_blocks.push(block);
        Ok(())
    }

    /// Opens a block of which only the kind matters.
    pub fn push_plain_block(&mut self, kind: BlockKind, loc: Location) -> Result {
        self.push_block(FrameBlock::new(kind, loc))
    }

    /// Opens a loop.
    pub fn push_loop(
        &mut self,
        kind: BlockKind,
        loc: Location,
        block: Label,
        exit: Label,
    ) -> Result {
        self.push_block(FrameBlock {
            block: Some(block),
            exit: Some(exit),
            ..FrameBlock::new(kind, loc)
        })
    }

    pub fn pop_block(&mut self) {
        let block = self.unit.frame_blocks.pop();
        if block.is_some_and(|block| block.kind == BlockKind::FinallyEnd) {
            self.silenced -= 1;
        }
    }

    /// Leaves one block. With `preserve` the value on top of the stack stays there. `loc` becomes artificial where the block's own code
    /// seems to run after the statement that leaves it.
    fn unwind_block(
        &mut self,
        loc: &mut Location,
        block: &FrameBlock<'t>,
        preserve: bool,
    ) -> Result {
        match block.kind {
            BlockKind::WhileLoop
            | BlockKind::ExceptionHandler
            | BlockKind::ExceptionGroupHandler
            | BlockKind::AsyncComprehensionGenerator
            | BlockKind::StopIteration => {}
            BlockKind::ForLoop | BlockKind::AsyncForLoop | BlockKind::PopValue => {
                self.pop_beneath(*loc, preserve);
            }
            BlockKind::TryExcept => self.op(*loc, POP_BLOCK),
            BlockKind::FinallyTry => self.unwind_finally(loc, block, preserve)?,
            BlockKind::FinallyEnd => {
                self.pop_beneath(*loc, preserve);
                self.swap_if(*loc, preserve);
                self.op(*loc, POP_BLOCK);
                self.op(*loc, POP_EXCEPT);
            }
            BlockKind::With | BlockKind::AsyncWith => self.unwind_with(loc, block, preserve),
            BlockKind::HandlerCleanup => self.unwind_handler(*loc, block, preserve)?,
        }
        Ok(())
    }

    fn swap_if(&mut self, loc: Location, preserve: bool) {
        if preserve {
            self.op_arg(loc, SWAP, 2);
        }
    }

    fn pop_beneath(&mut self, loc: Location, preserve: bool) {
        self.swap_if(loc, preserve);
        self.op(loc, POP_TOP);
    }

    fn unwind_finally(
        &mut self,
        loc: &mut Location,
        block: &FrameBlock<'t>,
        preserve: bool,
    ) -> Result {
        self.op(*loc, POP_BLOCK);
        if preserve {
            self.push_plain_block(BlockKind::PopValue, *loc)?;
        }
        self.visit_stmts(block.final_body)?;
        if preserve {
            self.pop_block();
        }
        *loc = Location::NONE;
        Ok(())
    }

    fn unwind_with(&mut self, loc: &mut Location, block: &FrameBlock<'t>, preserve: bool) {
        *loc = block.loc;
        self.op(*loc, POP_BLOCK);
        if preserve {
            self.op_arg(*loc, SWAP, 3);
            self.op_arg(*loc, SWAP, 2);
        }
        self.call_exit_with_nones(*loc);
        if block.kind == BlockKind::AsyncWith {
            self.await_value(*loc, 2);
        }
        self.op(*loc, POP_TOP);
        *loc = Location::NONE;
    }

    fn unwind_handler(&mut self, loc: Location, block: &FrameBlock<'t>, preserve: bool) -> Result {
        if block.name.is_some() {
            self.op(loc, POP_BLOCK);
        }
        self.swap_if(loc, preserve);
        self.op(loc, POP_BLOCK);
        self.op(loc, POP_EXCEPT);
        if let Some(name) = block.name {
            self.clear_name(loc, name)?;
        }
        Ok(())
    }

    /// `name = None; del name`
    pub fn clear_name(&mut self, loc: Location, name: &Name<'t>) -> Result {
        self.load_none(loc);
        self.name_op(loc, name, Context::Store)?;
        self.name_op(loc, name, Context::Del)
    }

    /// Leaves blocks from the innermost out: all, or with `to_loop` up to the innermost loop, which is returned and not left.
    fn unwind_stack(
        &mut self,
        loc: &mut Location,
        preserve: bool,
        to_loop: bool,
    ) -> Result<Option<FrameBlock<'t>>> {
        let Some(&top) = self.unit.frame_blocks.last() else {
            return Ok(None);
        };
        if top.kind == BlockKind::ExceptionGroupHandler {
            return self.error(
                *loc,
                "'break', 'continue' and 'return' cannot appear in an except* block",
            );
        }
        if to_loop && top.kind.is_loop() {
            return Ok(Some(top));
        }
        self.pop_block();
        self.unwind_block(loc, &top, preserve)?;
        let found = self.unwind_stack(loc, preserve, to_loop)?;
        self.push_block(top)?;
        Ok(found)
    }

    pub fn visit_return(&mut self, stmt: &'t Stmt<'t>, value: Option<&'t Expr<'t>>) -> Result {
        let mut loc = stmt.loc;
        let constant = match value.map(|value| &value.kind) {
            Some(ExprKind::Constant { value, .. }) => Some(value),
            _ => None,
        };
        let preserve = value.is_some() && constant.is_none();
        let entry = self.entry();
        if !entry.is_function_like() {
            return self.error(loc, "'return' outside function");
        }
        if value.is_some() && entry.coroutine && entry.generator {
            return self.error(loc, "'return' with value in async generator");
        }
        if let Some(value) = value {
            if preserve {
                self.visit_expr(value)?;
            } else {
                loc = value.loc;
                self.op(loc, NOP);
            }
        }
        if value.is_none_or(|value| value.loc.line != stmt.loc.line) {
            loc = stmt.loc;
            self.op(loc, NOP);
        }
        self.unwind_stack(&mut loc, preserve, false)?;
        if value.is_none() {
            self.load_none(loc);
        } else if let Some(constant) = constant {
            self.load_const(loc, constant);
        }
        self.op(loc, RETURN_VALUE);
        Ok(())
    }

    pub fn visit_break(&mut self, origin: Location) -> Result {
        let mut loc = origin;
        self.op(loc, NOP);
        let Some(block) = self.unwind_stack(&mut loc, false, true)? else {
            return self.error(origin, "'break' outside loop");
        };
        self.unwind_block(&mut loc, &block, false)?;
        self.jump_to(loc, block.exit);
        Ok(())
    }

    pub fn visit_continue(&mut self, origin: Location) -> Result {
        let mut loc = origin;
        self.op(loc, NOP);
        let Some(block) = self.unwind_stack(&mut loc, false, true)? else {
            return self.error(origin, "'continue' not properly in loop");
        };
        self.jump_to(loc, block.block);
        Ok(())
    }

    fn jump_to(&mut self, loc: Location, label: Option<Label>) {
        self.jump(loc, JUMP, label.expect("loops have both labels"));
    }
}
