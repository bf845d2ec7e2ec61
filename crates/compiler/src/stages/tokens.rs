//! Tokens as `python -m tokenize -e` prints them: place, type, text; comments and newlines that end no statement included. They are found
//! by the tokenizer that follows CPython's (see `reject`), so that every text has tokens that CPython can tokenize, Python or not.

use std::fmt::Write;

use terrarium_bytecode::repr;

use crate::error::{Error, Warning};
use crate::parse::Mode;
use crate::reject::token::{Kind, Stop, Token};
use crate::reject::{self, tokenizer};
use crate::source::{Source, encoding};

/// Columns count characters. Errors: what CPython's tokenizer rejects.
pub fn tokens(bytes: &[u8], filename: &str) -> Result<(String, Vec<Warning>), Error> {
    let source = Source::from_bytes(bytes, filename)?;
    let found = tokenizer::tokenize(&source, Mode::Exec);
    if !matches!(found.stop, Stop::End) {
        let end = source.text.len() as u32;
        return Err(reject::explain(&source, end, Mode::Exec, &mut Vec::new()));
    }
    let mut printer = Printer {
        source: &source,
        carriage_returns: lines_with_carriage_returns(bytes),
        at: 0,
        waiting: Vec::new(),
        out: String::new(),
    };
    printer.line(
        (0, 0),
        (0, 0),
        "ENCODING",
        &encoding::declared(bytes).unwrap_or_else(|| "utf-8".into()),
    );
    for token in &found.tokens {
        printer.token(*token);
    }
    Ok((printer.out, Vec::new()))
}

/// Whether each line ended in `\r\n` before newlines were unified.
fn lines_with_carriage_returns(bytes: &[u8]) -> Vec<bool> {
    if memchr::memchr(b'\r', bytes).is_none() {
        return Vec::new();
    }
    bytes
        .split_inclusive(|&byte| byte == b'\n')
        .map(|line| line.ends_with(b"\r\n"))
        .collect()
}

struct Printer<'s> {
    source: &'s Source<'s>,
    carriage_returns: Vec<bool>,
    /// What is printed up to here.
    at: usize,
    /// Indents and dedents wait for the next token: comments stand before them.
    waiting: Vec<Kind>,
    out: String,
}

/// Line from 1, column in characters from 0.
type Position = (i32, i32);

