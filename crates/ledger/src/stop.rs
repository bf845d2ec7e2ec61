//! Stopping a program where a line is about to run, and knowing where each object was made.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::PathBuf;

use terrarium_objects::frame::Frame;
use terrarium_objects::state::{self, Change};
use terrarium_objects::types::str::Str;
use terrarium_objects::{Object, frame};
use terrarium_runtime::{frames, observe};

/// What to do at the line: gets the frame that is about to run it.
pub type Arrived = fn(&Frame);

struct Watch {
    file: PathBuf,
    line: i32,
    arrived: Arrived,
    /// For each code object by address: whether it is of the file.
    of_file: HashMap<usize, bool>,
    /// Last line seen of each running frame by address.
    last: HashMap<usize, i32>,
    /// Birthplaces of living objects by address: file and line.
    born: HashMap<usize, (String, i32)>,
}

thread_local! {
    static WATCH: RefCell<Option<Watch>> = const { RefCell::new(None) };
}

/// Watches for `line` of `file`; until `end`.
pub fn at(file: PathBuf, line: i32, arrived: Arrived) {
    let watch = Watch {
        file,
        line,
        arrived,
        of_file: HashMap::new(),
        last: HashMap::new(),
        born: HashMap::new(),
    };
    WATCH.with(|w| *w.borrow_mut() = Some(watch));
    state::get().set_tracing(Some(changed));
    observe::set_observer(Some(observe::Observer {
        instruction,
        unwound: |_| {},
        left: || {},
    }));
}

/// Ends watching.
pub fn end() {
    observe::set_observer(None);
    state::get().set_tracing(None);
    WATCH.with(|w| *w.borrow_mut() = None);
}

/// Where an object was made, if that was while watching: file and line.
pub fn birthplace(object: &Object) -> Option<(String, i32)> {
    WATCH.with(|w| {
        w.borrow()
            .as_ref()?
            .born
            .get(&(object.as_ptr() as usize))
            .cloned()
    })
}

fn filename(running: &Frame) -> String {
    // SAFETY: a code object always has its file name.
    let name = unsafe { &*running.code().filename.get() };
    name.downcast::<Str>()
        .map_or_else(String::new, |s| s.lossy().into_owned())
}

fn instruction(running: *mut Frame) {
    // SAFETY: the loop hands over the running frame with its registers saved.
    let running_frame = unsafe { &*running };
    let arrived = WATCH.with(|w| {
        let mut w = w.try_borrow_mut().ok()?;
        let watch = w.as_mut()?;
        let line = frames::line_of(running);
        let key = running as usize;
        let before = watch.last.insert(key, line);
        if running_frame.is_incomplete() || line != watch.line || before == Some(line) {
            return None;
        }
        watch.is_of_file(running_frame).then_some(watch.arrived)
    });
    if let Some(arrived) = arrived {
        arrived(running_frame);
    }
}

impl Watch {
    fn is_of_file(&mut self, running: &Frame) -> bool {
        let file = &self.file;
        let key = running.code().object().as_ptr() as usize;
        *self.of_file.entry(key).or_insert_with(|| {
            let name = filename(running);
            std::path::Path::new(&name) == file
                || std::fs::canonicalize(&name).is_ok_and(|path| path == *file)
        })
    }
}

fn changed(object: *mut Object, change: Change) {
    WATCH.with(|w| {
        let Ok(mut w) = w.try_borrow_mut() else {
            return;
        };
        let Some(watch) = w.as_mut() else { return };
        match change {
            Change::Born => {
                let running = frame::current();
                // SAFETY: null or live.
                if let Some(frame) = unsafe { running.as_ref() } {
                    watch
                        .born
                        .insert(object as usize, (filename(frame), frames::line_of(running)));
                }
            }
            Change::Died => {
                watch.born.remove(&(object as usize));
            }
            Change::Taken | Change::Given | Change::Immortal => {}
        }
    });
}
