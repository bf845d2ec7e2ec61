//! Addresses: Python's tuples and texts, the system's structures.

use std::ffi::CString;

use libc::{sockaddr, sockaddr_in, sockaddr_in6, sockaddr_storage, sockaddr_un, socklen_t};
use terrarium_objects::types::bytes::{self, Bytes};
use terrarium_objects::types::str::{self, Str};
use terrarium_objects::types::tuple::{self, Tuple};
use terrarium_objects::types::{int, none};
use terrarium_objects::{
    Object, Owned, PyResult, Raised, Word, error, none_owned, ops, root, state,
};

use crate::posix::path;

/// An address as the system has it.
pub struct Address {
    pub storage: sockaddr_storage,
    pub len: socklen_t,
}

impl Address {
    pub fn empty() -> Address {
        Address {
            // SAFETY: zeroes are a valid, empty address.
            storage: unsafe { std::mem::zeroed() },
            len: size_of::<sockaddr_storage>() as socklen_t,
        }
    }

    pub fn pointer(&self) -> *const sockaddr {
        (&raw const self.storage).cast()
    }

    pub fn pointer_mut(&mut self) -> *mut sockaddr {
        (&raw mut self.storage).cast()
    }
}

/// gaierror with the resolver's number and text.
pub fn raise_gai(number: i32) -> Raised {
    if number == libc::EAI_SYSTEM {
        return path::raise(path::last_errno(), None, None);
    }
    // SAFETY: the system gives a terminated text for any number.
    let text = unsafe { std::ffi::CStr::from_ptr(libc::gai_strerror(number)) };
    raise_kept(super::GAI_ERROR, number, &text.to_string_lossy())
}

/// An exception of the module's own, with a number and a text.
fn raise_kept(name: &'static str, number: i32, text: &str) -> Raised {
    let Some(class) = state::get().kept(name).map(Owned::new) else {
        return error::system_error(format!("{name} is missing"));
    };
    let class = root("class of an exception", class);
    let number = root("number of an error", int::from_i64(number.into()));
    let text = root("text of an error", Str::new(text));
    match ops::call::call(
        &class,
        &[Word::borrowed(&number), Word::borrowed(&text)],
        None,
    ) {
        Ok(made) => error::restore(made),
        Err(raised) => raised,
    }
}

/// `socket.herror` of an address without a name.
pub fn raise_host_unknown() -> Raised {
    raise_kept(super::HOST_ERROR, 1, "Unknown host")
}

/// Results of `getaddrinfo`, freed at the end.
pub struct Found(*mut libc::addrinfo);

impl Found {
    pub fn first(&self) -> Option<&libc::addrinfo> {
        // SAFETY: null or what the system gave, alive until the drop.
        unsafe { self.0.as_ref() }
    }

    pub fn next(of: &libc::addrinfo) -> Option<&libc::addrinfo> {
        // SAFETY: likewise.
        unsafe { of.ai_next.as_ref() }
    }
}

impl Drop for Found {
    fn drop(&mut self) {
        if !self.0.is_null() {
            // SAFETY: what `getaddrinfo` gave, freed once.
            unsafe { libc::freeaddrinfo(self.0) };
        }
    }
}

/// Asks the resolver.
pub fn look_up(
    host: Option<&CString>,
    service: Option<&CString>,
    hints: &libc::addrinfo,
) -> PyResult<Found> {
    let mut found = std::ptr::null_mut();
    let pointer = |t: Option<&CString>| t.map_or(std::ptr::null(), |t| t.as_ptr());
    // SAFETY: terminated texts; the result is freed by `Found`.
    let number =
        unsafe { libc::getaddrinfo(pointer(host), pointer(service), hints, &raw mut found) };
    if number != 0 {
        return Err(raise_gai(number));
    }
    Ok(Found(found))
}

