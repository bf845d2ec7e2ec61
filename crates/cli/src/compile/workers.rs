//! The files of a request, several at a time. A file stays within one thread, from source to bytes: code objects share their parts by
//! `Rc`. Messages come in the order of the files, however many threads there are.

use std::collections::BTreeMap;
use std::fs;
use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
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
    let count = request.workers.clamp(1, jobs.len().max(1));
    thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        let mut running = 0;
        for _ in 0..count {
            let (sender, next) = (sender.clone(), &next);
            let worker = move || {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(job) = jobs.get(number) else { break };
                    if sender
                        .send((number, compile_file(job, number, request)))
                        .is_err()
                    {
                        break;
                    }
                }
            };
            let started = thread::Builder::new()
                .stack_size(STACK)
                .spawn_scoped(scope, worker);
            match started {
                Ok(_) => running += 1,
                // Those that run do the work of this one.
                Err(_) if running > 0 => break,
                Err(problem) => {
                    eprintln!("terrarium compile: no thread: {}", plain(&problem));
                    return false;
                }
            }
        }
        drop(sender);
        show(&receiver, jobs, request)
    })
}

/// Prints outcomes in order as they come; tells whether all are good.
fn show(receiver: &mpsc::Receiver<(usize, Outcome)>, jobs: &[Job], request: &Request) -> bool {
    let progress = request.quiet == 0 && std::io::stderr().is_terminal();
    let mut errors = std::io::stderr();
    let mut say = |text: String| {
        // Whoever reads messages may stop early.
        let _ = errors.write_all(text.as_bytes());
    };
    let clear = if progress { "\r\x1b[K" } else { "" };
    let (mut waiting, mut shown, mut done) = (BTreeMap::new(), 0, 0);
    let mut all_fine = true;
    while let Ok((number, outcome)) = receiver.recv() {
        done += 1;
        all_fine &= outcome.is_ok();
        waiting.insert(number, outcome);
        while let Some(outcome) = waiting.remove(&shown) {
            shown += 1;
            match outcome {
                Ok(warnings) if request.quiet == 0 && !warnings.is_empty() => {
                    say(format!("{clear}{warnings}"))
                }
                Err(line) if request.quiet < 2 => {
                    say(format!("{clear}terrarium compile: {line}\n"))
                }
                _ => {}
            }
        }
        if progress {
            let path = jobs[number].source.display();
            say(format!("{clear}[{done}/{}] {path}", jobs.len()));
        }
    }
    if progress {
        say(clear.to_owned());
    }
    all_fine && done == jobs.len()
}

fn compile_file(job: &Job, number: usize, request: &Request) -> Outcome {
    let shown = job.source.display();
    let at = |problem: &dyn std::fmt::Display| format!("{shown}: {problem}");
    let meta = fs::metadata(&job.source).map_err(|problem| at(&plain(&problem)))?;
    if !request.force && target::is_up_to_date(&job.target, &meta) {
        return Ok(String::new());
    }
    let name = job
        .source
        .to_str()
        .ok_or_else(|| at(&"the path is not UTF-8"))?;
    let bytes = fs::read(&job.source).map_err(|problem| at(&plain(&problem)))?;
    let settings = Settings {
        mode: Mode::Exec,
        flags: 0,
        optimize: request.optimize,
    };
    let (code, warnings) = sources::compiled(&bytes, name, settings)?;
    let stamp = target::stamp(request.invalidation, &meta, &bytes);
    let file = pyc::write(&code, stamp).map_err(|problem| at(&problem))?;
    target::write(&job.target, &file, &meta, number).map_err(|problem| at(&problem))?;
    Ok(warnings)
}
