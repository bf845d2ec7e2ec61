//! Positions in text files: a number that holds the place in the bytes, the decoder's flags, and how far to decode from there.

use terrarium_objects::object::Object;
use terrarium_objects::types::bytes;
use terrarium_objects::types::str;
use terrarium_objects::types::{int, none};
use terrarium_objects::{CompareOp, Owned, PyResult, Word, args, error, ops, root};

use super::common::{call, offset, unsupported};
use super::textio::{Codec, body, buffer_of, check_open, encoder_moved, of, write_pending};
use super::textio_read::{decode, decoder_state, forget_decoded, reset_decoder, set_decoder_state};

/// What the number of a position packs, lowest bits first: 64, 32, 32, 32 and 8 bits.
#[derive(Default)]
struct Cookie {
    start: u64,
    flags: u32,
    feed: u32,
    skip: u32,
    at_end: bool,
}

impl Cookie {
    fn pack(&self) -> Owned {
        let mut bytes = Vec::with_capacity(21);
        bytes.extend_from_slice(&self.start.to_le_bytes());
        bytes.extend_from_slice(&self.flags.to_le_bytes());
        bytes.extend_from_slice(&self.feed.to_le_bytes());
        bytes.extend_from_slice(&self.skip.to_le_bytes());
        bytes.push(u8::from(self.at_end));
        int::from_biguint(&num_bigint::BigUint::from_bytes_le(&bytes))
    }

    fn unpack(number: &Object) -> PyResult<Cookie> {
        let (_, mut bytes) = int::to_bigint(number).to_bytes_le();
        if bytes.len() > 21 {
            return Err(error::overflow_error("int too big to convert"));
        }
        bytes.resize(21, 0);
        let four = |at: usize| {
            u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
        };
        Ok(Cookie {
            start: u64::from(four(0)) | u64::from(four(4)) << 32,
            flags: four(8),
            feed: four(12),
            skip: four(16),
            at_end: bytes[20] != 0,
        })
    }
}

pub fn tell(object: &Object) -> PyResult {
    check_open(object)?;
    let state = of(object);
    if !state.seekable.get() {
        return Err(unsupported("underlying stream is not seekable"));
    }
    if !state.telling.get() {
        return Err(error::os_error_text(
            "telling position disabled by next() call",
        ));
    }
    write_pending(object)?;
    call(object, "flush", [])?;
    let buffer = root("stream below", buffer_of(object)?);
    let at = call(&buffer, "tell", [])?;
    drop(buffer);
    let snapshot = state.snapshot.borrow().clone();
    let Some((flags, input)) = snapshot.filter(|_| state.reads.get()) else {
        return Ok(at);
    };
    let start = offset(&at)? - input.len() as i64;
    let cookie = Cookie {
        start: start as u64,
        flags: flags as u32,
        ..Cookie::default()
    };
    let skip = state.used.get();
    if skip == 0 {
        return Ok(cookie.pack());
    }
    if let Some(length) = plain_length(object, &input, flags, skip) {
        let cookie = Cookie {
            start: cookie.start + length as u64,
            ..cookie
        };
        return Ok(cookie.pack());
    }
    let (held, now) = decoder_state(object)?;
    let found = find_start(object, cookie, &input, skip);
    let back = set_decoder_state(object, &held, now);
    let cookie = found?;
    back?;
    Ok(cookie.pack())
}

/// Bytes that the first `skip` characters take, where the bytes alone say it: a native codec with nothing held back and no `\r`.
fn plain_length(object: &Object, input: &[u8], flags: u64, skip: usize) -> Option<usize> {
    let state = of(object);
    if flags != 0 || state.universal.get() && input.contains(&b'\r') {
        return None;
    }
    match state.codec.get() {
        Codec::Ascii | Codec::Latin1 => Some(skip),
        Codec::Utf8 if state.held.borrow().is_empty() => {
            let text = std::str::from_utf8(input).ok()?;
            text.char_indices()
                .map(|(i, _)| i)
                .chain([text.len()])
                .nth(skip)
        }
        _ => None,
    }
}

