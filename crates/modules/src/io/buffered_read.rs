//! Reading from buffered files.

use terrarium_objects::object::Object;
use terrarium_objects::types::bytes::{self, Bytes};
use terrarium_objects::types::{bytearray, exceptions as exc, int, memoryview, none};
use terrarium_objects::{Owned, PyResult, Word, args, error, none_owned, ops, root};

use super::buffered::{Busy, State, body, check_open, direct, enter, initialized, of};
use super::buffered_write as writing;
use super::common::{call, get_optional, interrupted, size, writable_buffer};
use super::fileio;

/// Reads into `place` from the raw stream; `None` when it has nothing now.
fn raw_read(object: &Object, place: *mut u8, count: usize) -> PyResult<Option<usize>> {
    let state = of(object);
    let got = match direct(object) {
        Some(file) => file.read_once(place, count)?,
        None => raw_read_by_method(object, place, count)?,
    };
    if let Some(got) = got
        && got > 0
        && state.abs_pos.get() != -1
    {
        state.abs_pos.set(state.abs_pos.get() + got as i64);
    }
    Ok(got)
}

fn raw_read_by_method(object: &Object, place: *mut u8, count: usize) -> PyResult<Option<usize>> {
    let raw = root("raw stream", initialized(object)?);
    let memory = root("memory being read into", bytearray::new(&[])?);
    bytearray::cast(&memory).resize(count)?;
    bytearray::cast(&memory).write(0, &vec![0; count]);
    let view = root("view of the memory", memoryview::new(&memory)?);
    let got = loop {
        match call(&raw, "readinto", [&view]) {
            Err(_) if interrupted() => {}
            other => break other?,
        }
    };
    if got.is(none::none()) {
        return Ok(None);
    }
    let filled = match ops::number::index_isize(&got, Some(&exc::VALUE_ERROR)) {
        Ok(filled) => filled,
        Err(_) => {
            let cause = error::fetch();
            let raised = error::os_error_text("raw readinto() failed");
            if let (Some(cause), Some(current)) = (cause, error::fetch()) {
                exc::set_cause(&current, Some(cause));
                error::restore(current);
            }
            return Err(raised);
        }
    };
    let data = bytearray::cast(&memory).bytes();
    match usize::try_from(filled)
        .ok()
        .filter(|n| *n <= count.min(data.len()))
    {
        Some(filled) => {
            // SAFETY: the caller's memory has room for `count` bytes.
            unsafe { std::ptr::copy_nonoverlapping(data.as_ptr(), place, filled) };
            Ok(Some(filled))
        }
        None => Err(error::os_error_text(format!(
            "raw readinto() returned invalid length {filled} (should have been between 0 and {count})"
        ))),
    }
}

/// Fills the rest of the buffer from the raw stream.
fn fill_buffer(object: &Object) -> PyResult<Option<usize>> {
    let state = of(object);
    let start = state.read_end.get().unwrap_or(0);
    let (place, room) = {
        let mut memory = state.memory.borrow_mut();
        (
            memory.as_mut_ptr().wrapping_add(start),
            memory.len() - start,
        )
    };
    let got = raw_read(object, place, room)?;
    if let Some(got) = got
        && got > 0
    {
        state.read_end.set(Some(start + got));
        state.raw_pos.set(start + got);
    }
    Ok(got)
}

/// Takes `count` bytes that have been read ahead.
fn take(state: &State, count: usize, out: &mut Vec<u8>) {
    let at = state.pos.get();
    out.extend_from_slice(&state.memory.borrow()[at..at + count]);
    state.pos.set(at + count);
}

pub fn read(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("read", args.len(), 0, 1)?;
    let count = size(args.first().map(|w| w.object()))?;
    initialized(object)?;
    if count < -1 {
        return Err(error::value_error("read length must be non-negative or -1"));
    }
    check_open(object, "read of closed file")?;
    let busy = enter(object)?;
    if count == -1 {
        return read_all(object, &busy);
    }
    read_count(object, count as usize, &busy)
}

