//! A record of a hundred thousand events is shown and handed out in little memory.

use std::{
    fs,
    io::Cursor,
    path::Path,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use droit::{
    case::{About, Event, clock::FixedClock},
    casebook::{Casebook, KeyFolder, Opening},
    cli::{Interrupt, Terminal, World, run},
};

use crate::{
    desk::{process, seeded, told},
    office::Office,
};

const EVENTS: usize = 100_000;

/// Anonymous memory of this process, in KiB.
fn anonymous() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// An office whose workspace has a long past.
fn office() -> Office {
    let office = Office::open();
    let keys = fs::read_dir(office.path("state/droit")).unwrap().next().unwrap().unwrap().path().join("keys");
    let opening = Opening {
        path: office.path("casebook.db"),
        keys: KeyFolder::open(&keys).unwrap(),
        random: Box::new(seeded(3)),
        command: "test".into(),
        wait: Duration::ZERO,
    };
    let mut book = Casebook::open(opening).unwrap();
    let events = (0..EVENTS).map(|at| Event::Revealed { what: format!("find {at}") }).collect();
    book.append_all(office.now(), "officer", About::Workspace, events).unwrap();
    office
}

#[test]
#[ignore = "a child process of the test below"]
fn a_process_that_measures_itself() {
    let Some(dir) = told("DIR") else { return };
    let line = told("LINE").unwrap();
    let (done, peak) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let watch = thread::spawn({
        let (done, peak) = (Arc::clone(&done), Arc::clone(&peak));
        move || {
            while !done.load(Ordering::Relaxed) {
                peak.fetch_max(anonymous(), Ordering::Relaxed);
                thread::sleep(Duration::from_millis(2));
            }
        }
    });
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let args = std::iter::once("droit").chain(line.split(' '));
    let exit = run(
        args,
        &mut World {
            clock: &FixedClock::new(told("NOW").unwrap().parse().unwrap()),
            stdin: &mut Cursor::new(""),
            stdout: &mut stdout,
            stderr: &mut stderr,
            terminal: Terminal::default(),
            environment: [("USER".to_owned(), "officer".to_owned())].into(),
            current_dir: dir.clone().into(),
            state_dir: Some(Path::new(&dir).join("state")),
            user: None,
            randomness: Rc::new(std::cell::RefCell::new(seeded(5))),
            interrupt: Arc::new(Interrupt::default()),
        },
    );
    done.store(true, Ordering::Relaxed);
    watch.join().unwrap();
    assert_eq!(exit, 0, "{}", String::from_utf8_lossy(&stderr));
    println!("peak: {}", peak.load(Ordering::Relaxed));
}

#[test]
fn a_long_record_is_shown_and_handed_out_in_little_memory() {
    let office = office();
    for (line, file, lines) in [
        ("audit show --format jsonl -o show.jsonl", "show.jsonl", EVENTS + 1),
        ("audit show --json -o show.json", "show.json", 1),
        ("audit show --format csv -o show.csv", "show.csv", EVENTS + 2),
        ("audit show workspace -o show.txt", "show.txt", EVENTS + 2),
        ("audit export record.jsonl", "record.jsonl", EVENTS + 2),
    ] {
        let told = [
            ("DIR", office.path("").display().to_string()),
            ("LINE", line.to_owned()),
            ("NOW", office.now().to_string()),
        ];
        let output = process("long_record::a_process_that_measures_itself", &told).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let peak =
            text.lines().find_map(|line| line.split_once("peak: ")).map(|(_, peak)| peak.parse::<u64>().unwrap());
        let peak = peak.unwrap_or_else(|| panic!("{text} {}", String::from_utf8_lossy(&output.stderr)));
        assert!(peak < 32 * 1024, "{line}: {peak} KiB");
        let written = office.read(file);
        assert_eq!(written.lines().count(), lines, "{line}");
        assert!(written.contains(&format!("find {}", EVENTS - 1)), "{line}");
    }
    let whole: serde_json::Value = serde_json::from_str(&office.read("show.json")).unwrap();
    assert_eq!(whole["data"].as_array().map(Vec::len), Some(EVENTS + 1));
}
