//! The files of a request, several at a time. A file stays within one thread, from source to bytes: code objects share their parts by
//! `Rc`. Messages come in the order of the files, however many threads there are.

use std::collections::BTreeMap;
use std::fs;
use std::io::{IsTerminal, Read, Stderr, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use terrarium_bytecode::pyc;
use terrarium_compiler::compile::Settings;
use terrarium_compiler::parse::Mode;

use super::files::Job;
use super::request::Request;
use super::target::{self, plain};
use crate::sources;

/// Bytes of stack a thread; the compiler asks for more where nesting is deep.
const STACK: usize = 64 << 20;

/// What became of a file: its warnings, or why it failed, in one line.
type Outcome = Result<String, String>;

/// Compiles all; tells whether every file went well.
pub fn run(jobs: &[Job], request: &Request) -> bool {
    let next = AtomicUsize::new(0);
    let shown = Mutex::new(Shown::new(jobs, request));
    let work = || {
        let mut buffers = Buffers::default();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = jobs.get(number) else { break };
            let outcome = compile_file(job, number, request, &mut buffers);
            let mut shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
            shown.take(number, outcome);
        }
    };
    let count = request.workers.clamp(1, jobs.len().max(1));
    thread::scope(|scope| {
        for _ in 1..count {
            let started = thread::Builder::new()
                .stack_size(STACK)
                .spawn_scoped(scope, work);
            if started.is_err() {
                // Those that run do the work of this one.
                break;
            }
        }
        work();
    });
    let shown = shown.into_inner().unwrap_or_else(PoisonError::into_inner);
    shown.finish()
}

/// Prints outcomes in the order of the files as they come.
struct Shown<'a> {
    jobs: &'a [Job],
    quiet: u8,
    errors: Stderr,
    /// What clears the line of progress; empty where none is shown.
    clear: &'static str,
    /// Outcomes that came before those of earlier files.
    waiting: BTreeMap<usize, Outcome>,
    /// The file whose outcome is shown next.
    next: usize,
    done: usize,
    all_fine: bool,
}

impl<'a> Shown<'a> {
    fn new(jobs: &'a [Job], request: &Request) -> Shown<'a> {
        let errors = std::io::stderr();
        let progress = request.quiet == 0 && errors.is_terminal();
        Shown {
            jobs,
            quiet: request.quiet,
            errors,
            clear: if progress { "\r\x1b[K" } else { "" },
            waiting: BTreeMap::new(),
            next: 0,
            done: 0,
            all_fine: true,
        }
    }

    fn say(&mut self, text: &str) {
        // Whoever reads messages may stop early.
        let _ = self.errors.write_all(text.as_bytes());
    }

    fn take(&mut self, number: usize, outcome: Outcome) {
        self.done += 1;
        self.all_fine &= outcome.is_ok();
        self.waiting.insert(number, outcome);
        let clear = self.clear;
        while let Some(outcome) = self.waiting.remove(&self.next) {
            self.next += 1;
            match outcome {
                Ok(warnings) if self.quiet == 0 && !warnings.is_empty() => {
                    self.say(&format!("{clear}{warnings}"));
                }
                Err(line) if self.quiet < 2 => {
                    self.say(&format!("{clear}terrarium compile: {line}\n"));
                }
                _ => {}
            }
        }
        if !clear.is_empty() {
            let (done, all) = (self.done, self.jobs.len());
            let path = self.jobs[number].source.display();
            self.say(&format!("{clear}[{done}/{all}] {path}"));
        }
    }

    /// Whether all are good.
    fn finish(mut self) -> bool {
        self.say(self.clear);
        self.all_fine && self.done == self.jobs.len()
    }
}

/// Memory that a worker uses again for each file.
#[derive(Default)]
struct Buffers {
    source: Vec<u8>,
    result: Vec<u8>,
}

fn compile_file(job: &Job, number: usize, request: &Request, buffers: &mut Buffers) -> Outcome {
    let shown = job.source.display();
    let at = |problem: &dyn std::fmt::Display| format!("{shown}: {problem}");
    let meta = fs::metadata(&job.source).map_err(|problem| at(&plain(&problem)))?;
    let old = fs::symlink_metadata(&job.target).ok();
    if !request.force && old.is_some() && target::is_up_to_date(&job.target, &meta) {
        return Ok(String::new());
    }
    let name = job
        .source
        .to_str()
        .ok_or_else(|| at(&"the path is not UTF-8"))?;
    let Buffers { source, result } = buffers;
    let source = read(job, &meta, source).map_err(|problem| at(&plain(&problem)))?;
    let settings = Settings {
        mode: Mode::Exec,
        flags: 0,
        optimize: request.optimize,
    };
    let (code, warnings) = sources::compiled(source, name, settings)?;
    let stamp = target::stamp(request.invalidation, &meta, source);
    pyc::write_into(result, &code, stamp).map_err(|problem| at(&problem))?;
    target::write(&job.target, result, &meta, old.as_ref(), number)
        .map_err(|problem| at(&problem))?;
    Ok(warnings)
}

/// Reads a source; of a regular file as much as it had when its time was taken, which is one call.
fn read<'b>(job: &Job, meta: &fs::Metadata, buffer: &'b mut Vec<u8>) -> std::io::Result<&'b [u8]> {
    let mut file = fs::File::open(&job.source)?;
    if !meta.is_file() || meta.len() == 0 {
        buffer.clear();
        file.read_to_end(buffer)?;
        return Ok(buffer);
    }
    let length = usize::try_from(meta.len()).unwrap_or(usize::MAX);
    if buffer.len() < length {
        buffer.try_reserve_exact(length - buffer.len())?;
        buffer.resize(length, 0);
    }
    let mut filled = 0;
    while filled < length {
        match file.read(&mut buffer[filled..length]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(problem) if problem.kind() == std::io::ErrorKind::Interrupted => {}
            Err(problem) => return Err(problem),
        }
    }
    Ok(&buffer[..filled])
}
