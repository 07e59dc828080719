//! A case is taken up again after its person has gone, and somebody else has the key or the number by then.

use crate::office::Office;

const CASE: &str = "DSR-20261123-0001";
const IDENTIFY: &str = "--level L2 --by otp+waybill --quiet";
const NEXT: &str = "DELETE FROM users WHERE id = 1; \
                    INSERT INTO users VALUES (1, 'B', '13900139000', '2026-11-24 00:00:00')";

fn office(account: &str) -> Office {
    const SQL: &str = "
        CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, phone TEXT, made TEXT);
        CREATE INDEX users_phone ON users (phone);
        INSERT INTO users VALUES (1, 'A', '13800138000', '2020-01-02 03:04:05');";
    let map = format!(
        r#"version = 1
controller = "C"
time_zone = "Asia/Shanghai"
[person.account]
is = "users.id"
[rules]
"*.id" = "key"
[tables.users]
purpose = "p"
clause = "1"
basis = "contract"
{account}
[tables.users.columns]
name = "name, provided"
phone = "phone, proves, provided"
made = "time, observed"
"#
    );
    let office = Office::empty().with_shop(SQL, &map);
    office.file("reply.txt", "done");
    office
}

fn phones(office: &Office) -> Option<String> {
    office.shop().query_row("SELECT group_concat(phone) FROM users", [], |row| row.get(0)).unwrap()
}

fn answered_and_reopened(office: &mut Office) {
    office.run(&format!("case answer {CASE} --decision FULFILLED --reply reply.txt --quiet")).done();
    office.run(&format!("case close {CASE} --yes --quiet")).done();
    office.run(&format!("case reopen {CASE} --reason-file reply.txt --quiet")).done();
}

/// The account is erased for its case, which was answered and is taken up again.
fn erased(account: &str) -> Office {
    let mut office = office(account);
    office.verified("delete", "account=1");
    office.run(&format!("erase {CASE} --confirm {CASE} --quiet")).done();
    assert_eq!(phones(&office), None);
    office.run(&format!("prove {CASE} --quiet")).done();
    answered_and_reopened(&mut office);
    office
}

#[test]
fn whoever_has_the_key_of_an_erased_person_is_not_verified_by_it() {
    for account in ["immutable = [\"made\"]", ""] {
        let mut office = erased(account);
        // while nobody has the key, nobody is found, and whoever gets it later is not them either
        office.run(&format!("case identify {CASE} {IDENTIFY}")).done();
        office.shop().execute_batch(NEXT).unwrap();
        office.run(&format!("case identify {CASE} {IDENTIFY}")).refused("somebody_else");
        office.run(&format!("erase {CASE} --confirm {CASE} --quiet")).refused("not_captured");
        office.run(&format!("export {CASE} --no-zip --quiet")).refused("not_captured");
        assert_eq!(phones(&office).as_deref(), Some("13900139000"));
        // the officer has verified somebody, and says who that is now
        office.file("now.txt", "phone=13900139000\n");
        office.run(&format!("case identify {CASE} --id-file now.txt {IDENTIFY}")).done();
        office.run("audit verify --quiet").done();
    }
}

#[test]
fn whoever_is_there_again_by_a_restored_backup_is_verified() {
    let mut office = erased("immutable = [\"made\"]");
    office.shop().execute_batch("INSERT INTO users VALUES (1, 'A', '13800138000', '2020-01-02 03:04:05')").unwrap();
    office.run(&format!("case identify {CASE} {IDENTIFY}")).done();
}

#[test]
fn no_copy_is_given_to_a_closed_case_of_the_one_who_has_the_key_now() {
    for account in ["immutable = [\"made\"]", ""] {
        let mut office = office(account);
        office.verified("copy", "account=1");
        office.run(&format!("export {CASE} --no-zip --quiet")).done();
        answered_and_reopened(&mut office);
        std::fs::remove_dir_all(office.path("packages")).unwrap();
        office.shop().execute_batch(NEXT).unwrap();
        office.run(&format!("case identify {CASE} {IDENTIFY}")).refused("somebody_else");
        office.run(&format!("export {CASE} --no-zip --quiet")).refused("illegal_move");
        assert!(!office.path("packages").join(CASE).exists());
    }
}

#[test]
fn whoever_changed_their_number_is_still_the_same() {
    for account in ["immutable = [\"made\"]", ""] {
        let mut office = office(account);
        office.verified("copy", "account=1");
        office.shop().execute_batch("UPDATE users SET phone = '13900139000'").unwrap();
        office.run(&format!("export {CASE} --no-zip --quiet")).refused("identity_changed");
        office.run(&format!("case identify {CASE} {IDENTIFY}")).done();
        office.run(&format!("export {CASE} --no-zip --quiet")).done();
    }
}

#[test]
fn a_number_that_leads_to_another_account_by_now_verifies_nobody() {
    let mut office = office("");
    office.verified("copy", "phone=13800138000");
    let moved = "UPDATE users SET phone = '13900139000'; \
                 INSERT INTO users VALUES (2, 'B', '13800138000', '2026-11-24 00:00:00')";
    office.shop().execute_batch(moved).unwrap();
    office.run(&format!("case identify {CASE} {IDENTIFY}")).refused("somebody_else");
}