/// Decodes again, byte by byte, to find the last place before the position where the decoder holds nothing back.
fn find_start(object: &Object, mut cookie: Cookie, input: &[u8], skip: usize) -> PyResult<Cookie> {
    set_decoder_state(object, &[], u64::from(cookie.flags))?;
    let (mut decoded, mut feed, mut skip) = (0, 0u32, skip);
    let mut done = false;
    for byte in input {
        let text = decode(object, std::slice::from_ref(byte), false)?;
        feed += 1;
        decoded += str::cast(&text).len();
        let (held, flags) = decoder_state(object)?;
        if held.is_empty() && decoded <= skip {
            cookie.start += u64::from(feed);
            skip -= decoded;
            cookie.flags = flags as u32;
            (feed, decoded) = (0, 0);
        }
        if decoded >= skip {
            done = true;
            break;
        }
    }
    if !done {
        let text = decode(object, &[], true)?;
        decoded += str::cast(&text).len();
        cookie.at_end = true;
        if decoded < skip {
            return Err(error::os_error_text(
                "can't reconstruct logical file position",
            ));
        }
    }
    cookie.feed = feed;
    cookie.skip = skip as u32;
    Ok(cookie)
}

fn is_zero(object: &Object) -> PyResult<bool> {
    ops::compare::compare_bool(object, &int::from_i64(0), CompareOp::Eq)
}

pub fn seek(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("seek", args.len(), 1, 2)?;
    let whence = match args.get(1) {
        Some(whence) => int::as_i32(whence.object())?,
        None => 0,
    };
    check_open(object)?;
    let state = of(object);
    if !state.seekable.get() {
        return Err(unsupported("underlying stream is not seekable"));
    }
    let mut cookie = root("position", Owned::new(args[0].object()));
    match whence {
        0 => {}
        1 => {
            if !is_zero(&cookie)? {
                return Err(unsupported("can't do nonzero cur-relative seeks"));
            }
            let at = call(object, "tell", [])?;
            drop(cookie);
            cookie = root("position", at);
        }
        2 => return seek_to_end(object, &cookie),
        _ => {
            return Err(error::value_error(format!(
                "invalid whence ({whence}, should be 0, 1 or 2)"
            )));
        }
    }
    if ops::compare::compare_bool(&cookie, &int::from_i64(0), CompareOp::Lt)? {
        return Err(error::value_error(format!(
            "negative seek position {}",
            super::common::repr(&cookie)
        )));
    }
    call(object, "flush", [])?;
    let number = root("position", ops::number::index(&cookie)?);
    let parts = Cookie::unpack(&number)?;
    let buffer = root("stream below", buffer_of(object)?);
    call(&buffer, "seek", [&int::from_u64(parts.start)])?;
    forget_decoded(object);
    state.snapshot.replace(None);
    if state.reads.get() {
        if parts.start == 0 && parts.flags == 0 {
            reset_decoder(object)?;
        } else {
            set_decoder_state(object, &[], u64::from(parts.flags))?;
        }
    }
    if parts.skip > 0 {
        skip_ahead(object, &buffer, &parts)?;
    } else {
        state
            .snapshot
            .replace(Some((u64::from(parts.flags), Vec::new())));
    }
    if state.writes.get() {
        encoder_moved(object, parts.start == 0 && parts.flags == 0)?;
    }
    drop((buffer, number));
    Ok(cookie.take())
}

fn skip_ahead(object: &Object, buffer: &Object, parts: &Cookie) -> PyResult<()> {
    let state = of(object);
    let input = call(buffer, "read", [&int::from_i64(i64::from(parts.feed))])?;
    if !bytes::is_bytes(&input) {
        return Err(error::type_error(format!(
            "underlying read() should have returned a bytes object, not '{}'",
            input.ty().full_name()
        )));
    }
    let data = bytes::cast(&input).bytes().to_vec();
    drop(input);
    state
        .snapshot
        .replace(Some((u64::from(parts.flags), data.clone())));
    let text = decode(object, &data, parts.at_end)?;
    let enough = str::cast(&text).len() >= parts.skip as usize;
    body(object).decoded.set(Some(text));
    if !enough {
        state.used.set(0);
        return Err(error::os_error_text("can't restore logical file position"));
    }
    state.used.set(parts.skip as usize);
    Ok(())
}

fn seek_to_end(object: &Object, cookie: &Object) -> PyResult {
    if !is_zero(cookie)? {
        return Err(unsupported("can't do nonzero end-relative seeks"));
    }
    call(object, "flush", [])?;
    forget_decoded(object);
    let state = of(object);
    state.snapshot.replace(None);
    if state.reads.get() {
        reset_decoder(object)?;
    }
    let buffer = root("stream below", buffer_of(object)?);
    let at = root(
        "position",
        call(&buffer, "seek", [&int::from_i64(0), &int::from_i64(2)])?,
    );
    let start = is_zero(&at)?;
    encoder_moved(object, start)?;
    let _ = none::none();
    let at = at.take();
    drop(buffer);
    Ok(at)
}
