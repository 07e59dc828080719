//! Long work is shown: a bar on a terminal's standard error, one line elsewhere, nothing for machines and the quiet.

use super::office::Office;

/// An office with two verified requests for a copy, listed in `cases.txt`.
fn office() -> Office {
    let mut office = Office::courier();
    for (case, account) in [("DSR-20261123-0001", "100"), ("DSR-20261123-0002", "101")] {
        office.file("id.txt", &format!("account={account}\n"));
        office.run("case open copy --channel app --id-file id.txt --quiet").done();
        office.run(&format!("case identify {case} --level L2 --by otp+waybill --quiet")).done();
    }
    office.file("cases.txt", "DSR-20261123-0001\nDSR-20261123-0002\n");
    office
}

#[test]
fn a_terminal_sees_a_bar_that_is_gone_when_the_result_comes() {
    let mut office = office();
    let outcome = office.typing("").run("export --cases cases.txt --no-zip").done();
    let shown: Vec<&str> = outcome.stderr().split("\r\x1b[K").collect();
    for expected in ["  0 % 0/2 cases", " 50 % 1/2 cases", "100 % 2/2 cases"] {
        assert!(shown.iter().any(|line| line.starts_with('[') && line.ends_with(expected)), "{shown:?}");
    }
    assert!(outcome.stderr().ends_with("\r\x1b[K"), "the bar is wiped");
    assert!(!outcome.stderr().contains(" s\n"), "and says no line besides");
}

#[test]
fn elsewhere_one_line_says_what_was_done() {
    let mut office = office();
    let last = |stderr: &str| stderr.lines().filter(|line| line.ends_with(" s")).map(str::to_owned).collect::<Vec<_>>();
    let outcome = office.run("export --cases cases.txt --no-zip").done();
    assert!(!outcome.stderr().contains('\x1b'), "{outcome}");
    let lines = last(outcome.stderr());
    assert_eq!(lines.len(), 1, "{outcome}");
    assert!(lines[0].starts_with("export: 2 cases, ") && lines[0].ends_with(" rows read, 0.0 s"), "{outcome}");
    let outcome = office.run("audit verify").done();
    assert_eq!(last(outcome.stderr()), ["audit verify: 8 events checked, 0.0 s"]);
    for line in ["find --case DSR-20261123-0001", "doctor"] {
        let outcome = office.run(line);
        assert_eq!(last(outcome.stderr()).len(), 1, "{line}: {outcome}");
    }
    let outcome = office.run("--lang zh-CN audit verify").done();
    assert!(outcome.stderr().contains("audit verify：已核对 8 条事件，0.0 秒"), "{outcome}");
}

#[test]
fn an_erasure_tells_how_much_was_changed() {
    let mut office = Office::courier();
    office.file("id.txt", "account=100\n");
    office.run("case open erase --channel app --id-file id.txt --quiet").done();
    office.run("case identify DSR-20261123-0001 --level L2 --by otp+waybill --quiet").done();
    let planned = office.run("erase DSR-20261123-0001 --plan plan.jsonl --json").done();
    assert_eq!(planned.stderr(), "", "a machine is told nothing besides");
    let sums = &planned.json()["data"];
    let rows = ["deleted", "anonymized", "unlinked", "struck_out"].map(|word| sums[word].as_u64().unwrap());
    let outcome = office.run("apply plan.jsonl --confirm DSR-20261123-0001").done();
    // The trigger of `users` writes one row of history meanwhile, which goes as well.
    let changed = format!(" rows read, {} rows changed, 0.0 s\n", rows.iter().sum::<u64>() + 1);
    assert!(outcome.stderr().contains(&changed), "{changed} in {outcome}");
}

#[test]
fn the_quiet_and_machines_are_spared() {
    let mut office = office();
    for line in
        ["audit verify --quiet", "find --case DSR-20261123-0001 --json", "export --cases cases.txt --no-zip --json"]
    {
        assert_eq!(office.run(line).done().stderr(), "", "{line}");
        assert_eq!(office.typing("").run(&line.replace("--no-zip", "--no-zip --quiet")).stderr(), "", "{line}");
    }
}
