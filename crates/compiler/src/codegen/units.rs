//! Opening units, closing them, and having them assembled. What is left of an assembled unit serves the next.

use std::rc::Rc;

use terrarium_bytecode::code::flags;
use terrarium_bytecode::opcode::*;
use terrarium_bytecode::{Code, Constant, Str};

use crate::future;
use crate::scopes::{EntryId, Scope, Symbol};
use crate::tree::Location;

use super::unit_state::{InUnit, Opening, ScopeType, Table, UnitState};
use super::{Codegen, Finished, Result, operands};

impl<'t> Codegen<'_, 't> {
    /// Opens a unit (`codegen_enter_scope`).
    pub fn enter_scope(&mut self, opening: Opening<'t>) {
        let Opening {
            scope_type,
            entry,
            firstlineno,
            ..
        } = opening;
        let is_qualified = self.qualify(&opening);
        let state = match self.spare.pop() {
            Some(state) => state,
            None => UnitState::new(opening.name),
        };
        let outer = std::mem::replace(&mut self.unit, state);
        self.unit.open(opening, &self.scopes[entry]);
        self.unit.private = self.unit.private.or(outer.private);
        self.enclosing.push(outer);
        if is_qualified {
            // Interning comes later in CPython: a class loads the new string, whatever has that text already.
            if scope_type == ScopeType::Class && self.constants.is_interned(&self.qualname) {
                let new_string = Str::new(self.qualname.as_bytes());
                self.unit.qualname_constant = Some(new_string);
            }
            let qualname = self.constants.names().added(&self.qualname);
            self.unit.unit.qualname = qualname;
        }
        self.open_tables(entry);
        let mut loc = Location::line_start(firstlineno);
        if scope_type == ScopeType::Module {
            loc.line = 0;
        }
        self.op_arg(loc, RESUME, operands::RESUME_AT_FUNC_START);
        if scope_type == ScopeType::Module {
            self.op(loc, ANNOTATIONS_PLACEHOLDER);
        }
    }

    /// Fills the tables of the unit just opened from its scopes.
    fn open_tables(&mut self, entry: EntryId) {
        self.in_unit.open();
        self.const_numbers.open();
        let Codegen {
            scopes,
            in_unit,
            unit,
            cells,
            frees,
            ..
        } = self;
        cells.clear();
        frees.clear();
        let (entry, known) = (&scopes[entry], &scopes.known);
        let shared = Symbol::DEF_COMP_CELL | Symbol::DEF_FREE_CLASS;
        for (name, &symbol) in entry.symbols.iter() {
            let known = InUnit {
                symbol,
                ..InUnit::default()
            };
            in_unit.set(name.number(), known);
            // Most are neither.
            if symbol.scope_number() < Scope::Free as usize && !symbol.has(shared) {
                continue;
            }
            if symbol.scope() == Scope::Cell || symbol.has(Symbol::DEF_COMP_CELL) {
                cells.push(*name);
            }
            if symbol.scope() == Scope::Free || symbol.has(Symbol::DEF_FREE_CLASS) {
                frees.push(*name);
            }
        }
        // CPython sorts both.
        cells.sort();
        frees.sort();
        let tables = &mut unit.tables;
        for name in &entry.varnames {
            tables.number(in_unit, Table::Locals, name);
        }
        for name in cells {
            tables.number(in_unit, Table::Cells, name);
        }
        for (needed, name) in [
            (entry.needs_class_closure, &known.class),
            (entry.needs_classdict, &known.classdict),
            (
                entry.has_conditional_annotations,
                &known.conditional_annotations,
            ),
        ] {
            if needed {
                tables.number(in_unit, Table::Cells, name);
            }
        }
        tables.first_free = tables.lists[Table::Cells as usize].len() as u32;
        for name in frees {
            tables.number(in_unit, Table::Frees, name);
        }
    }

    /// Makes the qualified name of the unit that is being opened (`compiler_set_qualname`), unless it is its name.
    fn qualify(&mut self, opening: &Opening<'t>) -> bool {
        let depth = self.enclosing.len();
        // An annotation scope hands the question on; whatever stands directly in the module has its name alone.
        let hands_on = self.unit.scope_type == ScopeType::Annotations;
        if depth <= 1 + usize::from(hands_on) {
            return false;
        }
        let parent = match hands_on {
            false => &self.unit,
            true => &self.enclosing[depth - 1],
        };
        if let Some(name) = opening.definition {
            // Whether it is declared `global` where it stands.
            let names = self.constants.names();
            let mangled = crate::scopes::mangle(names, parent.private.as_ref(), &name);
            let symbol = match hands_on {
                false => {
                    let known = self.in_unit.get(mangled.number());
                    known.map_or(Symbol::NONE, |known| known.symbol)
                }
                true => self.scopes[parent.entry].symbol(&mangled),
            };
            if symbol.scope() == Scope::GlobalExplicit {
                return false;
            }
        }
        let between = match parent.scope_type.is_function() {
            true => ".<locals>.",
            false => ".",
        };
        self.qualname.clear();
        for part in [&parent.unit.qualname, between, &opening.name] {
            self.qualname.push_str(part);
        }
        true
    }

    /// Closes the unit (`_PyCompile_OptimizeAndAssemble` and `_PyCompile_ExitScope`).
    pub fn finish_unit(&mut self, add_none: bool) -> Result<Finished<'t>> {
        let flags = self.code_flags();
        if add_none {
            self.load_none(Location::NONE);
        }
        self.op(Location::NONE, RETURN_VALUE);
        let outer = self.enclosing.pop().expect("a unit is open");
        let mut state = std::mem::replace(&mut self.unit, outer);
        self.in_unit.close();
        self.const_numbers.close();
        state.swap_tables();
        let unit = &mut state.unit;
        unit.flags = flags;
        unit.depth = self.enclosing.len() as u32;
        let mut code = (self.assemble)(unit, self.constants)?;
        let freevars = unit.freevars.clone();
        unit.clear();
        if state.is_annotate {
            self.publish_parameter(&mut code);
        }
        state.swap_tables();
        self.spare.push(state);
        Ok(Finished { code, freevars })
    }

    /// Gives the parameter of an `__annotate__` the name it has for whoever inspects the function.
    fn publish_parameter(&mut self, code: &mut Rc<Code>) {
        let format = Constant::Str(self.constants.intern("format"));
        let code = Rc::make_mut(code);
        let rest = code.localsplusnames.iter().skip(1).cloned();
        code.localsplusnames = std::iter::once(format).chain(rest).collect();
    }

    /// co_flags (`compute_code_flags`).
    fn code_flags(&self) -> u32 {
        let entry = self.entry();
        let mut bits = self.options.features.flags & future::MASK;
        let mut set = |condition: bool, flag: u32| {
            if condition {
                bits |= flag;
            }
        };
        if entry.is_function_like() {
            set(true, flags::NEWLOCALS | flags::OPTIMIZED);
            set(entry.nested, flags::NESTED);
            set(entry.generator && !entry.coroutine, flags::GENERATOR);
            set(entry.generator && entry.coroutine, flags::ASYNC_GENERATOR);
            set(entry.varargs, flags::VARARGS);
            set(entry.varkeywords, flags::VARKEYWORDS);
            set(entry.has_docstring, flags::HAS_DOCSTRING);
            set(entry.is_method, flags::METHOD);
        }
        set(entry.coroutine && !entry.generator, flags::COROUTINE);
        bits
    }
}
