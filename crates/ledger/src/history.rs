//! The record of a run: under each line its instructions, and what each did to the references of objects.
//!
//! The first pass over a line is followed exactly: before and after an instruction all references are looked at (`edges`), and the
//! counts' changes are collected in between. Later passes only add to sums, so that a long loop costs little and no memory.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use terrarium_bytecode::opcode as opcodes;
use terrarium_objects::Object;
use terrarium_objects::frame::Frame;
use terrarium_objects::state::{self, Change};
use terrarium_objects::types::code::Code;
use terrarium_objects::types::str::Str;
use terrarium_runtime::{frames, observe};

use crate::edges::{self, Edges};
use crate::explain::{Effect, Explanation, Later, Line, Row};
use crate::instructions;
use crate::naming;
use crate::subjects::{self, Subject, Subjects};

/// One change of a count.
#[derive(Debug, Clone, Copy)]
struct Step {
    subject: Subject,
    address: usize,
    change: Change,
    /// The count after the change.
    after: u32,
}

/// A code object that ran.
#[derive(Debug, Clone)]
pub struct CodeFacts {
    pub name: String,
    /// Instructions as the loop ran them first (unspecialised), in code units.
    pub units: Vec<u16>,
    pub names: Vec<String>,
    pub locals: Vec<String>,
    pub consts: Vec<String>,
}

/// An instruction in the account: a line, and a row of it if the line is in its first pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Place {
    line: usize,
    row: Option<usize>,
}

/// The holder of what native code has in hand.
const NATIVE: &str = "native code at work";

/// Stretches for which an instruction is followed; what it does later goes into the line's sums.
const MOST_STRETCHES: usize = 12;

/// Where a depth of calls is: code, line, offset of the last instruction.
type Position = (usize, i32, u32);

struct Recorder {
    only: String,
    lines: Vec<Line>,
    index: HashMap<(usize, i32), usize>,
    codes: HashMap<usize, CodeFacts>,
    /// For each depth of frames: where it is, to tell a new pass over a line from the same one going on.
    open: Vec<Option<Position>>,
    /// For each depth of frames: the instruction it is at, if that is recorded.
    at: Vec<Option<Place>>,
    /// The frames that run, outermost first.
    frames: Vec<*mut Frame>,
    /// The instruction to which changes belong now, and for how many stretches it has been followed if it is interrupted again and
    /// again, as by a generator's steps.
    pending: Option<Place>,
    stretches: HashMap<Place, usize>,
    steps: Vec<Step>,
    subjects: RefCell<Subjects>,
    /// The references at the end of the last instruction that was followed; None when something else ran since.
    edges: Option<Edges>,
    holders_end: Option<i32>,
}

thread_local! {
    static RECORDER: RefCell<Option<Recorder>> = const { RefCell::new(None) };
}

/// Begins to record what code of the file `only` does.
pub fn start(only: String) {
    RECORDER.with(|r| *r.borrow_mut() = Some(Recorder::new(only)));
    state::get().set_tracing(Some(changed));
    observe::set_observer(Some(observe::Observer {
        instruction,
        unwound: |_| {},
        left: || with_recorder(Recorder::left),
    }));
}

/// Ends recording and hands the account over; `filename` is what it shall bear.
pub fn stop(filename: &str) -> Explanation {
    with_recorder(Recorder::settle);
    observe::set_observer(None);
    state::get().set_tracing(None);
    let recorder = RECORDER.with(|r| r.borrow_mut().take());
    recorder.map_or_else(Explanation::default, |r| r.account(filename))
}

/// Questions while recording (this crate asks none) are not recorded.
fn with_recorder(act: impl FnOnce(&mut Recorder)) {
    RECORDER.with(|r| {
        if let Ok(mut r) = r.try_borrow_mut()
            && let Some(recorder) = r.as_mut()
        {
            act(recorder);
        }
    });
}

fn instruction(running: *mut Frame) {
    with_recorder(|recorder| recorder.instruction(running));
}

