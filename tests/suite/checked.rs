//! The record as somebody else checks it: an export with one byte changed, an event dropped, doubled or swapped, against
//! a head; by droit and by the short program that an auditor can read.

use std::process::Command;

use droit::casebook::{Head, verify_export};
use jiff::Timestamp;

use crate::office::Office;

const CHECKER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/reference/check_chain.py");

/// An exported record of so many requests, and its head.
fn exported(requests: usize) -> (Office, Vec<u8>, Head) {
    let mut office = Office::open().with("DROIT_OFFICER", "李 \"\\\u{1}/\u{7f}é");
    for request in 0..requests {
        office.file("who.txt", &format!("phone=1380013{request:04}\n"));
        office.run("case open access --id-file who.txt").carried_out();
    }
    let head = office.run("audit export record.jsonl --json").done().json();
    let head = head["data"]["head"].as_str().unwrap().parse().unwrap();
    let record = std::fs::read(office.path("record.jsonl")).unwrap();
    (office, record, head)
}

/// Whether droit finds something.
fn found(record: &[u8], head: Head) -> bool {
    let mut findings = 0;
    let verified = verify_export(&mut &*record, [head], &mut |_| findings += 1, &mut |_| ());
    verified.is_err() || findings > 0
}

fn lines(record: &[u8]) -> Vec<&[u8]> {
    record.split_inclusive(|byte| *byte == b'\n').collect()
}

/// Each event dropped, each doubled, each two swapped.
fn rearranged(record: &[u8]) -> Vec<(String, Vec<u8>)> {
    let all = lines(record);
    let mut edits = Vec::new();
    for at in 0..all.len() {
        let mut less = all.clone();
        less.remove(at);
        edits.push((format!("line {at} dropped"), less.concat()));
        let mut more = all.clone();
        more.insert(at, all[at]);
        edits.push((format!("line {at} doubled"), more.concat()));
        for other in at + 1..all.len() {
            let mut swapped = all.clone();
            swapped.swap(at, other);
            edits.push((format!("lines {at} and {other} swapped"), swapped.concat()));
        }
        edits.push((format!("cut off before line {at}"), all[..at].concat()));
    }
    edits
}

/// Drives the checker in one process: every byte position (or a sample), each as the value that is told and as another.
const DRIVER: &str = r#"
import importlib.util, random, sys
spec = importlib.util.spec_from_file_location("check_chain", sys.argv[1])
checker = importlib.util.module_from_spec(spec)
spec.loader.exec_module(checker)
record = open(sys.argv[2], "rb").read()
number, digest = sys.argv[3].split(":")
heads, draw, sample = [(int(number), digest)], random.Random(int(sys.argv[4])), int(sys.argv[5])

def found(edited):
    try:
        checker.check(edited, heads)
        return False
    except (AssertionError, ValueError, KeyError, IndexError, TypeError):
        return True

assert not found(record), "the record itself is called wrong"
positions = range(len(record)) if sample == 0 else draw.sample(range(len(record)), sample)
tried = 0
for at in positions:
    for other in {record[at] ^ 1, record[at] ^ 0x20, draw.choice([b for b in range(256) if b != record[at]])}:
        edited = record[:at] + bytes([other]) + record[at + 1:]
        assert found(edited), f"byte {at} as {other} is not found"
        tried += 1
all_lines = record.split(b"\n")[:-1]
for at in range(len(all_lines)):
    several = [all_lines[:at] + all_lines[at + 1:], all_lines[:at] + [all_lines[at]] + all_lines[at:], all_lines[:at]]
    for other in range(at + 1, len(all_lines)):
        if sample and draw.random() > 0.02:
            continue
        swapped = list(all_lines)
        swapped[at], swapped[other] = swapped[other], swapped[at]
        several.append(swapped)
    for edited in several:
        assert found(b"".join(line + b"\n" for line in edited)), f"line {at}: {len(edited)} lines are called whole"
        tried += 1
