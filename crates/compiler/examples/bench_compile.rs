//! Compiles files and says how long that took: `bench_compile LIST`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use terrarium_compiler::compile::{Settings, compile};
use terrarium_compiler::parse::Mode;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let list = std::env::args().nth(1).ok_or("usage: bench_compile LIST")?;
    let settings = Settings {
        mode: Mode::Exec,
        flags: 0,
        optimize: 0,
    };
    let mut sources = Vec::new();
    for path in std::fs::read_to_string(list)?.lines() {
        sources.push((path.to_string(), std::fs::read(path)?));
    }
    let start = std::time::Instant::now();
    for (path, source) in &sources {
        std::hint::black_box(compile(source, path, settings).is_ok());
    }
    println!("{} files in {:?}", sources.len(), start.elapsed());
    Ok(())
}
