//! What was done in time and never told: the log says of it what the clocks say.

use crate::office::Office;

const DONE: &str = "DSR-20261123-0001";

#[test]
fn what_was_done_and_not_told_is_late_when_a_clock_that_runs_is_over() {
    let mut office = Office::courier();
    office.file("ids.txt", "account=100\n");
    office.run("case open restrict --id-file ids.txt --quiet").done();
    office.run(&format!("case identify {DONE} --level L3 --by otp+waybill --quiet")).done();
    office.run(&format!("restrict {DONE} --confirm {DONE} --quiet")).carried_out();
    // K15W was met on the day of receipt; K30 ends on 23 December
    let mut judged = |day: &str| {
        office.at(day.parse().unwrap(), "10:00");
        let overdue = office.run("due --quiet");
        let log = office.run("log --format json").done().json();
        let row = &log["data"]["requests"][0];
        assert_eq!((&row["binding_clock"], &row["decision"]), (&"K15W".into(), &serde_json::Value::Null));
        let summary = &log["data"]["summary"];
        let figures = [&summary["on_time"]["on_time"], &summary["on_time"]["late"], &summary["overdue"]];
        (overdue.stdout().contains(DONE), row["on_time"].as_bool(), figures.map(|figure| figure.as_u64().unwrap()))
    };
    assert_eq!(judged("2026-12-20"), (false, None, [0, 0, 0]));
    assert_eq!(judged("2026-12-24"), (true, Some(false), [0, 1, 1]));
    office.file("letter.txt", "done\n");
    office.run(&format!("case answer {DONE} --decision FULFILLED --reply letter.txt --quiet")).done();
    let log = office.run("log --format json").done().json();
    assert_eq!(log["data"]["summary"]["overdue"], 0);
}
