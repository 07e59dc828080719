//! The two-person rule: a plan is applied only if who made it and a second person agreed to this very plan, each with
//! their own key.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown},
    path::PathBuf,
};

use droit::{
    case::{Agreement, CaseNumber, Event, Fingerprint, Part},
    casebook::{Casebook, KeyFolder, Opening},
};
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use serde_json::Value;

use crate::{
    office::{Office, Outcome},
    signatures::{good, made, openssh, public},
};

const CASE: &str = "DSR-20261123-0001";

/// The sample company under the rule: li plans, wang agrees, zhao is a third.
struct Two {
    office: Office,
    keys: tempfile::TempDir,
}

impl Two {
    fn new() -> Self {
        Self::under("second_officer")
    }

    fn under(approval: &str) -> Self {
        let mut office = Office::courier().with("DROIT_OFFICER", "li@zkjia.com");
        let keys = tempfile::tempdir().unwrap();
        let allowed: String = ["li", "wang", "zhao"]
            .map(|name| format!("{name}@zkjia.com {}\n", public(&made(keys.path(), name, &["ed25519"], ""))))
            .concat();
        office.file("allowed_signers", &allowed);
        let settings = office.read("droit.toml");
        office.file("droit.toml", &settings.replace("approval = \"none\"", &format!("approval = \"{approval}\"")));
        assert!(office.read("droit.toml").contains(approval), "{settings}");
        office.file("who.txt", "phone=13800138000\n");
        office.run("case open erase --id-file who.txt").done();
        office.run(&format!("case identify {CASE} --level L2 --by otp+waybill")).done();
        Self { office, keys }
    }

    fn key(&self, name: &str) -> PathBuf {
        self.keys.path().join(name)
    }

    fn plan(&mut self) {
        self.office.run(&format!("erase {CASE} --plan plan.jsonl")).done();
    }

    fn approve(&mut self, name: &str, plan: &str) -> Outcome {
        let line = format!("approve {plan} --key {} --confirm {CASE}", self.key(name).display());
        self.office.run(&line)
    }

    fn apply(&mut self) -> Outcome {
        self.office.run(&format!("apply plan.jsonl --confirm {CASE}"))
    }

    /// Whether the person's row is as it was.
    fn untouched(&self) -> bool {
        let db = Connection::open(self.office.path("zkjia.db")).unwrap();
        let sql = "SELECT count(*) FROM users WHERE phone LIKE '%13800138000%'";
        db.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap() == 1
    }
}

#[test]
fn a_plan_is_applied_when_two_people_agreed_to_it_and_the_record_says_who() {
    let mut two = Two::new();
    two.plan();
    two.apply().refused("plan_not_signed");
    two.approve("wang", "plan.jsonl").refused("plan_not_signed");
    let said = two.approve("li", "plan.jsonl").done();
    assert!(said.stdout().contains("li@zkjia.com signed the plan"), "{said}");
    assert!(said.stderr().contains("rows in the plan, until 2026-11-24T"), "{said}");
    two.apply().refused("not_approved");
    two.approve("li", "plan.jsonl").refused("already_agreed");
    two.approve("wang", "plan.jsonl").done();
    two.approve("wang", "plan.jsonl").refused("already_agreed");
    assert!(two.untouched());
    let case = two.office.run(&format!("case show {CASE} --json")).done().json();
    assert_eq!(case["data"]["status"], "approved");
    two.apply().done();
    assert!(!two.untouched());
    two.approve("zhao", "plan.jsonl").refused("applied_twice");

    let said = two.office.run("audit verify").done();
    assert!(said.stdout().contains("signatures: 2 good, 0 wrong"), "{said}");
    let shown = two.office.run(&format!("audit show {CASE}")).done();
    assert!(shown.stdout().contains("by=wang@zkjia.com") && !shown.stdout().contains("BEGIN SSH"), "{shown}");
    let log = two.office.run("log --from 2026-11-01 --format json").done();
    assert!(log.stdout().contains("wang@zkjia.com"), "the log names who approved: {log}");
}

