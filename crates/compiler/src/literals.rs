//! String, bytes and number literals from the text of their tokens, as CPython's Parser/string_parser.c and Parser/pegen.c decode them.
//! Strings come out as UTF-8 with lone surrogates as three bytes (see `terrarium_bytecode::Str`).

use std::cell::OnceCell;
use std::rc::Rc;

use num_bigint::BigInt;
use terrarium_bytecode::{Constant, Int};

/// Decimal digits an integer literal may have (`sys.int_info.default_max_str_digits`).
const MAX_DIGITS: usize = 4300;

/// A backslash that starts no escape sequence, or an octal one above `\377`; worth one warning a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidEscape {
    /// Byte offset of the backslash in the literal's body.
    pub offset: usize,
    /// The character after the backslash, or the value of an octal escape.
    pub what: Invalid,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invalid {
    Character(u8),
    Octal(u32),
}

impl InvalidEscape {
    /// The text of CPython's SyntaxWarning.
    pub fn message(&self) -> String {
        self.text(" Such sequences will not work in the future.")
    }

    /// The text of the SyntaxError that a filter makes of the warning.
    pub fn error_message(&self) -> String {
        self.text("")
    }

    fn text(&self, outlook: &str) -> String {
        let (sequence, what) = match self.what {
            Invalid::Character(c) => ((c as char).to_string(), "escape"),
            Invalid::Octal(value) => (format!("{value:o}"), "octal escape"),
        };
        format!(
            "\"\\{sequence}\" is an invalid {what} sequence.{outlook} Did you mean \
             \"\\\\{sequence}\"? A raw string is also an option."
        )
    }
}

/// The parts of a string token: `rb'''body'''`.
#[derive(Debug, Clone, Copy)]
pub struct Token<'s> {
    pub body: &'s [u8],
    /// Byte offset of the body in the token.
    pub offset: usize,
    pub raw: bool,
    pub bytes: bool,
    /// Whether the prefix is `u`; `U` does not count.
    pub kind_u: bool,
}

impl<'s> Token<'s> {
    /// Takes a complete string token apart.
    pub fn new(text: &'s str) -> Token<'s> {
        let bytes = text.as_bytes();
        let prefix = bytes
            .iter()
            .position(|&b| b == b'\'' || b == b'"')
            .unwrap_or(0);
        let quote = bytes[prefix];
        let triple =
            bytes.len() >= prefix + 6 && bytes[prefix + 1] == quote && bytes[prefix + 2] == quote;
        Token::of_parts(bytes, prefix, if triple { 3 } else { 1 })
    }

    /// The same for a token whose prefix has so many letters, and so many quotes behind it.
    #[inline]
    pub fn of_parts(text: &'s [u8], prefix: usize, width: usize) -> Token<'s> {
        let letters = &text[..prefix];
        Token {
            body: &text[prefix + width..text.len() - width],
            offset: prefix + width,
            raw: letters.iter().any(|b| b | 32 == b'r'),
            bytes: letters.iter().any(|b| b | 32 == b'b'),
            kind_u: letters == b"u",
        }
    }
}

/// Where CPython's tokenizer cuts the text of an f-string that is not raw first: behind a character that is named.
pub fn first_piece(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'\\', text.get(at..)?) {
        let escape = at + found;
        if text[escape..].starts_with(b"\\N{") {
            let end = memchr::memchr(b'}', &text[escape..])?;
            return Some(escape + end + 1);
        }
        at = escape + 2;
    }
    None
}

/// Whether CPython's tokenizer cuts the text of a format spec.
pub fn has_pieces(text: &[u8], raw: bool) -> bool {
    !raw && first_piece(text).is_some_and(|end| end < text.len())
}

/// Decodes the body of a string literal to the end of `out`. With `braces`, doubled braces stand for one (the text of an f-string).
/// Errors: CPython's text, to follow "(unicode error) ".
pub fn decode_str(
    bytes: &[u8],
    raw: bool,
    braces: bool,
    out: &mut Vec<u8>,
) -> Result<Option<InvalidEscape>, String> {
    if raw || memchr::memchr(b'\\', bytes).is_none() {
        push_text(bytes, braces, out);
        return Ok(None);
    }
    let mut decoder = Escapes {
        bytes,
        at: 0,
        first_invalid: None,
    };
    let mut from = 0;
    while let Some(found) = memchr::memchr(b'\\', &bytes[from..]) {
        push_text(&bytes[from..from + found], braces, out);
        decoder.at = from + found;
        decoder.unicode(out)?;
        from = decoder.at;
    }
    push_text(&bytes[from..], braces, out);
    Ok(decoder.first_invalid)
}

/// Text without escapes; `braces` as in `decode_str`.
fn push_text(text: &[u8], braces: bool, out: &mut Vec<u8>) {
    if !braces || memchr::memchr2(b'{', b'}', text).is_none() {
        out.extend_from_slice(text);
        return;
    }
    let mut i = 0;
    while i < text.len() {
        out.push(text[i]);
        let doubled = matches!(text[i], b'{' | b'}') && text.get(i + 1) == Some(&text[i]);
        i += if doubled { 2 } else { 1 };
    }
}

/// Decodes the body of a bytes literal. Errors: CPython's text, to follow "(value error) ".
pub fn decode_bytes(bytes: &[u8], raw: bool) -> Result<(Vec<u8>, Option<InvalidEscape>), String> {
    if raw || memchr::memchr(b'\\', bytes).is_none() {
        return Ok((bytes.to_vec(), None));
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut decoder = Escapes {
        bytes,
        at: 0,
        first_invalid: None,
    };
    let mut from = 0;
    while let Some(found) = memchr::memchr(b'\\', &bytes[from..]) {
        out.extend_from_slice(&bytes[from..from + found]);
        decoder.at = from + found;
        decoder.bytes(&mut out)?;
        from = decoder.at;
    }
    out.extend_from_slice(&bytes[from..]);
    Ok((out, decoder.first_invalid))
}

/// A reader of escape sequences; `at` stands on a backslash before each and after the sequence behind it.
struct Escapes<'b> {
    bytes: &'b [u8],
    at: usize,
    first_invalid: Option<InvalidEscape>,
}

/// The value of an escape of one letter, shared by strings and bytes.
fn simple_escape(letter: u8) -> Option<u8> {
    Some(match letter {
        b'\\' | b'\'' | b'"' => letter,
        b'b' => 8,
        b'f' => 12,
        b't' => b'\t',
        b'n' => b'\n',
        b'r' => b'\r',
        b'v' => 11,
        b'a' => 7,
        _ => return None,
    })
}

impl Escapes<'_> {
    fn note(&mut self, offset: usize, what: Invalid) {
        self.first_invalid
            .get_or_insert(InvalidEscape { offset, what });
    }

