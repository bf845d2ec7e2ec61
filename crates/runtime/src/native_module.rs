//! Native modules: how one is declared, and the registry from which `import` makes them.

use std::cell::RefCell;

use terrarium_objects::types::{builtin_function, dict, module};
use terrarium_objects::{MethodDef, Object, Owned, PyResult};

/// A module written in Rust. `exec` fills in what is not a function.
pub struct ModuleDef {
    pub name: &'static str,
    pub doc: &'static str,
    pub methods: &'static [MethodDef],
    pub exec: fn(&Object) -> PyResult<()>,
}

impl ModuleDef {
    /// A new module object: `__name__`, `__doc__`, functions, then `exec`.
    pub fn instantiate(&self) -> PyResult {
        let made = terrarium_objects::root("module being made", module::new(self.name));
        let namespace = Owned::new(module::namespace(&made));
        if !self.doc.is_empty() {
            dict::set_str(
                &namespace,
                "__doc__",
                &terrarium_objects::types::str::Str::new(self.doc),
            );
        }
        let name = Owned::new(terrarium_objects::types::str::intern_immortal(self.name));
        for def in self.methods {
            let function = builtin_function::new(def, Some(&made), Some(&name));
            dict::set_str(&namespace, def.name, &function);
        }
        (self.exec)(&made)?;
        Ok(made.take())
    }
}

thread_local! {
    static REGISTRY: RefCell<Vec<&'static ModuleDef>> = const { RefCell::new(Vec::new()) };
}

/// Adds modules; at start-up.
pub fn register(defs: &[&'static ModuleDef]) {
    REGISTRY.with(|r| r.borrow_mut().extend_from_slice(defs));
}

/// The declaration of a native module.
pub fn find(name: &str) -> Option<&'static ModuleDef> {
    REGISTRY.with(|r| r.borrow().iter().copied().find(|d| d.name == name))
}

thread_local! {
    static STAND_INS: RefCell<Vec<&'static ModuleDef>> = const { RefCell::new(Vec::new()) };
}

/// Adds modules that serve only where the library has no file of their name; at start-up.
pub fn register_stand_ins(defs: &[&'static ModuleDef]) {
    STAND_INS.with(|r| r.borrow_mut().extend_from_slice(defs));
}

/// The stand-in for a module of the library.
pub fn stand_in(name: &str) -> Option<&'static ModuleDef> {
    STAND_INS.with(|r| r.borrow().iter().copied().find(|d| d.name == name))
}

/// Names of all native modules, sorted (`sys.builtin_module_names`).
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<_> = REGISTRY.with(|r| r.borrow().iter().map(|d| d.name).collect());
    names.sort_unstable();
    names
}

/// A function that fills nothing in.
pub fn nothing(_: &Object) -> PyResult<()> {
    Ok(())
}