/// What is signed is text that OpenSSH checks from the record alone.
#[test]
fn openssh_accepts_both_agreements_as_they_stand_on_record() {
    let mut two = Two::new();
    two.plan();
    two.approve("li", "plan.jsonl").done();
    two.approve("wang", "plan.jsonl").done();
    two.office.run("audit export record.jsonl").done();
    let record = two.office.read("record.jsonl");
    let workspace: Value = serde_json::from_str(record.lines().next().unwrap()).unwrap();
    let mut checked = 0;
    for line in record.lines().skip(1) {
        let event: Value = serde_json::from_str(line).unwrap();
        let part = match event["event"].as_str().unwrap() {
            "plan_signed" => "planner",
            "approved" => "approver",
            _ => continue,
        };
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let by = &event["by"];
        let statement = format!(
            "droit.approval/1\nworkspace {}\nabout {CASE}\nplan {}\nrows {}\nexpires {}\npart {part}\nname {}\nnonce {}\n",
            text(&workspace["workspace"]),
            text(&event["plan"]),
            by["rows"],
            text(&by["expires"]),
            text(&by["name"]),
            text(&by["nonce"])
        );
        let file = two.keys.path().join("sig");
        fs::write(&file, text(&by["signature"])).unwrap();
        let signers = two.office.path("allowed_signers");
        assert!(good(&signers, &text(&by["name"]), "approval@droit", &file, &statement, &[]), "{statement}");
        let other = statement.replace("plan ", "plan 0");
        assert!(!good(&signers, &text(&by["name"]), "approval@droit", &file, &other, &[]));
        checked += 1;
    }
    assert_eq!(checked, 2);
    let said = two.office.run("audit verify --file record.jsonl").done();
    assert!(said.stdout().contains("signatures: 2 good, 0 wrong"), "{said}");
}

#[test]
fn one_person_is_never_two() {
    let mut two = Two::new();
    two.plan();
    two.approve("li", "plan.jsonl").done();
    // a second key of li's own, under their name, under another case of it, and under two names
    let second = public(&made(two.keys.path(), "second", &["ed25519"], ""));
    let allowed = two.office.read("allowed_signers");
    for name in ["li@zkjia.com", "LI@ZKJIA.COM", "other@zkjia.com,li@zkjia.com"] {
        two.office.file("allowed_signers", &format!("{allowed}{name} {second}\n"));
        two.approve("second", "plan.jsonl").refused("already_agreed");
    }
    // li's key under a second name
    let own = public(&two.key("li"));
    two.office.file("allowed_signers", &format!("{allowed}other@zkjia.com {own}\n"));
    two.approve("li", "plan.jsonl").refused("already_agreed");
    two.apply().refused("not_approved");
    // whoever plans under another's name cannot sign as them
    two.office.file("allowed_signers", &allowed);
    let mut alone = Two { office: two.office.with("DROIT_OFFICER", "zhao@zkjia.com"), keys: two.keys };
    alone.office.run(&format!("erase {CASE} --plan other.jsonl")).done();
    alone.approve("li", "other.jsonl").refused("plan_not_signed");
    alone.approve("wang", "other.jsonl").refused("plan_not_signed");
    let outcome = alone.office.run(&format!("apply other.jsonl --confirm {CASE}"));
    outcome.refused("plan_not_signed");
    assert!(alone.untouched());
}

