//! Rewrites the tree between parser and scopes, as CPython's Python/ast_preprocess.c does: `__debug__`, docstrings under `-OO`,
//! `"..." % (...)`, constants in patterns; warns of control flow that leaves a `finally` block (PEP 765).
//!
//! ```text
//! in    BinOp(left=Constant(value='%s!'), op=Mod(), right=Tuple(elts=[Name(id='n', ctx=Load())], ctx=Load()))
//! out   JoinedStr(values=[FormattedValue(value=Name(id='n', ctx=Load()), conversion=115), Constant(value='!')])
//! ```

mod format;
mod patterns;

use crate::error::{Category, Finder, Warning};
use terrarium_bytecode::Constant;

use crate::arena::{Arena, List};
use crate::recursion;
use crate::scopes::has_docstring;
use crate::tree::{
    Arg, Arguments, ClassDef, Comprehension, Context, ExceptHandler, Expr, ExprKind, Exprs,
    FunctionDef, Keyword, Location, MatchCase, Module, Stmt, StmtKind, TypeParam, TypeParamKind,
    WithItem,
};

#[derive(Debug, Clone, Copy)]
pub struct Options<'l> {
    /// 0, 1 (`-O`) or 2 (`-OO`).
    pub optimize: u8,
    /// Whether annotations are kept as text (PEP 563), and so left alone.
    pub future_annotations: bool,
    /// Only take away docstrings: what `ast.parse` asks for.
    pub syntax_check_only: bool,
    /// The lines, in order, of all that may be rewritten or warned of (see `parse::Parsed`); without them everything is visited.
    pub lines: Option<&'l [i32]>,
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

struct Preprocess<'l, 'a> {
    arena: &'a Arena,
    options: Options<'l>,
    around: Around,
    warnings: Vec<Warning>,
    /// How many nodes were replaced so far: those around them are made anew.
    changes: u32,
    depth: u32,
}

/// Rewrites `module`, new nodes in its arena; yields the warnings.
pub fn run<'a>(module: &mut Module<'a>, arena: &'a Arena, options: Options) -> Vec<Warning> {
    let removes_docstrings = options.optimize >= 2;
    let options = Options {
        lines: options.lines.filter(|_| !removes_docstrings),
        ..options
    };
    if options.lines.is_some_and(<[i32]>::is_empty) {
        return Vec::new();
    }
    let mut pass = Preprocess {
        arena,
        options,
        around: Around::Nothing,
        warnings: Vec::new(),
        changes: 0,
        depth: 0,
    };
    match module {
        Module::Module { body } => *body = pass.body(*body),
        Module::Interactive { body } => *body = pass.statements(*body),
        Module::Expression { body } => *body = pass.expression(body),
    }
    pass.warnings
}

