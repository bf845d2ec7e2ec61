//! `sys` (Python/sysmodule.c).

use terrarium_objects::frame::Frame;
use terrarium_objects::types::str::Str;
use terrarium_objects::types::{
    bool, dict, exceptions as exc, float, frame_object, int, list, module, namespace, none, tuple,
};
use terrarium_objects::{
    MethodDef, Native, Object, Owned, PyResult, Word, args, error, none_owned, ops, root, state,
};
use terrarium_runtime::native_module::{self, ModuleDef};
use terrarium_runtime::{config, frames, start};

use crate::struct_sequence;

pub static MODULE: ModuleDef = ModuleDef {
    name: "sys",
    doc: "",
    methods: &METHODS,
    exec,
};

static METHODS: [MethodDef; 27] = [
    MethodDef::new(
        "getrefcount",
        Native::O(getrefcount),
        "getrefcount($module, object, /)\n--\n\n",
    ),
    MethodDef::new("getsizeof", Native::VarArgsKeywords(getsizeof), ""),
    MethodDef::new(
        "intern",
        Native::O(intern),
        "intern($module, string, /)\n--\n\n",
    ),
    MethodDef::new(
        "_is_interned",
        Native::O(is_interned),
        "_is_interned($module, string, /)\n--\n\n",
    ),
    MethodDef::new(
        "_is_immortal",
        Native::O(is_immortal),
        "_is_immortal($module, op, /)\n--\n\n",
    ),
    MethodDef::new(
        "exit",
        Native::Fast(exit),
        "exit($module, status=None, /)\n--\n\n",
    ),
    MethodDef::new(
        "exc_info",
        Native::NoArgs(exc_info),
        "exc_info($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "exception",
        Native::NoArgs(exception),
        "exception($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "displayhook",
        Native::O(displayhook),
        "displayhook($module, object, /)\n--\n\n",
    ),
    MethodDef::new(
        "excepthook",
        Native::Fast(excepthook),
        "excepthook($module, exctype, value, traceback, /)\n--\n\n",
    ),
    MethodDef::new(
        "unraisablehook",
        Native::O(unraisablehook),
        "unraisablehook($module, unraisable, /)\n--\n\n",
    ),
    MethodDef::new(
        "_getframe",
        Native::Fast(getframe),
        "_getframe($module, depth=0, /)\n--\n\n",
    ),
    MethodDef::new("_getframemodulename", Native::Fast(getframemodulename), ""),
    MethodDef::new(
        "settrace",
        Native::O(settrace),
        "settrace($module, function, /)\n--\n\n",
    ),
    MethodDef::new(
        "gettrace",
        Native::NoArgs(gettrace),
        "gettrace($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "getrecursionlimit",
        Native::NoArgs(getrecursionlimit),
        "getrecursionlimit($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "setrecursionlimit",
        Native::O(setrecursionlimit),
        "setrecursionlimit($module, limit, /)\n--\n\n",
    ),
    MethodDef::new(
        "getdefaultencoding",
        Native::NoArgs(|_| Ok(Str::new("utf-8"))),
        "getdefaultencoding($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "getfilesystemencoding",
        Native::NoArgs(|_| Ok(Str::new("utf-8"))),
        "getfilesystemencoding($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "getfilesystemencodeerrors",
        Native::NoArgs(|_| Ok(Str::new("surrogateescape"))),
        "",
    ),
    MethodDef::new(
        "getswitchinterval",
        Native::NoArgs(|_| Ok(float::from_f64(0.005))),
        "",
    ),
    MethodDef::new("setswitchinterval", Native::O(|_, _| Ok(none_owned())), ""),
    MethodDef::new(
        "getallocatedblocks",
        Native::NoArgs(|_| Ok(int::from_usize(state::get().alloc.blocks_in_use()))),
        "",
    ),
    MethodDef::new(
        "is_finalizing",
        Native::NoArgs(|_| Ok(bool::bool_owned(false))),
        "is_finalizing($module, /)\n--\n\n",
    ),
    MethodDef::new("audit", Native::Fast(|_, _| Ok(none_owned())), ""),
    MethodDef::new(
        "get_int_max_str_digits",
        Native::NoArgs(|_| Ok(int::from_i64(4300))),
        "",
    ),
    MethodDef::new("_clear_type_cache", Native::NoArgs(clear_type_cache), ""),
];

