//! `_socket.socket`: making, connecting, options. Transfers are in `transfer`.

use std::cell::Cell;
use std::time::Instant;

use terrarium_objects::args::{self, Signature};
use terrarium_objects::typeobject::{GetSetDef, MemberDef, MemberKind, flags};
use terrarium_objects::types::bytes::{self, Bytes};
use terrarium_objects::types::str::Str;
use terrarium_objects::types::{bool, exceptions as exc, float, int, tuple};
use terrarium_objects::{
    MethodDef, Native, Object, PyResult, Raised, Slots, Type, Word, error, none, none_owned, ops,
};
use terrarium_runtime::threads;

use super::address::{self, Address};
use super::transfer;
use crate::body::body;
use crate::posix::path;
use crate::select::Descriptor;

body! {
    /// `timeout`: seconds; negative to block for ever.
    Socket of SOCKET { fd: Descriptor, family: Cell<i32>, kind: Cell<i32>, proto: Cell<i32>, timeout: Cell<f64> }
}

thread_local! {
    static DEFAULT_TIMEOUT: Cell<f64> = const { Cell::new(-1.0) };
}

macro_rules! methods {
    ($($name:literal $kind:ident $function:expr, $signature:literal;)*) => {
        &[$(MethodDef::new($name, Native::$kind($function), concat!($name, $signature, "\n--\n\n"))),*]
    };
}

pub static SOCKET: Type = Type::builtin(
    "_socket.socket",
    size_of::<Socket>(),
    Slots {
        new: Some(new),
        init: Some(init),
        repr: Some(repr),
        ..Socket::SLOTS
    },
)
.with_flags(flags::HAVE_GC | flags::BASETYPE)
.with_members(&[
    MemberDef::new(
        "family",
        MemberKind::Int,
        std::mem::offset_of!(Socket, family),
    ),
    MemberDef::new("type", MemberKind::Int, std::mem::offset_of!(Socket, kind)),
    MemberDef::new(
        "proto",
        MemberKind::Int,
        std::mem::offset_of!(Socket, proto),
    ),
])
.with_getset(&[GetSetDef::read("timeout", gettimeout, "")])
.with_methods(methods! {
    "_accept" NoArgs accept, "($self, /)";
    "bind" O bind, "($self, address, /)";
    "close" NoArgs close, "($self, /)";
    "connect" O connect, "($self, address, /)";
    "connect_ex" O connect_ex, "($self, address, /)";
    "detach" NoArgs detach, "($self, /)";
    "fileno" NoArgs fileno, "($self, /)";
    "getpeername" NoArgs getpeername, "($self, /)";
    "getsockname" NoArgs getsockname, "($self, /)";
    "getsockopt" Fast getsockopt, "($self, level, optname, buflen=0, /)";
    "setsockopt" Fast setsockopt, "($self, level, optname, value, /)";
    "listen" Fast listen, "($self, backlog=0, /)";
    "setblocking" O setblocking, "($self, flag, /)";
    "getblocking" NoArgs getblocking, "($self, /)";
    "settimeout" O settimeout, "($self, timeout, /)";
    "gettimeout" NoArgs gettimeout, "($self, /)";
    "shutdown" O shutdown, "($self, how, /)";
    "recv" Fast transfer::recv, "($self, bufsize, flags=0, /)";
    "recv_into" FastKeywords transfer::recv_into, "($self, buffer, nbytes=0, flags=0)";
    "recvfrom" Fast transfer::recvfrom, "($self, bufsize, flags=0, /)";
    "recvfrom_into" FastKeywords transfer::recvfrom_into, "($self, buffer, nbytes=0, flags=0)";
    "send" Fast transfer::send, "($self, data, flags=0, /)";
    "sendall" Fast transfer::sendall, "($self, data, flags=0, /)";
    "sendto" Fast transfer::sendto, "($self, data, flags, address, /)";
});

fn new(ty: &Type, _: &Object, _: Option<&Object>) -> PyResult {
    let made = Socket::alloc(ty)?;
    Socket::of(&made).timeout.set(DEFAULT_TIMEOUT.get());
    Ok(made)
}

