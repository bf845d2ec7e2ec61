//! Expressions and patterns.

use terrarium_bytecode::constant::Constant;
use terrarium_compiler::arena::List;
use terrarium_compiler::tree::{
    Arg, Arguments, Comprehension, Context, Expr, ExprKind, Exprs, Keyword, Pattern, PatternKind,
};
use terrarium_objects::{Object, PyResult, error};

use super::values::{constant, wrong_kind};
use super::{Reader, class_of};

const EXPRESSIONS: [&str; 29] = [
    "Name",
    "Constant",
    "Call",
    "Attribute",
    "BinOp",
    "Compare",
    "Subscript",
    "Tuple",
    "List",
    "BoolOp",
    "UnaryOp",
    "Dict",
    "Set",
    "IfExp",
    "Lambda",
    "JoinedStr",
    "FormattedValue",
    "ListComp",
    "GeneratorExp",
    "DictComp",
    "SetComp",
    "NamedExpr",
    "Starred",
    "Slice",
    "Await",
    "Yield",
    "YieldFrom",
    "TemplateStr",
    "Interpolation",
];

const PATTERNS: [&str; 8] = [
    "MatchValue",
    "MatchSingleton",
    "MatchSequence",
    "MatchMapping",
    "MatchClass",
    "MatchStar",
    "MatchAs",
    "MatchOr",
];

/// An expression that is assigned to or deleted must say so, and so must its parts; any other is loaded.
fn check_context(made: &Expr, wanted: Context) -> PyResult<()> {
    let found = match &made.kind {
        ExprKind::Attribute { ctx, .. }
        | ExprKind::Subscript { ctx, .. }
        | ExprKind::Name { ctx, .. } => *ctx,
        ExprKind::Starred { value, ctx } => {
            check_context(value, wanted)?;
            *ctx
        }
        ExprKind::List { elts, ctx } | ExprKind::Tuple { elts, ctx } => {
            elts.iter().try_for_each(|e| check_context(e, wanted))?;
            *ctx
        }
        _ if wanted == Context::Load => return Ok(()),
        _ => {
            return Err(error::value_error(format!(
                "expression which can't be assigned to in {wanted:?} context"
            )));
        }
    };
    if found != wanted {
        return Err(error::value_error(format!(
            "expression must have {wanted:?} context but has {found:?} instead"
        )));
    }
    Ok(())
}

impl<'a> Reader<'a> {
    pub fn expr_field(
        &mut self,
        node: &Object,
        class: &str,
        field: &str,
    ) -> PyResult<&'a Expr<'a>> {
        let found = self.required(node, class, field)?;
        if found.is(terrarium_objects::none()) {
            return Err(error::value_error(format!(
                "field '{field}' is required for {class}"
            )));
        }
        let found = terrarium_objects::root("node being compiled", found);
        self.nested(|reader| reader.expr(&found))
    }

    /// A field that is loaded.
    pub fn load(&mut self, node: &Object, class: &str, field: &str) -> PyResult<&'a Expr<'a>> {
        let made = self.expr_field(node, class, field)?;
        check_context(made, Context::Load)?;
        Ok(made)
    }

    /// A field that is assigned to.
    pub fn store(&mut self, node: &Object, class: &str, field: &str) -> PyResult<&'a Expr<'a>> {
        let made = self.expr_field(node, class, field)?;
        check_context(made, Context::Store)?;
        Ok(made)
    }

    pub fn optional_expr(
        &mut self,
        node: &Object,
        field: &str,
        context: Context,
    ) -> PyResult<Option<&'a Expr<'a>>> {
        let Some(found) = self.optional(node, field)? else {
            return Ok(None);
        };
        let found = terrarium_objects::root("node being compiled", found);
        let made = self.nested(|reader| reader.expr(&found))?;
        check_context(made, context)?;
        Ok(Some(made))
    }

    /// Reads an expression that is loaded.
    fn loaded(&mut self, node: &Object) -> PyResult<&'a Expr<'a>> {
        let made = self.expr(node)?;
        check_context(made, Context::Load)?;
        Ok(made)
    }

