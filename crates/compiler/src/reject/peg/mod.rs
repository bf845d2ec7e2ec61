//! A parser that runs `grammar.peg` over CPython's tokens, twice: first plainly, to see how far it gets, then with the rules for invalid
//! input, which raise errors. Builds no tree to speak of.

mod actions;
mod grammar;
mod node;

use std::collections::HashMap;
use std::rc::Rc;

use rustc_hash::FxBuildHasher;

use self::grammar::{Action, Alternative, Element, GRAMMAR, Rule};
use self::node::{Node, NodeKind};
use super::token::{Kind, Token};
use crate::error::{Class, Error, Warning};
use crate::parse::Mode;
use crate::recursion;
use crate::source::{Dialect, Source};

/// Rules inside rules (CPython's MAXSTACK).
const MAX_DEPTH: u32 = 6000;
/// Work after which the hunt for a better message ends; CPython has no such limit, but its worst inputs take it minutes.
const MAX_STEPS: u64 = 30_000_000;

/// How a parse ended.
pub enum Outcome {
    /// The source is a program.
    Accepted,
    /// An action raised an exception.
    Raised(Error),
    /// The parser asked for more tokens than there are.
    RanOut,
    /// Nothing fitted.
    Failed,
}

type Value = Option<Rc<Node>>;
type Memo = HashMap<(u32, u32), (Value, u32), FxBuildHasher>;

/// What became of an alternative.
enum Tried {
    Value(Rc<Node>),
    Failed,
    /// Failed, and no other may be tried: behind a cut, or an action that yields nothing.
    Final,
}

pub struct Parser<'s> {
    source: &'s Source<'s>,
    tokens: &'s [Token],
    /// For each token the number of its keyword or operator, or 0.
    symbols: Vec<u16>,
    memo: Memo,
    /// The next token.
    mark: u32,
    /// How many tokens were looked at so far, in both passes.
    fill: u32,
    invalid_rules: bool,
    /// Whether this is the second pass.
    second: bool,
    error: Option<Error>,
    ran_out: bool,
    /// Calls of CPython's parser around the present one.
    depth: u32,
    /// Calls of ours.
    calls: u32,
    /// Whether the present rule is flat.
    is_flat: bool,
    steps: u64,
    /// The first token of the compound statement that starts last of those read in the first pass.
    statement: Option<u32>,
    /// Warnings of string literals, each with the number of tokens looked at before.
    pub warnings: Vec<(usize, Warning)>,
}

impl<'s> Parser<'s> {
    pub fn new(source: &'s Source<'s>, tokens: &'s [Token]) -> Parser<'s> {
        let symbol = |token: &Token| match (token.kind, token.text(source)) {
            (Kind::Op | Kind::Name, text) => GRAMMAR.symbols.get(text).copied().unwrap_or(0),
            _ => 0,
        };
        Parser {
            source,
            tokens,
            symbols: tokens.iter().map(symbol).collect(),
            memo: Memo::default(),
            mark: 0,
            fill: 0,
            invalid_rules: false,
            second: false,
            error: None,
            ran_out: false,
            depth: 0,
            calls: 0,
            is_flat: false,
            steps: 0,
            statement: None,
            warnings: Vec::new(),
        }
    }

    /// Runs a pass over all tokens.
    pub fn run(&mut self, mode: Mode, invalid_rules: bool) -> Outcome {
        self.memo.clear();
        self.mark = 0;
        self.steps = 0;
        self.invalid_rules = invalid_rules;
        self.second = invalid_rules;
        let name = match mode {
            Mode::Exec => "file",
            Mode::Eval if self.source.dialect == Dialect::FunctionType => "func_type",
            Mode::Eval => "eval",
            Mode::Single => "interactive",
        };
        let accepted = self.rule(GRAMMAR.rule_ids[name]).is_some();
        match self.error.take() {
            Some(error) => Outcome::Raised(error),
            None if self.ran_out => Outcome::RanOut,
            None if accepted => Outcome::Accepted,
            None => Outcome::Failed,
        }
    }

    /// How many tokens were looked at.
    pub fn fill(&self) -> usize {
        self.fill as usize
    }

    /// Line and column, in bytes, of the last compound statement that is no function; CPython leaves functions out.
    pub fn statement(&self) -> (i32, i32) {
        let token = self
            .statement
            .and_then(|first| self.tokens.get(first as usize));
        token.map_or((0, 0), |token| {
            let loc = self.source.location(token.start, token.start);
            (loc.line, loc.column)
        })
    }

    /// The token that the compound statement at `first` starts with, decorators aside; None for a function.
    fn own_start(&self, first: u32) -> Option<u32> {
        let text = |index: usize| self.tokens.get(index).map(|token| token.text(self.source));
        let mut at = first as usize;
        if text(at) == Some("@") {
            let is_start = |index: &usize| {
                self.tokens[index - 1].kind == Kind::Newline && text(*index) != Some("@")
            };
            at = (at + 1..self.tokens.len()).find(is_start)?;
        }
        let is_function = match text(at) {
            Some("async") => text(at + 1) == Some("def"),
            word => word == Some("def"),
        };
        (!is_function).then_some(at as u32)
    }

    /// The last token looked at.
    pub fn last(&self) -> Option<Token> {
        self.tokens
            .get((self.fill as usize).saturating_sub(1))
            .copied()
    }

    /// Whether everything is to fail from here on.
    fn stopped(&self) -> bool {
        self.error.is_some() || self.ran_out || self.second && self.steps > MAX_STEPS
    }

    fn token(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.mark as usize).copied();
        match token {
            Some(_) => self.fill = self.fill.max(self.mark + 1),
            None => self.ran_out = true,
        }
        token
    }

