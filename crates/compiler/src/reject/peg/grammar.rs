//! The grammar as data, read once from `grammar.peg`.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::node::NodeKind;
use crate::reject::token::Kind;

static TEXT: &str = include_str!("grammar.peg");

/// The grammar, ready for use.
pub static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| Reader::new(TEXT).grammar());

#[derive(Debug)]
pub struct Grammar {
    pub rules: Vec<Rule>,
    pub rule_ids: HashMap<String, usize>,
    /// The rule `compound_stmt`.
    pub compound_statement: usize,
    /// Keywords and operators, numbered from 1.
    pub symbols: HashMap<String, u16>,
    pub soft_keywords: Vec<&'static str>,
}

/// Rules that call themselves first in CPython's grammar: a call and one of the body.
const LEFT_RECURSIVE: [&str; 11] = [
    "bitwise_or",
    "bitwise_xor",
    "bitwise_and",
    "shift_expr",
    "sum",
    "term",
    "primary",
    "t_primary",
    "attr",
    "name_or_attr",
    "dotted_name",
];

/// How many calls a rule stands for.
fn levels(name: &str) -> u32 {
    match name {
        // Parts of the rules above.
        "primary_suffix" | "t_primary_suffix" => 0,
        // A rule of its own for each operator.
        "compare_op_bitwise_or_pair" => 2,
        _ if LEFT_RECURSIVE.contains(&name) => 2,
        _ => 1,
    }
}

#[derive(Debug, Default)]
pub struct Rule {
    pub memo: bool,
    /// Takes part in the second pass only.
    pub invalid: bool,
    /// Keeps the rules below it from trying invalid rules.
    pub without_invalid: bool,
    /// How many of the calls that CPython counts a call of this rule stands for.
    pub levels: u32,
    /// Whether its repetitions and groups stand for alternatives of CPython's rule, which are no calls.
    pub is_flat: bool,
    pub alternatives: Vec<Alternative>,
}

#[derive(Debug)]
pub struct Alternative {
    pub items: Vec<Item>,
    pub action: Action,
}

#[derive(Debug)]
pub struct Item {
    /// `a`, `b`, or 0.
    pub name: u8,
    pub element: Element,
}

#[derive(Debug)]
pub enum Element {
    Kind(Kind),
    Symbol(u16),
    Soft(String),
    AnySoft,
    Rule(usize),
    Group(Vec<Alternative>),
    Optional(Box<Element>),
    Repeat {
        element: Box<Element>,
        at_least_one: bool,
    },
    Separated {
        separator: Box<Element>,
        element: Box<Element>,
    },
    Ahead {
        element: Box<Element>,
        positive: bool,
    },
    Forced(Box<Element>, String),
    Cut,
}

#[derive(Debug)]
pub enum Action {
    Default,
    Make(NodeKind),
    /// Stands for a named item.
    Take(u8),
    /// A node if there is more than the first item.
    Fold(NodeKind),
    Suffixed,
    /// The name of an action, its items, its message.
    Call(&'static str, [u8; 2], String),
}

/// A reader of the notation described at the head of `grammar.peg`.
struct Reader {
    tokens: Vec<&'static str>,
    at: usize,
    grammar: Grammar,
}

impl Reader {
    fn new(text: &'static str) -> Reader {
        let mut tokens = Vec::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            split(line, &mut tokens);
        }
        let grammar = Grammar {
            rules: Vec::new(),
            rule_ids: HashMap::new(),
            compound_statement: 0,
            symbols: HashMap::new(),
            soft_keywords: vec!["_", "case", "match", "type"],
        };
        Reader {
            tokens,
            at: 0,
            grammar,
        }
    }

