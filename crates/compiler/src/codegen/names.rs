//! Loading, storing and deleting names (`codegen_nameop`).

use terrarium_bytecode::opcode::*;

use crate::scopes::{BlockType, Scope};
use crate::tree::{Context, Location, Name};

use super::unit_state::{Hidden, Table};
use super::{Codegen, Result};

/// How a unit reaches the variables of a scope.
#[derive(Debug)]
pub struct Access {
    /// What the instructions' argument is an index into.
    table: Table,
    /// Those that load, store and delete: by `Context`.
    opcodes: [u16; 3],
}

/// By the numbers of scopes; there are six.
pub type Accesses = [Access; 8];

const FAST: Access = Access {
    table: Table::Locals,
    opcodes: [LOAD_FAST, STORE_FAST, DELETE_FAST],
};

const GLOBAL: Access = Access {
    table: Table::Names,
    opcodes: [LOAD_GLOBAL, STORE_GLOBAL, DELETE_GLOBAL],
};

const NAME: Access = Access {
    table: Table::Names,
    opcodes: [LOAD_NAME, STORE_NAME, DELETE_NAME],
};

const FREE: Access = Access {
    table: Table::Frees,
    opcodes: [LOAD_DEREF, STORE_DEREF, DELETE_DEREF],
};

const CELL: Access = Access {
    table: Table::Cells,
    ..FREE
};

/// In a unit with fast locals (`_PyCompile_ResolveNameop`).
pub static OF_FUNCTIONS: Accesses = [NAME, FAST, GLOBAL, GLOBAL, FREE, CELL, NAME, NAME];

/// In modules and classes.
pub static OF_OTHERS: Accesses = [NAME, NAME, GLOBAL, NAME, FREE, CELL, NAME, NAME];

impl<'t> Codegen<'_, 't> {
    pub fn name_op(&mut self, loc: Location, name: &Name<'t>, context: Context) -> Result {
        let name = self.mangle(name);
        let known = self.in_unit.get(name.number()).unwrap_or_default();
        let access = match known.hidden {
            Hidden::Now if known.symbol.scope() == Scope::Local => &FAST,
            _ => &self.unit.accesses[known.symbol.scope_number()],
        };
        let index = match known.number(access.table) {
            Some(index) => index,
            None => self.new_index(access.table, &name),
        };
        let mut opcode = access.opcodes[context as usize];
        if self.unit.prepared == Some(context) {
            opcode = self.prepare_load(loc, known.symbol.scope(), opcode);
        }
        self.op_arg(loc, opcode, index << u32::from(opcode == LOAD_GLOBAL));
        Ok(())
    }

    /// Pushes the namespace that a class, or an annotation scope in one, looks in first; gives the opcode that loads.
    #[inline(never)]
    fn prepare_load(&mut self, loc: Location, scope: Scope, opcode: u16) -> u16 {
        let entry = self.entry();
        let is_class = entry.block_type == BlockType::Class;
        let is_class_itself = is_class && self.unit.in_inlined_comp == 0;
        match opcode {
            LOAD_DEREF if is_class_itself => {
                self.op(loc, LOAD_LOCALS);
                LOAD_FROM_DICT_OR_DEREF
            }
            LOAD_DEREF if entry.can_see_class_scope => {
                self.load_classdict(loc);
                LOAD_FROM_DICT_OR_DEREF
            }
            LOAD_GLOBAL if entry.can_see_class_scope && scope == Scope::GlobalImplicit => {
                self.load_classdict(loc);
                LOAD_FROM_DICT_OR_GLOBALS
            }
            LOAD_NAME if is_class && !is_class_itself => LOAD_GLOBAL,
            _ => opcode,
        }
    }

    fn load_classdict(&mut self, loc: Location) {
        let classdict = self.scopes.known.classdict;
        self.op_freevar(loc, LOAD_DEREF, &classdict);
    }

    /// As `name_op` for a name that the compiler itself brings in.
    pub fn known_name_op(&mut self, loc: Location, name: &str, context: Context) -> Result {
        let name = self.name(name);
        self.name_op(loc, &name, context)
    }
}
