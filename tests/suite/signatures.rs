//! Signatures, held against OpenSSH itself: what droit signs `ssh-keygen -Y verify` accepts, what `ssh-keygen -Y sign`
//! and an agent make droit accepts, and both say the same of a file of allowed signers.

use std::{
    fs,
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use droit::signature::{Purpose, Signers};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value;

use crate::office::Office;

/// Runs a program of OpenSSH; `.ci/run` installs it.
pub(crate) fn openssh(program: &str, args: &[&str], input: &str) -> Output {
    let mut child = Command::new(program)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{program} is needed (openssh-client), as in .ci/run: {error}"));
    let _closed = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// Makes a key pair in `folder`; returns the private key's file.
pub(crate) fn made(folder: &Path, name: &str, kind: &[&str], passphrase: &str) -> PathBuf {
    let path = folder.join(name);
    let file = path.to_str().unwrap();
    let args = [&["-q", "-C", name, "-N", passphrase, "-f", file, "-t"], kind].concat();
    let done = openssh("ssh-keygen", &args, "");
    assert!(done.status.success(), "{done:?}");
    path
}

/// The public half, without its comment.
pub(crate) fn public(key: &Path) -> String {
    let text = fs::read_to_string(key.with_extension("pub")).unwrap();
    text.split(' ').take(2).collect::<Vec<_>>().join(" ")
}

/// Whether `ssh-keygen -Y verify` says that it is good.
pub(crate) fn good(signers: &Path, who: &str, namespace: &str, signature: &Path, message: &str, more: &[&str]) -> bool {
    let (signers, signature) = (signers.to_str().unwrap(), signature.to_str().unwrap());
    let args = [&["-Y", "verify", "-f", signers, "-I", who, "-n", namespace, "-s", signature], more].concat();
    openssh("ssh-keygen", &args, message).status.success()
}

/// An office in which li may sign, and where the anchors go.
struct Desk {
    office: Office,
    outside: tempfile::TempDir,
    key: PathBuf,
}

impl Desk {
    fn with(office: Office, kind: &[&str], passphrase: &str) -> Self {
        let outside = tempfile::tempdir().unwrap();
        let key = made(outside.path(), "li", kind, passphrase);
        // where ssh-keygen is found
        let office = office.with("PATH", std::env::var_os("PATH").unwrap().to_str().unwrap());
        office.file("allowed_signers", &format!("# who may sign\nli@zkjia.com {}\n", public(&key)));
        Self { office, outside, key }
    }

    fn new() -> Self {
        Self::with(Office::open(), &["ed25519"], "")
    }

    fn anchors(&self) -> PathBuf {
        self.outside.path().join("droit.anchors")
    }

    fn anchor(&self, key: &Path) -> String {
        format!("audit anchor --to {} --key {}", self.anchors().display(), key.display())
    }

    fn verify(&self) -> String {
        format!("audit verify --against {}", self.anchors().display())
    }
}

/// The statement and the signature of the last anchor, as a reader without droit takes them from the line: the members
/// but the last, as they stand there.
fn last_anchor(text: &str) -> (String, String) {
    let line = text.lines().last().unwrap();
    let (statement, _) = line.split_once(",\"signature\":").unwrap();
    let read: Value = serde_json::from_str(line).unwrap();
    (format!("{statement}}}\n"), read["signature"].as_str().unwrap().to_owned())
}

#[test]
fn openssh_accepts_a_signed_anchor_and_droit_finds_one_that_was_changed() {
    for kind in [&["ed25519"][..], &["ecdsa", "-b", "256"], &["ecdsa", "-b", "384"], &["ecdsa", "-b", "521"]] {
        let mut desk = Desk::with(Office::open(), kind, "");
        let line = desk.anchor(&desk.key);
        let said = desk.office.run(&line).done();
        assert!(said.stdout().contains("signed with"), "{said}");
        let text = fs::read_to_string(desk.anchors()).unwrap();
        let unsigned = format!("audit anchor --to {}", desk.anchors().display());
        desk.office.run(&unsigned).misused("no_signing_key");
        assert_eq!(fs::read_to_string(desk.anchors()).unwrap(), text, "no unsigned line among signed ones");
        let (statement, signature) = last_anchor(&text);
        let file = desk.outside.path().join("anchor.sig");
        fs::write(&file, &signature).unwrap();
        let signers = desk.office.path("allowed_signers");
        assert!(good(&signers, "li@zkjia.com", "anchor@droit", &file, &statement, &[]), "{kind:?}");
        assert!(!good(&signers, "li@zkjia.com", "anchor@droit", &file, &statement.replace("li@", "mo@"), &[]));
        assert!(!good(&signers, "li@zkjia.com", "approval@droit", &file, &statement, &[]));

        let line = desk.verify();
        let said = desk.office.run(&line).done();
        assert!(said.stdout().contains("signatures: 1 good, 0 wrong"), "{said}");
        // who and when of the last line, which no other line covers
        let at = text.find("\"at\":\"2026-11-23T02:0").unwrap() + "\"at\":\"2026-11-23T02:0".len();
        let mut other_time = text.clone();
        other_time.replace_range(at..=at, if &text[at..=at] == "9" { "8" } else { "9" });
        for edited in [other_time, text.replace("li@zkjia.com", "mo@zkjia.com")] {
            assert_ne!(edited, text);
            fs::write(desk.anchors(), edited).unwrap();
            let said = desk.office.run(&line).looks();
            assert!(said.stdout().contains("anchor_signature_wrong event 1 line-1"), "{said}");
        }
        // without its signature it is worth no more than the file
        fs::write(desk.anchors(), statement).unwrap();
        let said = desk.office.run(&line).looks();
        assert!(said.stdout().contains("anchor_unsigned event 1 line-1"), "{said}");
        let said = desk.office.run(&format!("{line} --lang zh-CN")).looks();
        assert!(said.stdout().contains("锚点未签名"), "{said}");
    }
}

#[test]
fn a_key_in_an_agent_signs_through_ssh_keygen() {
    let desk = Desk::new();
    let socket = desk.outside.path().join("agent");
    let started = openssh("ssh-agent", &["-s", "-a", socket.to_str().unwrap()], "");
    let said = String::from_utf8(started.stdout).unwrap();
    let pid = said.split("SSH_AGENT_PID=").nth(1).unwrap().split(';').next().unwrap().to_owned();
    let add = Command::new("ssh-add").arg("-q").arg(&desk.key).env("SSH_AUTH_SOCK", &socket).status().unwrap();
    assert!(add.success());
    fs::remove_file(&desk.key).unwrap();
    let mut desk = desk;
    let public = desk.key.with_extension("pub");
    let line = desk.anchor(&public);
    // the agent is not known to this process
    desk.office.run(&line).fails(1, "ssh_keygen_failed");
    assert!(!desk.anchors().exists());
    let mut desk = Desk { office: desk.office.with("SSH_AUTH_SOCK", socket.to_str().unwrap()), ..desk };
    desk.office.run(&line).done();
    let line = desk.verify();
    assert!(desk.office.run(&line).done().stdout().contains("signatures: 1 good, 0 wrong"));
    assert!(Command::new("kill").arg(pid).status().unwrap().success());
}

#[test]
fn a_passphrase_is_asked_for_at_the_terminal_only_and_never_shown() {
    let mut desk = Desk::with(Office::open(), &["ed25519"], "correct horse");
    let line = desk.anchor(&desk.key);
    desk.office.piping("correct horse\n").run(&line).refused("passphrase_needs_terminal");
    desk.office.typing("correct horse\n").run(&format!("{line} --no-input")).refused("passphrase_needs_terminal");
    let wrong = desk.office.typing("wrong horse\n").run(&line).refused("wrong_passphrase");
    assert!(!format!("{wrong}").contains("horse"), "{wrong}");
    desk.office.typing("\u{3}").run(&line).fails(130, "interrupted");
    assert!(!desk.anchors().exists(), "nothing is written before the key is open");
    let signed = desk.office.typing("correct horse\n").run(&line).done();
    assert!(signed.stderr().contains("Passphrase of ") && !format!("{signed}").contains("horse"), "{signed}");
    let line = desk.verify();
    assert!(desk.office.run(&line).done().stdout().contains("1 good"));
}

/// Types a passphrase at a real terminal: the program under test behind a pty that Python makes.
const TYPIST: &str = r#"
import os, pty, sys, termios, time
typed, command = sys.argv[1].encode().decode("unicode_escape").encode("latin-1"), sys.argv[2:]
pid, terminal = pty.fork()
if pid == 0:
    os.execv(command[0], command)
screen = b""
while b"li:" not in screen:
    try:
        screen += os.read(terminal, 4096)
    except OSError:
        sys.exit(f"it did not ask: {screen!r}")
shown = lambda: bool(termios.tcgetattr(terminal)[3] & termios.ECHO)
print("echo while asking", shown())
os.write(terminal, typed)
try:
    while True:
        more = os.read(terminal, 4096)
        if not more:
            break
        screen += more
except OSError:
    pass
_, status = os.waitpid(pid, 0)
print("seen", typed.strip() in screen)
print("exit", os.waitstatus_to_exitcode(status))
sys.stdout.flush()
"#;

#[test]
fn at_a_real_terminal_nothing_of_the_passphrase_is_seen() {
    let desk = Desk::with(Office::open(), &["ed25519"], "correct horse");
    desk.office.file("typist.py", TYPIST);
    let typed = |what: &str| {
        let run = Command::new("python3")
            .arg(desk.office.path("typist.py"))
            .args([what, env!("CARGO_BIN_EXE_droit"), "audit", "anchor", "--lang", "en", "--to"])
            .args([&desk.anchors(), Path::new("--key"), &desk.key])
            .current_dir(desk.office.path(""))
            .env("XDG_STATE_HOME", desk.office.path("state"))
            .env("USER", "officer")
            .output()
            .unwrap();
        assert!(run.status.success(), "{run:?}");
        String::from_utf8(run.stdout).unwrap()
    };
    let interrupted = typed("correct\\x03");
    assert_eq!(interrupted, "echo while asking False\nseen False\nexit 130\n");
    assert!(!desk.anchors().exists());
    let said = typed("correct horse\\n");
    assert!(said.starts_with("echo while asking False\nseen False\n"), "{said}");
}

/// An auditor with an export, the anchors and a list of signers of their own, outside of any workspace.
#[test]
fn whoever_has_no_workspace_checks_all_the_same() {
    let mut desk = Desk::new();
    let line = desk.anchor(&desk.key);
    desk.office.run(&line).done();
    desk.office.run("audit export record.jsonl").done();
    let (record, signers) = (desk.office.path("record.jsonl"), desk.office.path("allowed_signers"));
    let mut elsewhere = Office::empty();
    let line = format!("audit verify --file {} --against {}", record.display(), desk.anchors().display());
    let said = elsewhere.run(&line).done();
    assert!(said.stdout().contains("1 not checked"), "{said}");
    let said = elsewhere.run(&format!("{line} --signers {}", signers.display())).done();
    assert!(said.stdout().contains("signatures: 1 good, 0 wrong"), "{said}");
}

#[test]
fn keys_that_do_not_count_are_refused_before_anything_is_written() {
    let mut desk = Desk::new();
    let stranger = made(desk.outside.path(), "stranger", &["ed25519"], "");
    let line = desk.anchor(&stranger);
    let said = desk.office.run(&line).refused("signer_unknown");
    assert!(said.stderr().contains("SHA256:"), "{said}");
    let rsa = made(desk.outside.path(), "rsa", &["rsa", "-b", "2048"], "");
    let line = desk.anchor(&rsa);
    desk.office.run(&line).refused("key_kind");
    let line = desk.anchor(&rsa.with_extension("pub"));
    desk.office.run(&line).refused("key_kind");
    let line = desk.anchor(&desk.office.path("allowed_signers"));
    desk.office.run(&line).misused("not_a_key");
    fs::set_permissions(&desk.key, fs::Permissions::from_mode(0o640)).unwrap();
    let line = desk.anchor(&desk.key);
    desk.office.run(&line).refused("signing_key_exposed");
    fs::set_permissions(&desk.key, fs::Permissions::from_mode(0o600)).unwrap();
    let key = public(&desk.key);
    desk.office.file("allowed_signers", &format!("li valid-before=\"20261122\" {key}\n"));
    desk.office.run(&line).refused("signer_not_in_force");
    desk.office.file("allowed_signers", &format!("li namespaces=\"certificate@droit\" {key}\n"));
    desk.office.run(&line).refused("signer_not_in_force");
    desk.office.file("allowed_signers", &format!("\n* {key}\n"));
    let said = desk.office.run(&line).misused("signers_damaged");
    assert!(said.stderr().contains("line 2"), "{said}");
    assert!(!desk.anchors().exists());
}

/// An allowed key that signs under somebody else's name.
#[test]
fn an_anchor_counts_only_under_the_name_of_its_key() {
    let mut desk = Desk::new();
    let wang = made(desk.outside.path(), "wang", &["ed25519"], "");
    let allowed = desk.office.read("allowed_signers");
    desk.office.file("allowed_signers", &format!("{allowed}wang@zkjia.com {}\n", public(&wang)));
    let line = desk.anchor(&wang);
    desk.office.run(&line).done();
    let verify = desk.verify();
    desk.office.run(&verify).done();
    let (statement, _) = last_anchor(&fs::read_to_string(desk.anchors()).unwrap());
    assert!(statement.contains("\"officer\":\"wang@zkjia.com\""), "{statement}");
    let other = statement.replace("wang@", "li@");
    let args = ["-Y", "sign", "-q", "-n", "anchor@droit", "-f", wang.to_str().unwrap()];
    let signature = String::from_utf8(openssh("ssh-keygen", &args, &other).stdout).unwrap();
    let signed = format!("{},\"signature\":{}}}\n", &other[..other.len() - 2], serde_json::json!(signature));
    fs::write(desk.anchors(), signed).unwrap();
    let said = desk.office.run(&verify).looks();
    assert!(said.stdout().contains("anchor_signature_wrong event 1 line-1"), "{said}");
}

/// A key whose time is over has signed what it signed before.
#[test]
fn what_was_signed_in_time_stays_good() {
    let mut desk = Desk::new();
    let line = desk.anchor(&desk.key);
    desk.office.run(&line).done();
    let verify = desk.verify();
    desk.office.wait_days(3);
    let key = public(&desk.key);
    desk.office.file("allowed_signers", &format!("li@zkjia.com valid-before=\"20261124\" {key}\n"));
    desk.office.run(&verify).done();
    desk.office.run(&line).refused("signer_not_in_force");
    desk.office.file("allowed_signers", &format!("li@zkjia.com valid-before=\"20261123\" {key}\n"));
    desk.office.run(&verify).looks();
    // whoever checks may bring a list of their own
    let own = desk.outside.path().join("signers");
    fs::write(&own, format!("li@zkjia.com {key}\n")).unwrap();
    desk.office.run(&format!("{verify} --signers {}", own.display())).done();
}

#[test]
fn a_certificate_carries_its_signature_beside_it_and_openssh_accepts_it() {
    let mut desk = Desk::with(Office::courier(), &["ed25519"], "");
    desk.office.file("who.txt", "phone=13800138000\n");
    desk.office.run("case open erase --id-file who.txt").done();
    desk.office.run("case identify DSR-20261123-0001 --level L2 --by otp+waybill").done();
    desk.office.run("erase DSR-20261123-0001 --confirm DSR-20261123-0001").done();
    let said = desk.office.run(&format!("prove DSR-20261123-0001 --key {}", desk.key.display())).done();
    assert!(said.stdout().contains("its signature beside it"), "{said}");
    let (certificate, sig) = ("certificates/DSR-20261123-0001.json", "certificates/DSR-20261123-0001.json.sig");
    let document = desk.office.read(certificate);
    let read: Value = serde_json::from_str(&document).unwrap();
    assert_eq!(read["signature"]["name"], "li@zkjia.com");
    assert_eq!(read["signature"]["namespace"], "certificate@droit");
    let signers = desk.office.path("allowed_signers");
    let accepted =
        |document: &str| good(&signers, "li@zkjia.com", "certificate@droit", &desk.office.path(sig), document, &[]);
    assert!(accepted(&document) && !accepted(&document.replace("proven", "proved")));
    let print = openssh("ssh-keygen", &["-l", "-f", desk.key.to_str().unwrap()], "");
    let print = String::from_utf8(print.stdout).unwrap();
    assert!(print.contains(read["signature"]["key"].as_str().unwrap()), "{print}");
    let mode = fs::metadata(desk.office.path(sig)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);

    let said = desk.office.run("audit verify").done();
    assert!(said.stdout().contains("signatures: 1 good, 0 wrong"), "{said}");
    let signature = desk.office.read(sig);
    desk.office.file(certificate, &document.replace("proven", "proved"));
    let said = desk.office.run("audit verify").looks();
    assert!(said.stdout().contains("certificate_unknown DSR-20261123-0001.json: "), "{said}");
    desk.office.file(certificate, &document);
    for other in [signature.replacen('U', "V", 1), String::new(), "x".to_owned()] {
        desk.office.file(sig, &other);
        let said = desk.office.run("audit verify").looks();
        assert!(said.stdout().contains("certificate_signature_wrong DSR-20261123-0001.json"), "{said}");
    }
    fs::remove_file(desk.office.path(sig)).unwrap();
    assert!(desk.office.run("audit verify").looks().stdout().contains("certificate_signature_wrong"));
    // a good signature of another allowed key is not the one that the certificate names
    let other = made(desk.outside.path(), "wang", &["ed25519"], "");
    let both = format!("li@zkjia.com {}\nwang {}\n", public(&desk.key), public(&other));
    desk.office.file("allowed_signers", &both);
    let args = ["-Y", "sign", "-q", "-n", "certificate@droit", "-f", other.to_str().unwrap()];
    let theirs = openssh("ssh-keygen", &args, &document);
    desk.office.file(sig, &String::from_utf8(theirs.stdout).unwrap());
    assert!(desk.office.run("audit verify").looks().stdout().contains("certificate_signature_wrong"));
    desk.office.file(sig, &signature);
    desk.office.run("audit verify").done();
    fs::remove_file(desk.office.path("allowed_signers")).unwrap();
    let said = desk.office.run("audit verify").done();
    assert!(said.stdout().contains("1 not checked: no file says who may sign"), "{said}");
}

/// Lines, instants and purposes in all combinations: droit counts what OpenSSH counts.
#[test]
fn openssh_and_droit_agree_on_who_may_sign() {
    let dir = tempfile::tempdir().unwrap();
    let (one, other) = (made(dir.path(), "one", &["ed25519"], ""), made(dir.path(), "other", &["ed25519"], ""));
    let (key, not_it) = (public(&one), public(&other));
    let signers = dir.path().join("signers");
    let mut compared = [0, 0];
    let lines = [
        format!("li {key}"),
        format!("li,wang\t{key} a comment"),
        format!("li {not_it}"),
        format!("wang {key}"),
        format!("# li {key}"),
        format!("li namespaces=\"approval@droit\" {key}"),
        format!("li namespaces=\"git,*@droit\" {key}"),
        format!("li namespaces=\"*@droit,!anchor@droit\" {key}"),
        format!("li namespaces=\"?pproval@droi?\" {key}"),
        format!("li valid-after=\"20261123120000Z\" {key}"),
        format!("li valid-before=\"20261123120000Z\" {key}"),
        format!("li valid-after=\"20261101Z\",valid-before=\"202611231159Z\",namespaces=\"approval@droit\" {key}"),
        format!("li {not_it}\nli valid-before=\"20200101Z\" {key}\nli {key}"),
    ];
    for purpose in [Purpose::Approval, Purpose::Anchor] {
        let args = ["-Y", "sign", "-q", "-n", purpose.namespace(), "-f", one.to_str().unwrap()];
        let signature = String::from_utf8(openssh("ssh-keygen", &args, "message").stdout).unwrap();
        let file = dir.path().join("sig");
        fs::write(&file, &signature).unwrap();
        for line in &lines {
            fs::write(&signers, format!("{line}\n")).unwrap();
            for when in ["20261123115900Z", "20261123120000Z", "20261123120001Z"] {
                let option = format!("-Overify-time={when}");
                let theirs = good(&signers, "li", purpose.namespace(), &file, "message", &[&option]);
                let at: Timestamp =
                    format!("2026-11-23T{}:{}:{}Z", &when[8..10], &when[10..12], &when[12..14]).parse().unwrap();
                let list = Signers::read(&signers, &TimeZone::UTC).unwrap();
                let ours = list.check(purpose, b"message", &signature, at).is_ok_and(|person| person.is_called("li"));
                assert_eq!(ours, theirs, "{line} at {when} for {}", purpose.namespace());
                compared[usize::from(theirs)] += 1;
            }
        }
    }
    assert!(compared.iter().all(|count| *count > 20), "{compared:?}");
}