fn read_all(object: &Object, busy: &Busy<'_>) -> PyResult {
    let state = of(object);
    let mut data = Vec::new();
    take(state, state.buffered_ahead(), &mut data);
    state.reset_read();
    if state.writable.get() {
        writing::flush_and_rewind(object, busy)?;
    }
    state.reset_read();
    if let Some(file) = direct(object) {
        state.abs_pos.set(-1);
        return Ok(match fileio::read_to_end(file)? {
            Some(rest) if data.is_empty() => Bytes::new(&rest),
            Some(rest) => {
                data.extend_from_slice(&rest);
                Bytes::new(&data)
            }
            None if data.is_empty() => none_owned(),
            None => Bytes::new(&data),
        });
    }
    let raw = root("raw stream", initialized(object)?);
    if let Some(readall) = get_optional(&raw, "readall")? {
        let readall = root("readall", readall);
        let rest = ops::call::call(&readall, &[], None)?;
        if !rest.is(none::none()) && !bytes::is_bytes(&rest) {
            return Err(error::type_error("readall() should return bytes"));
        }
        state.abs_pos.set(-1);
        if data.is_empty() {
            return Ok(rest);
        }
        if !rest.is(none::none()) {
            data.extend_from_slice(bytes::cast(&rest).bytes());
        }
        return Ok(Bytes::new(&data));
    }
    loop {
        let piece = call(&raw, "read", [])?;
        if !piece.is(none::none()) && !bytes::is_bytes(&piece) {
            return Err(error::type_error("read() should return bytes"));
        }
        let none = piece.is(none::none());
        if none || bytes::cast(&piece).is_empty() {
            return Ok(if none && data.is_empty() {
                none_owned()
            } else {
                Bytes::new(&data)
            });
        }
        data.extend_from_slice(bytes::cast(&piece).bytes());
        if state.abs_pos.get() != -1 {
            state
                .abs_pos
                .set(state.abs_pos.get() + bytes::cast(&piece).len() as i64);
        }
    }
}

fn read_count(object: &Object, count: usize, busy: &Busy<'_>) -> PyResult {
    let state = of(object);
    let ahead = state.buffered_ahead();
    if count <= ahead {
        let at = state.pos.get();
        let made = Bytes::new(&state.memory.borrow()[at..at + count]);
        state.pos.set(at + count);
        return Ok(made);
    }
    let made = root("bytes being read", Bytes::allocate(count)?);
    let target = bytes::cast(&made).data();
    let mut written = 0;
    if ahead > 0 {
        let at = state.pos.get();
        // SAFETY: the new bytes have room for `count`, which is more than what was read ahead.
        unsafe {
            std::ptr::copy_nonoverlapping(state.memory.borrow().as_ptr().add(at), target, ahead);
        }
        written = ahead;
        state.pos.set(at + ahead);
    }
    if state.writable.get() {
        writing::flush_and_rewind(object, busy)?;
    }
    state.reset_read();
    let size = state.size();
    let finish = |written: usize, blocked: bool| {
        if written == 0 && blocked {
            return none_owned();
        }
        // SAFETY: `written` bytes have been filled.
        Bytes::new(unsafe { std::slice::from_raw_parts(target, written) })
    };
    while count - written >= size {
        let wanted = (count - written) / size * size;
        // SAFETY: inside the new bytes.
        match raw_read(object, unsafe { target.add(written) }, wanted)? {
            None => return Ok(finish(written, true)),
            Some(0) => return Ok(finish(written, false)),
            Some(got) => written += got,
        }
    }
    state.pos.set(0);
    state.raw_pos.set(0);
    state.read_end.set(Some(0));
    while written < count && state.read_end.get().unwrap_or(0) < size {
        let got = match fill_buffer(object)? {
            None => return Ok(finish(written, true)),
            Some(0) => return Ok(finish(written, false)),
            Some(got) => got,
        };
        let part = got.min(count - written);
        let at = state.pos.get();
        // SAFETY: both have room.
        unsafe {
            std::ptr::copy_nonoverlapping(
                state.memory.borrow().as_ptr().add(at),
                target.add(written),
                part,
            );
        }
        written += part;
        state.pos.set(at + part);
    }
    if written == count {
        return Ok(made.take());
    }
    Ok(finish(written, false))
}

pub fn peek(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("peek", args.len(), 0, 1)?;
    if let Some(count) = args.first() {
        ops::number::index_isize(count.object(), Some(&exc::OVERFLOW_ERROR))?;
    }
    initialized(object)?;
    check_open(object, "peek of closed file")?;
    let busy = enter(object)?;
    let state = of(object);
    if state.writable.get() {
        writing::flush_and_rewind(object, &busy)?;
    }
    if state.buffered_ahead() == 0 {
        state.pos.set(0);
        state.raw_pos.set(0);
        state.read_end.set(Some(0));
        if fill_buffer(object)?.is_none() {
            return Ok(Bytes::new(&[]));
        }
    }
    let at = state.pos.get();
    let end = at + state.buffered_ahead();
    Ok(Bytes::new(&state.memory.borrow()[at..end]))
}

pub fn read1(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("read1", args.len(), 0, 1)?;
    let count = match args.first() {
        Some(count) => ops::number::index_isize(count.object(), Some(&exc::OVERFLOW_ERROR))?,
        None => -1,
    };
    initialized(object)?;
    let state = of(object);
    check_open(object, "read of closed file")?;
    let count = usize::try_from(count).unwrap_or(state.size());
    if count == 0 {
        return Ok(Bytes::new(&[]));
    }
    let have = state.buffered_ahead();
    if have > 0 {
        let _busy = enter(object)?;
        let mut data = Vec::new();
        take(state, have.min(count), &mut data);
        return Ok(Bytes::new(&data));
    }
    let _busy = enter(object)?;
    state.reset_read();
    let made = root("bytes being read", Bytes::allocate(count)?);
    let got = raw_read(object, bytes::cast(&made).data(), count)?.unwrap_or(0);
    if got == count {
        return Ok(made.take());
    }
    Ok(Bytes::new(&bytes::cast(&made).bytes()[..got]))
}