fn init(object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    static SIGNATURE: Signature =
        Signature::new("socket", &["family", "type", "proto", "fileno"], 0, 0, 4);
    let [family, kind, proto, fileno] = SIGNATURE.bind_tuple::<4>(args, kwargs)?;
    let number = |given: Option<&Object>| given.map_or(Ok(-1), int::as_i32);
    let (mut family, mut kind, mut proto) = (number(family)?, number(kind)?, number(proto)?);
    let fd = match fileno.filter(|f| !f.is(none())) {
        Some(given) => {
            let fd = int::as_i32(given)?;
            if fd < 0 {
                return Err(error::value_error("negative file descriptor"));
            }
            // What was not told is asked of the socket itself.
            let ask = |option: i32| number_option(fd, libc::SOL_SOCKET, option);
            if family == -1 {
                let own = local_address(fd)?;
                family = i32::from(own.storage.ss_family);
            }
            kind = if kind == -1 {
                ask(libc::SO_TYPE)?
            } else {
                kind
            };
            proto = if proto == -1 {
                ask(libc::SO_PROTOCOL)?
            } else {
                proto
            };
            fd
        }
        None => {
            family = if family == -1 { libc::AF_INET } else { family };
            kind = if kind == -1 { libc::SOCK_STREAM } else { kind };
            proto = proto.max(0);
            // SAFETY: a plain call.
            path::check(unsafe { libc::socket(family, kind | libc::SOCK_CLOEXEC, proto) })?
        }
    };
    set_up(Socket::of(object), fd, family, kind, proto)
}

/// Fills in a new socket.
fn set_up(this: &Socket, fd: i32, family: i32, kind: i32, proto: i32) -> PyResult<()> {
    this.fd.set(fd);
    this.family.set(family);
    this.kind
        .set(kind & !(libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK));
    this.proto.set(proto);
    if kind & libc::SOCK_NONBLOCK != 0 {
        this.timeout.set(0.0);
    } else {
        this.timeout.set(DEFAULT_TIMEOUT.get());
        if this.timeout.get() >= 0.0 {
            set_descriptor_blocking(fd, false)?;
        }
    }
    Ok(())
}

fn repr(object: &Object) -> PyResult {
    let this = Socket::of(object);
    Ok(Str::new(&format!(
        "<socket object, fd={}, family={}, type={}, proto={}>",
        this.fd.get(),
        this.family.get(),
        this.kind.get(),
        this.proto.get()
    )))
}

fn set_descriptor_blocking(fd: i32, blocking: std::primitive::bool) -> PyResult<()> {
    let mut nonblocking = i32::from(!blocking);
    // SAFETY: the number lives during the call.
    path::check(unsafe { libc::ioctl(fd, libc::FIONBIO, &raw mut nonblocking) }).map(drop)
}

/// The error of a wait that took too long.
pub fn timed_out() -> Raised {
    error::raise(&exc::os_error::TIMEOUT_ERROR, "timed out")
}

pub fn last_error() -> Raised {
    path::raise(path::last_errno(), None, None)
}

impl Socket {
    pub fn descriptor(&self) -> i32 {
        self.fd.get()
    }

    pub fn address_family(&self) -> i32 {
        self.family.get()
    }

    /// When an operation that begins now has to be over.
    pub fn deadline(&self) -> Option<Instant> {
        threads::deadline(Some(self.timeout.get()))
    }

    /// Runs a system call until it neither has to wait nor is interrupted; waits within the timeout in between.
    pub fn until_done(
        &self,
        events: i16,
        deadline: Option<Instant>,
        mut call: impl FnMut() -> isize,
    ) -> PyResult<isize> {
        let waits = self.timeout.get() != 0.0;
        loop {
            if waits && !threads::wait_for_one(self.fd.get(), events, deadline)? {
                return Err(timed_out());
            }
            let result = call();
            if result >= 0 {
                return Ok(result);
            }
            match path::last_errno() {
                libc::EINTR => threads::check_signals()?,
                libc::EAGAIN if waits => {}
                number => return Err(path::raise(number, None, None)),
            }
        }
    }
}

pub fn of(object: &Object) -> &Socket {
    Socket::of(object)
}

fn accept(object: &Object) -> PyResult {
    let this = Socket::of(object);
    let mut address = Address::empty();
    let fd = this.until_done(libc::POLLIN, this.deadline(), || {
        address.len = size_of::<libc::sockaddr_storage>() as libc::socklen_t;
        // SAFETY: the address has room for any.
        let fd = unsafe {
            libc::accept4(
                this.fd.get(),
                address.pointer_mut(),
                &raw mut address.len,
                libc::SOCK_CLOEXEC,
            )
        };
        fd as isize
    })?;
    // SAFETY: filled in by the system.
    let shown = unsafe { address::show(address.pointer(), address.len) }?;
    Ok(tuple::from_array([int::from_i64(fd as i64), shown]))
}

