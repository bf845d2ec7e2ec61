//! `_io.FileIO`: a file descriptor (Modules/_io/fileio.c).

use std::cell::Cell;
use std::ffi::CString;

use terrarium_objects::args::{self, Signature};
use terrarium_objects::field::Field;
use terrarium_objects::object::{Layout, Object};
use terrarium_objects::typeobject::{GetSetDef, MethodDef, Native, Slots, Type, flags};
use terrarium_objects::types::bytes::{self, Bytes};
use terrarium_objects::types::str::Str;
use terrarium_objects::types::{bool, exceptions as exc, int, r#type};
use terrarium_objects::visit::Visit;
use terrarium_objects::{
    Owned, PyResult, Raised, Word, error, gc, names, none_owned, ops, root, words,
};

use terrarium_runtime::threads;

use super::common::{
    chain, errno, given, last_error, name, offset, os_error, repr, size, unsupported,
    writable_buffer,
};
use super::iobase::{self, RAW_IO_BASE};

/// CPython's `fileio`.
#[repr(C)]
pub struct FileIo {
    object: Object,
    /// Negative: closed.
    fd: Cell<i32>,
    bits: Cell<u16>,
    /// What a seek said: 0 not asked yet, 1 no, 2 yes.
    seekable: Cell<u8>,
    /// Whether `__init__` has set the descriptor.
    started: Cell<bool>,
    /// The file's preferred block size, and bit 63 set when it is a regular file.
    block_size: Cell<u64>,
    weaklist: Field,
    dict: Field,
}

mod bit {
    pub const CREATED: u16 = 1;
    pub const READABLE: u16 = 2;
    pub const WRITABLE: u16 = 4;
    pub const APPENDING: u16 = 8;
    pub const CLOSE_FD: u16 = 16;
    pub const FINALIZING: u16 = 32;
    /// Known to be no terminal when it was opened: a regular file.
    pub const REGULAR: u16 = 64;
}

// SAFETY: starts with `Object`.
unsafe impl Layout for FileIo {
    fn type_object() -> &'static Type {
        &FILE_IO
    }
}

