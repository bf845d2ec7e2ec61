//! Names of hosts and services, and the texts of addresses.

use std::ffi::CString;

use terrarium_objects::args::{self, Signature};
use terrarium_objects::types::bytes::{self, Bytes};
use terrarium_objects::types::str::{self, Str};
use terrarium_objects::types::{int, list, tuple};
use terrarium_objects::{Object, Owned, PyResult, Word, error, none, ops};

use super::address::{self, Found};
use crate::posix::path;

pub fn gethostname(_: &Object) -> PyResult {
    let mut text = [0u8; 1024];
    // SAFETY: the buffer has that many bytes.
    path::check(unsafe { libc::gethostname(text.as_mut_ptr().cast(), text.len() - 1) })?;
    let end = text.iter().position(|b| *b == 0).unwrap_or(0);
    path::decode(&text[..end])
}

pub fn gethostbyname(_: &Object, host: &Object) -> PyResult {
    let found = address::resolve(&address::host_text(host)?, libc::AF_INET)?;
    address::host_of(found.pointer(), found.len)
}

/// Name, other names and addresses of a host.
fn host_entry(name: &str, addresses: Vec<Owned>) -> PyResult {
    Ok(tuple::from_array([
        Str::new(name),
        list::new(),
        list::from_owned(addresses),
    ]))
}

pub fn gethostbyname_ex(_: &Object, host: &Object) -> PyResult {
    let name = address::host_text(host)?;
    let mut hints = address::hints(libc::AF_INET);
    hints.ai_socktype = libc::SOCK_STREAM;
    let found = address::look_up(Some(&name), None, &hints)?;
    let mut addresses = Vec::new();
    let mut next = found.first();
    while let Some(entry) = next {
        next = Found::next(entry);
        addresses.push(address::host_of(entry.ai_addr, entry.ai_addrlen)?);
    }
    host_entry(&name.to_string_lossy(), addresses)
}

pub fn gethostbyaddr(_: &Object, host: &Object) -> PyResult {
    let name = address::host_text(host)?;
    let family = match name.to_bytes().contains(&b':') {
        true => libc::AF_INET6,
        false => libc::AF_INET,
    };
    let found = address::resolve(&name, family)?;
    let mut text = [0 as libc::c_char; 1025];
    // SAFETY: the address is whole, the text has room for any host.
    let number = unsafe {
        libc::getnameinfo(
            found.pointer(),
            found.len,
            text.as_mut_ptr(),
            text.len() as libc::socklen_t,
            std::ptr::null_mut(),
            0,
            libc::NI_NAMEREQD,
        )
    };
    if number != 0 {
        return Err(address::raise_host_unknown());
    }
    // SAFETY: the system ended the text.
    let shown = unsafe { std::ffi::CStr::from_ptr(text.as_ptr()) };
    let own = address::host_of(found.pointer(), found.len)?;
    host_entry(&shown.to_string_lossy(), vec![own])
}

/// A service: a number, a text, or none.
fn service(given: &Object) -> PyResult<Option<CString>> {
    if given.is(none()) {
        return Ok(None);
    }
    if int::is_int(given) {
        let number = int::as_long(given)?;
        return Ok(CString::new(number.to_string()).ok());
    }
    if str::is_str(given) || bytes::is_bytes(given) {
        return address::host_text(given).map(Some);
    }
    Err(error::os_error_text("Int or String expected"))
}

pub fn getaddrinfo(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new(
        "getaddrinfo",
        &["host", "port", "family", "type", "proto", "flags"],
        0,
        2,
        6,
    );
    let [host, port, family, kind, proto, flags] = SIGNATURE.bind::<6>(args, kwnames)?;
    let host = match host.filter(|h| !h.is(none())) {
        None => None,
        Some(host) => Some(address::host_text(host)?),
    };
    let service = service(port.unwrap_or(none()))?;
    let number = |given: Option<&Object>| given.map_or(Ok(0), int::as_i32);
    let mut hints = address::hints(number(family)?);
    hints.ai_socktype = number(kind)?;
    hints.ai_protocol = number(proto)?;
    hints.ai_flags = number(flags)?;
    let found = address::look_up(host.as_ref(), service.as_ref(), &hints)?;
    let mut rows = Vec::new();
    let mut next = found.first();
    while let Some(entry) = next {
        next = Found::next(entry);
        let canonical = if entry.ai_canonname.is_null() {
            String::new()
        } else {
            // SAFETY: a terminated text of the resolver's.
            let text = unsafe { std::ffi::CStr::from_ptr(entry.ai_canonname) };
            text.to_string_lossy().into_owned()
        };
        // SAFETY: the resolver's address has that length.
        let shown = unsafe { address::show(entry.ai_addr, entry.ai_addrlen) }?;
        rows.push(tuple::from_array([
            int::from_i64(entry.ai_family.into()),
            int::from_i64(entry.ai_socktype.into()),
            int::from_i64(entry.ai_protocol.into()),
            Str::new(&canonical),
            shown,
        ]));
    }
    Ok(list::from_owned(rows))
}