#[test]
fn an_agreement_is_for_one_plan_and_ends_with_it() {
    let mut two = Two::new();
    two.plan();
    two.approve("li", "plan.jsonl").done();
    two.approve("wang", "plan.jsonl").done();
    // another plan of the same case
    two.office.run(&format!("erase {CASE} --plan newer.jsonl")).done();
    two.approve("zhao", "plan.jsonl").refused("plan_unknown");
    two.office.run(&format!("apply newer.jsonl --confirm {CASE}")).refused("plan_not_signed");
    // an edited one
    let plan = two.office.read("newer.jsonl");
    two.office.file("edited.jsonl", &plan.replacen("\"delete\"", "\"leave\"", 1));
    two.approve("li", "edited.jsonl").refused("edited_plan");
    // one with fitting digests that nobody made here
    two.office.file("forged.jsonl", &forged(&plan));
    two.approve("li", "forged.jsonl").refused("plan_unknown");
    two.office.run(&format!("apply forged.jsonl --confirm {CASE}")).refused("plan_not_signed");
    // and one whose time is over
    two.approve("li", "newer.jsonl").done();
    two.approve("wang", "newer.jsonl").done();
    two.office.wait_days(1);
    two.approve("zhao", "newer.jsonl").refused("expired_plan");
    let outcome = two.office.run(&format!("apply newer.jsonl --confirm {CASE}"));
    assert!(outcome.stderr().contains("plan_not_signed") || outcome.stderr().contains("expired_plan"), "{outcome}");
    assert!(two.untouched());
}

/// The same plan with one line less, and digests that fit.
fn forged(plan: &str) -> String {
    use sha2::{Digest as _, Sha256};
    let lines: Vec<&str> = plan.split_inclusive('\n').collect();
    let kept = [&lines[..1], &lines[2..lines.len() - 1]].concat();
    let digest = |lines: &[&str]| droit::value::hex(&Sha256::digest(lines.concat()));
    let trailer = serde_json::json!({"rows": kept.len() - 1, "steps": digest(&kept[1..]), "digest": digest(&kept)});
    format!("{}{trailer}\n", kept.concat())
}

#[test]
fn a_key_that_is_ended_or_taken_out_agrees_to_nothing_any_more() {
    let mut two = Two::new();
    two.plan();
    two.approve("li", "plan.jsonl").done();
    two.approve("wang", "plan.jsonl").done();
    let allowed = two.office.read("allowed_signers");
    let wang = allowed.lines().nth(1).unwrap();
    let ended = wang.replace("wang@zkjia.com ", "wang@zkjia.com valid-before=\"20261123\" ");
    for line in [String::new(), ended, wang.replace("wang@zkjia.com ", "wang@zkjia.com namespaces=\"anchor@droit\" ")] {
        two.office.file("allowed_signers", &allowed.replace(wang, &line));
        two.apply().refused("not_approved");
    }
    // two names that turn out to be one person's
    let merged = wang.replace("wang@zkjia.com ", "wang@zkjia.com,LI@zkjia.com ");
    two.office.file("allowed_signers", &allowed.replace(wang, &merged));
    two.apply().refused("same_person");
    two.office.file("allowed_signers", &allowed);
    let stranger = made(two.keys.path(), "stranger", &["ed25519"], "");
    assert!(stranger.exists());
    two.approve("stranger", "plan.jsonl").refused("signer_unknown");
    fs::remove_file(two.office.path("allowed_signers")).unwrap();
    two.apply().refused("no_signers");
    two.office.file("allowed_signers", &allowed);
    two.apply().done();
}

/// An approval that somebody edits in the record is found, and counts for nothing.
#[test]
fn an_approval_that_was_put_into_the_record_by_hand_counts_for_nothing() {
    let mut two = Two::new();
    two.plan();
    two.approve("li", "plan.jsonl").done();
    two.approve("wang", "plan.jsonl").done();
    let allowed = two.office.read("allowed_signers");
    // as if zhao's key had stood for wang: the record's signature is not of whom it says
    let (wang, zhao) = (public(&two.key("wang")), public(&two.key("zhao")));
    two.office.file("allowed_signers", &allowed.replace(&wang, "swap").replace(&zhao, &wang).replace("swap", &zhao));
    two.apply().refused("not_approved");
    let said = two.office.run("audit verify").looks();
    assert!(said.stdout().contains("approval_wrong event "), "{said}");
    assert!(two.office.run("audit verify --lang zh-CN").looks().stdout().contains("批准未经允许的密钥签名"));
}

