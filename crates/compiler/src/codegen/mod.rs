//! Code generation (CPython's Python/codegen.c and the units of Python/compile.c): walks the tree and emits each unit's instructions as
//! CPython does before any optimisation. A finished unit goes to the flow graph and assembler at once; the code object it becomes is a
//! constant of the enclosing unit. Folds nothing and never looks at jump distances.
//!
//! ```text
//! in    x = 1 + 2 if y else 0
//! out    0 RESUME 0                 6 LOAD_CONST 1 (2)
//!        1 ANNOTATIONS_PLACEHOLDER  7 BINARY_OP 0 (+)
//!        2 LOAD_NAME 0 (y)          8 JUMP_NO_INTERRUPT 10
//!        3 TO_BOOL                  9 LOAD_CONST 2 (0)
//!        4 POP_JUMP_IF_FALSE 9     10 STORE_NAME 1 (x)
//!        5 LOAD_CONST 0 (1)        11 LOAD_CONST 3 (None), RETURN_VALUE
//! ```

mod annotations;
mod assignment;
mod calls;
mod checks;
mod classes;
mod cleandoc;
mod comprehensions;
mod control_flow;
mod emit;
mod expressions;
mod frame_blocks;
mod fstrings;
mod functions;
mod names;
mod operands;
mod patterns;
mod statements;
mod try_with;
mod type_params;
mod unit_state;

use std::rc::Rc;

use terrarium_bytecode::code::flags;
use terrarium_bytecode::opcode::*;
use terrarium_bytecode::{Code, Str};

use crate::by_number::ByNumber;
use crate::constants::Constants;
use crate::error::{Category, Error, Warning};
use crate::future::{self, Features};
use crate::recursion;
use crate::scopes::{Entry, EntryId, Scope, Scopes, Symbol};
use crate::tree::{Location, Module, Name, Stmt};
use crate::unit::Unit;

use unit_state::{InUnit, Metadata, ScopeType, Table, UnitState, sorted_names};

type Result<T = ()> = std::result::Result<T, Error>;

/// Turns a finished unit into a code object.
pub type Assemble<'a> = &'a mut dyn FnMut(Unit, &mut Constants) -> Result<Rc<Code>>;

/// What the caller chose for a compilation.
#[derive(Debug, Clone)]
pub struct Options {
    pub filename: String,
    pub features: Features,
    /// 0, 1 (`-O`) or 2 (`-OO`).
    pub optimize: u8,
}

/// Generates the code of `module`; the scopes must have been built from this very tree. Warnings are added in CPython's order.
pub fn generate<'t>(
    module: &'t Module<'t>,
    scopes: Scopes<'t>,
    options: Options,
    constants: &mut Constants<'t>,
    warnings: &mut Vec<Warning>,
    assemble: Assemble,
) -> Result<Rc<Code>> {
    let mut codegen = Codegen {
        scopes,
        options,
        interactive: matches!(module, Module::Interactive { .. }),
        constants,
        warnings,
        assemble,
        units: Vec::new(),
        in_unit: ByNumber::default(),
        const_numbers: ByNumber::default(),
        silenced: 0,
        depth: 0,
    };
    codegen.module(module)
}

/// The state of one compilation.
struct Codegen<'c, 't> {
    scopes: Scopes<'t>,
    options: Options,
    interactive: bool,
    constants: &'c mut Constants<'t>,
    warnings: &'c mut Vec<Warning>,
    assemble: Assemble<'c>,
    /// The unit being generated is the last one; those that enclose it stand before it.
    units: Vec<UnitState<'t>>,
    /// What the unit being generated knows of each name.
    in_unit: ByNumber<InUnit>,
    /// The number in that unit of each constant of the module.
    const_numbers: ByNumber<u32>,
    /// How many `finally` bodies are being generated a second time, in which warnings are not repeated.
    silenced: u32,
    depth: u32,
}

/// A finished unit: its code object and the names it takes from the enclosing unit.
struct Finished<'t> {
    code: Rc<Code>,
    freevars: Vec<Name<'t>>,
}

