//! `__pycache__`: a module is compiled once, read back the second time, and compiled again when its cache is stale or damaged.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::harness::{fresh_folder, terrarium};

const CACHE: &str = "__pycache__/greeter.cpython-314.pyc";

/// A folder with `main.py`, which imports `greeter` and prints where its code was cached.
struct Place(PathBuf);

impl Place {
    fn new() -> Self {
        let place = Self(fresh_folder("cache"));
        place.write("greeter.py", "def greet():\n    return 'first'\n");
        place.write("main.py", "import greeter\nprint(greeter.greet())\n");
        place
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.join(name), text).expect("a source file");
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Runs `main.py`; gives its standard output.
    fn run(&self, options: &[&str]) -> String {
        let args: Vec<&str> = options.iter().copied().chain(["main.py"]).collect();
        let done = terrarium(&self.0, &args);
        let stderr = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success() && stderr.is_empty(), "{stderr}");
        String::from_utf8_lossy(&done.stdout).into_owned()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Swaps one string of the cached code: only a run that reads the cache can print the new one.
fn mark(cache: &Path, from: &[u8], to: &[u8]) {
    let mut data = read(cache);
    let at = data.windows(from.len()).position(|w| w == from);
    let at = at.expect("the cached code holds the string");
    data[at..at + to.len()].copy_from_slice(to);
    std::fs::write(cache, data).expect("the cache can be written");
}

#[test]
fn the_second_run_reads_the_cache() {
    let place = Place::new();
    assert_eq!(place.run(&[]), "first\n");
    mark(&place.path(CACHE), b"first", b"cache");
    assert_eq!(place.run(&[]), "cache\n");
}

#[test]
fn a_stale_cache_is_compiled_again() {
    let place = Place::new();
    place.run(&[]);
    place.write("greeter.py", "def greet():\n    return 'again'\n");
    let later = SystemTime::now() + Duration::from_secs(60);
    let file = std::fs::File::options()
        .write(true)
        .open(place.path("greeter.py"));
    file.and_then(|f| f.set_modified(later))
        .expect("a new date");
    assert_eq!(place.run(&[]), "again\n");
    mark(&place.path(CACHE), b"again", b"cache");
    assert_eq!(place.run(&[]), "cache\n");
}

#[test]
fn a_cache_of_another_python_is_compiled_again() {
    let place = Place::new();
    place.run(&[]);
    let whole = read(&place.path(CACHE));
    let mut foreign = whole.clone();
    foreign[..4].copy_from_slice(b"\xcb\x0d\x0d\x0a");
    for damaged in [foreign, whole[..8].to_vec(), Vec::new()] {
        std::fs::write(place.path(CACHE), damaged).expect("the cache can be written");
        assert_eq!(place.run(&[]), "first\n");
        assert_eq!(read(&place.path(CACHE)), whole);
    }
}

#[test]
fn a_cut_cache_is_compiled_again() {
    let place = Place::new();
    place.run(&[]);
    let whole = read(&place.path(CACHE));
    for length in [16, 17, 40, whole.len() / 2, whole.len() - 1] {
        std::fs::write(place.path(CACHE), &whole[..length]).expect("the cache can be written");
        assert_eq!(place.run(&[]), "first\n", "cut to {length} bytes");
        assert_eq!(read(&place.path(CACHE)), whole, "cut to {length} bytes");
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_no_error() {
    let place = Place::new();
    // A file in the folder's place: not even root can make the folder then.
    place.write("__pycache__", "");
    assert_eq!(place.run(&[]), "first\n");
    assert!(place.path("__pycache__").is_file());
}

#[test]
fn optimised_code_has_a_cache_of_its_own() {
    let place = Place::new();
    for (options, name) in [
        (&["-O"], "__pycache__/greeter.cpython-314.opt-1.pyc"),
        (&["-OO"], "__pycache__/greeter.cpython-314.opt-2.pyc"),
    ] {
        assert_eq!(place.run(options), "first\n");
        mark(&place.path(name), b"first", b"cache");
        assert_eq!(place.run(options), "cache\n");
        assert!(!place.path(CACHE).exists());
    }
}

#[test]
fn no_cache_is_written_with_b() {
    let place = Place::new();
    assert_eq!(place.run(&["-B"]), "first\n");
    assert!(!place.path("__pycache__").exists());
}

#[test]
fn a_cached_file_runs_by_itself() {
    let place = Place::new();
    place.write(
        "greeter.py",
        "def greet():\n    return 'first'\nprint(__name__)\n",
    );
    assert_eq!(place.run(&[]), "greeter\nfirst\n");
    let done = terrarium(&place.0, &[CACHE]);
    assert_eq!(String::from_utf8_lossy(&done.stdout), "__main__\n");
}
