//! Asks the running thread every five milliseconds to let another one run, as long as one is ready.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use terrarium_objects::state;

/// CPython's switch interval.
const INTERVAL: Duration = Duration::from_millis(5);

static BUSY: AtomicBool = AtomicBool::new(false);

/// Whether a thread is ready to run besides the running one.
pub fn set_busy(on: bool) {
    BUSY.store(on, Ordering::Relaxed);
}

/// Starts asking; once. A request that gets lost comes again five milliseconds later.
pub fn start() {
    let breaker = state::get().breaker.as_ptr() as usize;
    let _ = std::thread::Builder::new().spawn(move || {
        // SAFETY: the thread state lives as long as the process; the word is only ever read and written whole.
        let breaker = unsafe { AtomicU32::from_ptr(breaker as *mut u32) };
        loop {
            std::thread::sleep(INTERVAL);
            if BUSY.load(Ordering::Relaxed) {
                breaker.fetch_or(state::breaker::PENDING, Ordering::Relaxed);
            }
        }
    });
}
