//! The rest of `sys`: what the standard library asks of it now and then.

use terrarium_objects::types::generator;
use terrarium_objects::types::set;
use terrarium_objects::types::str::{self, Str};
use terrarium_objects::types::{bool, dict, int, module};
use terrarium_objects::{
    MethodDef, Native, Object, Owned, PyResult, Type, Word, args, error, hooks, none, none_owned,
    ops, root, state, type_cache,
};

use terrarium_runtime::native_module::{self, ModuleDef};
use terrarium_runtime::settrace;

use crate::struct_sequence;

static METHODS: [MethodDef; 18] = [
    MethodDef::new(
        "_clear_type_descriptors",
        Native::O(clear_type_descriptors),
        "_clear_type_descriptors($module, type, /)\n--\n\n",
    ),
    MethodDef::new(
        "get_asyncgen_hooks",
        Native::NoArgs(get_asyncgen_hooks),
        "get_asyncgen_hooks($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "set_asyncgen_hooks",
        Native::FastKeywords(set_asyncgen_hooks),
        "set_asyncgen_hooks($module, /, firstiter=<unrepresentable>, finalizer=<unrepresentable>)\n--\n\n",
    ),
    MethodDef::new(
        "_get_cpu_count_config",
        Native::NoArgs(|_| Ok(int::from_i64(-1))),
        "_get_cpu_count_config($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "_is_gil_enabled",
        Native::NoArgs(|_| Ok(bool::bool_owned(true))),
        "_is_gil_enabled($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "_clear_internal_caches",
        Native::NoArgs(|_| clear_caches()),
        "_clear_internal_caches($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "_clear_type_cache",
        Native::NoArgs(|_| clear_caches()),
        "_clear_type_cache($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "getunicodeinternedsize",
        Native::FastKeywords(interned_size),
        "getunicodeinternedsize($module, /, *, _only_immortal=False)\n--\n\n",
    ),
    MethodDef::new(
        "getdlopenflags",
        Native::NoArgs(|_| Ok(int::from_i64(libc::RTLD_NOW.into()))),
        "getdlopenflags($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "is_stack_trampoline_active",
        Native::NoArgs(|_| Ok(bool::bool_owned(false))),
        "is_stack_trampoline_active($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "is_remote_debug_enabled",
        Native::NoArgs(|_| Ok(bool::bool_owned(false))),
        "is_remote_debug_enabled($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "get_coroutine_origin_tracking_depth",
        Native::NoArgs(|_| Ok(int::from_i64(0))),
        "get_coroutine_origin_tracking_depth($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "breakpointhook",
        Native::FastKeywords(breakpoint_hook),
        "breakpointhook($module, /, *args, **kws)\n--\n\n",
    ),
    MethodDef::new(
        "call_tracing",
        Native::Fast(call_tracing),
        "call_tracing($module, func, args, /)\n--\n\n",
    ),
    MethodDef::new(
        "set_int_max_str_digits",
        Native::FastKeywords(set_digits),
        "set_int_max_str_digits($module, /, maxdigits)\n--\n\n",
    ),
    MethodDef::new(
        "get_int_max_str_digits",
        Native::NoArgs(|_| Ok(int::from_i64(int::text::max_str_digits().into()))),
        "get_int_max_str_digits($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "getprofile",
        Native::NoArgs(|_| Ok(settrace::get_profile().unwrap_or_else(none_owned))),
        "getprofile($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "setprofile",
        Native::O(|_, function| {
            settrace::set_profile(Some(function));
            Ok(none_owned())
        }),
        "setprofile($module, function, /)\n--\n\n",
    ),
];

/// `sys._jit`: there is no compiler to machine code.
static JIT: ModuleDef = ModuleDef {
    name: "sys._jit",
    doc: "",
    methods: &[
        MethodDef::new(
            "is_available",
            Native::NoArgs(|_| Ok(bool::bool_owned(false))),
            "is_available($module, /)\n--\n\n",
        ),
        MethodDef::new(
            "is_enabled",
            Native::NoArgs(|_| Ok(bool::bool_owned(false))),
            "is_enabled($module, /)\n--\n\n",
        ),
        MethodDef::new(
            "is_active",
            Native::NoArgs(|_| Ok(bool::bool_owned(false))),
            "is_active($module, /)\n--\n\n",
        ),
    ],
    exec: native_module::nothing,
};

