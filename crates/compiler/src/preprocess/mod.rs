//! Rewrites the tree between parser and scopes, as CPython's Python/ast_preprocess.c does: `__debug__`, docstrings under `-OO`,
//! `"..." % (...)`, constants in patterns; warns of control flow that leaves a `finally` block (PEP 765).
//!
//! ```text
//! in    BinOp(left=Constant(value='%s!'), op=Mod(), right=Tuple(elts=[Name(id='n', ctx=Load())], ctx=Load()))
//! out   JoinedStr(values=[FormattedValue(value=Name(id='n', ctx=Load()), conversion=115), Constant(value='!')])
//! ```

mod format;
mod patterns;

use crate::error::{Category, Warning};
use terrarium_bytecode::Constant;

use crate::recursion;
use crate::tree::{
    Arg, Arguments, Comprehension, Context, Expr, ExprKind, FunctionDef, Keyword, Location, Module,
    Stmt, StmtKind, ThinVec, TypeParam, TypeParamKind, thin_vec,
};

#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// 0, 1 (`-O`) or 2 (`-OO`).
    pub optimize: u8,
    /// Whether annotations are kept as text (PEP 563), and so left alone.
    pub future_annotations: bool,
    /// Only warn, change nothing: what `ast.parse` asks for.
    pub syntax_check_only: bool,
    /// Whether there may be expressions to change: any whose `__debug__` or `%` matters.
    pub expressions: bool,
}

/// What directly surrounds a statement, as far as PEP 765 cares: the innermost `finally` block, loop or function.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Around {
    Nothing,
    Finally,
    Loop,
    Function,
}

const DEBUG: &str = "__debug__";

struct Preprocess {
    options: Options,
    around: Around,
    warnings: Vec<Warning>,
    depth: u32,
}

/// Rewrites `module` in place; yields the warnings.
pub fn run(module: &mut Module, options: Options) -> Vec<Warning> {
    let mut pass = Preprocess {
        options,
        around: Around::Nothing,
        warnings: Vec::new(),
        depth: 0,
    };
    match module {
        Module::Module { body } => pass.body(body),
        Module::Interactive { body } => pass.statements(body),
        Module::Expression { body } => pass.expression(body),
    }
    pass.warnings
}

/// The docstring's statement, if `body` starts with one.
fn has_docstring(body: &[Stmt]) -> bool {
    let Some(Stmt {
        kind: StmtKind::Expr { value },
        ..
    }) = body.first()
    else {
        return false;
    };
    matches!(
        &value.kind,
        ExprKind::Constant {
            value: Constant::Str(_),
            ..
        }
    )
}

/// A string that comes first only now must not be taken for a docstring.
fn hide_docstring(statement: &mut Stmt) {
    if let StmtKind::Expr { value } = &mut statement.kind {
        let (kind, loc) = (
            std::mem::replace(
                &mut value.kind,
                ExprKind::Tuple {
                    elts: ThinVec::new(),
                    ctx: Context::Load,
                },
            ),
            value.loc,
        );
        value.kind = ExprKind::JoinedStr {
            values: thin_vec![Expr { kind, loc }],
        };
    }
}

impl Preprocess {
    /// A body that may start with a docstring.
    fn body(&mut self, body: &mut ThinVec<Stmt>) {
        if self.options.optimize >= 2 && !self.options.syntax_check_only && has_docstring(body) {
            if body.len() == 1 {
                // As long as the word `pass`.
                let loc = &mut body[0].loc;
                (loc.end_line, loc.end_column) = (loc.line, loc.column + 4);
                body[0].kind = StmtKind::Pass;
            } else {
                body.remove(0);
            }
            if has_docstring(body) {
                hide_docstring(&mut body[0]);
            }
        }
        self.statements(body);
    }

    fn statements(&mut self, body: &mut [Stmt]) {
        body.iter_mut()
            .for_each(|statement| self.statement(statement));
    }

