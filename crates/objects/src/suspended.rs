//! What of the thread state belongs to one thread: kept here while another thread runs.

use std::cell::Cell;
use std::ptr::null_mut;

use crate::frame::DataStack;
use crate::object::Object;
use crate::pile::Pile;
use crate::state::{self, ExcItem, NativeRoot, NativeSpan};
use crate::visit::{Role, Visit};

/// The state of a thread that does not run.
pub struct Suspended {
    current_exception: Cell<*mut Object>,
    exc_info: Cell<*const ExcItem>,
    handled: Cell<*mut Object>,
    roots: Pile<NativeRoot>,
    spans: Pile<NativeSpan>,
    stack_limit: Cell<usize>,
    frame: Cell<*mut u8>,
    recursion_remaining: Cell<i32>,
    stack: DataStack,
}

impl Suspended {
    /// The state of a thread that has not begun: `stack_limit` is the lowest address that its native recursion may reach.
    pub fn new(stack_limit: usize) -> Suspended {
        let state = state::get();
        Suspended {
            current_exception: Cell::new(null_mut()),
            exc_info: Cell::new(&raw const state.base_exc),
            handled: Cell::new(null_mut()),
            roots: Pile::new(),
            spans: Pile::new(),
            stack_limit: Cell::new(stack_limit),
            frame: Cell::new(null_mut()),
            recursion_remaining: Cell::new(state.recursion_limit.get()),
            stack: DataStack::new(),
        }
    }

    /// Changes places with the state in use. Called twice at a switch: by the thread that stops, then by the one that goes on.
    pub fn exchange(&self) {
        let state = state::get();
        self.current_exception.swap(&state.current_exception);
        self.exc_info.swap(&state.exc_info);
        self.handled.swap(&state.base_exc.value);
        self.roots.exchange(&state.native_roots);
        self.spans.exchange(&state.native_spans);
        self.stack_limit.swap(&state.stack_limit);
        self.frame.swap(&state.frame);
        self.recursion_remaining.swap(&state.recursion_remaining);
        self.stack.exchange();
    }

    /// Names every reference that the thread holds.
    pub fn visit(&self, visit: &mut Visit<'_>) {
        for (name, cell) in [
            ("the exception on its way", &self.current_exception),
            ("the exception being handled", &self.handled),
        ] {
            // SAFETY: null or owned.
            if let Some(object) = unsafe { cell.get().as_ref() } {
                visit.edge(Role::Root(name), object);
            }
        }
        self.roots.each(&mut |root| {
            // SAFETY: owned by the thread's native code.
            visit.edge(Role::Root(root.name), unsafe { &*root.object });
        });
        self.spans.each(&mut |span| span.visit(visit));
        self.stack.each(&mut |frame| frame.visit(visit));
    }
}
