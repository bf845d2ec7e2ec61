//! `from __future__ import barry_as_FLUFL` (PEP 401): inequality is spelled `<>`, and `!=` is an error.

use terrarium_bytecode::code::flags;

use crate::error::{Class, Error};
use crate::name::Names;
use crate::parse::Mode;
use crate::reject::token::{Kind, Token, at_reading};
use crate::reject::tokenizer;
use crate::source::Source;

const FEATURE: &str = "barry_as_FLUFL";

/// Whether a source of these names may need to be respelled.
pub fn may_respell(names: &Names, inherited: u32) -> bool {
    inherited & flags::FUTURE_BARRY_AS_BDFL != 0 || names.contains(FEATURE)
}

/// The source as the parser takes it: with `!=` for each `<>`, from the import on or, if the caller's `flags` have the feature, everywhere.
/// None if nothing changes.
pub fn respelled<'s>(
    source: &Source<'s>,
    mode: Mode,
    inherited: u32,
) -> Result<Option<Source<'s>>, Error> {
    let everywhere = inherited & flags::FUTURE_BARRY_AS_BDFL != 0;
    // An expression imports nothing.
    if !everywhere && mode == Mode::Eval {
        return Ok(None);
    }
    if !everywhere && memchr::memmem::find(source.text.as_bytes(), FEATURE.as_bytes()).is_none() {
        return Ok(None);
    }
    let tokens = tokenizer::tokenize(source, mode).tokens;
    let from = match everywhere {
        true => 0,
        false => match after_import(source, &tokens) {
            Some(index) => index,
            None => return Ok(None),
        },
    };
    let mut text = source.text.as_bytes().to_vec();
    for (index, token) in tokens.iter().enumerate().skip(from) {
        match token.text(source) {
            "!=" if token.kind == Kind::Op => {
                let message = "with Barry as BDFL, use '<>' instead of '!='";
                let place = token.known_place(source);
                let read = source.text.len() as u32;
                return Err(at_reading(source, Class::SyntaxError, message, place, read));
            }
            "<>" if token.kind == Kind::Op => respell(&mut text, token.start),
            "<" if is_followed_by_greater(source, &tokens, index) => {
                respell(&mut text, token.start)
            }
            _ => {}
        }
    }
    let text = String::from_utf8(text).expect("ASCII took the place of ASCII");
    Ok(Some(Source {
        text: text.into(),
        ..source.clone()
    }))
}

fn respell(text: &mut [u8], start: u32) {
    text[start as usize..start as usize + 2].copy_from_slice(b"!=");
}

fn is_followed_by_greater(source: &Source, tokens: &[Token], index: usize) -> bool {
    let next = tokens.get(index + 1);
    next.is_some_and(|next| next.start == tokens[index].end && next.text(source) == ">")
}

/// The number of the first token behind the feature's name in an import of `__future__`.
fn after_import(source: &Source, tokens: &[Token]) -> Option<usize> {
    let words = ["from", "__future__", "import"];
    let import = tokens.windows(3).position(|window| {
        window
            .iter()
            .zip(words)
            .all(|(token, word)| token.kind == Kind::Name && token.text(source) == word)
    })?;
    let rest = tokens.iter().enumerate().skip(import);
    rest.take_while(|(_, token)| token.kind != Kind::Newline)
        .find(|(_, token)| token.text(source) == FEATURE)
        .map(|(index, _)| index + 1)
}
