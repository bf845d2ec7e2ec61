//! A run explained: the source line by line, under each line its instructions, beside each instruction what it did to counts.

use serde_json::{Value, json};
use terrarium_ledger::explain::{Effect, Explanation, Later, Line};

use crate::paint::{Paint, Tone};

/// Version of the JSON written here.
pub const SCHEMA: &str = "terrarium.explain/2";

const OPNAME_WIDTH: usize = 25;
const ARGUMENT_WIDTH: usize = 18;

/// Names shown in one line.
const SHOWN: usize = 6;

/// Objects shown beside one instruction.
const OBJECTS_SHOWN: usize = 24;

/// The account as text, between the lines of `source`.
pub fn text(explanation: &Explanation, source: &str, paint: Paint) -> String {
    let mut out = format!("{}\n{}", explanation.filename, paint.legend());
    let mut rest = explanation.lines.iter().peekable();
    while let Some(line) = rest.next_if(|l| l.number < 1) {
        block(&mut out, line, paint);
    }
    for (number, text) in source.lines().enumerate().map(|(i, t)| (i as i32 + 1, t)) {
        out += &format!("\n{number:5}  {}\n", paint.tone(Tone::Source, text));
        while let Some(line) = rest.next_if(|l| l.number == number) {
            block(&mut out, line, paint);
        }
    }
    if let Some(line) = explanation.holders_end {
        out += &format!(
            "\nfrom line {line} on, holders are not named: more than {} references are alive\n",
            terrarium_ledger::edges::MOST
        );
    }
    out
}

fn block(out: &mut String, line: &Line, paint: Paint) {
    if line.scope != "<module>" {
        *out += &format!(
            "         {}\n",
            paint.tone(Tone::Dim, &format!("in {}", line.scope))
        );
    }
    for row in &line.rows {
        let head = format!(
            "         {:OPNAME_WIDTH$} {:ARGUMENT_WIDTH$}",
            row.opname,
            clip(&row.argument)
        );
        let indent = " ".repeat(head.chars().count());
        let mut lead = head.clone();
        let (passing, lasting): (Vec<&Effect>, Vec<&Effect>) =
            row.effects.iter().partition(|e| e.is_passing());
        let mut notes: Vec<String> = Vec::new();
        for effect in lasting.iter().take(OBJECTS_SHOWN) {
            notes.extend(effect_texts(effect, paint));
        }
        if lasting.len() > OBJECTS_SHOWN {
            let more = lasting.len() - OBJECTS_SHOWN;
            let text = format!("... and {more} objects more (--format json shows all)");
            notes.push(paint.tone(Tone::Dim, &text));
        }
        notes.extend(passing_text(&passing, paint));
        if notes.is_empty() {
            *out += &format!("{}\n", head.trim_end());
        }
        for note in notes {
            *out += &format!("{lead} {note}\n");
            lead.clone_from(&indent);
        }
        for name in &row.finalizers {
            *out += &format!(
                "{indent} {}\n",
                paint.tone(Tone::Died, &format!("{name} ran"))
            );
        }
    }
    later(out, line, paint);
}

fn clip(text: &str) -> String {
    let mut shown: String = text.chars().take(ARGUMENT_WIDTH - 2).collect();
    if shown.len() < text.len() {
        shown.push('~');
    }
    shown
}

/// An object by type and number, and by its own name; small values are shown.
fn object_text(effect: &Effect) -> String {
    if let Some(name) = &effect.own_name {
        let kind = effect.what.split(' ').next().unwrap_or_default();
        return format!("{kind}#{} {name}", effect.object);
    }
    let short = effect
        .type_name
        .rsplit('.')
        .next()
        .unwrap_or(&effect.type_name);
    let value = effect
        .what
        .strip_prefix(short)
        .map(str::trim)
        .filter(|v| matches!(short, "int" | "float" | "str") && !v.is_empty());
    match value {
        Some(value) => format!("{short}#{} {value}", effect.object),
        None => format!("{short}#{}", effect.object),
    }
}

