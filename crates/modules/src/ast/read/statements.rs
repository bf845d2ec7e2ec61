//! Statements.

use terrarium_compiler::arena::List;
use terrarium_compiler::tree::{
    Alias, ClassDef, Context, ExceptHandler, FunctionDef, MatchCase, Stmt, StmtKind, TypeParam,
    TypeParamKind, WithItem,
};
use terrarium_objects::{Object, PyResult, error, root};

use super::values::wrong_kind;
use super::{Reader, class_of};

const STATEMENTS: [&str; 28] = [
    "Expr",
    "Assign",
    "If",
    "Return",
    "FunctionDef",
    "For",
    "AugAssign",
    "AnnAssign",
    "ClassDef",
    "Import",
    "ImportFrom",
    "While",
    "With",
    "Try",
    "Raise",
    "Pass",
    "Assert",
    "Delete",
    "Global",
    "Nonlocal",
    "Break",
    "Continue",
    "Match",
    "TypeAlias",
    "TryStar",
    "AsyncFunctionDef",
    "AsyncFor",
    "AsyncWith",
];

impl<'a> Reader<'a> {
    pub fn stmt(&mut self, node: &Object) -> PyResult<Stmt<'a>> {
        let loc = self.location(node, "stmt")?;
        let Some(class) = class_of(node, &STATEMENTS)? else {
            return Err(wrong_kind("stmt", node));
        };
        let kind = match class {
            "FunctionDef" => StmtKind::FunctionDef(self.function(node, class)?),
            "AsyncFunctionDef" => StmtKind::AsyncFunctionDef(self.function(node, class)?),
            "ClassDef" => StmtKind::ClassDef(self.class(node, class)?),
            "For" | "AsyncFor" | "While" | "If" | "With" | "AsyncWith" | "Match" | "Try"
            | "TryStar" => self.compound(node, class)?,
            "Assign" | "AugAssign" | "AnnAssign" | "TypeAlias" | "Delete" => {
                self.binding(node, class)?
            }
            _ => self.simple(node, class)?,
        };
        Ok(Stmt { kind, loc })
    }

    fn body(&mut self, node: &Object, class: &str) -> PyResult<List<'a, Stmt<'a>>> {
        self.some(node, class, "body", Reader::stmt)
    }

    fn block(&mut self, node: &Object, class: &str, field: &str) -> PyResult<List<'a, Stmt<'a>>> {
        self.each(node, class, field, Reader::stmt)
    }

    fn function(&mut self, node: &Object, class: &str) -> PyResult<&'a FunctionDef<'a>> {
        let args = root("node being compiled", self.required(node, class, "args")?);
        let made = FunctionDef {
            name: self.name(node, class, "name")?,
            args: self.arguments(&args)?,
            body: self.body(node, class)?,
            decorator_list: self.loads(node, class, "decorator_list")?,
            returns: self.optional_expr(node, "returns", Context::Load)?,
            type_params: self.each(node, class, "type_params", Reader::type_param)?,
        };
        Ok(self.arena.node(made))
    }

    fn class(&mut self, node: &Object, class: &str) -> PyResult<&'a ClassDef<'a>> {
        let made = ClassDef {
            name: self.name(node, class, "name")?,
            bases: self.loads(node, class, "bases")?,
            keywords: self.each(node, class, "keywords", Reader::keyword)?,
            body: self.body(node, class)?,
            decorator_list: self.loads(node, class, "decorator_list")?,
            type_params: self.each(node, class, "type_params", Reader::type_param)?,
        };
        Ok(self.arena.node(made))
    }

    fn compound(&mut self, node: &Object, class: &str) -> PyResult<StmtKind<'a>> {
        Ok(match class {
            "For" => StmtKind::For {
                target: self.store(node, class, "target")?,
                iter: self.load(node, class, "iter")?,
                body: self.body(node, class)?,
                orelse: self.block(node, class, "orelse")?,
            },
            "AsyncFor" => StmtKind::AsyncFor {
                target: self.store(node, class, "target")?,
                iter: self.load(node, class, "iter")?,
                body: self.body(node, class)?,
                orelse: self.block(node, class, "orelse")?,
            },
            "While" => StmtKind::While {
                test: self.load(node, class, "test")?,
                body: self.body(node, class)?,
                orelse: self.block(node, class, "orelse")?,
            },
            "If" => StmtKind::If {
                test: self.load(node, class, "test")?,
                body: self.body(node, class)?,
                orelse: self.block(node, class, "orelse")?,
            },
            "With" => StmtKind::With {
                items: self.some(node, class, "items", Reader::with_item)?,
                body: self.body(node, class)?,
            },
            "AsyncWith" => StmtKind::AsyncWith {
                items: self.some(node, class, "items", Reader::with_item)?,
                body: self.body(node, class)?,
            },
            "Match" => StmtKind::Match {
                subject: self.load(node, class, "subject")?,
                cases: self.some(node, class, "cases", Reader::case)?,
            },
            _ => self.attempt(node, class)?,
        })
    }

    fn attempt(&mut self, node: &Object, class: &str) -> PyResult<StmtKind<'a>> {
        let body = self.body(node, class)?;
        let handlers: List<_> = self.each(node, class, "handlers", Reader::handler)?;
        let orelse: List<_> = self.block(node, class, "orelse")?;
        let finalbody: List<_> = self.block(node, class, "finalbody")?;
        if handlers.is_empty() && finalbody.is_empty() {
            return Err(error::value_error(format!(
                "{class} has neither except handlers nor finalbody"
            )));
        }
        if handlers.is_empty() && !orelse.is_empty() {
            return Err(error::value_error(format!(
                "{class} has orelse but no except handlers"
            )));
        }
        Ok(if class == "Try" {
            StmtKind::Try {
                body,
                handlers,
                orelse,
                finalbody,
            }
        } else {
            StmtKind::TryStar {
                body,
                handlers,
                orelse,
                finalbody,
            }
        })
    }

    fn handler(&mut self, node: &Object) -> PyResult<ExceptHandler<'a>> {
        const CLASS: &str = "ExceptHandler";
        Ok(ExceptHandler {
            r#type: self.optional_expr(node, "type", Context::Load)?,
            name: self.optional_name(node, "name")?,
            body: self.body(node, CLASS)?,
            loc: self.location(node, "excepthandler")?,
        })
    }

    fn with_item(&mut self, node: &Object) -> PyResult<WithItem<'a>> {
        Ok(WithItem {
            context_expr: self.load(node, "withitem", "context_expr")?,
            optional_vars: self.optional_expr(node, "optional_vars", Context::Store)?,
        })
    }

    fn case(&mut self, node: &Object) -> PyResult<MatchCase<'a>> {
        const CLASS: &str = "match_case";
        let pattern = root(
            "node being compiled",
            self.required(node, CLASS, "pattern")?,
        );
        Ok(MatchCase {
            pattern: self.nested(|reader| reader.pattern(&pattern))?,
            guard: self.optional_expr(node, "guard", Context::Load)?,
            body: self.body(node, CLASS)?,
        })
    }

    fn binding(&mut self, node: &Object, class: &str) -> PyResult<StmtKind<'a>> {
        Ok(match class {
            "Assign" => StmtKind::Assign {
                targets: self.targets(node, class, Context::Store)?,
                value: self.load(node, class, "value")?,
            },
            "Delete" => StmtKind::Delete {
                targets: self.targets(node, class, Context::Del)?,
            },
            "AugAssign" => StmtKind::AugAssign {
                target: self.store(node, class, "target")?,
                op: self.operator_field(node, class)?,
                value: self.load(node, class, "value")?,
            },
            "AnnAssign" => StmtKind::AnnAssign {
                target: self.store(node, class, "target")?,
                annotation: self.load(node, class, "annotation")?,
                value: self.optional_expr(node, "value", Context::Load)?,
                simple: self.number(node, class, "simple")? != 0,
            },
            _ => StmtKind::TypeAlias {
                name: self.store(node, class, "name")?,
                type_params: self.each(node, class, "type_params", Reader::type_param)?,
                value: self.load(node, class, "value")?,
            },
        })
    }

    fn simple(&mut self, node: &Object, class: &str) -> PyResult<StmtKind<'a>> {
        Ok(match class {
            "Expr" => StmtKind::Expr {
                value: self.load(node, class, "value")?,
            },
            "Return" => StmtKind::Return {
                value: self.optional_expr(node, "value", Context::Load)?,
            },
            "Raise" => {
                let exc = self.optional_expr(node, "exc", Context::Load)?;
                let cause = self.optional_expr(node, "cause", Context::Load)?;
                if exc.is_none() && cause.is_some() {
                    return Err(error::value_error("Raise with cause but no exception"));
                }
                StmtKind::Raise { exc, cause }
            }
            "Assert" => StmtKind::Assert {
                test: self.load(node, class, "test")?,
                msg: self.optional_expr(node, "msg", Context::Load)?,
            },
            "Import" => StmtKind::Import {
                names: self.some(node, class, "names", Reader::alias)?,
            },
            "ImportFrom" => self.import_from(node, class)?,
            "Global" => StmtKind::Global {
                names: self.some(node, class, "names", Reader::name_of)?,
            },
            "Nonlocal" => StmtKind::Nonlocal {
                names: self.some(node, class, "names", Reader::name_of)?,
            },
            "Pass" => StmtKind::Pass,
            "Break" => StmtKind::Break,
            _ => StmtKind::Continue,
        })
    }

    fn import_from(&mut self, node: &Object, class: &str) -> PyResult<StmtKind<'a>> {
        let level = match self.optional(node, "level")? {
            Some(found) => self.number_of(&found)?,
            None => 0,
        };
        let level =
            u32::try_from(level).map_err(|_| error::value_error("Negative ImportFrom level"))?;
        Ok(StmtKind::ImportFrom {
            module: self.optional_name(node, "module")?,
            names: self.some(node, class, "names", Reader::alias)?,
            level,
        })
    }

    fn alias(&mut self, node: &Object) -> PyResult<Alias<'a>> {
        Ok(Alias {
            name: self.name(node, "alias", "name")?,
            asname: self.optional_name(node, "asname")?,
            loc: self.location(node, "alias")?,
        })
    }

    fn type_param(&mut self, node: &Object) -> PyResult<TypeParam<'a>> {
        let Some(class) = class_of(node, &["TypeVar", "ParamSpec", "TypeVarTuple"])? else {
            return Err(wrong_kind("type_param", node));
        };
        let name = self.name(node, class, "name")?;
        let default_value = self.optional_expr(node, "default_value", Context::Load)?;
        let kind = match class {
            "TypeVar" => TypeParamKind::TypeVar {
                name,
                bound: self.optional_expr(node, "bound", Context::Load)?,
                default_value,
            },
            "ParamSpec" => TypeParamKind::ParamSpec {
                name,
                default_value,
            },
            _ => TypeParamKind::TypeVarTuple {
                name,
                default_value,
            },
        };
        Ok(TypeParam {
            kind,
            loc: self.location(node, "type_param")?,
        })
    }
}
