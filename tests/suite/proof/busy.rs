//! Proofs beside an application that writes, and proofs that are killed.

use std::{
    fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use droit::{
    database::{DatabaseUrl, Options},
    prove::{Proving, Reason},
};
use rusqlite::Connection;

use super::{House, markers, markers::App, prove_one};
use crate::desk::{process, told};

#[test]
#[ignore = "a child process of the tests below"]
fn somebody_who_writes() {
    let Some(path) = told("DB") else { return };
    let db = Connection::open(&path).unwrap();
    db.busy_timeout(Duration::from_secs(20)).unwrap();
    db.execute_batch("CREATE TABLE busy (id INTEGER PRIMARY KEY, text TEXT); CREATE INDEX busy_text ON busy (text)")
        .unwrap();
    let sign = format!("{path}.writing");
    fs::write(&sign, "").unwrap();
    let mut at = 0_i64;
    while Path::new(&sign).exists() {
        // without secure_delete, every change leaves dead bytes
        db.execute("INSERT INTO busy VALUES (?1, hex(randomblob(200)))", [at]).unwrap();
        db.execute("UPDATE busy SET text = hex(randomblob(150)) WHERE id = ?1 / 2", [at]).unwrap();
        db.execute("DELETE FROM busy WHERE id = ?1 - 40", [at]).unwrap();
        at += 1;
        thread::sleep(Duration::from_millis(2));
    }
    assert!(at > 0);
}

#[test]
fn an_application_that_writes_all_the_time_loses_nothing() {
    for journal in ["WAL", "DELETE"] {
        let house = House::new(App::new(journal, "OFF"));
        markers::erase(&house.path());
        let kept = markers::kept(&house.app);
        let sign = house.dir.path().join("app.db.writing");
        let mut writer =
            process("proof::busy::somebody_who_writes", &[("DB", house.path().display().to_string())]).spawn().unwrap();
        let deadline = Instant::now() + Duration::from_secs(30);
        while !sign.exists() {
            assert!(Instant::now() < deadline, "the writer never began");
            thread::sleep(Duration::from_millis(5));
        }
        // long enough for a turn also where the disk is slow
        let options = Options { lock_wait: Duration::from_secs(40), ..Options::default() };
        let proving = Proving { exclusive: true, ..Proving::default() };
        let proof = prove_one(&DatabaseUrl::sqlite(house.path()), &options, &markers::values(), &proving).unwrap();
        let expected =
            |reason: &Reason| matches!(reason, Reason::StillDirty { .. } | Reason::NeverQuiet | Reason::Locked { .. });
        assert!(proof.reasons().iter().all(expected), "{journal}: {proof:#?}");
        fs::remove_file(&sign).unwrap();
        let ended = writer.wait().unwrap();
        assert!(ended.success(), "{journal}: the application failed");
        assert_eq!(markers::kept(&house.app), kept, "{journal}");
        assert!(house.prove(&Proving::default()).is_proven());
        assert!(markers::left(house.dir.path()).is_empty());
    }
}

#[test]
#[ignore = "a child process of the tests below"]
fn somebody_who_proves() {
    let Some(path) = told("DB") else { return };
    let proof = prove_one(&DatabaseUrl::sqlite(path), &Options::default(), &markers::values(), &Proving::default());
    assert!(proof.unwrap().is_proven());
}

#[test]
fn a_proof_that_is_killed_leaves_the_database_sound() {
    for journal in ["WAL", "TRUNCATE"] {
        let house = House::new(App::new(journal, "OFF"));
        markers::erase(&house.path());
        let kept = markers::kept(&house.app);
        for attempt in 0..8 {
            let told = [("DB", house.path().display().to_string())];
            let mut child = process("proof::busy::somebody_who_proves", &told).spawn().unwrap();
            thread::sleep(Duration::from_millis(30 + attempt * 45));
            child.kill().unwrap();
            child.wait().unwrap();
            assert_eq!(markers::kept(&house.app), kept, "{journal}, kill {attempt}");
        }
        assert!(house.prove(&Proving::default()).is_proven());
        assert!(markers::left(house.dir.path()).is_empty());
    }
}
