//! Opening and closing units, and having them assembled. A closed unit waits until there are several: generating code and assembling it
//! take turns less often, and each finds its own code in the processor's cache. The constant that the code object will be has its number
//! already. Nothing of what waits may depend on when it is assembled.

use std::rc::Rc;

use terrarium_bytecode::code::flags;
use terrarium_bytecode::opcode::*;
use terrarium_bytecode::{Code, Constant, Str};

use crate::constants::{ConstantId, Constants, Table as HashTable};
use crate::future;
use crate::scopes::{EntryId, Scope, Symbol};
use crate::tree::Location;
use crate::unit::Unit;

use super::unit_state::{InUnit, Opening, ScopeType, Table, UnitState, sorted_names};
use super::{Codegen, Finished, Result, operands};

/// So many instructions of closed units wait at most.
const MOST: usize = 2048;

/// A closed unit.
struct Closed<'t> {
    unit: Box<Unit<'t>>,
    /// Which of its constants are code objects of units that were closed before.
    inner: Vec<(u32, ConstantId)>,
    /// The number of its code object.
    id: ConstantId,
    /// Whether its parameter gets the name it has for the public.
    is_annotate: bool,
}

/// The closed units that are not assembled yet.
pub struct Waiting<'t> {
    /// Inner units before those around them.
    units: Vec<Closed<'t>>,
    /// How many instructions they have.
    instructions: usize,
    /// Assembled units, empty, in their boxes.
    #[allow(clippy::vec_box)]
    spare: Vec<Box<Unit<'t>>>,
    /// How many identifiers the source has. Other names are interned when a unit is closed: whether a string is interned already must
    /// not depend on what waits.
    identifiers: usize,
    /// Whether units may wait at all. Not if names can be strings that merging does not intern.
    allowed: bool,
    /// First lines and names of all units. Code objects that differ in them are not equal.
    known: Vec<(i32, *const Str)>,
    /// Finds them.
    places: HashTable,
}

impl<'t> Waiting<'t> {
    pub fn new(constants: &mut Constants) -> Waiting<'t> {
        let names = constants.names();
        Waiting {
            units: Vec::new(),
            instructions: 0,
            spare: Vec::new(),
            identifiers: names.len(),
            allowed: names.iter().all(|name| name.is_ascii()),
            known: Vec::new(),
            places: HashTable::default(),
        }
    }

    /// Whether there was a unit of this interned name and first line before; from now on there was one.
    fn is_known(&mut self, firstlineno: i32, name: &Rc<Str>) -> bool {
        let unit = (firstlineno, Rc::as_ptr(name));
        let hash = firstlineno as u32;
        let is_it = |place| self.known[place as usize] == unit;
        if self.places.find(hash, is_it).is_some() {
            return true;
        }
        self.places.insert(hash, self.known.len() as u32);
        self.known.push(unit);
        false
    }
}

