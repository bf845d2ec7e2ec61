//! Any bytes as a `.pyc` file that is run if it passes the check: in a child process, which may fail, loop or exit as it likes, but die of no
//! signal except that its time is up.
#![no_main]

use libfuzzer_sys::fuzz_target;
use terrarium_bytecode::{Code, Constant, marshal, verify};
use terrarium_objects::types::code::{Builder, Origin};
use terrarium_objects::types::module;
use terrarium_runtime::config::{self, Config};
use terrarium_runtime::{execution, program, start};

/// Seconds of processor time.
const TIME: libc::rlim_t = 2;
/// Bytes of native stack, as the `terrarium` command has them.
const STACK: usize = 512 << 20;

fn limit(what: libc::__rlimit_resource_t, value: libc::rlim_t) {
    let both = libc::rlimit {
        rlim_cur: value,
        rlim_max: value,
    };
    // SAFETY: `both` is a whole struct.
    unsafe { libc::setrlimit(what, &both) };
}

/// The child: silent, unable to write files.
fn run(code: &[u8]) -> ! {
    limit(libc::RLIMIT_CPU, TIME);
    limit(libc::RLIMIT_FSIZE, 0);
    limit(libc::RLIMIT_CORE, 0);
    // SAFETY: descriptors 0 to 2 are the child's own.
    unsafe {
        let null = libc::open(c"/dev/null".as_ptr(), libc::O_RDWR);
        for descriptor in 0..3 {
            libc::dup2(null, descriptor);
        }
    }
    let code = code.to_vec();
    let worker = std::thread::Builder::new().stack_size(STACK).spawn(move || {
        if let Ok((Constant::Code(code), _)) = marshal::load(&code) {
            interpret(&code);
        }
    });
    let _ = worker.map(std::thread::JoinHandle::join);
    // SAFETY: nothing of the parent's may run at the end.
    unsafe { libc::_exit(0) }
}

/// An interpreter of its own, with built-ins and `__main__`.
fn interpret(code: &Code) {
    config::set(Config::default());
    start::init();
    terrarium_modules::register();
    if start::make_builtins().is_err()
        || terrarium_modules::start().is_err()
        || program::make_main().is_err()
    {
        return;
    }
    let made = Builder::of_checked(Origin::Marshal).build(code);
    let space = module::namespace(program::main_module());
    let _ = execution::run_code(&made, space, space);
}

fuzz_target!(|data: &[u8]| {
    let Ok((Constant::Code(code), _)) = marshal::load(data) else {
        return;
    };
    if verify::check(&code).is_err() {
        return;
    }
    // SAFETY: the fuzzer has one thread; the child never returns.
    let child = unsafe { libc::fork() };
    if child == 0 {
        run(data);
    }
    let mut status = 0;
    // SAFETY: `status` is writable.
    unsafe { libc::waitpid(child, &mut status, 0) };
    if libc::WIFSIGNALED(status) {
        let signal = libc::WTERMSIG(status);
        assert!(
            matches!(signal, libc::SIGXCPU | libc::SIGKILL | libc::SIGXFSZ | libc::SIGINT),
            "the program died of signal {signal}"
        );
    }
});
