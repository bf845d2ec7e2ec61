//! Writing to buffered files, and their positions.

use terrarium_objects::object::Object;
use terrarium_objects::types::bytes::{self, Bytes};
use terrarium_objects::types::{exceptions as exc, int, memoryview, none};
use terrarium_objects::{PyResult, Raised, Word, args, error, none_owned, ops, root};

use super::buffered::{Busy, check_open, direct, enter, initialized, is_closed, of};
use super::common::{call, interrupted, is_set, name, offset, unsupported};
use super::fileio;

/// Writes once to the raw stream; `None` when it takes nothing now.
fn raw_write(object: &Object, data: &[u8]) -> PyResult<Option<usize>> {
    let state = of(object);
    let sent = match direct(object) {
        Some(file) => file.write_once(data)?,
        None => raw_write_by_method(object, data)?,
    };
    if let Some(sent) = sent
        && sent > 0
        && state.abs_pos.get() != -1
    {
        state.abs_pos.set(state.abs_pos.get() + sent as i64);
    }
    Ok(sent)
}

fn raw_write_by_method(object: &Object, data: &[u8]) -> PyResult<Option<usize>> {
    let raw = root("raw stream", initialized(object)?);
    let copy = root("bytes being written", Bytes::new(data));
    let view = root("view of the memory", memoryview::new(&copy)?);
    let sent = loop {
        match call(&raw, "write", [&view]) {
            Err(_) if interrupted() => {}
            other => break other?,
        }
    };
    if sent.is(none::none()) {
        return Ok(None);
    }
    let count = ops::number::index_isize(&sent, Some(&exc::VALUE_ERROR))?;
    match usize::try_from(count).ok().filter(|n| *n <= data.len()) {
        Some(count) => Ok(Some(count)),
        None => Err(error::os_error_text(format!(
            "raw write() returned invalid length {count} (should have been between 0 and {})",
            data.len()
        ))),
    }
}

/// Where the raw stream is.
fn raw_tell(object: &Object) -> PyResult<i64> {
    let at = match direct(object) {
        Some(file) => fileio::seek_to(file, 0, libc::SEEK_CUR)?,
        None => {
            let raw = root("raw stream", initialized(object)?);
            offset(&*call(&raw, "tell", [])?)?
        }
    };
    checked_position(object, at)
}

fn checked_position(object: &Object, at: i64) -> PyResult<i64> {
    if at < 0 {
        return Err(error::os_error_text(format!(
            "Raw stream returned invalid position {at}"
        )));
    }
    of(object).abs_pos.set(at);
    Ok(at)
}

fn raw_seek(object: &Object, target: i64, whence: i32) -> PyResult<i64> {
    let at = match direct(object) {
        Some(file) => fileio::seek_to(file, target, whence)?,
        None => {
            let raw = root("raw stream", initialized(object)?);
            let (target, whence) = (int::from_i64(target), int::from_i64(whence.into()));
            offset(&*call(&raw, "seek", [&target, &whence])?)?
        }
    };
    checked_position(object, at)
}

/// Writes out what is waiting.
pub fn flush_writes(object: &Object, _: &Busy<'_>) -> PyResult<()> {
    let state = of(object);
    let Some((start, _)) = state.write.get() else {
        return Ok(());
    };
    let rewind = state.raw_pos.get() as i64 - start as i64;
    if rewind != 0 {
        raw_seek(object, -rewind, libc::SEEK_CUR)?;
        state.raw_pos.set(start);
    }
    while let Some((start, end)) = state.write.get()
        && start < end
    {
        let piece = state.memory.borrow()[start..end].to_vec();
        match raw_write(object, &piece)? {
            None => return Err(would_block(0)),
            Some(sent) => {
                // `close` from inside may have emptied everything.
                if state.write.get().is_none() {
                    break;
                }
                state.write.set(Some((start + sent, end)));
                state.raw_pos.set(start + sent);
                state.adjust(state.pos.get());
            }
        }
    }
    state.reset_write();
    Ok(())
}

