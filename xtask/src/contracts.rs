//! Every `unsafe` names its contract.
//!
//! A block, function or `impl` has a `SAFETY` line or a `# Safety` section right above it. Three kinds share one that is written once:
//! instructions (functions of a `Cx`, see `interp/cx.rs`), a type's `dealloc` and `visit` slots (see `typeobject.rs`), and what follows a
//! line `SAFETY (of all ...)` in a file. A block within an `unsafe fn` rests on that function's contract.

/// The numbers (from 1) of lines whose `unsafe` has no contract.
pub fn missing(text: &str) -> Vec<usize> {
    let lines: Vec<&str> = text.lines().collect();
    let shared = lines
        .iter()
        .position(|line| line.contains("SAFETY (of all "))
        .unwrap_or(lines.len());
    (0..shared)
        .filter(|&at| {
            let code = code_of(lines[at]);
            let function = declares_unsafe_function(code);
            let block = code.contains("unsafe {") || code.contains("unsafe impl");
            (function && !is_shaped(&lines[at..]) && !is_stated(&lines, at, false))
                || (block && !is_stated(&lines, at, true) && !is_within_unsafe(&lines[..at]))
        })
        .map(|at| at + 1)
        .collect()
}

fn code_of(line: &str) -> &str {
    line.split("//").next().unwrap_or("")
}

/// Whether the line declares an `unsafe fn` (a type `unsafe fn(...)` declares none).
fn declares_unsafe_function(code: &str) -> bool {
    code.split_once("unsafe fn ").is_some()
}

/// Whether the declaration has the shape of an instruction or of a `dealloc` or `visit` slot.
fn is_shaped(lines: &[&str]) -> bool {
    let end = lines.iter().position(|line| line.ends_with('{'));
    let declared = lines[..=end.unwrap_or(0)].join(" ");
    let slot = declared.contains("(object: *mut Object)") && declared.contains("dealloc");
    let visitor = declared.contains("&mut Visit<");
    slot || visitor || declared.contains("cx: &mut Cx")
}

/// Whether the comment and attributes above the line, or the line, state a contract. A statement may begin a few lines above its block.
fn is_stated(lines: &[&str], at: usize, is_block: bool) -> bool {
    let states = |line: &&str| line.contains("SAFETY") || line.contains("# Safety");
    if states(&lines[at]) {
        return true;
    }
    if is_block
        && lines[at.saturating_sub(4)..(at + 2).min(lines.len())]
            .iter()
            .any(states)
    {
        return true;
    }
    lines[..at]
        .iter()
        .rev()
        .take_while(|line| {
            let line = line.trim_start();
            line.starts_with("//") || line.starts_with("#[")
        })
        .any(states)
}

/// Whether the nearest function that begins above is an `unsafe fn`.
fn is_within_unsafe(above: &[&str]) -> bool {
    above
        .iter()
        .rev()
        .map(|line| code_of(line))
        .find(|code| {
            let declared = code.trim_start().trim_start_matches("pub ");
            declared.starts_with("pub(") && declared.contains(" fn ")
                || [
                    "fn ",
                    "unsafe fn ",
                    "const fn ",
                    "const unsafe fn ",
                    "unsafe extern \"C\" fn ",
                ]
                .iter()
                .any(|start| declared.starts_with(start))
        })
        .is_some_and(|code| code.contains("unsafe "))
}
