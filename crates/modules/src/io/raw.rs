//! A file descriptor with buffers, shared by a text file and its `buffer`.

use std::cell::{Cell, RefCell};
use std::io;

/// Bytes read or written at once.
const CHUNK: usize = 8192;

/// See the module's text. Not thread-safe: the interpreter's lock guards it.
pub struct RawFile {
    fd: Cell<i32>,
    pub readable: bool,
    pub writable: bool,
    close_fd: bool,
    pending: RefCell<Vec<u8>>,
    input: RefCell<Vec<u8>>,
    at: Cell<usize>,
}

fn last_error() -> io::Error {
    io::Error::last_os_error()
}

impl RawFile {
    pub fn new(fd: i32, readable: bool, writable: bool, close_fd: bool) -> RawFile {
        RawFile {
            fd: Cell::new(fd),
            readable,
            writable,
            close_fd,
            pending: RefCell::new(Vec::new()),
            input: RefCell::new(Vec::new()),
            at: Cell::new(0),
        }
    }

    pub fn fd(&self) -> i32 {
        self.fd.get()
    }

    pub fn is_closed(&self) -> bool {
        self.fd.get() < 0
    }

    pub fn is_terminal(&self) -> bool {
        // SAFETY: asks about a descriptor.
        unsafe { libc::isatty(self.fd.get()) == 1 }
    }

    /// Adds bytes to be written; writes them once there are many.
    pub fn write(&self, data: &[u8]) -> io::Result<()> {
        self.drop_input()?;
        self.pending.borrow_mut().extend_from_slice(data);
        if self.pending.borrow().len() >= CHUNK {
            self.flush()
        } else {
            Ok(())
        }
    }

    pub fn flush(&self) -> io::Result<()> {
        let data = self.pending.take();
        let mut rest = &data[..];
        while !rest.is_empty() {
            // SAFETY: a live buffer.
            let written = unsafe { libc::write(self.fd.get(), rest.as_ptr().cast(), rest.len()) };
            if written < 0 {
                let problem = last_error();
                if problem.kind() == io::ErrorKind::Interrupted {
                    continue;
                }
                return Err(problem);
            }
            rest = &rest[written as usize..];
        }
        Ok(())
    }

    /// Reads one more piece into the buffer; false at the end.
    fn fill(&self) -> io::Result<bool> {
        self.flush()?;
        let mut input = self.input.borrow_mut();
        if self.at.get() > 0 {
            input.drain(..self.at.replace(0));
        }
        let old = input.len();
        input.resize(old + CHUNK, 0);
        loop {
            // SAFETY: the buffer has room for a piece.
            let got =
                unsafe { libc::read(self.fd.get(), input.as_mut_ptr().add(old).cast(), CHUNK) };
            if got < 0 {
                let problem = last_error();
                if problem.kind() == io::ErrorKind::Interrupted {
                    continue;
                }
                input.truncate(old);
                return Err(problem);
            }
            input.truncate(old + got as usize);
            return Ok(got > 0);
        }
    }

    fn take(&self, count: usize) -> Vec<u8> {
        let input = self.input.borrow();
        let at = self.at.get();
        let end = (at + count).min(input.len());
        self.at.set(end);
        input[at..end].to_vec()
    }

    fn buffered(&self) -> usize {
        self.input.borrow().len() - self.at.get()
    }

    /// At most `count` bytes, all until the end with `None`.
    pub fn read(&self, count: Option<usize>) -> io::Result<Vec<u8>> {
        while count.is_none_or(|c| self.buffered() < c) {
            if !self.fill()? {
                break;
            }
        }
        Ok(self.take(count.unwrap_or(usize::MAX - CHUNK)))
    }