fn would_block(written: usize) -> Raised {
    let made = ops::call::call(
        exc::os_error::BLOCKING_IO_ERROR.as_object(),
        &[
            Word::borrowed(&int::from_i64(libc::EAGAIN.into())),
            Word::borrowed(&terrarium_objects::types::str::Str::new(
                "write could not complete without blocking",
            )),
            Word::borrowed(&int::from_usize(written)),
        ],
        None,
    );
    match made {
        Ok(exception) => error::restore(exception),
        Err(raised) => raised,
    }
}

/// Writes out what is waiting and goes back over what was read ahead.
pub fn flush_and_rewind(object: &Object, busy: &Busy<'_>) -> PyResult<()> {
    flush_writes(object, busy)?;
    let state = of(object);
    if state.readable.get() {
        let ahead = state.raw_offset();
        let seeked = if ahead == 0 {
            Ok(0)
        } else {
            raw_seek(object, -ahead, libc::SEEK_CUR)
        };
        state.reset_read();
        seeked?;
    }
    Ok(())
}

/// `flush` of a reader: that of the raw stream.
pub fn simple_flush(object: &Object) -> PyResult {
    let raw = root("raw stream", initialized(object)?);
    call(&raw, "flush", [])
}

pub fn flush(object: &Object) -> PyResult {
    initialized(object)?;
    if is_closed(object)? {
        return Err(error::value_error("flush of closed file"));
    }
    let busy = enter(object)?;
    flush_and_rewind(object, &busy)?;
    Ok(none_owned())
}

pub fn write(object: &Object, data: &Object) -> PyResult {
    initialized(object)?;
    if terrarium_objects::types::str::is_str(data) {
        return Err(error::type_error(format!(
            "a bytes-like object is required, not '{}'",
            data.ty().full_name()
        )));
    }
    let buffer = bytes::bytes_like(data)?;
    let busy = enter(object)?;
    if is_closed(object)? {
        return Err(error::value_error("write to closed file"));
    }
    let written = write_data(object, buffer.slice(), &busy)?;
    Ok(int::from_usize(written))
}

/// Puts data into the buffer, writing out what does not fit.
pub fn write_data(object: &Object, data: &[u8], busy: &Busy<'_>) -> PyResult<usize> {
    let state = of(object);
    if state.read_end.get().is_none() && state.write.get().is_none() {
        state.pos.set(0);
        state.raw_pos.set(0);
    }
    let room = state.size() - state.pos.get();
    if data.len() <= room {
        put(object, data);
        return Ok(data.len());
    }
    if let Err(raised) = flush_writes(object, busy) {
        if !error::matches(&exc::os_error::BLOCKING_IO_ERROR) {
            return Err(raised);
        }
        return write_blocked(object, data);
    }
    // Bytes read ahead lie behind what is to be written.
    let ahead = state.raw_offset();
    if ahead != 0 {
        raw_seek(object, -ahead, libc::SEEK_CUR)?;
        state
            .raw_pos
            .set((state.raw_pos.get() as i64 - ahead) as usize);
    }
    let mut rest = data;
    while rest.len() > state.size() {
        match raw_write(object, rest)? {
            None => {
                if rest.len() > state.size() {
                    let size = state.size();
                    let done = data.len() - rest.len() + size;
                    state.memory.borrow_mut().copy_from_slice(&rest[..size]);
                    state.raw_pos.set(0);
                    state.adjust(size);
                    state.write.set(Some((0, size)));
                    return Err(would_block(done));
                }
                break;
            }
            Some(sent) => rest = &rest[sent..],
        }
    }
    if state.readable.get() {
        state.reset_read();
    }
    state.memory.borrow_mut()[..rest.len()].copy_from_slice(rest);
    state
        .write
        .set((!rest.is_empty()).then_some((0, rest.len())));
    state.adjust(rest.len());
    state.raw_pos.set(0);
    Ok(data.len())
}

