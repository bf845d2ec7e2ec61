//! One result: its path, whether it is up to date, writing it so that no reader sees half a file.

use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Component, Path, PathBuf};

use terrarium_bytecode::pyc;
use terrarium_runtime::pycache::TAG;

use super::request::Invalidation;

/// Where the result of `source` goes: into `__pycache__` beside it (PEP 3147), or into the like folder below `output`.
pub fn path_for(source: &Path, output: Option<&Path>, optimize: u8) -> PathBuf {
    let name = source
        .file_name()
        .map_or_else(Default::default, |name| name.to_string_lossy());
    // A file named ".py" gives "py", as in importlib.
    let stem = match name.strip_suffix(".py") {
        Some("") | None => "py",
        Some(stem) => stem,
    };
    let level = match optimize {
        0 => String::new(),
        level => format!(".opt-{level}"),
    };
    let folder = source.parent().unwrap_or(Path::new(""));
    match output {
        None => folder
            .join("__pycache__")
            .join(format!("{stem}.{TAG}{level}.pyc")),
        Some(output) => {
            let inner = folder
                .components()
                .filter(|part| matches!(part, Component::Normal(_)));
            output
                .join(inner.collect::<PathBuf>())
                .join(format!("{stem}{level}.pyc"))
        }
    }
}

/// Whether `target` bears this version and the source's time: compileall looks at no more, hash-based results are always made anew.
pub fn is_up_to_date(target: &Path, source: &fs::Metadata) -> bool {
    let mut start = [0; 12];
    let read = fs::File::open(target).and_then(|mut file| file.read_exact(&mut start));
    let expected = pyc::header(pyc::Source::Timestamp {
        mtime: source.mtime() as u32,
        size: 0,
    });
    read.is_ok() && start == expected[..12]
}

/// The header's facts of a source.
pub fn stamp(invalidation: Invalidation, meta: &fs::Metadata, bytes: &[u8]) -> pyc::Source {
    match invalidation {
        Invalidation::Timestamp => pyc::Source::Timestamp {
            mtime: meta.mtime() as u32,
            size: meta.len() as u32,
        },
        mode => pyc::Source::Hash {
            checked: mode == Invalidation::CheckedHash,
            hash: pyc::source_hash(bytes),
        },
    }
}

/// Writes under a name of its own first, then renames. `old` is what stood at `target` before; `number` tells apart what one process
/// writes. Errors: one line without the source.
pub fn write(
    target: &Path,
    bytes: &[u8],
    source: &fs::Metadata,
    old: Option<&fs::Metadata>,
    number: usize,
) -> Result<(), String> {
    // py_compile refuses too: renaming would put a file in the place of the link or device.
    match old {
        Some(meta) if meta.is_symlink() => {
            return Err(format!("{} is a symlink", target.display()));
        }
        Some(meta) if !meta.is_file() => {
            return Err(format!("{} is no regular file", target.display()));
        }
        _ => {}
    }
    write_regular(target, bytes, source, number)
        .map_err(|problem| format!("cannot write {}: {}", target.display(), plain(&problem)))
}

fn write_regular(
    target: &Path,
    bytes: &[u8],
    source: &fs::Metadata,
    number: usize,
) -> io::Result<()> {
    let temporary = target.with_extension(format!("pyc.{}.{number}", std::process::id()));
    let mut file = match created(&temporary, source) {
        // Most folders are there already.
        Err(problem) if is_about_the_folder(&problem) => {
            fs::create_dir_all(target.parent().unwrap_or(Path::new("")))?;
            created(&temporary, source)?
        }
        made => made?,
    };
    let done = file
        .write_all(bytes)
        .and_then(|()| fs::rename(&temporary, target));
    if done.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    done
}

fn created(path: &Path, source: &fs::Metadata) -> io::Result<fs::File> {
    // Owner may write whatever the source's mode says.
    let mode = (source.permissions().mode() & 0o666) | 0o200;
    fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path)
}

fn is_about_the_folder(problem: &io::Error) -> bool {
    use io::ErrorKind::{NotADirectory, NotFound};
    matches!(problem.kind(), NotFound | NotADirectory)
}

/// The text of an operating system's error, without its number.
pub fn plain(problem: &io::Error) -> String {
    let text = problem.to_string();
    text.split(" (os error").next().unwrap_or("").to_owned()
}
