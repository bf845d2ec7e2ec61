//! One arm a node kind: its fields in the order of CPython's ASDL.

use super::{Node, Options, Value, constant, number, text};
use crate::tree::*;

fn expr(e: &Expr, o: Options) -> Value {
    Value::Node(expr_node(e, o).at(e.loc, o))
}

fn opt(e: &Option<&Expr>, o: Options) -> Option<Value> {
    e.as_deref().map(|e| expr(e, o))
}

fn exprs(list: &[&Expr], o: Options) -> Value {
    Value::List(list.iter().map(|e| expr(e, o)).collect())
}

/// A list in which None stands for what is missing.
fn opt_exprs(list: &[Option<&Expr>], o: Options) -> Value {
    let item = |e: &Option<&Expr>| e.as_ref().map_or(Value::None, |e| expr(e, o));
    Value::List(list.iter().map(item).collect())
}

fn stmts(list: &[Stmt], o: Options) -> Value {
    Value::List(
        list.iter()
            .map(|s| Value::Node(stmt(s, o).at(s.loc, o)))
            .collect(),
    )
}

fn names(list: &[Name]) -> Value {
    Value::List(list.iter().map(|name| text(name)).collect())
}

fn opt_name(name: &Option<Name>) -> Option<Value> {
    name.as_deref().map(text)
}

fn leaf(name: &'static str) -> Value {
    Value::Node(Node::new(name))
}

fn flag(value: bool) -> Value {
    number(i32::from(value))
}

pub(super) fn module(module: &Module, o: Options) -> Node {
    match module {
        Module::Module { body } => Node::new("Module").with("body", stmts(body, o)),
        Module::Interactive { body } => Node::new("Interactive").with("body", stmts(body, o)),
        Module::Expression { body } => Node::new("Expression").with("body", expr(body, o)),
    }
}

fn stmt(s: &Stmt, o: Options) -> Node {
    use StmtKind::*;
    match &s.kind {
        FunctionDef(f) => function("FunctionDef", f, o),
        AsyncFunctionDef(f) => function("AsyncFunctionDef", f, o),
        ClassDef(c) => class(c, o),
        Return { value } => Node::new("Return").with_some("value", opt(value, o)),
        Delete { targets } => Node::new("Delete").with("targets", exprs(targets, o)),
        Assign { targets, value } => Node::new("Assign")
            .with("targets", exprs(targets, o))
            .with("value", expr(value, o)),
        TypeAlias {
            name,
            type_params: parameters,
            value,
        } => Node::new("TypeAlias")
            .with("name", expr(name, o))
            .with("type_params", type_params(parameters, o))
            .with("value", expr(value, o)),
        AugAssign { target, op, value } => Node::new("AugAssign")
            .with("target", expr(target, o))
            .with("op", leaf(operator(*op)))
            .with("value", expr(value, o)),
        AnnAssign {
            target,
            annotation,
            value,
            simple,
        } => Node::new("AnnAssign")
            .with("target", expr(target, o))
            .with("annotation", expr(annotation, o))
            .with_some("value", opt(value, o))
            .with("simple", flag(*simple)),
        For {
            target,
            iter,
            body,
            orelse,
        } => loop_over("For", target, iter, body, orelse, o),
        AsyncFor {
            target,
            iter,
            body,
            orelse,
        } => loop_over("AsyncFor", target, iter, body, orelse, o),
        While { test, body, orelse } => branch("While", test, body, orelse, o),
        If { test, body, orelse } => branch("If", test, body, orelse, o),
        With { items, body } => with("With", items, body, o),
        AsyncWith { items, body } => with("AsyncWith", items, body, o),
        Match { subject, cases } => match_(subject, cases, o),
        Raise { exc, cause } => Node::new("Raise")
            .with_some("exc", opt(exc, o))
            .with_some("cause", opt(cause, o)),
        Try {
            body,
            handlers,
            orelse,
            finalbody,
        } => try_("Try", body, handlers, orelse, finalbody, o),
        TryStar {
            body,
            handlers,
            orelse,
            finalbody,
        } => try_("TryStar", body, handlers, orelse, finalbody, o),
        Assert { test, msg } => Node::new("Assert")
            .with("test", expr(test, o))
            .with_some("msg", opt(msg, o)),
        Import { names } => Node::new("Import").with("names", aliases(names, o)),
        ImportFrom {
            module,
            names,
            level,
        } => Node::new("ImportFrom")
            .with_some("module", opt_name(module))
            .with("names", aliases(names, o))
            .with("level", number(*level as i32)),
        Global { names: list } => Node::new("Global").with("names", names(list)),
        Nonlocal { names: list } => Node::new("Nonlocal").with("names", names(list)),
        Expr { value } => Node::new("Expr").with("value", expr(value, o)),
        Pass => Node::new("Pass"),
        Break => Node::new("Break"),
        Continue => Node::new("Continue"),
    }
}