print(tried)
"#;

fn driven(office: &Office, head: Head, seed: u64, sample: usize) -> u64 {
    office.file("drive.py", DRIVER);
    let run = Command::new("python3")
        .arg(office.path("drive.py"))
        .args([CHECKER, office.path("record.jsonl").to_str().unwrap()])
        .args([head.to_string(), seed.to_string(), sample.to_string()])
        .output()
        .unwrap_or_else(|error| panic!("python3 is needed, as in .ci/run: {error}"));
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{said}");
    String::from_utf8(run.stdout).unwrap().trim().parse().unwrap()
}

/// A seed that differs from run to run and is printed, so that a failure can be had again.
#[expect(clippy::print_stdout, reason = "shown with a failure")]
pub(crate) fn seed() -> u64 {
    let given = std::env::var_os("DROIT_SEED").and_then(|seed| seed.to_str()?.parse().ok());
    #[expect(clippy::disallowed_methods, reason = "another sample in every run")]
    let now = || u64::try_from(Timestamp::now().as_nanosecond() & 0xffff_ffff).unwrap();
    let seed = given.unwrap_or_else(now);
    println!("DROIT_SEED={seed}");
    seed
}

#[test]
fn every_changed_byte_of_an_export_is_found_by_droit() {
    let (_office, record, head) = exported(2);
    assert!(!found(&record, head));
    for at in 0..record.len() {
        for other in [record[at] ^ 1, record[at] ^ 0x20, b'\r', b'\n', 0] {
            let mut edited = record.clone();
            edited[at] = other;
            assert!(edited == record || found(&edited, head), "byte {at} as {other}");
        }
    }
    for (what, edited) in rearranged(&record) {
        assert!(found(&edited, head), "{what}");
    }
}

#[test]
fn every_changed_byte_of_an_export_is_found_by_the_checker() {
    let (office, record, head) = exported(2);
    let tried = driven(&office, head, seed(), 0);
    assert!(tried > 2 * record.len() as u64, "{tried}");
}

#[test]
fn a_sample_of_the_changes_of_a_longer_export_is_found_by_both() {
    let (office, record, head) = exported(60);
    let seed = seed();
    assert!(driven(&office, head, seed, 120) > 400);
    let mut draws = seed;
    for _ in 0..60 {
        draws = draws.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut edited = record.clone();
        let at = usize::try_from(draws >> 33).unwrap() % edited.len();
        edited[at] ^= u8::try_from((draws >> 20) & 0x7f).unwrap() | 0x80;
        assert!(found(&edited, head), "DROIT_SEED={seed}, byte {at}");
    }
}

/// What an auditor types: with a head, and with a file of anchors.
#[test]
fn the_checker_says_in_one_line_whether_the_record_is_whole() {
    let (mut office, record, head) = exported(2);
    let outside = tempfile::tempdir().unwrap();
    let anchors = outside.path().join("droit.anchors");
    office.run(&format!("audit anchor --to {}", anchors.display())).done();
    office.run(&format!("audit anchor --to {}", anchors.display())).done();
    let check = |known: &str| {
        let record = office.path("record.jsonl");
        let run = Command::new("python3").args([CHECKER, record.to_str().unwrap(), known]).output();
        let run = run.unwrap_or_else(|error| panic!("python3 is needed, as in .ci/run: {error}"));
        (run.status.code(), String::from_utf8([run.stdout, run.stderr].concat()).unwrap())
    };
    let whole = (Some(0), format!("whole: {} events, head {head}\n", head.number));
    assert_eq!(check(&head.to_string()), whole);
    assert_eq!(check(anchors.to_str().unwrap()), whole);
    std::fs::write(office.path("record.jsonl"), lines(&record)[..3].concat()).unwrap();
    for known in [head.to_string(), anchors.display().to_string()] {
        let (code, said) = check(&known);
        assert!(code == Some(1) && said.starts_with("NOT WHOLE: event "), "{said}");
    }
}