    /// One escape of a string.
    fn unicode(&mut self, out: &mut Vec<u8>) -> Result<(), String> {
        let backslash = self.at;
        let Some(&letter) = self.bytes.get(backslash + 1) else {
            // The text of an f-string may end in a backslash, before a brace.
            out.push(b'\\');
            self.at += 1;
            return Ok(());
        };
        self.at += 2;
        match letter {
            b'\n' => {}
            b'0'..=b'7' => push_code_point(self.octal(backslash), out),
            b'x' => push_code_point(self.hexadecimal(2, "truncated \\xXX escape")?, out),
            b'u' => push_code_point(self.hexadecimal(4, "truncated \\uXXXX escape")?, out),
            b'U' => {
                let value = self.hexadecimal(8, "truncated \\UXXXXXXXX escape")?;
                if value > 0x10ffff {
                    return Err(self.unicode_error(
                        backslash,
                        self.at,
                        "illegal Unicode character",
                    ));
                }
                push_code_point(value, out);
            }
            b'N' => self.named(out)?,
            _ => match simple_escape(letter) {
                Some(byte) => out.push(byte),
                None => {
                    if letter.is_ascii() {
                        self.note(backslash, Invalid::Character(letter));
                    }
                    out.push(b'\\');
                    // What follows is text again: a brace before a doubled one, or a character of several bytes.
                    self.at = backslash + 1;
                    if letter.is_ascii() && !matches!(letter, b'{' | b'}') {
                        out.push(letter);
                        self.at += 1;
                    }
                }
            },
        }
        Ok(())
    }

