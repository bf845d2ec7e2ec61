//! The text of an uncaught exception, as CPython's `traceback` module writes it: chain, frames, source lines, carets, notes.

mod carets;
mod group;
mod keyword_typos;
mod suggestions;

use std::collections::HashMap;

use terrarium_objects::types::code::Code;
use terrarium_objects::types::frame_object::FrameObject;
use terrarium_objects::types::str::Str;
use terrarium_objects::types::{exceptions as exc, list, traceback};
use terrarium_objects::{Object, Owned, error, names, ops};

/// Lines shown of a recursion before it is summed up (`_RECURSIVE_CUTOFF`).
const RECURSIVE_CUTOFF: usize = 3;

/// Exception, causes and contexts, each with its traceback.
pub fn format(exception: &Object) -> String {
    let mut out = group::Output::default();
    let mut sources = Sources::default();
    chain(&mut out, exception, &mut sources, &mut Vec::new());
    out.text
}

/// One stripped line of a source file; lines count from 1.
pub fn source_line(filename: &str, line: i32) -> Option<String> {
    let lines = read(filename)?;
    let found = lines
        .get(usize::try_from(line).ok()?.checked_sub(1)?)?
        .trim();
    (!found.is_empty()).then(|| found.to_owned())
}

/// The exception alone, without carets, chain and notes: what the interpreter writes of an exception that it cannot raise.
pub fn format_alone(exception: &Object) -> String {
    let mut out = String::new();
    let mut sources = Sources {
        without_carets: true,
        ..Sources::default()
    };
    if let Some(entry) = exc::traceback_of(exception) {
        out.push_str("Traceback (most recent call last):\n");
        frames(&mut out, &entry, &mut sources);
    }
    let text = ops::text::str(exception).map_or_else(
        |_| {
            error::clear();
            "<exception str() failed>".to_owned()
        },
        |text| ops::text::lossy(&text),
    );
    let class = class_name(exception);
    out.push_str(&if text.is_empty() {
        format!("{class}\n")
    } else {
        format!("{class}: {text}\n")
    });
    out
}

const CAUSE: &str = "\nThe above exception was the direct cause of the following exception:\n\n";
const CONTEXT: &str = "\nDuring handling of the above exception, another exception occurred:\n\n";

fn chain(
    out: &mut group::Output,
    exception: &Object,
    sources: &mut Sources,
    seen: &mut Vec<usize>,
) {
    seen.push(exception.as_ptr() as usize);
    let (cause, context, suppressed) = exc::chain_of(exception);
    let before = match (cause, context) {
        (Some(cause), _) => Some((cause, CAUSE)),
        (None, Some(context)) if !suppressed => Some((context, CONTEXT)),
        _ => None,
    };
    if let Some((before, text)) = before.filter(|(b, _)| !seen.contains(&(b.as_ptr() as usize))) {
        chain(out, &before, sources, seen);
        out.emit(text);
    }
    match group::members(exception) {
        Some(members) => group::write(out, exception, &members, sources, seen),
        None => one(out, exception, sources),
    }
}

fn one(out: &mut group::Output, exception: &Object, sources: &mut Sources) {
    if let Some(text) = frames_text(exception, sources) {
        out.emit("Traceback (most recent call last):\n");
        out.emit(&text);
    }
    let mut last = last_line(exception, sources);
    notes(&mut last, exception);
    out.emit(&last);
}

/// The frames of the exception's traceback, if it has one.
fn frames_text(exception: &Object, sources: &mut Sources) -> Option<String> {
    let entry = exc::traceback_of(exception)?;
    let mut text = String::new();
    frames(&mut text, &entry, sources);
    Some(text)
}

/// One entry of a traceback.
#[derive(Clone, PartialEq, Eq)]
struct Entry {
    filename: String,
    line: i32,
    name: String,
    position: Option<carets::Range>,
    /// The text that the code came from, where it was typed at a prompt.
    source: Option<std::rc::Rc<str>>,
}

fn entry_of(object: &Object) -> Option<Entry> {
    let this = traceback::body(object);
    let frame = this.frame.get()?;
    // SAFETY: a traceback holds frame objects; their frames keep their code.
    let code: &Code = unsafe { (*frame.cast::<FrameObject>().frame.get()).code() };
    let text = |pointer: *mut Object| ops::text::lossy(unsafe { &*pointer });
    let unit = this.lasti.get() / 2;
    let position = usize::try_from(unit).ok().and_then(|unit| {
        terrarium_bytecode::linetable::entries(code.linetable_bytes(), code.firstlineno.get())
            .find(|e| (unit as u32) * 2 < e.end)
            .and_then(|e| carets::Range::of(&e.position))
    });
    Some(Entry {
        filename: text(code.filename.get()),
        line: traceback::lineno(object),
        name: text(code.name.get()),
        position,
        source: terrarium_runtime::sources::of_code(code.object().as_ptr() as usize),
    })
}

fn frames(out: &mut String, first: &Object, sources: &mut Sources) {
    let mut repeated = 0;
    let mut last: Option<(String, i32, String)> = None;
    let mut at = Some(Owned::new(first));
    while let Some(object) = at {
        if let Some(entry) = entry_of(&object) {
            let key = (entry.filename.clone(), entry.line, entry.name.clone());
            if last.as_ref() == Some(&key) {
                repeated += 1;
            } else {
                sum_up(out, repeated);
                repeated = 1;
                last = Some(key);
            }
            if repeated <= RECURSIVE_CUTOFF {
                show(out, &entry, sources);
            }
        }
        at = traceback::body(&object).next.owned();
    }
    sum_up(out, repeated);
}

