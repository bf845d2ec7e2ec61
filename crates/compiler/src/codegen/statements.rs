//! Statements: bodies with their docstring, and whatever needs no file of its own.

use terrarium_bytecode::opcode::*;
use terrarium_bytecode::{Constant, Str};

use crate::recursion::with_stack;
use crate::tree::{Alias, Context, Expr, ExprKind, Location, Name, Stmt, StmtKind};

use super::cleandoc::{cleandoc, is_clean};
use super::unit_state::Table;
use super::{Codegen, Result, operands};

impl<'t> Codegen<'_, 't> {
    /// The body of a module or class.
    pub fn body(&mut self, loc: Location, body: &'t [Stmt<'t>], interactive: bool) -> Result {
        let future_annotations = self.options.features.annotations();
        if future_annotations && self.entry().annotations_used {
            self.op(loc, SETUP_ANNOTATIONS);
        }
        let mut rest = body;
        if !interactive
            && self.entry().has_docstring
            && let Some((docstring, place)) = docstring(body)
        {
            rest = &body[1..];
            let docstring = clean_constant(docstring)?;
            self.load_const(place, &docstring);
            self.known_name_op(Location::NONE, "__doc__", Context::Store)?;
        }
        self.visit_stmts(rest)?;
        if !future_annotations && !body.is_empty() {
            self.deferred_annotations(loc)?;
        }
        Ok(())
    }

    pub fn visit_stmts(&mut self, stmts: &'t [Stmt<'t>]) -> Result {
        stmts.iter().try_for_each(|stmt| self.visit_stmt(stmt))
    }

    fn visit_stmt(&mut self, stmt: &'t Stmt<'t>) -> Result {
        let depth = self.descend()?;
        let result = with_stack(depth, || self.visit_stmt_kind(stmt));
        self.ascend();
        result
    }

    fn visit_stmt_kind(&mut self, stmt: &'t Stmt<'t>) -> Result {
        let loc = stmt.loc;
        match &stmt.kind {
            StmtKind::FunctionDef(def) => self.function(stmt, def, false),
            StmtKind::AsyncFunctionDef(def) => self.function(stmt, def, true),
            StmtKind::ClassDef(def) => self.class(stmt, def),
            StmtKind::TypeAlias {
                name,
                type_params,
                value,
            } => self.type_alias(stmt, name, type_params, value),
            StmtKind::Return { value } => self.visit_return(stmt, value.as_deref()),
            StmtKind::Delete { targets } => self.visit_exprs(targets),
            StmtKind::Assign { targets, value } => self.assign(loc, targets, value),
            StmtKind::AugAssign { target, op, value } => {
                self.augmented_assign(loc, target, *op, value)
            }
            StmtKind::AnnAssign {
                target,
                annotation,
                value,
                simple,
            } => self.annotated_assign(loc, target, annotation, value.as_deref(), *simple),
            StmtKind::Raise { exc, cause } => self.raise(loc, exc.as_deref(), cause.as_deref()),
            StmtKind::Assert { test, msg } => self.assert(loc, test, msg.as_deref()),
            StmtKind::Import { names } => self.import(loc, names),
            StmtKind::ImportFrom {
                module,
                names,
                level,
            } => self.import_from(loc, module.as_ref(), names, *level),
            StmtKind::Global { .. } | StmtKind::Nonlocal { .. } => Ok(()),
            StmtKind::Expr { value } => self.expression_statement(loc, value),
            StmtKind::Pass => {
                self.op(loc, NOP);
                Ok(())
            }
            StmtKind::Break => self.visit_break(loc),
            StmtKind::Continue => self.visit_continue(loc),
            _ => {
                self.unit.in_conditional_block += 1;
                self.compound(stmt)?;
                self.unit.in_conditional_block -= 1;
                Ok(())
            }
        }
    }

    /// Statements below which annotations are conditional.
    fn compound(&mut self, stmt: &'t Stmt<'t>) -> Result {
        let loc = stmt.loc;
        match &stmt.kind {
            StmtKind::For {
                target,
                iter,
                body,
                orelse,
            } => self.for_loop(loc, target, iter, body, orelse),
            StmtKind::AsyncFor {
                target,
                iter,
                body,
                orelse,
            } => self.async_for_loop(loc, target, iter, body, orelse),
            StmtKind::While { test, body, orelse } => self.while_loop(loc, test, body, orelse),
            StmtKind::If { test, body, orelse } => self.if_statement(loc, test, body, orelse),
            StmtKind::With { items, body } => self.with(items, body),
            StmtKind::AsyncWith { items, body } => self.async_with(items, body),
            StmtKind::Match { subject, cases } => self.match_statement(subject, cases),
            StmtKind::Try {
                body,
                handlers,
                orelse,
                finalbody,
            } => self.try_statement(
                loc,
                (&body[..], &handlers[..], &orelse[..]),
                finalbody,
                false,
            ),
            StmtKind::TryStar {
                body,
                handlers,
                orelse,
                finalbody,
            } => self.try_statement(
                loc,
                (&body[..], &handlers[..], &orelse[..]),
                finalbody,
                true,
            ),
            _ => unreachable!("simple statements are handled before"),
        }
    }

    fn assign(
        &mut self,
        loc: Location,
        targets: &'t [&'t Expr<'t>],
        value: &'t Expr<'t>,
    ) -> Result {
        self.visit_expr(value)?;
        for (index, target) in targets.iter().enumerate() {
            if index + 1 < targets.len() {
                self.op_arg(loc, COPY, 1);
            }
            self.visit_expr(target)?;
        }
        Ok(())
    }

    fn raise(
        &mut self,
        loc: Location,
        exc: Option<&'t Expr<'t>>,
        cause: Option<&'t Expr<'t>>,
    ) -> Result {
        let mut count = 0;
        if let Some(exc) = exc {
            self.visit_expr(exc)?;
            count = 1;
            if let Some(cause) = cause {
                self.visit_expr(cause)?;
                count = 2;
            }
        }
        self.op_arg(loc, RAISE_VARARGS, count);
        Ok(())
    }

    fn assert(&mut self, loc: Location, test: &'t Expr<'t>, msg: Option<&'t Expr<'t>>) -> Result {
        let always_true = match &test.kind {
            ExprKind::Tuple { elts, .. } => !elts.is_empty(),
            ExprKind::Constant {
                value: Constant::Tuple(items),
                ..
            } => !items.is_empty(),
            _ => false,
        };
        if always_true {
            self.warn(
                loc,
                "assertion is always true, perhaps remove parentheses?".into(),
            );
        }
        if self.options.optimize > 0 {
            return Ok(());
        }
        let end = self.new_label();
        self.jump_if(loc, test, end, true)?;
        self.op_arg(loc, LOAD_COMMON_CONSTANT, operands::CONSTANT_ASSERTIONERROR);
        if let Some(msg) = msg {
            self.visit_expr(msg)?;
            self.op_arg(loc, CALL, 0);
        }
        self.op_arg(test.loc, RAISE_VARARGS, 1);
        self.use_label(end);
        Ok(())
    }

    fn expression_statement(&mut self, loc: Location, value: &'t Expr<'t>) -> Result {
        if self.interactive && self.enclosing.len() == 1 {
            self.visit_expr(value)?;
            self.op_arg(loc, CALL_INTRINSIC_1, operands::INTRINSIC_PRINT);
            self.op(Location::NONE, POP_TOP);
        } else if matches!(value.kind, ExprKind::Constant { .. }) {
            self.op(loc, NOP);
        } else {
            self.visit_expr(value)?;
            self.op(Location::NONE, POP_TOP);
        }
        Ok(())
    }

    fn import(&mut self, loc: Location, names: &'t [Alias<'t>]) -> Result {
        for alias in names {
            self.load_int(loc, 0);
            self.load_none(loc);
            self.op_name(loc, IMPORT_NAME, &alias.name);
            match &alias.asname {
                Some(asname) => self.import_as(loc, &alias.name, asname)?,
                None => match alias.name.split_once('.') {
                    Some((package, _)) => self.known_name_op(loc, package, Context::Store)?,
                    None => self.name_op(loc, &alias.name, Context::Store)?,
                },
            }
        }
        Ok(())
    }

    /// `import a.b.c as d`: the import gave `a`, from which the rest is taken part by part.
    fn import_as(&mut self, loc: Location, name: &Name<'t>, asname: &Name<'t>) -> Result {
        let mut parts = name.split('.').skip(1).peekable();
        if parts.peek().is_none() {
            return self.name_op(loc, asname, Context::Store);
        }
        while let Some(part) = parts.next() {
            let index = {
                let part = self.name(part);
                self.index_of(Table::Names, &part)
            };
            self.op_arg(loc, IMPORT_FROM, index);
            if parts.peek().is_some() {
                self.op_arg(loc, SWAP, 2);
                self.op(loc, POP_TOP);
            }
        }
        self.name_op(loc, asname, Context::Store)?;
        self.op(loc, POP_TOP);
        Ok(())
    }

    fn import_from(
        &mut self,
        loc: Location,
        module: Option<&Name<'t>>,
        names: &'t [Alias<'t>],
        level: u32,
    ) -> Result {
        self.load_int(loc, i64::from(level));
        self.load_names(loc, names.iter().map(|alias| alias.name));
        match module {
            Some(module) => self.op_name(loc, IMPORT_NAME, module),
            None => {
                let nothing = self.name("");
                self.op_name(loc, IMPORT_NAME, &nothing);
            }
        }
        for (index, alias) in names.iter().enumerate() {
            if index == 0 && alias.name.starts_with('*') {
                self.op_arg(loc, CALL_INTRINSIC_1, operands::INTRINSIC_IMPORT_STAR);
                self.op(Location::NONE, POP_TOP);
                return Ok(());
            }
            self.op_name(loc, IMPORT_FROM, &alias.name);
            let stored = alias.asname.as_ref().unwrap_or(&alias.name);
            self.name_op(loc, stored, Context::Store)?;
        }
        self.op(loc, POP_TOP);
        Ok(())
    }
}

/// The string that a body starts with, and where it stands.
pub fn docstring<'t>(body: &[Stmt<'t>]) -> Option<(&'t Str, Location)> {
    match &body.first()?.kind {
        StmtKind::Expr { value } => match &value.kind {
            ExprKind::Constant {
                value: Constant::Str(text),
                ..
            } => Some((text, value.loc)),
            _ => None,
        },
        _ => None,
    }
}

/// A docstring as the constant that it becomes.
pub fn clean_constant(docstring: &Str) -> Result<Constant> {
    if is_clean(&docstring.text) {
        return Ok(Constant::Str(docstring.clone()));
    }
    Ok(crate::constants::string(cleandoc(&docstring.text)?))
}
