//! Before somebody is told that something has stopped, or that their data is restricted, it is looked for once more: an
//! undone change, or the application, may have put it back.

use crate::{
    case::{Case, Decision, Extent, Proof, RequestType},
    planner::Planner as _,
    rights::{
        erasure::Scope,
        restriction::{Change, Restriction},
        stopping::{Messages, Told, stands},
    },
};

use crate::cli::{planning::Planning, prove, session::Session, subject, text::trouble};

/// Refuses where what was removed as a whole is there again; of whom a part went new rows come. Of what is not known any
/// more nobody can be looked for.
pub(super) fn require_gone(case: &Case, session: &mut Session<'_>) -> anyhow::Result<()> {
    let deletes = matches!(case.request.action(), Some(RequestType::Delete | RequestType::CancelAccount));
    let whole = deletes && case.removed == Some(Extent::Whole);
    let looks = whole && case.proof != Proof::NotNeeded && case.removed_of().is_some_and(|set| !set.is_empty());
    if looks && prove::are_rows_back(case, session)? { Err(again(case)) } else { Ok(()) }
}

/// Refuses a deletion by hand while rows that may go are there, and a restriction by hand while a flag says otherwise. Of
/// a part, of whoever is not clearly one person, and where the database cannot be looked at, nobody but the officer can
/// tell.
pub(super) fn require_done_by_hand(case: &Case, session: &mut Session<'_>) -> anyhow::Result<()> {
    let action = case.request.action();
    let deletes = matches!(action, Some(RequestType::Delete | RequestType::CancelAccount));
    let looks = deletes || action == Some(RequestType::Restrict) && !case.has_lifted();
    let Some(identity) = case.personal.identity.clone().filter(|_| looks && case.scope.is_empty()) else {
        return Ok(());
    };
    let Ok(mut trusted) = session.trusted() else { return Ok(()) };
    let Ok(set) = subject::resolve(&identity, &mut trusted, session).and_then(|one| Ok(subject::require_clear(one)?))
    else {
        return Ok(());
    };
    let planning = Planning::of_set(case, set, Scope::default(), session.now(), &trusted, session)?;
    if !deletes {
        let (zone, token) = (session.zone()?, planning.token());
        let (map, subjects) = (&trusted.map, planning.subjects());
        let restriction = Restriction { map, subjects, change: Change::Restrict, zone, token };
        let changes = restriction.derive(&mut *trusted.database, &mut |_| Ok(()))?.changes();
        return if changes > 0 {
            Err(trouble::NOT_RESTRICTED.with(&[("case", &case.number.to_string())]).into())
        } else {
            Ok(())
        };
    }
    let totals = planning.erasure(&trusted.map, session)?.derive(&mut *trusted.database, &mut |_| Ok(()))?;
    if totals.changes() == 0 {
        return Ok(());
    }
    let stands = totals.named(&trusted.map).filter(|(_, sums)| sums.deleted + sums.overwritten > 0);
    let tables = stands.map(|(table, _)| table).collect::<Vec<_>>().join(", ");
    Err(trouble::ROWS_STAND.with(&[("case", &case.number.to_string()), ("tables", &tables)]).into())
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
        let (change, zone, token) = (Change::Restrict, instant.zone, planning.token());
        let restriction = Restriction { map, subjects, change, zone, token };
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

/// It is to be carried out again.
pub(super) fn again(case: &Case) -> anyhow::Error {
    trouble::STANDS_AGAIN.with(&[("case", &case.number.to_string())]).into()
}
