//! The new values of a correction between its plan and its application: sealed in the casebook under a key of their
//! own, never in the plan's file.

use std::collections::BTreeMap;

use crate::{
    case::{CaseNumber, Event, Secret},
    data_map::classified::Classified,
    plan::Claim,
    refusal::Refusal,
    rights::correction::Wish,
    value::{Key, Value, hex},
};

use crate::cli::{session::Session, text::trouble};

/// A wish as it is sealed: table, column, key, value; the values by their canonical bytes.
type Sealed = (String, String, String, String);

/// The facts of the event's body.
pub(crate) fn seal(wishes: &[Wish], map: &Classified) -> BTreeMap<String, Secret> {
    let one = |(at, wish): (usize, &Wish)| {
        let held = &map.tables[wish.table];
        let (mut key, mut to) = (Vec::new(), Vec::new());
        wish.key.encode(&mut key);
        wish.to.encode(&mut to);
        let sealed: Sealed = (held.name.to_string(), held.columns[wish.column].name.clone(), hex(&key), hex(&to));
        let text = serde_json::to_string(&sealed).unwrap_or_default();
        (format!("{at:04}"), Secret::from(text))
    };
    wishes.iter().enumerate().map(one).collect()
}

/// Reads one fact; `None` when it is something else.
pub(crate) fn unseal(text: &str, map: &Classified) -> Option<Wish> {
    let (table, column, key, to): Sealed = serde_json::from_str(text).ok()?;
    let table = map.tables.iter().position(|held| held.name.to_string() == table)?;
    let column = map.tables[table].columns.iter().position(|known| known.name == column)?;
    let (key, to) = (unhex(&key)?, unhex(&to)?);
    Some(Wish { table, key: Key::decode(&mut key.as_slice())?, column, to: Value::decode(&mut to.as_slice())? })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks_exact(2);
    digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

/// What the plan of `claim` was made from. The plan says only which event holds it: a claim that names another case's,
/// or none, is refused.
pub(crate) fn wished(case: CaseNumber, claim: &Claim, session: &mut Session<'_>) -> anyhow::Result<Vec<Wish>> {
    let asked = claim.header.scope.get("asked").and_then(serde_json::Value::as_i64);
    let asked = asked.ok_or(Refusal::EditedPlan)?;
    let map = session.trusted()?.map;
    let mut facts = None;
    session.reading()?.events_about(case, |recorded| {
        if recorded.number == asked && matches!(recorded.event, Event::CorrectionAsked { .. }) {
            facts = Some(recorded.body.map(|body| body.facts));
        }
        Ok(())
    })?;
    let facts = facts.ok_or(Refusal::EditedPlan)?.ok_or_else(|| trouble::VALUES_GONE.plain())?;
    let wishes: Option<Vec<Wish>> = facts.values().map(|sealed| unseal(sealed.reveal(), &map)).collect();
    Ok(wishes.ok_or(Refusal::StalePlan)?)
}
