//! The actions of `grammar.peg`: most raise an error, some yield a value.

use std::rc::Rc;

use super::node::{Node, NodeKind};
use super::{Parser, Tried};
use crate::error::{Class, Error, Place, Warning};
use crate::literals::{self, InvalidEscape};
use crate::parser_warnings;
use crate::reject::token::{Kind, Token, at_reading};

/// Which targets a rule is about (CPython's TARGETS_TYPE).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Targets {
    Star,
    Del,
    For,
}

impl Parser<'_> {
    /// Runs the action `name` with its items `a` and `b`; `start` is the alternative's first token.
    pub(super) fn call(
        &mut self,
        name: &str,
        a: Option<Rc<Node>>,
        b: Option<Rc<Node>>,
        message: &str,
        start: u32,
    ) -> Tried {
        let a = a.unwrap_or_else(|| Node::new(NodeKind::Token, start, start + 1));
        let b = b.unwrap_or_else(|| Rc::clone(&a));
        match name {
            "at" => self.raise_at(&a, &a, self.fill_in(message, &a)),
            "range" => self.raise_at(&first_of(&a), &last_of(&b), self.fill_in(message, &a)),
            "range_last" => self.raise_at(&last_of(&a), &b, message.to_owned()),
            "range_to_comprehension" => {
                self.raise_at(&a, &comprehension_end(&b), message.to_owned())
            }
            "last" => self.raise_last(Class::SyntaxError, message.to_owned()),
            "indentation" => self.raise_last(Class::IndentationError, self.fill_in(message, &a)),
            "next" => self.raise_next(message),
            "from" => self.raise_from(&a, message),
            "key_end" => self.raise_key_end(&a, message),
            "target_star" => self.raise_target(&a, Targets::Star, message),
            "target_del" => self.raise_target(&a, Targets::Del, message),
            "target_for" => self.raise_target(&a, Targets::For, message),
            "legacy" if self.is_legacy(&a) => self.raise_at(&a, &b, self.fill_in(message, &a)),
            "missing_comma" => self.missing_comma(&a, &b, message),
            "generator_in_call" => self.generator_in_call(&a, &b, message),
            "argument_order" => self.argument_order(&a),
            "bound" => {
                let what = if b.kind == NodeKind::Tuple {
                    "constraints"
                } else {
                    "bound"
                };
                self.raise_from(&a, &format!("cannot use {what} with {message}"));
            }
            "real" | "imaginary" => return self.complex_part(name, a),
            "string" => return self.string(a),
            "conversion" => return self.conversion(a, &b),
            "strings" => return self.strings(&a, start),
            "joined" => return self.joined(NodeKind::JoinedStr, start, &b),
            "template" => return self.joined(NodeKind::TemplateStr, start, &b),
            "spec_text" => return self.spec_text(a),
            "not_equal"
                if self.tokens[a.start as usize].end == self.tokens[b.start as usize].start =>
            {
                self.raise_at(&a, &b, message.to_owned());
            }
            _ => {}
        }
        Tried::Final
    }

    fn text(&self, node: &Node) -> &str {
        self.tokens[node.start as usize].text(self.source)
    }

    /// A message with its placeholders filled in from `a`.
    fn fill_in(&self, message: &str, a: &Node) -> String {
        if !message.contains('%') {
            return message.to_owned();
        }
        let line = self.tokens[a.start as usize].line(self.source).to_string();
        message
            .replace("%name", a.kind.expression_name())
            .replace("%text", self.text(a))
            .replace("%line", &line)
    }

    fn raise(&mut self, class: Class, message: String, place: Place) {
        let read = self
            .last()
            .map_or(0, |token| token.end.saturating_sub(1).max(token.start));
        self.error = Some(at_reading(self.source, class, message, place, read));
    }

    /// Raises for the tokens from the start of `a` to the end of `b`.
    pub(super) fn raise_at(&mut self, a: &Node, b: &Node, message: String) {
        let first = self.tokens[a.start as usize].known_place(self.source);
        let last = self.tokens[(b.end.max(b.start + 1) - 1) as usize].known_place(self.source);
        let place = Place {
            end_line: last.end_line,
            end_offset: last.end_offset,
            ..first
        };
        self.raise(Class::SyntaxError, message, place);
    }

    /// Raises for the last token looked at.
    fn raise_last(&mut self, class: Class, message: String) {
        if let Some(token) = self.last() {
            self.raise(class, message, token.last_place(self.source));
        }
    }

    fn raise_next(&mut self, message: &str) {
        if let Some(token) = self.token() {
            self.raise(
                Class::SyntaxError,
                message.to_owned(),
                token.last_place(self.source),
            );
        }
    }

    /// Raises from `a` to as far as the tokenizer has read.
    fn raise_from(&mut self, a: &Node, message: &str) {
        let mut place = self.tokens[a.start as usize].known_place(self.source);
        if let Some(token) = self.last() {
            let end = token.last_place(self.source);
            place.end_line = end.end_line;
            place.end_offset = if token.placeless {
                end.offset
            } else {
                end.end_offset - 1
            };
        }
        self.raise(Class::SyntaxError, message.to_owned(), place);
    }

    /// Raises at the last character of `a`.
    fn raise_key_end(&mut self, a: &Node, message: &str) {
        let mut place = self.tokens[a.start as usize].known_place(self.source);
        let last = self.tokens[a.end as usize - 1].known_place(self.source);
        // The column counts in the first line, however long the last one is.
        let first_line = self.source.line_text(place.line);
        let behind = first_line.trim_end_matches('\n').chars().count() as i32 + 1;
        place.offset = (last.end_offset - 1).min(behind);
        place.end_line = last.end_line;
        place.end_offset = 0;
        self.raise(Class::SyntaxError, message.to_owned(), place);
    }

    fn raise_target(&mut self, node: &Rc<Node>, targets: Targets, message: &str) {
        if let Some(target) = invalid_target(node, targets) {
            self.raise_at(&target, &target, self.fill_in(message, &target));
        }
    }

    /// `print` and `exec`, which were statements.
    fn is_legacy(&self, node: &Node) -> bool {
        node.kind == NodeKind::Name && matches!(self.text(node), "print" | "exec")
    }

    /// Two expressions in a row, in parentheses.
    fn missing_comma(&mut self, a: &Node, b: &Node, message: &str) {
        let level = self.tokens[self.mark as usize - 1].level;
        if !self.is_legacy(a) && level != 0 {
            self.raise_at(a, b, message.to_owned());
        }
    }

    fn generator_in_call(&mut self, arguments: &Rc<Node>, clauses: &Rc<Node>, message: &str) {
        let mut positional = arguments.flatten();
        positional.retain(|argument| {
            !matches!(argument.kind, NodeKind::Keyword | NodeKind::KeywordUnpack)
        });
        if let [_, .., last] = &*positional {
            self.raise_at(last, &comprehension_end(clauses), message.to_owned());
        }
    }

    fn argument_order(&mut self, arguments: &Rc<Node>) {
        let unpacking = arguments
            .flatten()
            .iter()
            .any(|argument| argument.kind == NodeKind::KeywordUnpack);
        let message = match unpacking {
            true => "positional argument follows keyword argument unpacking",
            false => "positional argument follows keyword argument",
        };
        self.raise_last(Class::SyntaxError, message.to_owned());
    }

    /// The parts of a complex number in a pattern.
    fn complex_part(&mut self, name: &str, number: Rc<Node>) -> Tried {
        let imaginary = self.text(&number).ends_with(['j', 'J']);
        if imaginary != (name == "imaginary") {
            self.raise_at(
                &number,
                &number,
                format!("{name} number required in complex literal"),
            );
            return Tried::Final;
        }
        Tried::Value(number)
    }

    /// Whether the innermost open string before `index` is a t-string: what messages start with.
    fn string_letter(&self, index: u32) -> char {
        match self.opening(index as usize) {
            Some(token) if token.kind == Kind::TStringStart => 't',
            _ => 'f',
        }
    }

    /// The start of the innermost string that is open before `index`.
    fn opening(&self, index: usize) -> Option<Token> {
        let mut closed = 0;
        for token in self.tokens[..index].iter().rev() {
            match token.kind {
                Kind::FStringEnd | Kind::TStringEnd => closed += 1,
                Kind::FStringStart | Kind::TStringStart if closed > 0 => closed -= 1,
                Kind::FStringStart | Kind::TStringStart => return Some(*token),
                _ => {}
            }
        }
        None
    }

    /// `!r` and the like.
    fn conversion(&mut self, mark: Rc<Node>, name: &Node) -> Tried {
        let letter = self.string_letter(mark.start);
        let end = self.tokens[mark.start as usize].end;
        if end != self.tokens[name.start as usize].start {
            let message = format!(
                "{letter}-string: conversion type must come right after the exclamation mark"
            );
            self.raise_at(&mark, name, message);
            return Tried::Final;
        }
        let text = self.text(name);
        if !matches!(text, "s" | "r" | "a") {
            let shown = terrarium_bytecode::repr::str(text.as_bytes());
            let message = format!(
                "{letter}-string: invalid conversion character {shown}: expected 's', 'r', or 'a'"
            );
            self.raise_at(name, name, message);
            return Tried::Final;
        }
        Tried::Value(mark)
    }

    /// A literal, decoded for its errors.
    fn string(&mut self, token: Rc<Node>) -> Tried {
        let literal = literals::Token::new(self.text(&token));
        match invalid_escape(literal) {
            Err(message) => {
                self.raise_last(Class::SyntaxError, message);
                Tried::Final
            }
            Ok(escape) => {
                if let Some(escape) = escape {
                    self.warn_escape(escape, token.start as usize, literal.offset);
                }
                Tried::Value(token)
            }
        }
    }

    /// Warns of an escape in the token at `index`, whose body starts at `body`.
    fn warn_escape(&mut self, escape: InvalidEscape, index: usize, body: usize) {
        let token = self.tokens[index].start as usize;
        let warning = parser_warnings::escape(self.source, escape, token, token + body);
        self.warn(warning);
    }

    /// The second pass repeats no warnings, but for what it tries without invalid rules.
    fn warn(&mut self, warning: Warning) {
        if !self.invalid_rules {
            self.warnings.push((self.fill as usize, warning));
        }
    }

    /// A text of an f- or t-string, decoded.
    fn middle(&self, index: usize, raw: bool) -> Result<Option<InvalidEscape>, String> {
        let text = self.tokens[index].text(self.source);
        literals::decode_str(text.as_bytes(), raw, false, &mut Vec::new())
    }

    /// A whole f- or t-string: its own texts are decoded at its end, and the lines of their warnings count from there.
    fn joined(&mut self, kind: NodeKind, start: u32, end: &Node) -> Tried {
        let opening = self.tokens[start as usize];
        let raw = is_raw(opening.text(self.source));
        let end_token = self.tokens[end.start as usize];
        for index in start as usize + 1..end.start as usize {
            let token = self.tokens[index];
            let is_text = matches!(token.kind, Kind::FStringMiddle | Kind::TStringMiddle);
            if !is_text || token.level != opening.level {
                continue;
            }
            let escape = match self.middle(index, raw) {
                Ok(escape) => escape,
                Err(message) => {
                    let node = Node::new(NodeKind::Token, index as u32, index as u32 + 1);
                    self.raise_at(&node, &node, format!("(unicode error) {message}"));
                    return Tried::Final;
                }
            };
            let braces = |escape: &InvalidEscape| {
                matches!(escape.what, literals::Invalid::Character(b'{' | b'}'))
            };
            if let Some(escape) = escape.filter(|escape| !braces(escape)) {
                let end = (end_token.start as usize, end_token.end as usize);
                let text = token.start as usize;
                let warning = parser_warnings::late_escape(self.source, escape, text, end);
                self.warn(warning);
            }
        }
        Tried::Value(Node::new(kind, start, self.mark))
    }

    /// A text in a format spec. CPython's parser makes no SyntaxError of what is wrong in it.
    fn spec_text(&mut self, text: Rc<Node>) -> Tried {
        let index = text.start as usize;
        let escape = match self.middle(index, self.is_in_raw(index)) {
            Ok(escape) => escape,
            Err(message) => {
                self.error = Some(Error::plain(Class::UnicodeDecodeError, message));
                return Tried::Final;
            }
        };
        if let Some(escape) = escape {
            self.warn_escape(escape, index, 0);
        }
        Tried::Value(text)
    }

    /// Whether the string that the token at `index` stands in is a raw one.
    fn is_in_raw(&self, index: usize) -> bool {
        self.opening(index)
            .is_some_and(|opening| is_raw(opening.text(self.source)))
    }

    /// A row of literals, which are not to be mixed.
    fn strings(&mut self, parts: &Rc<Node>, start: u32) -> Tried {
        let mut kind = NodeKind::Text;
        let (mut bytes, mut text) = (false, false);
        for part in parts.flatten() {
            if part.kind == NodeKind::JoinedStr {
                kind = NodeKind::JoinedStr;
                text = true;
                continue;
            }
            let token = literals::Token::new(self.text(&part));
            bytes |= token.bytes;
            text |= !token.bytes;
        }
        if bytes && text {
            self.raise_last(
                Class::SyntaxError,
                "cannot mix bytes and nonbytes literals".to_owned(),
            );
            return Tried::Final;
        }
        Tried::Value(Node::new(kind, start, self.mark))
    }
}