    fn rule(&mut self, id: usize) -> Value {
        let rule = &GRAMMAR.rules[id];
        if self.stopped() || rule.invalid && !self.invalid_rules {
            return None;
        }
        self.steps += 1;
        let start = self.mark;
        if rule.memo
            && let Some((value, end)) = self.memo.get(&(id as u32, start))
        {
            self.mark = *end;
            return value.clone();
        }
        let value = self
            .deeper(rule.levels, |this| this.rule_body(rule))
            .flatten();
        if value.is_none() {
            self.mark = start;
        } else if id == GRAMMAR.compound_statement && !self.second {
            self.statement = self.statement.max(self.own_start(start));
        }
        if rule.memo {
            self.memo
                .insert((id as u32, start), (value.clone(), self.mark));
        }
        value
    }

    /// Runs `parse` so many of CPython's calls deeper.
    fn deeper<T>(&mut self, levels: u32, parse: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.depth += levels;
        self.calls += 1;
        let parsed = if self.depth > MAX_DEPTH {
            let message = "Parser stack overflowed - Python source too complex to parse";
            self.error = Some(Error::plain(Class::MemoryError, message));
            None
        } else {
            Some(recursion::with_stack(self.calls, || parse(self)))
        };
        self.calls -= 1;
        self.depth -= levels;
        parsed
    }

    fn rule_body(&mut self, rule: &'static Rule) -> Value {
        let outer = (self.invalid_rules, self.is_flat);
        self.invalid_rules &= !rule.without_invalid;
        self.is_flat = rule.is_flat;
        let value = self.alternatives(&rule.alternatives);
        (self.invalid_rules, self.is_flat) = outer;
        value
    }

    /// How many calls a repetition, or a group of more than one item, is for CPython.
    fn construct(&self) -> u32 {
        u32::from(!self.is_flat)
    }

    /// The first alternative that fits; `mark` stays where it was if none does.
    fn alternatives(&mut self, alternatives: &'static [Alternative]) -> Value {
        let start = self.mark;
        for alternative in alternatives {
            let tried = self.alternative(alternative);
            if self.stopped() {
                break;
            }
            match tried {
                Tried::Value(value) => return Some(value),
                Tried::Failed => self.mark = start,
                Tried::Final => break,
            }
        }
        self.mark = start;
        None
    }

    fn alternative(&mut self, alternative: &'static Alternative) -> Tried {
        let start = self.mark;
        let mut cut = false;
        let mut values = Vec::new();
        let mut named: [Value; 2] = [None, None];
        for item in &alternative.items {
            if let Element::Cut = item.element {
                cut = true;
                continue;
            }
            let before = values.len();
            if !self.element(&item.element, &mut values) || self.stopped() {
                return if cut { Tried::Final } else { Tried::Failed };
            }
            if item.name != 0 {
                named[usize::from(item.name - b'a')] = values.get(before).cloned();
            }
        }
        self.act(&alternative.action, start, values, named)
    }

