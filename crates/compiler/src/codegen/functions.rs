//! Functions, lambdas, and how a code object becomes a function.

use terrarium_bytecode::opcode::*;

use crate::scopes::{EntryId, Key, Scope};
use crate::tree::{Arg, Arguments, Context, Expr, ExprKind, FunctionDef, Location, Name, Stmt};

use super::frame_blocks::BlockKind;
use super::operands::*;
use super::statements::{clean_constant, docstring};
use super::unit_state::{Metadata, Opening, ScopeType, Table};
use super::{Codegen, Finished, Result, system_error, unknown_entry};

/// Where a definition starts: at its first decorator.
pub fn first_line(stmt: &Stmt, decorators: &[&Expr]) -> i32 {
    decorators
        .first()
        .map_or(stmt.loc.line, |first| first.loc.line)
}

fn metadata(args: &Arguments) -> Metadata {
    Metadata {
        args: args.args.len(),
        posonly: args.posonlyargs.len(),
        kwonly: args.kwonlyargs.len(),
    }
}

impl<'t> Codegen<'_, 't> {
    /// The entry of a block that the scopes must have.
    pub fn lookup(&self, key: Key) -> Result<EntryId> {
        self.scopes.lookup(key).ok_or_else(unknown_entry)
    }

    /// Pushes a function made from the code object. `flags` say what stands on the stack for it already.
    pub fn make_closure(
        &mut self,
        loc: Location,
        finished: Finished<'t>,
        mut flags: u32,
    ) -> Result {
        if !finished.freevars.is_empty() {
            for name in &finished.freevars {
                let index = self.closure_index(name)?;
                self.op_arg(loc, LOAD_CLOSURE, index);
            }
            flags |= MAKE_FUNCTION_CLOSURE;
            self.op_arg(loc, BUILD_TUPLE, finished.freevars.len() as u32);
        }
        let code = self.constants.merge_code(finished.code);
        self.load_merged(loc, code);
        self.op(loc, MAKE_FUNCTION);
        for flag in [
            MAKE_FUNCTION_CLOSURE,
            MAKE_FUNCTION_ANNOTATE,
            MAKE_FUNCTION_KWDEFAULTS,
            MAKE_FUNCTION_DEFAULTS,
        ] {
            if flags & flag != 0 {
                self.op_arg(loc, SET_FUNCTION_ATTRIBUTE, flag);
            }
        }
        Ok(())
    }

    /// The number of the unit's variable that an inner unit is to share (`_PyCompile_LookupArg`).
    fn closure_index(&self, name: &Name<'t>) -> Result<u32> {
        let table = match self.reference_scope(name) {
            Scope::Cell => Table::Cells,
            _ => Table::Frees,
        };
        let known = self.in_unit.get(name.number());
        known
            .and_then(|known| known.number(table))
            .ok_or_else(|| system_error(format!("compiler_lookup_arg(name='{name}') failed")))
    }

    /// The scope of a name that an inner unit takes from this one; a class has its implicit cells (`_PyCompile_GetRefType`).
    pub fn reference_scope(&self, name: &Name<'t>) -> Scope {
        let implicit = ["__class__", "__classdict__", "__conditional_annotations__"];
        if self.unit.scope_type == ScopeType::Class && implicit.contains(&&**name) {
            return Scope::Cell;
        }
        self.scope_of(name)
    }

    pub fn decorators(&mut self, decorators: &'t [&'t Expr<'t>]) -> Result {
        self.visit_exprs(decorators)
    }

    pub fn apply_decorators(&mut self, decorators: &'t [&'t Expr<'t>]) {
        for decorator in decorators.iter().rev() {
            self.op_arg(decorator.loc, CALL, 0);
        }
    }

    /// Pushes the defaults; gives the flags that `make_closure` wants.
    fn default_arguments(&mut self, loc: Location, args: &'t Arguments<'t>) -> Result<u32> {
        let mut flags = 0;
        if !args.defaults.is_empty() {
            self.visit_exprs(&args.defaults)?;
            self.op_arg(loc, BUILD_TUPLE, args.defaults.len() as u32);
            flags |= MAKE_FUNCTION_DEFAULTS;
        }
        let mut count = 0;
        for (arg, default) in args.kwonlyargs.iter().zip(&args.kw_defaults) {
            let Some(default) = default else { continue };
            count += 1;
            self.load_arg_name(loc, arg);
            self.visit_expr(default)?;
        }
        if count > 0 {
            self.op_arg(loc, BUILD_MAP, count);
            flags |= MAKE_FUNCTION_KWDEFAULTS;
        }
        Ok(flags)
    }

    pub fn function(
        &mut self,
        stmt: &'t Stmt<'t>,
        def: &'t FunctionDef<'t>,
        is_async: bool,
    ) -> Result {
        let loc = stmt.loc;
        self.decorators(&def.decorator_list)?;
        let firstlineno = first_line(stmt, &def.decorator_list);
        let flags = self.default_arguments(loc, &def.args)?;
        if def.type_params.is_empty() {
            self.function_value(stmt, def, is_async, flags, firstlineno)?;
        } else {
            self.generic_function(stmt, def, is_async, flags, firstlineno)?;
        }
        self.apply_decorators(&def.decorator_list);
        self.name_op(loc, &def.name, Context::Store)
    }

    fn function_value(
        &mut self,
        stmt: &'t Stmt<'t>,
        def: &'t FunctionDef<'t>,
        is_async: bool,
        mut flags: u32,
        firstlineno: i32,
    ) -> Result {
        if self.function_annotations(stmt.loc, &def.args, def.returns)? {
            flags |= MAKE_FUNCTION_ANNOTATE;
        }
        let finished = self.function_body(stmt, def, is_async, firstlineno)?;
        self.make_closure(stmt.loc, finished, flags)
    }

    /// The function is made in a unit of its own that binds the type parameters; defaults are evaluated outside and passed in.
    fn generic_function(
        &mut self,
        stmt: &'t Stmt<'t>,
        def: &'t FunctionDef<'t>,
        is_async: bool,
        flags: u32,
        firstlineno: i32,
    ) -> Result {
        let loc = stmt.loc;
        let passed = (flags & (MAKE_FUNCTION_DEFAULTS | MAKE_FUNCTION_KWDEFAULTS)).count_ones();
        if passed == 2 {
            self.op_arg(loc, SWAP, 2);
        }
        let metadata = Metadata {
            args: passed as usize,
            ..Metadata::default()
        };
        self.enter_type_params(&def.name, &def.type_params, firstlineno, None, metadata)?;
        self.type_params(&def.type_params)?;
        for index in 0..passed {
            self.op_arg(loc, LOAD_FAST, index);
        }
        self.function_value(stmt, def, is_async, flags, firstlineno)?;
        self.op_arg(loc, SWAP, 2);
        self.op_arg(loc, CALL_INTRINSIC_2, INTRINSIC_SET_FUNCTION_TYPE_PARAMS);
        let finished = self.finish_unit(false)?;
        self.make_closure(loc, finished, 0)?;
        if passed > 0 {
            self.op_arg(loc, SWAP, passed + 1);
            self.op_arg(loc, CALL, passed - 1);
        } else {
            self.op(loc, PUSH_NULL);
            self.op_arg(loc, CALL, 0);
        }
        Ok(())
    }

    fn function_body(
        &mut self,
        stmt: &'t Stmt<'t>,
        def: &'t FunctionDef<'t>,
        is_async: bool,
        firstlineno: i32,
    ) -> Result<Finished<'t>> {
        let scope_type = if is_async {
            ScopeType::AsyncFunction
        } else {
            ScopeType::Function
        };
        let entry = self.lookup(Key::stmt(stmt))?;
        self.enter_scope(Opening {
            name: def.name,
            definition: Some(def.name),
            scope_type,
            entry,
            firstlineno,
            private: None,
            metadata: metadata(&def.args),
        });
        let mut body = &def.body[..];
        if self.entry().has_docstring
            && let Some((docstring, _)) = docstring(body)
        {
            body = &body[1..];
            let docstring = clean_constant(docstring)?;
            self.const_index(&docstring);
        }
        let wrapped = self.entry().coroutine || self.entry().generator;
        if wrapped {
            self.push_plain_block(BlockKind::StopIteration, Location::NONE)?;
        }
        self.visit_stmts(body)?;
        if wrapped {
            self.wrap_in_stop_iteration_handler();
            self.pop_block();
        }
        self.finish_unit(true)
    }

    /// Makes a StopIteration that leaves a generator a RuntimeError.
    pub fn wrap_in_stop_iteration_handler(&mut self) {
        let handler = self.new_label();
        self.insert_jump_at_start(SETUP_CLEANUP, handler);
        self.load_none(Location::NONE);
        self.op(Location::NONE, RETURN_VALUE);
        self.use_label(handler);
        self.op_arg(
            Location::NONE,
            CALL_INTRINSIC_1,
            INTRINSIC_STOPITERATION_ERROR,
        );
        self.op_arg(Location::NONE, RERAISE, 1);
    }

    pub fn lambda(
        &mut self,
        expr: &'t Expr<'t>,
        args: &'t Arguments<'t>,
        body: &'t Expr<'t>,
    ) -> Result {
        let loc = expr.loc;
        let flags = self.default_arguments(loc, args)?;
        let entry = self.lookup(Key::expr(expr))?;
        let name = self.name("<lambda>");
        self.enter_scope(Opening {
            name,
            definition: None,
            scope_type: ScopeType::Lambda,
            entry,
            firstlineno: loc.line,
            private: None,
            metadata: metadata(args),
        });
        self.visit_expr(body)?;
        let generator = self.entry().generator;
        if !generator {
            self.op(body.loc, RETURN_VALUE);
        }
        let finished = self.finish_unit(!generator)?;
        self.make_closure(loc, finished, flags)
    }

    /// Pushes the function that evaluates the annotations, if there are any.
    fn function_annotations(
        &mut self,
        loc: Location,
        args: &'t Arguments<'t>,
        returns: Option<&'t Expr<'t>>,
    ) -> Result<bool> {
        let Some(entry) = self.scopes.lookup(Key::annotations(args)) else {
            return Ok(false);
        };
        if !self.scopes[entry].annotations_used {
            return Ok(false);
        }
        self.enter_annotations(loc, entry)?;
        let mut count = 0;
        self.arg_annotations(loc, &args.args, &mut count)?;
        self.arg_annotations(loc, &args.posonlyargs, &mut count)?;
        self.arg_annotations(
            loc,
            args.vararg.map(std::slice::from_ref).unwrap_or(&[]),
            &mut count,
        )?;
        self.arg_annotations(loc, &args.kwonlyargs, &mut count)?;
        self.arg_annotations(
            loc,
            args.kwarg.map(std::slice::from_ref).unwrap_or(&[]),
            &mut count,
        )?;
        if let Some(returns) = returns {
            let name = self.name("return");
            self.annotation(loc, &name, returns, &mut count)?;
        }
        self.op_arg(loc, BUILD_MAP, count);
        self.leave_annotations(loc)?;
        Ok(true)
    }

    fn arg_annotations(&mut self, loc: Location, args: &'t [Arg<'t>], count: &mut u32) -> Result {
        for arg in args {
            if let Some(annotation) = &arg.annotation {
                self.annotation(loc, &arg.arg, annotation, count)?;
            }
        }
        Ok(())
    }

    fn annotation(
        &mut self,
        loc: Location,
        name: &Name<'t>,
        annotation: &'t Expr<'t>,
        count: &mut u32,
    ) -> Result {
        let mangled = self.mangle(name);
        self.load_mangled_constant(loc, name, &mangled);
        if self.options.features.annotations() {
            self.annotation_text(annotation)?;
        } else if let ExprKind::Starred { value, .. } = &annotation.kind {
            // `*args: *Ts` stands for the only element of `[*Ts]`.
            self.visit_expr(value)?;
            self.op_arg(loc, UNPACK_SEQUENCE, 1);
        } else {
            self.visit_expr(annotation)?;
        }
        *count += 1;
        Ok(())
    }
}