/// Modules of the standard library (`sys.stdlib_module_names`, Python/stdlib_module_names.h).
static LIBRARY: &str = "
    __future__ _abc _aix_support _android_support _apple_support _ast _ast_unparse _asyncio _bisect _blake2 _bz2 _codecs
    _codecs_cn _codecs_hk _codecs_iso2022 _codecs_jp _codecs_kr _codecs_tw _collections _collections_abc _colorize _compat_pickle
    _contextvars _csv _ctypes _curses _curses_panel _datetime _dbm _decimal _elementtree _frozen_importlib
    _frozen_importlib_external _functools _gdbm _hashlib _heapq _hmac _imp _interpchannels _interpqueues _interpreters _io
    _ios_support _json _locale _lsprof _lzma _markupbase _md5 _multibytecodec _multiprocessing _opcode _opcode_metadata _operator
    _osx_support _overlapped _pickle _posixshmem _posixsubprocess _py_abc _py_warnings _pydatetime _pydecimal _pyio _pylong
    _pyrepl _queue _random _remote_debugging _scproxy _sha1 _sha2 _sha3 _signal _sitebuiltins _socket _sqlite3 _sre _ssl _stat
    _statistics _string _strptime _struct _suggestions _symtable _sysconfig _thread _threading_local _tkinter _tokenize
    _tracemalloc _types _typing _uuid _warnings _weakref _weakrefset _winapi _wmi _zoneinfo _zstd abc annotationlib antigravity
    argparse array ast asyncio atexit base64 bdb binascii bisect builtins bz2 cProfile calendar cmath cmd code codecs codeop
    collections colorsys compileall compression concurrent configparser contextlib contextvars copy copyreg csv ctypes curses
    dataclasses datetime dbm decimal difflib dis doctest email encodings ensurepip enum errno faulthandler fcntl filecmp
    fileinput fnmatch fractions ftplib functools gc genericpath getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac
    html http idlelib imaplib importlib inspect io ipaddress itertools json keyword linecache locale logging lzma mailbox marshal
    math mimetypes mmap modulefinder msvcrt multiprocessing netrc nt ntpath nturl2path numbers opcode operator optparse os
    pathlib pdb pickle pickletools pkgutil platform plistlib poplib posix posixpath pprint profile pstats pty pwd py_compile
    pyclbr pydoc pydoc_data pyexpat queue quopri random re readline reprlib resource rlcompleter runpy sched secrets select
    selectors shelve shlex shutil signal site smtplib socket socketserver sqlite3 sre_compile sre_constants sre_parse ssl stat
    statistics string stringprep struct subprocess symtable sys sysconfig syslog tabnanny tarfile tempfile termios textwrap this
    threading time timeit tkinter token tokenize tomllib trace traceback tracemalloc tty turtle turtledemo types typing
    unicodedata unittest urllib uuid venv warnings wave weakref webbrowser winreg winsound wsgiref xml xmlrpc zipapp zipfile
    zipimport zlib zoneinfo
";

/// Adds it to the module.
pub fn add(this: &Object) -> PyResult<()> {
    module::add_functions(this, &METHODS)?;
    let space = module::namespace(this);
    dict::set_str(space, "_jit", &*JIT.instantiate()?);
    for (name, value) in [
        ("abiflags", Str::new("")),
        ("_framework", Str::new("")),
        ("_home", none_owned()),
        (
            "_base_executable",
            dict::get_str(space, "executable").unwrap_or_else(none_owned),
        ),
        (
            "_stdlib_dir",
            crate::library().map_or_else(none_owned, |l| Str::new(&l)),
        ),
    ] {
        dict::set_str(space, name, &value);
    }
    let names = set::new();
    for name in LIBRARY.split_whitespace() {
        set::add(&names, &Str::new(name))?;
    }
    dict::set_str(
        space,
        "stdlib_module_names",
        &*set::frozen_from_iterable(&names)?,
    );
    if let Some(hook) = dict::get_str(space, "breakpointhook") {
        dict::set_str(space, "__breakpointhook__", &hook);
    }
    let class = struct_sequence::class_with_hidden(
        "sys.thread_info",
        &["name", "lock", "version"],
        3,
        false,
    )?;
    let values = vec![Str::new("pthread"), Str::new("pymutex"), none_owned()];
    dict::set_str(
        space,
        "thread_info",
        &*struct_sequence::instance(&class, values)?,
    );
    Ok(())
}

