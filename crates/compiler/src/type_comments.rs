//! Type comments (PEP 484): whose they are in a tree, for `ast.parse(..., type_comments=True)` and for the text of a function's type.
//!
//! ```text
//! in    x = []  # type: list[int]
//! out   Assign(..., type_comment='list[int]')
//! ```

use std::collections::HashMap;

use crate::arena::{Arena, List};
use crate::dump::{self, Node, Value};
use crate::error::Error;
use crate::lower::on_deep_stack;
use crate::parse::{self, Mode};
use crate::reject;
use crate::reject::token::{Kind, Token};
use crate::reject::tokenizer::tokenize;
use crate::source::{Dialect, Source};
use crate::tree::{Arg, Arguments, FunctionDef, Location, Module, Stmt, StmtKind};

/// The type comments of a source, by the lines and columns of the nodes that have them.
#[derive(Debug, Default)]
pub struct TypeComments {
    of: HashMap<(i32, i32), String>,
    /// Where assignments end, and with their comments.
    ends: HashMap<(i32, i32), (i32, i32)>,
    /// `# type: ignore`: lines, and what follows these words.
    ignores: Vec<(i32, String)>,
}

/// A type comment and the offset where its text starts.
struct Comment<'s> {
    start: u32,
    in_parentheses: bool,
    text: &'s str,
}

/// Whether a source that the parser took has type comments where the grammar has none.
pub(crate) fn is_misplaced(source: &Source, mode: Mode) -> bool {
    source.dialect == Dialect::TypeComments && has_any(source) && !reject::accepts(source, mode)
}

fn has_any(source: &Source) -> bool {
    memchr::memmem::find(source.text.as_bytes(), b"type:").is_some()
}

/// The type comments of a module that was made of this source.
pub fn find(source: &Source, module: &Module, depth: u32, mode: Mode) -> TypeComments {
    let mut found = TypeComments::default();
    if source.dialect != Dialect::TypeComments || !has_any(source) {
        return found;
    }
    let tokens = tokenize(source, mode);
    let ignore = |&(start, end): &(u32, u32)| {
        let text = source.text.get(start as usize..end as usize);
        // The newline that a module gets at its end.
        let text = text.map_or_else(
            || format!("{}\n", &source.text[start as usize..]),
            str::to_owned,
        );
        (source.location(start, start).line, text)
    };
    found.ignores = tokens.ignores.iter().map(ignore).collect();
    let is_comment = |token: &&Token| token.kind == Kind::TypeComment;
    let comments: Vec<Comment> = tokens
        .tokens
        .iter()
        .filter(is_comment)
        .map(|token| Comment {
            start: token.start,
            in_parentheses: token.level > 0,
            text: token.text(source),
        })
        .collect();
    if let Module::Module { body } | Module::Interactive { body } = module {
        let body: Vec<&Stmt> = body.iter().collect();
        on_deep_stack(depth, || found.give(source, &body, &comments));
    }
    found
}

impl TypeComments {
    /// Gives the comments to the statements, which stand in a row, and to what is in them.
    fn give(&mut self, source: &Source, stmts: &[&Stmt], mut comments: &[Comment]) {
        for (index, stmt) in stmts.iter().enumerate() {
            if comments.is_empty() {
                return;
            }
            let own = match stmts.get(index + 1) {
                Some(next) => before(comments, offset(source, next.loc)),
                None => comments.len(),
            };
            let (own, rest) = comments.split_at(own);
            comments = rest;
            if !own.is_empty() {
                self.give_to(source, stmt, own);
            }
        }
    }

    fn give_to(&mut self, source: &Source, stmt: &Stmt, comments: &[Comment]) {
        if let StmtKind::Assign { .. } = &stmt.kind {
            let (loc, comment) = (stmt.loc, &comments[0]);
            let behind = comment.start + comment.text.len() as u32;
            let end = source.location(comment.start, behind);
            self.ends.insert(
                (loc.end_line, loc.end_column),
                (end.end_line, end.end_column),
            );
            self.set(loc, comment);
            return;
        }
        let children = children(&stmt.kind);
        let Some(first) = children.first() else {
            return;
        };
        let (header, rest) = comments.split_at(before(comments, offset(source, first.loc)));
        let (parameters, own): (Vec<_>, Vec<_>) =
            header.iter().partition(|comment| comment.in_parentheses);
        if let Some(comment) = own.first() {
            self.set(stmt.loc, comment);
        }
        if let StmtKind::FunctionDef(function) | StmtKind::AsyncFunctionDef(function) = &stmt.kind {
            for comment in parameters {
                self.give_to_parameter(source, function, comment);
            }
        }
        self.give(source, &children, rest);
    }

