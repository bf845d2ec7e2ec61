//! Comprehensions, inlined into their unit where the scopes say so (PEP 709), and generator expressions.

use terrarium_bytecode::opcode::*;

use crate::instructions::Label;
use crate::recursion;
use crate::scopes::{BlockType, EntryId, Key, Scope, Symbol};
use crate::tree::{Comprehension, Expr, ExprKind, Location, Name};

use super::assignment::is_starred;
use super::frame_blocks::{BlockKind, FrameBlock};
use super::unit_state::{Hidden, Metadata, Opening, ScopeType};
use super::{Codegen, Result};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Generator,
    List,
    Set,
    Dict,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Generator => "<genexpr>",
            Kind::List => "<listcomp>",
            Kind::Set => "<setcomp>",
            Kind::Dict => "<dictcomp>",
        }
    }

    fn build(self) -> Option<u16> {
        match self {
            Kind::Generator => None,
            Kind::List => Some(BUILD_LIST),
            Kind::Set => Some(BUILD_SET),
            Kind::Dict => Some(BUILD_MAP),
        }
    }
}

/// What the comprehension collects; a value stands only in a dictionary.
#[derive(Clone, Copy)]
pub struct Element<'t> {
    first: &'t Expr<'t>,
    value: Option<&'t Expr<'t>>,
}

impl<'t> Element<'t> {
    pub fn one(first: &'t Expr<'t>) -> Element<'t> {
        Element { first, value: None }
    }

    pub fn pair(key: &'t Expr<'t>, value: &'t Expr<'t>) -> Element<'t> {
        Element {
            first: key,
            value: Some(value),
        }
    }
}

/// What stays the same for all the `for` clauses of a comprehension.
#[derive(Clone, Copy)]
struct Loop<'t> {
    loc: Location,
    kind: Kind,
    generators: &'t [Comprehension<'t>],
    element: Element<'t>,
    inlined: bool,
}

/// What inlining changed in the unit and has to put back.
#[derive(Default)]
struct Inlined<'t> {
    /// Names whose outer value waits on the stack.
    pushed: Vec<Name<'t>>,
    /// The symbols that the outer block had.
    symbols: Vec<(Name<'t>, Symbol)>,
    fast_hidden: Vec<Name<'t>>,
    cleanup: Option<Label>,
}