/// Puts agreements on record that `approve` would not: whoever can write the casebook can do that, too.
#[test]
fn agreements_to_other_terms_or_by_others_than_the_planner_count_for_nothing() {
    let mut two = Two::new();
    two.plan();
    let header: Value = serde_json::from_str(two.office.read("plan.jsonl").lines().next().unwrap()).unwrap();
    let trailer: Value = serde_json::from_str(two.office.read("plan.jsonl").lines().last().unwrap()).unwrap();
    let plan: Fingerprint = trailer["digest"].as_str().unwrap().parse().unwrap();
    let expires: Timestamp = header["expires"].as_str().unwrap().parse().unwrap();
    let rows = trailer["rows"].as_u64().unwrap();
    let workspace = header["workspace"].as_str().unwrap().to_owned();
    let agreement = |two: &Two, who: &str, part: Part, rows: u64, expires: Timestamp, said: Part| {
        let (name, key) = (format!("{who}@zkjia.com"), two.key(who));
        let key = key.to_str().unwrap();
        let print = openssh("ssh-keygen", &["-l", "-f", key], "");
        let print = String::from_utf8(print.stdout).unwrap().split(' ').nth(1).unwrap().to_owned();
        let mut by = Agreement {
            name,
            key: print,
            rows,
            expires,
            nonce: "00".repeat(16),
            signers: plan,
            signature: String::new(),
        };
        let statement = by.terms(&workspace, CASE.parse().unwrap(), plan, said).statement();
        let args = ["-Y", "sign", "-q", "-n", "approval@droit", "-f", key];
        by.signature = String::from_utf8(openssh("ssh-keygen", &args, &statement).stdout).unwrap();
        let by = Box::new(by);
        if part == Part::Planner { Event::PlanSigned { plan, by } } else { Event::Approved { plan, by: Some(by) } }
    };
    let record = |two: &Two, event: Event| {
        let keys = fs::read_dir(two.office.path("state/droit")).unwrap().next().unwrap().unwrap().path().join("keys");
        let opening = Opening {
            path: two.office.path("casebook.db"),
            keys: KeyFolder::open(&keys).unwrap(),
            random: Box::new(crate::desk::seeded(3)),
            command: "test".into(),
            wait: std::time::Duration::ZERO,
        };
        let case: CaseNumber = CASE.parse().unwrap();
        let mut book = Casebook::open(opening).unwrap();
        book.append(two.office.now(), "somebody", case, event, None).unwrap();
    };
    let later = expires + SignedDuration::from_hours(24);
    // wang and zhao without li, who made the plan
    let event = agreement(&two, "wang", Part::Planner, rows, expires, Part::Planner);
    record(&two, event);
    two.apply().refused("plan_not_signed");
    // li to another number of rows, to a longer life, in another part
    for (rows, expires, said) in
        [(rows + 1, expires, Part::Planner), (rows, later, Part::Planner), (rows, expires, Part::Approver)]
    {
        let event = agreement(&two, "li", Part::Planner, rows, expires, said);
        record(&two, event);
        two.apply().refused("plan_not_signed");
    }
    let event = agreement(&two, "li", Part::Planner, rows, expires, Part::Planner);
    record(&two, event);
    two.apply().refused("not_approved");
    let event = agreement(&two, "zhao", Part::Approver, rows, later, Part::Approver);
    record(&two, event);
    two.apply().refused("not_approved");
    assert!(two.untouched());
    // what was signed for another part than the record says is found
    let said = two.office.run("audit verify").looks();
    assert!(said.stdout().contains("approval_wrong event "), "{said}");
}