pub static FILE_IO: Type = Type::builtin(
    "_io.FileIO",
    size_of::<FileIo>(),
    Slots {
        dealloc,
        visit,
        clear: Some(|o| of(o).dict.clear()),
        finalize: Some(iobase::finalize),
        repr: Some(show),
        init: Some(init),
        new: Some(new),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::BASETYPE)
.with_base(&raw const RAW_IO_BASE)
.with_dictoffset(std::mem::offset_of!(FileIo, dict))
.with_weaklistoffset(std::mem::offset_of!(FileIo, weaklist))
.with_methods(METHODS)
.with_getset(GETSET);

const METHODS: &[MethodDef] = &[
    MethodDef::new("read", Native::Fast(read), ""),
    MethodDef::new("readall", Native::NoArgs(readall), ""),
    MethodDef::new("readinto", Native::O(readinto), ""),
    MethodDef::new("write", Native::O(write), ""),
    MethodDef::new("seek", Native::Fast(seek), ""),
    MethodDef::new("tell", Native::NoArgs(tell), ""),
    MethodDef::new("truncate", Native::Fast(truncate), ""),
    MethodDef::new("close", Native::NoArgs(close), ""),
    MethodDef::new("seekable", Native::NoArgs(seekable), ""),
    MethodDef::new(
        "readable",
        Native::NoArgs(|o| open_of(o).map(|f| bool::bool_owned(f.has(bit::READABLE)))),
        "",
    ),
    MethodDef::new(
        "writable",
        Native::NoArgs(|o| open_of(o).map(|f| bool::bool_owned(f.has(bit::WRITABLE)))),
        "",
    ),
    MethodDef::new(
        "fileno",
        Native::NoArgs(|o| open_of(o).map(|f| int::from_i64(f.fd.get().into()))),
        "",
    ),
    MethodDef::new("isatty", Native::NoArgs(isatty), ""),
    MethodDef::new("_isatty_open_only", Native::NoArgs(isatty_open_only), ""),
    MethodDef::new("_dealloc_warn", Native::O(dealloc_warn), ""),
    MethodDef::new("__getstate__", Native::NoArgs(iobase::no_pickle), ""),
];

const GETSET: &[GetSetDef] = &[
    GetSetDef::read("closed", |o| Ok(bool::bool_owned(of(o).fd.get() < 0)), ""),
    GetSetDef::read(
        "closefd",
        |o| Ok(bool::bool_owned(of(o).has(bit::CLOSE_FD))),
        "",
    ),
    GetSetDef::read("mode", |o| Ok(Str::new(of(o).mode())), ""),
    GetSetDef {
        name: "_blksize",
        get: Some(|o| Ok(int::from_u64(of(o).block_size.get()))),
        set: None,
        doc: "",
    },
    GetSetDef {
        name: "_finalizing",
        get: Some(|o| Ok(bool::bool_owned(of(o).has(bit::FINALIZING)))),
        set: Some(|o, value| {
            let on = match value {
                Some(value) => ops::compare::is_true(value)?,
                None => false,
            };
            of(o).set(bit::FINALIZING, on);
            Ok(())
        }),
        doc: "",
    },
];

fn of(object: &Object) -> &FileIo {
    // SAFETY: called for instances of this type.
    unsafe { object.cast() }
}

/// The body of an exact FileIO.
pub fn exact(object: &Object) -> Option<&FileIo> {
    object.is_exact(&FILE_IO).then(|| of(object))
}

fn closed_error() -> Raised {
    error::value_error("I/O operation on closed file")
}

fn open_of(object: &Object) -> PyResult<&FileIo> {
    let this = of(object);
    if this.fd.get() < 0 {
        return Err(closed_error());
    }
    Ok(this)
}

fn mode_error(action: &str) -> Raised {
    unsupported(&format!("File not open for {action}"))
}

impl FileIo {
    fn has(&self, bit: u16) -> bool {
        self.bits.get() & bit != 0
    }

    fn set(&self, bit: u16, on: bool) {
        let bits = self.bits.get();
        self.bits.set(if on { bits | bit } else { bits & !bit });
    }

    pub fn is_closed(&self) -> bool {
        self.fd.get() < 0
    }

    fn mode(&self) -> &'static str {
        let readable = self.has(bit::READABLE);
        match (self.has(bit::CREATED), self.has(bit::APPENDING)) {
            (true, _) if readable => "xb+",
            (true, _) => "xb",
            (_, true) if readable => "ab+",
            (_, true) => "ab",
            _ if readable && self.has(bit::WRITABLE) => "rb+",
            _ if readable => "rb",
            _ => "wb",
        }
    }

    /// Reads once, repeating what signals interrupt; `None` when a non-blocking descriptor has nothing.
    pub fn read_once(&self, place: *mut u8, count: usize) -> PyResult<Option<usize>> {
        if self.fd.get() < 0 {
            return Err(closed_error());
        }
        if !self.has(bit::READABLE) {
            return Err(mode_error("reading"));
        }
        loop {
            if threads::count() != 0 {
                // Other threads run until there is something to read.
                threads::wait_for_one(self.fd.get(), libc::POLLIN, None)?;
            }
            // SAFETY: the caller's memory has room for `count` bytes.
            let got = unsafe { libc::read(self.fd.get(), place.cast(), count.min(MOST)) };
            if got >= 0 {
                return Ok(Some(got as usize));
            }
            match errno() {
                libc::EINTR => {}
                libc::EAGAIN => return Ok(None),
                number => return Err(os_error(number, None)),
            }
        }
    }

    /// Writes once, repeating what signals interrupt; `None` when a non-blocking descriptor takes nothing.
    pub fn write_once(&self, data: &[u8]) -> PyResult<Option<usize>> {
        if self.fd.get() < 0 {
            return Err(closed_error());
        }
        if !self.has(bit::WRITABLE) {
            return Err(mode_error("writing"));
        }
        loop {
            // SAFETY: a live slice.
            let sent =
                unsafe { libc::write(self.fd.get(), data.as_ptr().cast(), data.len().min(MOST)) };
            if sent >= 0 {
                return Ok(Some(sent as usize));
            }
            match errno() {
                libc::EINTR => {}
                libc::EAGAIN => return Ok(None),
                number => return Err(os_error(number, None)),
            }
        }
    }
}

