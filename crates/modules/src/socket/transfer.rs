//! Sending and receiving.

use terrarium_objects::args::{self, Signature};
use terrarium_objects::typeobject::Buffer;
use terrarium_objects::types::bytes::{self, Bytes};
use terrarium_objects::types::{int, tuple};
use terrarium_objects::{Object, PyResult, Word, error, none, none_owned, ops};

use super::address::{self, Address};
use super::object::{self, timed_out};

fn flags(given: Option<&Object>) -> PyResult<i32> {
    given.map_or(Ok(0), int::as_i32)
}

fn size(given: &Object, function: &str) -> PyResult<usize> {
    let size = ops::number::index_isize(given, None)?;
    usize::try_from(size)
        .map_err(|_| error::value_error(format!("negative buffersize in {function}")))
}

pub fn recv(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("recv", args.len(), 1, 2)?;
    let size = size(args[0].object(), "recv")?;
    let flags = flags(args.get(1).map(|f| f.object()))?;
    let mut data = vec![0u8; size];
    let count = receive(object, &mut data, flags)?;
    Ok(Bytes::new(&data[..count]))
}

fn receive(object: &Object, data: &mut [u8], flags: i32) -> PyResult<usize> {
    let this = object::of(object);
    let count = this.until_done(libc::POLLIN, this.deadline(), || {
        // SAFETY: room for that many bytes.
        unsafe {
            libc::recv(
                this.descriptor(),
                data.as_mut_ptr().cast(),
                data.len(),
                flags,
            )
        }
    })?;
    Ok(count as usize)
}

/// Receives with the sender's address.
fn receive_from(object: &Object, data: &mut [u8], flags: i32) -> PyResult<(usize, Address)> {
    let this = object::of(object);
    let mut address = Address::empty();
    let count = this.until_done(libc::POLLIN, this.deadline(), || {
        address.len = size_of::<libc::sockaddr_storage>() as libc::socklen_t;
        // SAFETY: room for the bytes and for any address.
        unsafe {
            libc::recvfrom(
                this.descriptor(),
                data.as_mut_ptr().cast(),
                data.len(),
                flags,
                address.pointer_mut(),
                &raw mut address.len,
            )
        }
    })?;
    Ok((count as usize, address))
}

pub fn recvfrom(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("recvfrom", args.len(), 1, 2)?;
    let size = size(args[0].object(), "recvfrom")?;
    let flags = flags(args.get(1).map(|f| f.object()))?;
    let mut data = vec![0u8; size];
    let (count, address) = receive_from(object, &mut data, flags)?;
    // SAFETY: filled in by the system.
    let shown = unsafe { address::show(address.pointer(), address.len) }?;
    Ok(tuple::from_array([Bytes::new(&data[..count]), shown]))
}

/// The writable buffer that is to be filled, and how many of its bytes.
fn target(
    function: &'static str,
    args: &[Word],
    kwnames: Option<&Object>,
) -> PyResult<(Buffer, usize, i32)> {
    let signature = Signature::new(function, &["buffer", "nbytes", "flags"], 0, 1, 3);
    let [buffer, count, given] = signature.bind::<3>(args, kwnames)?;
    let buffer = buffer.unwrap_or(none());
    let count = count.map_or(Ok(0), |n| size(n, function))?;
    let flags = flags(given)?;
    let writable = match buffer.ty().slots.getbuffer {
        Some(get) => Some(get(buffer)?).filter(|b| !b.readonly),
        None => None,
    };
    let Some(writable) = writable else {
        return Err(error::type_error(format!(
            "{function}() argument 1 must be read-write bytes-like object, not {}",
            buffer.ty().full_name()
        )));
    };
    if count > writable.len {
        return Err(error::value_error("buffer too small for requested bytes"));
    }
    let count = if count == 0 { writable.len } else { count };
    Ok((writable, count, flags))
}

pub fn recv_into(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let (buffer, count, flags) = target("recv_into", args, kwnames)?;
    let mut data = vec![0u8; count];
    let got = receive(object, &mut data, flags)?;
    // SAFETY: the buffer is held, writable, and not shorter.
    unsafe { buffer.data.copy_from_nonoverlapping(data.as_ptr(), got) };
    Ok(int::from_usize(got))
}

pub fn recvfrom_into(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let (buffer, count, flags) = target("recvfrom_into", args, kwnames)?;
    let mut data = vec![0u8; count];
    let (got, address) = receive_from(object, &mut data, flags)?;
    // SAFETY: the buffer is held, writable, and not shorter.
    unsafe { buffer.data.copy_from_nonoverlapping(data.as_ptr(), got) };
    // SAFETY: filled in by the system.
    let shown = unsafe { address::show(address.pointer(), address.len) }?;
    Ok(tuple::from_array([int::from_usize(got), shown]))
}

pub fn send(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("send", args.len(), 1, 2)?;
    let buffer = bytes::bytes_like(args[0].object())?;
    let flags = flags(args.get(1).map(|f| f.object()))?;
    let data = bytes::buffer_slice(&buffer);
    let this = object::of(object);
    let count = this.until_done(libc::POLLOUT, this.deadline(), || {
        // SAFETY: the buffer is held.
        unsafe {
            libc::send(
                this.descriptor(),
                data.as_ptr().cast(),
                data.len(),
                flags | libc::MSG_NOSIGNAL,
            )
        }
    })?;
    Ok(int::from_i64(count as i64))
}

pub fn sendall(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("sendall", args.len(), 1, 2)?;
    let buffer = bytes::bytes_like(args[0].object())?;
    let flags = flags(args.get(1).map(|f| f.object()))?;
    let mut data = bytes::buffer_slice(&buffer);
    let this = object::of(object);
    let deadline = this.deadline();
    loop {
        let count = this.until_done(libc::POLLOUT, deadline, || {
            // SAFETY: the buffer is held.
            unsafe {
                libc::send(
                    this.descriptor(),
                    data.as_ptr().cast(),
                    data.len(),
                    flags | libc::MSG_NOSIGNAL | libc::MSG_DONTWAIT,
                )
            }
        })?;
        data = &data[count as usize..];
        if data.is_empty() {
            return Ok(none_owned());
        }
        if deadline.is_some_and(|end| std::time::Instant::now() >= end) {
            return Err(timed_out());
        }
    }
}

pub fn sendto(object: &Object, args: &[Word]) -> PyResult {
    if !(2..=3).contains(&args.len()) {
        return Err(error::type_error(format!(
            "sendto() takes 2 or 3 arguments ({} given)",
            args.len()
        )));
    }
    let this = object::of(object);
    let buffer = bytes::bytes_like(args[0].object())?;
    let flags = match args.len() {
        3 => int::as_i32(args[1].object())?,
        _ => 0,
    };
    let given = args[args.len() - 1].object();
    let address = address::parse(given, this.address_family(), "sendto")?;
    let data = bytes::buffer_slice(&buffer);
    let count = this.until_done(libc::POLLOUT, this.deadline(), || {
        // SAFETY: the buffer is held, the address whole.
        unsafe {
            libc::sendto(
                this.descriptor(),
                data.as_ptr().cast(),
                data.len(),
                flags | libc::MSG_NOSIGNAL,
                address.pointer(),
                address.len,
            )
        }
    })?;
    Ok(int::from_i64(count as i64))
}
