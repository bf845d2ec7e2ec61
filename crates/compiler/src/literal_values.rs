//! The literals of a tree, in order: what CPython's arena keeps alive while a script runs.

use terrarium_bytecode::Constant;

use crate::tree::{
    Arguments, Comprehension, Expr, ExprKind, Keyword, MatchCase, Module, Pattern, PatternKind,
    Stmt, StmtKind, TypeParam, TypeParamKind,
};

/// Adds every literal of the module to `found`.
pub fn collect(module: &Module, found: &mut Vec<Constant>) {
    let mut walk = Walk(found);
    match module {
        Module::Module { body } | Module::Interactive { body } => walk.body(body),
        Module::Expression { body } => walk.expr(body),
    }
}

struct Walk<'a>(&'a mut Vec<Constant>);

impl Walk<'_> {
    fn body(&mut self, body: &[Stmt]) {
        for statement in body {
            self.statement(statement);
        }
    }

    fn exprs<'e>(&mut self, exprs: impl IntoIterator<Item = &'e &'e Expr<'e>>) {
        for expr in exprs {
            self.expr(expr);
        }
    }

    fn maybe(&mut self, expr: &Option<&Expr>) {
        if let Some(expr) = expr {
            self.expr(expr);
        }
    }

    fn keywords(&mut self, keywords: &[Keyword]) {
        self.exprs(keywords.iter().map(|k| &k.value));
    }

    fn arguments(&mut self, args: &Arguments) {
        self.exprs(args.defaults);
        self.exprs(args.kw_defaults.iter().flatten());
        let all = args
            .posonlyargs
            .iter()
            .chain(&args.args)
            .chain(&args.kwonlyargs)
            .chain(args.vararg)
            .chain(args.kwarg);
        for arg in all {
            self.maybe(&arg.annotation);
        }
    }

    fn type_params(&mut self, params: &[TypeParam]) {
        for param in params {
            match &param.kind {
                TypeParamKind::TypeVar {
                    bound,
                    default_value,
                    ..
                } => {
                    self.maybe(bound);
                    self.maybe(default_value);
                }
                TypeParamKind::ParamSpec { default_value, .. }
                | TypeParamKind::TypeVarTuple { default_value, .. } => self.maybe(default_value),
            }
        }
    }

    fn statement(&mut self, statement: &Stmt) {
        match &statement.kind {
            StmtKind::FunctionDef(f) | StmtKind::AsyncFunctionDef(f) => {
                self.exprs(f.decorator_list);
                self.type_params(&f.type_params);
                self.arguments(&f.args);
                self.maybe(&f.returns);
                self.body(&f.body);
            }
            StmtKind::ClassDef(c) => {
                self.exprs(c.decorator_list);
                self.type_params(&c.type_params);
                self.exprs(c.bases);
                self.keywords(&c.keywords);
                self.body(&c.body);
            }
            StmtKind::Return { value } => self.maybe(value),
            StmtKind::Delete { targets } => self.exprs(targets),
            StmtKind::Assign { targets, value } => {
                self.exprs(targets);
                self.expr(value);
            }
            StmtKind::TypeAlias {
                name,
                type_params,
                value,
            } => {
                self.expr(name);
                self.type_params(type_params);
                self.expr(value);
            }
            StmtKind::AugAssign { target, value, .. } => self.exprs([target, value]),
            StmtKind::AnnAssign {
                target,
                annotation,
                value,
                ..
            } => {
                self.exprs([target, annotation]);
                self.maybe(value);
            }
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
                self.exprs([target, iter]);
                self.body(body);
                self.body(orelse);
            }
            StmtKind::While { test, body, orelse } | StmtKind::If { test, body, orelse } => {
                self.expr(test);
                self.body(body);
                self.body(orelse);
            }
            StmtKind::With { items, body } | StmtKind::AsyncWith { items, body } => {
                for item in items {
                    self.expr(item.context_expr);
                    self.maybe(&item.optional_vars);
                }
                self.body(body);
            }
            StmtKind::Match { subject, cases } => {
                self.expr(subject);
                for case in cases {
                    self.case(case);
                }
            }
            StmtKind::Raise { exc, cause } => {
                self.maybe(exc);
                self.maybe(cause);
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
                self.body(body);
                for handler in handlers {
                    self.maybe(&handler.r#type);
                    self.body(&handler.body);
                }
                self.body(orelse);
                self.body(finalbody);
            }
            StmtKind::Assert { test, msg } => {
                self.expr(test);
                self.maybe(msg);
            }
            StmtKind::Expr { value } => self.expr(value),
            StmtKind::Import { .. }
            | StmtKind::ImportFrom { .. }
            | StmtKind::Global { .. }
            | StmtKind::Nonlocal { .. }
            | StmtKind::Pass
            | StmtKind::Break
            | StmtKind::Continue => {}
        }
    }

    fn case(&mut self, case: &MatchCase) {
        self.pattern(&case.pattern);
        self.maybe(&case.guard);
        self.body(&case.body);
    }

    fn pattern(&mut self, pattern: &Pattern) {
        match &pattern.kind {
            PatternKind::MatchValue { value } => self.expr(value),
            PatternKind::MatchSingleton { .. } | PatternKind::MatchStar { .. } => {}
            PatternKind::MatchSequence { patterns } | PatternKind::MatchOr { patterns } => {
                self.patterns(patterns)
            }
            PatternKind::MatchMapping { keys, patterns, .. } => {
                self.exprs(keys);
                self.patterns(patterns);
            }
            PatternKind::MatchClass {
                cls,
                patterns,
                kwd_patterns,
                ..
            } => {
                self.expr(cls);
                self.patterns(patterns);
                self.patterns(kwd_patterns);
            }
            PatternKind::MatchAs { pattern, .. } => {
                if let Some(pattern) = pattern {
                    self.pattern(pattern);
                }
            }
        }
    }

    fn patterns(&mut self, patterns: &[Pattern]) {
        for pattern in patterns {
            self.pattern(pattern);
        }
    }

    fn generators(&mut self, generators: &[Comprehension]) {
        for generator in generators {
            self.exprs([&generator.target, &generator.iter]);
            self.exprs(generator.ifs);
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Constant { value, .. } => self.0.push((*value).clone()),
            ExprKind::BoolOp { values, .. }
            | ExprKind::JoinedStr { values }
            | ExprKind::TemplateStr { values } => self.exprs(values),
            ExprKind::NamedExpr { target, value } => self.exprs([target, value]),
            ExprKind::BinOp { left, right, .. } => self.exprs([left, right]),
            ExprKind::UnaryOp { operand, .. } => self.expr(operand),
            ExprKind::Lambda { args, body } => {
                self.arguments(args);
                self.expr(body);
            }
            ExprKind::IfExp { test, body, orelse } => self.exprs([test, body, orelse]),
            ExprKind::Dict { keys, values } => {
                self.exprs(keys.iter().flatten());
                self.exprs(values);
            }
            ExprKind::Set { elts } | ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. } => {
                self.exprs(elts)
            }
            ExprKind::ListComp { elt, generators }
            | ExprKind::SetComp { elt, generators }
            | ExprKind::GeneratorExp { elt, generators } => {
                self.expr(elt);
                self.generators(generators);
            }
            ExprKind::DictComp {
                key,
                value,
                generators,
            } => {
                self.exprs([key, value]);
                self.generators(generators);
            }
            ExprKind::Await { value }
            | ExprKind::YieldFrom { value }
            | ExprKind::Attribute { value, .. }
            | ExprKind::Starred { value, .. } => self.expr(value),
            ExprKind::Yield { value } => self.maybe(value),
            ExprKind::Compare {
                left, comparators, ..
            } => {
                self.expr(left);
                self.exprs(comparators);
            }
            ExprKind::Call {
                func,
                args,
                keywords,
            } => {
                self.expr(func);
                self.exprs(args);
                self.keywords(keywords);
            }
            ExprKind::FormattedValue {
                value, format_spec, ..
            } => {
                self.expr(value);
                self.maybe(format_spec);
            }
            ExprKind::Interpolation {
                value,
                str,
                format_spec,
                ..
            } => {
                self.0.push((**str).clone());
                self.expr(value);
                self.maybe(format_spec);
            }
            ExprKind::Subscript { value, slice, .. } => self.exprs([value, slice]),
            ExprKind::Slice { lower, upper, step } => {
                self.maybe(lower);
                self.maybe(upper);
                self.maybe(step);
            }
            ExprKind::Name { .. } => {}
        }
    }
}