/// One object's lines: what was taken and given up, with the count before and after; its death.
fn effect_texts(effect: &Effect, paint: Paint) -> Vec<String> {
    let object = object_text(effect);
    let (taken, given) = (listed(&effect.taken), listed(&effect.given));
    let counts = format!("{} -> {}", effect.before, effect.after);
    let mut texts = Vec::new();
    if !effect.borrowed.is_empty() {
        let text = if effect.immortal {
            format!("+0 {}, immortal", effect.what)
        } else {
            format!("+0 {object} borrowed by {}", effect.borrowed.join(", "))
        };
        texts.push(paint.tone(Tone::Uncounted, &text));
        if effect.before == effect.after && taken.is_empty() && given.is_empty() {
            return texts;
        }
    }
    let (tone, text) = match (taken.is_empty(), given.is_empty()) {
        (false, true) if effect.born => (
            Tone::Taken,
            format!("+ {object} made, held by {taken}: {counts}"),
        ),
        (false, true) => (
            Tone::Taken,
            format!("+ {object} taken by {taken}: {counts}"),
        ),
        (true, false) => (
            Tone::Given,
            format!("- {object} given up by {given}: {counts}"),
        ),
        (false, false) => (
            Tone::Moved,
            format!("> {object} from {given} to {taken}: {counts}"),
        ),
        (true, true) if effect.made_immortal => (
            Tone::Uncounted,
            format!("= {object} is immortal from here on: {counts}"),
        ),
        (true, true) => (Tone::Dim, format!("= {object}: {counts}")),
    };
    texts.push(paint.tone(tone, &text));
    if effect.died {
        let text = if effect.after == 0 {
            format!("x {object} died")
        } else {
            format!("x {object} is dying: it lives on while __del__ runs")
        };
        texts.push(paint.tone(Tone::Died, &text));
    }
    texts
}

/// At most so many, and the number of the others.
fn listed(texts: &[String]) -> String {
    match texts.len() {
        0..=SHOWN => texts.join(", "),
        more => format!("{} and {} more", texts[..SHOWN].join(", "), more - SHOWN),
    }
}

/// One line for what an instruction held only while it ran.
fn passing_text(passing: &[&Effect], paint: Paint) -> Option<String> {
    let list = |died: bool| {
        let those = passing.iter().filter(|e| e.died == died);
        listed(&those.map(|e| object_text(e)).collect::<Vec<_>>())
    };
    let (made, held) = (list(true), list(false));
    let mut parts = Vec::new();
    if !made.is_empty() {
        parts.push(format!("made and gone: {made}"));
    }
    if !held.is_empty() {
        parts.push(format!("held meanwhile: {held}"));
    }
    let text = format!("~ {}", parts.join("; "));
    (!parts.is_empty()).then(|| paint.tone(Tone::Dim, &text))
}

fn later(out: &mut String, line: &Line, paint: Paint) {
    if line.later == Later::default() {
        return;
    }
    let sums: Vec<String> = line
        .later
        .by_type
        .iter()
        .map(|(name, [taken, given, born, died])| {
            let mut parts = Vec::new();
            if *born > 0 {
                parts.push(format!("{born} made"));
            }
            if *taken > 0 {
                parts.push(format!("+{taken}"));
            }
            if *given > 0 {
                parts.push(format!("-{given}"));
            }
            if *died > 0 {
                parts.push(format!("{died} died"));
            }
            format!("{name} {}", parts.join(" "))
        })
        .collect();
    let which = match line.later.passes {
        0 => "going on".to_owned(),
        1 => "1 more pass".to_owned(),
        passes => format!("{passes} more passes"),
    };
    let sums = if sums.is_empty() {
        String::from("no count changed")
    } else {
        sums.join("; ")
    };
    *out += &format!(
        "         {}\n",
        paint.tone(Tone::Dim, &format!("... {which}: {sums}"))
    );
}

/// The same facts as JSON.
pub fn to_json(explanation: &Explanation, source: &str) -> Value {
    let sources: Vec<&str> = source.lines().collect();
    json!({
        "schema": SCHEMA,
        "file": explanation.filename,
        "holders_not_named_from_line": explanation.holders_end,
        "lines": explanation.lines.iter().map(|l| line_json(l, &sources)).collect::<Vec<_>>(),
    })
}

fn line_json(line: &Line, sources: &[&str]) -> Value {
    let source = usize::try_from(line.number - 1)
        .ok()
        .and_then(|i| sources.get(i));
    json!({
        "line": line.number,
        "source": source,
        "scope": line.scope,
        "instructions": line.rows.iter().map(|row| json!({
            "offset": row.offset,
            "opname": row.opname,
            "argument": row.argument,
            "effects": row.effects.iter().map(effect_json).collect::<Vec<_>>(),
            "finalizers": row.finalizers,
        })).collect::<Vec<_>>(),
        "later": {
            "passes": line.later.passes,
            "by_type": line.later.by_type.iter().map(|(name, [taken, given, born, died])| {
                (name.clone(), json!({"taken": taken, "given": given, "born": born, "died": died}))
            }).collect::<serde_json::Map<_, _>>(),
        },
    })
}

fn effect_json(effect: &Effect) -> Value {
    json!({
        "object": effect.object,
        "type": effect.type_name,
        "what": effect.what,
        "before": if effect.immortal { Value::Null } else { json!(effect.before) },
        "after": if effect.immortal { Value::Null } else { json!(effect.after) },
        "born": effect.born,
        "died": effect.died,
        "immortal": effect.immortal,
        "made_immortal": effect.made_immortal,
        "taken_by": effect.taken,
        "given_up_by": effect.given,
        "borrowed_by": effect.borrowed,
        "held_meanwhile": effect.passing,
    })
}