    /// Matches one element and appends its value, if it has one.
    fn element(&mut self, element: &'static Element, values: &mut Vec<Rc<Node>>) -> bool {
        match element {
            Element::Kind(_) | Element::Symbol(_) | Element::Soft(_) | Element::AnySoft => {
                self.terminal(element, values)
            }
            Element::Rule(id) => {
                let value = self.rule(*id);
                let found = value.is_some();
                values.extend(value);
                found
            }
            Element::Group(alternatives) => {
                let is_one = matches!(&alternatives[..], [only] if only.items.len() == 1);
                let levels = if is_one { 0 } else { self.construct() };
                let value = self.deeper(levels, |this| this.alternatives(alternatives));
                let value = value.flatten();
                let found = value.is_some();
                values.extend(value);
                found
            }
            Element::Optional(inner) => {
                let start = self.mark;
                if !self.element(inner, values) {
                    self.mark = start;
                }
                true
            }
            Element::Repeat {
                element,
                at_least_one,
            } => self
                .deeper(self.construct(), |this| {
                    this.repeat(None, element, *at_least_one, values)
                })
                .unwrap_or(false),
            Element::Separated { separator, element } => self
                .deeper(self.construct(), |this| {
                    this.repeat(Some(separator), element, true, values)
                })
                .unwrap_or(false),
            Element::Ahead { element, positive } => {
                let start = self.mark;
                let found = self.element(element, &mut Vec::new());
                self.mark = start;
                found == *positive
            }
            Element::Forced(inner, text) => {
                let start = self.mark;
                let found = self.element(inner, values);
                if !found && !self.stopped() {
                    let token = Node::new(NodeKind::Token, start, start + 1);
                    self.raise_at(&token, &token, format!("expected '{text}'"));
                }
                found
            }
            Element::Cut => true,
        }
    }

    fn terminal(&mut self, element: &Element, values: &mut Vec<Rc<Node>>) -> bool {
        self.steps += 1;
        let Some(token) = self.token() else {
            return false;
        };
        let symbol = self.symbols[self.mark as usize];
        let fits = match element {
            Element::Kind(Kind::Name) => token.kind == Kind::Name && symbol == 0,
            Element::Kind(kind) => token.kind == *kind,
            Element::Symbol(wanted) => symbol == *wanted,
            Element::Soft(word) => token.kind == Kind::Name && token.text(self.source) == word,
            _ => {
                token.kind == Kind::Name && GRAMMAR.soft_keywords.contains(&token.text(self.source))
            }
        };
        if fits {
            let kind = match token.kind {
                Kind::Name if symbol == 0 => NodeKind::Name,
                Kind::Number => NodeKind::Number,
                Kind::String => NodeKind::Text,
                _ => NodeKind::Token,
            };
            values.push(Node::new(kind, self.mark, self.mark + 1));
            self.mark += 1;
        }
        fits
    }

    /// One or more, or any number; with a separator between them.
    fn repeat(
        &mut self,
        separator: Option<&'static Element>,
        element: &'static Element,
        at_least_one: bool,
        values: &mut Vec<Rc<Node>>,
    ) -> bool {
        let start = self.mark;
        let mut items = Vec::new();
        loop {
            let before = self.mark;
            let separated = match separator {
                Some(separator) if !items.is_empty() => self.element(separator, &mut Vec::new()),
                _ => true,
            };
            // CPython's rule for a separated list has one of its own for all but the first.
            let levels = u32::from(separator.is_some() && !items.is_empty());
            let found = separated
                && self
                    .deeper(levels, |this| this.element(element, &mut items))
                    .unwrap_or(false);
            if !found || self.mark == before {
                self.mark = before;
                break;
            }
            if self.stopped() {
                return false;
            }
        }
        let found = !at_least_one || self.mark > start;
        if found {
            values.push(Rc::new(Node {
                kind: NodeKind::List,
                start,
                end: self.mark,
                children: items,
            }));
        }
        found
    }

    fn act(
        &mut self,
        action: &'static Action,
        start: u32,
        values: Vec<Rc<Node>>,
        named: [Value; 2],
    ) -> Tried {
        let end = self.mark;
        let flat = |values: &[Rc<Node>]| {
            let mut children = Vec::new();
            values
                .iter()
                .for_each(|value| value.flatten_into(&mut children));
            children
        };
        let kind = match action {
            Action::Default => match <[Rc<Node>; 1]>::try_from(values) {
                Ok([only]) => return Tried::Value(only),
                Err(children) => {
                    let kind = NodeKind::List;
                    return Tried::Value(Rc::new(Node {
                        kind,
                        start,
                        end,
                        children,
                    }));
                }
            },
            Action::Take(item) => {
                let [a, b] = named;
                return (if *item == b'a' { a } else { b }).map_or(Tried::Final, Tried::Value);
            }
            Action::Fold(_) if values[1..].iter().all(|value| value.start == value.end) => {
                return Tried::Value(Rc::clone(&values[0]));
            }
            Action::Make(kind) | Action::Fold(kind) => *kind,
            Action::Suffixed => match values.last().and_then(|list| list.children.last()) {
                Some(suffix) => suffix.kind,
                None => return Tried::Value(Rc::clone(&values[0])),
            },
            Action::Call(name, items, message) => {
                let [a, b] = named;
                let pick = |item: u8| match item {
                    b'a' => a.clone(),
                    b'b' => b.clone(),
                    _ => None,
                };
                return self.call(name, pick(items[0]), pick(items[1]), message, start);
            }
        };
        let children = flat(&values);
        Tried::Value(Rc::new(Node {
            kind,
            start,
            end,
            children,
        }))
    }
}
