//! Values that somebody else proves as well: two accounts on one telephone, a colleague who is a customer. Such a value
//! still finds rows, but does not say whose they are.

use jiff::{Timestamp, tz::TimeZone};

use super::{
    closure::{Closed, Resolving},
    linked::has,
    probe::{Period, Probe},
};
use crate::{
    case::KnownValue,
    data_map::classified::Classified,
    database::{Database, DatabaseError, Flow, Seed},
    value::Key,
};

/// Takes the proof from every value that somebody outside its set proves at the same time in the probe's column.
pub(super) fn mark(
    probe: &Probe<'_>,
    map: &Classified,
    zone: &TimeZone,
    database: &mut dyn Database,
    resolving: &mut [Resolving],
) -> Result<(), DatabaseError> {
    if probe.proof.is_none() {
        return Ok(());
    }
    let kind = probe.kind;
    let known: Vec<(u32, &KnownValue)> = (0..)
        .zip(&*resolving)
        .flat_map(|(subject, one)| one.closed.set.values.iter().map(move |known| (subject, known)))
        .filter(|(_, known)| known.proven && known.kind == kind.word())
        .collect();
    let seeds = (0..).zip(&known).flat_map(|(tag, (subject, known))| {
        let spelled = kind.lookups(known.value.reveal()).into_iter();
        spelled.map(move |value| Seed { subject: *subject, tag, values: vec![value] })
    });
    let (select, reading) = probe.by_value(map, seeds.collect());
    let mut shared = vec![false; known.len()];
    database.read(&select, &mut |found| {
        let (subject, value) = known[found.tag as usize];
        let Closed { set, linked, .. } = &resolving[subject as usize].closed;
        let is_own = |person: &str, key: &Key| has(&set.persons, person, key) || has(&linked.persons, person, key);
        let theirs = reading.key(&found.row).is_none() || reading.is_of(&found.row, &is_own);
        let same = reading.value(&found.row).as_deref() == Some(value.value.reveal());
        let at_the_same_time = reading.may_prove(&found.row, zone).is_some_and(|period| overlap(value, period));
        shared[found.tag as usize] |= !theirs && same && at_the_same_time;
        Flow::Continue
    })?;
    let known: Vec<(u32, KnownValue)> =
        known.into_iter().zip(shared).filter(|(_, shared)| *shared).map(|((s, known), _)| (s, known.clone())).collect();
    for (subject, known) in known {
        let values = &mut resolving[subject as usize].closed.set.values;
        values.remove(&known);
        values.insert(KnownValue { proven: false, ..known });
    }
    Ok(())
}

pub(super) fn overlap(known: &KnownValue, (since, until): Period) -> bool {
    let ends_before = |end: Option<Timestamp>, begin: Option<Timestamp>| end.zip(begin).is_some_and(|(e, b)| e <= b);
    !ends_before(until, known.since) && !ends_before(known.until, since)
}
