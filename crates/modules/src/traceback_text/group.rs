//! The margins of exception groups in the text of an exception (Lib/traceback.py, `TracebackException.format`).

use terrarium_objects::types::{exceptions as exc, list};
use terrarium_objects::{Object, Owned, error, ops};

use super::{Sources, chain, frames_text, last_line, notes};

/// Members of a group shown, and how deep groups are shown.
const MAX_WIDTH: usize = 15;
const MAX_DEPTH: usize = 10;

/// What is written so far and how deep in groups the next line stands.
#[derive(Default)]
pub struct Output {
    pub text: String,
    depth: usize,
    needs_close: bool,
}

impl Output {
    /// Writes lines behind the margin.
    pub fn emit(&mut self, text: &str) {
        self.emit_behind(text, '|');
    }

    fn emit_behind(&mut self, text: &str, margin: char) {
        if self.depth == 0 {
            self.text.push_str(text);
            return;
        }
        for line in text.split_inclusive('\n') {
            self.indent();
            self.text.push(margin);
            self.text.push(' ');
            self.text.push_str(line);
        }
    }

    fn indent(&mut self) {
        self.text.extend(std::iter::repeat_n("  ", self.depth));
    }

    fn rule(&mut self, start: &str, title: &str) {
        self.indent();
        self.text.push_str(start);
        self.text.push_str(&format!("+{title}\n"));
    }
}

/// The group's members, if it is a group.
pub fn members(exception: &Object) -> Option<Vec<Owned>> {
    if !exception.ty().is_subtype(&exc::BASE_EXCEPTION_GROUP) {
        return None;
    }
    let found = ops::attribute::get_str(exception, "exceptions")
        .and_then(|tuple| ops::sequence::to_list(&tuple));
    if found.is_err() {
        error::clear();
    }
    found.ok().map(|list| list::methods::to_vec(&list))
}

/// Writes a group and its members.
pub fn write(
    out: &mut Output,
    group: &Object,
    members: &[Owned],
    sources: &mut Sources,
    seen: &mut Vec<usize>,
) {
    if out.depth > MAX_DEPTH {
        return out.emit(&format!("... (max_group_depth is {MAX_DEPTH})\n"));
    }
    let outermost = out.depth == 0;
    out.depth += usize::from(outermost);
    if let Some(text) = frames_text(group, sources) {
        let margin = if outermost { '+' } else { '|' };
        out.emit_behind(
            "Exception Group Traceback (most recent call last):\n",
            margin,
        );
        out.emit(&text);
    }
    let mut last = last_line(group, sources);
    notes(&mut last, group);
    out.emit(&last);
    let shown = members.len().min(MAX_WIDTH + 1);
    out.needs_close = false;
    for (i, member) in members.iter().take(shown).enumerate() {
        let is_last = i + 1 == shown;
        if is_last {
            // A group inside may close for both.
            out.needs_close = true;
        }
        let title = if i < MAX_WIDTH {
            format!("{}", i + 1)
        } else {
            "...".into()
        };
        let dashes = "-".repeat(16);
        out.rule(
            if i == 0 { "+-" } else { "  " },
            &format!("{dashes} {title} {dashes}"),
        );
        out.depth += 1;
        if i < MAX_WIDTH {
            chain(out, member, sources, seen);
        } else {
            let more = members.len() - MAX_WIDTH;
            let plural = if more > 1 { "s" } else { "" };
            out.emit(&format!("and {more} more exception{plural}\n"));
        }
        if is_last && out.needs_close {
            out.rule("", &"-".repeat(36));
            out.needs_close = false;
        }
        out.depth -= 1;
    }
    if outermost {
        out.depth = 0;
    }
}