/// `readinto` and `readinto1`.
pub fn readinto(object: &Object, target: &Object, once: bool) -> PyResult {
    let function = if once { "readinto1()" } else { "readinto()" };
    let buffer = writable_buffer(function, target)?;
    initialized(object)?;
    check_open(object, "readinto of closed file")?;
    let state = of(object);
    let mut written = state.buffered_ahead().min(buffer.len);
    if written > 0 {
        let at = state.pos.get();
        super::common::fill(&buffer, &state.memory.borrow()[at..at + written]);
        state.pos.set(at + written);
        if written == buffer.len {
            return Ok(int::from_usize(written));
        }
    }
    let busy = enter(object)?;
    if state.writable.get() {
        writing::flush_and_rewind(object, &busy)?;
    }
    state.reset_read();
    state.pos.set(0);
    while written < buffer.len {
        let left = buffer.len - written;
        // Big pieces go straight into the target.
        let got = if left > state.size() {
            // SAFETY: inside the target, which the buffer keeps in place.
            raw_read(object, unsafe { buffer.data.add(written) }, left)?
        } else if !(once && written > 0) {
            let got = match fill_buffer(object)? {
                Some(got) if got > 0 => got.min(left),
                other => {
                    if other.is_none() && written == 0 {
                        return Ok(none_owned());
                    }
                    break;
                }
            };
            let at = state.pos.get();
            // SAFETY: both have room.
            unsafe {
                std::ptr::copy_nonoverlapping(
                    state.memory.borrow().as_ptr().add(at),
                    buffer.data.add(written),
                    got,
                );
            }
            state.pos.set(at + got);
            if state.pos.get() == state.size() {
                state.reset_read();
                state.pos.set(0);
            }
            Some(got)
        } else {
            Some(0)
        };
        match got {
            None if written == 0 => return Ok(none_owned()),
            None | Some(0) => break,
            Some(got) => written += got,
        }
        if once {
            break;
        }
    }
    Ok(int::from_usize(written))
}

pub fn readline(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("readline", args.len(), 0, 1)?;
    let limit = size(args.first().map(|w| w.object()))?;
    initialized(object)?;
    read_line(object, limit)
}

fn read_line(object: &Object, limit: isize) -> PyResult {
    check_open(object, "readline of closed file")?;
    let state = of(object);
    let mut left = usize::try_from(limit).unwrap_or(usize::MAX);
    {
        let (at, have) = (state.pos.get(), state.buffered_ahead().min(left));
        let memory = state.memory.borrow();
        let found = memchr_newline(&memory[at..at + have]);
        if let Some(end) = found.or_else(|| (have == left).then_some(have)) {
            let line = Bytes::new(&memory[at..at + end]);
            state.pos.set(at + end);
            return Ok(line);
        }
    }
    let busy = enter(object)?;
    let mut line = Vec::new();
    let ahead = state.buffered_ahead();
    take(state, ahead, &mut line);
    left -= ahead;
    if state.writable.get() {
        writing::flush_and_rewind(object, &busy)?;
    }
    loop {
        state.pos.set(0);
        state.raw_pos.set(0);
        state.read_end.set(Some(0));
        let got = match fill_buffer(object)? {
            None | Some(0) => break,
            Some(got) => got,
        };
        let part = got.min(left);
        let found = memchr_newline(&state.memory.borrow()[..part]);
        let end = found.unwrap_or(part);
        take(state, end, &mut line);
        left -= end;
        if found.is_some() || left == 0 {
            break;
        }
    }
    Ok(Bytes::new(&line))
}

/// The index behind the first newline.
fn memchr_newline(data: &[u8]) -> Option<usize> {
    // SAFETY: a live slice.
    let found = unsafe { libc::memchr(data.as_ptr().cast(), i32::from(b'\n'), data.len()) };
    (!found.is_null()).then(|| found as usize - data.as_ptr() as usize + 1)
}

pub fn next(object: &Object) -> PyResult<Option<Owned>> {
    initialized(object)?;
    let exact =
        object.is_exact(&super::buffered::READER) || object.is_exact(&super::buffered::RANDOM);
    let line = if exact {
        read_line(object, -1)?
    } else {
        let line = call(object, "readline", [])?;
        if !bytes::is_bytes(&line) {
            return Err(error::os_error_text(format!(
                "readline() should have returned a bytes object, not '{}'",
                line.ty().full_name()
            )));
        }
        line
    };
    let _ = body(object);
    Ok((!bytes::cast(&line).is_empty()).then_some(line))
}
