//! Normal forms (Unicode Standard Annex 15).

use super::{properties, tables};

#[derive(Clone, Copy)]
pub struct Form {
    compatible: bool,
    composed: bool,
}

impl Form {
    pub fn parse(name: &str) -> Option<Form> {
        let (compatible, composed) = match name {
            "NFC" => (false, true),
            "NFD" => (false, false),
            "NFKC" => (true, true),
            "NFKD" => (true, false),
            _ => return None,
        };
        Some(Form {
            compatible,
            composed,
        })
    }
}

const S: u32 = 0xAC00;
const L: u32 = 0x1100;
const V: u32 = 0x1161;
const T: u32 = 0x11A7;
const L_COUNT: u32 = 19;
const V_COUNT: u32 = 21;
const T_COUNT: u32 = 28;

/// What stands before a decomposition (nothing if it is canonical), and its points. Hangul syllables are computed.
pub fn decomposition(point: u32) -> Option<(&'static str, Vec<u32>)> {
    if (S..S + L_COUNT * V_COUNT * T_COUNT).contains(&point) {
        let index = point - S;
        let mut points = vec![
            L + index / (V_COUNT * T_COUNT),
            V + index % (V_COUNT * T_COUNT) / T_COUNT,
        ];
        if !index.is_multiple_of(T_COUNT) {
            points.push(T + index % T_COUNT);
        }
        return Some(("", points));
    }
    let at = tables::DECOMPOSITIONS
        .binary_search_by_key(&point, |d| d.0)
        .ok()?;
    let (_, tag, start, count) = tables::DECOMPOSITIONS[at];
    let start = usize::from(start);
    Some((
        tables::TAGS[usize::from(tag)],
        tables::POINTS[start..start + usize::from(count)].to_vec(),
    ))
}

fn decompose(point: u32, compatible: bool, old: bool, out: &mut Vec<u32>) {
    let known = !old || !is_new(point);
    match decomposition(point).filter(|(tag, _)| known && (compatible || tag.is_empty())) {
        Some((_, points)) => {
            for point in points {
                decompose(point, compatible, old, out);
            }
        }
        None => out.push(point),
    }
}

/// Whether Unicode 3.2 does not have the code point.
fn is_new(point: u32) -> bool {
    properties(point, true).category() == "Cn"
}

fn compose(first: u32, second: u32, old: bool) -> Option<u32> {
    if (L..L + L_COUNT).contains(&first) && (V..V + V_COUNT).contains(&second) {
        return Some(S + ((first - L) * V_COUNT + second - V) * T_COUNT);
    }
    let syllables = S..S + L_COUNT * V_COUNT * T_COUNT;
    if syllables.contains(&first)
        && (first - S).is_multiple_of(T_COUNT)
        && (T + 1..T + T_COUNT).contains(&second)
    {
        return Some(first + second - T);
    }
    let at = tables::COMPOSITIONS
        .binary_search_by_key(&(first, second), |c| (c.0, c.1))
        .ok()?;
    Some(tables::COMPOSITIONS[at].2).filter(|made| !old || !is_new(*made))
}

/// The text in a normal form; `old` by Unicode 3.2.
pub fn normalize(text: &[u32], form: Form, old: bool) -> Vec<u32> {
    let class = |point: u32| properties(point, old).combining;
    let mut out = Vec::with_capacity(text.len());
    for point in text {
        decompose(*point, form.compatible, old, &mut out);
    }
    // Marks in the order of their classes.
    let mut start = 0;
    while start < out.len() {
        if class(out[start]) == 0 {
            start += 1;
            continue;
        }
        let end = (start..out.len())
            .find(|i| class(out[*i]) == 0)
            .unwrap_or(out.len());
        out[start..end].sort_by_key(|p| class(*p));
        start = end;
    }
    if !form.composed {
        return out;
    }
    let mut made: Vec<u32> = Vec::with_capacity(out.len());
    let mut starter: Option<usize> = None;
    let mut last = 0;
    for point in out {
        let own = class(point);
        if let Some(at) = starter {
            let blocked = made.len() > at + 1 && (last == 0 || last >= own);
            if !blocked && let Some(joined) = compose(made[at], point, old) {
                made[at] = joined;
                continue;
            }
        }
        if own == 0 {
            starter = Some(made.len());
        }
        last = own;
        made.push(point);
    }
    made
}