/// Takes `__dict__` and `__weakref__` out of a class, for `dataclass(slots=True)` (Python/sysmodule.c).
fn clear_type_descriptors(_: &Object, given: &Object) -> PyResult {
    let Some(ty) = given.downcast::<Type>() else {
        return Err(error::type_error(format!(
            "_clear_type_descriptors() argument must be type, not {}",
            given.ty().full_name()
        )));
    };
    if !ty.is_heap() {
        return Err(error::type_error("argument is immutable"));
    }
    // SAFETY: the dict of a ready type.
    let space = unsafe { Owned::new(&*ty.dict.get()) };
    for name in ["__dict__", "__weakref__"] {
        let key = Str::new(name);
        if dict::get(&space, &key)?.is_some() {
            dict::remove(&space, &key)?;
        }
    }
    type_cache::modified(ty);
    Ok(none_owned())
}

fn clear_caches() -> PyResult {
    type_cache::clear();
    Ok(none_owned())
}

fn interned_size(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: args::Signature =
        args::Signature::new("getunicodeinternedsize", &["_only_immortal"], 0, 0, 0);
    let [only] = SIGNATURE.bind::<1>(args, kwnames)?;
    let (first, second) = str::interned_counts();
    let only = only.map_or(Ok(false), ops::compare::is_true)?;
    Ok(int::from_usize(if only { second } else { first + second }))
}

/// `PYTHONBREAKPOINT` names the function; `pdb.set_trace` without it, nothing for "0".
fn breakpoint_hook(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let wanted = std::env::var("PYTHONBREAKPOINT").unwrap_or_default();
    let wanted = match wanted.as_str() {
        "0" => return Ok(none_owned()),
        "" => "pdb.set_trace",
        other => other,
    };
    let (from, name) = wanted.rsplit_once('.').unwrap_or(("builtins", wanted));
    let found = hooks::import(from)
        .and_then(|m| ops::attribute::get(&root("module of a breakpoint", m), &Str::new(name)));
    match found {
        Ok(function) => ops::call::call(&root("breakpoint function", function), args, kwnames),
        Err(_) => {
            error::clear();
            let text = format!("Ignoring unimportable $PYTHONBREAKPOINT: \"{wanted}\"");
            error::warn("RuntimeWarning", &text, 1)?;
            Ok(none_owned())
        }
    }
}

fn call_tracing(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("call_tracing", args.len(), 2, 2)?;
    let given: Owned = ops::sequence::to_tuple(args[1].object())?;
    ops::call::call_tuple_dict(args[0].object(), &root("arguments", given), None)
}

fn set_digits(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: args::Signature =
        args::Signature::new("set_int_max_str_digits", &["maxdigits"], 0, 1, 1);
    let [limit] = SIGNATURE.bind::<1>(args, kwnames)?;
    let limit = int::as_i32(&*ops::number::index(limit.unwrap_or(none()))?)?;
    if limit != 0 && limit < 640 {
        return Err(error::value_error(
            "maxdigits must be >= 640 or 0 for unlimited",
        ));
    }
    int::text::set_max_str_digits(limit);
    Ok(none_owned())
}

fn get_asyncgen_hooks(_: &Object) -> PyResult {
    const CLASS: &str = "sys.asyncgen_hooks";
    let class = match state::get().kept(CLASS) {
        Some(class) => Owned::new(class),
        None => {
            let made =
                struct_sequence::class_with_hidden(CLASS, &["firstiter", "finalizer"], 2, true)?;
            state::get().keep(CLASS, made.clone());
            made
        }
    };
    let (firstiter, finalizer) = generator::async_generator_hooks();
    let or_none = |hook: Option<Owned>| hook.unwrap_or_else(none_owned);
    struct_sequence::instance(&class, vec![or_none(firstiter), or_none(finalizer)])
}

fn set_asyncgen_hooks(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: args::Signature =
        args::Signature::new("set_asyncgen_hooks", &["firstiter", "finalizer"], 0, 0, 2);
    let given = SIGNATURE.bind::<2>(args, kwnames)?;
    for (name, hook) in ["firstiter", "finalizer"].iter().zip(given) {
        if let Some(hook) = hook.filter(|h| !h.is(none()) && h.ty().slots.call.is_none()) {
            return Err(error::type_error(format!(
                "callable {name} expected, got {}",
                hook.ty().full_name()
            )));
        }
    }
    let [firstiter, finalizer] = given.map(|hook| hook.map(|h| (!h.is(none())).then_some(h)));
    generator::set_async_generator_hooks(firstiter, finalizer);
    Ok(none_owned())
}