    fn within(&mut self, around: Around, visit: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.around, around);
        visit(self);
        self.around = outer;
    }

    fn warn(&mut self, keyword: &str, loc: Location) {
        self.warnings.push(Warning {
            category: Category::SyntaxWarning,
            message: format!("'{keyword}' in a 'finally' block"),
            loc,
            as_error: None,
        });
    }

    fn statement(&mut self, statement: &mut Stmt) {
        self.depth += 1;
        recursion::with_stack(self.depth, || self.statement_kind(statement));
        self.depth -= 1;
    }

    fn statement_kind(&mut self, statement: &mut Stmt) {
        let loc = statement.loc;
        match &mut statement.kind {
            StmtKind::FunctionDef(function) | StmtKind::AsyncFunctionDef(function) => {
                self.function(function)
            }
            StmtKind::ClassDef(class) => {
                self.type_params(&mut class.type_params);
                self.expressions(&mut class.bases);
                self.keywords(&mut class.keywords);
                self.body(&mut class.body);
                self.expressions(&mut class.decorator_list);
            }
            StmtKind::Return { value } => {
                if self.around == Around::Finally {
                    self.warn("return", loc);
                }
                self.optional(value);
            }
            StmtKind::Break if self.around == Around::Finally => self.warn("break", loc),
            StmtKind::Continue if self.around == Around::Finally => self.warn("continue", loc),
            StmtKind::For {
                target,
                iter,
                body,
                orelse,
            }
            | StmtKind::AsyncFor {
                target,
                iter,
                body,
                orelse,
            } => {
                self.expression(target);
                self.expression(iter);
                self.within(Around::Loop, |this| this.statements(body));
                self.statements(orelse);
            }
            StmtKind::While { test, body, orelse } => {
                self.expression(test);
                self.within(Around::Loop, |this| this.statements(body));
                self.statements(orelse);
            }
            StmtKind::If { test, body, orelse } => {
                self.expression(test);
                self.statements(body);
                self.statements(orelse);
            }
            StmtKind::With { items, body } | StmtKind::AsyncWith { items, body } => {
                for item in items {
                    self.expression(&mut item.context_expr);
                    self.optional(&mut item.optional_vars);
                }
                self.statements(body);
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
            } => {
                self.statements(body);
                for handler in handlers {
                    self.optional(&mut handler.r#type);
                    self.statements(&mut handler.body);
                }
                self.statements(orelse);
                self.within(Around::Finally, |this| this.statements(finalbody));
            }
            StmtKind::Match { subject, cases } => {
                self.expression(subject);
                for case in cases {
                    if !self.options.syntax_check_only {
                        patterns::fold(&mut case.pattern);
                    }
                    self.optional(&mut case.guard);
                    self.statements(&mut case.body);
                }
            }
            kind => self.simple(kind),
        }
    }

    /// Statements that hold expressions only.
    fn simple(&mut self, kind: &mut StmtKind) {
        match kind {
            StmtKind::Expr { value } => self.expression(value),
            StmtKind::Delete { targets } => self.expressions(targets),
            StmtKind::Assign { targets, value } => {
                self.expressions(targets);
                self.expression(value);
            }
            StmtKind::AugAssign { target, value, .. } => {
                self.expression(target);
                self.expression(value);
            }
            StmtKind::AnnAssign {
                target,
                annotation,
                value,
                ..
            } => {
                self.expression(target);
                self.annotation(annotation);
                self.optional(value);
            }
            StmtKind::TypeAlias {
                name,
                type_params,
                value,
            } => {
                self.expression(name);
                self.type_params(type_params);
                self.expression(value);
            }
            StmtKind::Raise { exc, cause } => {
                self.optional(exc);
                self.optional(cause);
            }
            StmtKind::Assert { test, msg } => {
                self.expression(test);
                self.optional(msg);
            }
            _ => {}
        }
    }

    fn function(&mut self, function: &mut FunctionDef) {
        self.type_params(&mut function.type_params);
        self.arguments(&mut function.args);
        self.within(Around::Function, |this| this.body(&mut function.body));
        self.expressions(&mut function.decorator_list);
        if let Some(returns) = &mut function.returns {
            self.annotation(returns);
        }
    }

    fn annotation(&mut self, annotation: &mut Expr) {
        if !self.options.future_annotations {
            self.expression(annotation);
        }
    }

    fn arguments(&mut self, arguments: &mut Arguments) {
        let lists = [
            &mut arguments.posonlyargs,
            &mut arguments.args,
            &mut arguments.kwonlyargs,
        ];
        lists.into_iter().flatten().for_each(|arg| self.arg(arg));
        let variadic = [&mut arguments.vararg, &mut arguments.kwarg];
        variadic.into_iter().flatten().for_each(|arg| self.arg(arg));
        arguments
            .kw_defaults
            .iter_mut()
            .flatten()
            .for_each(|default| self.expression(default));
        self.expressions(&mut arguments.defaults);
    }

    fn arg(&mut self, arg: &mut Arg) {
        if let Some(annotation) = &mut arg.annotation {
            self.annotation(annotation);
        }
    }

    fn keywords(&mut self, keywords: &mut [Keyword]) {
        keywords
            .iter_mut()
            .for_each(|keyword| self.expression(&mut keyword.value));
    }

    fn type_params(&mut self, parameters: &mut [TypeParam]) {
        for parameter in parameters {
            match &mut parameter.kind {
                TypeParamKind::TypeVar {
                    bound,
                    default_value,
                    ..
                } => {
                    self.optional(bound);
                    self.optional(default_value);
                }
                TypeParamKind::ParamSpec { default_value, .. }
                | TypeParamKind::TypeVarTuple { default_value, .. } => {
                    self.optional(default_value);
                }
            }
        }
    }

    fn optional(&mut self, expr: &mut Option<Box<Expr>>) {
        if let Some(expr) = expr {
            self.expression(expr);
        }
    }

    fn expressions(&mut self, exprs: &mut [Expr]) {
        exprs.iter_mut().for_each(|expr| self.expression(expr));
    }

    fn expression(&mut self, expr: &mut Expr) {
        if !self.options.expressions
            || self.options.syntax_check_only
            || matches!(expr.kind, ExprKind::Constant { .. })
        {
            // Expressions hold no statements, hence nothing to warn of.
            return;
        }
        if let ExprKind::Name { id, ctx } = &expr.kind {
            if *ctx == Context::Load && id.len() == DEBUG.len() && **id == *DEBUG {
                expr.kind = self.debug();
            }
            return;
        }
        self.depth += 1;
        recursion::with_stack(self.depth, || self.expression_kind(expr));
        self.depth -= 1;
    }

    /// What `__debug__` stands for.
    fn debug(&self) -> ExprKind {
        let value = match self.options.optimize {
            0 => Constant::True,
            _ => Constant::False,
        };
        ExprKind::Constant {
            value,
            kind_u: false,
        }
    }

    fn expression_kind(&mut self, expr: &mut Expr) {
        match &mut expr.kind {
            ExprKind::BinOp { left, right, .. } => {
                self.expression(left);
                self.expression(right);
                format::fold(&mut expr.kind);
            }
            ExprKind::BoolOp { values, .. } => self.expressions(values),
            // The target is a plain name.
            ExprKind::NamedExpr { value, .. } => self.expression(value),
            ExprKind::UnaryOp { operand: value, .. }
            | ExprKind::Await { value }
            | ExprKind::YieldFrom { value }
            | ExprKind::Attribute { value, .. }
            | ExprKind::Starred { value, .. } => self.expression(value),
            ExprKind::Yield { value } => self.optional(value),
            ExprKind::Lambda { args, body } => {
                self.arguments(args);
                self.expression(body);
            }
            ExprKind::IfExp { test, body, orelse } => {
                self.expression(test);
                self.expression(body);
                self.expression(orelse);
            }
            ExprKind::Compare {
                left, comparators, ..
            } => {
                self.expression(left);
                self.expressions(comparators);
            }
            ExprKind::Call {
                func,
                args,
                keywords,
            } => {
                self.expression(func);
                self.expressions(args);
                self.keywords(keywords);
            }
            ExprKind::Subscript { value, slice, .. } => {
                self.expression(value);
                self.expression(slice);
            }
            kind => self.container(kind),
        }
    }

    /// Displays, comprehensions, strings, slices.
    fn container(&mut self, kind: &mut ExprKind) {
        match kind {
            ExprKind::Dict { keys, values } => {
                keys.iter_mut()
                    .flatten()
                    .for_each(|key| self.expression(key));
                self.expressions(values);
            }
            ExprKind::Set { elts } | ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. } => {
                self.expressions(elts)
            }
            ExprKind::ListComp { elt, generators }
            | ExprKind::SetComp { elt, generators }
            | ExprKind::GeneratorExp { elt, generators } => {
                self.expression(elt);
                self.generators(generators);
            }
            ExprKind::DictComp {
                key,
                value,
                generators,
            } => {
                self.expression(key);
                self.expression(value);
                self.generators(generators);
            }
            ExprKind::FormattedValue {
                value, format_spec, ..
            }
            | ExprKind::Interpolation {
                value, format_spec, ..
            } => {
                self.expression(value);
                self.optional(format_spec);
            }
            ExprKind::JoinedStr { values } | ExprKind::TemplateStr { values } => {
                self.expressions(values)
            }
            ExprKind::Slice { lower, upper, step } => {
                self.optional(lower);
                self.optional(upper);
                self.optional(step);
            }
            _ => {}
        }
    }

    fn generators(&mut self, generators: &mut [Comprehension]) {
        for generator in generators {
            self.expression(&mut generator.target);
            self.expression(&mut generator.iter);
            self.expressions(&mut generator.ifs);
        }
    }
}
