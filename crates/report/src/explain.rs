//! A run explained: the source line by line, under each line its instructions, beside each instruction what it did to counts.

use serde_json::{Value, json};
use terrarium_ledger::explain::{Effect, Explanation, Line};
use terrarium_objects::state::Change;

use crate::paint::{Paint, Tone};

/// Version of the JSON written here.
pub const SCHEMA: &str = "terrarium.explain/1";

const OPNAME_WIDTH: usize = 26;
const ARGUMENT_WIDTH: usize = 18;

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
    if explanation.dropped > 0 {
        out += &format!(
            "\n{} more instructions were run but not recorded (see --limit)\n",
            explanation.dropped
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
            "         {:OPNAME_WIDTH$}{:ARGUMENT_WIDTH$}",
            row.opname,
            clip(&row.argument)
        );
        let indent = " ".repeat(head.chars().count());
        let mut lead = head.clone();
        if row.effects.is_empty() {
            *out += &format!("{}\n", head.trim_end());
        }
        for effect in &row.effects {
            *out += &format!("{lead} {}\n", effect_text(effect, paint));
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

/// An object by type and number; small values are shown.
fn object_text(effect: &Effect) -> String {
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

fn effect_text(effect: &Effect, paint: Paint) -> String {
    let object = object_text(effect);
    match effect.change {
        Change::Born => paint.tone(
            Tone::Taken,
            &format!(
                "+ {object} made, held by {}: {} -> {}",
                effect.holder, effect.before, effect.after
            ),
        ),
        Change::Taken => paint.tone(
            Tone::Taken,
            &format!(
                "+ {object} taken by {}: {} -> {}",
                effect.holder, effect.before, effect.after
            ),
        ),
        Change::Given => paint.tone(
            Tone::Given,
            &format!(
                "- {object} given up by {}: {} -> {}",
                effect.holder, effect.before, effect.after
            ),
        ),
        Change::Died => paint.tone(Tone::Died, &format!("x {object} died")),
    }
}

fn later(out: &mut String, line: &Line, paint: Paint) {
    if line.later.passes == 0 {
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
    let plural = if line.later.passes == 1 {
        "pass"
    } else {
        "passes"
    };
    let sums = if sums.is_empty() {
        String::from("no count changed")
    } else {
        sums.join("; ")
    };
    *out += &format!(
        "         {}\n",
        paint.tone(
            Tone::Dim,
            &format!("... {} more {plural}: {sums}", line.later.passes)
        )
    );
}

/// The same facts as JSON.
pub fn to_json(explanation: &Explanation, source: &str) -> Value {
    let sources: Vec<&str> = source.lines().collect();
    json!({
        "schema": SCHEMA,
        "file": explanation.filename,
        "not_recorded": explanation.dropped,
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
    let change = match effect.change {
        Change::Born => "born",
        Change::Taken => "taken",
        Change::Given => "given",
        Change::Died => "died",
    };
    json!({
        "object": effect.object,
        "type": effect.type_name,
        "what": effect.what,
        "change": change,
        "holder": effect.holder,
        "before": effect.before,
        "after": effect.after,
    })
}