    /// One escape of a bytes literal.
    fn bytes(&mut self, out: &mut Vec<u8>) -> Result<(), String> {
        let backslash = self.at;
        let Some(&letter) = self.bytes.get(backslash + 1) else {
            return Err("Trailing \\ in string".to_owned());
        };
        self.at += 2;
        match letter {
            b'\n' => {}
            b'0'..=b'7' => out.push(self.octal(backslash) as u8),
            b'x' => {
                let digits = self
                    .bytes
                    .get(self.at..self.at + 2)
                    .and_then(|d| Some((hex(d[0])?, hex(d[1])?)));
                let Some((high, low)) = digits else {
                    return Err(format!("invalid \\x escape at position {backslash}"));
                };
                out.push((high << 4 | low) as u8);
                self.at += 2;
            }
            _ => match simple_escape(letter) {
                Some(byte) => out.push(byte),
                None => {
                    self.note(backslash, Invalid::Character(letter));
                    out.extend([b'\\', letter]);
                }
            },
        }
        Ok(())
    }

    /// Up to three octal digits, the first already passed.
    fn octal(&mut self, backslash: usize) -> u32 {
        let mut value = u32::from(self.bytes[self.at - 1] - b'0');
        while self.at < backslash + 4
            && let Some(digit @ b'0'..=b'7') = self.bytes.get(self.at)
        {
            value = value << 3 | u32::from(digit - b'0');
            self.at += 1;
        }
        if value > 0o377 {
            self.note(backslash, Invalid::Octal(value));
        }
        value
    }

    fn hexadecimal(&mut self, count: usize, message: &str) -> Result<u32, String> {
        let backslash = self.at - 2;
        let mut value = 0;
        for _ in 0..count {
            let Some(digit) = self.bytes.get(self.at).copied().and_then(hex) else {
                return Err(self.unicode_error(backslash, self.at, message));
            };
            value = value << 4 | digit;
            self.at += 1;
        }
        Ok(value)
    }

    /// `\N{NAME}`
    fn named(&mut self, out: &mut Vec<u8>) -> Result<(), String> {
        let backslash = self.at - 2;
        let malformed = "malformed \\N character escape";
        if self.bytes.get(self.at) != Some(&b'{') {
            return Err(self.unicode_error(backslash, self.at, malformed));
        }
        let start = self.at + 1;
        let Some(length) = memchr::memchr(b'}', &self.bytes[start..]) else {
            return Err(self.unicode_error(backslash, self.bytes.len(), malformed));
        };
        if length == 0 {
            return Err(self.unicode_error(backslash, start, malformed));
        }
        self.at = start + length + 1;
        let name = std::str::from_utf8(&self.bytes[start..start + length]).ok();
        match name.and_then(character) {
            Some(c) => push_code_point(c as u32, out),
            None => {
                return Err(self.unicode_error(
                    backslash,
                    self.at,
                    "unknown Unicode character name",
                ));
            }
        }
        Ok(())
    }

    /// The text of a UnicodeDecodeError for `start..end` of the body. CPython decodes a copy in which a character beyond ASCII is an
    /// escape of ten bytes, and a backslash before it one of six; positions count in that copy.
    fn unicode_error(&self, start: usize, end: usize, message: &str) -> String {
        let from = self.copied_length(start);
        let to = self.copied_length(end);
        if to - from == 1 {
            let byte = self.bytes[start];
            return format!(
                "'unicodeescape' codec can't decode byte 0x{byte:02x} in position {from}: {message}"
            );
        }
        format!(
            "'unicodeescape' codec can't decode bytes in position {from}-{}: {message}",
            to - 1
        )
    }

    /// Length of `bytes[..end]` in that copy.
    fn copied_length(&self, end: usize) -> usize {
        let mut length = 0;
        let mut i = 0;
        while i < end {
            let byte = self.bytes[i];
            if byte == b'\\' && i + 1 < end {
                let next = self.bytes[i + 1];
                length += if next.is_ascii() { 2 } else { 6 };
                i += if next.is_ascii() { 2 } else { 1 };
                continue;
            }
            length += match byte {
                0..0x80 => 1,
                0x80..0xc0 => 0,
                _ => 10,
            };
            i += 1;
        }
        length
    }
}

fn hex(digit: u8) -> Option<u32> {
    (digit as char).to_digit(16)
}