fn function(name: &'static str, f: &FunctionDef, o: Options) -> Node {
    Node::new(name)
        .with("name", text(&f.name))
        .with("args", arguments(&f.args, o))
        .with("body", stmts(&f.body, o))
        .with("decorator_list", exprs(&f.decorator_list, o))
        .with_some("returns", opt(&f.returns, o))
        .with("type_params", type_params(&f.type_params, o))
}

fn class(c: &ClassDef, o: Options) -> Node {
    Node::new("ClassDef")
        .with("name", text(&c.name))
        .with("bases", exprs(&c.bases, o))
        .with("keywords", keywords(&c.keywords, o))
        .with("body", stmts(&c.body, o))
        .with("decorator_list", exprs(&c.decorator_list, o))
        .with("type_params", type_params(&c.type_params, o))
}

fn loop_over(
    name: &'static str,
    target: &Expr,
    iter: &Expr,
    body: &[Stmt],
    orelse: &[Stmt],
    o: Options,
) -> Node {
    Node::new(name)
        .with("target", expr(target, o))
        .with("iter", expr(iter, o))
        .with("body", stmts(body, o))
        .with("orelse", stmts(orelse, o))
}

fn branch(name: &'static str, test: &Expr, body: &[Stmt], orelse: &[Stmt], o: Options) -> Node {
    Node::new(name)
        .with("test", expr(test, o))
        .with("body", stmts(body, o))
        .with("orelse", stmts(orelse, o))
}

fn with(name: &'static str, items: &[WithItem], body: &[Stmt], o: Options) -> Node {
    let item = |item: &WithItem| {
        let node = Node::new("withitem").with("context_expr", expr(item.context_expr, o));
        Value::Node(node.with_some("optional_vars", opt(&item.optional_vars, o)))
    };
    Node::new(name)
        .with("items", Value::List(items.iter().map(item).collect()))
        .with("body", stmts(body, o))
}

fn match_(subject: &Expr, cases: &[MatchCase], o: Options) -> Node {
    let case = |case: &MatchCase| {
        let node = Node::new("match_case").with("pattern", pattern(&case.pattern, o));
        Value::Node(
            node.with_some("guard", opt(&case.guard, o))
                .with("body", stmts(&case.body, o)),
        )
    };
    Node::new("Match")
        .with("subject", expr(subject, o))
        .with("cases", Value::List(cases.iter().map(case).collect()))
}

