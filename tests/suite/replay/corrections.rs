//! Which corrections a replay repeats, and which somebody took back.

use super::shop::{Shop, person};

const OF_TWO: &str = "SELECT nickname FROM people WHERE id = 2";

/// A replay that was asked for of a database that was not restored, and killed: the next run knows it as well.
#[test]
fn who_took_a_correction_back_keeps_it_also_when_the_replay_is_killed() {
    let mut made = Shop::of(3);
    made.correct(2, "people.nickname=right\n");
    made.erase(&[1]);
    made.sql("UPDATE people SET nickname = 'nick 2' WHERE id = 2");
    made.sql(&person(1, 1, "2024-02-02 01:00:00")); // another system brought the row back
    let mut died = 0;
    for n in 1.. {
        let mut shop = made.copied();
        if !shop.office.dies_at("replay --since 2026-11-01 --confirm --quiet", n) {
            break;
        }
        died += 1;
        shop.office.run("replay --confirm --quiet").carried_out();
        assert_eq!(shop.one::<String>(OF_TWO), "nick 2", "{n}");
    }
    assert!(died > 5, "it died only {died} times");
}

/// What the backup carried stands as it was left; what came after the backup is done again.
#[test]
fn what_was_taken_back_before_the_backup_is_not_repeated() {
    let mut shop = Shop::of(3);
    let case = shop.correct(2, "people.nickname=right\n");
    shop.sql("UPDATE people SET nickname = 'nick 2' WHERE id = 2");
    let backup = shop.backup();
    shop.erase(&[1]);
    shop.correct(3, "people.nickname=better\n");
    shop.restore(&backup);
    let left = shop.office.run("replay --since 2026-11-01 --confirm --json").looks().json();
    let left = &left["data"]["left"];
    assert_eq!((&left[0]["about"], &left[0]["why"]), (&case.as_str().into(), &"correction_undone".into()), "{left}");
    assert_eq!(left.as_array().unwrap().len(), 1, "{left}");
    assert_eq!(shop.one::<String>(OF_TWO), "nick 2");
    assert_eq!(shop.one::<String>("SELECT nickname FROM people WHERE id = 3"), "better");
    assert_eq!(shop.ids("SELECT id FROM people ORDER BY id"), [2, 3]);
}

/// Of several corrections of one field the last counts.
#[test]
fn what_a_later_correction_put_back_is_right() {
    let mut shop = Shop::of(3);
    let backup = shop.backup();
    shop.correct(2, "people.nickname=right\n");
    shop.correct(2, "people.nickname=nick 2\n");
    shop.office.run("replay --since 2026-11-01 --confirm --quiet").done();
    assert_eq!(shop.one::<String>(OF_TWO), "nick 2");
    shop.correct(2, "people.nickname=third\n");
    shop.restore(&backup);
    shop.office.run("replay --confirm --quiet").done();
    assert_eq!(shop.one::<String>(OF_TWO), "third");
}