impl<'t> Codegen<'_, 't> {
    pub fn comprehension(
        &mut self,
        expr: &'t Expr<'t>,
        kind: Kind,
        generators: &'t [Comprehension<'t>],
        element: Element<'t>,
    ) -> Result {
        let loc = expr.loc;
        let entry = self.lookup(Key::expr(expr))?;
        let inlined = self.scopes[entry].comp_inlined;
        let is_async = self.scopes[entry].coroutine;
        let outermost = &generators[0];
        let plan = Loop {
            loc,
            kind,
            generators,
            element,
            inlined,
        };
        if inlined {
            self.comprehension_iter(outermost)?;
            let mut state = self.push_inlined(loc, entry)?;
            self.comprehension_body(plan)?;
            self.pop_inlined(loc, &mut state);
            return Ok(());
        }
        let name = self.name(kind.name());
        let metadata = Metadata {
            args: 1,
            ..Metadata::default()
        };
        self.enter_scope(Opening {
            name,
            definition: None,
            scope_type: ScopeType::Comprehension,
            entry,
            firstlineno: loc.line,
            private: None,
            metadata,
        });
        self.comprehension_body(plan)?;
        if kind == Kind::Generator {
            self.wrap_in_stop_iteration_handler();
        } else {
            self.op(loc, RETURN_VALUE);
        }
        let finished = self.finish_unit(true)?;
        self.make_closure(loc, finished, 0)?;
        self.comprehension_iter(outermost)?;
        self.op_arg(loc, CALL, 0);
        if is_async && kind != Kind::Generator {
            self.await_value(loc, 0);
        }
        Ok(())
    }

    /// Pushes the iterator of a clause.
    fn comprehension_iter(&mut self, clause: &'t Comprehension<'t>) -> Result {
        self.visit_expr(clause.iter)?;
        self.op(
            clause.iter.loc,
            if clause.is_async { GET_AITER } else { GET_ITER },
        );
        Ok(())
    }

    fn comprehension_body(&mut self, plan: Loop<'t>) -> Result {
        if let Some(build) = plan.kind.build() {
            self.op_arg(plan.loc, build, 0);
            if plan.inlined {
                self.op_arg(plan.loc, SWAP, 2);
            }
        }
        self.comprehension_clause(plan, 0, 0, plan.inlined)
    }

    /// The loop of clause `index` and all within. `depth` values stand on the stack above the collection.
    fn comprehension_clause(
        &mut self,
        plan: Loop<'t>,
        index: usize,
        depth: u32,
        iter_on_stack: bool,
    ) -> Result {
        if plan.generators[index].is_async {
            self.async_clause(plan, index, depth, iter_on_stack)
        } else {
            self.sync_clause(plan, index, depth, iter_on_stack)
        }
    }

    fn sync_clause(
        &mut self,
        plan: Loop<'t>,
        index: usize,
        mut depth: u32,
        iter_on_stack: bool,
    ) -> Result {
        let clause = &plan.generators[index];
        let if_cleanup = self.new_label();
        let anchor = self.new_label();
        let mut start = Some(self.new_label());
        if !iter_on_stack {
            if index == 0 {
                self.op_arg(plan.loc, LOAD_FAST, 0);
            } else if let Some(only) = only_element(clause.iter) {
                // `for y in [f(x)]` assigns and does not loop.
                self.visit_expr(only)?;
                start = None;
            } else {
                self.comprehension_iter(clause)?;
            }
        }
        if let Some(start) = start {
            depth += 1;
            self.use_label(start);
            self.jump(clause.iter.loc, FOR_ITER, anchor);
        }
        self.visit_expr(clause.target)?;
        let element_loc = self.clause_body(plan, index, depth, if_cleanup)?;
        self.use_label(if_cleanup);
        if let Some(start) = start {
            self.jump(element_loc, JUMP, start);
            self.use_label(anchor);
            self.op(Location::NONE, END_FOR);
            self.op(Location::NONE, POP_ITER);
        }
        Ok(())
    }

    fn async_clause(
        &mut self,
        plan: Loop<'t>,
        index: usize,
        depth: u32,
        iter_on_stack: bool,
    ) -> Result {
        let clause = &plan.generators[index];
        let loc = plan.loc;
        let start = self.new_label();
        let send = self.new_label();
        let except = self.new_label();
        let if_cleanup = self.new_label();
        if !iter_on_stack {
            if index == 0 {
                self.op_arg(loc, LOAD_FAST, 0);
            } else {
                self.comprehension_iter(clause)?;
            }
        }
        self.use_label(start);
        self.push_block(FrameBlock {
            block: Some(start),
            ..FrameBlock::new(BlockKind::AsyncComprehensionGenerator, loc)
        })?;
        self.jump(loc, SETUP_FINALLY, except);
        self.op(loc, GET_ANEXT);
        self.load_none(loc);
        self.use_label(send);
        self.yield_from(loc, true);
        self.op(loc, POP_BLOCK);
        self.visit_expr(clause.target)?;
        let element_loc = self.clause_body(plan, index, depth + 1, if_cleanup)?;
        self.use_label(if_cleanup);
        self.jump(element_loc, JUMP, start);
        self.pop_block();
        self.use_label(except);
        self.jump(loc, END_ASYNC_FOR, send);
        Ok(())
    }

    /// The conditions of a clause, then the next clause or the element; gives the place of the jump back.
    fn clause_body(
        &mut self,
        plan: Loop<'t>,
        index: usize,
        depth: u32,
        if_cleanup: Label,
    ) -> Result<Location> {
        for condition in &plan.generators[index].ifs {
            self.jump_if(plan.loc, condition, if_cleanup, false)?;
        }
        let element_loc = plan.element.first.loc;
        if index + 1 < plan.generators.len() {
            let levels = index as u32 + 1;
            if levels > recursion::LIMIT {
                return Err(recursion::too_deep().into());
            }
            recursion::with_stack(levels, || {
                self.comprehension_clause(plan, index + 1, depth, false)
            })?;
            return Ok(element_loc);
        }
        self.collect(plan, depth)
    }

    fn collect(&mut self, plan: Loop<'t>, depth: u32) -> Result<Location> {
        let Element { first, value } = plan.element;
        self.visit_expr(first)?;
        let mut loc = first.loc;
        if let Some(value) = value {
            self.visit_expr(value)?;
            loc.end_line = value.loc.end_line;
            loc.end_column = value.loc.end_column;
        }
        match plan.kind {
            Kind::Generator => {
                self.yield_value(loc);
                self.op(loc, POP_TOP);
            }
            Kind::List => self.op_arg(loc, LIST_APPEND, depth + 1),
            Kind::Set => self.op_arg(loc, SET_ADD, depth + 1),
            Kind::Dict => self.op_arg(loc, MAP_ADD, depth + 1),
        }
        Ok(loc)
    }

    /// Gives the names of an inlined comprehension their own scopes and puts outer values aside. The iterator is on the stack.
    fn push_inlined(&mut self, loc: Location, entry: EntryId) -> Result<Inlined<'t>> {
        let symbols: Vec<(Name<'t>, Symbol)> = self.scopes[entry]
            .symbols
            .iter()
            .map(|(name, symbol)| (*name, *symbol))
            .collect();
        let mut state = Inlined::default();
        self.tweak_scopes(&symbols, &mut state);
        for (name, symbol) in &symbols {
            if !is_isolated(*symbol) {
                continue;
            }
            // Of a cell this pushes the cell itself; the comprehension makes a new one.
            self.op_varname(loc, LOAD_FAST_AND_CLEAR, name);
            if symbol.scope() == Scope::Cell {
                let mangled = self.mangle(name);
                if self.scope_of(name) == Scope::Free {
                    self.op_freevar(loc, MAKE_CELL, &mangled);
                } else {
                    self.op_cellvar(loc, MAKE_CELL, &mangled);
                }
            }
            state.pushed.push(*name);
        }
        if !state.pushed.is_empty() {
            self.op_arg(loc, SWAP, state.pushed.len() as u32 + 1);
            let cleanup = self.new_label();
            state.cleanup = Some(cleanup);
            self.jump(loc, SETUP_FINALLY, cleanup);
            // It counts among the nested blocks, of which there may be so many.
            self.push_plain_block(BlockKind::TryExcept, loc)?;
        }
        Ok(state)
    }

    /// Puts the comprehension's symbols in place of the outer ones where they differ.
    fn tweak_scopes(&mut self, symbols: &[(Name<'t>, Symbol)], state: &mut Inlined<'t>) {
        let outer_id = self.unit.entry;
        let in_class =
            self.scopes[outer_id].block_type == BlockType::Class && self.unit.in_inlined_comp == 0;
        let function_like = self.scopes[outer_id].is_function_like();
        self.unit.in_inlined_comp += 1;
        for (name, symbol) in symbols {
            let outer = self.scopes[outer_id].symbol(name);
            let (scope, outer_scope) = (symbol.scope(), outer.scope());
            let differs = scope != outer_scope
                && scope != Scope::Free
                && !(scope == Scope::Cell && outer_scope == Scope::Free);
            if differs || in_class {
                self.set_symbol(outer_id, name, *symbol);
                state.symbols.push((*name, outer));
            }
            if (is_isolated(*symbol) || in_class) && !function_like {
                let was = self.hide(name, Hidden::Now);
                if was == Hidden::Never {
                    self.unit.unit.fasthidden.push(*name);
                }
                if was != Hidden::Now {
                    state.fast_hidden.push(*name);
                }
            }
        }
    }

    /// Gives `name` another symbol in the unit and in its block.
    fn set_symbol(&mut self, block: EntryId, name: &Name<'t>, symbol: Symbol) {
        *self.scopes[block].symbols.entry(name) = symbol;
        let mut known = self.in_unit.get(name.number()).unwrap_or_default();
        known.symbol = symbol;
        self.in_unit.set(name.number(), known);
    }

    /// Says whether a comprehension hides `name`; gives what was known of that.
    fn hide(&mut self, name: &Name, hidden: Hidden) -> Hidden {
        let mut known = self.in_unit.get(name.number()).unwrap_or_default();
        let was = std::mem::replace(&mut known.hidden, hidden);
        self.in_unit.set(name.number(), known);
        was
    }

    fn pop_inlined(&mut self, loc: Location, state: &mut Inlined<'t>) {
        if let Some(cleanup) = state.cleanup {
            self.pop_block();
            self.op(Location::NONE, POP_BLOCK);
            let end = self.new_label();
            self.jump(Location::NONE, JUMP_NO_INTERRUPT, end);
            // After an exception the unfinished collection goes, and the outer values come back.
            self.use_label(cleanup);
            self.op_arg(Location::NONE, SWAP, 2);
            self.op(Location::NONE, POP_TOP);
            self.restore_locals(loc, &state.pushed);
            self.op_arg(Location::NONE, RERAISE, 0);
            self.use_label(end);
            self.restore_locals(loc, &state.pushed);
        }
        let outer_id = self.unit.entry;
        self.unit.in_inlined_comp -= 1;
        for (name, symbol) in state.symbols.drain(..) {
            self.set_symbol(outer_id, &name, symbol);
        }
        for name in state.fast_hidden.drain(..) {
            self.hide(&name, Hidden::Before);
        }
    }

    fn restore_locals(&mut self, loc: Location, pushed: &[Name<'t>]) {
        self.op_arg(loc, SWAP, pushed.len() as u32 + 1);
        for name in pushed.iter().rev() {
            self.op_varname(loc, STORE_FAST_MAYBE_NULL, name);
        }
    }
}

/// Whether the comprehension binds the name itself; a walrus binds outside.
fn is_isolated(symbol: Symbol) -> bool {
    symbol.has(Symbol::DEF_LOCAL) && !symbol.has(Symbol::DEF_NONLOCAL)
}

/// The only element of a list or tuple display.
fn only_element<'t>(iter: &'t Expr<'t>) -> Option<&'t Expr<'t>> {
    match &iter.kind {
        ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. } => match &elts[..] {
            [only] if !is_starred(only) => Some(only),
            _ => None,
        },
        _ => None,
    }
}