#[test]
fn the_list_of_signers_must_be_out_of_reach() {
    let mut two = Two::new();
    two.plan();
    let (list, folder) = (two.office.path("allowed_signers"), two.office.path(""));
    let mut owner = fs::metadata(&list).unwrap().uid();
    if owner == 0 {
        owner = 4243; // whoever runs the tests as root gives the list to an officer
        chown(&list, Some(owner), None).unwrap();
    }
    let nobody = two.office.user;
    for user in [Some(owner), Some(0), None] {
        two.office.user = user;
        two.approve("li", "plan.jsonl").refused("signers_writable");
        two.apply().refused("signers_writable");
        let doctor = two.office.run("doctor --json").looks();
        assert!(doctor.stdout().contains("signers_writable"), "{doctor}");
    }
    two.office.user = nobody;
    for (path, mode) in [(&list, 0o664), (&list, 0o646), (&folder, 0o770), (&folder, 0o702)] {
        let before = fs::metadata(path).unwrap().permissions();
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        two.approve("li", "plan.jsonl").refused("signers_writable");
        fs::set_permissions(path, before).unwrap();
    }
    two.approve("li", "plan.jsonl").done();
    // and the officer's own name must be on it, or nobody can sign what the officer plans
    assert!(!two.office.run("doctor --json").carried_out().stdout().contains("plan_not_signed"));
    let mut two = Two { office: two.office.with("DROIT_OFFICER", "somebody"), keys: two.keys };
    assert!(two.office.run("doctor --json").looks().stdout().contains("plan_not_signed"));
}

#[test]
fn a_key_on_another_machine_agrees_by_a_statement() {
    let mut two = Two::new();
    two.plan();
    let write = "approve plan.jsonl --name wang@zkjia.com --statement wang.txt";
    two.office.run(write).refused("plan_not_signed");
    two.approve("li", "plan.jsonl").done();
    let said = two.office.run(write).done();
    assert!(said.stderr().contains("ssh-keygen -Y sign -n approval@droit"), "{said}");
    two.office.run(write).refused("file_exists");
    let statement = two.office.read("wang.txt");
    assert!(statement.contains(&format!("about {CASE}\n")) && statement.contains("part approver\n"), "{statement}");
    let sign = |two: &Two, key: &str, namespace: &str| {
        let (key, text) = (two.key(key), two.office.path("wang.txt"));
        let _old = fs::remove_file(two.office.path("wang.txt.sig"));
        let args = ["-Y", "sign", "-q", "-n", namespace, "-f", key.to_str().unwrap(), text.to_str().unwrap()];
        assert!(openssh("ssh-keygen", &args, "").status.success());
    };
    let bring = format!("approve plan.jsonl --statement wang.txt --signature wang.txt.sig --confirm {CASE}");
    sign(&two, "wang", "anchor@droit");
    two.office.run(&bring).refused("signature_wrong");
    sign(&two, "zhao", "approval@droit");
    two.office.run(&bring).refused("statement_wrong");
    sign(&two, "li", "approval@droit");
    two.office.run(&bring).refused("already_agreed");
    for (from, to) in [("rows ", "rows 1"), ("approver", "planner"), ("expires 2026", "expires 2027"), ("\n", "\n\n")] {
        two.office.file("wang.txt", &statement.replacen(from, to, 1));
        sign(&two, "wang", "approval@droit");
        two.office.run(&bring).refused("statement_wrong");
    }
    two.office.file("wang.txt", &statement);
    two.office.file("wang.txt.sig", "no signature");
    two.office.run(&bring).refused("not_a_signature");
    sign(&two, "wang", "approval@droit");
    two.office.run(&bring).done();
    two.office.run(&bring).refused("already_agreed");
    two.apply().done();
    assert!(two.office.run("audit verify").done().stdout().contains("2 good, 0 wrong"));
}

#[test]
fn nothing_goes_without_a_plan_that_somebody_could_agree_to() {
    let mut two = Two::new();
    let before = two.office.run("audit show --format jsonl").done().stdout().lines().count();
    for command in ["erase", "anonymize"] {
        two.office.run(&format!("{command} {CASE} --confirm {CASE}")).refused("needs_plan");
    }
    two.office.run("case open correct --id-file who.txt").carried_out();
    two.office.run("case open restrict --id-file who.txt").carried_out();
    let said = two.office.run(&format!("erase {CASE} --lang zh-CN --confirm {CASE}")).refused("needs_plan");
    assert!(said.stderr().contains("第二人"), "{said}");
    two.office.run("restrict DSR-20261123-0003 --confirm DSR-20261123-0003").refused("needs_plan");
    two.office.run("purge minors --confirm").refused("purge_not_approvable");
    two.office.run("purge retention --confirm").refused("purge_not_approvable");
    two.office.run("purge scheduled --confirm").refused("purge_not_approvable");
    two.office.run("purge retention").carried_out();
    let after = two.office.run("audit show --format jsonl").done().stdout().lines().count();
    assert_eq!(after, before + 2, "only the two cases that were opened");
    assert!(two.untouched());
}

