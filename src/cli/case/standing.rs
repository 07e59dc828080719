//! Before somebody is told that something has stopped, or that their data is restricted, it is looked for once more: an
//! undone change, or the application, may have put it back.

use std::collections::BTreeSet;

use crate::{
    case::{Case, Decision, Extent, Proof, RequestType},
    data_map::classified::Classified,
    planner::Planner as _,
    rights::{
        erasure::Scope,
        restriction::{Change, Restriction},
        stopping::{Messages, Told, stands},
    },
};

use crate::cli::{
    database::Trusted, failure::Trouble, planning::Planning, prove, session::Session, subject, text::trouble,
};

/// Refuses where what was removed as a whole is there again; of whom a part went new rows come. Of what is not known any
/// more nobody can be looked for.
pub(super) fn require_gone(case: &Case, session: &mut Session<'_>) -> anyhow::Result<()> {
    let deletes = matches!(case.request.action(), Some(RequestType::Delete | RequestType::CancelAccount));
    let whole = deletes && case.removed == Some(Extent::Whole);
    let looks = whole && case.proof != Proof::NotNeeded && case.removed_of().is_some_and(|set| !set.is_empty());
    if looks && prove::are_rows_back(case, session)? { Err(again(case)) } else { Ok(()) }
}

/// Refuses what is said to have been done by hand and what the rows deny: a deletion while rows may go, or stay and nobody
/// is told of it; a restriction, a withdrawal or a refusal of messages while flag, consent or subscription says otherwise.
/// Of whoever is not clearly one person, of a part of a deletion, and where the database cannot be looked at, nobody but
/// the officer can tell.
pub(super) fn require_done_by_hand(case: &Case, decision: Decision, session: &mut Session<'_>) -> anyhow::Result<()> {
    let Some(identity) = case.personal.identity.clone() else { return Ok(()) };
    let Ok(mut trusted) = session.trusted() else { return Ok(()) };
    let Ok(set) = subject::resolve(&identity, &mut trusted, session).and_then(|one| Ok(subject::require_clear(one)?))
    else {
        return Ok(());
    };
    let planning = Planning::of_set(case, set, Scope::default(), session.now(), &trusted, session)?;
    let whole = decision == Decision::Fulfilled;
    let stands = match case.request.action() {
        Some(RequestType::Delete | RequestType::CancelAccount) if case.scope.is_empty() => {
            return require_removed(case, whole, &planning, &mut trusted, session);
        }
        Some(RequestType::Restrict) if whole && !case.has_lifted() => {
            restriction(&planning, &trusted.map, session)?.derive(&mut *trusted.database, &mut |_| Ok(()))?.changes()
                > 0
        }
        Some(RequestType::WithdrawConsent) if whole => {
            let known = trusted.map.consent_scopes().into_iter();
            let asked = |scope: &&str| case.scope.is_empty() || case.scope.iter().any(|asked| asked == scope);
            let consents = known.filter(asked).map(str::to_owned).collect();
            is_standing(&Told { consents, ..Told::default() }, case, &planning, &mut trusted, session)?
        }
        Some(RequestType::OptOut) if whole && case.scope.is_empty() => {
            let all = Told { messages: vec![Messages::default()], ..Told::default() };
            is_standing(&all, case, &planning, &mut trusted, session)?
        }
        _ => false,
    };
    if stands { Err(again(case)) } else { Ok(()) }
}

fn is_standing(
    told: &Told,
    case: &Case,
    planning: &Planning,
    trusted: &mut Trusted,
    session: &mut Session<'_>,
) -> anyhow::Result<bool> {
    let instant = planning.instant(case, session)?;
    Ok(stands(told, &instant, planning.subjects(), &trusted.map, &mut *trusted.database)?)
}

/// Refuses where rows of the person may go, and where others stay of which a full yes, or the record, says nothing.
fn require_removed(
    case: &Case,
    whole: bool,
    planning: &Planning,
    trusted: &mut Trusted,
    session: &mut Session<'_>,
) -> anyhow::Result<()> {
    let totals = planning.erasure(&trusted.map, session)?.derive(&mut *trusted.database, &mut |_| Ok(()))?;
    let refused = |trouble: &'static Trouble, tables: BTreeSet<String>| {
        let tables = Vec::from_iter(tables).join(", ");
        Err(trouble.with(&[("case", &case.number.to_string()), ("tables", &tables)]).into())
    };
    if totals.changes() > 0 {
        let stands = totals.named(&trusted.map).filter(|(_, sums)| sums.deleted + sums.overwritten > 0);
        return refused(&trouble::ROWS_STAND, stands.map(|(table, _)| table).collect());
    }
    let stays: BTreeSet<String> =
        totals.kept.keys().map(|kept| trusted.map.tables[kept.table].name.to_string()).collect();
    match (stays.is_empty(), whole) {
        (false, true) => refused(&trouble::ROWS_STAY, stays),
        (false, false) if case.retained.is_empty() => refused(&trouble::STAYS_UNTOLD, stays),
        _ => Ok(()),
    }
}

/// Refuses where the rows of whom the case captured say otherwise, and a full yes where rows are left that no flag governs.
/// Whose rows are gone, nothing says so of them.
pub(super) fn require_none(case: &Case, decision: Decision, session: &mut Session<'_>) -> anyhow::Result<()> {
    let restricts = case.restricts() && case.request.action() == Some(RequestType::Restrict);
    let Some(set) = case.personal.set.clone().filter(|_| restricts || !case.stopped.is_empty()) else { return Ok(()) };
    let mut trusted = session.trusted()?;
    let planning = Planning::of_set(case, set, Scope::default(), session.now(), &trusted, session)?;
    let (subjects, instant) = (planning.subjects(), planning.instant(case, session)?);
    let (map, database) = (&trusted.map, &mut *trusted.database);
    let messages = case.stopped.messages.iter().map(|pair| Messages::of_pair(pair)).collect();
    let told = Told { consents: case.stopped.consents.iter().cloned().collect(), messages };
    let mut again = stands(&told, &instant, subjects, map, database)?;
    if restricts {
        let restriction = restriction(&planning, map, session)?;
        again |= restriction.derive(database, &mut |_| Ok(()))?.changes() > 0;
        let ungoverned = restriction.not_enforceable(database)?;
        if !again && decision == Decision::Fulfilled && !ungoverned.is_empty() {
            let names = ungoverned.iter().map(|(table, _)| map.tables[*table].name.to_string());
            let tables = names.collect::<Vec<_>>().join(", ");
            return Err(trouble::NOT_ENFORCED.with(&[("case", &case.number.to_string()), ("tables", &tables)]).into());
        }
    }
    if again { Err(self::again(case)) } else { Ok(()) }
}

fn restriction<'a>(
    planning: &'a Planning,
    map: &'a Classified,
    session: &mut Session<'_>,
) -> anyhow::Result<Restriction<'a>> {
    let (subjects, zone, token) = (planning.subjects(), session.zone()?, planning.token());
    Ok(Restriction { map, subjects, change: Change::Restrict, zone, token })
}

/// It is to be carried out again.
pub(super) fn again(case: &Case) -> anyhow::Error {
    trouble::STANDS_AGAIN.with(&[("case", &case.number.to_string())]).into()
}
