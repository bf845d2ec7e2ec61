//! Source text that is in no file (`-c`, standard input), kept for tracebacks.

use std::cell::RefCell;

thread_local! {
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
