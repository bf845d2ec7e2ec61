//! Source lines with carets below the part that was running (Lib/traceback.py, `format_frame_summary`).

use terrarium_bytecode::linetable::Position;
use terrarium_compiler::arena::Arena;
use terrarium_compiler::parse::{self, Mode};
use terrarium_compiler::source::Source;
use terrarium_compiler::tree::{Expr, ExprKind, Module, StmtKind};

/// Lines from 1, columns in bytes from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    pub line: i32,
    pub end_line: i32,
    pub column: i32,
    pub end_column: i32,
}

impl Range {
    /// A whole position, if it is one.
    pub fn of(position: &Position) -> Option<Range> {
        Some(Range {
            line: position.line?,
            end_line: position.end_line?,
            column: position.column?,
            end_column: position.end_column?,
        })
    }
}

/// The source line (or lines) of an entry, indented by four, with carets where they tell something.
pub fn source_block(source: &[String], line: i32, range: Option<&Range>) -> String {
    let Some(first) = usize::try_from(line - 1).ok().and_then(|i| source.get(i)) else {
        return String::new();
    };
    if first.trim().is_empty() {
        return String::new();
    }
    let plain = || format!("    {}\n", first.trim());
    let Some(range) = range.filter(|r| r.line == line && r.end_line >= r.line) else {
        return plain();
    };
    let Some(lines) = source.get(range.line as usize - 1..range.end_line as usize) else {
        return plain();
    };
    let dedent = lines
        .iter()
        .filter(|l| !l.trim().is_empty())
        .map(|l| l.len() - l.trim_start().len())
        .min()
        .unwrap_or(0);
    let lines: Vec<&str> = lines
        .iter()
        .map(|l| l.get(dedent..).unwrap_or("").trim_end())
        .collect();
    let start = (range.column as usize).saturating_sub(dedent);
    let end = (range.end_column as usize).saturating_sub(dedent);
    let anchors = anchors(&lines, start, end);
    if !worth_showing(&lines, start, end, anchors.is_some()) {
        return lines_only(&lines);
    }
    with_carets(&lines, start, end, anchors)
}

fn lines_only(lines: &[&str]) -> String {
    if lines.len() > 4 {
        return format!(
            "    {}\n    ...<{} lines>...\n    {}\n",
            lines[0],
            lines.len() - 2,
            lines[lines.len() - 1]
        );
    }
    lines.iter().map(|l| format!("    {l}\n")).collect()
}

/// Where the operator (or the brackets) of the running expression stand: line in the block, column; twice.
type Anchors = ((usize, usize), (usize, usize));

fn with_carets(lines: &[&str], start: usize, end: usize, anchors: Option<Anchors>) -> String {
    let last = lines.len() - 1;
    let mut out = String::new();
    // With many lines only those around the ends and the anchors are shown.
    let mut wanted: Vec<usize> = vec![0, last];
    if let Some(((a, _), (b, _))) = anchors {
        for line in [a, b] {
            wanted.extend([line.saturating_sub(1), line, (line + 1).min(last)]);
        }
    }
    wanted.extend([1.min(last), last.saturating_sub(1)]);
    wanted.sort_unstable();
    wanted.dedup();
    let mut previous: Option<usize> = None;
    for line in wanted {
        if let Some(before) = previous {
            match line - before {
                2 => marked(&mut out, lines, before + 1, start, end, anchors),
                gap if gap > 2 => out += &format!("    ...<{} lines>...\n", gap - 1),
                _ => {}
            }
        }
        marked(&mut out, lines, line, start, end, anchors);
        previous = Some(line);
    }
    out
}

fn marked(
    out: &mut String,
    lines: &[&str],
    index: usize,
    start: usize,
    end: usize,
    anchors: Option<Anchors>,
) {
    let line = lines[index];
    *out += &format!("    {line}\n");
    let first = if index == 0 {
        start
    } else {
        line.len() - line.trim_start().len()
    };
    let stop = if index == lines.len() - 1 {
        end
    } else {
        line.len()
    };
    let mut row = String::new();
    for (at, c) in line.char_indices() {
        let place = (index, at);
        let inside = at >= first && at < stop;
        let mark = match anchors {
            _ if !inside => ' ',
            Some((left, right)) if place >= left && place < right => '^',
            Some(_) => '~',
            None => '^',
        };
        for _ in 0..width(c) {
            row.push(mark);
        }
    }
    let row = row.trim_end();
    if !row.is_empty() {
        *out += &format!("    {row}\n");
    }
}

/// Columns a character takes on a terminal.
fn width(c: char) -> usize {
    match c as u32 {
        0x1100..=0x115F
        | 0x2E80..=0xA4CF
        | 0xAC00..=0xD7A3
        | 0xF900..=0xFAFF
        | 0xFE30..=0xFE6F
        | 0xFF00..=0xFF60
        | 0x1F300..=0x1FAFF => 2,
        _ => 1,
    }
}

fn tree<'a>(text: &str, arena: &'a Arena) -> Option<Module<'a>> {
    let source = Source::from_text(text, "<carets>").ok()?;
    parse::parse_only(&source, Mode::Exec, arena)
        .ok()
        .map(|parsed| parsed.module)
}

