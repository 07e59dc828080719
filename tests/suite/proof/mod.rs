//! Erased means gone: after a removal by plain SQL and a proof, no byte of the removed values is in any file of the
//! database, whatever the application did before, while it is connected.

mod busy;
mod markers;
mod rows;
pub(crate) mod withheld;

use std::{path::PathBuf, time::Duration};

use droit::{
    database::{DatabaseUrl, Options},
    error::Error,
    prove::{Hunt, Method, Proof, Proving, Vacuum, prove},
    value::Value,
};
use markers::App;

/// The proof for one person.
fn prove_one(url: &DatabaseUrl, options: &Options, values: &[Value], proving: &Proving) -> Result<Proof, Error> {
    let mut proofs = prove(url, options, &Hunt::new(values), proving)?;
    assert_eq!(proofs.len(), 1);
    Ok(proofs.remove(0))
}

struct House {
    dir: tempfile::TempDir,
    app: rusqlite::Connection,
}

impl House {
    fn new(app: App) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let app = markers::build(&dir.path().join("app.db"), app);
        Self { dir, app }
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("app.db")
    }

    fn prove(&self, proving: &Proving) -> Proof {
        let options = Options { lock_wait: Duration::from_millis(400), ..Options::default() };
        prove_one(&DatabaseUrl::sqlite(self.path()), &options, &markers::values(), proving).unwrap()
    }
}

/// Erases and proves; returns how many values were left before the proof.
fn erased_and_proven(app: App) -> usize {
    let house = House::new(app);
    markers::erase(&house.path());
    let kept = markers::kept(&house.app);
    assert!(kept.ends_with("ok"), "{app:?}");
    let before = markers::left(house.dir.path()).len();
    let proof = house.prove(&Proving::default());
    assert!(proof.is_proven(), "{app:?}: {proof:#?}");
    let left = markers::left(house.dir.path());
    assert!(left.is_empty(), "{app:?}: {left:?}");
    let file = proof.file.as_ref().unwrap();
    assert_eq!((file.method, file.dirty_pages), (Method::Scrub, 0));
    assert_eq!(file.page_size, u64::from(app.page_size));
    assert!(proof.searched.live.is_empty(), "{app:?}: {:?}", proof.searched.live);
    assert_eq!(markers::kept(&house.app), kept, "{app:?}");
    markers::go_on(&house.app);
    before
}

#[test]
fn nothing_is_left_in_any_place_journal_or_setting() {
    let mut before = 0;
    for journal in ["WAL", "DELETE", "TRUNCATE", "PERSIST"] {
        for secure_delete in ["OFF", "ON"] {
            let left = erased_and_proven(App::new(journal, secure_delete));
            assert!(left > 0 || secure_delete == "ON", "{journal}: the removal alone left nothing to clean");
            before += left;
        }
    }
    assert!(before > 1000, "{before}");
}

#[test]
fn nothing_is_left_in_any_shape_of_file() {
    let encodings = ["UTF-8", "UTF-16le", "UTF-16be"];
    for (at, page_size) in [512, 1024, 16_384, 65_536].into_iter().enumerate() {
        let auto_vacuum = u8::try_from(at % 3).unwrap();
        let journal = if at % 2 == 0 { "WAL" } else { "PERSIST" };
        let encoding = encodings[(at + 1) % 3];
        erased_and_proven(App { page_size, encoding, auto_vacuum, ..App::new(journal, "OFF") });
    }
    erased_and_proven(App { encoding: "UTF-16be", auto_vacuum: 2, ..App::new("WAL", "ON") });
}

#[test]
fn vacuum_leaves_copies_of_rows_that_stay_and_says_so() {
    let house = House::new(App::new("WAL", "OFF"));
    markers::erase(&house.path());
    let kept = markers::kept(&house.app);
    let proof = house.prove(&Proving { vacuum: Vacuum::Instead, ..Proving::default() });
    assert!(proof.is_proven(), "{proof:#?}");
    let file = proof.file.unwrap();
    assert_eq!(file.method, Method::Vacuum);
    assert!(file.dirty_pages > 0, "then there would be nothing to say");
    assert!(markers::left(house.dir.path()).is_empty());
    assert_eq!(markers::kept(&house.app), kept);
}

#[test]
fn a_second_proof_writes_nothing() {
    let house = House::new(App::new("WAL", "ON"));
    markers::erase(&house.path());
    assert!(house.prove(&Proving::default()).cleaned.pages > 0);
    let again = house.prove(&Proving::default());
    assert!(again.is_proven());
    assert_eq!((again.cleaned.rounds, again.cleaned.pages), (1, 0));
}
