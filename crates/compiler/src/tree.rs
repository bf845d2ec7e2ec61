//! The syntax tree, node for node and field for field as CPython's ASDL names it (Parser/Python.asdl), so that scopes and code
//! generation read as CPython's documents do. Built by `parser`, or by `lower` from ruff's tree; knows nothing of ruff. Nodes stand in an
//! `Arena` and never change; a pass that rewrites makes new ones. They are small, a list is one word: four passes walk all of them.

pub use crate::arena::{Arena, List};
pub use crate::name::Name;
use terrarium_bytecode::Constant;

/// Where a node stands: lines count from 1, columns are UTF-8 bytes from 0, as in CPython's `lineno`, `col_offset`,
/// `end_lineno`, `end_col_offset`. -1 stands for "none", as in CPython's NO_LOCATION.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Location {
    pub line: i32,
    pub end_line: i32,
    pub column: i32,
    pub end_column: i32,
}

impl Location {
    /// CPython's `NO_LOCATION`.
    pub const NONE: Location = Location {
        line: -1,
        end_line: -1,
        column: -1,
        end_column: -1,
    };
    /// CPython's `NEXT_LOCATION`.
    pub const NEXT: Location = Location {
        line: -2,
        end_line: -2,
        column: -2,
        end_column: -2,
    };

    /// `other` if so, without a branch.
    #[inline]
    pub fn or_if(self, so: bool, other: Location) -> Location {
        let mask = -i32::from(so);
        let pick = |own: i32, other: i32| own ^ (own ^ other) & mask;
        Location {
            line: pick(self.line, other.line),
            end_line: pick(self.end_line, other.end_line),
            column: pick(self.column, other.column),
            end_column: pick(self.end_column, other.end_column),
        }
    }

    /// The start of a line, without extent.
    pub const fn line_start(line: i32) -> Location {
        Location {
            line,
            end_line: line,
            column: 0,
            end_column: 0,
        }
    }
}

pub type Exprs<'a> = List<'a, &'a Expr<'a>>;

#[derive(Debug, Clone, Copy)]
pub enum Module<'a> {
    Module { body: List<'a, Stmt<'a>> },
    Interactive { body: List<'a, Stmt<'a>> },
    Expression { body: &'a Expr<'a> },
}

#[derive(Debug, Clone, Copy)]
pub struct Stmt<'a> {
    pub kind: StmtKind<'a>,
    pub loc: Location,
}

#[derive(Debug, Clone, Copy)]
pub enum StmtKind<'a> {
    FunctionDef(&'a FunctionDef<'a>),
    AsyncFunctionDef(&'a FunctionDef<'a>),
    ClassDef(&'a ClassDef<'a>),
    Return {
        value: Option<&'a Expr<'a>>,
    },
    Delete {
        targets: Exprs<'a>,
    },
    Assign {
        targets: Exprs<'a>,
        value: &'a Expr<'a>,
    },
    TypeAlias {
        name: &'a Expr<'a>,
        type_params: List<'a, TypeParam<'a>>,
        value: &'a Expr<'a>,
    },
    AugAssign {
        target: &'a Expr<'a>,
        op: Operator,
        value: &'a Expr<'a>,
    },
    AnnAssign {
        target: &'a Expr<'a>,
        annotation: &'a Expr<'a>,
        value: Option<&'a Expr<'a>>,
        simple: bool,
    },
    For {
        target: &'a Expr<'a>,
        iter: &'a Expr<'a>,
        body: List<'a, Stmt<'a>>,
        orelse: List<'a, Stmt<'a>>,
    },
    AsyncFor {
        target: &'a Expr<'a>,
        iter: &'a Expr<'a>,
        body: List<'a, Stmt<'a>>,
        orelse: List<'a, Stmt<'a>>,
    },
    While {
        test: &'a Expr<'a>,
        body: List<'a, Stmt<'a>>,
        orelse: List<'a, Stmt<'a>>,
    },
    If {
        test: &'a Expr<'a>,
        body: List<'a, Stmt<'a>>,
        orelse: List<'a, Stmt<'a>>,
    },
    With {
        items: List<'a, WithItem<'a>>,
        body: List<'a, Stmt<'a>>,
    },
    AsyncWith {
        items: List<'a, WithItem<'a>>,
        body: List<'a, Stmt<'a>>,
    },
    Match {
        subject: &'a Expr<'a>,
        cases: List<'a, MatchCase<'a>>,
    },
    Raise {
        exc: Option<&'a Expr<'a>>,
        cause: Option<&'a Expr<'a>>,
    },
    Try {
        body: List<'a, Stmt<'a>>,
        handlers: List<'a, ExceptHandler<'a>>,
        orelse: List<'a, Stmt<'a>>,
        finalbody: List<'a, Stmt<'a>>,
    },
    TryStar {
        body: List<'a, Stmt<'a>>,
        handlers: List<'a, ExceptHandler<'a>>,
        orelse: List<'a, Stmt<'a>>,
        finalbody: List<'a, Stmt<'a>>,
    },
    Assert {
        test: &'a Expr<'a>,
        msg: Option<&'a Expr<'a>>,
    },
    Import {
        names: List<'a, Alias<'a>>,
    },
    ImportFrom {
        module: Option<Name<'a>>,
        names: List<'a, Alias<'a>>,
        level: u32,
    },
    Global {
        names: List<'a, Name<'a>>,
    },
    Nonlocal {
        names: List<'a, Name<'a>>,
    },
    Expr {
        value: &'a Expr<'a>,
    },
    Pass,
    Break,
    Continue,
}