/// The expression that the range covers, parsed by itself.
fn anchors(lines: &[&str], start: usize, end: usize) -> Option<Anchors> {
    let last = lines.len() - 1;
    let mut segment = String::from("(\n");
    for (i, line) in lines.iter().enumerate() {
        let from = if i == 0 { start } else { 0 };
        let to = if i == last { end } else { line.len() };
        segment += line.get(from..to.max(from).min(line.len()))?;
        segment.push('\n');
    }
    segment.push(')');
    let arena = Arena::new();
    let Module::Module { body } = tree(&segment, &arena)? else {
        return None;
    };
    let [statement] = body.elements() else {
        return None;
    };
    let StmtKind::Expr { value } = &statement.kind else {
        return None;
    };
    let text: Vec<&str> = segment.lines().skip(1).collect();
    let (left, right) = expression_anchors(value, &text)?;
    let shift =
        |(line, column): (usize, usize)| (line, if line == 0 { column + start } else { column });
    Some((shift(left), shift(right)))
}

fn end_of(expr: &Expr) -> (usize, usize) {
    (expr.loc.end_line as usize - 2, expr.loc.end_column as usize)
}

fn expression_anchors(expr: &Expr, lines: &[&str]) -> Option<Anchors> {
    let find = |from: (usize, usize), wanted: &dyn Fn(char) -> bool| -> Option<(usize, usize)> {
        let (mut line, mut column) = from;
        loop {
            let rest = lines.get(line)?.get(column..)?;
            let rest = rest.split('#').next().unwrap_or("");
            if let Some(at) = rest.find(wanted) {
                return Some((line, column + at));
            }
            line += 1;
            column = 0;
        }
    };
    match &expr.kind {
        ExprKind::BinOp { left, .. } => {
            let at = find(end_of(left), &|c| {
                !c.is_whitespace() && c != ')' && c != '\\'
            })?;
            let rest = lines[at.0].get(at.1..)?;
            let mut letters = rest.chars();
            let (first, second) = (letters.next()?, letters.next().unwrap_or(' '));
            let double = first == second && matches!(first, '/' | '*' | '<' | '>');
            Some((at, (at.0, at.1 + 1 + double as usize)))
        }
        ExprKind::Subscript { value, .. } => {
            let at = find(end_of(value), &|c| c == '[')?;
            Some((at, end_of(expr)))
        }
        ExprKind::Call { func, .. } => {
            let at = find(end_of(func), &|c| c == '(')?;
            Some((at, end_of(expr)))
        }
        _ => None,
    }
}

/// Carets under a whole line say nothing; nor under a whole plain call that is returned or assigned.
fn worth_showing(lines: &[&str], start: usize, end: usize, has_anchors: bool) -> bool {
    let arena = Arena::new();
    if let Some(Module::Module { body }) = tree(&lines.join("\n"), &arena)
        && let Some(statement) = body.first()
    {
        let whole = |value: &Expr| {
            value.loc.line == 1
                && value.loc.end_line as usize == lines.len()
                && value.loc.column as usize == start
                && value.loc.end_column as usize == end
        };
        let call = match &statement.kind {
            StmtKind::Return { value: Some(value) } => match &value.kind {
                ExprKind::Call { func, .. } if matches!(func.kind, ExprKind::Name { .. }) => {
                    Some(value)
                }
                _ => None,
            },
            StmtKind::Assign { value, .. } if matches!(value.kind, ExprKind::Call { .. }) => {
                Some(value)
            }
            _ => None,
        };
        if call.is_some_and(|value| whole(value)) {
            return false;
        }
    }
    if has_anchors {
        return true;
    }
    let before = lines[0]
        .get(..start)
        .is_some_and(|t| !t.trim_start().is_empty());
    let after = lines[lines.len() - 1]
        .get(end..)
        .is_some_and(|t| !t.trim_end().is_empty());
    before || after
}

/// A SyntaxError's line and carets. Offsets count characters from 1.
pub fn syntax_lines(
    text: &str,
    offset: Option<i64>,
    end_offset: Option<i64>,
    many_lines: bool,
) -> String {
    let line = text.trim_end_matches('\n');
    let shown = line.trim_start_matches([' ', '\n', '\u{c}', '\t']);
    let stripped = line.chars().count() - shown.chars().count();
    let mut out = format!("    {}\n", shown.trim_end());
    let Some(offset) = offset.filter(|o| *o > 0) else {
        return out;
    };
    let length = line.trim_end().chars().count() as i64;
    let mut end = match end_offset {
        Some(end) if !many_lines && end > 0 => end,
        _ if many_lines => length + 1,
        _ => offset,
    };
    if end <= offset {
        end = offset + 1;
    }
    let column = offset - 1 - stripped as i64;
    if column >= 0 {
        let blanks: String = shown
            .chars()
            .take(column as usize)
            .map(|c| if c.is_whitespace() { c } else { ' ' })
            .collect();
        let blanks = format!(
            "{blanks}{}",
            " ".repeat((column as usize).saturating_sub(blanks.chars().count()))
        );
        out += &format!("    {blanks}{}\n", "^".repeat((end - offset) as usize));
    }
    out
}
