//! What rules yield: just enough of a tree to name expressions and to find targets.

use std::rc::Rc;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeKind {
    /// Several values in a row; takes part in others as its items.
    List,
    /// A keyword or operator.
    Token,
    Name,
    Number,
    Text,
    True,
    False,
    None,
    Ellipsis,
    Attribute,
    Subscript,
    Starred,
    ListDisplay,
    Tuple,
    Lambda,
    Call,
    BinOp,
    UnaryOp,
    GeneratorExp,
    Yield,
    Await,
    ListComp,
    SetComp,
    DictComp,
    Dict,
    Set,
    JoinedStr,
    TemplateStr,
    Compare,
    /// One operator of a comparison with its operand; `InPair` is that of `in`.
    Pair,
    InPair,
    IfExp,
    NamedExpr,
    Slice,
    Arg,
    Keyword,
    KeywordUnpack,
    Comprehension,
    Pattern,
}

impl NodeKind {
    /// The kind an action of the grammar asks for.
    pub fn from_name(name: &str) -> Option<NodeKind> {
        use NodeKind::*;
        Some(match name {
            "True" => True,
            "False" => False,
            "None" => None,
            "Ellipsis" => Ellipsis,
            "Attribute" => Attribute,
            "Subscript" => Subscript,
            "Starred" => Starred,
            "List" => ListDisplay,
            "Tuple" => Tuple,
            "Lambda" => Lambda,
            "Call" => Call,
            "BinOp" => BinOp,
            "UnaryOp" => UnaryOp,
            "GeneratorExp" => GeneratorExp,
            "Yield" => Yield,
            "Await" => Await,
            "ListComp" => ListComp,
            "SetComp" => SetComp,
            "DictComp" => DictComp,
            "Dict" => Dict,
            "Set" => Set,
            "JoinedStr" => JoinedStr,
            "TemplateStr" => TemplateStr,
            "Compare" => Compare,
            "Pair" => Pair,
            "InPair" => InPair,
            "IfExp" => IfExp,
            "NamedExpr" => NamedExpr,
            "Slice" => Slice,
            "Arg" => Arg,
            "Keyword" => Keyword,
            "KeywordUnpack" => KeywordUnpack,
            "Comprehension" => Comprehension,
            "Pattern" => Pattern,
            _ => return Option::None,
        })
    }

    /// How messages call an expression (CPython's `_PyPegen_get_expr_name`).
    pub fn expression_name(self) -> &'static str {
        use NodeKind::*;
        match self {
            Attribute => "attribute",
            Subscript => "subscript",
            Starred => "starred",
            Name => "name",
            ListDisplay => "list",
            Tuple => "tuple",
            Lambda => "lambda",
            Call => "function call",
            BinOp | UnaryOp => "expression",
            GeneratorExp => "generator expression",
            Yield => "yield expression",
            Await => "await expression",
            ListComp => "list comprehension",
            SetComp => "set comprehension",
            DictComp => "dict comprehension",
            Dict => "dict literal",
            Set => "set display",
            JoinedStr => "f-string expression",
            TemplateStr => "t-string expression",
            Number | Text => "literal",
            True => "True",
            False => "False",
            None => "None",
            Ellipsis => "ellipsis",
            Compare => "comparison",
            IfExp => "conditional expression",
            NamedExpr => "named expression",
            _ => "expression",
        }
    }
}

/// A value with the tokens it covers.
#[derive(Debug)]
pub struct Node {
    pub kind: NodeKind,
    /// Indices of its first token and of the token behind its last.
    pub start: u32,
    pub end: u32,
    pub children: Vec<Rc<Node>>,
}

impl Node {
    pub fn new(kind: NodeKind, start: u32, end: u32) -> Rc<Node> {
        Rc::new(Node {
            kind,
            start,
            end,
            children: Vec::new(),
        })
    }

    /// Appends the node, or its items if it is a list, to `out`; tokens are left out.
    pub fn flatten_into(self: &Rc<Node>, out: &mut Vec<Rc<Node>>) {
        match self.kind {
            NodeKind::List => self
                .children
                .iter()
                .for_each(|child| child.flatten_into(out)),
            NodeKind::Token => {}
            _ => out.push(Rc::clone(self)),
        }
    }

    pub fn flatten(self: &Rc<Node>) -> Vec<Rc<Node>> {
        let mut out = Vec::new();
        self.flatten_into(&mut out);
        out
    }
}