/// The count a program sees. The argument's own reference counts where one is owned (Python/sysmodule.c, `sys_getrefcount`).
fn getrefcount(_: &Object, object: &Object) -> PyResult {
    Ok(int::from_i64(i64::from(object.refcount())))
}

fn clear_type_cache(_: &Object) -> PyResult {
    terrarium_objects::type_cache::clear();
    Ok(none_owned())
}

static GETSIZEOF: args::Signature =
    args::Signature::new("getsizeof", &["object", "default"], 0, 1, 2);

fn getsizeof(_: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult {
    let [object, default] = GETSIZEOF.bind_tuple::<2>(args, kwargs)?;
    let object = object.unwrap_or(none::none());
    let method = ops::attribute::lookup_special(object, &Str::new("__sizeof__"))?;
    let Some(method) = method else {
        return Err(error::type_error(format!(
            "Type {} doesn't define __sizeof__",
            object.ty().name()
        )));
    };
    let method = terrarium_objects::root("__sizeof__", method);
    match ops::call::call(&method, &[], None) {
        Ok(size) => {
            let size = int::as_isize(&size)?;
            if size < 0 {
                return Err(error::value_error("__sizeof__() should return >= 0"));
            }
            Ok(int::from_i64(size as i64 + header_size(object) as i64))
        }
        Err(raised) => match default {
            Some(default) if error::matches(&exc::TYPE_ERROR) => {
                error::clear();
                Ok(Owned::new(default))
            }
            _ => Err(raised),
        },
    }
}

/// Bytes before the header (`_PyType_PreHeaderSize`).
fn header_size(object: &Object) -> usize {
    terrarium_objects::alloc::Kind::of_type(object.ty()).prefix()
}

fn intern(_: &Object, string: &Object) -> PyResult {
    if !string.is_exact(&terrarium_objects::types::str::STR) {
        let text = match string.downcast::<Str>() {
            Some(_) => format!("can't intern {}", string.ty().name()),
            None => format!("intern() argument must be str, not {}", string.ty().name()),
        };
        return Err(error::type_error(text));
    }
    Ok(terrarium_objects::types::str::intern_mortal(Owned::new(
        string,
    )))
}

fn is_interned(_: &Object, string: &Object) -> PyResult {
    let Some(text) = string.downcast::<Str>() else {
        return Err(error::type_error(format!(
            "_is_interned() argument must be str, not {}",
            string.ty().name()
        )));
    };
    Ok(bool::bool_owned(text.state.get() & 3 != 0))
}

fn is_immortal(_: &Object, object: &Object) -> PyResult {
    Ok(bool::bool_owned(object.is_immortal()))
}

fn exit(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("exit", args.len(), 0, 1)?;
    let exception = ops::call::call(exc::SYSTEM_EXIT.as_object(), args, None)?;
    exc::set_context(&exception);
    Err(error::restore(exception))
}

fn exc_info(_: &Object) -> PyResult {
    Ok(match exc::handled() {
        None => tuple::from_owned(vec![none_owned(), none_owned(), none_owned()]),
        Some(exception) => {
            let class = Owned::new(exception.ty().as_object());
            let traceback = exc::traceback_of(&exception).unwrap_or_else(none_owned);
            tuple::from_owned(vec![class, exception, traceback])
        }
    })
}

fn exception(_: &Object) -> PyResult {
    Ok(exc::handled().unwrap_or_else(none_owned))
}

/// Prints the repr of an interactive statement's value and keeps it as `_`.
fn displayhook(_: &Object, value: &Object) -> PyResult {
    if value.is(none::none()) {
        return Ok(none_owned());
    }
    dict::set_str(start::builtins(), "_", none::none());
    let Some(stdout) = get("stdout").filter(|f| !f.is(none::none())) else {
        return Err(error::runtime_error("lost sys.stdout"));
    };
    let stdout = terrarium_objects::root("sys.stdout", stdout);
    let text = format!("{}\n", ops::text::lossy(&*ops::text::repr(value)?));
    let line = Str::new(&text);
    ops::call::call_method(
        &stdout,
        &terrarium_objects::names().write,
        &[Word::borrowed(&line)],
    )?;
    dict::set_str(start::builtins(), "_", value);
    Ok(none_owned())
}

fn excepthook(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("excepthook", args.len(), 3, 3)?;
    let value = args[1].object();
    if !exc::is_exception(value) {
        write_stderr(&format!(
            "TypeError: print_exception(): Exception expected for value, {} found",
            value.ty().name()
        ));
        return Ok(none_owned());
    }
    let text = crate::traceback_text::format(value);
    write_stderr(&text);
    Ok(none_owned())
}

/// What to show of an exception that could not be raised, as `sys.unraisablehook` prints it.
fn unraisablehook(_: &Object, unraisable: &Object) -> PyResult {
    let get = |name: &str| {
        ops::attribute::get_str(unraisable, name)
            .ok()
            .filter(|o| !o.is(none::none()))
    };
    let (value, message, object) = (get("exc_value"), get("err_msg"), get("object"));
    error::clear();
    let message = message.map(|m| ops::text::lossy(&m));
    if let Some(value) = value {
        write_unraisable(&value, message.as_deref(), object.as_deref());
    }
    Ok(none_owned())
}

const IGNORED: &str = "Exception ignored in";

/// Hands an exception that cannot be raised to `sys.unraisablehook`. Messages other than "Exception ignored in" take the object's text in.
pub fn unraisable(exception: Owned, message: &str, object: Option<&Object>) {
    let exception = root("exception not raised", exception);
    let (message, object) = match object {
        Some(object) if message != IGNORED => match ops::text::repr(object) {
            Ok(text) => (Some(format!("{message} {}", ops::text::lossy(&text))), None),
            Err(_) => {
                error::clear();
                (None, None)
            }
        },
        Some(object) => (None, Some(object)),
        None => (Some(message.to_owned()), None),
    };
    let hook = get("unraisablehook");
    let own = get("__unraisablehook__");
    let replaced = hook
        .as_ref()
        .filter(|hook| !hook.is(none::none()) && own.as_ref().is_some_and(|own| !own.is(hook)));
    let Some(hook) = replaced else {
        return write_unraisable(&exception, message.as_deref(), object);
    };
    let called = unraisable_arguments(&exception, message.as_deref(), object)
        .and_then(|args| ops::call::call(hook, &[Word::borrowed(&args)], None));
    if called.is_err()
        && let Some(failure) = error::fetch()
    {
        let text = Some("Exception ignored in sys.unraisablehook");
        write_unraisable(&failure, text, Some(hook));
    }
}

/// A `sys.UnraisableHookArgs`.
fn unraisable_arguments(
    exception: &Object,
    message: Option<&str>,
    object: Option<&Object>,
) -> PyResult {
    const CLASS: &str = "sys.UnraisableHookArgs";
    let class = match state::get().kept(CLASS) {
        Some(class) => Owned::new(class),
        None => {
            let fields = [
                "exc_type",
                "exc_value",
                "exc_traceback",
                "err_msg",
                "object",
            ];
            let made = struct_sequence::class("sys", "UnraisableHookArgs", &fields)?;
            state::get().keep(CLASS, made.clone());
            made
        }
    };
    let traceback = terrarium_objects::types::exceptions::traceback_of(exception);
    let values = vec![
        Owned::new(exception.ty().as_object()),
        Owned::new(exception),
        traceback.unwrap_or_else(none_owned),
        message.map_or_else(none_owned, Str::new),
        object.map_or_else(none_owned, Owned::new),
    ];
    struct_sequence::instance(&class, values)
}

fn write_unraisable(exception: &Object, message: Option<&str>, object: Option<&Object>) {
    let shown = object.map(|o| {
        ops::text::repr(o).map_or_else(
            |_| {
                error::clear();
                String::from("<object repr() failed>")
            },
            |text| ops::text::lossy(&text),
        )
    });
    let head = match (message, shown) {
        (message, Some(shown)) => format!("{}: {shown}\n", message.unwrap_or(IGNORED)),
        (Some(message), None) => format!("{message}:\n"),
        (None, None) => String::new(),
    };
    write_stderr(&format!(
        "{head}{}",
        crate::traceback_text::format_alone(exception)
    ));
}

/// Writes to `sys.stderr`, or to the descriptor when there is none.
pub fn write_stderr(text: &str) {
    if let Some(stderr) = get("stderr").filter(|f| !f.is(none::none())) {
        let line = Str::new(text);
        if ops::call::call_method(
            &stderr,
            &terrarium_objects::names().write,
            &[Word::borrowed(&line)],
        )
        .is_ok()
        {
            if ops::call::call_method(&stderr, &terrarium_objects::names().flush, &[]).is_err() {
                error::clear();
            }
            return;
        }
        error::clear();
    }
    eprint!("{text}");
}

/// `sys.name`.
pub fn get(name: &str) -> Option<Owned> {
    state::get()
        .kept("sys module dict")
        .and_then(|sys| dict::get_str(sys, name))
}

fn frame_at(mut depth: i32) -> PyResult<*mut Frame> {
    let mut at = frames::innermost();
    // SAFETY: frames of the chain are live.
    unsafe {
        while depth > 0 && !at.is_null() {
            at = (*at).previous;
            while !at.is_null() && ((*at).is_incomplete() || (*at).function.is_null()) {
                at = (*at).previous;
            }
            depth -= 1;
        }
    }
    if at.is_null() {
        Err(error::value_error("call stack is not deep enough"))
    } else {
        Ok(at)
    }
}

fn depth(args: &[Word]) -> PyResult<i32> {
    args.first().map_or(Ok(0), |w| int::as_i32(w.object()))
}

fn getframe(_: &Object, args: &[Word]) -> PyResult {
    let frame = frame_at(depth(args)?)?;
    // SAFETY: live and complete.
    Ok(unsafe { frame_object::object_of(frame) })
}

fn getframemodulename(_: &Object, args: &[Word]) -> PyResult {
    let Ok(frame) = frame_at(depth(args)?) else {
        error::clear();
        return Ok(none_owned());
    };
    // SAFETY: live; functions have their module or null.
    let module = unsafe { (*frame).function().and_then(|f| f.module.get().as_ref()) };
    Ok(module.map_or_else(none_owned, Owned::new))
}

fn settrace(_: &Object, function: &Object) -> PyResult {
    terrarium_runtime::settrace::set((!function.is(none::none())).then_some(function));
    Ok(none_owned())
}

fn gettrace(_: &Object) -> PyResult {
    Ok(terrarium_runtime::settrace::get().unwrap_or_else(none_owned))
}

fn getrecursionlimit(_: &Object) -> PyResult {
    Ok(int::from_i64(i64::from(state::get().recursion_limit.get())))
}

fn setrecursionlimit(_: &Object, limit: &Object) -> PyResult {
    let limit = int::as_i32(limit)?;
    if limit < 1 {
        return Err(error::value_error(
            "recursion limit must be greater or equal than 1",
        ));
    }
    let state = state::get();
    let used = state.recursion_limit.get() - state.recursion_remaining.get();
    if used >= limit {
        return Err(error::raise(
            &exc::RECURSION_ERROR,
            format!(
                "cannot set the recursion limit to {limit} at the recursion depth {used}: the limit is too low"
            ),
        ));
    }
    state.recursion_limit.set(limit);
    state.recursion_remaining.set(limit - used);
    Ok(none_owned())
}

/// Facts that `sys` names outright.
fn constants() -> Vec<(&'static str, Owned)> {
    let number = int::from_i64;
    let text = Str::new;
    vec![
        ("maxsize", number(i64::MAX)),
        ("maxunicode", number(0x10FFFF)),
        ("byteorder", text("little")),
        ("platform", text("linux")),
        ("copyright", text("Terrarium: MIT OR Apache-2.0")),
        ("hexversion", number(0x030E_0AF0)),
        ("api_version", number(1013)),
        (
            "version",
            text(concat!(
                "3.14.10 (Terrarium ",
                env!("CARGO_PKG_VERSION"),
                ") [Rust]"
            )),
        ),
        ("float_repr_style", text("short")),
        (
            "dont_write_bytecode",
            bool::bool_owned(!config::get().write_bytecode),
        ),
        ("pycache_prefix", none_owned()),
        ("prefix", text("/usr")),
        ("exec_prefix", text("/usr")),
        ("base_prefix", text("/usr")),
        ("base_exec_prefix", text("/usr")),
        ("platlibdir", text("lib")),
        ("executable", text(&config::get().executable)),
        (
            "_git",
            tuple::from_owned(vec![text("Terrarium"), text(""), text("")]),
        ),
        ("warnoptions", texts(&config::get().warn_options)),
        ("argv", texts(&config::get().argv)),
        ("orig_argv", texts(&config::get().orig_argv)),
        ("path", list::new()),
        ("meta_path", list::new()),
        ("path_hooks", list::new()),
        ("path_importer_cache", dict::new()),
        ("_xoptions", dict::new()),
    ]
}

fn texts(items: &[String]) -> Owned {
    list::from_owned(items.iter().map(|t| Str::new(t)).collect())
}

fn exec(this: &Object) -> PyResult<()> {
    let space = module::namespace(this);
    for (name, value) in constants() {
        dict::set_str(space, name, &value);
    }
    dict::set_str(space, "modules", start::modules());
    let names = native_module::names().into_iter().map(Str::new).collect();
    dict::set_str(space, "builtin_module_names", &tuple::from_owned(names));
    for (name, other) in [
        ("displayhook", "__displayhook__"),
        ("excepthook", "__excepthook__"),
        ("unraisablehook", "__unraisablehook__"),
    ] {
        if let Some(hook) = dict::get_str(space, name) {
            dict::set_str(space, other, &hook);
        }
    }
    crate::sys_info::add_to_sys(space)?;
    crate::sys_more::add(this)?;
    crate::sys_monitoring::add(space)?;
    dict::set_str(space, "implementation", &*implementation(space)?);
    for (fd, name, shown) in [
        (0, "stdin", "<stdin>"),
        (1, "stdout", "<stdout>"),
        (2, "stderr", "<stderr>"),
    ] {
        let file = crate::io::standard(fd, shown, config::get().unbuffered)?;
        dict::set_str(space, name, &file);
        dict::set_str(space, &format!("__{name}__"), &file);
    }
    state::get().keep("sys module dict", Owned::new(space));
    Ok(())
}

fn implementation(space: &Object) -> PyResult {
    let facts = dict::new();
    dict::set_str(&facts, "name", &Str::new("terrarium"));
    dict::set_str(
        &facts,
        "cache_tag",
        &Str::new(terrarium_runtime::pycache::TAG),
    );
    if let Some(version) = dict::get_str(space, "version_info") {
        dict::set_str(&facts, "version", &version);
    }
    dict::set_str(&facts, "hexversion", &int::from_i64(0x030E_0AF0));
    namespace::new(&facts)
}