fn bind(object: &Object, given: &Object) -> PyResult {
    let this = Socket::of(object);
    let address = address::parse(given, this.family.get(), "bind")?;
    // SAFETY: a whole address.
    path::check(unsafe { libc::bind(this.fd.get(), address.pointer(), address.len) })?;
    Ok(none_owned())
}

fn close(object: &Object) -> PyResult {
    let fd = Socket::of(object).fd.take();
    if fd >= 0 {
        // SAFETY: the object's own.
        if unsafe { libc::close(fd) } < 0 && path::last_errno() != libc::ECONNRESET {
            return Err(last_error());
        }
    }
    Ok(none_owned())
}

/// Connects; the error's number when that fails in the system.
fn connect_now(this: &Socket, given: &Object) -> PyResult<i32> {
    let address = address::parse(given, this.family.get(), "connect")?;
    // SAFETY: a whole address.
    let result = unsafe { libc::connect(this.fd.get(), address.pointer(), address.len) };
    if result == 0 {
        return Ok(0);
    }
    let number = path::last_errno();
    let goes_on = number == libc::EINTR || number == libc::EINPROGRESS && this.timeout.get() != 0.0;
    if !goes_on {
        return Ok(number);
    }
    threads::check_signals()?;
    if !threads::wait_for_one(this.fd.get(), libc::POLLOUT, this.deadline())? {
        return Err(timed_out());
    }
    number_option(this.fd.get(), libc::SOL_SOCKET, libc::SO_ERROR)
}

fn connect(object: &Object, given: &Object) -> PyResult {
    match connect_now(Socket::of(object), given)? {
        0 => Ok(none_owned()),
        number => Err(path::raise(number, None, None)),
    }
}

fn connect_ex(object: &Object, given: &Object) -> PyResult {
    connect_now(Socket::of(object), given).map(|number| int::from_i64(number.into()))
}

fn detach(object: &Object) -> PyResult {
    Ok(int::from_i64(Socket::of(object).fd.take().into()))
}

fn fileno(object: &Object) -> PyResult {
    Ok(int::from_i64(Socket::of(object).fd.get().into()))
}

fn local_address(fd: i32) -> PyResult<Address> {
    let mut address = Address::empty();
    // SAFETY: room for any address.
    path::check(unsafe { libc::getsockname(fd, address.pointer_mut(), &raw mut address.len) })?;
    Ok(address)
}

fn getsockname(object: &Object) -> PyResult {
    let address = local_address(Socket::of(object).fd.get())?;
    // SAFETY: filled in by the system.
    unsafe { address::show(address.pointer(), address.len) }
}

fn getpeername(object: &Object) -> PyResult {
    let mut address = Address::empty();
    let fd = Socket::of(object).fd.get();
    // SAFETY: room for any address.
    path::check(unsafe { libc::getpeername(fd, address.pointer_mut(), &raw mut address.len) })?;
    // SAFETY: filled in by the system.
    unsafe { address::show(address.pointer(), address.len) }
}

fn number_option(fd: i32, level: i32, option: i32) -> PyResult<i32> {
    let mut value = 0i32;
    let mut len = size_of::<i32>() as libc::socklen_t;
    // SAFETY: room for the number.
    path::check(unsafe {
        libc::getsockopt(fd, level, option, (&raw mut value).cast(), &raw mut len)
    })?;
    Ok(value)
}

fn getsockopt(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("getsockopt", args.len(), 2, 3)?;
    let fd = Socket::of(object).fd.get();
    let (level, option) = (
        int::as_i32(args[0].object())?,
        int::as_i32(args[1].object())?,
    );
    let size = args.get(2).map_or(Ok(0), |n| int::as_i32(n.object()))?;
    if size == 0 {
        return number_option(fd, level, option).map(|n| int::from_i64(n.into()));
    }
    let Some(size) = usize::try_from(size).ok().filter(|n| *n <= 1024) else {
        return Err(error::os_error_text("getsockopt buflen out of range"));
    };
    let mut data = vec![0u8; size];
    let mut len = size as libc::socklen_t;
    // SAFETY: room for that many bytes.
    path::check(unsafe {
        libc::getsockopt(fd, level, option, data.as_mut_ptr().cast(), &raw mut len)
    })?;
    Ok(Bytes::new(&data[..len as usize]))
}

