//! Values that somebody else proves as well: two accounts on one telephone, a colleague who is a customer. Such a value
//! still finds rows, but does not say whose they are.

use jiff::{Timestamp, tz::TimeZone};

use super::closure::Probe;
use crate::{
    case::{IdentitySet, KnownValue},
    database::{Arm, Database, DatabaseError, Flow, Seed, Select, Term},
    kind::{Dated, Kind},
    value::{Key, Value},
};

/// Takes the proof from every value of `set` that somebody outside it proves at the same time.
pub(super) fn mark(
    probes: &[Probe<'_>],
    zone: &TimeZone,
    database: &mut dyn Database,
    set: &mut IdentitySet,
) -> Result<(), DatabaseError> {
    let mut values = std::mem::take(&mut set.values).into_iter().collect::<Vec<_>>();
    for known in values.iter_mut().filter(|known| known.proven) {
        for probe in probes.iter().filter(|probe| probe.column.meaning.kind.word() == known.kind) {
            if proven_by_another(probe, known, zone, database, set)? {
                known.proven = false;
            }
        }
    }
    set.values = values.into_iter().collect();
    Ok(())
}

fn proven_by_another(
    probe: &Probe<'_>,
    known: &KnownValue,
    zone: &TimeZone,
    database: &mut dyn Database,
    set: &IdentitySet,
) -> Result<bool, DatabaseError> {
    let Some(proof) = &probe.column.meaning.proves else { return Ok(false) };
    let kind: Kind = probe.column.meaning.kind;
    let seed = |value: Value| Seed { subject: 0, tag: 0, values: vec![value] };
    let seeds = kind.spellings(known.value.reveal()).into_iter().map(seed).collect();
    let arm = Arm { columns: vec![probe.column.name.clone()], seeds };
    let mut select = Select::new(probe.table_name.clone(), vec![probe.link.clone()], vec![arm]);
    let mut column = |name: &Option<String>| {
        name.as_ref().map(|name| select.term(Term::Column { via: 0, column: name.clone() }) + 1)
    };
    let (since, until) = (column(&proof.since), column(&proof.until));
    let when = proof.when.clone().map(|predicate| select.term(Term::Truth { via: 0, predicate }) + 1);
    let own = set.persons.get(&probe.person.name);
    let mut shared = false;
    database.read(&select, &mut |found| {
        let instant = |at: Option<usize>| at.and_then(|at| Dated::read(&found.row[at]).moment(zone));
        let another = own.is_none_or(|keys| !keys.contains(&Key(vec![found.row[0].clone()])));
        let proves = when.is_none_or(|at| found.row[at] == Value::Integer(1));
        let dated = since.is_none() || instant(since).is_some();
        shared |= another && proves && dated && overlap(known, instant(since), instant(until));
        if shared { Flow::Stop } else { Flow::Continue }
    })?;
    Ok(shared)
}

pub(super) fn overlap(known: &KnownValue, since: Option<Timestamp>, until: Option<Timestamp>) -> bool {
    let ends_before = |end: Option<Timestamp>, begin: Option<Timestamp>| end.zip(begin).is_some_and(|(e, b)| e <= b);
    !ends_before(until, known.since) && !ends_before(known.until, since)
}
