//! Death in the middle, of the change of which something is kept and of the undo: before or after, and `recover` finishes.

use std::collections::BTreeSet;

use super::club::Club;

fn settle(club: &mut Club) {
    club.office.run("recover --quiet").done();
    club.require_whole();
}

#[test]
fn an_undo_that_died_is_finished_or_given_up() {
    let mut made = Club::open();
    let (whole, files) = (made.rows(), made.files());
    let case = made.erase(1);
    let erased = made.rows();
    let (mut died, mut seen) = (0, BTreeSet::new());
    for n in 1..80 {
        let mut club = made.copied();
        if !club.office.dies_at(&format!("undo {case} --confirm {case} --quiet"), n) {
            assert_eq!(club.rows(), whole);
            break;
        }
        died += 1;
        let rows = club.rows();
        assert!(rows == whole || rows == erased, "{n}: neither before nor after");
        settle(&mut club);
        assert_eq!(club.rows(), rows, "{n}: recover changes no row");
        if rows == whole {
            assert_eq!(club.files(), files, "{n}: and the file is there");
            club.undo(&case).refused("undo_none");
        } else {
            assert!(club.files().is_empty(), "{n}");
            club.undo(&case).done();
        }
        seen.insert(rows == whole);
        assert_eq!((club.rows(), club.files()), (whole.clone(), files.clone()), "{n}");
        assert!(club.kept().is_empty(), "{n}: {:?}", club.kept());
        assert!(club.undo_keys().iter().all(Option::is_none), "{n}");
        club.require_whole();
    }
    assert!(died > 8 && seen.len() == 2, "{died} {seen:?}");
}

#[test]
fn an_erasure_that_died_can_be_undone_or_was_never_done() {
    let mut made = Club::open();
    let (whole, files) = (made.rows(), made.files());
    let case = made.verified(1, "delete");
    let (mut died, mut seen) = (0, BTreeSet::new());
    for n in 1..80 {
        let mut club = made.copied();
        if !club.office.dies_at(&format!("erase {case} --confirm {case} --quiet"), n) {
            break;
        }
        died += 1;
        let took_place = club.rows() != whole;
        settle(&mut club);
        seen.insert(took_place);
        assert_eq!(club.rows() != whole, took_place, "{n}");
        if took_place {
            assert!(club.files().is_empty(), "{n}: recover removes the file, and keeps it");
            club.undo(&case).done();
        } else {
            club.undo(&case).refused("undo_none");
        }
        assert_eq!((club.rows(), club.files()), (whole.clone(), files.clone()), "{n}");
        assert!(club.kept().is_empty(), "{n}: {:?}", club.kept());
        assert!(club.undo_keys().iter().all(Option::is_none), "{n}");
    }
    assert!(died > 8 && seen.len() == 2, "{died} {seen:?}");
}

#[test]
fn without_a_mark_the_rows_say_whether_it_was_undone() {
    let mut made = Club::with(super::club::MAP, "undo = \"72 hours\"\nmark = false\n");
    let (whole, files) = (made.rows(), made.files());
    let case = made.erase(1);
    let mut died = 0;
    for n in 1..80 {
        let mut club = made.copied();
        if !club.office.dies_at(&format!("undo {case} --confirm {case} --quiet"), n) {
            break;
        }
        died += 1;
        let rows = club.rows();
        settle(&mut club);
        assert_eq!(club.rows(), rows, "{n}");
        if rows != whole {
            club.undo(&case).done();
        }
        assert_eq!((club.rows(), club.files()), (whole.clone(), files.clone()), "{n}");
    }
    assert!(died > 8, "{died}");
}