impl<'a> Preprocess<'_, 'a> {
    /// What `make` yields, if it replaced anything in it.
    #[inline]
    fn changed<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        let before = self.changes;
        let made = make(self);
        (self.changes != before).then_some(made)
    }

    /// The node that `make` yields, or the old one if nothing was replaced in it.
    #[inline]
    fn node<T: Copy>(&mut self, old: &'a T, make: impl FnOnce(&mut Self) -> T) -> &'a T {
        match self.changed(make) {
            Some(new) => self.arena.node(new),
            None => old,
        }
    }

    /// The list with what `visit` replaces.
    fn list<T: Copy>(
        &mut self,
        list: List<'a, T>,
        mut visit: impl FnMut(&mut Self, T) -> T,
    ) -> List<'a, T> {
        let mut made = Vec::new();
        for (at, &element) in list.iter().enumerate() {
            match self.changed(|this| visit(this, element)) {
                Some(new) => {
                    if made.is_empty() {
                        made.extend_from_slice(&list[..at]);
                    }
                    made.push(new);
                }
                None if made.is_empty() => {}
                None => made.push(element),
            }
        }
        match made.is_empty() {
            true => list,
            false => self.arena.list(&made),
        }
    }

    /// A body that may start with a docstring.
    fn body(&mut self, body: List<'a, Stmt<'a>>) -> List<'a, Stmt<'a>> {
        match self.options.optimize >= 2 && has_docstring(&body) {
            true => {
                self.changes += 1;
                let body = self.without_docstring(&body);
                self.statements(body)
            }
            false => self.statements(body),
        }
    }

    /// The body without its docstring. A string that comes first only now must not be taken for one.
    fn without_docstring(&mut self, body: &[Stmt<'a>]) -> List<'a, Stmt<'a>> {
        let mut body = body.to_vec();
        if body.len() == 1 {
            // As long as the word `pass`.
            let loc = &mut body[0].loc;
            (loc.end_line, loc.end_column) = (loc.line, loc.column + 4);
            body[0].kind = StmtKind::Pass;
        } else {
            body.remove(0);
        }
        if has_docstring(&body)
            && let StmtKind::Expr { value } = &mut body[0].kind
        {
            let values = self.arena.list(&[*value]);
            *value = self.arena.node(Expr {
                kind: ExprKind::JoinedStr { values },
                loc: value.loc,
            });
        }
        self.arena.list(&body)
    }

    fn statements(&mut self, body: List<'a, Stmt<'a>>) -> List<'a, Stmt<'a>> {
        self.list(body, Self::statement)
    }

    fn within<T>(&mut self, around: Around, visit: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.around, around);
        let visited = visit(self);
        self.around = outer;
        visited
    }

    fn warn(&mut self, keyword: &str, loc: Location) {
        self.warnings.push(Warning {
            finder: Finder::Pass,
            category: Category::SyntaxWarning,
            message: format!("'{keyword}' in a 'finally' block"),
            loc,
            as_error: None,
        });
    }

    fn statement(&mut self, statement: Stmt<'a>) -> Stmt<'a> {
        let Stmt { kind, loc } = statement;
        if !self.has_work_in(kind, loc) {
            return statement;
        }
        self.depth += 1;
        let kind = recursion::with_stack(self.depth, || self.statement_kind(kind, loc));
        self.depth -= 1;
        Stmt { kind, loc }
    }

    /// Whether there may be anything to do in a statement.
    fn has_work_in(&self, kind: StmtKind, loc: Location) -> bool {
        let Some(lines) = self.options.lines else {
            return true;
        };
        if self.around == Around::Finally {
            return true;
        }
        let decorators = match kind {
            StmtKind::FunctionDef(function) | StmtKind::AsyncFunctionDef(function) => {
                function.decorator_list
            }
            StmtKind::ClassDef(class) => class.decorator_list,
            _ => Exprs::EMPTY,
        };
        // A definition starts behind its decorators.
        let first = decorators.first().map_or(loc.line, |first| first.loc.line);
        let next = lines.partition_point(|&line| line < first);
        lines.get(next).is_some_and(|&line| line <= loc.end_line)
    }

    fn statement_kind(&mut self, kind: StmtKind<'a>, loc: Location) -> StmtKind<'a> {
        match kind {
            StmtKind::FunctionDef(function) => StmtKind::FunctionDef(self.function(function)),
            StmtKind::AsyncFunctionDef(function) => {
                StmtKind::AsyncFunctionDef(self.function(function))
            }
            StmtKind::ClassDef(class) => StmtKind::ClassDef(self.class(class)),
            StmtKind::Return { .. } if self.around == Around::Finally => {
                self.warn("return", loc);
                self.simple(kind)
            }
            StmtKind::Break if self.around == Around::Finally => {
                self.warn("break", loc);
                kind
            }
            StmtKind::Continue if self.around == Around::Finally => {
                self.warn("continue", loc);
                kind
            }
            StmtKind::If { test, body, orelse } => StmtKind::If {
                test: self.expression(test),
                body: self.statements(body),
                orelse: self.statements(orelse),
            },
            StmtKind::Try {
                body,
                handlers,
                orelse,
                finalbody,
            } => StmtKind::Try {
                body: self.statements(body),
                handlers: self.list(handlers, Self::handler),
                orelse: self.statements(orelse),
                finalbody: self.within(Around::Finally, |this| this.statements(finalbody)),
            },
            StmtKind::TryStar {
                body,
                handlers,
                orelse,
                finalbody,
            } => StmtKind::TryStar {
                body: self.statements(body),
                handlers: self.list(handlers, Self::handler),
                orelse: self.statements(orelse),
                finalbody: self.within(Around::Finally, |this| this.statements(finalbody)),
            },
            StmtKind::Match { subject, cases } => StmtKind::Match {
                subject: self.expression(subject),
                cases: self.list(cases, Self::case),
            },
            StmtKind::With { items, body } => StmtKind::With {
                items: self.list(items, Self::with_item),
                body: self.statements(body),
            },
            StmtKind::AsyncWith { items, body } => StmtKind::AsyncWith {
                items: self.list(items, Self::with_item),
                body: self.statements(body),
            },
            StmtKind::For { .. } | StmtKind::AsyncFor { .. } | StmtKind::While { .. } => {
                self.loop_kind(kind)
            }
            // Expressions hold no statements, hence nothing to warn of.
            _ if self.options.syntax_check_only => kind,
            _ => self.simple(kind),
        }
    }

    fn loop_kind(&mut self, kind: StmtKind<'a>) -> StmtKind<'a> {
        match kind {
            StmtKind::For {
                target,
                iter,
                body,
                orelse,
            } => StmtKind::For {
                target: self.expression(target),
                iter: self.expression(iter),
                body: self.within(Around::Loop, |this| this.statements(body)),
                orelse: self.statements(orelse),
            },
            StmtKind::AsyncFor {
                target,
                iter,
                body,
                orelse,
            } => StmtKind::AsyncFor {
                target: self.expression(target),
                iter: self.expression(iter),
                body: self.within(Around::Loop, |this| this.statements(body)),
                orelse: self.statements(orelse),
            },
            StmtKind::While { test, body, orelse } => StmtKind::While {
                test: self.expression(test),
                body: self.within(Around::Loop, |this| this.statements(body)),
                orelse: self.statements(orelse),
            },
            _ => kind,
        }
    }

    /// Statements that hold expressions only.
    fn simple(&mut self, kind: StmtKind<'a>) -> StmtKind<'a> {
        match kind {
            StmtKind::Expr { value } => StmtKind::Expr {
                value: self.expression(value),
            },
            StmtKind::Return { value } => StmtKind::Return {
                value: self.optional(value),
            },
            StmtKind::Delete { targets } => StmtKind::Delete {
                targets: self.expressions(targets),
            },
            StmtKind::Assign { targets, value } => StmtKind::Assign {
                targets: self.expressions(targets),
                value: self.expression(value),
            },
            StmtKind::AugAssign { target, op, value } => StmtKind::AugAssign {
                target: self.expression(target),
                op,
                value: self.expression(value),
            },
            StmtKind::AnnAssign {
                target,
                annotation,
                value,
                simple,
            } => StmtKind::AnnAssign {
                target: self.expression(target),
                annotation: self.annotation(annotation),
                value: self.optional(value),
                simple,
            },
            StmtKind::TypeAlias {
                name,
                type_params,
                value,
            } => StmtKind::TypeAlias {
                name: self.expression(name),
                type_params: self.type_params(type_params),
                value: self.expression(value),
            },
            StmtKind::Raise { exc, cause } => StmtKind::Raise {
                exc: self.optional(exc),
                cause: self.optional(cause),
            },
            StmtKind::Assert { test, msg } => StmtKind::Assert {
                test: self.expression(test),
                msg: self.optional(msg),
            },
            _ => kind,
        }
    }

    fn handler(&mut self, handler: ExceptHandler<'a>) -> ExceptHandler<'a> {
        ExceptHandler {
            r#type: self.optional(handler.r#type),
            body: self.statements(handler.body),
            ..handler
        }
    }

    fn with_item(&mut self, item: WithItem<'a>) -> WithItem<'a> {
        WithItem {
            context_expr: self.expression(item.context_expr),
            optional_vars: self.optional(item.optional_vars),
        }
    }

    fn case(&mut self, case: MatchCase<'a>) -> MatchCase<'a> {
        MatchCase {
            pattern: match self.options.syntax_check_only {
                true => case.pattern,
                false => self.pattern(case.pattern),
            },
            guard: self.optional(case.guard),
            body: self.statements(case.body),
        }
    }

    fn function(&mut self, function: &'a FunctionDef<'a>) -> &'a FunctionDef<'a> {
        self.node(function, |this| FunctionDef {
            name: function.name,
            type_params: this.type_params(function.type_params),
            args: this.arguments(function.args),
            body: this.within(Around::Function, |this| this.body(function.body)),
            decorator_list: this.expressions(function.decorator_list),
            returns: function.returns.map(|returns| this.annotation(returns)),
        })
    }

    fn class(&mut self, class: &'a ClassDef<'a>) -> &'a ClassDef<'a> {
        self.node(class, |this| ClassDef {
            name: class.name,
            type_params: this.type_params(class.type_params),
            bases: this.expressions(class.bases),
            keywords: this.keywords(class.keywords),
            body: this.body(class.body),
            decorator_list: this.expressions(class.decorator_list),
        })
    }

    fn annotation(&mut self, annotation: &'a Expr<'a>) -> &'a Expr<'a> {
        match self.options.future_annotations {
            true => annotation,
            false => self.expression(annotation),
        }
    }

    fn arguments(&mut self, arguments: Arguments<'a>) -> Arguments<'a> {
        if self.options.syntax_check_only {
            return arguments;
        }
        Arguments {
            posonlyargs: self.list(arguments.posonlyargs, Self::arg),
            args: self.list(arguments.args, Self::arg),
            kwonlyargs: self.list(arguments.kwonlyargs, Self::arg),
            vararg: self.variadic(arguments.vararg),
            kwarg: self.variadic(arguments.kwarg),
            kw_defaults: self.list(arguments.kw_defaults, Self::optional),
            defaults: self.expressions(arguments.defaults),
        }
    }

    fn variadic(&mut self, arg: Option<&'a Arg<'a>>) -> Option<&'a Arg<'a>> {
        let arg = arg?;
        Some(self.node(arg, |this| this.arg(*arg)))
    }

    fn arg(&mut self, arg: Arg<'a>) -> Arg<'a> {
        Arg {
            annotation: arg.annotation.map(|annotation| self.annotation(annotation)),
            ..arg
        }
    }

    fn keywords(&mut self, keywords: List<'a, Keyword<'a>>) -> List<'a, Keyword<'a>> {
        self.list(keywords, |this, keyword| Keyword {
            value: this.expression(keyword.value),
            ..keyword
        })
    }

    fn type_params(&mut self, parameters: List<'a, TypeParam<'a>>) -> List<'a, TypeParam<'a>> {
        self.list(parameters, |this, parameter| TypeParam {
            kind: match parameter.kind {
                TypeParamKind::TypeVar {
                    name,
                    bound,
                    default_value,
                } => TypeParamKind::TypeVar {
                    name,
                    bound: this.optional(bound),
                    default_value: this.optional(default_value),
                },
                TypeParamKind::ParamSpec {
                    name,
                    default_value,
                } => TypeParamKind::ParamSpec {
                    name,
                    default_value: this.optional(default_value),
                },
                TypeParamKind::TypeVarTuple {
                    name,
                    default_value,
                } => TypeParamKind::TypeVarTuple {
                    name,
                    default_value: this.optional(default_value),
                },
            },
            ..parameter
        })
    }

    fn optional(&mut self, expr: Option<&'a Expr<'a>>) -> Option<&'a Expr<'a>> {
        expr.map(|expr| self.expression(expr))
    }

    fn expressions(&mut self, exprs: Exprs<'a>) -> Exprs<'a> {
        if self.options.syntax_check_only {
            return exprs;
        }
        self.list(exprs, Self::expression)
    }

    fn expression(&mut self, expr: &'a Expr<'a>) -> &'a Expr<'a> {
        if self.options.syntax_check_only || matches!(expr.kind, ExprKind::Constant { .. }) {
            return expr;
        }
        if let ExprKind::Name { id, ctx } = &expr.kind {
            if *ctx == Context::Load && id.len() == DEBUG.len() && **id == *DEBUG {
                self.changes += 1;
                let (kind, loc) = (self.debug(), expr.loc);
                return self.arena.node(Expr { kind, loc });
            }
            return expr;
        }
        self.depth += 1;
        let rewritten = recursion::with_stack(self.depth, || {
            self.node(expr, |this| Expr {
                kind: this.expression_kind(expr.kind),
                loc: expr.loc,
            })
        });
        self.depth -= 1;
        rewritten
    }

    /// What `__debug__` stands for.
    fn debug(&self) -> ExprKind<'a> {
        let value = match self.options.optimize {
            0 => &Constant::True,
            _ => &Constant::False,
        };
        ExprKind::Constant {
            value,
            kind_u: false,
        }
    }

    fn expression_kind(&mut self, kind: ExprKind<'a>) -> ExprKind<'a> {
        match kind {
            ExprKind::BinOp { left, op, right } => {
                let (left, right) = (self.expression(left), self.expression(right));
                match format::folded(left, op, right, self.arena) {
                    Some(folded) => {
                        self.changes += 1;
                        folded
                    }
                    None => ExprKind::BinOp { left, op, right },
                }
            }
            ExprKind::BoolOp { op, values } => ExprKind::BoolOp {
                op,
                values: self.expressions(values),
            },
            // The target is a plain name.
            ExprKind::NamedExpr { target, value } => ExprKind::NamedExpr {
                target,
                value: self.expression(value),
            },
            ExprKind::UnaryOp { op, operand } => ExprKind::UnaryOp {
                op,
                operand: self.expression(operand),
            },
            ExprKind::Attribute { value, attr, ctx } => ExprKind::Attribute {
                value: self.expression(value),
                attr,
                ctx,
            },
            ExprKind::Lambda { args, body } => ExprKind::Lambda {
                args: self.node(args, |this| this.arguments(*args)),
                body: self.expression(body),
            },
            ExprKind::IfExp { test, body, orelse } => ExprKind::IfExp {
                test: self.expression(test),
                body: self.expression(body),
                orelse: self.expression(orelse),
            },
            ExprKind::Compare {
                left,
                ops,
                comparators,
            } => ExprKind::Compare {
                left: self.expression(left),
                ops,
                comparators: self.expressions(comparators),
            },
            ExprKind::Call {
                func,
                args,
                keywords,
            } => ExprKind::Call {
                func: self.expression(func),
                args: self.expressions(args),
                keywords: self.keywords(keywords),
            },
            ExprKind::Subscript { value, slice, ctx } => ExprKind::Subscript {
                value: self.expression(value),
                slice: self.expression(slice),
                ctx,
            },
            kind => self.container(kind),
        }
    }

    /// Displays, comprehensions, strings, slices, and what holds one expression.
    fn container(&mut self, kind: ExprKind<'a>) -> ExprKind<'a> {
        match kind {
            ExprKind::Dict { keys, values } => ExprKind::Dict {
                keys: self.list(keys, Self::optional),
                values: self.expressions(values),
            },
            ExprKind::Set { elts } => ExprKind::Set {
                elts: self.expressions(elts),
            },
            ExprKind::List { elts, ctx } => ExprKind::List {
                elts: self.expressions(elts),
                ctx,
            },
            ExprKind::Tuple { elts, ctx } => ExprKind::Tuple {
                elts: self.expressions(elts),
                ctx,
            },
            ExprKind::Await { value } => ExprKind::Await {
                value: self.expression(value),
            },
            ExprKind::Yield { value } => ExprKind::Yield {
                value: self.optional(value),
            },
            ExprKind::YieldFrom { value } => ExprKind::YieldFrom {
                value: self.expression(value),
            },
            ExprKind::Starred { value, ctx } => ExprKind::Starred {
                value: self.expression(value),
                ctx,
            },
            ExprKind::JoinedStr { values } => ExprKind::JoinedStr {
                values: self.expressions(values),
            },
            ExprKind::TemplateStr { values } => ExprKind::TemplateStr {
                values: self.expressions(values),
            },
            ExprKind::FormattedValue {
                value,
                conversion,
                format_spec,
            } => ExprKind::FormattedValue {
                value: self.expression(value),
                conversion,
                format_spec: self.optional(format_spec),
            },
            ExprKind::Interpolation {
                value,
                str,
                conversion,
                format_spec,
            } => ExprKind::Interpolation {
                value: self.expression(value),
                str,
                conversion,
                format_spec: self.optional(format_spec),
            },
            ExprKind::Slice { lower, upper, step } => ExprKind::Slice {
                lower: self.optional(lower),
                upper: self.optional(upper),
                step: self.optional(step),
            },
            kind => self.comprehension(kind),
        }
    }

    fn comprehension(&mut self, kind: ExprKind<'a>) -> ExprKind<'a> {
        match kind {
            ExprKind::ListComp { elt, generators } => ExprKind::ListComp {
                elt: self.expression(elt),
                generators: self.generators(generators),
            },
            ExprKind::SetComp { elt, generators } => ExprKind::SetComp {
                elt: self.expression(elt),
                generators: self.generators(generators),
            },
            ExprKind::GeneratorExp { elt, generators } => ExprKind::GeneratorExp {
                elt: self.expression(elt),
                generators: self.generators(generators),
            },
            ExprKind::DictComp {
                key,
                value,
                generators,
            } => ExprKind::DictComp {
                key: self.expression(key),
                value: self.expression(value),
                generators: self.generators(generators),
            },
            kind => kind,
        }
    }

    fn generators(
        &mut self,
        generators: List<'a, Comprehension<'a>>,
    ) -> List<'a, Comprehension<'a>> {
        self.list(generators, |this, generator| Comprehension {
            target: this.expression(generator.target),
            iter: this.expression(generator.iter),
            ifs: this.expressions(generator.ifs),
            is_async: generator.is_async,
        })
    }
}
