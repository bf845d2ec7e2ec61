//! `"..." % (a, b)` to an f-string, where only `%s`, `%r` and `%a` occur (CPython's `optimize_format`).

use terrarium_bytecode::{Constant, Str};

use crate::arena::Arena;
use crate::tree::{Expr, ExprKind, Location, Operator};

/// Digits a width or precision may have.
const MAX_DIGITS: usize = 3;

/// One piece of a format.
enum Piece {
    /// Text, `%%` undone.
    Text(Vec<u8>),
    /// A conversion (`s`, `r` or `a`) and its format spec.
    Value { conversion: u8, spec: String },
}

/// What a BinOp of these operands becomes, if it is such a format.
pub(super) fn folded<'a>(
    left: &'a Expr<'a>,
    op: Operator,
    right: &'a Expr<'a>,
    arena: &'a Arena,
) -> Option<ExprKind<'a>> {
    let (
        ExprKind::Constant {
            value: Constant::Str(format),
            ..
        },
        Operator::Mod,
        ExprKind::Tuple { elts, .. },
    ) = (&left.kind, op, &right.kind)
    else {
        return None;
    };
    let is_starred = |elt: &&Expr| matches!(elt.kind, ExprKind::Starred { .. });
    if elts.iter().any(is_starred) {
        return None;
    }
    let pieces = pieces(&format.text)?;
    let is_value = |piece: &&Piece| matches!(piece, Piece::Value { .. });
    if pieces.iter().filter(is_value).count() != elts.len() {
        return None;
    }
    let mut elts = elts.iter();
    let values = pieces.into_iter().filter_map(|piece| match piece {
        Piece::Text(text) => Some(constant(text, arena)),
        Piece::Value { conversion, spec } => elts
            .next()
            .map(|value| formatted(value, conversion, spec, arena)),
    });
    Some(ExprKind::JoinedStr {
        values: arena.collect(values),
    })
}

/// A text without a place. Undoing `%%` makes a new string even of a single character, which otherwise exists once and is interned.
fn constant(text: Vec<u8>, arena: &Arena) -> &Expr<'_> {
    let value = match &*text {
        b"%" => Constant::Str(Str::new(text)),
        _ => crate::constants::string(text),
    };
    let kind = ExprKind::Constant {
        value: arena.constant(value),
        kind_u: false,
    };
    let loc = Location::NONE;
    arena.node(Expr { kind, loc })
}

fn formatted<'a>(
    value: &'a Expr<'a>,
    conversion: u8,
    spec: String,
    arena: &'a Arena,
) -> &'a Expr<'a> {
    let loc = value.loc;
    let format_spec = (!spec.is_empty()).then(|| constant(spec.into_bytes(), arena));
    let kind = ExprKind::FormattedValue {
        value,
        conversion: i32::from(conversion),
        format_spec,
    };
    arena.node(Expr { kind, loc })
}

/// Takes a format apart; `None` if it asks for anything else.
fn pieces(format: &[u8]) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < format.len() {
        let mut text = Vec::new();
        while at < format.len() {
            if format[at] != b'%' {
                text.push(format[at]);
                at += 1;
            } else if format.get(at + 1) == Some(&b'%') {
                text.push(b'%');
                at += 2;
            } else {
                break;
            }
        }
        if !text.is_empty() {
            pieces.push(Piece::Text(text));
        }
        if at < format.len() {
            at += 1;
            pieces.push(value(format, &mut at)?);
        }
    }
    Some(pieces)
}

/// Flags, width, precision and conversion behind a `%`.
fn value(format: &[u8], at: &mut usize) -> Option<Piece> {
    let mut left = false;
    while let Some(flag @ (b'-' | b'+' | b' ' | b'#' | b'0')) = format.get(*at) {
        left |= *flag == b'-';
        *at += 1;
    }
    let width = digits(format, at)?;
    let mut precision = None;
    if format.get(*at) == Some(&b'.') {
        *at += 1;
        precision = Some(digits(format, at)?.unwrap_or(0));
    }
    let conversion = *format.get(*at)?;
    *at += 1;
    if !matches!(conversion, b's' | b'r' | b'a') {
        return None;
    }
    let mut spec = String::new();
    if !left && width.is_some_and(|width| width > 0) {
        spec.push('>');
    }
    if let Some(width) = width {
        spec.push_str(&width.to_string());
    }
    if let Some(precision) = precision {
        spec.push_str(&format!(".{precision}"));
    }
    Some(Piece::Value { conversion, spec })
}

/// A number of fewer than three digits, if one stands there; `None` for a longer one.
fn digits(format: &[u8], at: &mut usize) -> Option<Option<u32>> {
    let start = *at;
    while format.get(*at).is_some_and(u8::is_ascii_digit) {
        *at += 1;
        if *at - start >= MAX_DIGITS {
            return None;
        }
    }
    let text = std::str::from_utf8(&format[start..*at]).ok()?;
    Some(text.parse().ok())
}