fn setsockopt(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("setsockopt", args.len(), 3, 4)?;
    let fd = Socket::of(object).fd.get();
    let (level, option) = (
        int::as_i32(args[0].object())?,
        int::as_i32(args[1].object())?,
    );
    let value = args[2].object();
    let data = if int::is_int(value) {
        int::as_i32(value)?.to_ne_bytes().to_vec()
    } else {
        let buffer = bytes::bytes_like(value)?;
        bytes::buffer_slice(&buffer).to_vec()
    };
    // SAFETY: the data lives during the call.
    path::check(unsafe {
        libc::setsockopt(
            fd,
            level,
            option,
            data.as_ptr().cast(),
            data.len() as libc::socklen_t,
        )
    })?;
    Ok(none_owned())
}

fn listen(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("listen", args.len(), 0, 1)?;
    let backlog = args.first().map_or(Ok(128), |n| int::as_i32(n.object()))?;
    // SAFETY: a plain call.
    path::check(unsafe { libc::listen(Socket::of(object).fd.get(), backlog.max(0)) })?;
    Ok(none_owned())
}

fn set_timeout(this: &Socket, seconds: f64) -> PyResult<()> {
    this.timeout.set(seconds);
    set_descriptor_blocking(this.fd.get(), seconds < 0.0)
}

fn setblocking(object: &Object, given: &Object) -> PyResult {
    let blocking = ops::compare::is_true(given)?;
    set_timeout(Socket::of(object), if blocking { -1.0 } else { 0.0 })?;
    Ok(none_owned())
}

fn getblocking(object: &Object) -> PyResult {
    Ok(bool::bool_owned(Socket::of(object).timeout.get() != 0.0))
}

/// Seconds of a timeout: -1 for none.
fn seconds(given: &Object) -> PyResult<f64> {
    if given.is(none()) {
        return Ok(-1.0);
    }
    let seconds = ops::number::as_f64(given)?;
    if seconds < 0.0 {
        return Err(error::value_error("Timeout value out of range"));
    }
    Ok(seconds)
}

fn settimeout(object: &Object, given: &Object) -> PyResult {
    set_timeout(Socket::of(object), seconds(given)?)?;
    Ok(none_owned())
}

fn shown_timeout(seconds: f64) -> PyResult {
    Ok(if seconds < 0.0 {
        none_owned()
    } else {
        float::from_f64(seconds)
    })
}

fn gettimeout(object: &Object) -> PyResult {
    shown_timeout(Socket::of(object).timeout.get())
}

fn shutdown(object: &Object, how: &Object) -> PyResult {
    // SAFETY: a plain call.
    path::check(unsafe { libc::shutdown(Socket::of(object).fd.get(), int::as_i32(how)?) })?;
    Ok(none_owned())
}

pub fn default_timeout(_: &Object) -> PyResult {
    shown_timeout(DEFAULT_TIMEOUT.get())
}

pub fn set_default_timeout(_: &Object, given: &Object) -> PyResult {
    DEFAULT_TIMEOUT.set(seconds(given)?);
    Ok(none_owned())
}

pub fn close_descriptor(_: &Object, fd: &Object) -> PyResult {
    // SAFETY: the call takes any number.
    path::check(unsafe { libc::close(int::as_i32(fd)?) })?;
    Ok(none_owned())
}

pub fn dup(_: &Object, fd: &Object) -> PyResult {
    let fd = int::as_i32(fd)?;
    // SAFETY: the call takes any number.
    path::check(unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0) })
        .map(|fd| int::from_i64(fd.into()))
}

pub fn pair(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("socketpair", args.len(), 0, 3)?;
    let number = |at: usize, default: i32| {
        args.get(at)
            .map_or(Ok(default), |n| int::as_i32(n.object()))
    };
    let (family, kind) = (number(0, libc::AF_UNIX)?, number(1, libc::SOCK_STREAM)?);
    let proto = number(2, 0)?;
    let mut ends = [0i32; 2];
    // SAFETY: room for both.
    path::check(unsafe {
        libc::socketpair(family, kind | libc::SOCK_CLOEXEC, proto, ends.as_mut_ptr())
    })?;
    let make = |fd: i32| -> PyResult {
        let made = Socket::alloc(&SOCKET)?;
        set_up(Socket::of(&made), fd, family, kind, proto)?;
        Ok(made)
    };
    let (first, second) = (make(ends[0])?, make(ends[1])?);
    Ok(tuple::from_array([first, second]))
}