    fn peek(&self) -> &'static str {
        self.tokens.get(self.at).copied().unwrap_or("")
    }

    fn next(&mut self) -> &'static str {
        let token = self.peek();
        self.at += 1;
        token
    }

    fn eat(&mut self, token: &str) -> bool {
        let found = self.peek() == token;
        self.at += usize::from(found);
        found
    }

    fn rule_id(&mut self, name: &str) -> usize {
        if let Some(&id) = self.grammar.rule_ids.get(name) {
            return id;
        }
        let id = self.grammar.rules.len();
        self.grammar.rules.push(Rule {
            invalid: name.starts_with("invalid_"),
            without_invalid: name.ends_with("_without_invalid"),
            levels: levels(name),
            is_flat: name == "power" || LEFT_RECURSIVE.contains(&name),
            ..Rule::default()
        });
        self.grammar.rule_ids.insert(name.to_owned(), id);
        id
    }

    fn grammar(mut self) -> Grammar {
        while self.at < self.tokens.len() {
            let name = self.next();
            let id = self.rule_id(name);
            if self.eat("(") {
                self.at += 2;
                self.grammar.rules[id].memo = true;
            }
            self.at += 1;
            let alternatives = self.alternatives();
            self.grammar.rules[id].alternatives = alternatives;
        }
        self.grammar.compound_statement = self.rule_id("compound_stmt");
        self.grammar
    }

    /// Whether a rule starts here: a name and a colon, or `(memo):`.
    fn at_rule(&self) -> bool {
        let ahead = |n: usize| self.tokens.get(self.at + n).copied().unwrap_or("");
        let name = self.peek().len() > 1 && self.peek().as_bytes()[0].is_ascii_lowercase();
        name && (ahead(1) == ":" || ahead(1) == "(" && ahead(2) == "memo")
    }

    fn alternatives(&mut self) -> Vec<Alternative> {
        let mut alternatives = Vec::new();
        loop {
            let mut items = Vec::new();
            while !matches!(self.peek(), "|" | ")" | "]" | "->" | "") && !self.at_rule() {
                items.push(self.item());
            }
            let action = if self.eat("->") {
                self.action()
            } else {
                Action::Default
            };
            alternatives.push(Alternative { items, action });
            if !self.eat("|") {
                return alternatives;
            }
        }
    }

    fn item(&mut self) -> Item {
        let named = self.tokens.get(self.at + 1) == Some(&":") && matches!(self.peek(), "a" | "b");
        let name = if named { self.peek().as_bytes()[0] } else { 0 };
        self.at += if named { 2 } else { 0 };
        Item {
            name,
            element: self.element(),
        }
    }

    fn element(&mut self) -> Element {
        if self.eat("~") {
            return Element::Cut;
        }
        if self.eat("&&") {
            let text = self.peek().trim_matches('\'').to_owned();
            return Element::Forced(Box::new(self.atom()), text);
        }
        for (sign, positive) in [("&", true), ("!", false)] {
            if self.eat(sign) {
                let element = Box::new(self.element());
                return Element::Ahead { element, positive };
            }
        }
        let atom = self.atom();
        match self.peek() {
            "." => {
                self.at += 1;
                let element = Box::new(self.atom());
                self.eat("+");
                Element::Separated {
                    separator: Box::new(atom),
                    element,
                }
            }
            "?" => {
                self.at += 1;
                Element::Optional(Box::new(atom))
            }
            sign @ ("*" | "+") => {
                self.at += 1;
                Element::Repeat {
                    element: Box::new(atom),
                    at_least_one: sign == "+",
                }
            }
            _ => atom,
        }
    }

    fn atom(&mut self) -> Element {
        let token = self.next();
        match token.as_bytes().first() {
            Some(b'(') => {
                let group = self.alternatives();
                self.eat(")");
                Element::Group(group)
            }
            Some(b'[') => {
                let group = self.alternatives();
                self.eat("]");
                Element::Optional(Box::new(Element::Group(group)))
            }
            Some(b'\'') => {
                let text = token.trim_matches('\'').to_owned();
                let fresh = self.grammar.symbols.len() as u16 + 1;
                Element::Symbol(*self.grammar.symbols.entry(text).or_insert(fresh))
            }
            Some(b'"') => Element::Soft(token.trim_matches('"').to_owned()),
            Some(b'A'..=b'Z') => terminal(token),
            _ => Element::Rule(self.rule_id(token)),
        }
    }

    fn action(&mut self) -> Action {
        let name = self.next();
        if let Some(item) = name.strip_prefix('=') {
            return Action::Take(item.as_bytes()[0]);
        }
        if let Some(kind) = NodeKind::from_name(name) {
            return Action::Make(kind);
        }
        if name == "suffixed" {
            return Action::Suffixed;
        }
        let mut items = [0; 2];
        let mut kind = None;
        if self.eat("(") {
            let mut index = 0;
            while !self.eat(")") {
                match self.next() {
                    "," => index += 1,
                    item if item.len() == 1 => items[index] = item.as_bytes()[0],
                    word => kind = NodeKind::from_name(word),
                }
            }
        }
        if let (Some(kind), "fold") = (kind, name) {
            return Action::Fold(kind);
        }
        let mut message = String::new();
        if self.peek().starts_with('"') {
            let text = self.next();
            message = text[1..text.len() - 1].replace("\\\"", "\"");
        }
        Action::Call(name, items, message)
    }
}

fn terminal(name: &str) -> Element {
    Element::Kind(match name {
        "NAME" => Kind::Name,
        "NUMBER" => Kind::Number,
        "STRING" => Kind::String,
        "FSTRING_START" => Kind::FStringStart,
        "FSTRING_MIDDLE" => Kind::FStringMiddle,
        "FSTRING_END" => Kind::FStringEnd,
        "TSTRING_START" => Kind::TStringStart,
        "TSTRING_MIDDLE" => Kind::TStringMiddle,
        "TSTRING_END" => Kind::TStringEnd,
        "TYPE_COMMENT" => Kind::TypeComment,
        "NEWLINE" => Kind::Newline,
        "INDENT" => Kind::Indent,
        "DEDENT" => Kind::Dedent,
        "ENDMARKER" => Kind::EndMarker,
        _ => return Element::AnySoft,
    })
}

/// The words of a line of the notation.
fn split(line: &'static str, out: &mut Vec<&'static str>) {
    let bytes = line.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        at += match bytes[at] {
            b' ' => {
                at += 1;
                continue;
            }
            quote @ (b'\'' | b'"') => {
                let mut end = at + 1;
                while bytes[end] != quote {
                    end += if bytes[end] == b'\\' && quote == b'"' {
                        2
                    } else {
                        1
                    };
                }
                end + 1 - at
            }
            b'-' if bytes.get(at + 1) == Some(&b'>') => 2,
            b'&' if bytes.get(at + 1) == Some(&b'&') => 2,
            b'=' => 2,
            b if b.is_ascii_alphanumeric() || b == b'_' => {
                let word = |b: &&u8| b.is_ascii_alphanumeric() || **b == b'_';
                bytes[at..].iter().take_while(word).count()
            }
            _ => 1,
        };
        out.push(&line[start..at]);
    }
}
