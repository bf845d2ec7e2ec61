//! The answer to "who holds this object?", and what an audit found.

use serde_json::{Value, json};
use terrarium_ledger::audit::Audit;
use terrarium_ledger::holders::Holders;

use crate::paint::{Paint, Tone};

/// Version of the JSON written here; changes when a field changes its meaning.
pub const SCHEMA: &str = "terrarium.why/1";

/// The holders as text; `question` says what was asked ("x at demo.py:3").
pub fn text(question: &str, made_at: Option<&str>, holders: &Holders, paint: Paint) -> String {
    let mut out = format!(
        "{question}: {} ({})\n",
        paint.tone(Tone::Source, &holders.what),
        holders.type_name
    );
    if let Some(made_at) = made_at {
        out += &format!("  made at {made_at}\n");
    }
    match holders.immortal {
        Some(reason) => {
            out += &format!(
                "  {}: {reason}; its count never changes\n",
                paint.tone(Tone::Uncounted, "immortal")
            )
        }
        None => out += &format!("  count {}\n", holders.count),
    }
    for holder in holders.holders.iter().filter(|h| h.count > 0) {
        let shown = if holders.immortal.is_some() {
            String::from("  ")
        } else {
            format!("+{}", holder.count)
        };
        out += &format!(
            "  {}  {}, {}\n",
            paint.tone(Tone::Taken, &shown),
            holder.name,
            holder.place
        );
    }
    for holder in holders.holders.iter().filter(|h| h.count == 0) {
        out += &format!(
            "  {}  {}, {} (borrowed)\n",
            paint.tone(Tone::Uncounted, "+0"),
            holder.name,
            holder.place
        );
    }
    if holders.unexplained != 0 {
        out += &format!(
            "  {}  unexplained\n",
            paint.tone(Tone::Died, &format!("{:+}", holders.unexplained))
        );
    } else if holders.immortal.is_none() {
        let owned: usize = holders.holders.iter().map(|h| h.count).sum();
        out += &format!("  the holders add up: {owned}\n");
    }
    out
}

/// The same facts as JSON.
pub fn to_json(question: &str, made_at: Option<&str>, holders: &Holders) -> Value {
    json!({
        "schema": SCHEMA,
        "question": question,
        "type": holders.type_name,
        "what": holders.what,
        "made_at": made_at,
        "count": if holders.immortal.is_some() { Value::Null } else { json!(holders.count) },
        "immortal": holders.immortal,
        "holders": holders.holders.iter().map(|h| json!({"name": h.name, "place": h.place, "count": h.count})).collect::<Vec<_>>(),
        "unexplained": holders.unexplained,
    })
}

/// An audit in lines: one when all is well, one more for each difference.
pub fn audit(audit: &Audit) -> String {
    if audit.is_clean() {
        return format!(
            "audit: clean, {} objects, {} references, each with a holder\n",
            audit.objects, audit.references
        );
    }
    let mut out = format!(
        "audit: {} of {} objects have a count that their holders do not explain\n",
        audit.differences.len(),
        audit.objects
    );
    for d in audit.differences.iter().take(50) {
        out += &format!(
            "  {} at {:#x}: count {}, holders {}: {}\n",
            d.type_name, d.address, d.count, d.held, d.what
        );
    }
    out
}