/// Bytes that one system call takes at most.
const MOST: usize = 0x7FFF_F000;

fn new(ty: &Type, _: &Object, _: Option<&Object>) -> PyResult {
    let made = r#type::generic_alloc(ty, 0)?;
    of(&made).fd.set(-1);
    of(&made).set(bit::CLOSE_FD, true);
    Ok(made)
}

static INIT: Signature = Signature::new("FileIO", &["file", "mode", "closefd", "opener"], 0, 1, 4);

fn init(object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    let [file, mode, close, opener] = INIT.bind_tuple::<4>(args, kwargs)?;
    let mode = match mode {
        None => String::from("r"),
        Some(mode) => match mode.downcast::<Str>() {
            Some(mode) => mode.lossy().into_owned(),
            None => {
                return Err(error::type_error(format!(
                    "FileIO() argument 'mode' must be str, not {}",
                    super::common::ops_type_name(mode)
                )));
            }
        },
    };
    let close = match close {
        Some(close) => ops::compare::is_true(close)?,
        None => true,
    };
    let file = file.expect("required");
    start(object, file, &mode, close, given(opener))
}

/// A new FileIO.
pub fn open(file: &Object, mode: &str, close: bool, opener: Option<&Object>) -> PyResult {
    let made = root("file being opened", r#type::generic_alloc(&FILE_IO, 0)?);
    of(&made).fd.set(-1);
    start(&made, file, mode, close, opener)?;
    Ok(made.take())
}

struct Mode {
    bits: u16,
    flags: i32,
}

fn parse_mode(mode: &str) -> PyResult<Mode> {
    let bad = || {
        error::value_error(
            "Must have exactly one of create/read/write/append mode and at most one plus",
        )
    };
    let (mut bits, mut flags) = (0, 0);
    let (mut kinds, mut plus) = (0, false);
    for letter in mode.chars() {
        kinds += 1;
        match letter {
            'x' => {
                bits |= bit::CREATED | bit::WRITABLE;
                flags |= libc::O_EXCL | libc::O_CREAT;
            }
            'r' => bits |= bit::READABLE,
            'w' => {
                bits |= bit::WRITABLE;
                flags |= libc::O_CREAT | libc::O_TRUNC;
            }
            'a' => {
                bits |= bit::APPENDING | bit::WRITABLE;
                flags |= libc::O_APPEND | libc::O_CREAT;
            }
            'b' => kinds -= 1,
            '+' => {
                kinds -= 1;
                if plus {
                    return Err(bad());
                }
                plus = true;
            }
            _ => return Err(error::value_error(format!("invalid mode: {mode}"))),
        }
        if kinds > 1 {
            return Err(bad());
        }
    }
    if kinds != 1 {
        return Err(bad());
    }
    if plus {
        bits |= bit::READABLE | bit::WRITABLE;
    }
    flags |= match (bits & bit::READABLE != 0, bits & bit::WRITABLE != 0) {
        (true, true) => libc::O_RDWR,
        (true, false) => libc::O_RDONLY,
        _ => libc::O_WRONLY,
    };
    Ok(Mode {
        bits,
        flags: flags | libc::O_CLOEXEC,
    })
}

fn start(
    object: &Object,
    file: &Object,
    mode: &str,
    close: bool,
    opener: Option<&Object>,
) -> PyResult<()> {
    let this = of(object);
    if this.fd.get() >= 0 {
        let closing = this.has(bit::CLOSE_FD);
        let fd = this.fd.replace(-1);
        if closing {
            // SAFETY: the descriptor was this object's.
            unsafe { libc::close(fd) };
        }
    }
    let mut fd = -1;
    if int::is_int(file) {
        if bool::is_bool(file) {
            terrarium_objects::hooks::warn(
                &exc::RUNTIME_WARNING,
                "bool is used as a file descriptor",
                1,
            )?;
        }
        fd = int::as_i32(file)?;
        if fd < 0 {
            return Err(error::value_error("negative file descriptor"));
        }
    } else if terrarium_objects::types::float::is_float(file) {
        return Err(error::type_error("integer argument expected, got float"));
    }
    let parsed = parse_mode(mode)?;
    this.bits.set(parsed.bits);
    this.seekable.set(0);
    let mut ours = false;
    if fd >= 0 {
        this.set(bit::CLOSE_FD, close);
    } else {
        if !close {
            return Err(error::value_error(
                "Cannot use closefd=False with file name",
            ));
        }
        this.set(bit::CLOSE_FD, true);
        fd = match opener {
            None => open_path(file, parsed.flags)?,
            Some(opener) => open_by(opener, file, parsed.flags)?,
        };
        ours = true;
    }
    this.fd.set(fd);
    this.started.set(true);
    let done = examine(this, file).and_then(|()| {
        ops::attribute::set(object, &names().name, Some(file))?;
        if this.has(bit::APPENDING) {
            // SAFETY: moves a descriptor's position.
            if unsafe { libc::lseek(fd, 0, libc::SEEK_END) } < 0 && errno() != libc::ESPIPE {
                return Err(last_error(None));
            }
        }
        Ok(())
    });
    if done.is_err() {
        this.fd.set(-1);
        if ours {
            // SAFETY: just opened.
            unsafe { libc::close(fd) };
        }
    }
    done
}

fn open_path(file: &Object, flags: i32) -> PyResult<i32> {
    let path = path_bytes(file)?;
    let Ok(path) = CString::new(path) else {
        return Err(error::value_error("embedded null byte"));
    };
    loop {
        // SAFETY: a valid C string.
        let fd = unsafe { libc::open(path.as_ptr(), flags, 0o666) };
        if fd >= 0 {
            return Ok(fd);
        }
        if errno() != libc::EINTR {
            return Err(last_error(Some(file)));
        }
    }
}

fn open_by(opener: &Object, file: &Object, flags: i32) -> PyResult<i32> {
    let made = ops::call::call(opener, &words([file, &int::from_i64(flags.into())]), None)?;
    if !int::is_int(&made) {
        return Err(error::type_error("expected integer from opener"));
    }
    let fd = int::as_i32(&made)?;
    if fd < 0 {
        return Err(error::value_error(format!("opener returned {fd}")));
    }
    // SAFETY: sets a flag of a descriptor.
    unsafe { libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC) };
    Ok(fd)
}