#[test]
fn purges_go_by_their_rules_where_the_second_officer_is_for_cases() {
    let mut two = Two::under("second_officer_for_cases");
    two.office.run(&format!("erase {CASE} --confirm {CASE}")).refused("needs_plan");
    two.office.run("purge scheduled --confirm").carried_out();
}

#[test]
fn several_cases_in_one_plan_are_agreed_to_together() {
    let mut two = Two::new();
    two.office.file("other.txt", "phone=13800138001\n");
    two.office.run("case open erase --id-file other.txt").carried_out();
    two.office.run("case identify DSR-20261123-0002 --level L2 --by otp+waybill").carried_out();
    two.office.file("cases.txt", &format!("{CASE}\nDSR-20261123-0002\n"));
    let planned = two.office.run("erase --cases cases.txt --plan plan.jsonl --json").carried_out().json();
    let run = two.office.read("plan.jsonl").lines().next().unwrap().to_owned();
    let run: Value = serde_json::from_str(&run).unwrap();
    let run = run["case"].as_str().unwrap().to_owned();
    assert!(run.starts_with("RUN-"), "{planned}");
    let people = planned["data"]["people"].as_u64().unwrap_or(2);
    let apply = format!("apply plan.jsonl --confirm {people}");
    two.office.run(&apply).refused("plan_not_signed");
    for name in ["li", "wang"] {
        let line = format!("approve plan.jsonl --key {} --confirm {run}", two.key(name).display());
        two.office.run(&line).done();
    }
    two.office.run(&apply).carried_out();
    assert!(!two.untouched());
    assert!(two.office.run("audit verify").done().stdout().contains("2 good, 0 wrong"));
}

#[test]
fn a_restriction_is_agreed_to_like_any_plan() {
    let mut two = Two::new();
    two.office.file("who.txt", "phone=13800138000\n");
    two.office.run("case open restrict --id-file who.txt").carried_out();
    let case = "DSR-20261123-0002";
    two.office.run(&format!("case identify {case} --level L2 --by otp+waybill")).carried_out();
    two.office.run(&format!("restrict {case} --plan restrict.jsonl")).carried_out();
    let apply = format!("apply restrict.jsonl --confirm {case}");
    two.office.run(&apply).refused("plan_not_signed");
    for name in ["li", "wang"] {
        let line = format!("approve restrict.jsonl --key {} --confirm {case}", two.key(name).display());
        two.office.run(&line).done();
    }
    two.office.run(&apply).carried_out();
}

#[test]
fn an_undo_is_agreed_to_like_any_other_plan() {
    let mut two = Two::new();
    let settings = two.office.read("droit.toml");
    two.office.file("droit.toml", &format!("undo = \"72 hours\"\n{settings}"));
    two.office.run(&format!("case identify {CASE} --level L2 --by otp+waybill --age adult --quiet")).done();
    two.plan();
    two.approve("li", "plan.jsonl").done();
    two.approve("wang", "plan.jsonl").done();
    two.apply().done();
    assert!(!two.untouched());

    two.office.run(&format!("undo {CASE} --confirm {CASE}")).refused("needs_plan");
    two.office.run(&format!("undo {CASE} --plan undo.jsonl")).done();
    let undo = format!("apply undo.jsonl --confirm {CASE}");
    two.office.run(&undo).refused("plan_not_signed");
    two.approve("li", "undo.jsonl").done();
    two.office.run(&undo).refused("not_approved");
    two.approve("wang", "undo.jsonl").done();
    two.office.run(&undo).done();
    assert!(two.untouched());
    two.office.run("audit verify --quiet").done();
}
