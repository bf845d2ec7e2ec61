//! Reading text files.

use terrarium_objects::codecs;
use terrarium_objects::object::Object;
use terrarium_objects::types::bytes::{self, Bytes};
use terrarium_objects::types::str::{self, Builder, Str};
use terrarium_objects::types::{bool, int, none, tuple};
use terrarium_objects::{Owned, PyResult, Word, args, error, root};

use super::common::{call, size, unsupported};
use super::newlines::{LineEnd, find_line_end, split_state};
use super::textio::{Codec, State, TEXT_IO, body, buffer_of, check_open, of, write_pending};

/// Drops text that was decoded and not read.
pub fn forget_decoded(object: &Object) {
    body(object).decoded.clear();
    of(object).used.set(0);
}

fn set_decoded(object: &Object, text: Owned) {
    body(object).decoded.set(Some(text));
    of(object).used.set(0);
}

/// Text from bytes; `last` when no more will come.
pub fn decode(object: &Object, data: &[u8], last: bool) -> PyResult {
    let state = of(object);
    let text = match state.codec.get() {
        Codec::Python => {
            let decoder = body(object).decoder.owned();
            let Some(decoder) = decoder else {
                return Err(unsupported("not readable"));
            };
            let decoder = root("decoder", decoder);
            let input = root("bytes being decoded", Bytes::new(data));
            let text = call(&decoder, "decode", [&input, bool::from_bool(last)])?;
            if !str::is_str(&text) {
                return Err(error::type_error(format!(
                    "decoder should return a string result, not '{}'",
                    text.ty().full_name()
                )));
            }
            text
        }
        codec => native_decode(state, codec, data, last)?,
    };
    if state.universal.get() {
        return state.newlines.feed(text, last);
    }
    Ok(text)
}

fn native_decode(state: &State, codec: Codec, data: &[u8], last: bool) -> PyResult {
    let errors = state.errors.borrow().clone();
    match codec {
        Codec::Ascii => codecs::ascii_decode(data, &errors),
        Codec::Latin1 => codecs::latin1_decode(data),
        _ => {
            let held = state.held.borrow().clone();
            if held.is_empty() {
                let (text, used) = codecs::utf8_decode(data, &errors, last)?;
                *state.held.borrow_mut() = data[used..].to_vec();
                return Ok(text);
            }
            let mut all = held;
            all.extend_from_slice(data);
            let (text, used) = codecs::utf8_decode(&all, &errors, last)?;
            *state.held.borrow_mut() = all[used..].to_vec();
            Ok(text)
        }
    }
}

/// What the decoder holds back, and its flags.
pub fn decoder_state(object: &Object) -> PyResult<(Vec<u8>, u64)> {
    let state = of(object);
    let (held, flags) = match body(object).decoder.owned() {
        None => (state.held.borrow().clone(), 0),
        Some(decoder) => {
            let decoder = root("decoder", decoder);
            let (held, flags) = split_state(&*call(&decoder, "getstate", [])?)?;
            if !bytes::is_bytes(&held) {
                return Err(error::type_error(format!(
                    "illegal decoder state: the first item should be a bytes object, not '{}'",
                    held.ty().full_name()
                )));
            }
            (bytes::cast(&held).bytes().to_vec(), flags)
        }
    };
    if state.universal.get() {
        let pending = u64::from(state.newlines.pending_cr.get());
        return Ok((held, flags << 1 | pending));
    }
    Ok((held, flags))
}

/// Puts the decoder into a state.
pub fn set_decoder_state(object: &Object, held: &[u8], flags: u64) -> PyResult<()> {
    let state = of(object);
    let mut flags = flags;
    if state.universal.get() {
        state.newlines.pending_cr.set(flags & 1 != 0);
        flags >>= 1;
    }
    match body(object).decoder.owned() {
        None => *state.held.borrow_mut() = held.to_vec(),
        Some(decoder) => {
            let decoder = root("decoder", decoder);
            let value = root(
                "decoder state",
                tuple::from_array([Bytes::new(held), int::from_u64(flags)]),
            );
            call(&decoder, "setstate", [&value])?;
        }
    }
    Ok(())
}

pub fn reset_decoder(object: &Object) -> PyResult<()> {
    let state = of(object);
    state.held.borrow_mut().clear();
    if state.universal.get() {
        state.newlines.reset();
    }
    if let Some(decoder) = body(object).decoder.owned() {
        let decoder = root("decoder", decoder);
        call(&decoder, "reset", [])?;
    }
    Ok(())
}

/// Decodes one more chunk; false at the end.
fn read_chunk(object: &Object, hint: usize) -> PyResult<bool> {
    let state = of(object);
    if !state.reads.get() {
        return Err(unsupported("not readable"));
    }
    let before = if state.telling.get() {
        Some(decoder_state(object)?)
    } else {
        None
    };
    let hint = (hint as f64 * state.ratio.get().max(1.0)) as usize;
    let count = state.chunk_size.get().max(hint);
    let buffer = root("stream below", buffer_of(object)?);
    let method = if state.has_read1.get() {
        "read1"
    } else {
        "read"
    };
    let count = root("number of bytes", int::from_usize(count));
    let input = call(&buffer, method, [&count])?;
    drop(count);
    let input = root("bytes being decoded", input);
    let Some(get_buffer) = input.ty().slots.getbuffer else {
        return Err(error::type_error(format!(
            "underlying {method}() should have returned a bytes-like object, not '{}'",
            input.ty().full_name()
        )));
    };
    let memory = get_buffer(&input)?;
    let data = memory.slice();
    let at_end = data.is_empty();
    let text = decode(object, data, at_end)?;
    let count = str::cast(&text).len();
    state.ratio.set(if count > 0 {
        data.len() as f64 / count as f64
    } else {
        0.0
    });
    if let Some((mut held, flags)) = before {
        held.extend_from_slice(data);
        state.snapshot.replace(Some((flags, held)));
    }
    set_decoded(object, text);
    Ok(!at_end || count > 0)
}

