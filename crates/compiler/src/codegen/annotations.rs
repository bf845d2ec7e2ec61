//! Annotations: units that evaluate them when asked (PEP 649), and annotated assignments.

use std::rc::Rc;

use terrarium_bytecode::opcode::*;
use terrarium_bytecode::{Constant, Int};

use crate::scopes::{BlockType, EntryId};
use crate::tree::{CmpOp, Context, Expr, ExprKind, Location, Name};
use crate::unparse::unparse;

use super::operands::*;
use super::unit_state::{DeferredAnnotation, Metadata, Opening, ScopeType, Table};
use super::{Codegen, Result, unknown_entry};

impl<'t> Codegen<'_, 't> {
    /// Opens an annotation scope called as its entry.
    pub fn enter_annotations(&mut self, loc: Location, entry: EntryId) -> Result {
        let name = self.scopes[entry].name;
        self.enter_annotations_named(loc, entry, &name)
    }

    /// Opens an annotation scope: a function of `format` that answers up to VALUE_WITH_FAKE_GLOBALS.
    pub fn enter_annotations_named(
        &mut self,
        loc: Location,
        entry: EntryId,
        name: &Name<'t>,
    ) -> Result {
        let metadata = Metadata {
            posonly: 1,
            ..Metadata::default()
        };
        self.enter_scope(Opening {
            name: *name,
            definition: None,
            scope_type: ScopeType::Annotations,
            entry,
            firstlineno: loc.line,
            private: None,
            metadata,
        });
        self.op_arg(loc, LOAD_FAST, 0);
        self.load_int(loc, VALUE_WITH_FAKE_GLOBALS);
        self.op_compare(loc, CmpOp::Gt);
        let body = self.new_label();
        self.jump(loc, POP_JUMP_IF_FALSE, body);
        self.op_arg(loc, LOAD_COMMON_CONSTANT, CONSTANT_NOTIMPLEMENTEDERROR);
        self.op_arg(loc, RAISE_VARARGS, 1);
        self.use_label(body);
        Ok(())
    }

    /// Closes an `__annotate__` and pushes its function.
    pub fn leave_annotations(&mut self, loc: Location) -> Result {
        self.op(loc, RETURN_VALUE);
        self.unit.is_annotate = true;
        let finished = self.finish_unit(true)?;
        self.make_closure(loc, finished, 0)
    }

    /// At the end of a module or class: the `__annotate__` of its variables.
    pub fn deferred_annotations(&mut self, loc: Location) -> Result {
        let deferred = std::mem::take(&mut self.unit.deferred_annotations);
        if deferred.is_empty() {
            return Ok(());
        }
        let scope_type = self.unit.scope_type;
        let Some(entry) = self.entry().annotation_block else {
            return Err(unknown_entry());
        };
        if scope_type == ScopeType::Module {
            let sequence = std::mem::take(&mut self.unit.unit.sequence);
            self.unit.stashed = Some(sequence);
        }
        self.enter_annotations(loc, entry)?;
        self.deferred_annotations_body(loc, &deferred, scope_type)?;
        self.leave_annotations(loc)?;
        let name = if self.entry().block_type == BlockType::Class {
            "__annotate_func__"
        } else {
            "__annotate__"
        };
        self.known_name_op(loc, name, Context::Store)?;
        if let Some(stashed) = self.unit.stashed.take() {
            let sequence = &mut self.unit.unit.sequence;
            let annotations = std::mem::replace(sequence, stashed);
            sequence.annotations = Some(Box::new(annotations));
        }
        Ok(())
    }

    /// Builds the dictionary, leaving out what was not run.
    fn deferred_annotations_body(
        &mut self,
        loc: Location,
        deferred: &[DeferredAnnotation<'t>],
        scope_type: ScopeType,
    ) -> Result {
        let conditional = self.scopes.known.conditional_annotations;
        self.op_arg(loc, BUILD_MAP, 0);
        for item in deferred {
            let private = self.unit.private;
            let names = self.constants.names();
            let mangled = crate::scopes::mangle(names, private.as_ref(), item.name);
            let not_set = self.new_label();
            if let Some(index) = item.index {
                self.load_int(item.loc, i64::from(index));
                if scope_type == ScopeType::Class {
                    self.op_freevar(item.loc, LOAD_DEREF, &conditional);
                } else {
                    let index = self.index_of(Table::Names, &conditional);
                    self.op_arg(item.loc, LOAD_GLOBAL, index);
                }
                self.op_arg(item.loc, CONTAINS_OP, 0);
                self.jump(item.loc, POP_JUMP_IF_FALSE, not_set);
            }
            self.visit_expr(item.annotation)?;
            self.op_arg(item.loc, COPY, 2);
            self.load_mangled_constant(item.loc, item.name, &mangled);
            self.op(loc, STORE_SUBSCR);
            self.use_label(not_set);
        }
        Ok(())
    }

    /// The annotation's text, under `from __future__ import annotations`.
    pub fn annotation_text(&mut self, annotation: &'t Expr<'t>) -> Result {
        let text = unparse(annotation)?.into_bytes();
        self.load_const(annotation.loc, &crate::constants::string(text));
        Ok(())
    }

    pub fn annotated_assign(
        &mut self,
        loc: Location,
        target: &'t Expr<'t>,
        annotation: &'t Expr<'t>,
        value: Option<&'t Expr<'t>>,
        simple: bool,
    ) -> Result {
        if let Some(value) = value {
            self.visit_expr(value)?;
            self.visit_expr(target)?;
        }
        match &target.kind {
            ExprKind::Name { id, .. } => {
                let stored = matches!(self.unit.scope_type, ScopeType::Module | ScopeType::Class);
                if simple && stored {
                    self.store_annotation(loc, id, annotation)?;
                }
                Ok(())
            }
            ExprKind::Attribute { value: object, .. } if value.is_none() => {
                self.check_evaluates(object)
            }
            ExprKind::Subscript {
                value: object,
                slice,
                ..
            } if value.is_none() => {
                self.check_evaluates(object)?;
                self.check_subscript_evaluates(slice)
            }
            _ => Ok(()),
        }
    }

    fn store_annotation(
        &mut self,
        loc: Location,
        name: &'t Name<'t>,
        annotation: &'t Expr<'t>,
    ) -> Result {
        if self.options.features.annotations() {
            self.annotation_text(annotation)?;
            let annotations = self.name("__annotations__");
            self.op_name(loc, LOAD_NAME, &annotations);
            let mangled = self.mangle(name);
            self.load_mangled_constant(loc, name, &mangled);
            self.op(loc, STORE_SUBSCR);
            return Ok(());
        }
        let unit = &mut self.unit;
        let conditional = unit.scope_type == ScopeType::Module || unit.in_conditional_block > 0;
        let index = conditional.then_some(unit.next_conditional_index);
        unit.next_conditional_index += u32::from(conditional);
        unit.deferred_annotations.push(DeferredAnnotation {
            loc,
            name,
            annotation,
            index,
        });
        let Some(index) = index else { return Ok(()) };
        let conditional = self.scopes.known.conditional_annotations;
        if self.unit.scope_type == ScopeType::Class {
            self.op_cellvar(loc, LOAD_DEREF, &conditional);
        } else {
            self.op_name(loc, LOAD_NAME, &conditional);
        }
        let index = Constant::Int(Rc::new(Int::Small(i64::from(index))));
        self.load_const(loc, &index);
        self.op_arg(loc, SET_ADD, 1);
        self.op(loc, POP_TOP);
        Ok(())
    }

    fn check_evaluates(&mut self, expr: &'t Expr<'t>) -> Result {
        self.visit_expr(expr)?;
        self.op(expr.loc, POP_TOP);
        Ok(())
    }

    fn check_subscript_evaluates(&mut self, expr: &'t Expr<'t>) -> Result {
        match &expr.kind {
            ExprKind::Slice { lower, upper, step } => [lower, upper, step]
                .into_iter()
                .flatten()
                .try_for_each(|part| self.check_evaluates(part)),
            ExprKind::Tuple { elts, .. } => elts
                .iter()
                .try_for_each(|elt| self.check_subscript_evaluates(elt)),
            _ => self.check_evaluates(expr),
        }
    }
}