/// What to look for; any kind of socket.
pub fn hints(family: i32) -> libc::addrinfo {
    // SAFETY: zeroes ask for anything.
    let mut hints: libc::addrinfo = unsafe { std::mem::zeroed() };
    hints.ai_family = family;
    hints
}

/// The text of a host: str or bytes.
pub fn host_text(host: &Object) -> PyResult<CString> {
    let data = if str::is_str(host) {
        str::cast(host).wtf8().into_owned()
    } else if bytes::is_bytes(host) {
        bytes::cast(host).bytes().to_vec()
    } else {
        return Err(error::type_error(format!(
            "str, bytes or bytearray expected, not {}",
            host.ty().full_name()
        )));
    };
    CString::new(data).map_err(|_| error::type_error("host name must not contain null character"))
}

fn copy_into<T>(value: &T, len: usize) -> Address {
    let mut address = Address::empty();
    // SAFETY: the storage has room for every address structure.
    unsafe {
        (&raw mut address.storage)
            .cast::<u8>()
            .copy_from_nonoverlapping(std::ptr::from_ref(value).cast(), len);
    }
    address.len = len as socklen_t;
    address
}

/// The first address of a host in a family; the port is 0.
pub fn resolve(host: &CString, family: i32) -> PyResult<Address> {
    let mut wanted = hints(family);
    wanted.ai_socktype = libc::SOCK_DGRAM;
    let text = host.to_bytes();
    if text == b"<broadcast>" && family == libc::AF_INET {
        // SAFETY: zeroes are a valid address.
        let mut address: sockaddr_in = unsafe { std::mem::zeroed() };
        address.sin_family = libc::AF_INET as u16;
        address.sin_addr.s_addr = libc::INADDR_BROADCAST;
        return Ok(copy_into(&address, size_of::<sockaddr_in>()));
    }
    let service = c"0".to_owned();
    let found = if text.is_empty() {
        wanted.ai_flags = libc::AI_PASSIVE;
        look_up(None, Some(&service), &wanted)?
    } else {
        look_up(Some(host), None, &wanted)?
    };
    let Some(first) = found.first() else {
        return Err(raise_gai(libc::EAI_NONAME));
    };
    let mut address = Address::empty();
    // SAFETY: the resolver's address has that length and fits.
    unsafe {
        (&raw mut address.storage)
            .cast::<u8>()
            .copy_from_nonoverlapping(first.ai_addr.cast(), first.ai_addrlen as usize);
    }
    address.len = first.ai_addrlen;
    Ok(address)
}

fn port(given: &Object, function: &str) -> PyResult<u16> {
    let number = int::as_long(&*ops::number::index(given)?)?;
    u16::try_from(number)
        .map_err(|_| error::overflow_error(format!("{function}: port must be 0-65535.")))
}

/// The address that a program gave for a socket of a family.
pub fn parse(given: &Object, family: i32, function: &str) -> PyResult<Address> {
    if family == libc::AF_UNIX {
        return unix(given);
    }
    let (name, shown, most) = match family {
        libc::AF_INET => ("AF_INET", "AF_INET address must be tuple", 2),
        libc::AF_INET6 => ("AF_INET6", "AF_INET6 address must be tuple", 4),
        _ => return Err(error::os_error_text(format!("{function}: bad family"))),
    };
    let Some(parts) = given.downcast::<Tuple>().map(|t| t.items()) else {
        return Err(error::type_error(format!(
            "{function}(): {shown}, not {}",
            given.ty().full_name()
        )));
    };
    if parts.len() < 2 || parts.len() > most {
        return Err(error::type_error(match name {
            "AF_INET" => format!("{function}(): AF_INET address must be a pair (host, port)"),
            _ => format!(
                "{function}(): AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])"
            ),
        }));
    }
    let host = host_text(&parts[0])?;
    let port = port(&parts[1], function)?;
    let mut address = resolve(&host, family)?;
    let number = |at: usize| -> PyResult<u32> {
        parts.get(at).map_or(Ok(0), |p| Ok(int::as_long(p)? as u32))
    };
    let (flow, scope) = (number(2)?, number(3)?);
    // SAFETY: the resolver filled in an address of this family.
    unsafe {
        if family == libc::AF_INET {
            (*address.pointer_mut().cast::<sockaddr_in>()).sin_port = port.to_be();
        } else {
            let inner = &mut *address.pointer_mut().cast::<sockaddr_in6>();
            inner.sin6_port = port.to_be();
            inner.sin6_flowinfo = flow.to_be();
            inner.sin6_scope_id = scope;
        }
    }
    Ok(address)
}