fn try_(
    name: &'static str,
    body: &[Stmt],
    handlers: &[ExceptHandler],
    orelse: &[Stmt],
    finalbody: &[Stmt],
    o: Options,
) -> Node {
    let handler = |handler: &ExceptHandler| {
        let node = Node::new("ExceptHandler")
            .with_some("type", opt(&handler.r#type, o))
            .with_some("name", opt_name(&handler.name))
            .with("body", stmts(&handler.body, o));
        Value::Node(node.at(handler.loc, o))
    };
    Node::new(name)
        .with("body", stmts(body, o))
        .with(
            "handlers",
            Value::List(handlers.iter().map(handler).collect()),
        )
        .with("orelse", stmts(orelse, o))
        .with("finalbody", stmts(finalbody, o))
}

fn aliases(list: &[Alias], o: Options) -> Value {
    let alias = |alias: &Alias| {
        let node = Node::new("alias").with("name", text(&alias.name));
        Value::Node(
            node.with_some("asname", opt_name(&alias.asname))
                .at(alias.loc, o),
        )
    };
    Value::List(list.iter().map(alias).collect())
}

fn keywords(list: &[Keyword], o: Options) -> Value {
    let keyword = |keyword: &Keyword| {
        let node = Node::new("keyword").with_some("arg", opt_name(&keyword.arg));
        Value::Node(
            node.with("value", expr(keyword.value, o))
                .at(keyword.loc, o),
        )
    };
    Value::List(list.iter().map(keyword).collect())
}

fn arguments(a: &Arguments, o: Options) -> Value {
    let args = |list: &[Arg]| Value::List(list.iter().map(|a| arg(a, o)).collect());
    let opt_arg = |a: &Option<&Arg>| a.as_deref().map(|a| arg(a, o));
    Value::Node(
        Node::new("arguments")
            .with("posonlyargs", args(&a.posonlyargs))
            .with("args", args(&a.args))
            .with_some("vararg", opt_arg(&a.vararg))
            .with("kwonlyargs", args(&a.kwonlyargs))
            .with("kw_defaults", opt_exprs(&a.kw_defaults, o))
            .with_some("kwarg", opt_arg(&a.kwarg))
            .with("defaults", exprs(&a.defaults, o)),
    )
}

fn arg(a: &Arg, o: Options) -> Value {
    let node = Node::new("arg").with("arg", text(&a.arg));
    Value::Node(
        node.with_some("annotation", opt(&a.annotation, o))
            .at(a.loc, o),
    )
}

fn type_params(list: &[TypeParam], o: Options) -> Value {
    let type_param = |parameter: &TypeParam| {
        let node = match &parameter.kind {
            TypeParamKind::TypeVar {
                name,
                bound,
                default_value,
            } => Node::new("TypeVar")
                .with("name", text(name))
                .with_some("bound", opt(bound, o))
                .with_some("default_value", opt(default_value, o)),
            TypeParamKind::ParamSpec {
                name,
                default_value,
            } => Node::new("ParamSpec")
                .with("name", text(name))
                .with_some("default_value", opt(default_value, o)),
            TypeParamKind::TypeVarTuple {
                name,
                default_value,
            } => Node::new("TypeVarTuple")
                .with("name", text(name))
                .with_some("default_value", opt(default_value, o)),
        };
        Value::Node(node.at(parameter.loc, o))
    };
    Value::List(list.iter().map(type_param).collect())
}

fn expr_node(e: &Expr, o: Options) -> Node {
    use ExprKind::*;
    match &e.kind {
        BoolOp { op, values } => Node::new("BoolOp")
            .with("op", leaf(bool_op(*op)))
            .with("values", exprs(values, o)),
        NamedExpr { target, value } => Node::new("NamedExpr")
            .with("target", expr(target, o))
            .with("value", expr(value, o)),
        BinOp { left, op, right } => Node::new("BinOp")
            .with("left", expr(left, o))
            .with("op", leaf(operator(*op)))
            .with("right", expr(right, o)),
        UnaryOp { op, operand } => Node::new("UnaryOp")
            .with("op", leaf(unary_op(*op)))
            .with("operand", expr(operand, o)),
        Lambda { args, body } => Node::new("Lambda")
            .with("args", arguments(args, o))
            .with("body", expr(body, o)),
        IfExp { test, body, orelse } => Node::new("IfExp")
            .with("test", expr(test, o))
            .with("body", expr(body, o))
            .with("orelse", expr(orelse, o)),
        Dict { keys, values } => Node::new("Dict")
            .with("keys", opt_exprs(keys, o))
            .with("values", exprs(values, o)),
        Set { elts } => Node::new("Set").with("elts", exprs(elts, o)),
        Await { value } => Node::new("Await").with("value", expr(value, o)),
        Yield { value } => Node::new("Yield").with_some("value", opt(value, o)),
        YieldFrom { value } => Node::new("YieldFrom").with("value", expr(value, o)),
        Compare {
            left,
            ops,
            comparators,
        } => Node::new("Compare")
            .with("left", expr(left, o))
            .with(
                "ops",
                Value::List(ops.iter().map(|&op| leaf(cmp_op(op))).collect()),
            )
            .with("comparators", exprs(comparators, o)),
        Call {
            func,
            args,
            keywords: list,
        } => Node::new("Call")
            .with("func", expr(func, o))
            .with("args", exprs(args, o))
            .with("keywords", keywords(list, o)),
        Constant { value, kind_u } => Node::new("Constant")
            .with("value", constant(value))
            .with_some("kind", kind_u.then(|| text("u"))),
        ListComp { .. } | SetComp { .. } | DictComp { .. } | GeneratorExp { .. } => {
            comprehension(&e.kind, o)
        }
        FormattedValue { .. } | Interpolation { .. } | JoinedStr { .. } | TemplateStr { .. } => {
            string(&e.kind, o)
        }
        _ => target(&e.kind, o),
    }
}

fn comprehension(kind: &ExprKind, o: Options) -> Node {
    let (node, generators) = match kind {
        ExprKind::ListComp { elt, generators } => {
            (Node::new("ListComp").with("elt", expr(elt, o)), generators)
        }
        ExprKind::SetComp { elt, generators } => {
            (Node::new("SetComp").with("elt", expr(elt, o)), generators)
        }
        ExprKind::GeneratorExp { elt, generators } => (
            Node::new("GeneratorExp").with("elt", expr(elt, o)),
            generators,
        ),
        ExprKind::DictComp {
            key,
            value,
            generators,
        } => {
            let node = Node::new("DictComp").with("key", expr(key, o));
            (node.with("value", expr(value, o)), generators)
        }
        _ => return Node::new("?"),
    };
    let generator = |g: &Comprehension| {
        Value::Node(
            Node::new("comprehension")
                .with("target", expr(g.target, o))
                .with("iter", expr(g.iter, o))
                .with("ifs", exprs(&g.ifs, o))
                .with("is_async", flag(g.is_async)),
        )
    };
    node.with(
        "generators",
        Value::List(generators.iter().map(generator).collect()),
    )
}

fn string(kind: &ExprKind, o: Options) -> Node {
    match kind {
        ExprKind::FormattedValue {
            value,
            conversion,
            format_spec,
        } => Node::new("FormattedValue")
            .with("value", expr(value, o))
            .with("conversion", number(*conversion))
            .with_some("format_spec", opt(format_spec, o)),
        ExprKind::Interpolation {
            value,
            str,
            conversion,
            format_spec,
        } => Node::new("Interpolation")
            .with("value", expr(value, o))
            .with("str", constant(str))
            .with("conversion", number(*conversion))
            .with_some("format_spec", opt(format_spec, o)),
        ExprKind::JoinedStr { values } => Node::new("JoinedStr").with("values", exprs(values, o)),
        ExprKind::TemplateStr { values } => {
            Node::new("TemplateStr").with("values", exprs(values, o))
        }
        _ => Node::new("?"),
    }
}

/// The kinds that carry a context, and slices.
fn target(kind: &ExprKind, o: Options) -> Node {
    match kind {
        ExprKind::Attribute { value, attr, ctx } => Node::new("Attribute")
            .with("value", expr(value, o))
            .with("attr", text(attr))
            .with("ctx", leaf(context(*ctx))),
        ExprKind::Subscript { value, slice, ctx } => Node::new("Subscript")
            .with("value", expr(value, o))
            .with("slice", expr(slice, o))
            .with("ctx", leaf(context(*ctx))),
        ExprKind::Starred { value, ctx } => Node::new("Starred")
            .with("value", expr(value, o))
            .with("ctx", leaf(context(*ctx))),
        ExprKind::Name { id, ctx } => Node::new("Name")
            .with("id", text(id))
            .with("ctx", leaf(context(*ctx))),
        ExprKind::List { elts, ctx } => Node::new("List")
            .with("elts", exprs(elts, o))
            .with("ctx", leaf(context(*ctx))),
        ExprKind::Tuple { elts, ctx } => Node::new("Tuple")
            .with("elts", exprs(elts, o))
            .with("ctx", leaf(context(*ctx))),
        ExprKind::Slice { lower, upper, step } => Node::new("Slice")
            .with_some("lower", opt(lower, o))
            .with_some("upper", opt(upper, o))
            .with_some("step", opt(step, o)),
        _ => Node::new("?"),
    }
}

fn pattern(p: &Pattern, o: Options) -> Value {
    use PatternKind::*;
    let patterns = |list: &[Pattern]| Value::List(list.iter().map(|p| pattern(p, o)).collect());
    let node = match &p.kind {
        MatchValue { value } => Node::new("MatchValue").with("value", expr(value, o)),
        MatchSingleton { value } => Node::new("MatchSingleton").with("value", constant(value)),
        MatchSequence { patterns: list } => {
            Node::new("MatchSequence").with("patterns", patterns(list))
        }
        MatchMapping {
            keys,
            patterns: list,
            rest,
        } => Node::new("MatchMapping")
            .with("keys", exprs(keys, o))
            .with("patterns", patterns(list))
            .with_some("rest", opt_name(rest)),
        MatchClass {
            cls,
            patterns: list,
            kwd_attrs,
            kwd_patterns,
        } => Node::new("MatchClass")
            .with("cls", expr(cls, o))
            .with("patterns", patterns(list))
            .with("kwd_attrs", names(kwd_attrs))
            .with("kwd_patterns", patterns(kwd_patterns)),
        MatchStar { name } => Node::new("MatchStar").with_some("name", opt_name(name)),
        MatchAs {
            pattern: inner,
            name,
        } => Node::new("MatchAs")
            .with_some("pattern", inner.as_deref().map(|p| pattern(p, o)))
            .with_some("name", opt_name(name)),
        MatchOr { patterns: list } => Node::new("MatchOr").with("patterns", patterns(list)),
    };
    Value::Node(node.at(p.loc, o))
}

fn context(ctx: Context) -> &'static str {
    match ctx {
        Context::Load => "Load",
        Context::Store => "Store",
        Context::Del => "Del",
    }
}

fn bool_op(op: BoolOp) -> &'static str {
    match op {
        BoolOp::And => "And",
        BoolOp::Or => "Or",
    }
}