fn changed(object: *mut Object, change: Change) {
    with_recorder(|recorder| recorder.changed(object, change));
}

impl Recorder {
    fn new(only: String) -> Recorder {
        Recorder {
            only,
            lines: Vec::new(),
            index: HashMap::new(),
            codes: HashMap::new(),
            open: Vec::new(),
            at: Vec::new(),
            frames: Vec::new(),
            pending: None,
            stretches: HashMap::new(),
            steps: Vec::new(),
            subjects: RefCell::default(),
            edges: None,
            holders_end: None,
        }
    }

    fn account(mut self, filename: &str) -> Explanation {
        self.lines.sort_by_key(|l| l.number);
        Explanation {
            filename: filename.to_owned(),
            lines: self.lines,
            holders_end: self.holders_end,
        }
    }

    fn instruction(&mut self, running: *mut Frame) {
        // SAFETY: the loop hands over the running frame with its registers saved.
        let frame = unsafe { &*running };
        let depth = self.depth_of(running);
        self.at.truncate(depth);
        self.at.resize(depth, None);
        let code = frame.code();
        let offset = frame.lasti() as u32;
        if offset == 0 {
            self.finalizer(code);
        }
        if !self.wants(code) {
            self.at.push(None);
            // Still the instruction of the file that called this code, unless another of the file ran meanwhile.
            if self.pending != self.innermost() {
                self.settle();
                self.begin();
            }
            return;
        }
        self.settle();
        let place = self.enter(code, frames::line_of(running), offset, depth);
        self.at.push(Some(place));
        self.begin();
    }

    /// A call from native code has come back: its frame's last instruction is over.
    fn left(&mut self) {
        self.at.pop();
        if self.pending != self.innermost() {
            self.settle();
            self.begin();
        }
    }

    /// The innermost recorded instruction.
    fn innermost(&self) -> Option<Place> {
        self.at.iter().rev().find_map(|at| *at)
    }

    fn wants(&self, code: &Code) -> bool {
        // SAFETY: a code object always has its file name.
        let filename = unsafe { &*code.filename.get() };
        filename
            .downcast::<Str>()
            .is_some_and(|name| name.is_text(&self.only))
    }

    /// A frame begins: if it is a `__del__`, the instruction at work below let the object die.
    fn finalizer(&mut self, code: &Code) {
        let name = naming::text(code.qualname.get());
        let below = self.innermost();
        if name.ends_with("__del__")
            && let Some(Place {
                line,
                row: Some(row),
            }) = below
        {
            self.lines[line].rows[row].finalizers.push(name);
        }
    }

    /// The place of an instruction that begins; makes its line or row if it is new.
    fn enter(&mut self, code: &Code, number: i32, offset: u32, depth: usize) -> Place {
        let key = code.object().as_ptr() as usize;
        let facts = self.codes.entry(key).or_insert_with(|| facts_of(code));
        self.open.resize(depth + 1, None);
        let before = self.open[depth].replace((key, number, offset));
        let goes_on = before.is_some_and(|(c, l, at)| (c, l) == (key, number) && offset > at);
        let line = match self.index.get(&(key, number)) {
            Some(&line) => {
                self.lines[line].later.passes += usize::from(!goes_on);
                line
            }
            None => {
                self.index.insert((key, number), self.lines.len());
                self.lines.push(Line {
                    number,
                    scope: facts.name.clone(),
                    rows: Vec::new(),
                    later: Later::default(),
                });
                self.lines.len() - 1
            }
        };
        if self.lines[line].later.passes > 0 {
            return Place { line, row: None };
        }
        let rows = &mut self.lines[line].rows;
        rows.push(row_of(facts, offset));
        let row = Some(rows.len() - 1);
        Place { line, row }
    }