impl<'t> Codegen<'_, 't> {
    fn module(&mut self, module: &'t Module<'t>) -> Result<Rc<Code>> {
        let name = self.constants.intern("<module>");
        self.enter_scope(
            name,
            ScopeType::Module,
            EntryId::TOP,
            1,
            None,
            Metadata::default(),
        )?;
        match module {
            Module::Module { body } => self.module_body(body, false)?,
            Module::Interactive { body } => self.module_body(body, true)?,
            Module::Expression { body } => self.visit_expr(body)?,
        }
        let add_none = !matches!(module, Module::Expression { .. });
        Ok(self.finish_unit(add_none)?.code)
    }

    fn module_body(&mut self, body: &'t [Stmt<'t>], interactive: bool) -> Result {
        let loc = body
            .first()
            .map_or(Location::line_start(1), |first| first.loc);
        if self.entry().has_conditional_annotations {
            self.op_arg(loc, BUILD_SET, 0);
            let name = self.scopes.known.conditional_annotations;
            let index = self.index_of(Table::Names, &name);
            self.op_arg(loc, STORE_NAME, index);
        }
        self.body(loc, body, interactive)
    }

    fn unit(&self) -> &UnitState<'t> {
        self.units
            .last()
            .expect("a unit is open while the tree is walked")
    }

    fn unit_mut(&mut self) -> &mut UnitState<'t> {
        self.units
            .last_mut()
            .expect("a unit is open while the tree is walked")
    }

    /// The scopes of the unit.
    fn entry(&self) -> &Entry<'t> {
        &self.scopes[self.unit().entry]
    }

    /// The scope of a mangled name in the unit.
    fn scope_of(&self, name: &Name<'t>) -> Scope {
        let known = self.in_unit.get(name.number());
        known.map_or(Scope::Unknown, |known| known.symbol.scope())
    }

    /// Opens a unit (`codegen_enter_scope`). `private` is the class whose names are mangled, if it is a new one.
    fn enter_scope(
        &mut self,
        name: Rc<Str>,
        scope_type: ScopeType,
        entry: EntryId,
        firstlineno: i32,
        private: Option<Name<'t>>,
        metadata: Metadata,
    ) -> Result {
        let private = private.or_else(|| self.units.last().and_then(|unit| unit.private));
        let function_like = self.scopes[entry].is_function_like();
        let mut unit = UnitState::new(
            name,
            scope_type,
            entry,
            function_like,
            firstlineno,
            metadata,
        );
        unit.private = private;
        self.units.push(unit);
        self.open_tables(entry);
        let mut loc = Location::line_start(firstlineno);
        if scope_type == ScopeType::Module {
            loc.line = 0;
        } else {
            let qualname = self.qualname();
            // Interning comes later in CPython: a class loads the new string, whatever has that text already.
            let is_new_string = qualname.contains('.') && self.constants.is_interned(&qualname);
            let interned = self.constants.intern(&qualname);
            let unit = self.unit_mut();
            unit.qualname_constant = match is_new_string {
                true => Rc::new(Str {
                    text: interned.text.clone(),
                    interned: false,
                }),
                false => interned.clone(),
            };
            unit.qualname = interned;
        }
        self.op_arg(loc, RESUME, operands::RESUME_AT_FUNC_START);
        if scope_type == ScopeType::Module {
            self.op(loc, ANNOTATIONS_PLACEHOLDER);
        }
        Ok(())
    }

    /// Fills the tables of the unit just opened from its scopes.
    fn open_tables(&mut self, entry: EntryId) {
        self.in_unit.open();
        self.const_numbers.open();
        let Codegen {
            scopes,
            in_unit,
            units,
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
        let tables = &mut units.last_mut().expect("a unit was just opened").tables;
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

    /// The number of `name` in a table of the unit; it is added if it is new.
    #[inline]
    fn index_of(&mut self, table: Table, name: &Name<'t>) -> u32 {
        let known = self.in_unit.get(name.number());
        if let Some(number) = known.and_then(|known| known.number(table)) {
            return number;
        }
        let unit = self.units.last_mut().expect("a unit is open");
        unit.tables.number(&mut self.in_unit, table, name)
    }

    /// The qualified name of the unit just opened (`compiler_set_qualname`).
    fn qualname(&mut self) -> String {
        let (unit, enclosing) = self.units.split_last().expect("a unit was just opened");
        let name = String::from_utf8_lossy(&unit.name.text);
        let Some(parent) = naming_parent(enclosing) else {
            return name.into_owned();
        };
        let is_definition = matches!(
            unit.scope_type,
            ScopeType::Function | ScopeType::AsyncFunction | ScopeType::Class
        );
        if is_definition {
            // Whether it is declared `global` where it stands.
            let names = self.constants.names();
            let private = parent.private.as_ref();
            let name_there = names.added(&name);
            let mangled = crate::scopes::mangle(names, private, &name_there);
            if self.scopes[parent.entry].scope(&mangled) == Scope::GlobalExplicit {
                return name.into_owned();
            }
        }
        let base = String::from_utf8_lossy(&parent.qualname.text);
        let between = match parent.scope_type.is_function() {
            true => ".<locals>.",
            false => ".",
        };
        [&base, between, &name].concat()
    }

    /// Closes the unit and has it assembled (`_PyCompile_OptimizeAndAssemble` and `_PyCompile_ExitScope`).
    fn finish_unit(&mut self, add_none: bool) -> Result<Finished<'t>> {
        let flags = self.code_flags();
        if add_none {
            self.load_none(Location::NONE);
        }
        self.op(Location::NONE, RETURN_VALUE);
        let state = self.units.pop().expect("a unit is open");
        self.in_unit.close();
        self.const_numbers.close();
        let unit = state.into_unit(flags, self.units.len());
        let freevars = unit.freevars.clone();
        let code = (self.assemble)(unit, self.constants)?;
        Ok(Finished { code, freevars })
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

    /// A SyntaxError at `loc`.
    fn error<T>(&self, loc: Location, message: impl Into<String>) -> Result<T> {
        Err(Error::syntax(message, &self.options.filename, loc))
    }

    /// A SyntaxWarning at `loc`.
    fn warn(&mut self, loc: Location, message: String) {
        if self.silenced == 0 {
            self.warnings.push(Warning {
                category: Category::SyntaxWarning,
                message,
                loc,
                as_error: None,
            });
        }
    }

    /// Counts a level of nesting; `leave` takes it back.
    fn descend(&mut self) -> Result<u32> {
        self.depth += 1;
        if self.depth > recursion::LIMIT {
            return Err(recursion::too_deep());
        }
        Ok(self.depth)
    }

    fn ascend(&mut self) {
        self.depth -= 1;
    }
}

/// The unit whose qualified name starts that of a unit inside `enclosing`: an annotation scope hands the question on; none directly
/// in the module.
fn naming_parent<'u, 't>(enclosing: &'u [UnitState<'t>]) -> Option<&'u UnitState<'t>> {
    match enclosing {
        [] | [_] => None,
        [.., parent] if parent.scope_type != ScopeType::Annotations => Some(parent),
        [_, _] => None,
        [.., grandparent, _] => Some(grandparent),
    }
}