    /// A comment belongs to the parameter before it.
    fn give_to_parameter(&mut self, source: &Source, function: &FunctionDef, comment: &Comment) {
        let is_before = |arg: &&Arg| offset(source, arg.loc) < comment.start;
        let last = parameters(&function.args)
            .filter(is_before)
            .max_by_key(|arg| offset(source, arg.loc));
        if let Some(arg) = last {
            self.set(arg.loc, comment);
        }
    }

    fn set(&mut self, loc: Location, comment: &Comment) {
        let place = (loc.line, loc.column);
        self.of.insert(place, comment.text.to_owned());
    }

    /// Adds the comments to the nodes of the tree.
    pub fn annotate(mut self, tree: &mut Node) {
        let ignores = std::mem::take(&mut self.ignores);
        let ignore = |(line, tag)| {
            let fields = vec![("lineno", Value::Number(line)), ("tag", comment_value(tag))];
            Value::Node(Node {
                name: "TypeIgnore",
                fields,
            })
        };
        if tree.name == "Module" && !ignores.is_empty() {
            let ignores = Value::List(ignores.into_iter().map(ignore).collect());
            tree.fields.push(("type_ignores", ignores));
        }
        if !self.of.is_empty() {
            self.annotate_node(tree);
        }
    }

    fn annotate_node(&mut self, node: &mut Node) {
        for (_, value) in &mut node.fields {
            self.annotate_value(value);
        }
        if has_comment(node.name)
            && let Some(place) = place(node)
            && let Some(text) = self.of.remove(&place)
        {
            node.fields.push(("type_comment", comment_value(text)));
        }
        if is_lengthened(node.name) {
            self.lengthen(node);
        }
    }

    /// An assignment's comment is part of it, and of the statements that end with it.
    fn lengthen(&self, node: &mut Node) {
        let (Some(line), Some(column)) =
            (number(node, "end_lineno"), number(node, "end_col_offset"))
        else {
            return;
        };
        let Some(&(line, column)) = self.ends.get(&(line, column)) else {
            return;
        };
        for (name, value) in &mut node.fields {
            match *name {
                "end_lineno" => *value = Value::Number(line),
                "end_col_offset" => *value = Value::Number(column),
                _ => {}
            }
        }
    }

    fn annotate_value(&mut self, value: &mut Value) {
        match value {
            Value::Node(node) => self.annotate_node(node),
            Value::List(items) => items.iter_mut().for_each(|item| self.annotate_value(item)),
            _ => {}
        }
    }
}

/// A text that is an object of its own.
fn comment_value(text: String) -> Value {
    let text = terrarium_bytecode::Str::new(text.into_bytes());
    Value::Constant(terrarium_bytecode::Constant::Str(text))
}

/// How many of the comments stand before `offset`.
fn before(comments: &[Comment], offset: u32) -> usize {
    comments.partition_point(|comment| comment.start < offset)
}

fn offset(source: &Source, loc: Location) -> u32 {
    source.lines().start(loc.line as usize - 1) + loc.column as u32
}

/// Whether an assignment may be the end of nodes of this kind.
fn is_lengthened(name: &str) -> bool {
    let holds_statements = matches!(
        name,
        "ClassDef" | "While" | "If" | "Match" | "Try" | "TryStar" | "ExceptHandler"
    );
    holds_statements || has_comment(name) && name != "arg"
}

/// Whether nodes of this kind have a field `type_comment`.
fn has_comment(name: &str) -> bool {
    matches!(
        name,
        "FunctionDef"
            | "AsyncFunctionDef"
            | "Assign"
            | "For"
            | "AsyncFor"
            | "With"
            | "AsyncWith"
            | "arg"
    )
}

fn place(node: &Node) -> Option<(i32, i32)> {
    Some((number(node, "lineno")?, number(node, "col_offset")?))
}

fn number(node: &Node, field: &str) -> Option<i32> {
    match node.fields.iter().find(|(name, _)| *name == field) {
        Some((_, Value::Number(number))) => Some(*number),
        _ => None,
    }
}

fn parameters<'a>(args: &Arguments<'a>) -> impl Iterator<Item = &'a Arg<'a>> {
    let stars = args.vararg.into_iter().chain(args.kwarg);
    args.posonlyargs
        .into_iter()
        .chain(args.args)
        .chain(args.kwonlyargs)
        .chain(stars)
}

