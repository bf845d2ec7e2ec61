//! Code generation (CPython's Python/codegen.c and the units of Python/compile.c): walks the tree and emits each unit's instructions as
//! CPython does before any optimisation, but for small integers, which have their own opcode from the start. A finished unit goes to the
//! flow graph and assembler at once; the code object it becomes is a constant of the enclosing unit. Folds nothing and never looks at jump
//! distances.
//!
//! ```text
//! in    x = 1 + 2 if y else 0
//! out    0 RESUME 0                 6 LOAD_SMALL_INT 2
//!        1 ANNOTATIONS_PLACEHOLDER  7 BINARY_OP 0 (+)
//!        2 LOAD_NAME 0 (y)          8 JUMP_NO_INTERRUPT 10
//!        3 TO_BOOL                  9 LOAD_SMALL_INT 0
//!        4 POP_JUMP_IF_FALSE 9     10 STORE_NAME 1 (x)
//!        5 LOAD_SMALL_INT 1        11 LOAD_CONST 3 (None), RETURN_VALUE
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
mod units;

use std::cell::Cell;
use std::rc::Rc;

use terrarium_bytecode::Code;
use terrarium_bytecode::opcode::*;

use crate::by_number::ByNumber;
use crate::constants::Constants;
use crate::error::{Category, Class, Error, Finder, Warning};
use crate::future::Features;
use crate::recursion;
use crate::scopes::{Entry, EntryId, Scope, Scopes};
use crate::tree::{Location, Module, Name, Stmt};
use crate::unit::Unit;

use classes::ClassNames;
use unit_state::{InUnit, Metadata, Opening, ScopeType, Table, UnitState};

/// Errors are boxed: most calls give a result, and a word is returned in a register.
type Result<T = (), E = Box<Error>> = std::result::Result<T, E>;

/// Turns a finished unit into a code object. What it leaves of the unit is only to be emptied.
pub type Assemble<'a> = &'a mut dyn FnMut(&mut Unit, &mut Constants) -> Result<Rc<Code>, Error>;

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
) -> Result<Rc<Code>, Error> {
    let name = constants.names().added("<module>");
    let count = constants.names().len();
    let (mut in_unit, mut const_numbers) = SPARE.take();
    in_unit.renew(count);
    const_numbers.renew(count * 2);
    let mut codegen = Codegen {
        scopes,
        options,
        interactive: matches!(module, Module::Interactive { .. }),
        spare: Vec::new(),
        class_names: None,
        qualname: String::new(),
        some_names: Vec::new(),
        cells: Vec::new(),
        frees: Vec::new(),
        constants,
        warnings,
        assemble,
        unit: UnitState::new(name),
        enclosing: Vec::new(),
        in_unit,
        const_numbers,
        silenced: 0,
        depth: 0,
    };
    let code = codegen.module(name, module);
    SPARE.set((codegen.in_unit, codegen.const_numbers));
    for state in codegen.spare {
        state.unit.sequence.keep();
    }
    code.map_err(|error| *error)
}

thread_local! {
    /// What the last module left of `in_unit` and `const_numbers`.
    static SPARE: Cell<(ByNumber<InUnit>, ByNumber<u32>)> = Cell::default();
}

/// The state of one compilation.
struct Codegen<'c, 't> {
    scopes: Scopes<'t>,
    options: Options,
    interactive: bool,
    constants: &'c mut Constants<'t>,
    warnings: &'c mut Vec<Warning>,
    assemble: Assemble<'c>,
    /// The unit being generated.
    unit: Box<UnitState<'t>>,
    /// Those that enclose it, outermost first; the first of them is no unit. A unit is large and moves between these fields: hence the
    /// boxes.
    #[allow(clippy::vec_box)]
    enclosing: Vec<Box<UnitState<'t>>>,
    /// Assembled units, to be opened again.
    #[allow(clippy::vec_box)]
    spare: Vec<Box<UnitState<'t>>>,
    /// Looked up when the first class comes.
    class_names: Option<ClassNames<'t>>,
    /// Room for a qualified name, for the names of a tuple, and for the cells and free variables of the unit being opened.
    qualname: String,
    some_names: Vec<Name<'t>>,
    cells: Vec<Name<'t>>,
    frees: Vec<Name<'t>>,
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
    fn module(&mut self, name: Name<'t>, module: &'t Module<'t>) -> Result<Rc<Code>> {
        self.enter_scope(Opening {
            name,
            definition: None,
            scope_type: ScopeType::Module,
            entry: EntryId::TOP,
            firstlineno: 1,
            private: None,
            metadata: Metadata::default(),
        });
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

    /// The scopes of the unit.
    fn entry(&self) -> &Entry<'t> {
        &self.scopes[self.unit.entry]
    }

    /// The scope of a mangled name in the unit.
    fn scope_of(&self, name: &Name<'t>) -> Scope {
        let known = self.in_unit.get(name.number());
        known.map_or(Scope::Unknown, |known| known.symbol.scope())
    }

    /// The number of `name` in a table of the unit; it is added if it is new.
    #[inline]
    fn index_of(&mut self, table: Table, name: &Name<'t>) -> u32 {
        let known = self.in_unit.get(name.number());
        if let Some(number) = known.and_then(|known| known.number(table)) {
            return number;
        }
        self.new_index(table, name)
    }

    #[inline(never)]
    fn new_index(&mut self, table: Table, name: &Name<'t>) -> u32 {
        self.unit.tables.number(&mut self.in_unit, table, name)
    }

    /// A SyntaxError at `loc`.
    fn error<T>(&self, loc: Location, message: impl Into<String>) -> Result<T> {
        Err(Error::syntax(message, &self.options.filename, loc).into())
    }

    /// A SyntaxWarning at `loc`.
    fn warn(&mut self, loc: Location, message: String) {
        if self.silenced == 0 {
            self.warnings.push(Warning {
                finder: Finder::Pass,
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
            return Err(recursion::too_deep().into());
        }
        Ok(self.depth)
    }

    fn ascend(&mut self) {
        self.depth -= 1;
    }
}

/// What CPython says of a bug of its own, or of a tree that no parser makes.
#[cold]
fn system_error(message: impl Into<String>) -> Box<Error> {
    Error::plain(Class::SystemError, message).into()
}

#[cold]
fn unknown_entry() -> Box<Error> {
    system_error("unknown symbol table entry")
}
