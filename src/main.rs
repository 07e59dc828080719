//! The door's frame: clock, streams and arguments in, exit code out. Only here is the real clock read.

use std::{
    cell::RefCell,
    io::{self, IsTerminal},
    process::ExitCode,
    rc::Rc,
    sync::Arc,
};

use droit::{
    case::clock::Clock,
    cli::{Exit, Interrupt, Terminal, World, run},
};
use etcetera::BaseStrategy;
use jiff::Timestamp;

/// The machine's clock.
struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "main is where the clock is read")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

fn main() -> ExitCode {
    let interrupt = Arc::new(Interrupt::default());
    let pressed = Arc::clone(&interrupt);
    // Where no handler can be set, Ctrl-C ends the process at once, which the casebook withstands as well.
    let _handled = ctrlc::set_handler(move || leave_or_wait(&pressed));
    let (mut stdin, mut stdout, mut stderr) = (io::stdin().lock(), io::stdout().lock(), io::stderr());
    let mut world = World {
        clock: &SystemClock,
        terminal: terminal(),
        stdin: &mut stdin,
        stdout: &mut stdout,
        stderr: &mut stderr,
        environment: std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect(),
        current_dir: std::env::current_dir().unwrap_or_default(),
        state_dir: etcetera::choose_base_strategy().ok().and_then(|base| base.state_dir()),
        user: Some(rustix::process::geteuid().as_raw()),
        randomness: Rc::new(RefCell::new(fill)),
        interrupt,
    };
    ExitCode::from(run(std::env::args_os(), &mut world))
}

#[expect(clippy::exit, reason = "the second Ctrl-C leaves at once; whatever is open is rolled back by its owner")]
fn leave_or_wait(interrupt: &Interrupt) {
    if interrupt.press() {
        std::process::exit(i32::from(Exit::Interrupted.code()));
    }
}

/// Fills `bytes` from the operating system. Without randomness there are no keys, so there is nothing to go on with.
#[expect(clippy::expect_used, reason = "a system without randomness cannot seal anything")]
fn fill(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("the operating system gives random bytes");
}

fn terminal() -> Terminal {
    Terminal {
        stdin: io::stdin().is_terminal(),
        stdout: io::stdout().is_terminal(),
        stderr: io::stderr().is_terminal(),
        width: rustix::termios::tcgetwinsize(io::stdout()).ok().map(|size| usize::from(size.ws_col)),
    }
}
