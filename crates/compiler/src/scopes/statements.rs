//! The first pass over statements and patterns, with the annotations and parameters of functions.

use super::build::{Builder, Result, has_docstring};
use super::*;
use crate::tree::{
    Alias, ClassDef, Context, ExceptHandler, ExprKind, FunctionDef, MatchCase, Pattern,
    PatternKind, StmtKind, WithItem,
};

impl<'a> Builder<'_, 'a> {
    pub(super) fn visit_body(&mut self, body: &[Stmt<'a>]) -> Result {
        body.iter().try_for_each(|stmt| self.visit_stmt(stmt))
    }

    fn visit_stmt(&mut self, stmt: &Stmt<'a>) -> Result {
        self.nested(|builder| builder.statement(stmt))
    }

    fn statement(&mut self, stmt: &Stmt<'a>) -> Result {
        match &stmt.kind {
            StmtKind::FunctionDef(function) => self.visit_function(stmt, function, false),
            StmtKind::AsyncFunctionDef(function) => self.visit_function(stmt, function, true),
            StmtKind::ClassDef(class) => self.visit_class(stmt, class),
            StmtKind::TypeAlias {
                name,
                type_params,
                value,
            } => self.visit_type_alias(stmt, name, type_params, value),
            StmtKind::Return { value } => {
                self.visit_optional(value)?;
                self.entry().returns_value |= value.is_some();
                Ok(())
            }
            StmtKind::Delete { targets } => self.visit_exprs(targets),
            StmtKind::Assign { targets, value } => {
                self.visit_exprs(targets)?;
                self.visit_expr(value)
            }
            StmtKind::AnnAssign {
                target,
                annotation,
                value,
                simple,
            } => self.visit_ann_assign(stmt, target, annotation, value.as_deref(), *simple),
            StmtKind::AugAssign { target, value, .. } => {
                self.visit_expr(target)?;
                self.visit_expr(value)
            }
            StmtKind::For {
                target,
                iter,
                body,
                orelse,
            } => self.visit_for(target, iter, body, orelse),
            StmtKind::AsyncFor {
                target,
                iter,
                body,
                orelse,
            } => {
                self.require_coroutine("'async for' outside async function", stmt.loc)?;
                self.visit_for(target, iter, body, orelse)
            }
            StmtKind::While { test, body, orelse } | StmtKind::If { test, body, orelse } => {
                self.visit_expr(test)?;
                self.conditional(|builder| {
                    builder.visit_body(body)?;
                    builder.visit_body(orelse)
                })
            }
            StmtKind::Match { subject, cases } => {
                self.visit_expr(subject)?;
                self.conditional(|builder| {
                    cases
                        .iter()
                        .try_for_each(|case| builder.visit_match_case(case))
                })
            }
            StmtKind::Raise { exc, cause } => {
                self.visit_optional(exc)?;
                self.visit_optional(if exc.is_some() { cause } else { &None })
            }
            StmtKind::Try {
                body,
                handlers,
                orelse,
                finalbody,
            }
            | StmtKind::TryStar {
                body,
                handlers,
                orelse,
                finalbody,
            } => self.conditional(|builder| {
                builder.visit_body(body)?;
                handlers
                    .iter()
                    .try_for_each(|handler| builder.visit_handler(handler))?;
                builder.visit_body(orelse)?;
                builder.visit_body(finalbody)
            }),
            StmtKind::Assert { test, msg } => {
                self.visit_expr(test)?;
                self.visit_optional(msg)
            }
            StmtKind::Import { names } => {
                names.iter().try_for_each(|alias| self.visit_alias(alias))
            }
            StmtKind::ImportFrom {
                module,
                names,
                level,
            } => {
                names.iter().try_for_each(|alias| self.visit_alias(alias))?;
                self.check_import_from(module.as_deref(), *level, stmt.loc)
            }
            StmtKind::Global { names } => self.visit_directive(names, Symbol::DEF_GLOBAL, stmt.loc),
            StmtKind::Nonlocal { names } => {
                self.visit_directive(names, Symbol::DEF_NONLOCAL, stmt.loc)
            }
            StmtKind::Expr { value } => self.visit_expr(value),
            StmtKind::Pass | StmtKind::Break | StmtKind::Continue => Ok(()),
            StmtKind::With { items, body } => self.visit_with(items, body),
            StmtKind::AsyncWith { items, body } => {
                self.require_coroutine("'async with' outside async function", stmt.loc)?;
                self.visit_with(items, body)
            }
        }
    }

    /// Visits what may not run; annotations in it are conditional.
    fn conditional(&mut self, visit: impl FnOnce(&mut Self) -> Result) -> Result {
        let outer = std::mem::replace(&mut self.entry().in_conditional_block, true);
        visit(self)?;
        self.entry().in_conditional_block = outer;
        Ok(())
    }

    fn visit_function(
        &mut self,
        stmt: &Stmt<'a>,
        function: &FunctionDef<'a>,
        is_async: bool,
    ) -> Result {
        let FunctionDef {
            name,
            args,
            body,
            decorator_list,
            returns,
            type_params,
        } = function;
        self.add_def(name, Symbol::DEF_LOCAL, stmt.loc)?;
        self.visit_defaults(args)?;
        self.visit_exprs(decorator_list)?;
        if !type_params.is_empty() {
            self.enter_type_params(name, type_params, stmt.loc, false)?;
            // CPython asks whether there is a list of defaults, and an empty one is one.
            let defaults = self.scopes.known.defaults;
            self.add_def(&defaults, Symbol::DEF_PARAM, stmt.loc)?;
            if args.kw_defaults.iter().any(Option::is_some) {
                let kwdefaults = self.scopes.known.kwdefaults;
                self.add_def(&kwdefaults, Symbol::DEF_PARAM, stmt.loc)?;
            }
            type_params
                .iter()
                .try_for_each(|param| self.visit_type_param(param))?;
        }
        let id = self.new_entry(name, BlockType::Function, Key::stmt(stmt), stmt.loc);
        self.scopes[id].has_docstring = has_docstring(body);
        self.visit_annotations(stmt, args, returns.as_deref(), name)?;
        self.enter_existing(id, true);
        self.entry().coroutine = is_async;
        self.visit_arguments(args)?;
        self.visit_body(body)?;
        self.exit();
        if !type_params.is_empty() {
            self.exit();
        }
        Ok(())
    }

    fn visit_class(&mut self, stmt: &Stmt<'a>, class: &ClassDef<'a>) -> Result {
        let generic = !class.type_params.is_empty();
        self.add_def(&class.name, Symbol::DEF_LOCAL, stmt.loc)?;
        self.visit_exprs(&class.decorator_list)?;
        let outer = self.class;
        if generic {
            self.enter_type_params(&class.name, &class.type_params, stmt.loc, true)?;
            self.class = Some(class.name);
            let set = MangledNames(self.scopes.mangled_sets.len() as u32);
            self.scopes.mangled_sets.push(FxHashSet::default());
            self.entry().mangled_names = Some(set);
            class
                .type_params
                .iter()
                .try_for_each(|param| self.visit_type_param(param))?;
        }
        self.visit_exprs(&class.bases)?;
        self.check_keywords(&class.keywords)?;
        class
            .keywords
            .iter()
            .try_for_each(|keyword| self.visit_expr(keyword.value))?;
        self.enter(&class.name, BlockType::Class, Key::stmt(stmt), stmt.loc)?;
        self.class = Some(class.name);
        if generic {
            let (dunder, dotted) = (
                self.scopes.known.dunder_type_params,
                self.scopes.known.type_params,
            );
            self.add_def(&dunder, Symbol::DEF_LOCAL, stmt.loc)?;
            self.add_def(&dotted, Symbol::USE, stmt.loc)?;
        }
        self.entry().has_docstring = has_docstring(&class.body);
        self.visit_body(&class.body)?;
        self.exit();
        if generic {
            self.exit();
        }
        self.class = outer;
        Ok(())
    }

    fn visit_type_alias(
        &mut self,
        stmt: &Stmt<'a>,
        target: &Expr<'a>,
        type_params: &[TypeParam<'a>],
        value: &Expr<'a>,
    ) -> Result {
        self.visit_expr(target)?;
        let ExprKind::Name { id: name, .. } = &target.kind else {
            return self.error("invalid syntax", target.loc);
        };
        let in_class = self.entry().block_type == BlockType::Class;
        if !type_params.is_empty() {
            self.enter_type_params(name, type_params, stmt.loc, false)?;
            type_params
                .iter()
                .try_for_each(|param| self.visit_type_param(param))?;
        }
        self.enter(name, BlockType::TypeAlias, Key::stmt(stmt), stmt.loc)?;
        if in_class {
            self.see_class_scope(value.loc)?;
        }
        self.visit_expr(value)?;
        self.exit();
        if !type_params.is_empty() {
            self.exit();
        }
        Ok(())
    }

    /// Opens the block around something generic (`symtable_enter_type_param_block`), all but the defaults of a function.
    fn enter_type_params(
        &mut self,
        name: &Name<'a>,
        type_params: &[TypeParam<'a>],
        loc: Location,
        is_class: bool,
    ) -> Result {
        let in_class = self.entry().block_type == BlockType::Class;
        self.enter(
            name,
            BlockType::TypeParameters,
            Key::type_params(type_params),
            loc,
        )?;
        if in_class {
            self.see_class_scope(loc)?;
        }
        if is_class {
            for name in [
                self.scopes.known.type_params,
                self.scopes.known.generic_base,
            ] {
                self.add_def(&name, Symbol::DEF_LOCAL, loc)?;
                self.add_def(&name, Symbol::USE, loc)?;
            }
        }
        Ok(())
    }

    fn visit_ann_assign(
        &mut self,
        stmt: &Stmt<'a>,
        target: &Expr<'a>,
        annotation: &Expr<'a>,
        value: Option<&Expr<'a>>,
        simple: bool,
    ) -> Result {
        self.entry().annotations_used = true;
        if let ExprKind::Name { id, .. } = &target.kind {
            let known = self.lookup(id);
            if simple
                && self.current != EntryId::TOP
                && known.has(Symbol::DEF_GLOBAL | Symbol::DEF_NONLOCAL)
            {
                let what = if known.has(Symbol::DEF_GLOBAL) {
                    "global"
                } else {
                    "nonlocal"
                };
                return self.error(format!("annotated name '{id}' can't be {what}"), stmt.loc);
            }
            if simple {
                self.add_def(id, Symbol::DEF_ANNOT | Symbol::DEF_LOCAL, target.loc)?;
            }
            if value.is_some() {
                self.add_def(id, Symbol::DEF_LOCAL, target.loc)?;
            }
        } else {
            self.visit_expr(target)?;
        }
        self.visit_annotation(annotation)?;
        value.map_or(Ok(()), |value| self.visit_expr(value))
    }

    /// The annotation of a variable, which goes to the one `__annotate__` of its block (`symtable_visit_annotation`).
    fn visit_annotation(&mut self, annotation: &Expr<'a>) -> Result {
        let parent = self.current;
        let entry = self.entry();
        let block_type = entry.block_type;
        // A module may be entered half-way by another, so its annotations always count as conditional.
        let conditional = block_type == BlockType::Module
            || block_type == BlockType::Class && entry.in_conditional_block;
        if conditional && !entry.has_conditional_annotations {
            entry.has_conditional_annotations = true;
            let name = self.scopes.known.conditional_annotations;
            self.add_def(&name, Symbol::USE, annotation.loc)?;
        }
        match self.entry().annotation_block {
            Some(block) => self.enter_existing(block, false),
            None => {
                let name = self.scopes.known.annotate;
                let block = self.enter(
                    &name,
                    BlockType::Annotation,
                    Key::deferred(parent),
                    annotation.loc,
                )?;
                self.scopes[parent].annotation_block = Some(block);
                if block_type == BlockType::Class && !self.features.annotations() {
                    // Even if the class has a `__classdict__` of its own.
                    self.scopes[parent].needs_classdict = true;
                    self.see_class_scope(annotation.loc)?;
                }
            }
        }
        // In a function the annotation never runs, so its names do not count.
        let unevaluated = block_type == BlockType::Function;
        self.entry().in_unevaluated_annotation |= unevaluated;
        self.visit_expr(annotation)?;
        if unevaluated {
            self.entry().in_unevaluated_annotation = false;
        }
        self.exit();
        Ok(())
    }

    /// The annotations of a function's parameters and result (`symtable_visit_annotations`).
    fn visit_annotations(
        &mut self,
        stmt: &Stmt<'a>,
        args: &Arguments<'a>,
        returns: Option<&Expr<'a>>,
        function: &Name<'a>,
    ) -> Result {
        let params = args.posonlyargs.iter().chain(&args.args);
        let params = params
            .chain(args.vararg)
            .chain(args.kwarg)
            .chain(&args.kwonlyargs);
        let mut annotations = params
            .filter_map(|arg| arg.annotation)
            .chain(returns)
            .peekable();
        let (all, stays_text) = (self.all, self.features.annotations());
        let entry = self.entry();
        let in_class = entry.can_see_class_scope || entry.block_type == BlockType::Class;
        if annotations.peek().is_none() && !all {
            entry.has_bare_annotate |= in_class && !stays_text;
            return Ok(());
        }
        let name = self.scopes.known.annotate;
        self.enter(
            &name,
            BlockType::Annotation,
            Key::annotations(args),
            stmt.loc,
        )?;
        self.entry().function_name = Some(*function);
        if in_class {
            self.see_class_scope(stmt.loc)?;
        }
        for annotation in annotations {
            self.entry().annotations_used = true;
            self.visit_expr(annotation)?;
        }
        self.exit();
        Ok(())
    }

    /// Defaults run in the block around the function.
    pub(super) fn visit_defaults(&mut self, args: &Arguments<'a>) -> Result {
        self.visit_exprs(&args.defaults)?;
        args.kw_defaults
            .iter()
            .flatten()
            .try_for_each(|default| self.visit_expr(default))
    }

    pub(super) fn visit_arguments(&mut self, args: &Arguments<'a>) -> Result {
        for arg in args
            .posonlyargs
            .iter()
            .chain(&args.args)
            .chain(&args.kwonlyargs)
        {
            self.add_def(&arg.arg, Symbol::DEF_PARAM, arg.loc)?;
        }
        if let Some(arg) = &args.vararg {
            self.add_def(&arg.arg, Symbol::DEF_PARAM, arg.loc)?;
            self.entry().varargs = true;
        }
        if let Some(arg) = &args.kwarg {
            self.add_def(&arg.arg, Symbol::DEF_PARAM, arg.loc)?;
            self.entry().varkeywords = true;
        }
        Ok(())
    }

    fn visit_for(
        &mut self,
        target: &Expr<'a>,
        iter: &Expr<'a>,
        body: &[Stmt<'a>],
        orelse: &[Stmt<'a>],
    ) -> Result {
        self.visit_expr(target)?;
        self.visit_expr(iter)?;
        self.conditional(|builder| {
            builder.visit_body(body)?;
            builder.visit_body(orelse)
        })
    }

    fn visit_with(&mut self, items: &[WithItem<'a>], body: &[Stmt<'a>]) -> Result {
        self.conditional(|builder| {
            for item in items {
                builder.visit_expr(item.context_expr)?;
                builder.visit_optional(&item.optional_vars)?;
            }
            builder.visit_body(body)
        })
    }

    /// `async for` and `async with` make a module that allows top-level await a coroutine, and are errors elsewhere outside of one.
    fn require_coroutine(&mut self, message: &str, loc: Location) -> Result {
        if self.allows_top_level_await() {
            self.entry().coroutine = true;
        }
        if self.entry().coroutine {
            Ok(())
        } else {
            self.error(message, loc)
        }
    }

    pub(super) fn allows_top_level_await(&self) -> bool {
        self.features.top_level_await() && self.scopes[self.current].block_type == BlockType::Module
    }

    fn visit_handler(&mut self, handler: &ExceptHandler<'a>) -> Result {
        self.visit_optional(&handler.r#type)?;
        if let Some(name) = &handler.name {
            self.add_def(name, Symbol::DEF_LOCAL, handler.loc)?;
        }
        self.visit_body(&handler.body)
    }

    fn visit_match_case(&mut self, case: &MatchCase<'a>) -> Result {
        self.visit_pattern(&case.pattern)?;
        self.visit_optional(&case.guard)?;
        self.visit_body(&case.body)
    }

    fn visit_pattern(&mut self, pattern: &Pattern<'a>) -> Result {
        self.nested(|builder| builder.pattern(pattern))
    }

    fn pattern(&mut self, pattern: &Pattern<'a>) -> Result {
        match &pattern.kind {
            PatternKind::MatchValue { value } => self.visit_expr(value),
            PatternKind::MatchSingleton { .. } => Ok(()),
            PatternKind::MatchSequence { patterns } | PatternKind::MatchOr { patterns } => {
                self.visit_patterns(patterns)
            }
            PatternKind::MatchStar { name } => self.capture(name, pattern.loc),
            PatternKind::MatchMapping {
                keys,
                patterns,
                rest,
            } => {
                self.visit_exprs(keys)?;
                self.visit_patterns(patterns)?;
                self.capture(rest, pattern.loc)
            }
            PatternKind::MatchClass {
                cls,
                patterns,
                kwd_attrs,
                kwd_patterns,
            } => {
                self.visit_expr(cls)?;
                self.visit_patterns(patterns)?;
                for (name, pattern) in kwd_attrs.iter().zip(kwd_patterns) {
                    self.check_name(name, pattern.loc, Context::Store)?;
                }
                self.visit_patterns(kwd_patterns)
            }
            PatternKind::MatchAs {
                pattern: inner,
                name,
            } => {
                inner
                    .as_deref()
                    .map_or(Ok(()), |inner| self.visit_pattern(inner))?;
                self.capture(name, pattern.loc)
            }
        }
    }

    fn visit_patterns(&mut self, patterns: &[Pattern<'a>]) -> Result {
        patterns
            .iter()
            .try_for_each(|pattern| self.visit_pattern(pattern))
    }

    /// A name that a pattern binds.
    fn capture(&mut self, name: &Option<Name<'a>>, loc: Location) -> Result {
        name.as_ref()
            .map_or(Ok(()), |name| self.add_def(name, Symbol::DEF_LOCAL, loc))
    }

    fn visit_alias(&mut self, alias: &Alias<'a>) -> Result {
        let name = alias.asname.as_ref().unwrap_or(&alias.name);
        if &**name == "*" {
            if self.entry().block_type != BlockType::Module {
                return self.error("import * only allowed at module level", alias.loc);
            }
            return Ok(());
        }
        // `import a.b` binds `a`.
        match name.split_once('.') {
            Some((first, _)) => {
                let first = self.names.added(first);
                self.add_def(&first, Symbol::DEF_IMPORT, alias.loc)
            }
            None => self.add_def(name, Symbol::DEF_IMPORT, alias.loc),
        }
    }

    /// Only the head of the file may import from `__future__`, and `future::features` has read that.
    fn check_import_from(&self, module: Option<&str>, level: u32, loc: Location) -> Result {
        let head = self.features.loc;
        let late =
            loc.line > head.line || loc.line == head.end_line && loc.column > head.end_column;
        if module == Some("__future__") && level == 0 && late {
            return self.error(
                "from __future__ imports must occur at the beginning of the file",
                loc,
            );
        }
        Ok(())
    }

    /// A `global` or `nonlocal` statement.
    fn visit_directive(&mut self, names: &[Name<'a>], flag: Symbol, loc: Location) -> Result {
        let what = if flag == Symbol::DEF_GLOBAL {
            "global"
        } else {
            "nonlocal"
        };
        for name in names {
            let known = self.lookup(name);
            let complaint = if known.has(Symbol::DEF_PARAM) {
                Some(format!("name '{name}' is parameter and {what}"))
            } else if known.has(Symbol::USE) {
                Some(format!("name '{name}' is used prior to {what} declaration"))
            } else if known.has(Symbol::DEF_ANNOT) {
                Some(format!("annotated name '{name}' can't be {what}"))
            } else if known.has(Symbol::DEF_LOCAL) {
                Some(format!(
                    "name '{name}' is assigned to before {what} declaration"
                ))
            } else {
                None
            };
            if let Some(message) = complaint {
                return self.error(message, loc);
            }
            self.add_def(name, flag, loc)?;
            self.record_directive(name, loc);
        }
        Ok(())
    }
}
