//! Classes.

use terrarium_bytecode::Constant;
use terrarium_bytecode::opcode::*;

use crate::scopes::Key;
use crate::tree::{ClassDef, Context, Expr, ExprKind, Location, Name, Stmt};

use super::functions::first_line;
use super::operands::*;
use super::unit_state::{Metadata, Opening, ScopeType};
use super::{Codegen, Finished, Result};

const TYPE_PARAMS: &str = ".type_params";
const GENERIC_BASE: &str = ".generic_base";

/// Names that every class reads or stores.
#[derive(Clone, Copy)]
pub struct ClassNames<'t> {
    name: Name<'t>,
    module: Name<'t>,
    qualname: Name<'t>,
    firstlineno: Name<'t>,
    static_attributes: Name<'t>,
    classdictcell: Name<'t>,
}

impl<'t> Codegen<'_, 't> {
    pub fn class(&mut self, stmt: &'t Stmt<'t>, def: &'t ClassDef<'t>) -> Result {
        let loc = stmt.loc;
        self.decorators(&def.decorator_list)?;
        let firstlineno = first_line(stmt, &def.decorator_list);
        if def.type_params.is_empty() {
            self.class_function(stmt, def, firstlineno)?;
            self.call_helper(loc, 2, &def.bases, None, &def.keywords)?;
        } else {
            self.generic_class(stmt, def, firstlineno)?;
        }
        self.apply_decorators(&def.decorator_list);
        self.name_op(loc, &def.name, Context::Store)
    }

    /// The class is made in a unit that binds the type parameters and adds `Generic[...]` to the bases.
    fn generic_class(
        &mut self,
        stmt: &'t Stmt<'t>,
        def: &'t ClassDef<'t>,
        firstlineno: i32,
    ) -> Result {
        let loc = stmt.loc;
        self.enter_type_params(
            &def.name,
            &def.type_params,
            firstlineno,
            Some(def.name),
            Metadata::default(),
        )?;
        self.type_params(&def.type_params)?;
        self.known_name_op(loc, TYPE_PARAMS, Context::Store)?;
        self.class_function(stmt, def, firstlineno)?;
        self.known_name_op(loc, TYPE_PARAMS, Context::Load)?;
        self.op_arg(loc, CALL_INTRINSIC_1, INTRINSIC_SUBSCRIPT_GENERIC);
        self.known_name_op(loc, GENERIC_BASE, Context::Store)?;
        self.call_helper(loc, 2, &def.bases, Some(GENERIC_BASE), &def.keywords)?;
        let finished = self.finish_unit(false)?;
        self.make_closure(loc, finished, 0)?;
        self.op(loc, PUSH_NULL);
        self.op_arg(loc, CALL, 0);
        Ok(())
    }

    /// Pushes `__build_class__`, the function that runs the body, and the name; the bases follow.
    fn class_function(
        &mut self,
        stmt: &'t Stmt<'t>,
        def: &'t ClassDef<'t>,
        firstlineno: i32,
    ) -> Result {
        let finished = self.class_body(stmt, def, firstlineno)?;
        let loc = stmt.loc;
        self.op(loc, LOAD_BUILD_CLASS);
        self.op(loc, PUSH_NULL);
        self.make_closure(loc, finished, 0)?;
        self.load_name_constant(loc, &def.name);
        Ok(())
    }

    fn class_body(
        &mut self,
        stmt: &'t Stmt<'t>,
        def: &'t ClassDef<'t>,
        firstlineno: i32,
    ) -> Result<Finished<'t>> {
        let entry = self.lookup(Key::stmt(stmt))?;
        self.enter_scope(Opening {
            name: def.name,
            definition: Some(def.name),
            scope_type: ScopeType::Class,
            entry,
            firstlineno,
            private: Some(def.name),
            metadata: Metadata::default(),
        });
        let loc = Location::line_start(firstlineno);
        self.class_prologue(loc, def)?;
        self.body(loc, &def.body, false)?;
        self.class_epilogue()?;
        self.op(Location::NONE, RETURN_VALUE);
        self.finish_unit(true)
    }

    fn class_prologue(&mut self, loc: Location, def: &'t ClassDef<'t>) -> Result {
        let names = self.class_names();
        self.name_op(loc, &names.name, Context::Load)?;
        self.name_op(loc, &names.module, Context::Store)?;
        match self.unit.qualname_constant.take() {
            Some(qualname) => self.load_const(loc, &Constant::Str(qualname)),
            None => {
                let qualname = self.unit.unit.qualname;
                self.load_name_constant(loc, &qualname);
            }
        }
        self.name_op(loc, &names.qualname, Context::Store)?;
        self.load_int(loc, i64::from(self.unit.unit.firstlineno));
        self.name_op(loc, &names.firstlineno, Context::Store)?;
        if !def.type_params.is_empty() {
            self.known_name_op(loc, TYPE_PARAMS, Context::Load)?;
            self.known_name_op(loc, "__type_params__", Context::Store)?;
        }
        if self.entry().needs_classdict {
            self.op(loc, LOAD_LOCALS);
            self.op_cellvar(loc, STORE_DEREF, &self.scopes.known.classdict.clone());
        }
        if self.entry().has_conditional_annotations {
            self.op_arg(loc, BUILD_SET, 0);
            self.op_cellvar(
                loc,
                STORE_DEREF,
                &self.scopes.known.conditional_annotations.clone(),
            );
        }
        Ok(())
    }

    fn class_names(&mut self) -> ClassNames<'t> {
        if let Some(names) = self.class_names {
            return names;
        }
        let names = ClassNames {
            name: self.name("__name__"),
            module: self.name("__module__"),
            qualname: self.name("__qualname__"),
            firstlineno: self.name("__firstlineno__"),
            static_attributes: self.name("__static_attributes__"),
            classdictcell: self.name("__classdictcell__"),
        };
        self.class_names = Some(names);
        names
    }

    /// Stores what `type.__new__` looks for, and leaves `__class__`'s cell or None on the stack.
    fn class_epilogue(&mut self) -> Result {
        let loc = Location::NONE;
        let mut attributes = std::mem::take(&mut self.unit.static_attributes);
        attributes.sort();
        attributes.dedup();
        self.load_names(loc, attributes.drain(..));
        self.unit.static_attributes = attributes;
        let names = self.class_names();
        self.name_op(loc, &names.static_attributes, Context::Store)?;
        if self.entry().needs_classdict {
            self.op_cellvar(loc, LOAD_CLOSURE, &self.scopes.known.classdict.clone());
            self.name_op(loc, &names.classdictcell, Context::Store)?;
        }
        if self.entry().needs_class_closure {
            self.op_cellvar(loc, LOAD_CLOSURE, &self.scopes.known.class.clone());
            self.op_arg(loc, COPY, 1);
            self.known_name_op(loc, "__classcell__", Context::Store)?;
        } else {
            self.load_none(loc);
        }
        Ok(())
    }

    /// Notes `self.name = ...` for the class around it (`__static_attributes__`).
    pub fn note_static_attribute(&mut self, object: &Expr<'t>, name: &Name<'t>, context: Context) {
        let assigns_to_self = context == Context::Store
            && matches!(&object.kind, ExprKind::Name { id, .. } if &**id == "self");
        if !assigns_to_self {
            return;
        }
        let mut enclosing = self.enclosing.iter_mut().rev();
        if let Some(class) = enclosing.find(|unit| unit.scope_type == ScopeType::Class) {
            class.static_attributes.push(*name);
        }
    }
}
