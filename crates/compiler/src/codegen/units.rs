//! Opening units, closing them, and having them assembled. What is left of an assembled unit serves the next.

use std::rc::Rc;

use terrarium_bytecode::code::flags;
use terrarium_bytecode::opcode::*;
use terrarium_bytecode::{Code, Constant, Str};

use crate::future;
use crate::scopes::{EntryId, Scope, Symbol};
use crate::tree::Location;
use crate::unit::Unit;

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
        let mut qualname = std::mem::take(&mut self.qualname);
        let is_qualified = self.qualify(&opening, &mut qualname);
        let unit = match self.spare.pop() {
            Some(unit) => unit,
            None => Box::new(Unit::new(opening.name.clone())),
        };
        let outer = std::mem::replace(&mut self.unit, UnitState::new(unit, scope_type, entry));
        let state = &mut self.unit;
        state.function_like = self.scopes[entry].is_function_like();
        state.private = opening.private.or(outer.private);
        state.metadata = opening.metadata;
        let unit = &mut *state.unit;
        unit.name = opening.name;
        unit.firstlineno = firstlineno;
        for (list, table) in state.tables.lists.iter_mut().zip([
            &mut unit.names,
            &mut unit.varnames,
            &mut unit.cellvars,
            &mut unit.freevars,
        ]) {
            std::mem::swap(list, table);
        }
        unit.qualname = match is_qualified {
            false => unit.name.clone(),
            true => {
                // Interning comes later in CPython: a class loads the new string, whatever has that text already.
                let is_new_string = scope_type == ScopeType::Class
                    && std::str::from_utf8(&qualname)
                        .is_ok_and(|text| self.constants.is_interned(text));
                let interned = self.constants.intern_bytes(&qualname);
                state.qualname_constant = is_new_string.then(|| Str::new(&*interned.text));
                interned
            }
        };
        self.qualname = qualname;
        self.enclosing.push(outer);
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
        for (name, &symbol) in entry.symbols.iter() {
            let known = InUnit {
                symbol,
                ..InUnit::default()
            };
            in_unit.set(name.number(), known);
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
    fn qualify(&mut self, opening: &Opening<'t>, qualname: &mut Vec<u8>) -> bool {
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
        qualname.clear();
        qualname.extend_from_slice(&parent.unit.qualname.text);
        qualname.extend_from_slice(between.as_bytes());
        qualname.extend_from_slice(&opening.name.text);
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
        let state = std::mem::replace(&mut self.unit, outer);
        self.in_unit.close();
        self.const_numbers.close();
        let (mut unit, metadata) = (state.unit, state.metadata);
        let [names, varnames, cellvars, freevars] = state.tables.lists;
        unit.names = names;
        unit.varnames = varnames;
        unit.cellvars = cellvars;
        unit.freevars = freevars;
        unit.argcount = metadata.args as u32;
        unit.posonlyargcount = metadata.posonly as u32;
        unit.kwonlyargcount = metadata.kwonly as u32;
        unit.flags = flags;
        unit.depth = self.enclosing.len() as u32;
        let mut code = (self.assemble)(&mut unit, self.constants)?;
        if state.is_annotate {
            self.publish_parameter(&mut code);
        }
        let freevars = unit.freevars.clone();
        unit.clear();
        self.spare.push(unit);
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