fn unary_op(op: UnaryOp) -> &'static str {
    match op {
        UnaryOp::Invert => "Invert",
        UnaryOp::Not => "Not",
        UnaryOp::UAdd => "UAdd",
        UnaryOp::USub => "USub",
    }
}

fn operator(op: Operator) -> &'static str {
    match op {
        Operator::Add => "Add",
        Operator::Sub => "Sub",
        Operator::Mult => "Mult",
        Operator::MatMult => "MatMult",
        Operator::Div => "Div",
        Operator::Mod => "Mod",
        Operator::Pow => "Pow",
        Operator::LShift => "LShift",
        Operator::RShift => "RShift",
        Operator::BitOr => "BitOr",
        Operator::BitXor => "BitXor",
        Operator::BitAnd => "BitAnd",
        Operator::FloorDiv => "FloorDiv",
    }
}

fn cmp_op(op: CmpOp) -> &'static str {
    match op {
        CmpOp::Eq => "Eq",
        CmpOp::NotEq => "NotEq",
        CmpOp::Lt => "Lt",
        CmpOp::LtE => "LtE",
        CmpOp::Gt => "Gt",
        CmpOp::GtE => "GtE",
        CmpOp::Is => "Is",
        CmpOp::IsNot => "IsNot",
        CmpOp::In => "In",
        CmpOp::NotIn => "NotIn",
    }
}