    /// Frames below the running one.
    fn depth_of(&mut self, running: *mut Frame) -> usize {
        // SAFETY: the running frame and those below it are live.
        let below = |frame: *mut Frame| unsafe { (*frame).previous };
        let previous = below(running);
        while self.frames.last().is_some_and(|top| *top != previous) {
            self.frames.pop();
        }
        if self.frames.is_empty() {
            let there = |frame: *mut Frame| (!frame.is_null()).then_some(frame);
            let chain = std::iter::successors(there(previous), |frame| there(below(*frame)));
            self.frames.extend(chain);
            self.frames.reverse();
        }
        self.frames.push(running);
        self.frames.len() - 1
    }

    /// What happens from now on belongs to the innermost recorded instruction.
    fn begin(&mut self) {
        self.pending = self.innermost();
        if let Some(place) = self.pending
            && place.row.is_some()
        {
            let stretches = self.stretches.entry(place).or_default();
            *stretches += 1;
            if *stretches > MOST_STRETCHES {
                self.pending = Some(Place { row: None, ..place });
                if let Some(at) = self.at.iter_mut().rev().find(|at| at.is_some()) {
                    *at = self.pending;
                }
            }
        }
        let followed = self.pending.is_some_and(|place| place.row.is_some());
        if !followed {
            self.edges = None;
        } else if self.edges.is_none() && self.holders_end.is_none() {
            self.edges = Edges::now();
            for object in self.edges.iter().flat_map(|edges| &edges.dying) {
                // SAFETY: seen alive a moment ago.
                self.subjects.get_mut().dying(unsafe { &**object });
            }
            self.note_size();
        }
    }

    /// If the heap has become too large, says from which line on holders are missing.
    fn note_size(&mut self) {
        if self.edges.is_none() && self.holders_end.is_none() {
            self.holders_end = self.pending.map(|place| self.lines[place.line].number);
        }
    }

    fn changed(&mut self, object: *mut Object, change: Change) {
        // SAFETY: alive while it is being changed.
        let object = unsafe { &*object };
        let address = object.as_ptr() as usize;
        let row = self.pending.and_then(|place| place.row);
        let subjects = self.subjects.get_mut();
        let subject = match change {
            Change::Born => subjects.born(address),
            _ if row.is_some() => subjects.touched(object),
            _ => 0,
        };
        if change == Change::Died {
            subjects.died(object, row.is_some());
        }
        match self.pending {
            Some(Place { row: Some(_), .. }) => self.steps.push(Step {
                subject,
                address,
                change,
                after: object.refcount(),
            }),
            Some(place) => add_to_sums(&mut self.lines[place.line].later, object, change),
            None => {}
        }
    }

    /// The instruction at work is over, or interrupted: what it did goes into its row.
    fn settle(&mut self) {
        if let Some(Place {
            line,
            row: Some(row),
        }) = self.pending
        {
            let effects = self.effects();
            self.lines[line].rows[row].effects.extend(effects);
        }
        self.steps.clear();
        self.subjects.get_mut().forget_replaced();
    }

    fn effects(&mut self) -> Vec<Effect> {
        let subjects = &self.subjects;
        let call = |address: usize, now: bool| subjects::call(subjects, address, now);
        let counted = !self.steps.is_empty();
        let changes = self.edges.as_mut().map(|e| e.advance(counted, &call));
        if matches!(changes, Some(None)) {
            self.edges = None;
            self.note_size();
        }
        let mut account = Account::new(&self.subjects);
        for step in &self.steps {
            account.step(*step);
        }
        if let Some(changes) = changes.flatten() {
            for change in changes {
                account.holder(change);
            }
            account.effects.iter_mut().for_each(balance);
        }
        account.effects
    }
}

/// What no object, frame or root has won or lost is in the hands of native code at work: a value on its way to or from a call.
fn balance(effect: &mut Effect) {
    if effect.immortal || effect.made_immortal {
        return;
    }
    let counted = i64::from(effect.after) - i64::from(effect.before);
    let named = effect.taken.len() as i64 - effect.given.len() as i64;
    let side = if counted > named {
        &mut effect.taken
    } else {
        &mut effect.given
    };
    for _ in 0..counted.abs_diff(named) {
        side.push(NATIVE.to_owned());
    }
}