/// What kind of file it is; folders cannot be opened.
fn examine(this: &FileIo, file: &Object) -> PyResult<()> {
    // SAFETY: `stat` is plain data filled by the call.
    let (failed, stat) = unsafe {
        let mut stat: libc::stat = std::mem::zeroed();
        (libc::fstat(this.fd.get(), &mut stat) < 0, stat)
    };
    this.block_size.set(8192);
    if failed {
        if errno() == libc::EBADF {
            return Err(last_error(None));
        }
        return Ok(());
    }
    if stat.st_mode & libc::S_IFMT == libc::S_IFDIR {
        return Err(os_error(libc::EISDIR, Some(file)));
    }
    this.set(bit::REGULAR, stat.st_mode & libc::S_IFMT == libc::S_IFREG);
    if stat.st_blksize > 1 {
        this.block_size.set(stat.st_blksize as u64);
    }
    Ok(())
}

/// A path as bytes: str, bytes or anything with `__fspath__`.
pub fn path_bytes(file: &Object) -> PyResult<Vec<u8>> {
    if let Some(text) = file.downcast::<Str>() {
        if text.as_ascii().is_some() {
            return Ok(text.wtf8().into_owned());
        }
        let encoded = terrarium_objects::codecs::encode(file, "utf-8", "surrogateescape")?;
        return Ok(bytes::cast(&encoded).bytes().to_vec());
    }
    if bytes::is_bytes(file) {
        return Ok(bytes::cast(file).bytes().to_vec());
    }
    match ops::attribute::lookup_special(file, &names().__fspath__)? {
        Some(method) => {
            let path = ops::call::call(&method, &[], None)?;
            if path.downcast::<Str>().is_none() && !bytes::is_bytes(&path) {
                return Err(error::type_error(format!(
                    "expected {}.__fspath__() to return str or bytes, not {}",
                    file.ty().full_name(),
                    path.ty().full_name()
                )));
            }
            path_bytes(&path)
        }
        None => Err(error::type_error(format!(
            "expected str, bytes or os.PathLike object, not {}",
            file.ty().full_name()
        ))),
    }
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dying instance.
    unsafe {
        if r#type::instance::finalize_dying(object) {
            return;
        }
        gc::untrack(&*object);
        iobase::forget_weak(&*object, &of(&*object).weaklist);
        of(&*object).dict.clear();
        r#type::free(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    of(object).dict.visit("__dict__", visit);
}