    /// A line with its `\n`, at most `limit` bytes; empty at the end.
    pub fn read_line(&self, limit: Option<usize>) -> io::Result<Vec<u8>> {
        let mut seen = 0;
        loop {
            let found = {
                let input = self.input.borrow();
                let rest = &input[self.at.get()..];
                rest[seen.min(rest.len())..]
                    .iter()
                    .position(|b| *b == b'\n')
                    .map(|i| seen + i + 1)
            };
            let have = self.buffered();
            let end = found.or_else(|| limit.filter(|l| *l <= have));
            if let Some(end) = end {
                return Ok(self.take(limit.map_or(end, |l| l.min(end))));
            }
            seen = have;
            if !self.fill()? {
                return Ok(self.take(limit.unwrap_or(have)));
            }
        }
    }

    /// Gives back what was read ahead, so that the position is what the program thinks.
    fn drop_input(&self) -> io::Result<()> {
        let ahead = self.buffered();
        self.input.borrow_mut().clear();
        self.at.set(0);
        if ahead > 0 {
            // SAFETY: moves a descriptor's position.
            unsafe { libc::lseek(self.fd.get(), -(ahead as i64), libc::SEEK_CUR) };
        }
        Ok(())
    }

    pub fn seek(&self, offset: i64, whence: i32) -> io::Result<u64> {
        self.flush()?;
        self.drop_input()?;
        // SAFETY: moves a descriptor's position.
        let at = unsafe { libc::lseek(self.fd.get(), offset, whence) };
        if at < 0 {
            Err(last_error())
        } else {
            Ok(at as u64)
        }
    }

    pub fn tell(&self) -> io::Result<u64> {
        // SAFETY: asks for a descriptor's position.
        let at = unsafe { libc::lseek(self.fd.get(), 0, libc::SEEK_CUR) };
        if at < 0 {
            return Err(last_error());
        }
        Ok(at as u64 + self.pending.borrow().len() as u64 - self.buffered() as u64)
    }

    pub fn truncate(&self, size: u64) -> io::Result<()> {
        self.flush()?;
        // SAFETY: a descriptor of ours.
        if unsafe { libc::ftruncate(self.fd.get(), size as i64) } < 0 {
            Err(last_error())
        } else {
            Ok(())
        }
    }

    /// Writes what is pending and closes the descriptor.
    pub fn close(&self) -> io::Result<()> {
        if self.is_closed() {
            return Ok(());
        }
        let flushed = self.flush();
        let fd = self.fd.replace(-1);
        if self.close_fd {
            // SAFETY: the descriptor is ours.
            unsafe { libc::close(fd) };
        }
        flushed
    }
}

impl Drop for RawFile {
    fn drop(&mut self) {
        // Nobody can be told of a failure any more.
        let _ = self.close();
    }
}

/// Opens a file by its mode letters (`r`, `w`, `a`, `x`, `+`).
pub fn open(path: &std::ffi::CStr, mode: &str) -> io::Result<RawFile> {
    let plus = mode.contains('+');
    let (access, readable, writable) = match mode.chars().find(|c| "rwax".contains(*c)) {
        Some('w') => (libc::O_CREAT | libc::O_TRUNC, plus, true),
        Some('a') => (libc::O_CREAT | libc::O_APPEND, plus, true),
        Some('x') => (libc::O_CREAT | libc::O_EXCL, plus, true),
        _ => (0, true, plus),
    };
    let direction = if readable && writable {
        libc::O_RDWR
    } else if writable {
        libc::O_WRONLY
    } else {
        libc::O_RDONLY
    };
    // SAFETY: a valid C string.
    let fd = unsafe { libc::open(path.as_ptr(), access | direction | libc::O_CLOEXEC, 0o666) };
    if fd < 0 {
        return Err(last_error());
    }
    // SAFETY: `stat` is plain data filled by the call.
    let is_folder = unsafe {
        let mut stat: libc::stat = std::mem::zeroed();
        libc::fstat(fd, &mut stat) == 0 && stat.st_mode & libc::S_IFMT == libc::S_IFDIR
    };
    if is_folder {
        // SAFETY: just opened.
        unsafe { libc::close(fd) };
        return Err(io::Error::from_raw_os_error(libc::EISDIR));
    }
    Ok(RawFile::new(fd, readable, writable, true))
}