/// The effects of one instruction while they are put together.
struct Account<'a> {
    subjects: &'a RefCell<Subjects>,
    effects: Vec<Effect>,
    /// By number of the object: index of its effect, and references taken so far less those whose holder is known.
    known: BTreeMap<Subject, usize>,
}

impl<'a> Account<'a> {
    fn new(subjects: &'a RefCell<Subjects>) -> Account<'a> {
        Account {
            subjects,
            effects: Vec::new(),
            known: BTreeMap::new(),
        }
    }

    fn effect(&mut self, subject: Subject, address: usize, count: u32) -> &mut Effect {
        let next = self.effects.len();
        let at = *self.known.entry(subject).or_insert(next);
        if at == next {
            let facts = subjects::facts(self.subjects, address, subject);
            self.effects.push(Effect {
                object: subject,
                type_name: facts.type_name,
                what: facts.what,
                own_name: facts.own_name,
                before: count,
                after: count,
                born: false,
                died: false,
                immortal: false,
                made_immortal: false,
                taken: Vec::new(),
                given: Vec::new(),
                borrowed: Vec::new(),
                passing: 0,
            });
        }
        &mut self.effects[at]
    }

    fn step(&mut self, step: Step) {
        let before = match step.change {
            Change::Born => 0,
            Change::Taken => step.after.saturating_sub(1),
            Change::Given => step.after + 1,
            Change::Died | Change::Immortal => step.after,
        };
        let effect = self.effect(step.subject, step.address, before);
        effect.after = step.after;
        match step.change {
            Change::Born => effect.born = true,
            Change::Died => effect.died = true,
            Change::Taken => effect.passing += 1,
            Change::Immortal => effect.made_immortal = true,
            Change::Given => {}
        }
    }

    fn holder(&mut self, change: edges::Change) {
        let subject = subjects::number(self.subjects, change.target, change.gained);
        let count = if self.known.contains_key(&subject) {
            0
        } else {
            // SAFETY: an object whose count did not change is alive.
            unsafe { &*(change.target as *const Object) }.refcount()
        };
        if count == 0 && !self.known.contains_key(&subject) {
            // Its end was told when it died.
            return;
        }
        let immortal = count == terrarium_objects::IMMORTAL;
        if !change.owned && (!change.gained || immortal && !change.holder.starts_with("the stack"))
        {
            return;
        }
        let effect = self.effect(subject, change.target, count);
        effect.immortal = immortal;
        match (change.owned, change.gained) {
            (false, _) => effect.borrowed.push(change.holder),
            (true, true) => {
                effect.passing = effect.passing.saturating_sub(1);
                effect.taken.push(change.holder);
            }
            (true, false) => effect.given.push(change.holder),
        }
    }
}

fn add_to_sums(later: &mut Later, object: &Object, change: Change) {
    let name = object.ty().full_name();
    let slot = match change {
        Change::Immortal => return,
        Change::Taken => 0,
        Change::Given => 1,
        Change::Born => 2,
        Change::Died => 3,
    };
    match later.by_type.get_mut(name) {
        Some(sums) => sums[slot] += 1,
        None => later.by_type.entry(name.to_string()).or_default()[slot] += 1,
    }
}

fn row_of(code: &CodeFacts, offset: u32) -> Row {
    let (opcode, argument) = instructions::opcode_and_argument(code, offset as usize);
    Row {
        offset: offset * 2,
        opname: opcodes::name(opcode).unwrap_or("?").to_owned(),
        argument: instructions::argument_text(code, opcode, argument),
        effects: Vec::new(),
        finalizers: Vec::new(),
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
    CodeFacts {
        name: naming::text(code.qualname.get()),
        units,
        names: plain(texts(code.names.get())),
        locals: plain(texts(code.localsplusnames.get())),
        consts: texts(code.consts.get()),
    }
}
