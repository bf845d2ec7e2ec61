//! `scandir`: the entries of a folder one by one.

use std::cell::{Cell, RefCell};

use terrarium_objects::args::Signature;
use terrarium_objects::field::Field;
use terrarium_objects::typeobject::{GetSetDef, MethodDef, Native, flags};
use terrarium_objects::types::str::Str;
use terrarium_objects::types::{bool, generic_alias, int, self_iter};
use terrarium_objects::{Object, Owned, PyResult, Slots, Type, Word, error, none_owned, ops};

use super::path::{self, Allow, HERE, Path};
use super::{folders, stat};
use crate::body::{Boxed, body};

/// What is left to give, and where.
pub struct Left {
    target: Path,
    entries: std::vec::IntoIter<(Vec<u8>, u8, u64)>,
}

body! { Scan of SCANDIR { left: Boxed<RefCell<Option<Left>>>, reserved: Cell<usize> } }

pub static SCANDIR: Type = Type::builtin(
    "posix.ScandirIterator",
    size_of::<Scan>(),
    Slots {
        new: Some(|ty, _, _| {
            Err(error::type_error(format!(
                "cannot create '{}' instances",
                ty.full_name()
            )))
        }),
        iter: Some(self_iter),
        iternext: Some(next),
        ..Scan::SLOTS
    },
)
.with_flags(flags::HAVE_GC)
.with_methods(&[
    MethodDef::new("__enter__", Native::NoArgs(|o| Ok(Owned::new(o))), ""),
    MethodDef::new("__exit__", Native::VarArgs(|o, _| close(o)), ""),
    MethodDef::new("close", Native::NoArgs(close), ""),
]);

pub fn scandir(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("scandir", &["path"], 0, 0, 1);
    let [target] = SIGNATURE.bind::<1>(args, kwnames)?;
    let target = path::argument("scandir", "path", target, Allow::PathFdOrNone)?;
    let entries = folders::entries(&target)?.into_iter();
    let made = Scan::alloc_untracked(&SCANDIR)?;
    Scan::of(&made)
        .left
        .set(RefCell::new(Some(Left { target, entries })));
    terrarium_objects::gc::track(&made);
    Ok(made)
}

fn close(object: &Object) -> PyResult {
    let left = Scan::of(object).left.get().borrow_mut().take();
    drop(left);
    Ok(none_owned())
}

fn next(object: &Object) -> PyResult<Option<Owned>> {
    let mut left = Scan::of(object).left.get().borrow_mut();
    let Some(all) = left.as_mut() else {
        return Ok(None);
    };
    let Some((name, kind, inode)) = all.entries.next() else {
        let done = left.take();
        drop(left);
        drop(done);
        return Ok(None);
    };
    let target = &all.target;
    let name_object = path::give(&name, target.is_bytes)?;
    let full = match target.fd {
        Some(_) => name,
        None => {
            let mut full = target.text.as_bytes().to_vec();
            if full.last() != Some(&b'/') {
                full.push(b'/');
            }
            full.extend(name);
            full
        }
    };
    let made = Entry::alloc(&DIR_ENTRY)?;
    let this = Entry::of(&made);
    this.name.set(Some(name_object));
    this.path.set(Some(path::give(&full, target.is_bytes)?));
    this.dir_fd.set(target.fd.unwrap_or(HERE));
    this.kind.set(kind);
    this.inode.set(inode);
    Ok(Some(made))
}

body! {
    /// `kind`: `d_type`; `stat` and `lstat` are kept once asked for.
    Entry of DIR_ENTRY { name: Field, path: Field, stat: Field, lstat: Field, inode: Cell<u64>, dir_fd: Cell<i32>, kind: Cell<u8> }
}

