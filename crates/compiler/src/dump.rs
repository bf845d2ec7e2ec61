//! The tree as text, exactly as CPython's `ast.dump(tree, include_attributes=..., indent=...)` shows it.

mod nodes;

use terrarium_bytecode::{Constant, Int, repr};

use crate::tree::{Location, Module};

/// What to show besides nodes and fields.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Line and column of every node.
    pub attributes: bool,
    /// Blanks a level; `None` puts everything on one line.
    pub indent: Option<usize>,
}

/// A node or field value on its way to text, or to an object of the module `ast`.
pub enum Value {
    None,
    Number(i32),
    /// An identifier, or text that is no constant.
    Text(String),
    Constant(Constant),
    List(Vec<Value>),
    Node(Node),
}

/// A node: fields that are None or empty lists are not there. Fields are in the order of CPython's ASDL, then lines and columns.
pub struct Node {
    pub name: &'static str,
    pub fields: Vec<(&'static str, Value)>,
}

impl Node {
    fn new(name: &'static str) -> Node {
        Node {
            name,
            fields: Vec::new(),
        }
    }

    fn with(mut self, name: &'static str, value: Value) -> Node {
        if !matches!(&value, Value::List(items) if items.is_empty()) {
            self.fields.push((name, value));
        }
        self
    }

    fn with_some(self, name: &'static str, value: Option<Value>) -> Node {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    fn at(self, loc: Location, options: Options) -> Node {
        if !options.attributes {
            return self;
        }
        self.with("lineno", number(loc.line))
            .with("col_offset", number(loc.column))
            .with("end_lineno", number(loc.end_line))
            .with("end_col_offset", number(loc.end_column))
    }
}

fn number(value: i32) -> Value {
    Value::Number(value)
}

/// A name, quoted.
fn text(name: &str) -> Value {
    Value::Text(name.to_owned())
}

/// The tree as data, lines and columns too.
pub fn nodes(module: &Module) -> Node {
    let options = Options {
        attributes: true,
        indent: None,
    };
    nodes::module(module, options)
}

/// The text of `module`.
pub fn dump(module: &Module, options: Options) -> String {
    let mut out = String::new();
    write(
        &Value::Node(nodes::module(module, options)),
        0,
        options.indent,
        &mut out,
    );
    out
}

/// Appends `value`; tells whether it is simple.
fn write(value: &Value, level: usize, indent: Option<usize>, out: &mut String) -> bool {
    match value {
        Value::None => atom("None", out),
        Value::Number(number) => atom(&number.to_string(), out),
        Value::Text(text) => atom(&repr::str(text.as_bytes()), out),
        Value::Constant(value) => atom(&constant_text(value), out),
        Value::List(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                separate(i, level + 1, indent, out);
                write(item, level + 1, indent, out);
            }
            out.push(']');
            items.is_empty()
        }
        Value::Node(node) => write_node(node, level + 1, indent, out),
    }
}

fn atom(text: &str, out: &mut String) -> bool {
    out.push_str(text);
    true
}

/// A node of up to three simple fields stays on its line.
fn write_node(node: &Node, level: usize, indent: Option<usize>, out: &mut String) -> bool {
    out.push_str(node.name);
    out.push('(');
    let simple = |value: &Value| match value {
        Value::List(items) => items.is_empty(),
        Value::Node(node) => node.fields.is_empty(),
        _ => true,
    };
    let flat = node.fields.len() <= 3 && node.fields.iter().all(|(_, value)| simple(value));
    for (i, (name, value)) in node.fields.iter().enumerate() {
        separate(i, level, indent.filter(|_| !flat), out);
        out.push_str(name);
        out.push('=');
        write(value, level, indent, out);
    }
    out.push(')');
    node.fields.is_empty()
}

fn separate(index: usize, level: usize, indent: Option<usize>, out: &mut String) {
    match indent {
        None if index > 0 => out.push_str(", "),
        None => {}
        Some(width) => {
            out.push_str(if index > 0 { ",\n" } else { "\n" });
            out.extend(std::iter::repeat_n(' ', width * level));
        }
    }
}

fn constant(value: &Constant) -> Value {
    Value::Constant(value.clone())
}

/// `repr` of a constant.
fn constant_text(value: &Constant) -> String {
    match value {
        Constant::None => "None".to_owned(),
        Constant::True => "True".to_owned(),
        Constant::False => "False".to_owned(),
        Constant::Ellipsis => "Ellipsis".to_owned(),
        Constant::Int(value) => match &**value {
            Int::Small(small) => small.to_string(),
            Int::Big(big) => big.to_string(),
        },
        Constant::Float(value) => repr::float(**value),
        Constant::Complex(value) => repr::complex(value.0, value.1),
        Constant::Str(value) => repr::str(&value.text),
        Constant::Bytes(value) => repr::bytes(value),
        Constant::Tuple(items) => {
            let items: Vec<String> = items.iter().map(constant_text).collect();
            match &*items {
                [only] => format!("({only},)"),
                _ => format!("({})", items.join(", ")),
            }
        }
        // The parser makes no other constants.
        _ => "<constant>".to_owned(),
    }
}