pub fn getnameinfo(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("getnameinfo", args.len(), 2, 2)?;
    let given = args[0].object();
    let flags = int::as_i32(args[1].object())?;
    let family = match given.downcast::<tuple::Tuple>().map(|t| t.items()) {
        Some([host, ..]) if ops::text::lossy(host).contains(':') => libc::AF_INET6,
        Some(_) => libc::AF_INET,
        None => {
            return Err(error::type_error(
                "getnameinfo() argument 1 must be a tuple",
            ));
        }
    };
    let address = address::parse(given, family, "getnameinfo")?;
    let mut host = [0 as libc::c_char; 1025];
    let mut service = [0 as libc::c_char; 32];
    // SAFETY: the address is whole, the buffers have those sizes.
    let number = unsafe {
        libc::getnameinfo(
            address.pointer(),
            address.len,
            host.as_mut_ptr(),
            host.len() as libc::socklen_t,
            service.as_mut_ptr(),
            service.len() as libc::socklen_t,
            flags,
        )
    };
    if number != 0 {
        return Err(address::raise_gai(number));
    }
    let text = |t: &[libc::c_char]| -> Owned {
        // SAFETY: the system ended the text.
        Str::new(&unsafe { std::ffi::CStr::from_ptr(t.as_ptr()) }.to_string_lossy())
    };
    Ok(tuple::from_array([text(&host), text(&service)]))
}

pub fn getservbyname(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("getservbyname", args.len(), 1, 2)?;
    let name = address::host_text(args[0].object())?;
    let mut hints = address::hints(libc::AF_INET);
    hints.ai_socktype = match args.get(1).map(|p| ops::text::lossy(p.object())) {
        Some(protocol) if protocol == "udp" => libc::SOCK_DGRAM,
        _ => libc::SOCK_STREAM,
    };
    let found = address::look_up(None, Some(&name), &hints).map_err(|_| {
        error::clear();
        error::os_error_text("service/proto not found")
    })?;
    let Some(first) = found.first() else {
        return Err(error::os_error_text("service/proto not found"));
    };
    // SAFETY: an address of the family that was asked for.
    let port = unsafe { (*first.ai_addr.cast::<libc::sockaddr_in>()).sin_port };
    Ok(int::from_i64(u16::from_be(port).into()))
}

pub fn getprotobyname(_: &Object, name: &Object) -> PyResult {
    match &*ops::text::lossy(name) {
        "ip" => Ok(int::from_i64(0)),
        "icmp" => Ok(int::from_i64(1)),
        "tcp" => Ok(int::from_i64(6)),
        "udp" => Ok(int::from_i64(17)),
        "ipv6" => Ok(int::from_i64(41)),
        _ => Err(error::os_error_text("protocol not found")),
    }
}

fn illegal() -> terrarium_objects::Raised {
    error::os_error_text("illegal IP address string passed to inet_aton")
}

pub fn inet_aton(_: &Object, text: &Object) -> PyResult {
    let text = address::host_text(text)?;
    let mut packed = libc::in_addr { s_addr: 0 };
    // SAFETY: a terminated text and room for the result.
    if unsafe { inet_aton_of_system(text.as_ptr(), &raw mut packed) } == 0 {
        return Err(illegal());
    }
    Ok(Bytes::new(&packed.s_addr.to_ne_bytes()))
}

// SAFETY: the C library's: a terminated text, room for the result.
unsafe extern "C" {
    #[link_name = "inet_aton"]
    fn inet_aton_of_system(text: *const libc::c_char, packed: *mut libc::in_addr) -> i32;
}

pub fn inet_ntoa(_: &Object, packed: &Object) -> PyResult {
    let buffer = bytes::bytes_like(packed)?;
    let Ok(parts) = <[u8; 4]>::try_from(bytes::buffer_slice(&buffer)) else {
        return Err(error::os_error_text("packed IP wrong length"));
    };
    Ok(Str::new(&std::net::Ipv4Addr::from(parts).to_string()))
}

pub fn inet_pton(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("inet_pton", args.len(), 2, 2)?;
    let family = int::as_i32(args[0].object())?;
    let text = ops::text::lossy(args[1].object());
    let packed = match family {
        libc::AF_INET => text
            .parse::<std::net::Ipv4Addr>()
            .ok()
            .map(|a| a.octets().to_vec()),
        libc::AF_INET6 => text
            .parse::<std::net::Ipv6Addr>()
            .ok()
            .map(|a| a.octets().to_vec()),
        _ => return Err(path::raise(libc::EAFNOSUPPORT, None, None)),
    };
    packed
        .map(|p| Bytes::new(&p))
        .ok_or_else(|| error::os_error_text("illegal IP address string passed to inet_pton"))
}

pub fn inet_ntop(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("inet_ntop", args.len(), 2, 2)?;
    let family = int::as_i32(args[0].object())?;
    let buffer = bytes::bytes_like(args[1].object())?;
    let packed = bytes::buffer_slice(&buffer);
    let wrong = || error::value_error("invalid length of packed IP address string");
    let text = match family {
        libc::AF_INET => {
            let parts = <[u8; 4]>::try_from(packed).map_err(|_| wrong())?;
            std::net::Ipv4Addr::from(parts).to_string()
        }
        libc::AF_INET6 => {
            let parts = <[u8; 16]>::try_from(packed).map_err(|_| wrong())?;
            std::net::Ipv6Addr::from(parts).to_string()
        }
        _ => {
            return Err(error::value_error(format!(
                "unknown address family {family}"
            )));
        }
    };
    Ok(Str::new(&text))
}

pub fn swap_short(_: &Object, number: &Object) -> PyResult {
    let value = int::as_long(number)?;
    let value = u16::try_from(value).map_err(|_| {
        error::overflow_error(if value < 0 {
            "can't convert negative Python int to C 16-bit unsigned integer"
        } else {
            "Python int too large to convert to C 16-bit unsigned integer"
        })
    })?;
    Ok(int::from_i64(value.to_be().into()))
}

pub fn swap_long(_: &Object, number: &Object) -> PyResult {
    let value = int::as_long(number)?;
    let value =
        u32::try_from(value).map_err(|_| error::overflow_error("int larger than 32 bits"))?;
    Ok(int::from_u64(value.to_be().into()))
}