fn dealloc_warn(object: &Object, source: &Object) -> PyResult {
    let this = of(object);
    if this.fd.get() >= 0 && this.has(bit::CLOSE_FD) {
        let text = format!("unclosed file {}", repr(source));
        if terrarium_objects::hooks::warn(&exc::RESOURCE_WARNING, &text, 1).is_err() {
            if error::matches(&exc::WARNING) {
                error::unraisable("Exception ignored in", Some(object));
            } else {
                error::clear();
            }
        }
    }
    Ok(none_owned())
}

fn close(object: &Object) -> PyResult {
    let this = of(object);
    let base = iobase::close(object).map(drop);
    if !this.has(bit::CLOSE_FD) {
        this.fd.set(-1);
        return base.map(|()| none_owned());
    }
    if this.has(bit::FINALIZING) && this.fd.get() >= 0 {
        let pending = if base.is_err() { error::fetch() } else { None };
        dealloc_warn(object, object)?;
        if let Some(pending) = pending {
            error::restore(pending);
        }
    }
    chain(base, || close_descriptor(this))?;
    Ok(none_owned())
}

fn close_descriptor(this: &FileIo) -> PyResult<()> {
    let fd = this.fd.replace(-1);
    // SAFETY: the descriptor is this object's.
    if fd >= 0 && unsafe { libc::close(fd) } < 0 {
        return Err(last_error(None));
    }
    Ok(())
}

fn read(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("read", args.len(), 0, 1)?;
    let count = size(args.first().map(|w| w.object()))?;
    let this = open_of(object)?;
    if !this.has(bit::READABLE) {
        return Err(mode_error("reading"));
    }
    if count < 0 {
        return readall(object);
    }
    let made = Bytes::allocate((count as usize).min(MOST))?;
    let memory = bytes::cast(&made);
    match this.read_once(memory.data(), memory.len())? {
        None => Ok(none_owned()),
        Some(got) if got == memory.len() => Ok(made),
        Some(got) => Ok(Bytes::new(&memory.bytes()[..got])),
    }
}

/// How many bytes are probably left to read.
fn expected(this: &FileIo) -> usize {
    // SAFETY: `stat` is plain data filled by the call; a seek asks for a descriptor's position.
    unsafe {
        let mut stat: libc::stat = std::mem::zeroed();
        if libc::fstat(this.fd.get(), &mut stat) < 0 {
            return 0;
        }
        let at = libc::lseek(this.fd.get(), 0, libc::SEEK_CUR);
        if at < 0 {
            return 0;
        }
        usize::try_from(stat.st_size - at).unwrap_or(0)
    }
}

/// Everything to the end; `None` when a non-blocking descriptor has nothing.
pub fn read_to_end(this: &FileIo) -> PyResult<Option<Vec<u8>>> {
    let mut data: Vec<u8> = Vec::new();
    if data.try_reserve(expected(this) + 1).is_err() {
        return Err(error::memory_error());
    }
    loop {
        if data.capacity() - data.len() < 1024 && data.try_reserve(data.len().max(8192)).is_err() {
            return Err(error::memory_error());
        }
        let room = data.capacity() - data.len();
        let got = this.read_once(data.spare_capacity_mut().as_mut_ptr().cast(), room)?;
        match got {
            None if data.is_empty() => return Ok(None),
            None | Some(0) => return Ok(Some(data)),
            // SAFETY: the call has filled that many bytes.
            Some(got) => unsafe { data.set_len(data.len() + got) },
        }
    }
}

