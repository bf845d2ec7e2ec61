//! Compiles files and says how much processor time that took, and how much CPython takes for the same: `bench_compile LIST [PYTHON]`.
//! Both read all files first. `valgrind --tool=callgrind` on this command, without PYTHON, shows where the instructions go.

use std::process::Command;

use terrarium_compiler::compile::{Settings, compile};
use terrarium_compiler::parse::Mode;

/// The command's own allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Rounds; the fastest counts.
const ROUNDS: usize = 3;

const SCRIPT: &str = "\
import sys, time, warnings
warnings.simplefilter('ignore')
sources = [(path, open(path, 'rb').read()) for path in open(sys.argv[1]).read().splitlines()]
start = time.process_time()
for path, source in sources:
    try: compile(source, path, 'exec', dont_inherit=True)
    except Exception: pass
print(time.process_time() - start)
";

/// Seconds of processor time this process has used (Linux; zero elsewhere).
fn seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let nanoseconds: Option<f64> = text.split(' ').next().and_then(|first| first.parse().ok());
    nanoseconds.unwrap_or(0.0) / 1e9
}

fn ours(sources: &[(String, Vec<u8>)]) -> f64 {
    let settings = Settings {
        mode: Mode::Exec,
        flags: 0,
        optimize: 0,
    };
    let start = seconds();
    for (path, source) in sources {
        std::hint::black_box(compile(source, path, settings).is_ok());
    }
    seconds() - start
}

fn theirs(python: &str, list: &str) -> Result<f64, Box<dyn std::error::Error>> {
    let output = Command::new(python).args(["-c", SCRIPT, list]).output()?;
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let list = arguments
        .next()
        .ok_or("usage: bench_compile LIST [PYTHON]")?;
    let python = arguments.next();
    let mut sources = Vec::new();
    for path in std::fs::read_to_string(&list)?.lines() {
        sources.push((path.to_string(), std::fs::read(path)?));
    }
    let lines = |source: &[u8]| source.iter().filter(|&&byte| byte == b'\n').count();
    let lines: usize = sources.iter().map(|(_, source)| lines(source)).sum();
    let rounds = if python.is_some() { ROUNDS } else { 1 };
    let (mut best, mut best_python) = (f64::MAX, f64::MAX);
    for _ in 0..rounds {
        best = best.min(ours(&sources));
        if let Some(python) = &python {
            best_python = best_python.min(theirs(python, &list)?);
        }
    }
    let per_line = best * 1e9 / lines.max(1) as f64;
    println!(
        "{} files, {lines} lines: {best:.3} s, {per_line:.0} ns a line",
        sources.len()
    );
    if python.is_some() {
        let ratio = best / best_python;
        println!("CPython: {best_python:.3} s; ours is {ratio:.2} of it");
    }
    Ok(())
}