fn sum_up(out: &mut String, repeated: usize) {
    if repeated > RECURSIVE_CUTOFF {
        let more = repeated - RECURSIVE_CUTOFF;
        let plural = if more == 1 { "" } else { "s" };
        out.push_str(&format!(
            "  [Previous line repeated {more} more time{plural}]\n"
        ));
    }
}

fn show(out: &mut String, entry: &Entry, sources: &mut Sources) {
    let position = entry.position.as_ref().filter(|_| !sources.without_carets);
    out.push_str(&format!(
        "  File \"{}\", line {}, in {}\n",
        entry.filename, entry.line, entry.name
    ));
    if let Some(text) = &entry.source {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        out.push_str(&carets::source_block(&lines, entry.line, position));
    } else if let Some(source) = sources.get(&entry.filename) {
        out.push_str(&carets::source_block(source, entry.line, position));
    }
}

/// Source files read once. `<string>` and the like are kept by whoever compiled them.
#[derive(Default)]
struct Sources {
    files: HashMap<String, Option<Vec<String>>>,
    without_carets: bool,
}

impl Sources {
    fn get(&mut self, filename: &str) -> Option<&[String]> {
        self.files
            .entry(filename.to_owned())
            .or_insert_with(|| read(filename))
            .as_deref()
    }
}

fn read(filename: &str) -> Option<Vec<String>> {
    let text = match terrarium_runtime::sources::kept(filename) {
        Some(text) => text,
        None => String::from_utf8_lossy(&std::fs::read(filename).ok()?).into_owned(),
    };
    Some(text.lines().map(str::to_owned).collect())
}

/// `module.Class: text`, or what a SyntaxError shows.
fn last_line(exception: &Object, sources: &mut Sources) -> String {
    let class = class_name(exception);
    if exception.ty().is_subtype(&exc::SYNTAX_ERROR) {
        return syntax_error(exception, &class, sources);
    }
    let text = match ops::text::str(exception) {
        Ok(text) => ops::text::lossy(&text),
        Err(_) => {
            error::clear();
            "<exception str() failed>".to_string()
        }
    };
    let hint = suggestions::for_exception(exception).unwrap_or_default();
    if text.is_empty() && hint.is_empty() {
        format!("{class}\n")
    } else {
        format!("{class}: {text}{hint}\n")
    }
}

/// The class's qualified name, with its module unless that is `builtins` or `__main__`.
fn class_name(exception: &Object) -> String {
    let class = exception.ty().as_object();
    let get = |name: &Object| {
        ops::attribute::get(class, name)
            .map(|o| ops::text::lossy(&o))
            .unwrap_or_default()
    };
    let (module, name) = (get(&names().__module__), get(&names().__qualname__));
    error::clear();
    if matches!(module.as_str(), "builtins" | "__main__" | "") {
        name
    } else {
        format!("{module}.{name}")
    }
}

fn notes(out: &mut String, exception: &Object) {
    let found = ops::attribute::get_optional(exception, &names().__notes__).unwrap_or_else(|_| {
        error::clear();
        None
    });
    let Some(notes) = found.filter(|n| n.downcast::<list::List>().is_some()) else {
        return;
    };
    for note in list::methods::to_vec(&notes) {
        let text = match note.downcast::<Str>() {
            Some(text) => text.lossy().into_owned(),
            None => ops::text::repr(&note)
                .map(|t| ops::text::lossy(&t))
                .unwrap_or_default(),
        };
        for line in text.split('\n') {
            out.push_str(&format!("{line}\n"));
        }
    }
}

/// File, line, source and carets, then class and message.
fn syntax_error(exception: &Object, class: &str, sources: &mut Sources) -> String {
    let with_keyword = keyword_typos::found(exception)
        .map(|description| terrarium_objects::root("description of a SyntaxError", description));
    let described = with_keyword.as_deref().unwrap_or(exception);
    let get = |name: &str| {
        ops::attribute::get_str(described, name)
            .ok()
            .filter(|o| !o.is(terrarium_objects::none()))
    };
    let number = |name: &str| {
        get(name).and_then(|o| {
            terrarium_objects::types::int::is_int(&o)
                .then(|| terrarium_objects::types::int::as_i64(&o))?
        })
    };
    let message = get("msg").map_or_else(
        || String::from("<no detail available>"),
        |m| ops::text::lossy(&m),
    );
    let (filename, line, text) = (get("filename"), number("lineno"), get("text"));
    let (offset, end_line, end_offset) =
        (number("offset"), number("end_lineno"), number("end_offset"));
    error::clear();
    let mut out = String::new();
    // The line is told before a keyword is looked for.
    let told = with_keyword.as_ref().and_then(|_| {
        let line = ops::attribute::get_str(exception, "lineno").ok()?;
        terrarium_objects::types::int::as_i64(&line)
    });
    if let Some(line) = line {
        let told = told.unwrap_or(line);
        let shown = filename
            .as_ref()
            .map_or_else(|| String::from("<string>"), |f| ops::text::lossy(f));
        out += &format!("  File \"{shown}\", line {told}\n");
        let text = text.map(|t| ops::text::lossy(&t)).or_else(|| {
            let lines = sources.get(&shown)?;
            lines.get(usize::try_from(line - 1).ok()?).cloned()
        });
        if let Some(text) = text {
            out += &carets::syntax_lines(
                &text,
                offset,
                end_offset,
                end_line.is_some_and(|e| e != line),
            );
        }
        out += &format!("{class}: {message}\n");
        return out;
    }
    let place = filename.map_or_else(String::new, |f| format!(" ({})", ops::text::lossy(&f)));
    format!("{class}: {message}{place}\n")
}