/// Of `FunctionDef` and `AsyncFunctionDef`. `Stmt::loc` starts at `def` or `async`, not at the first decorator.
#[derive(Debug, Clone, Copy)]
pub struct FunctionDef<'a> {
    pub name: Name<'a>,
    pub args: Arguments<'a>,
    pub body: List<'a, Stmt<'a>>,
    pub decorator_list: Exprs<'a>,
    pub returns: Option<&'a Expr<'a>>,
    pub type_params: List<'a, TypeParam<'a>>,
}

#[derive(Debug, Clone, Copy)]
pub struct ClassDef<'a> {
    pub name: Name<'a>,
    pub bases: Exprs<'a>,
    pub keywords: List<'a, Keyword<'a>>,
    pub body: List<'a, Stmt<'a>>,
    pub decorator_list: Exprs<'a>,
    pub type_params: List<'a, TypeParam<'a>>,
}

#[derive(Debug, Clone, Copy)]
pub struct Expr<'a> {
    pub kind: ExprKind<'a>,
    pub loc: Location,
}

#[derive(Debug, Clone, Copy)]
pub enum ExprKind<'a> {
    BoolOp {
        op: BoolOp,
        values: Exprs<'a>,
    },
    NamedExpr {
        target: &'a Expr<'a>,
        value: &'a Expr<'a>,
    },
    BinOp {
        left: &'a Expr<'a>,
        op: Operator,
        right: &'a Expr<'a>,
    },
    UnaryOp {
        op: UnaryOp,
        operand: &'a Expr<'a>,
    },
    Lambda {
        args: &'a Arguments<'a>,
        body: &'a Expr<'a>,
    },
    IfExp {
        test: &'a Expr<'a>,
        body: &'a Expr<'a>,
        orelse: &'a Expr<'a>,
    },
    /// A `None` key stands for `**value`.
    Dict {
        keys: List<'a, Option<&'a Expr<'a>>>,
        values: Exprs<'a>,
    },
    Set {
        elts: Exprs<'a>,
    },
    ListComp {
        elt: &'a Expr<'a>,
        generators: List<'a, Comprehension<'a>>,
    },
    SetComp {
        elt: &'a Expr<'a>,
        generators: List<'a, Comprehension<'a>>,
    },
    DictComp {
        key: &'a Expr<'a>,
        value: &'a Expr<'a>,
        generators: List<'a, Comprehension<'a>>,
    },
    GeneratorExp {
        elt: &'a Expr<'a>,
        generators: List<'a, Comprehension<'a>>,
    },
    Await {
        value: &'a Expr<'a>,
    },
    Yield {
        value: Option<&'a Expr<'a>>,
    },
    YieldFrom {
        value: &'a Expr<'a>,
    },
    Compare {
        left: &'a Expr<'a>,
        ops: List<'a, CmpOp>,
        comparators: Exprs<'a>,
    },
    Call {
        func: &'a Expr<'a>,
        args: Exprs<'a>,
        keywords: List<'a, Keyword<'a>>,
    },
    /// `conversion` is -1, or the character code of `s`, `r` or `a`.
    FormattedValue {
        value: &'a Expr<'a>,
        conversion: i32,
        format_spec: Option<&'a Expr<'a>>,
    },
    /// `str` is the text of the expression as CPython keeps it (a `Constant::Str`).
    Interpolation {
        value: &'a Expr<'a>,
        str: &'a Constant,
        conversion: i32,
        format_spec: Option<&'a Expr<'a>>,
    },
    JoinedStr {
        values: Exprs<'a>,
    },
    TemplateStr {
        values: Exprs<'a>,
    },
    /// `kind_u` is CPython's `kind`: whether a lower-case `u` prefix stood before a string.
    Constant {
        value: &'a Constant,
        kind_u: bool,
    },
    Attribute {
        value: &'a Expr<'a>,
        attr: Name<'a>,
        ctx: Context,
    },
    Subscript {
        value: &'a Expr<'a>,
        slice: &'a Expr<'a>,
        ctx: Context,
    },
    Starred {
        value: &'a Expr<'a>,
        ctx: Context,
    },
    Name {
        id: Name<'a>,
        ctx: Context,
    },
    List {
        elts: Exprs<'a>,
        ctx: Context,
    },
    Tuple {
        elts: Exprs<'a>,
        ctx: Context,
    },
    Slice {
        lower: Option<&'a Expr<'a>>,
        upper: Option<&'a Expr<'a>>,
        step: Option<&'a Expr<'a>>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Context {
    Load,
    Store,
    Del,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoolOp {
    And,
    Or,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Add,
    Sub,
    Mult,
    MatMult,
    Div,
    Mod,
    Pow,
    LShift,
    RShift,
    BitOr,
    BitXor,
    BitAnd,
    FloorDiv,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOp {
    Invert,
    Not,
    UAdd,
    USub,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CmpOp {
    Eq,
    NotEq,
    Lt,
    LtE,
    Gt,
    GtE,
    Is,
    IsNot,
    In,
    NotIn,
}

#[derive(Debug, Clone, Copy)]
pub struct Comprehension<'a> {
    pub target: &'a Expr<'a>,
    pub iter: &'a Expr<'a>,
    pub ifs: Exprs<'a>,
    pub is_async: bool,
}

#[derive(Debug, Clone, Copy)]
pub struct ExceptHandler<'a> {
    pub r#type: Option<&'a Expr<'a>>,
    pub name: Option<Name<'a>>,
    pub body: List<'a, Stmt<'a>>,
    pub loc: Location,
}

#[derive(Debug, Clone, Copy)]
pub struct Arguments<'a> {
    pub posonlyargs: List<'a, Arg<'a>>,
    pub args: List<'a, Arg<'a>>,
    pub vararg: Option<&'a Arg<'a>>,
    pub kwonlyargs: List<'a, Arg<'a>>,
    /// One for each of `kwonlyargs`.
    pub kw_defaults: List<'a, Option<&'a Expr<'a>>>,
    pub kwarg: Option<&'a Arg<'a>>,
    pub defaults: Exprs<'a>,
}

impl Arguments<'_> {
    /// Of what takes nothing.
    pub const NONE: Self = Arguments {
        posonlyargs: List::EMPTY,
        args: List::EMPTY,
        vararg: None,
        kwonlyargs: List::EMPTY,
        kw_defaults: List::EMPTY,
        kwarg: None,
        defaults: List::EMPTY,
    };
}

