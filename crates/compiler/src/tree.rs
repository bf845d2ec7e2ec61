//! The syntax tree, node for node and field for field as CPython's ASDL names it (Parser/Python.asdl), so that scopes and code
//! generation read as CPython's documents do. Built by `parser`, or by `lower` from ruff's tree; knows nothing of ruff. Nodes are small, a
//! list is one word: four passes walk all of them.

use terrarium_bytecode::Constant;
pub use thin_vec::{ThinVec, thin_vec};

pub use crate::name::Name;

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

#[derive(Debug, Clone)]
pub enum Module {
    Module { body: ThinVec<Stmt> },
    Interactive { body: ThinVec<Stmt> },
    Expression { body: Box<Expr> },
}

#[derive(Debug, Clone)]
pub struct Stmt {
    pub kind: StmtKind,
    pub loc: Location,
}

#[derive(Debug, Clone)]
pub enum StmtKind {
    FunctionDef(Box<FunctionDef>),
    AsyncFunctionDef(Box<FunctionDef>),
    ClassDef(Box<ClassDef>),
    Return {
        value: Option<Box<Expr>>,
    },
    Delete {
        targets: ThinVec<Expr>,
    },
    Assign {
        targets: ThinVec<Expr>,
        value: Box<Expr>,
    },
    TypeAlias {
        name: Box<Expr>,
        type_params: ThinVec<TypeParam>,
        value: Box<Expr>,
    },
    AugAssign {
        target: Box<Expr>,
        op: Operator,
        value: Box<Expr>,
    },
    AnnAssign {
        target: Box<Expr>,
        annotation: Box<Expr>,
        value: Option<Box<Expr>>,
        simple: bool,
    },
    For {
        target: Box<Expr>,
        iter: Box<Expr>,
        body: ThinVec<Stmt>,
        orelse: ThinVec<Stmt>,
    },
    AsyncFor {
        target: Box<Expr>,
        iter: Box<Expr>,
        body: ThinVec<Stmt>,
        orelse: ThinVec<Stmt>,
    },
    While {
        test: Box<Expr>,
        body: ThinVec<Stmt>,
        orelse: ThinVec<Stmt>,
    },
    If {
        test: Box<Expr>,
        body: ThinVec<Stmt>,
        orelse: ThinVec<Stmt>,
    },
    With {
        items: ThinVec<WithItem>,
        body: ThinVec<Stmt>,
    },
    AsyncWith {
        items: ThinVec<WithItem>,
        body: ThinVec<Stmt>,
    },
    Match {
        subject: Box<Expr>,
        cases: ThinVec<MatchCase>,
    },
    Raise {
        exc: Option<Box<Expr>>,
        cause: Option<Box<Expr>>,
    },
    Try {
        body: ThinVec<Stmt>,
        handlers: ThinVec<ExceptHandler>,
        orelse: ThinVec<Stmt>,
        finalbody: ThinVec<Stmt>,
    },
    TryStar {
        body: ThinVec<Stmt>,
        handlers: ThinVec<ExceptHandler>,
        orelse: ThinVec<Stmt>,
        finalbody: ThinVec<Stmt>,
    },
    Assert {
        test: Box<Expr>,
        msg: Option<Box<Expr>>,
    },
    Import {
        names: ThinVec<Alias>,
    },
    ImportFrom {
        module: Option<Name>,
        names: ThinVec<Alias>,
        level: u32,
    },
    Global {
        names: ThinVec<Name>,
    },
    Nonlocal {
        names: ThinVec<Name>,
    },
    Expr {
        value: Box<Expr>,
    },
    Pass,
    Break,
    Continue,
}

/// Of `FunctionDef` and `AsyncFunctionDef`. `Stmt::loc` starts at `def` or `async`, not at the first decorator.
#[derive(Debug, Clone)]
pub struct FunctionDef {
    pub name: Name,
    pub args: Arguments,
    pub body: ThinVec<Stmt>,
    pub decorator_list: ThinVec<Expr>,
    pub returns: Option<Box<Expr>>,
    pub type_params: ThinVec<TypeParam>,
}

#[derive(Debug, Clone)]
pub struct ClassDef {
    pub name: Name,
    pub bases: ThinVec<Expr>,
    pub keywords: ThinVec<Keyword>,
    pub body: ThinVec<Stmt>,
    pub decorator_list: ThinVec<Expr>,
    pub type_params: ThinVec<TypeParam>,
}

#[derive(Debug, Clone)]
pub struct Expr {
    pub kind: ExprKind,
    pub loc: Location,
}