impl<'t> Codegen<'_, 't> {
    /// Opens a unit (`codegen_enter_scope`).
    pub fn enter_scope(&mut self, opening: Opening<'t>) {
        let Opening {
            scope_type,
            entry,
            firstlineno,
            ..
        } = opening;
        let qualname = self.qualname(&opening);
        let unit = match self.waiting.spare.pop() {
            Some(unit) => unit,
            None => Box::new(Unit::new(opening.name.clone())),
        };
        let mut state = UnitState::new(unit, scope_type, entry);
        state.function_like = self.scopes[entry].is_function_like();
        state.private = opening.private.or(self.unit.private);
        state.metadata = opening.metadata;
        state.is_urgent = self.waiting.is_known(firstlineno, &opening.name);
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
        unit.qualname = match qualname {
            None => unit.name.clone(),
            Some(text) => {
                // Interning comes later in CPython: a class loads the new string, whatever has that text already.
                let is_new_string =
                    scope_type == ScopeType::Class && self.constants.is_interned(&text);
                let interned = self.constants.intern(&text);
                state.qualname_constant = is_new_string.then(|| {
                    Rc::new(Str {
                        text: interned.text.clone(),
                        interned: false,
                    })
                });
                interned
            }
        };
        let outer = std::mem::replace(&mut self.unit, state);
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
            ..
        } = self;
        let (entry, known) = (&scopes[entry], &scopes.known);
        for (name, &symbol) in entry.symbols.iter() {
            let known = InUnit {
                symbol,
                ..InUnit::default()
            };
            in_unit.set(name.number(), known);
        }
        let tables = &mut unit.tables;
        for name in &entry.varnames {
            tables.number(in_unit, Table::Locals, name);
        }
        for name in sorted_names(entry, Scope::Cell, Symbol::DEF_COMP_CELL) {
            tables.number(in_unit, Table::Cells, &name);
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
        for name in sorted_names(entry, Scope::Free, Symbol::DEF_FREE_CLASS) {
            tables.number(in_unit, Table::Frees, &name);
        }
    }

    /// The qualified name of the unit that is being opened (`compiler_set_qualname`), unless it is its name.
    fn qualname(&mut self, opening: &Opening<'t>) -> Option<String> {
        let depth = self.enclosing.len();
        // An annotation scope hands the question on; whatever stands directly in the module has its name alone.
        let hands_on = self.unit.scope_type == ScopeType::Annotations;
        if depth <= 1 + usize::from(hands_on) {
            return None;
        }
        let parent = match hands_on {
            false => &self.unit,
            true => self.enclosing.last()?,
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
                return None;
            }
        }
        let between = match parent.scope_type.is_function() {
            true => ".<locals>.",
            false => ".",
        };
        let text = |string: &Str| String::from_utf8_lossy(&string.text).into_owned();
        Some([&text(&parent.unit.qualname), between, &text(&opening.name)].concat())
    }

    /// Closes the unit (`_PyCompile_OptimizeAndAssemble` and `_PyCompile_ExitScope`).
    pub fn finish_unit(&mut self, add_none: bool) -> Result<Finished<'t>> {
        let (mut closed, is_urgent) = self.close_unit(add_none);
        let freevars = closed.unit.freevars.clone();
        if is_urgent || !self.waiting.allowed {
            let code = self.assemble_now(&mut closed)?;
            let code = self.constants.merge_numbered(&Constant::Code(code));
            return Ok(Finished { code, freevars });
        }
        let code = self.constants.reserve();
        closed.id = code;
        self.waiting.instructions += closed.unit.sequence.instructions.len();
        self.waiting.units.push(closed);
        if self.waiting.instructions > MOST {
            self.assemble_waiting()?;
        }
        Ok(Finished { code, freevars })
    }

    /// Closes the module.
    pub fn finish_module(&mut self, add_none: bool) -> Result<Rc<Code>> {
        let (mut closed, _) = self.close_unit(add_none);
        self.assemble_now(&mut closed)
    }

    /// The unit with its last instructions, and whether it is urgent; the one around it is open again.
    fn close_unit(&mut self, add_none: bool) -> (Closed<'t>, bool) {
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
        if state.tables.highest >= self.waiting.identifiers {
            self.intern_names(&unit);
        }
        let closed = Closed {
            unit,
            inner: state.waiting,
            id: 0,
            is_annotate: state.is_annotate,
        };
        (closed, state.is_urgent)
    }

    fn intern_names(&mut self, unit: &Unit) {
        for names in [&unit.names, &unit.varnames, &unit.cellvars, &unit.freevars] {
            for name in names {
                self.constants.intern_name(name);
            }
        }
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

    /// Assembles all units that wait.
    fn assemble_waiting(&mut self) -> Result {
        let mut units = std::mem::take(&mut self.waiting.units);
        for mut closed in units.drain(..) {
            let code = self.assemble(&mut closed)?;
            self.constants.fulfil(closed.id, code);
            closed.unit.clear();
            self.waiting.spare.push(closed.unit);
        }
        self.waiting.units = units;
        self.waiting.instructions = 0;
        Ok(())
    }

    /// Assembles all units that wait, and then this one.
    fn assemble_now(&mut self, closed: &mut Closed<'t>) -> Result<Rc<Code>> {
        self.assemble_waiting()?;
        self.assemble(closed)
    }

    fn assemble(&mut self, closed: &mut Closed<'t>) -> Result<Rc<Code>> {
        for &(index, id) in &closed.inner {
            closed.unit.consts[index as usize] = self.constants.merged(id).clone();
        }
        let mut code = (self.assemble)(&mut closed.unit, self.constants)?;
        if closed.is_annotate {
            let format = Constant::Str(self.constants.intern("format"));
            let code = Rc::make_mut(&mut code);
            let rest = code.localsplusnames.iter().skip(1).cloned();
            code.localsplusnames = std::iter::once(format).chain(rest).collect();
        }
        Ok(code)
    }

    /// Loads the code object of a finished unit.
    pub fn load_code(&mut self, loc: Location, id: ConstantId) {
        let index = self.index_of_merged(id);
        if !self.constants.is_fulfilled(id) {
            self.unit.waiting.push((index, id));
        }
        self.op_arg(loc, LOAD_CONST, index);
    }

    /// Notes that the operator about to be emitted may be applied to constants by the flow graph: what it makes of them is then in the
    /// module's constants before the constants of later units.
    pub fn note_folding(&mut self, is_binary: bool) {
        let makes_constant = |opcode: u16| {
            matches!(
                opcode,
                LOAD_CONST
                    | BUILD_TUPLE
                    | UNARY_NEGATIVE
                    | UNARY_INVERT
                    | UNARY_NOT
                    | CALL_INTRINSIC_1
            )
        };
        let instructions = &self.unit.unit.sequence.instructions;
        let folds = match &instructions[..] {
            [.., last] if !makes_constant(last.opcode) => false,
            [.., before, last] if is_binary && last.opcode == LOAD_CONST => {
                makes_constant(before.opcode)
            }
            _ => true,
        };
        self.unit.is_urgent |= folds;
    }
}