pub static DIR_ENTRY: Type = Type::builtin(
    "posix.DirEntry",
    size_of::<Entry>(),
    Slots {
        repr: Some(repr),
        ..Entry::SLOTS
    },
)
.with_flags(flags::HAVE_GC | flags::DISALLOW_INSTANTIATION)
.with_getset(&[
    GetSetDef::read("name", |o| Ok(Entry::of(o).name.or_none()), ""),
    GetSetDef::read("path", |o| Ok(Entry::of(o).path.or_none()), ""),
])
.with_methods(&[
    MethodDef::new(
        "is_dir",
        Native::FastKeywords(|o, a, k| is_kind(o, a, k, libc::DT_DIR, libc::S_IFDIR)),
        "is_dir($self, /, *, follow_symlinks=True)\n--\n\n",
    ),
    MethodDef::new(
        "is_file",
        Native::FastKeywords(|o, a, k| is_kind(o, a, k, libc::DT_REG, libc::S_IFREG)),
        "is_file($self, /, *, follow_symlinks=True)\n--\n\n",
    ),
    MethodDef::new(
        "is_symlink",
        Native::NoArgs(is_symlink),
        "is_symlink($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "is_junction",
        Native::NoArgs(|_| Ok(bool::bool_owned(false))),
        "is_junction($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "stat",
        Native::FastKeywords(stat_method),
        "stat($self, /, *, follow_symlinks=True)\n--\n\n",
    ),
    MethodDef::new(
        "inode",
        Native::NoArgs(|o| Ok(int::from_u64(Entry::of(o).inode.get()))),
        "inode($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "__fspath__",
        Native::NoArgs(|o| Ok(Entry::of(o).path.or_none())),
        "__fspath__($self, /)\n--\n\n",
    ),
    MethodDef::class("__class_getitem__", Native::O(generic_alias::new), ""),
]);

fn repr(object: &Object) -> PyResult {
    let name = ops::text::repr(&Entry::of(object).name.or_none())?;
    Ok(Str::new(&format!("<DirEntry {}>", ops::text::lossy(&name))))
}

fn ask(object: &Object, follow: std::primitive::bool) -> PyResult<libc::stat> {
    let this = Entry::of(object);
    let place = this.path.or_none();
    let target = path::argument("stat", "path", Some(&place), Allow::Path)?;
    stat::of_path(&target, this.dir_fd.get(), follow)
}

fn stat_of(object: &Object, follow: std::primitive::bool) -> PyResult {
    let this = Entry::of(object);
    if follow && this.kind.get() != libc::DT_LNK && this.kind.get() != libc::DT_UNKNOWN {
        return stat_of(object, false);
    }
    let kept = if follow { &this.stat } else { &this.lstat };
    if let Some(found) = kept.owned() {
        return Ok(found);
    }
    let made = stat::result(&ask(object, follow)?)?;
    kept.set(Some(made.clone()));
    Ok(made)
}

fn follow_argument(
    name: &'static str,
    args: &[Word],
    kwnames: Option<&Object>,
) -> PyResult<std::primitive::bool> {
    let signature = Signature::new(name, &["follow_symlinks"], 0, 0, 0);
    let [follow] = signature.bind::<1>(args, kwnames)?;
    path::flag(follow, true)
}

fn stat_method(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    stat_of(object, follow_argument("stat", args, kwnames)?)
}

/// An entry that is gone is of no kind.
fn is_kind(
    object: &Object,
    args: &[Word],
    kwnames: Option<&Object>,
    kind: u8,
    mode: libc::mode_t,
) -> PyResult {
    let name = if kind == libc::DT_DIR {
        "is_dir"
    } else {
        "is_file"
    };
    let follow = follow_argument(name, args, kwnames)?;
    let own = Entry::of(object).kind.get();
    if own != libc::DT_UNKNOWN && !(follow && own == libc::DT_LNK) {
        return Ok(bool::bool_owned(own == kind));
    }
    let yes = match ask(object, follow) {
        Ok(found) => found.st_mode & libc::S_IFMT == mode,
        Err(raised) => {
            if !error::matches(
                &terrarium_objects::types::exceptions::os_error::FILE_NOT_FOUND_ERROR,
            ) {
                return Err(raised);
            }
            error::clear();
            false
        }
    };
    Ok(bool::bool_owned(yes))
}

fn is_symlink(object: &Object) -> PyResult {
    let own = Entry::of(object).kind.get();
    if own != libc::DT_UNKNOWN {
        return Ok(bool::bool_owned(own == libc::DT_LNK));
    }
    let found = ask(object, false)?;
    Ok(bool::bool_owned(
        found.st_mode & libc::S_IFMT == libc::S_IFLNK,
    ))
}
