//! Which files are compiled, in compileall's order, and where each result goes.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::request::Request;
use super::target;

/// Folders inside folders, at most: compileall stops at the recursion limit.
const MAX_LEVELS: usize = 1000;

/// A file to compile.
#[derive(Debug)]
pub struct Job {
    pub source: PathBuf,
    pub target: PathBuf,
}

/// All files that the request names, a result each, and what cannot be done, a line each. The error is wrong usage.
pub fn jobs(request: &Request) -> Result<(Vec<Job>, Vec<String>), String> {
    let mut found = Found::default();
    for path in &request.paths {
        let meta = fs::metadata(path)
            .map_err(|problem| format!("{}: {}", path.display(), target::plain(&problem)))?;
        if !meta.is_dir() && !is_python(path) {
            return Err(format!("{}: no .py file and no folder", path.display()));
        }
    }
    for path in &request.paths {
        if path.is_dir() {
            let levels = if request.recurse { MAX_LEVELS } else { 0 };
            found.folder(path, levels, request);
        } else {
            found.file(path.clone(), request);
        }
    }
    Ok((found.jobs, found.failures))
}

#[derive(Default)]
struct Found {
    jobs: Vec<Job>,
    failures: Vec<String>,
    /// The job that makes a target.
    taken: HashMap<PathBuf, usize>,
}

impl Found {
    /// The files of a folder by name, those of a folder inside where its name stands. Links to folders are not followed.
    fn folder(&mut self, folder: &Path, levels: usize, request: &Request) {
        let mut names = match listed(folder) {
            Ok(names) => names,
            Err(problem) => {
                let (shown, problem) = (folder.display(), target::plain(&problem));
                return self.failures.push(format!("{shown}: {problem}"));
            }
        };
        names.sort();
        for (name, kind) in names {
            match kind {
                Kind::Folder if levels > 0 && name != "__pycache__" => {
                    self.folder(&folder.join(name), levels - 1, request);
                }
                Kind::File => self.file(folder.join(name), request),
                Kind::Folder | Kind::Other => {}
            }
        }
    }

    fn file(&mut self, source: PathBuf, request: &Request) {
        let target = target::path_for(&source, request.output.as_deref(), request.optimize);
        if let Some(&index) = self.taken.get(&target) {
            // One file named twice is compiled once, by its first name.
            let first = &self.jobs[index].source;
            if fs::canonicalize(first).ok() != fs::canonicalize(&source).ok() {
                self.failures.push(format!(
                    "{}: {} becomes {} already",
                    source.display(),
                    first.display(),
                    target.display()
                ));
            }
            return;
        }
        self.taken.insert(target.clone(), self.jobs.len());
        self.jobs.push(Job { source, target });
    }
}

/// What an entry of a folder is to the compiler.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// A folder, no link to one.
    Folder,
    /// A Python file, or a link to one.
    File,
    Other,
}

fn listed(folder: &Path) -> io::Result<Vec<(OsString, Kind)>> {
    fs::read_dir(folder)?
        .map(|entry| {
            let entry = entry?;
            let kind = kind_of(&entry);
            Ok((entry.file_name(), kind))
        })
        .collect()
}

/// Asks the system only where the folder does not tell.
fn kind_of(entry: &fs::DirEntry) -> Kind {
    let Ok(kind) = entry.file_type() else {
        return Kind::Other;
    };
    if kind.is_dir() {
        return Kind::Folder;
    }
    let is_file = || {
        kind.is_file()
            || kind.is_symlink() && fs::metadata(entry.path()).is_ok_and(|meta| meta.is_file())
    };
    if is_python_name(&entry.file_name()) && is_file() {
        Kind::File
    } else {
        Kind::Other
    }
}

fn is_python(path: &Path) -> bool {
    path.file_name().is_some_and(is_python_name)
}

fn is_python_name(name: &OsStr) -> bool {
    name.as_encoded_bytes().ends_with(b".py")
}