/// Writes into the buffer where it is.
fn put(object: &Object, data: &[u8]) {
    let state = of(object);
    let at = state.pos.get();
    state.memory.borrow_mut()[at..at + data.len()].copy_from_slice(data);
    let (start, end) = match state.write.get() {
        Some((start, end)) if start <= at => (start, end),
        Some((_, end)) => (at, end),
        None => (at, 0),
    };
    state.adjust(at + data.len());
    state.write.set(Some((start, end.max(at + data.len()))));
}

/// What fits when the raw stream takes nothing: the buffer is moved down and filled, BlockingIOError says how much was taken.
fn write_blocked(object: &Object, data: &[u8]) -> PyResult<usize> {
    let state = of(object);
    if state.readable.get() {
        state.reset_read();
    }
    let Some((start, end)) = state.write.get() else {
        return Err(Raised);
    };
    let size = state.size();
    let mut memory = state.memory.borrow_mut();
    memory.copy_within(start..end, 0);
    let have = end - start;
    state.raw_pos.set(state.raw_pos.get().saturating_sub(start));
    let fits = data.len().min(size - have);
    memory[have..have + fits].copy_from_slice(&data[..fits]);
    state.write.set(Some((0, have + fits)));
    state.pos.set(have + fits);
    if fits == data.len() {
        error::clear();
        return Ok(fits);
    }
    error::clear();
    Err(would_block(fits))
}

pub fn tell(object: &Object) -> PyResult {
    initialized(object)?;
    let at = raw_tell(object)? - of(object).raw_offset();
    Ok(int::from_i64(at.max(0)))
}

pub fn seek(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("seek", args.len(), 1, 2)?;
    let whence = match args.get(1) {
        Some(whence) => int::as_i32(whence.object())?,
        None => 0,
    };
    let raw = root("raw stream", initialized(object)?);
    if !(0..=4).contains(&whence) {
        return Err(error::value_error(format!(
            "whence value {whence} unsupported"
        )));
    }
    check_open(object, "seek of closed file")?;
    super::iobase::check_seekable(&raw)?;
    let state = of(object);
    let mut target = offset(args[0].object())?;
    if whence != 2 && state.readable.get() {
        // Inside what was read ahead nothing needs to move.
        let current = if state.abs_pos.get() == -1 {
            raw_tell(object)?
        } else {
            state.abs_pos.get()
        };
        let ahead = state.buffered_ahead() as i64;
        if ahead > 0 {
            let wanted = match whence {
                0 => target - (current - state.raw_offset()),
                _ => target,
            };
            if wanted >= -(state.pos.get() as i64) && wanted <= ahead {
                state.pos.set((state.pos.get() as i64 + wanted) as usize);
                let at = current - state.raw_offset();
                return Ok(int::from_i64(at.max(0)));
            }
        }
    }
    let busy = enter(object)?;
    if state.writable.get() {
        flush_writes(object, &busy)?;
    }
    if whence == 1 {
        target -= state.raw_offset();
    }
    let at = raw_seek(object, target, whence)?;
    state.raw_pos.set(0);
    state.pos.set(0);
    if state.readable.get() {
        state.reset_read();
    }
    Ok(int::from_i64(at))
}

pub fn truncate(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("truncate", args.len(), 0, 1)?;
    let raw = root("raw stream", initialized(object)?);
    if is_closed(object)? {
        return Err(error::value_error("truncate of closed file"));
    }
    if !of(object).writable.get() {
        return Err(unsupported("truncate"));
    }
    let busy = enter(object)?;
    flush_and_rewind(object, &busy)?;
    drop(busy);
    let size = args.first().map_or(none::none(), |w| w.object());
    let result = call(&raw, "truncate", [size])?;
    if raw_tell(object).is_err() {
        error::clear();
    }
    let _ = (is_set, name("closed"));
    Ok(result)
}
