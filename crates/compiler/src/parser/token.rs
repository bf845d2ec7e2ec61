//! The kinds of tokens, and which words are keywords.

use crate::name::WordKey;

/// What a token is. NEWLINE, INDENT and DEDENT as in CPython; `FString` and `TString` are only opening
/// quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// Nothing that this parser takes.
    Error,
    End,
    Newline,
    Indent,
    Dedent,
    Name,
    Number,
    String,
    FString,
    TString,
    LeftParen,
    RightParen,
    LeftBracket,
    RightBracket,
    LeftBrace,
    RightBrace,
    Comma,
    Colon,
    Semicolon,
    Dot,
    Ellipsis,
    Equal,
    Arrow,
    Walrus,
    Exclamation,
    At,
    Plus,
    Minus,
    Star,
    DoubleStar,
    Slash,
    DoubleSlash,
    Percent,
    LeftShift,
    RightShift,
    Amper,
    Bar,
    Caret,
    Tilde,
    Less,
    Greater,
    LessEqual,
    GreaterEqual,
    EqualEqual,
    NotEqual,
    AtEqual,
    PlusEqual,
    MinusEqual,
    StarEqual,
    DoubleStarEqual,
    SlashEqual,
    DoubleSlashEqual,
    PercentEqual,
    LeftShiftEqual,
    RightShiftEqual,
    AmperEqual,
    BarEqual,
    CaretEqual,
    False,
    None,
    True,
    And,
    As,
    Assert,
    Async,
    Await,
    Break,
    Class,
    Continue,
    Def,
    Del,
    Elif,
    Else,
    Except,
    Finally,
    For,
    From,
    Global,
    If,
    Import,
    In,
    Is,
    Lambda,
    Nonlocal,
    Not,
    Or,
    Pass,
    Raise,
    Return,
    Try,
    While,
    With,
    Yield,
}

/// A token: bytes `start..end`, and the line (from 1) and column (from 0, in bytes) where it starts.
#[derive(Debug, Clone, Copy)]
pub struct Token {
    pub kind: Kind,
    /// Of a string: whether there is a backslash in it.
    pub has_escapes: bool,
    /// Of a string: how many letters come before its quote.
    pub prefix: u8,
    /// Of a string: 1, or 3 for triple quotes.
    pub quote_width: u8,
    /// Of a name: whether it has letters beyond ASCII, and no key.
    pub is_foreign: bool,
    /// Of a name.
    pub key: WordKey,
    pub start: u32,
    pub end: u32,
    pub line: i32,
    pub column: i32,
}

/// The keywords.
const KEYWORDS: [(&str, Kind); 35] = [
    ("if", Kind::If),
    ("in", Kind::In),
    ("is", Kind::Is),
    ("or", Kind::Or),
    ("as", Kind::As),
    ("and", Kind::And),
    ("not", Kind::Not),
    ("for", Kind::For),
    ("def", Kind::Def),
    ("del", Kind::Del),
    ("try", Kind::Try),
    ("None", Kind::None),
    ("True", Kind::True),
    ("else", Kind::Else),
    ("elif", Kind::Elif),
    ("from", Kind::From),
    ("pass", Kind::Pass),
    ("with", Kind::With),
    ("False", Kind::False),
    ("class", Kind::Class),
    ("raise", Kind::Raise),
    ("while", Kind::While),
    ("yield", Kind::Yield),
    ("break", Kind::Break),
    ("async", Kind::Async),
    ("await", Kind::Await),
    ("return", Kind::Return),
    ("import", Kind::Import),
    ("lambda", Kind::Lambda),
    ("global", Kind::Global),
    ("assert", Kind::Assert),
    ("except", Kind::Except),
    ("finally", Kind::Finally),
    ("continue", Kind::Continue),
    ("nonlocal", Kind::Nonlocal),
];

/// The soft keywords, which are names for the lexer.
pub const MATCH: WordKey = WordKey::of(b"match");
pub const CASE: WordKey = WordKey::of(b"case");
pub const TYPE: WordKey = WordKey::of(b"type");
pub const UNDERSCORE: WordKey = WordKey::of(b"_");

/// A table of keywords by their keys, without two in one place.
struct Keywords {
    factor: u64,
    /// A keyword's key; what other words and what the keyword is.
    places: [(u64, [Kind; 2]); 1 << PLACE_BITS],
}

const PLACE_BITS: u32 = 7;

static TABLE: Keywords = Keywords::new();

impl Keywords {
    /// Tries factors until all keywords have places of their own.
    const fn new() -> Keywords {
        let mut factor: u64 = 0x9e37_79b9_7f4a_7c15;
        loop {
            let mut table = Keywords {
                factor,
                places: [(0, [Kind::Name; 2]); 1 << PLACE_BITS],
            };
            let mut placed = 0;
            while placed < KEYWORDS.len() {
                let (text, kind) = KEYWORDS[placed];
                let bits = WordKey::of(text.as_bytes()).bits();
                let place = table.place(bits);
                if table.places[place].0 != 0 {
                    break;
                }
                table.places[place] = (bits, [Kind::Name, kind]);
                placed += 1;
            }
            if placed == KEYWORDS.len() {
                return table;
            }
            factor = factor.wrapping_mul(6_364_136_223_846_793_005) | 1;
        }
    }

    #[inline]
    const fn place(&self, bits: u64) -> usize {
        (bits.wrapping_mul(self.factor) >> (u64::BITS - PLACE_BITS)) as usize
    }
}

/// The kind of a word: a keyword's, or `Name`.
#[inline]
pub fn word(key: WordKey) -> Kind {
    let (bits, kinds) = TABLE.places[TABLE.place(key.bits())];
    // A branch here would be foretold badly.
    kinds[usize::from(bits == key.bits())]
}
