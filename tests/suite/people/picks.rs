//! Who is meant is never guessed: until an officer says so, nothing is copied and nothing erased.

use droit::{
    case::{Identifier, Identity},
    database::locate::Ambiguity,
    rights::subject::capture,
};

use super::{
    house::House,
    key::{Somebody, rows_of},
    names, package,
};

fn refused(house: &House, pairs: &[(&str, &str)]) -> Vec<Ambiguity> {
    let identity = Identity::of(pairs.iter().copied());
    let mut reader = house.reader();
    let ambiguities = house.close(&identity, &mut *reader).ambiguities;
    let captured = capture(&house.map, &identity, &house.zone, crate::desk::now(), &mut *reader);
    assert_eq!(captured.is_err(), !ambiguities.is_empty());
    ambiguities
}

#[test]
fn two_accounts_on_one_number_wait_for_a_pick_and_share_no_rows_then() {
    let house = House::build();
    let db = house.plain();
    let found = refused(&house, &[("phone", "15400000002")]);
    assert!(matches!(&found[..], [Ambiguity::SeveralPersons(both), ..] if both.len() == 2), "{found:?}");
    let mut own = Vec::new();
    for id in [2, 3] {
        let who = Somebody { account: Some(id), ..Somebody::default() };
        let mut reader = house.reader();
        let closed = house.close(&who.identity(), &mut *reader);
        assert!(closed.ambiguities.is_empty(), "{:?}", closed.ambiguities);
        let finished = house.export(&closed.set, &mut *reader).unwrap();
        let exported: std::collections::BTreeSet<_> = package::read(&finished.path).rows.into_keys().collect();
        std::fs::remove_dir_all(&finished.path).unwrap();
        assert_eq!(exported, names(&rows_of(&db, &who)));
        own.push(exported);
    }
    assert!(own[0].is_disjoint(&own[1]), "a row was given to both");
}

#[test]
fn a_number_that_was_given_to_somebody_else_does_not_lead_to_them() {
    let house = House::build();
    let (phone, name) = ("15400000004", "赵刚");
    assert!(
        !refused(&house, &[("phone", phone)]).is_empty()
            || !refused(&house, &[("phone", phone), ("name", name)]).is_empty()
    );
    let found = refused(&house, &[("phone", phone), ("name", name)]);
    assert!(!found.is_empty(), "account 4 would have been taken for the one who had its number before");
    // with the day on which they gave the number up, everything is clear
    let db = house.plain();
    let bound: String = db.query_row("SELECT phone_bound_at FROM users WHERE id = 4", [], |row| row.get(0)).unwrap();
    let until = house.zone.to_timestamp(bound.parse().unwrap()).unwrap();
    let mut identity = Identity::of([("name", name)]);
    let phone = Identifier { kind: "phone".into(), value: phone.into(), since: None, until: Some(until) };
    identity.identifiers.push(phone);
    let mut reader = house.reader();
    let closed = house.close(&identity, &mut *reader);
    assert!(closed.ambiguities.is_empty(), "{:?}", closed.ambiguities);
    let finished = house.export(&closed.set, &mut *reader).unwrap();
    let rows = package::read(&finished.path).rows;
    let own = "SELECT 'waybills', CAST(id AS TEXT) FROM waybills WHERE recipient_name = '赵刚'
               UNION SELECT 'waybill_routes', CAST(r.id AS TEXT) FROM waybill_routes r
               JOIN waybills w ON w.id = r.waybill_id WHERE w.recipient_name = '赵刚'
               UNION SELECT 'sms_log', CAST(id AS TEXT) FROM sms_log WHERE body LIKE '%赵刚%'";
    let mut statement = db.prepare(own).unwrap();
    let own: std::collections::BTreeSet<(String, String)> =
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect();
    assert_eq!(own.len(), 7, "two parcels with two scans each, and a text message: {own:?}");
    assert_eq!(rows.into_keys().collect::<std::collections::BTreeSet<_>>(), own);
}

#[test]
fn a_customer_who_is_a_colleague_is_found_as_both_by_number_and_as_one_by_key() {
    let house = House::build();
    let mut reader = house.reader();
    let by_number = house.close(&Identity::of([("phone", "15400000055")]), &mut *reader);
    assert!(by_number.ambiguities.is_empty(), "{:?}", by_number.ambiguities);
    assert_eq!(by_number.set.persons.keys().collect::<Vec<_>>(), ["account", "staff"]);
    let by_key = house.close(&Identity::of([("account", "55")]), &mut *reader);
    assert_eq!(by_key.set.persons.keys().collect::<Vec<_>>(), ["account"]);
    // as a customer: their contract of employment waits for its own end
    let both = Somebody { account: Some(55), staff: Some(5), ..Somebody::default() };
    let finished = house.export(&by_number.set, &mut *reader).unwrap();
    let exported: std::collections::BTreeSet<_> = package::read(&finished.path).rows.into_keys().collect();
    assert_eq!(exported, names(&rows_of(&house.plain(), &both)));
}

#[test]
fn a_mail_address_that_was_only_typed_leads_to_whoever_proved_it() {
    let house = House::build();
    let mut reader = house.reader();
    let closed = house.close(&Identity::of([("email", "Zhang.Wei@example.org")]), &mut *reader);
    assert!(closed.ambiguities.is_empty());
    let keys: Vec<String> = closed.set.persons["account"].iter().map(|key| key.0[0].to_canonical_text()).collect();
    assert_eq!(keys, ["6"]);
}