/// The next `count` decoded characters, all of them with `None`.
fn take_decoded(object: &Object, count: Option<usize>) -> PyResult {
    let state = of(object);
    let Some(decoded) = body(object).decoded.owned() else {
        return Ok(str::empty());
    };
    let have = str::cast(&decoded).len();
    let used = state.used.get();
    let end = count.map_or(have, |c| (used + c).min(have));
    state.used.set(end);
    if used == 0 && end == have {
        return str::exact(&decoded);
    }
    str::slots::substring(&decoded, used, end)
}

pub fn read(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("read", args.len(), 0, 1)?;
    let count = size(args.first().map(|w| w.object()))?;
    check_open(object)?;
    let state = of(object);
    if !state.reads.get() {
        return Err(unsupported("not readable"));
    }
    write_pending(object)?;
    let Ok(wanted) = usize::try_from(count) else {
        return read_all(object);
    };
    let first = take_decoded(object, Some(wanted))?;
    let mut left = wanted - str::cast(&first).len();
    if left == 0 {
        return Ok(first);
    }
    let mut text = Builder::new();
    text.push_object(str::cast(&first));
    drop(first);
    while left > 0 {
        if !read_chunk(object, left)? {
            break;
        }
        let piece = take_decoded(object, Some(left))?;
        left -= str::cast(&piece).len();
        text.push_object(str::cast(&piece));
    }
    text.finish()
}

fn read_all(object: &Object) -> PyResult {
    let state = of(object);
    let buffer = root("stream below", buffer_of(object)?);
    let input = root("bytes being decoded", call(&buffer, "read", [])?);
    if input.is(none::none()) {
        return Err(super::common::os_error(libc::EAGAIN, None));
    }
    let memory = bytes::bytes_like(&input)?;
    let rest = root("text being read", decode(object, memory.slice(), true)?);
    drop(memory);
    let first = take_decoded(object, None)?;
    forget_decoded(object);
    state.snapshot.replace(None);
    if str::cast(&first).is_empty() {
        return Ok(rest.take());
    }
    str::try_concat(str::cast(&first), str::cast(&rest))
}

pub fn readline(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("readline", args.len(), 0, 1)?;
    let limit = match args.first() {
        Some(limit) => size(Some(limit.object()))?,
        None => -1,
    };
    buffer_of(object)?;
    read_line(object, usize::try_from(limit).ok())
}

fn line_end(state: &State) -> LineEnd<'static> {
    if state.universal.get() && !state.newlines.translate.get() {
        LineEnd::Universal
    } else {
        LineEnd::Exactly(state.read_newline.get().unwrap_or("\n"))
    }
}

fn read_line(object: &Object, limit: Option<usize>) -> PyResult {
    check_open(object)?;
    let state = of(object);
    write_pending(object)?;
    let end = line_end(state);
    let mut line: Vec<u32> = Vec::new();
    loop {
        let decoded = body(object).decoded.owned();
        let used = state.used.get();
        let have = decoded.as_ref().map_or(0, |d| str::cast(d).len());
        let Some(decoded) = decoded.filter(|_| used < have) else {
            if read_chunk(object, 0)? {
                continue;
            }
            forget_decoded(object);
            state.snapshot.replace(None);
            break;
        };
        let chars = str::cast(&decoded).chars();
        if line.is_empty() {
            // The usual case: the line lies in one piece.
            let found = find_line_end(chars, used, end);
            let most = limit.map_or(have, |l| (used + l).min(have));
            let stop = found.map_or(most, |f| f.min(most));
            if found.is_some() || stop < have || limit.is_some_and(|l| used + l == stop) {
                state.used.set(stop);
                return str::slots::substring(&decoded, used, stop);
            }
        }
        let known = line.len();
        line.extend(chars.slice(used, have).points());
        let from = known.saturating_sub(1);
        let found = find_line_end(str::Chars::Four(&line), from, end).filter(|f| *f > known);
        let most = limit.unwrap_or(usize::MAX);
        let stop = found.unwrap_or(line.len()).min(most);
        if found.is_some() || line.len() >= most {
            state.used.set(used + stop - known);
            line.truncate(stop);
            break;
        }
        state.used.set(have);
    }
    Ok(Str::from_code_points(&line))
}

pub fn next(object: &Object) -> PyResult<Option<Owned>> {
    buffer_of(object)?;
    let state = of(object);
    state.telling.set(false);
    let line = if object.is_exact(&TEXT_IO) {
        read_line(object, None)?
    } else {
        let line = call(object, "readline", [])?;
        if !str::is_str(&line) {
            return Err(error::os_error_text(format!(
                "readline() should have returned a str object, not '{}'",
                line.ty().full_name()
            )));
        }
        line
    };
    if str::cast(&line).is_empty() {
        state.snapshot.replace(None);
        state.telling.set(state.seekable.get());
        return Ok(None);
    }
    Ok(Some(line))
}

pub fn newlines(object: &Object) -> PyResult {
    buffer_of(object)?;
    let state = of(object);
    if state.universal.get() {
        return Ok(state.newlines.seen_object());
    }
    match body(object).decoder.owned() {
        Some(decoder) => {
            let found = super::common::get_optional(&decoder, "newlines")?;
            Ok(found.unwrap_or_else(terrarium_objects::none_owned))
        }
        None => Ok(terrarium_objects::none_owned()),
    }
}
