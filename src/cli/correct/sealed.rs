//! The new values of a correction between its plan and its application: sealed in the casebook under a key of their
//! own, never in the plan's file.

use std::collections::BTreeMap;

use crate::{
    case::{Body, CaseNumber, Event, Secret},
    data_map::classified::Classified,
    database::Database,
    duties::replay::{self, Print, Tagging},
    error::Error,
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

/// Where it stands by what the corrected cells are known on a restored backup.
const BEFORE: &str = "before";

/// Seals beside the new values the fingerprints of the old ones, in the order of the wishes: a restored backup is
/// corrected only where exactly what was corrected stands again.
pub(crate) fn seal_before(
    wishes: &[Wish],
    map: &Classified,
    database: &mut dyn Database,
    tagging: &Tagging,
    body: &mut Body,
) -> Result<(), Error> {
    let mut before = Vec::new();
    for wish in wishes {
        before.push(Print::of_cell(map, wish.table, &wish.key, wish.column, database, tagging)?);
    }
    body.facts.insert(BEFORE.to_owned(), replay::seal(&before));
    Ok(())
}

/// The wishes that were sealed, each with the fingerprint of the cell before; `None` when one of them is not of this map.
pub(crate) fn wishes_of(facts: &BTreeMap<String, Secret>, map: &Classified) -> Option<Vec<(Wish, Option<Print>)>> {
    let before: Vec<Option<Print>> = facts.get(BEFORE).map(replay::unseal).unwrap_or_default();
    let mut before = before.into_iter();
    let numbered = facts.iter().filter(|(word, _)| word.bytes().all(|byte| byte.is_ascii_digit()));
    numbered.map(|(_, sealed)| Some((unseal(sealed.reveal(), map)?, before.next().flatten()))).collect()
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
    let wishes = wishes_of(&facts, &map).ok_or(Refusal::StalePlan)?;
    Ok(wishes.into_iter().map(|(wish, _)| wish).collect())
}