fn readall(object: &Object) -> PyResult {
    let this = open_of(object)?;
    Ok(match read_to_end(this)? {
        Some(data) => Bytes::new(&data),
        None => none_owned(),
    })
}

fn readinto(object: &Object, target: &Object) -> PyResult {
    let buffer = writable_buffer("readinto()", target)?;
    let this = open_of(object)?;
    Ok(match this.read_once(buffer.data, buffer.len)? {
        Some(got) => int::from_usize(got),
        None => none_owned(),
    })
}

fn write(object: &Object, data: &Object) -> PyResult {
    let buffer = bytes::bytes_like(data)?;
    let this = open_of(object)?;
    Ok(match this.write_once(buffer.slice())? {
        Some(sent) => int::from_usize(sent),
        None => none_owned(),
    })
}

/// Moves the position; the new one.
pub fn seek_to(this: &FileIo, offset: i64, whence: i32) -> PyResult<i64> {
    if this.fd.get() < 0 {
        return Err(closed_error());
    }
    // SAFETY: moves a descriptor's position.
    let at = unsafe { libc::lseek(this.fd.get(), offset, whence) };
    if this.seekable.get() == 0 {
        this.seekable.set(if at >= 0 { 2 } else { 1 });
    }
    if at < 0 {
        Err(last_error(None))
    } else {
        Ok(at)
    }
}

fn seek(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("seek", args.len(), 1, 2)?;
    let whence = match args.get(1) {
        Some(whence) => int::as_i32(whence.object())?,
        None => 0,
    };
    let this = open_of(object)?;
    if terrarium_objects::types::float::is_float(args[0].object()) {
        return Err(error::type_error("an integer is required"));
    }
    let at = seek_to(this, offset(args[0].object())?, whence)?;
    Ok(int::from_i64(at))
}

fn tell(object: &Object) -> PyResult {
    let this = open_of(object)?;
    Ok(int::from_i64(seek_to(this, 0, libc::SEEK_CUR)?))
}

fn truncate(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("truncate", args.len(), 0, 1)?;
    let this = open_of(object)?;
    if !this.has(bit::WRITABLE) {
        return Err(mode_error("writing"));
    }
    let wanted = match given(args.first().map(|w| w.object())) {
        Some(wanted) => Owned::new(wanted),
        None => int::from_i64(seek_to(this, 0, libc::SEEK_CUR)?),
    };
    let length = offset(&wanted)?;
    loop {
        // SAFETY: a descriptor of ours.
        if unsafe { libc::ftruncate(this.fd.get(), length) } >= 0 {
            return Ok(wanted);
        }
        if errno() != libc::EINTR {
            return Err(last_error(None));
        }
    }
}

fn seekable(object: &Object) -> PyResult {
    let this = open_of(object)?;
    if this.seekable.get() == 0 && seek_to(this, 0, libc::SEEK_CUR).is_err() {
        error::clear();
    }
    Ok(bool::bool_owned(this.seekable.get() == 2))
}

fn isatty(object: &Object) -> PyResult {
    let this = open_of(object)?;
    // SAFETY: asks about a descriptor.
    Ok(bool::bool_owned(
        unsafe { libc::isatty(this.fd.get()) } == 1,
    ))
}

fn isatty_open_only(object: &Object) -> PyResult {
    if of(object).has(bit::REGULAR) {
        return Ok(bool::bool_owned(false));
    }
    isatty(object)
}

fn show(object: &Object) -> PyResult {
    let this = of(object);
    let class = object.ty().full_name();
    if this.fd.get() < 0 {
        return Ok(Str::new(&format!("<{class} [closed]>")));
    }
    let close = if this.has(bit::CLOSE_FD) {
        "True"
    } else {
        "False"
    };
    let tail = format!("mode='{}' closefd={close}>", this.mode());
    let start = match ops::attribute::get_optional(object, name("name"))? {
        None => format!("<{class} fd={} ", this.fd.get()),
        Some(_) => format!("{} ", super::common::repr_with_name(object)?),
    };
    Ok(Str::new(&(start + &tail)))
}