#[derive(Debug, Clone)]
pub enum ExprKind {
    BoolOp {
        op: BoolOp,
        values: ThinVec<Expr>,
    },
    NamedExpr {
        target: Box<Expr>,
        value: Box<Expr>,
    },
    BinOp {
        left: Box<Expr>,
        op: Operator,
        right: Box<Expr>,
    },
    UnaryOp {
        op: UnaryOp,
        operand: Box<Expr>,
    },
    Lambda {
        args: Box<Arguments>,
        body: Box<Expr>,
    },
    IfExp {
        test: Box<Expr>,
        body: Box<Expr>,
        orelse: Box<Expr>,
    },
    /// A `None` key stands for `**value`.
    Dict {
        keys: ThinVec<Option<Expr>>,
        values: ThinVec<Expr>,
    },
    Set {
        elts: ThinVec<Expr>,
    },
    ListComp {
        elt: Box<Expr>,
        generators: ThinVec<Comprehension>,
    },
    SetComp {
        elt: Box<Expr>,
        generators: ThinVec<Comprehension>,
    },
    DictComp {
        key: Box<Expr>,
        value: Box<Expr>,
        generators: ThinVec<Comprehension>,
    },
    GeneratorExp {
        elt: Box<Expr>,
        generators: ThinVec<Comprehension>,
    },
    Await {
        value: Box<Expr>,
    },
    Yield {
        value: Option<Box<Expr>>,
    },
    YieldFrom {
        value: Box<Expr>,
    },
    Compare {
        left: Box<Expr>,
        ops: ThinVec<CmpOp>,
        comparators: ThinVec<Expr>,
    },
    Call {
        func: Box<Expr>,
        args: ThinVec<Expr>,
        keywords: ThinVec<Keyword>,
    },
    /// `conversion` is -1, or the character code of `s`, `r` or `a`.
    FormattedValue {
        value: Box<Expr>,
        conversion: i32,
        format_spec: Option<Box<Expr>>,
    },
    /// `str` is the text of the expression as CPython keeps it (a `Constant::Str`).
    Interpolation {
        value: Box<Expr>,
        str: Box<Constant>,
        conversion: i32,
        format_spec: Option<Box<Expr>>,
    },
    JoinedStr {
        values: ThinVec<Expr>,
    },
    TemplateStr {
        values: ThinVec<Expr>,
    },
    /// `kind_u` is CPython's `kind`: whether a lower-case `u` prefix stood before a string.
    Constant {
        value: Constant,
        kind_u: bool,
    },
    Attribute {
        value: Box<Expr>,
        attr: Name,
        ctx: Context,
    },
    Subscript {
        value: Box<Expr>,
        slice: Box<Expr>,
        ctx: Context,
    },
    Starred {
        value: Box<Expr>,
        ctx: Context,
    },
    Name {
        id: Name,
        ctx: Context,
    },
    List {
        elts: ThinVec<Expr>,
        ctx: Context,
    },
    Tuple {
        elts: ThinVec<Expr>,
        ctx: Context,
    },
    Slice {
        lower: Option<Box<Expr>>,
        upper: Option<Box<Expr>>,
        step: Option<Box<Expr>>,
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

#[derive(Debug, Clone)]
pub struct Comprehension {
    pub target: Expr,
    pub iter: Expr,
    pub ifs: ThinVec<Expr>,
    pub is_async: bool,
}

#[derive(Debug, Clone)]
pub struct ExceptHandler {
    pub r#type: Option<Box<Expr>>,
    pub name: Option<Name>,
    pub body: ThinVec<Stmt>,
    pub loc: Location,
}

#[derive(Debug, Clone)]
pub struct Arguments {
    pub posonlyargs: ThinVec<Arg>,
    pub args: ThinVec<Arg>,
    pub vararg: Option<Box<Arg>>,
    pub kwonlyargs: ThinVec<Arg>,
    /// One for each of `kwonlyargs`.
    pub kw_defaults: ThinVec<Option<Expr>>,
    pub kwarg: Option<Box<Arg>>,
    pub defaults: ThinVec<Expr>,
}

#[derive(Debug, Clone)]
pub struct Arg {
    pub arg: Name,
    pub annotation: Option<Box<Expr>>,
    pub loc: Location,
}

#[derive(Debug, Clone)]
pub struct Keyword {
    /// `None` stands for `**value`.
    pub arg: Option<Name>,
    pub value: Expr,
    pub loc: Location,
}

#[derive(Debug, Clone)]
pub struct Alias {
    pub name: Name,
    pub asname: Option<Name>,
    pub loc: Location,
}

#[derive(Debug, Clone)]
pub struct WithItem {
    pub context_expr: Expr,
    pub optional_vars: Option<Box<Expr>>,
}

#[derive(Debug, Clone)]
pub struct MatchCase {
    pub pattern: Pattern,
    pub guard: Option<Box<Expr>>,
    pub body: ThinVec<Stmt>,
}

#[derive(Debug, Clone)]
pub struct Pattern {
    pub kind: PatternKind,
    pub loc: Location,
}

#[derive(Debug, Clone)]
pub enum PatternKind {
    MatchValue {
        value: Box<Expr>,
    },
    MatchSingleton {
        value: Constant,
    },
    MatchSequence {
        patterns: ThinVec<Pattern>,
    },
    MatchMapping {
        keys: ThinVec<Expr>,
        patterns: ThinVec<Pattern>,
        rest: Option<Name>,
    },
    MatchClass {
        cls: Box<Expr>,
        patterns: ThinVec<Pattern>,
        kwd_attrs: ThinVec<Name>,
        kwd_patterns: ThinVec<Pattern>,
    },
    MatchStar {
        name: Option<Name>,
    },
    MatchAs {
        pattern: Option<Box<Pattern>>,
        name: Option<Name>,
    },
    MatchOr {
        patterns: ThinVec<Pattern>,
    },
}

#[derive(Debug, Clone)]
pub struct TypeParam {
    pub kind: TypeParamKind,
    pub loc: Location,
}

#[derive(Debug, Clone)]
pub enum TypeParamKind {
    TypeVar {
        name: Name,
        bound: Option<Box<Expr>>,
        default_value: Option<Box<Expr>>,
    },
    ParamSpec {
        name: Name,
        default_value: Option<Box<Expr>>,
    },
    TypeVarTuple {
        name: Name,
        default_value: Option<Box<Expr>>,
    },
}
