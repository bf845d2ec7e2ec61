//! Source text that is in no file (`-c`, standard input), kept for tracebacks.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

thread_local! {
    static OF_CODE: RefCell<HashMap<usize, Rc<str>>> = RefCell::default();
    static KEPT: RefCell<Vec<(String, String)>> = const { RefCell::new(Vec::new()) };
}

/// Keeps the text of `filename`.
pub fn keep(filename: &str, text: &str) {
    KEPT.with(|k| k.borrow_mut().push((filename.to_owned(), text.to_owned())));
}

/// The text kept for a name.
pub fn kept(filename: &str) -> Option<String> {
    KEPT.with(|k| {
        k.borrow()
            .iter()
            .rev()
            .find(|(name, _)| name == filename)
            .map(|(_, text)| text.clone())
    })
}

/// Keeps the text that the code object at this address came from.
pub fn keep_of_code(address: usize, text: Rc<str>) {
    OF_CODE.with(|k| k.borrow_mut().insert(address, text));
}

/// The text of the code object at this address, if it was kept.
pub fn of_code(address: usize) -> Option<Rc<str>> {
    OF_CODE.with(|k| k.borrow().get(&address).cloned())
}