    pub fn loads(&mut self, node: &Object, class: &str, field: &str) -> PyResult<Exprs<'a>> {
        self.each(node, class, field, Reader::loaded)
    }

    /// Targets of assignments or deletions; at least one.
    pub fn targets(&mut self, node: &Object, class: &str, context: Context) -> PyResult<Exprs<'a>> {
        let made = self.some(node, class, "targets", Reader::expr)?;
        made.iter().try_for_each(|e| check_context(e, context))?;
        Ok(made)
    }

    /// Expressions among which None stands for an absent one.
    fn gaps(
        &mut self,
        node: &Object,
        class: &str,
        field: &str,
    ) -> PyResult<List<'a, Option<&'a Expr<'a>>>> {
        self.each(node, class, field, |reader, item| {
            if item.is(terrarium_objects::none()) {
                return Ok(None);
            }
            reader.loaded(item).map(Some)
        })
    }

    pub fn expr(&mut self, node: &Object) -> PyResult<&'a Expr<'a>> {
        let loc = self.location(node, "expr")?;
        let Some(class) = class_of(node, &EXPRESSIONS)? else {
            return Err(wrong_kind("expr", node));
        };
        let kind = match class {
            "Name" | "Constant" | "Attribute" | "Subscript" | "Starred" | "List" | "Tuple"
            | "Slice" => self.part(node, class)?,
            "ListComp" | "SetComp" | "GeneratorExp" | "DictComp" => {
                self.comprehension(node, class)?
            }
            "JoinedStr" | "TemplateStr" | "FormattedValue" | "Interpolation" => {
                self.formatted(node, class)?
            }
            _ => self.operation(node, class)?,
        };
        Ok(self.arena.node(Expr { kind, loc }))
    }

    fn constant_field(
        &mut self,
        node: &Object,
        class: &str,
        field: &str,
    ) -> PyResult<&'a Constant> {
        let value = constant(&*self.required(node, class, field)?)?;
        Ok(self.arena.constant(value))
    }

    /// What has a context, and constants.
    fn part(&mut self, node: &Object, class: &str) -> PyResult<ExprKind<'a>> {
        Ok(match class {
            "Name" => {
                let id = self.name(node, class, "id")?;
                if matches!(&*id.to_string(), "None" | "True" | "False") {
                    return Err(error::value_error(format!(
                        "identifier field can't represent '{id}' constant"
                    )));
                }
                ExprKind::Name {
                    id,
                    ctx: self.context_field(node)?,
                }
            }
            "Constant" => ExprKind::Constant {
                value: self.constant_field(node, class, "value")?,
                kind_u: self.optional(node, "kind")?.is_some(),
            },
            "Attribute" => ExprKind::Attribute {
                value: self.load(node, class, "value")?,
                attr: self.name(node, class, "attr")?,
                ctx: self.context_field(node)?,
            },
            "Subscript" => ExprKind::Subscript {
                value: self.load(node, class, "value")?,
                slice: self.load(node, class, "slice")?,
                ctx: self.context_field(node)?,
            },
            "Starred" => ExprKind::Starred {
                value: self.expr_field(node, class, "value")?,
                ctx: self.context_field(node)?,
            },
            "List" => ExprKind::List {
                elts: self.each(node, class, "elts", Reader::expr)?,
                ctx: self.context_field(node)?,
            },
            "Tuple" => ExprKind::Tuple {
                elts: self.each(node, class, "elts", Reader::expr)?,
                ctx: self.context_field(node)?,
            },
            _ => ExprKind::Slice {
                lower: self.optional_expr(node, "lower", Context::Load)?,
                upper: self.optional_expr(node, "upper", Context::Load)?,
                step: self.optional_expr(node, "step", Context::Load)?,
            },
        })
    }

    fn operation(&mut self, node: &Object, class: &str) -> PyResult<ExprKind<'a>> {
        Ok(match class {
            "Call" => ExprKind::Call {
                func: self.load(node, class, "func")?,
                args: self.loads(node, class, "args")?,
                keywords: self.each(node, class, "keywords", Reader::keyword)?,
            },
            "BinOp" => ExprKind::BinOp {
                left: self.load(node, class, "left")?,
                op: self.operator_field(node, class)?,
                right: self.load(node, class, "right")?,
            },
            "Compare" => self.compare(node, class)?,
            "BoolOp" => {
                let op = self.required(node, class, "op")?;
                let op = self.boolop(&op)?;
                let values: List<_> = self.loads(node, class, "values")?;
                if values.len() < 2 {
                    return Err(error::value_error("BoolOp with less than 2 values"));
                }
                ExprKind::BoolOp { op, values }
            }
            "UnaryOp" => {
                let op = self.required(node, class, "op")?;
                ExprKind::UnaryOp {
                    op: self.unaryop(&op)?,
                    operand: self.load(node, class, "operand")?,
                }
            }
            "Dict" => {
                let keys: List<_> = self.gaps(node, class, "keys")?;
                let values: List<_> = self.loads(node, class, "values")?;
                if keys.len() != values.len() {
                    return Err(error::value_error(
                        "Dict doesn't have the same number of keys as values",
                    ));
                }
                ExprKind::Dict { keys, values }
            }
            "Set" => ExprKind::Set {
                elts: self.loads(node, class, "elts")?,
            },
            "IfExp" => ExprKind::IfExp {
                test: self.load(node, class, "test")?,
                body: self.load(node, class, "body")?,
                orelse: self.load(node, class, "orelse")?,
            },
            "Lambda" => {
                let args = self.required(node, class, "args")?;
                let args = self.arguments(&args)?;
                ExprKind::Lambda {
                    args: self.arena.node(args),
                    body: self.load(node, class, "body")?,
                }
            }
            "NamedExpr" => ExprKind::NamedExpr {
                target: self.store(node, class, "target")?,
                value: self.load(node, class, "value")?,
            },
            "Await" => ExprKind::Await {
                value: self.load(node, class, "value")?,
            },
            "Yield" => ExprKind::Yield {
                value: self.optional_expr(node, "value", Context::Load)?,
            },
            _ => ExprKind::YieldFrom {
                value: self.load(node, class, "value")?,
            },
        })
    }

    fn compare(&mut self, node: &Object, class: &str) -> PyResult<ExprKind<'a>> {
        let left = self.load(node, class, "left")?;
        let ops: List<_> = self.each(node, class, "ops", Reader::cmpop)?;
        let comparators: List<_> = self.loads(node, class, "comparators")?;
        if comparators.is_empty() {
            return Err(error::value_error("Compare with no comparators"));
        }
        if ops.len() != comparators.len() {
            return Err(error::value_error(
                "Compare has a different number of comparators and operands",
            ));
        }
        Ok(ExprKind::Compare {
            left,
            ops,
            comparators,
        })
    }

    fn comprehension(&mut self, node: &Object, class: &str) -> PyResult<ExprKind<'a>> {
        let generators = |reader: &mut Reader<'a>| {
            let made: List<Comprehension> =
                reader.each(node, class, "generators", Reader::generator)?;
            if made.is_empty() {
                return Err(error::value_error("comprehension with no generators"));
            }
            Ok(made)
        };
        if class == "DictComp" {
            return Ok(ExprKind::DictComp {
                key: self.load(node, class, "key")?,
                value: self.load(node, class, "value")?,
                generators: generators(self)?,
            });
        }
        let elt = self.load(node, class, "elt")?;
        let generators = generators(self)?;
        Ok(match class {
            "ListComp" => ExprKind::ListComp { elt, generators },
            "SetComp" => ExprKind::SetComp { elt, generators },
            _ => ExprKind::GeneratorExp { elt, generators },
        })
    }

    fn generator(&mut self, node: &Object) -> PyResult<Comprehension<'a>> {
        const CLASS: &str = "comprehension";
        Ok(Comprehension {
            target: self.store(node, CLASS, "target")?,
            iter: self.load(node, CLASS, "iter")?,
            ifs: self.loads(node, CLASS, "ifs")?,
            is_async: self.number(node, CLASS, "is_async")? != 0,
        })
    }

    fn formatted(&mut self, node: &Object, class: &str) -> PyResult<ExprKind<'a>> {
        Ok(match class {
            "JoinedStr" => ExprKind::JoinedStr {
                values: self.loads(node, class, "values")?,
            },
            "TemplateStr" => ExprKind::TemplateStr {
                values: self.loads(node, class, "values")?,
            },
            "FormattedValue" => ExprKind::FormattedValue {
                value: self.load(node, class, "value")?,
                conversion: self.number(node, class, "conversion")?,
                format_spec: self.optional_expr(node, "format_spec", Context::Load)?,
            },
            _ => ExprKind::Interpolation {
                value: self.load(node, class, "value")?,
                str: self.constant_field(node, class, "str")?,
                conversion: self.number(node, class, "conversion")?,
                format_spec: self.optional_expr(node, "format_spec", Context::Load)?,
            },
        })
    }

    pub fn keyword(&mut self, node: &Object) -> PyResult<Keyword<'a>> {
        Ok(Keyword {
            arg: self.optional_name(node, "arg")?,
            value: self.load(node, "keyword", "value")?,
            loc: self.location(node, "keyword")?,
        })
    }

    pub fn arguments(&mut self, node: &Object) -> PyResult<Arguments<'a>> {
        const CLASS: &str = "arguments";
        let made = Arguments {
            posonlyargs: self.each(node, CLASS, "posonlyargs", Reader::arg)?,
            args: self.each(node, CLASS, "args", Reader::arg)?,
            vararg: self.optional_arg(node, "vararg")?,
            kwonlyargs: self.each(node, CLASS, "kwonlyargs", Reader::arg)?,
            kw_defaults: self.gaps(node, CLASS, "kw_defaults")?,
            kwarg: self.optional_arg(node, "kwarg")?,
            defaults: self.loads(node, CLASS, "defaults")?,
        };
        if made.defaults.len() > made.posonlyargs.len() + made.args.len() {
            return Err(error::value_error(
                "more positional defaults than args on arguments",
            ));
        }
        if made.kw_defaults.len() != made.kwonlyargs.len() {
            return Err(error::value_error(
                "length of kwonlyargs is not the same as kw_defaults on arguments",
            ));
        }
        Ok(made)
    }

    fn optional_arg(&mut self, node: &Object, field: &str) -> PyResult<Option<&'a Arg<'a>>> {
        match self.optional(node, field)? {
            Some(found) => self
                .arg(&found)
                .map(|made| -> Option<&Arg> { Some(self.arena.node(made)) }),
            None => Ok(None),
        }
    }

    fn arg(&mut self, node: &Object) -> PyResult<Arg<'a>> {
        Ok(Arg {
            arg: self.name(node, "arg", "arg")?,
            annotation: self.optional_expr(node, "annotation", Context::Load)?,
            loc: self.location(node, "arg")?,
        })
    }

    pub fn pattern(&mut self, node: &Object) -> PyResult<Pattern<'a>> {
        let loc = self.location(node, "pattern")?;
        let Some(class) = class_of(node, &PATTERNS)? else {
            return Err(wrong_kind("pattern", node));
        };
        let kind = match class {
            "MatchValue" => PatternKind::MatchValue {
                value: self.load(node, class, "value")?,
            },
            "MatchSingleton" => {
                let value = self.constant_field(node, class, "value")?;
                if !matches!(value, Constant::None | Constant::True | Constant::False) {
                    return Err(error::value_error(
                        "MatchSingleton can only contain True, False and None",
                    ));
                }
                PatternKind::MatchSingleton { value }
            }
            "MatchSequence" => PatternKind::MatchSequence {
                patterns: self.each(node, class, "patterns", Reader::pattern)?,
            },
            "MatchMapping" => {
                let keys: List<_> = self.loads(node, class, "keys")?;
                let patterns: List<_> = self.each(node, class, "patterns", Reader::pattern)?;
                if keys.len() != patterns.len() {
                    return Err(error::value_error(
                        "MatchMapping doesn't have the same number of keys as patterns",
                    ));
                }
                PatternKind::MatchMapping {
                    keys,
                    patterns,
                    rest: self.optional_name(node, "rest")?,
                }
            }
            "MatchClass" => self.class_pattern(node, class)?,
            "MatchStar" => PatternKind::MatchStar {
                name: self.optional_name(node, "name")?,
            },
            "MatchAs" => {
                let pattern = match self.optional(node, "pattern")? {
                    Some(found) => {
                        let made = self.nested(|r| r.pattern(&found))?;
                        let made: &Pattern = self.arena.node(made);
                        Some(made)
                    }
                    None => None,
                };
                let name = self.optional_name(node, "name")?;
                if pattern.is_some() && name.is_none() {
                    return Err(error::value_error(
                        "MatchAs must specify a target name if a pattern is given",
                    ));
                }
                PatternKind::MatchAs { pattern, name }
            }
            _ => {
                let patterns: List<_> = self.each(node, class, "patterns", Reader::pattern)?;
                if patterns.len() < 2 {
                    return Err(error::value_error("MatchOr requires at least 2 patterns"));
                }
                PatternKind::MatchOr { patterns }
            }
        };
        Ok(Pattern { kind, loc })
    }

    fn class_pattern(&mut self, node: &Object, class: &str) -> PyResult<PatternKind<'a>> {
        let cls = self.load(node, class, "cls")?;
        let patterns: List<_> = self.each(node, class, "patterns", Reader::pattern)?;
        let kwd_attrs: List<_> = self.names(node, class, "kwd_attrs")?;
        let kwd_patterns: List<_> = self.each(node, class, "kwd_patterns", Reader::pattern)?;
        if kwd_attrs.len() != kwd_patterns.len() {
            return Err(error::value_error(
                "MatchClass doesn't have the same number of keyword attributes as patterns",
            ));
        }
        Ok(PatternKind::MatchClass {
            cls,
            patterns,
            kwd_attrs,
            kwd_patterns,
        })
    }
}
