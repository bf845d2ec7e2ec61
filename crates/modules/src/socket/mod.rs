//! `_socket` (Modules/socketmodule.c): what `socket` needs of the system.

mod address;
mod constants;
mod names;
mod object;
mod transfer;

use terrarium_objects::types::r#type::methods::make_class;
use terrarium_objects::types::{dict, exceptions as exc, int, module, none};
use terrarium_objects::{MethodDef, Native, Object, PyResult, state};
use terrarium_runtime::native_module::ModuleDef;

use crate::body::add_types;

pub static MODULE: ModuleDef = ModuleDef {
    name: "_socket",
    doc: "",
    methods: &METHODS,
    exec,
};

macro_rules! entries {
    ($($name:literal $kind:ident $function:expr, $signature:literal;)*) => {
        [$(MethodDef::new($name, Native::$kind($function), concat!($name, $signature, "\n--\n\n"))),*]
    };
}

static METHODS: [MethodDef; 21] = entries! {
    "close" O object::close_descriptor, "($module, fd, /)";
    "dup" O object::dup, "($module, fd, /)";
    "socketpair" Fast object::pair, "($module, family=<unrepresentable>, type=<unrepresentable>, proto=0, /)";
    "getdefaulttimeout" NoArgs object::default_timeout, "($module, /)";
    "setdefaulttimeout" O object::set_default_timeout, "($module, timeout, /)";
    "getaddrinfo" FastKeywords names::getaddrinfo, "($module, /, host, port, family=0, type=0, proto=0, flags=0)";
    "getnameinfo" Fast names::getnameinfo, "($module, sockaddr, flags, /)";
    "gethostname" NoArgs names::gethostname, "($module, /)";
    "gethostbyname" O names::gethostbyname, "($module, host, /)";
    "gethostbyname_ex" O names::gethostbyname_ex, "($module, host, /)";
    "gethostbyaddr" O names::gethostbyaddr, "($module, host, /)";
    "getservbyname" Fast names::getservbyname, "($module, servicename, protocolname=<unrepresentable>, /)";
    "getprotobyname" O names::getprotobyname, "($module, name, /)";
    "inet_aton" O names::inet_aton, "($module, ip_addr, /)";
    "inet_ntoa" O names::inet_ntoa, "($module, packed_ip, /)";
    "inet_pton" Fast names::inet_pton, "($module, address_family, ip_string, /)";
    "inet_ntop" Fast names::inet_ntop, "($module, address_family, packed_ip, /)";
    "htons" O names::swap_short, "($module, x, /)";
    "ntohs" O names::swap_short, "($module, x, /)";
    "htonl" O names::swap_long, "($module, x, /)";
    "ntohl" O names::swap_long, "($module, x, /)";
};

/// Under these names the thread state keeps the module's error classes.
const GAI_ERROR: &str = "socket.gaierror";
const HOST_ERROR: &str = "socket.herror";

fn exec(made: &Object) -> PyResult<()> {
    let space = module::namespace(made);
    for (name, number) in constants::NUMBERS {
        dict::set_str(space, name, &int::from_i64(*number));
    }
    dict::set_str(
        space,
        "has_ipv6",
        terrarium_objects::types::bool::from_bool(true),
    );
    dict::set_str(space, "error", exc::OS_ERROR.as_object());
    dict::set_str(space, "timeout", exc::os_error::TIMEOUT_ERROR.as_object());
    for (name, full) in [("gaierror", GAI_ERROR), ("herror", HOST_ERROR)] {
        let body = dict::new();
        dict::set_str(
            &body,
            "__module__",
            &terrarium_objects::types::str::Str::new("socket"),
        );
        let class = make_class(name, &[exc::OS_ERROR.as_object()], &body)?;
        dict::set_str(space, name, &class);
        state::get().keep(full, class);
    }
    dict::set_str(space, "CAPI", none::none());
    add_types(made, &[&object::SOCKET]);
    dict::set_str(space, "SocketType", object::SOCKET.as_object());
    Ok(())
}