#[derive(Debug, Clone, Copy)]
pub struct Arg<'a> {
    pub arg: Name<'a>,
    pub annotation: Option<&'a Expr<'a>>,
    pub loc: Location,
}

#[derive(Debug, Clone, Copy)]
pub struct Keyword<'a> {
    /// `None` stands for `**value`.
    pub arg: Option<Name<'a>>,
    pub value: &'a Expr<'a>,
    pub loc: Location,
}

#[derive(Debug, Clone, Copy)]
pub struct Alias<'a> {
    pub name: Name<'a>,
    pub asname: Option<Name<'a>>,
    pub loc: Location,
}

#[derive(Debug, Clone, Copy)]
pub struct WithItem<'a> {
    pub context_expr: &'a Expr<'a>,
    pub optional_vars: Option<&'a Expr<'a>>,
}

#[derive(Debug, Clone, Copy)]
pub struct MatchCase<'a> {
    pub pattern: Pattern<'a>,
    pub guard: Option<&'a Expr<'a>>,
    pub body: List<'a, Stmt<'a>>,
}

#[derive(Debug, Clone, Copy)]
pub struct Pattern<'a> {
    pub kind: PatternKind<'a>,
    pub loc: Location,
}

#[derive(Debug, Clone, Copy)]
pub enum PatternKind<'a> {
    MatchValue {
        value: &'a Expr<'a>,
    },
    MatchSingleton {
        value: &'a Constant,
    },
    MatchSequence {
        patterns: List<'a, Pattern<'a>>,
    },
    MatchMapping {
        keys: Exprs<'a>,
        patterns: List<'a, Pattern<'a>>,
        rest: Option<Name<'a>>,
    },
    MatchClass {
        cls: &'a Expr<'a>,
        patterns: List<'a, Pattern<'a>>,
        kwd_attrs: List<'a, Name<'a>>,
        kwd_patterns: List<'a, Pattern<'a>>,
    },
    MatchStar {
        name: Option<Name<'a>>,
    },
    MatchAs {
        pattern: Option<&'a Pattern<'a>>,
        name: Option<Name<'a>>,
    },
    MatchOr {
        patterns: List<'a, Pattern<'a>>,
    },
}

#[derive(Debug, Clone, Copy)]
pub struct TypeParam<'a> {
    pub kind: TypeParamKind<'a>,
    pub loc: Location,
}

#[derive(Debug, Clone, Copy)]
pub enum TypeParamKind<'a> {
    TypeVar {
        name: Name<'a>,
        bound: Option<&'a Expr<'a>>,
        default_value: Option<&'a Expr<'a>>,
    },
    ParamSpec {
        name: Name<'a>,
        default_value: Option<&'a Expr<'a>>,
    },
    TypeVarTuple {
        name: Name<'a>,
        default_value: Option<&'a Expr<'a>>,
    },
}