/// The statements inside a statement, in the order of the source.
fn children<'a>(kind: &StmtKind<'a>) -> Vec<&'a Stmt<'a>> {
    use StmtKind::*;
    const NONE: List<'_, Stmt<'_>> = List::EMPTY;
    let (body, handlers, rest) = match *kind {
        FunctionDef(function) | AsyncFunctionDef(function) => {
            (function.body, List::EMPTY, [NONE, NONE])
        }
        ClassDef(class) => (class.body, List::EMPTY, [NONE, NONE]),
        For { body, orelse, .. }
        | AsyncFor { body, orelse, .. }
        | While { body, orelse, .. }
        | If { body, orelse, .. } => (body, List::EMPTY, [orelse, NONE]),
        With { body, .. } | AsyncWith { body, .. } => (body, List::EMPTY, [NONE, NONE]),
        Try {
            body,
            handlers,
            orelse,
            finalbody,
        }
        | TryStar {
            body,
            handlers,
            orelse,
            finalbody,
        } => (body, handlers, [orelse, finalbody]),
        Match { cases, .. } => return cases.into_iter().flat_map(|case| case.body).collect(),
        _ => return Vec::new(),
    };
    body.into_iter()
        .chain(handlers.into_iter().flat_map(|handler| handler.body))
        .chain(rest.into_iter().flatten())
        .collect()
}

/// The tree of a function's type, `(int, *str) -> bool`. Its arguments and result are read as those of a call and what follows a comma.
pub fn function_type(source: &Source) -> Result<Node, Error> {
    let tokens = tokenize(source, Mode::Eval);
    if !reject::accepts(source, Mode::Eval) {
        let end = source.text.len() as u32;
        return Err(reject::explain(source, end, Mode::Eval, &mut Vec::new()));
    }
    let opening = tokens.tokens.first().map_or(0, |token| token.start);
    let is_arrow = |token: &&Token| token.kind == Kind::Op && token.text(source) == "->";
    let arrow = tokens.tokens.iter().find(is_arrow);
    let arrow = arrow.map_or(0, |token| token.start) as usize;
    let mut text = source.text.to_string();
    text.replace_range(arrow..arrow + 2, " ,");
    text.insert(opening as usize, 'f');
    let call = Source::from_text(&text, &source.filename)?;
    let arena = Arena::new();
    let parsed = parse::parse_only(&call, Mode::Eval, &arena)?;
    let line = source.location(opening, opening).line;
    Ok(on_deep_stack(parsed.depth, || {
        let mut tree = dump::nodes(&parsed.module);
        shift(&mut tree, line);
        as_function_type(tree)
    }))
}

/// Moves the nodes of a line to where they stand without the inserted letter.
fn shift(node: &mut Node, line: i32) {
    let mut at = 0;
    for (name, value) in &mut node.fields {
        match value {
            Value::Number(number) if name.ends_with("lineno") => at = *number,
            Value::Number(number) if name.ends_with("col_offset") && at == line => *number -= 1,
            Value::Node(node) => shift(node, line),
            Value::List(items) => {
                for item in items {
                    if let Value::Node(node) = item {
                        shift(node, line);
                    }
                }
            }
            _ => {}
        }
    }
}

/// Takes a field out of a node.
fn take(node: &mut Node, field: &str) -> Value {
    let found = node.fields.iter_mut().find(|(name, _)| *name == field);
    found.map_or(Value::None, |(_, value)| {
        std::mem::replace(value, Value::None)
    })
}

fn items(value: Value) -> Vec<Value> {
    match value {
        Value::List(items) => items,
        _ => Vec::new(),
    }
}

/// `Expression(Tuple([Call(...), returns]))` to `FunctionType`.
fn as_function_type(mut tree: Node) -> Node {
    let mut argtypes = Vec::new();
    let mut returns = Value::None;
    if let Value::Node(mut pair) = take(&mut tree, "body") {
        let mut parts = items(take(&mut pair, "elts"));
        returns = parts.pop().unwrap_or(Value::None);
        if let Some(Value::Node(mut call)) = parts.pop() {
            argtypes = items(take(&mut call, "args"));
            argtypes.extend(items(take(&mut call, "keywords")));
        }
    }
    let bare = |value| match value {
        Value::Node(mut node) if matches!(node.name, "Starred" | "keyword") => {
            take(&mut node, "value")
        }
        other => other,
    };
    let argtypes = argtypes.into_iter().map(bare).collect();
    Node {
        name: "FunctionType",
        fields: vec![("argtypes", Value::List(argtypes)), ("returns", returns)],
    }
}