fn unix(given: &Object) -> PyResult<Address> {
    let name = if str::is_str(given) {
        path::encode(given)?
    } else {
        let buffer = bytes::bytes_like(given)?;
        bytes::buffer_slice(&buffer).to_vec()
    };
    // SAFETY: zeroes are a valid address.
    let mut address: sockaddr_un = unsafe { std::mem::zeroed() };
    address.sun_family = libc::AF_UNIX as u16;
    // A name that begins with a zero byte is no file's; any other ends with one.
    let ends = usize::from(name.first() != Some(&0));
    if name.len() + ends > address.sun_path.len() {
        return Err(error::os_error_text("AF_UNIX path too long"));
    }
    for (to, from) in address.sun_path.iter_mut().zip(&name) {
        *to = *from as libc::c_char;
    }
    let len = std::mem::offset_of!(sockaddr_un, sun_path) + name.len() + ends;
    Ok(copy_into(&address, len))
}

/// The numeric text of the host in an address.
pub fn host_of(address: *const sockaddr, len: socklen_t) -> PyResult {
    let mut text = [0 as libc::c_char; 1025];
    // SAFETY: the address has that length, the text room for any host.
    let number = unsafe {
        libc::getnameinfo(
            address,
            len,
            text.as_mut_ptr(),
            text.len() as socklen_t,
            std::ptr::null_mut(),
            0,
            libc::NI_NUMERICHOST,
        )
    };
    if number != 0 {
        return Err(raise_gai(number));
    }
    // SAFETY: the system ended the text.
    let text = unsafe { std::ffi::CStr::from_ptr(text.as_ptr()) };
    Ok(Str::new(&text.to_string_lossy()))
}

/// An address as Python sees it.
// SAFETY: callers give an address of that length.
pub unsafe fn show(address: *const sockaddr, len: socklen_t) -> PyResult {
    if len == 0 {
        return Ok(none_owned());
    }
    // SAFETY: by the contract; the family tells the structure.
    unsafe {
        match i32::from((*address).sa_family) {
            libc::AF_INET => {
                let inner = &*address.cast::<sockaddr_in>();
                let port = u16::from_be(inner.sin_port);
                Ok(tuple::from_array([
                    host_of(address, len)?,
                    int::from_i64(port.into()),
                ]))
            }
            libc::AF_INET6 => {
                let inner = &*address.cast::<sockaddr_in6>();
                Ok(tuple::from_array([
                    host_of(address, len)?,
                    int::from_i64(u16::from_be(inner.sin6_port).into()),
                    int::from_i64(u32::from_be(inner.sin6_flowinfo).into()),
                    int::from_i64(inner.sin6_scope_id.into()),
                ]))
            }
            libc::AF_UNIX => {
                let start = std::mem::offset_of!(sockaddr_un, sun_path);
                let count = (len as usize).saturating_sub(start);
                let name = std::slice::from_raw_parts(address.cast::<u8>().add(start), count);
                if name.first() == Some(&0) {
                    return Ok(Bytes::new(name));
                }
                let end = name.iter().position(|b| *b == 0).unwrap_or(name.len());
                path::decode(&name[..end])
            }
            _ => Ok(Owned::new(none::none())),
        }
    }
}