impl Printer<'_> {
    fn token(&mut self, token: Token) {
        if matches!(token.kind, Kind::Indent | Kind::Dedent) {
            return self.waiting.push(token.kind);
        }
        let (start, end) = (token.start as usize, token.end as usize);
        match token.kind {
            Kind::Newline => return self.newline(token),
            Kind::EndMarker => return self.end(),
            _ => self.trivia(start),
        }
        let place = self.position(start);
        self.indents(place, start);
        let text = token.text(self.source);
        let (name, text) = (name(token.kind, text), self.as_written(start, text));
        let end_place = self.position(end);
        self.line(place, end_place, name, &text);
        self.at = end;
    }

    /// A token's text with the newlines that the file has.
    fn as_written(&self, start: usize, text: &str) -> String {
        let first = self.source.lines().line(start as u32);
        let has_return = |line: usize| self.carriage_returns.get(line) == Some(&true);
        let mut written = String::with_capacity(text.len());
        for (index, line) in text.split_inclusive('\n').enumerate() {
            match line.strip_suffix('\n') {
                Some(line) if has_return(first + index) => {
                    written.push_str(line);
                    written.push_str("\r\n");
                }
                _ => written.push_str(line),
            }
        }
        written
    }

    /// Comments and newlines up to `end`.
    fn trivia(&mut self, end: usize) {
        let text = &self.source.text;
        while self.at < end {
            let rest = &text.as_bytes()[self.at..end];
            match rest[0] {
                b'#' => {
                    let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                    let comment = text[self.at..self.at + length].to_owned();
                    let (start, stop) = (self.at, self.at + length);
                    self.plain(start, stop, "COMMENT", &comment);
                    self.at = stop;
                }
                b'\n' => self.line_end("NL", self.at),
                // A joined line.
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
    }

    /// A newline that ends a statement; the last line may lack it.
    fn newline(&mut self, token: Token) {
        let text = self.source.text.as_bytes();
        let from = (token.start as usize).max(self.at);
        let end = memchr::memchr(b'\n', &text[from.min(text.len())..])
            .map_or(text.len(), |length| from + length);
        self.trivia(end);
        self.line_end("NEWLINE", end);
    }

    /// A newline at `offset`, or the lack of one at the end of the text.
    fn line_end(&mut self, name: &str, offset: usize) {
        let start = self.position(offset);
        let has_return = self.carriage_returns.get(start.0 as usize - 1) == Some(&true);
        let (text, width) = match (offset < self.source.text.len(), has_return) {
            (false, _) => ("", 1),
            (true, false) => ("\n", 1),
            (true, true) => ("\r\n", 2),
        };
        self.line(start, (start.0, start.1 + width), name, text);
        self.at = offset + 1;
    }

    fn end(&mut self) {
        let length = self.source.text.len();
        let had = self.at;
        self.trivia(length);
        // A comment that ends the text without a newline gets one.
        let unfinished = !self.source.text.is_empty() && !self.source.text.ends_with('\n');
        if unfinished && had < length + 1 && self.at == length {
            self.line_end("NL", length);
        }
        let last = match self.source.text.ends_with('\n') || self.source.text.is_empty() {
            true => self.position(length).0,
            false => self.position(length).0 + 1,
        };
        for _ in std::mem::take(&mut self.waiting) {
            self.line((last, 0), (last, 0), "DEDENT", "");
        }
        self.line((last, 0), (last, 0), "ENDMARKER", "");
    }

    /// What waits before the token that starts at `start`.
    fn indents(&mut self, place: Position, start: usize) {
        for kind in std::mem::take(&mut self.waiting) {
            if kind == Kind::Dedent {
                self.line(place, place, "DEDENT", "");
                continue;
            }
            let line_start = self.source.lines().start(place.0 as usize - 1) as usize;
            let blanks = self.source.text[line_start..start].to_owned();
            self.line((place.0, 0), place, "INDENT", &blanks);
        }
    }

    fn plain(&mut self, start: usize, end: usize, name: &str, text: &str) {
        let (start, end) = (self.position(start), self.position(end));
        self.line(start, end, name, text);
    }

    fn position(&self, offset: usize) -> Position {
        let line = self.source.lines().line(offset as u32);
        let start = self.source.lines().start(line) as usize;
        let column = self.source.text[start..offset].chars().count();
        (line as i32 + 1, column as i32)
    }

    fn line(&mut self, start: Position, end: Position, name: &str, text: &str) {
        let range = format!("{},{}-{},{}:", start.0, start.1, end.0, end.1);
        let text = repr::str(text.as_bytes());
        // Writing to a String cannot fail.
        let _ = writeln!(self.out, "{range:<20}{name:<15}{text:<15}");
    }
}

/// The exact type's name (Lib/token.py).
fn name(kind: Kind, text: &str) -> &'static str {
    match kind {
        Kind::Name => "NAME",
        Kind::Number => "NUMBER",
        Kind::String => "STRING",
        Kind::FStringStart => "FSTRING_START",
        Kind::FStringMiddle => "FSTRING_MIDDLE",
        Kind::FStringEnd => "FSTRING_END",
        Kind::TStringStart => "TSTRING_START",
        Kind::TStringMiddle => "TSTRING_MIDDLE",
        Kind::TStringEnd => "TSTRING_END",
        Kind::Op => OPERATORS
            .iter()
            .find(|(operator, _)| *operator == text)
            .map_or("OP", |(_, name)| name),
        Kind::TypeComment => "TYPE_COMMENT",
        Kind::Newline => "NEWLINE",
        Kind::Indent => "INDENT",
        Kind::Dedent => "DEDENT",
        Kind::EndMarker => "ENDMARKER",
    }
}

const OPERATORS: &[(&str, &str)] = &[
    ("!", "EXCLAMATION"),
    ("!=", "NOTEQUAL"),
    ("%", "PERCENT"),
    ("%=", "PERCENTEQUAL"),
    ("&", "AMPER"),
    ("&=", "AMPEREQUAL"),
    ("(", "LPAR"),
    (")", "RPAR"),
    ("*", "STAR"),
    ("**", "DOUBLESTAR"),
    ("**=", "DOUBLESTAREQUAL"),
    ("*=", "STAREQUAL"),
    ("+", "PLUS"),
    ("+=", "PLUSEQUAL"),
    (",", "COMMA"),
    ("-", "MINUS"),
    ("-=", "MINEQUAL"),
    ("->", "RARROW"),
    (".", "DOT"),
    ("...", "ELLIPSIS"),
    ("/", "SLASH"),
    ("//", "DOUBLESLASH"),
    ("//=", "DOUBLESLASHEQUAL"),
    ("/=", "SLASHEQUAL"),
    (":", "COLON"),
    (":=", "COLONEQUAL"),
    (";", "SEMI"),
    ("<", "LESS"),
    ("<<", "LEFTSHIFT"),
    ("<<=", "LEFTSHIFTEQUAL"),
    ("<=", "LESSEQUAL"),
    ("=", "EQUAL"),
    ("==", "EQEQUAL"),
    (">", "GREATER"),
    (">=", "GREATEREQUAL"),
    (">>", "RIGHTSHIFT"),
    (">>=", "RIGHTSHIFTEQUAL"),
    ("@", "AT"),
    ("@=", "ATEQUAL"),
    ("[", "LSQB"),
    ("]", "RSQB"),
    ("^", "CIRCUMFLEX"),
    ("^=", "CIRCUMFLEXEQUAL"),
    ("{", "LBRACE"),
    ("|", "VBAR"),
    ("|=", "VBAREQUAL"),
    ("}", "RBRACE"),
    ("~", "TILDE"),
];
