//! How the interpreter was started: what `sys.flags` shows, and where modules are looked for.

use std::cell::RefCell;

use terrarium_objects::types::list;
use terrarium_objects::{Owned, state};

/// Settings from the command line and the environment.
#[derive(Debug, Clone)]
pub struct Config {
    /// 0, 1 (`-O`), 2 (`-OO`).
    pub optimize: u8,
    /// Whether caches are written (`-B`, PYTHONDONTWRITEBYTECODE).
    pub write_bytecode: bool,
    /// `sys.argv`.
    pub argv: Vec<String>,
    /// `sys.orig_argv`.
    pub orig_argv: Vec<String>,
    /// `-W` options in order.
    pub warn_options: Vec<String>,
    /// `-X` options in order.
    pub x_options: Vec<String>,
    /// `-u`.
    pub unbuffered: bool,
    /// `-i`, `-q`, `-v`, `-E`, `-I`, `-s`, `-S`, `-P` as given.
    pub interactive: bool,
    pub quiet: bool,
    pub verbose: u8,
    pub ignore_environment: bool,
    pub isolated: bool,
    pub no_user_site: bool,
    pub no_site: bool,
    pub safe_path: bool,
    /// `sys.executable`.
    pub executable: String,
    /// The folder of the standard library, if it is there.
    pub library: Option<String>,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            optimize: 0,
            write_bytecode: true,
            argv: vec![String::new()],
            orig_argv: Vec::new(),
            warn_options: Vec::new(),
            x_options: Vec::new(),
            unbuffered: false,
            interactive: false,
            quiet: false,
            verbose: 0,
            ignore_environment: false,
            isolated: false,
            no_user_site: false,
            no_site: false,
            safe_path: false,
            executable: String::new(),
            library: None,
        }
    }
}

thread_local! {
    static CONFIG: RefCell<Config> = RefCell::new(Config::default());
}

/// Sets the configuration; before start-up.
pub fn set(config: Config) {
    CONFIG.with(|c| *c.borrow_mut() = config);
}

/// The configuration.
pub fn get() -> Config {
    CONFIG.with(|c| c.borrow().clone())
}

/// A list of `sys`, if it is there.
pub fn sys_list(name: &str) -> Option<Owned> {
    state::get()
        .kept("sys module dict")
        .and_then(|sys| terrarium_objects::types::dict::get_str(sys, name))
}

/// `sys.path` as it is now.
pub fn path() -> Owned {
    let sys = state::get().kept("sys module dict");
    let found = sys.and_then(|sys| terrarium_objects::types::dict::get_str(sys, "path"));
    found.unwrap_or_else(list::new)
}
