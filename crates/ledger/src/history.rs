//! The record of a run: each instruction, and the counts it changed. Facts only; `report` folds and words them.

use std::cell::RefCell;
use std::collections::HashMap;

use terrarium_objects::Object;
use terrarium_objects::frame::Frame;
use terrarium_objects::state::{self, Change};
use terrarium_objects::types::code::Code;
use terrarium_objects::types::str::Str;
use terrarium_runtime::{frames, observe};

use crate::naming;

/// Number of a traced object in order of birth; unlike an address it is never used again.
pub type Subject = u32;

/// One change of a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    pub subject: Subject,
    pub change: Change,
    /// The count after the change.
    pub after: u32,
}

/// One executed instruction and what it changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instruction {
    /// Index into `History::codes`.
    pub code: u32,
    /// Code unit.
    pub offset: u32,
    /// Source line, -1 if none.
    pub line: i32,
    /// Frames below this one.
    pub depth: u32,
    pub steps: Vec<Step>,
}

/// A code object that ran.
#[derive(Debug, Clone)]
pub struct CodeFacts {
    pub name: String,
    pub filename: String,
    pub firstlineno: i32,
    /// Instructions as the loop ran them first (unspecialised), in code units.
    pub units: Vec<u16>,
    pub names: Vec<String>,
    pub locals: Vec<String>,
    pub consts: Vec<String>,
}

/// What is known of a traced object.
#[derive(Debug, Clone)]
pub struct SubjectFacts {
    pub type_name: String,
    /// A few words, taken when it was first changed after its making.
    pub what: String,
    pub address: usize,
}

/// The whole record.
#[derive(Debug, Clone, Default)]
pub struct History {
    pub codes: Vec<CodeFacts>,
    pub subjects: Vec<SubjectFacts>,
    pub instructions: Vec<Instruction>,
    /// Instructions that were not recorded because the limit was reached.
    pub dropped: usize,
}

#[derive(Default)]
struct Recorder {
    history: History,
    limit: usize,
    only: Option<String>,
    codes: HashMap<usize, u32>,
    live: HashMap<usize, Subject>,
    /// For each depth of frames, the recorded instruction it is at.
    at: Vec<Option<usize>>,
}

thread_local! {
    static RECORDER: RefCell<Option<Recorder>> = const { RefCell::new(None) };
}

/// Begins to record, at most `limit` instructions of code from `only` (a file name; every file without).
pub fn start(limit: usize, only: Option<String>) {
    RECORDER.with(|r| {
        *r.borrow_mut() = Some(Recorder {
            limit,
            only,
            ..Recorder::default()
        })
    });
    state::get().set_tracing(Some(changed));
    observe::set_observer(Some(observe::Observer {
        instruction,
        unwound: |_| {},
        left,
    }));
}

/// Ends recording and hands the record over.
pub fn stop() -> History {
    observe::set_observer(None);
    state::get().set_tracing(None);
    RECORDER
        .with(|r| r.borrow_mut().take())
        .map(|r| r.history)
        .unwrap_or_default()
}

fn instruction(running: *mut Frame) {
    RECORDER.with(|r| {
        // A nested question while recording (none is asked by this crate) is simply not recorded.
        if let Ok(mut r) = r.try_borrow_mut()
            && let Some(recorder) = r.as_mut()
        {
            recorder.instruction(running);
        }
    });
}

/// A call from native code has come back: its frame's last instruction is over.
fn left() {
    RECORDER.with(|r| {
        if let Ok(mut r) = r.try_borrow_mut()
            && let Some(recorder) = r.as_mut()
        {
            recorder.at.pop();
        }
    });
}

fn changed(object: *mut Object, change: Change) {
    RECORDER.with(|r| {
        if let Ok(mut r) = r.try_borrow_mut()
            && let Some(recorder) = r.as_mut()
        {
            recorder.changed(object, change);
        }
    });
}