/// UTF-8 of a code point up to U+10FFFF, surrogates included.
pub fn push_code_point(value: u32, out: &mut Vec<u8>) {
    match char::from_u32(value) {
        Some(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        None => out.extend([
            0xe0 | (value >> 12) as u8,
            0x80 | (value >> 6 & 0x3f) as u8,
            0x80 | (value & 0x3f) as u8,
        ]),
    }
}

/// Prefixes of names that end in the code point's number, and their ranges (Unicode 16.0, chapter 4.8; CPython's Modules/unicodedata.c).
const NUMBERED: &[(&str, &[(u32, u32)])] = &[
    (
        "CJK UNIFIED IDEOGRAPH-",
        &[
            (0x3400, 0x4dbf),
            (0x4e00, 0x9fff),
            (0x20000, 0x2a6df),
            (0x2a700, 0x2b739),
            (0x2b740, 0x2b81d),
            (0x2b820, 0x2cea1),
            (0x2ceb0, 0x2ebe0),
            (0x2ebf0, 0x2ee5d),
            (0x30000, 0x3134a),
            (0x31350, 0x323af),
        ],
    ),
    (
        "TANGUT IDEOGRAPH-",
        &[(0x17000, 0x187f7), (0x18d00, 0x18d08)],
    ),
];

/// The character of a Unicode name or alias, in any case; what `\N{...}` stands for.
pub fn character(name: &str) -> Option<char> {
    for (prefix, ranges) in NUMBERED {
        if let Some((head, digits)) = name.split_at_checked(prefix.len())
            && head.eq_ignore_ascii_case(prefix)
        {
            let plain =
                matches!(digits.len(), 4 | 5) && digits.bytes().all(|b| b.is_ascii_hexdigit());
            let value = plain
                .then(|| u32::from_str_radix(digits, 16).ok())
                .flatten()?;
            let known = ranges
                .iter()
                .any(|&(first, last)| (first..=last).contains(&value));
            return if known { char::from_u32(value) } else { None };
        }
    }
    unicode_names2::character(name)
}

/// The value of a number token.
/// Errors: CPython's text for a decimal literal of too many digits.
pub fn number(text: &str) -> Result<Constant, String> {
    if let Some(value) = few_digits(text.as_bytes()) {
        return Ok(small(value));
    }
    let stripped;
    let mut digits = text;
    if text.contains('_') {
        stripped = text.replace('_', "");
        digits = &stripped;
    }
    let bytes = digits.as_bytes();
    let radix = match bytes {
        [b'0', b'x' | b'X', ..] => 16,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'b' | b'B', ..] => 2,
        _ => 10,
    };
    if radix != 10 {
        return Ok(integer(&digits[2..], radix));
    }
    if let Some(b'j' | b'J') = bytes.last() {
        let imaginary = float(&digits[..digits.len() - 1]);
        return Ok(Constant::Complex(Rc::new((0.0, imaginary))));
    }
    if bytes.iter().any(|b| !b.is_ascii_digit()) {
        return Ok(Constant::Float(Rc::new(float(digits))));
    }
    if digits.len() > MAX_DIGITS {
        return Err(format!(
            "Exceeds the limit ({MAX_DIGITS} digits) for integer string conversion: value has {} digits; use \
             sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for huge integer literals to avoid \
             decimal conversion limits.",
            digits.len()
        ));
    }
    Ok(integer(digits, 10))
}

/// `digits` are valid in `radix`: the tokenizer saw to it.
fn integer(digits: &str, radix: u32) -> Constant {
    match i64::from_str_radix(digits, radix) {
        Ok(value) => small(value),
        Err(_) => {
            let value = BigInt::parse_bytes(digits.as_bytes(), radix).unwrap_or_default();
            Constant::Int(Rc::new(Int::Big(value)))
        }
    }
}

/// The value of a decimal number that is surely small, if the text is nothing else.
fn few_digits(text: &[u8]) -> Option<i64> {
    const FEW: usize = 9;
    if text.len() > FEW {
        return None;
    }
    text.iter().try_fold(0, |value, byte| {
        let digit = byte.wrapping_sub(b'0');
        (digit <= 9).then(|| value * 10 + i64::from(digit))
    })
}

fn small(value: i64) -> Constant {
    match usize::try_from(value) {
        Ok(value) if value < SMALL_INTS => small_int(value),
        _ => Constant::Int(Rc::new(Int::Small(value))),
    }
}

/// Integers below this exist once a thread.
const SMALL_INTS: usize = 257;

thread_local! {
    static SMALL: [OnceCell<Rc<Int>>; SMALL_INTS] = const { [const { OnceCell::new() }; SMALL_INTS] };
}

fn small_int(value: usize) -> Constant {
    let make = || Rc::new(Int::Small(value as i64));
    Constant::Int(SMALL.with(|known| known[value].get_or_init(make).clone()))
}

/// The nearest double; too large gives infinity, as C's strtod does.
fn float(digits: &str) -> f64 {
    digits.parse().unwrap_or(f64::INFINITY)
}
