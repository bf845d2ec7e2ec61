//! `__pycache__`: reading a cache that is still good, writing a new one (Lib/importlib/_bootstrap_external.py).

use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use terrarium_bytecode::{self as bc, pyc};

/// The tag in cache names (`sys.implementation.cache_tag`).
pub const TAG: &str = "cpython-314";

/// Where the cache of a source file belongs: `dir/__pycache__/name.cpython-314[.opt-N].pyc`.
pub fn path_for(source: &Path, optimize: u8) -> Option<PathBuf> {
    let stem = source.file_stem()?.to_str()?;
    let name = match optimize {
        0 => format!("{stem}.{TAG}.pyc"),
        level => format!("{stem}.{TAG}.opt-{level}.pyc"),
    };
    Some(source.parent()?.join("__pycache__").join(name))
}

/// Time (whole seconds, 32 bits) and size of a source, as headers keep them.
pub fn stamp(meta: &fs::Metadata) -> pyc::Source {
    pyc::Source::Timestamp {
        mtime: meta.mtime() as u32,
        size: meta.len() as u32,
    }
}

/// The cached code, if it is there, whole, safe to run, and of this source.
pub fn read(cache: &Path, source: &Path, meta: &fs::Metadata) -> Option<Rc<bc::Code>> {
    let file = fs::read(cache).ok()?;
    let header = pyc::read_header(&file).ok()?;
    let fits = match header {
        pyc::Source::Timestamp { .. } => header == stamp(meta),
        pyc::Source::Hash { checked: false, .. } => true,
        pyc::Source::Hash {
            checked: true,
            hash,
        } => pyc::source_hash(&fs::read(source).ok()?) == hash,
    };
    if !fits {
        return None;
    }
    runnable(&file).ok()
}

/// The code of a `.pyc` file's bytes, checked before it is run; else what is wrong with it.
pub fn runnable(file: &[u8]) -> Result<Rc<bc::Code>, String> {
    let code = pyc::read(file).map_err(|problem| problem.to_string())?.code;
    match bc::verify::check(&code) {
        Ok(()) => Ok(code),
        Err(problem) => Err(format!(
            "damaged bytecode: {problem}; compile its source again"
        )),
    }
}

/// Writes a cache; that it cannot be written is no error.
pub fn write(cache: &Path, code: &Rc<bc::Code>, meta: &fs::Metadata) {
    let Ok(bytes) = pyc::write(code, stamp(meta)) else {
        return;
    };
    let Some(folder) = cache.parent() else { return };
    if fs::create_dir_all(folder).is_err() {
        return;
    }
    // Under a name of its own first: readers never see half a file.
    let temporary = cache.with_extension(format!("pyc.{}", std::process::id()));
    // Owner may write whatever the source's mode says.
    let mode = (meta.permissions().mode() & 0o666) | 0o200;
    let written = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(&temporary)
        .and_then(|mut file| file.write_all(&bytes))
        .and_then(|()| fs::rename(&temporary, cache));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
}