fn is_raw(opening: &str) -> bool {
    opening.contains(['r', 'R'])
}

/// What decoding warns of, or what it finds wrong.
fn invalid_escape(token: literals::Token) -> Result<Option<InvalidEscape>, String> {
    if !token.bytes {
        return literals::decode_str(token.body, token.raw, false, &mut Vec::new())
            .map_err(|message| format!("(unicode error) {message}"));
    }
    if !token.body.is_ascii() {
        return Err("bytes can only contain ASCII literal characters".to_owned());
    }
    match literals::decode_bytes(token.body, token.raw) {
        Ok((_, escape)) => Ok(escape),
        Err(message) => Err(format!("(value error) {message}")),
    }
}

fn first_of(node: &Rc<Node>) -> Rc<Node> {
    match node.kind {
        NodeKind::List => node.children.first().map_or(Rc::clone(node), first_of),
        _ => Rc::clone(node),
    }
}

/// The last item of a list, separators apart.
fn last_of(node: &Rc<Node>) -> Rc<Node> {
    match node.kind {
        NodeKind::List => node.flatten().pop().unwrap_or_else(|| Rc::clone(node)),
        _ => Rc::clone(node),
    }
}

/// The last condition of the last `for`, or what it runs over.
fn comprehension_end(clauses: &Rc<Node>) -> Rc<Node> {
    let last = last_of(clauses);
    last.children.last().cloned().unwrap_or(last)
}

/// The part of a target that cannot be one (CPython's `_PyPegen_get_invalid_target`).
fn invalid_target(node: &Rc<Node>, targets: Targets) -> Option<Rc<Node>> {
    match node.kind {
        NodeKind::ListDisplay | NodeKind::Tuple => node
            .children
            .iter()
            .find_map(|child| invalid_target(child, targets)),
        NodeKind::Starred if targets == Targets::Del => Some(Rc::clone(node)),
        NodeKind::Starred => node
            .children
            .first()
            .and_then(|child| invalid_target(child, targets)),
        // `for x in y` may have been read as a comparison.
        NodeKind::Compare if targets == Targets::For => match &*node.children {
            [left, pair, ..] if pair.kind == NodeKind::InPair => invalid_target(left, targets),
            _ => None,
        },
        NodeKind::Name | NodeKind::Subscript | NodeKind::Attribute => None,
        _ => Some(Rc::clone(node)),
    }
}
