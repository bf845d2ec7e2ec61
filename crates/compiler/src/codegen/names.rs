//! Loading, storing and deleting names (`codegen_nameop`).

use terrarium_bytecode::opcode::*;

use crate::scopes::{BlockType, Scope};
use crate::tree::{Context, Location, Name};

use super::unit_state::{Hidden, Table};
use super::{Codegen, Result};

/// How a unit reaches a variable.
enum Access {
    Fast,
    Global(u32),
    Deref(u32),
    Name(u32),
}

impl<'t> Codegen<'_, 't> {
    pub fn name_op(&mut self, loc: Location, name: &Name<'t>, context: Context) -> Result {
        if name.is_private() {
            let mangled = self.mangle(name);
            return self.mangled_name_op(loc, &mangled, context);
        }
        self.mangled_name_op(loc, name, context)
    }

    fn mangled_name_op(&mut self, loc: Location, name: &Name<'t>, context: Context) -> Result {
        let known = self.in_unit.get(name.number()).unwrap_or_default();
        let scope = known.symbol.scope();
        if scope == Scope::Local
            && self.unit.function_like
            && let Some(index) = known.number(Table::Locals)
        {
            let opcode = of_context(context, LOAD_FAST, STORE_FAST, DELETE_FAST);
            self.op_arg(loc, opcode, index);
            return Ok(());
        }
        match self.resolve(name, scope, known.hidden) {
            Access::Fast => {
                let opcode = of_context(context, LOAD_FAST, STORE_FAST, DELETE_FAST);
                let index = self.index_of(Table::Locals, name);
                self.op_arg(loc, opcode, index);
            }
            Access::Deref(index) => {
                let load = self.prepare_deref_load(loc, context);
                self.op_arg(
                    loc,
                    of_context(context, load, STORE_DEREF, DELETE_DEREF),
                    index,
                );
            }
            Access::Global(index) => self.global_op(loc, scope, context, index),
            Access::Name(index) => self.plain_name_op(loc, context, index),
        }
        Ok(())
    }

    /// Which table the variable is in (`_PyCompile_ResolveNameop`).
    #[inline]
    fn resolve(&mut self, name: &Name<'t>, scope: Scope, hidden: Hidden) -> Access {
        let function_like = self.unit.function_like;
        match scope {
            Scope::Free => Access::Deref(self.index_of(Table::Frees, name)),
            Scope::Cell => Access::Deref(self.index_of(Table::Cells, name)),
            Scope::Local if function_like || hidden == Hidden::Now => Access::Fast,
            Scope::GlobalImplicit if function_like => {
                Access::Global(self.index_of(Table::Names, name))
            }
            Scope::GlobalExplicit => Access::Global(self.index_of(Table::Names, name)),
            _ => Access::Name(self.index_of(Table::Names, name)),
        }
    }

    fn is_class_itself(&self) -> bool {
        self.entry().block_type == BlockType::Class && self.unit.in_inlined_comp == 0
    }

    /// Pushes the namespace that a class or annotation scope looks in first; gives the opcode that loads.
    fn prepare_deref_load(&mut self, loc: Location, context: Context) -> u16 {
        if context != Context::Load {
            return LOAD_DEREF;
        }
        if self.is_class_itself() {
            self.op(loc, LOAD_LOCALS);
            LOAD_FROM_DICT_OR_DEREF
        } else if self.entry().can_see_class_scope {
            self.load_classdict(loc);
            LOAD_FROM_DICT_OR_DEREF
        } else {
            LOAD_DEREF
        }
    }

    fn load_classdict(&mut self, loc: Location) {
        let classdict = self.scopes.known.classdict;
        self.op_freevar(loc, LOAD_DEREF, &classdict);
    }

    fn global_op(&mut self, loc: Location, scope: Scope, context: Context, index: u32) {
        if context != Context::Load {
            self.op_arg(
                loc,
                of_context(context, LOAD_GLOBAL, STORE_GLOBAL, DELETE_GLOBAL),
                index,
            );
        } else if self.entry().can_see_class_scope && scope == Scope::GlobalImplicit {
            self.load_classdict(loc);
            self.op_arg(loc, LOAD_FROM_DICT_OR_GLOBALS, index);
        } else {
            self.op_arg(loc, LOAD_GLOBAL, index << 1);
        }
    }

    fn plain_name_op(&mut self, loc: Location, context: Context, index: u32) {
        let inlined_in_class =
            self.entry().block_type == BlockType::Class && self.unit.in_inlined_comp > 0;
        if context == Context::Load && inlined_in_class {
            self.op_arg(loc, LOAD_GLOBAL, index << 1);
        } else {
            self.op_arg(
                loc,
                of_context(context, LOAD_NAME, STORE_NAME, DELETE_NAME),
                index,
            );
        }
    }

    /// As `name_op` for a name that the compiler itself brings in.
    pub fn known_name_op(&mut self, loc: Location, name: &str, context: Context) -> Result {
        let name = self.name(name);
        self.name_op(loc, &name, context)
    }
}

fn of_context(context: Context, load: u16, store: u16, del: u16) -> u16 {
    match context {
        Context::Load => load,
        Context::Store => store,
        Context::Del => del,
    }
}