impl Recorder {
    fn instruction(&mut self, running: *mut Frame) {
        // SAFETY: the loop hands over the running frame with its registers saved.
        let frame = unsafe { &*running };
        let mut depth = 0;
        let mut below = frame.previous;
        // SAFETY: frames of the chain are live.
        while let Some(next) = unsafe { below.as_ref() } {
            depth += 1;
            below = next.previous;
        }
        self.at.truncate(depth);
        self.at.resize(depth, None);
        let code = frame.code();
        let recorded = self.wants(code) && {
            let room = self.history.instructions.len() < self.limit;
            self.history.dropped += !room as usize;
            room
        };
        if !recorded {
            self.at.push(None);
            return;
        }
        let index = self.code_index(code);
        let offset = frame.lasti() as u32;
        let line = frames::line_of(running);
        self.at.push(Some(self.history.instructions.len()));
        self.history.instructions.push(Instruction {
            code: index,
            offset,
            line,
            depth: depth as u32,
            steps: Vec::new(),
        });
    }

    /// The instruction that is running: the innermost recorded one.
    fn current(&self) -> Option<usize> {
        self.at.iter().rev().find_map(|at| *at)
    }

    fn wants(&self, code: &Code) -> bool {
        // SAFETY: a code object always has its file name.
        let filename = unsafe { &*code.filename.get() };
        match (&self.only, filename.downcast::<Str>()) {
            (Some(only), Some(name)) => name.is_text(only),
            _ => true,
        }
    }

    fn code_index(&mut self, code: &Code) -> u32 {
        let key = code.object().as_ptr() as usize;
        if let Some(index) = self.codes.get(&key) {
            return *index;
        }
        let index = self.history.codes.len() as u32;
        self.history.codes.push(facts_of(code));
        self.codes.insert(key, index);
        index
    }

    fn subject(&mut self, object: *mut Object, change: Change) -> Subject {
        let address = object as usize;
        if change != Change::Born
            && let Some(subject) = self.live.get(&address)
        {
            return *subject;
        }
        let subject = self.history.subjects.len() as Subject;
        // SAFETY: alive while it is being changed.
        let type_name = unsafe { (*object).ty() }.full_name().to_owned();
        self.history.subjects.push(SubjectFacts {
            type_name,
            what: String::new(),
            address,
        });
        self.live.insert(address, subject);
        subject
    }

    fn changed(&mut self, object: *mut Object, change: Change) {
        let subject = self.subject(object, change);
        // SAFETY: alive while it is being changed; its body is complete unless it was just born.
        let object = unsafe { &*object };
        let facts = &mut self.history.subjects[subject as usize];
        if change != Change::Born && facts.what.is_empty() {
            facts.what = naming::describe(object);
        }
        if change == Change::Died {
            self.live.remove(&(object.as_ptr() as usize));
        }
        if let Some(at) = self.current() {
            let step = Step {
                subject,
                change,
                after: object.refcount(),
            };
            self.history.instructions[at].steps.push(step);
        }
    }
}

fn facts_of(code: &Code) -> CodeFacts {
    let texts = |tuple: *mut Object| -> Vec<String> {
        // SAFETY: code objects hold live tuples.
        unsafe { (*tuple).cast::<terrarium_objects::types::tuple::Tuple>() }
            .items()
            .iter()
            .map(|o| naming::constant(o))
            .collect()
    };
    let plain = |texts: Vec<String>| {
        texts
            .into_iter()
            .map(|t| t.trim_matches('\'').to_owned())
            .collect()
    };
    // SAFETY: the units belong to the live code object.
    let units = unsafe { std::slice::from_raw_parts(code.units(), code.len()) }.to_vec();
    let name = |pointer: *mut Object| plain_text(pointer);
    CodeFacts {
        name: name(code.qualname.get()),
        filename: name(code.filename.get()),
        firstlineno: code.firstlineno.get(),
        units,
        names: plain(texts(code.names.get())),
        locals: plain(texts(code.localsplusnames.get())),
        consts: texts(code.consts.get()),
    }
}

fn plain_text(pointer: *mut Object) -> String {
    // SAFETY: null or a live str.
    unsafe { pointer.as_ref() }
        .and_then(|o| o.downcast::<Str>())
        .map_or_else(String::new, |s| s.lossy().into_owned())
}
