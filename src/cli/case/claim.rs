//! What an answer says is so: on the record, in the rows, and when it was sent.

use std::collections::BTreeSet;

use super::{nothing_held, standing};
use crate::{
    case::{Case, Decision, Event, IllegalMove, Proof, RequestType},
    cli::{export, ready, restrict, session::Session, text::trouble, undo::undoable_of, when},
};

/// What an answer says, before it is given.
pub(super) struct Claim<'a> {
    pub(super) case: &'a Case,
    pub(super) decision: Decision,
    /// What was done, or looked for, was so beside droit
    pub(super) by_hand: bool,
    /// The part that was erased is all that was asked for
    pub(super) part: bool,
    /// When it was sent; `None` is now
    pub(super) sent: Option<&'a str>,
}

impl Claim<'_> {
    /// Refuses what is not so.
    pub(super) fn require_so(&self, session: &mut Session<'_>) -> anyhow::Result<()> {
        self.case.require_true(self.decision, self.by_hand)?;
        match self.decision {
            Decision::NoData if self.by_hand => nothing_held::require_of_captured(self.case, session),
            Decision::NoData => nothing_held::require(self.case, session),
            Decision::Fulfilled | Decision::Partial if self.by_hand => self.require_done_by_hand(session),
            Decision::Fulfilled | Decision::Partial => self.require_done(session),
            _ => Ok(()),
        }
    }

    fn require_done(&self, session: &mut Session<'_>) -> anyhow::Result<()> {
        if self.case.package.is_some() {
            export::settle(session)?;
        }
        self.require_whole()?;
        self.require_nothing_stays()?;
        self.require_done_before(session)?;
        self.require_no_backup(session)?;
        self.require_restricted(session)?;
        self.require_nothing_kept(session)?;
        standing::require_gone(self.case, session)?;
        standing::require_none(self.case, self.decision, session)
    }

    /// What was done beside droit is on no record; what the record and the rows show to the contrary is not denied.
    fn require_done_by_hand(&self, session: &mut Session<'_>) -> anyhow::Result<()> {
        self.require_nothing_stays()?;
        self.require_no_backup(session)?;
        standing::require_gone(self.case, session)?;
        standing::require_done_by_hand(self.case, self.decision, session)
    }

    /// Whoever asked for everything is not told that it was done when a part was.
    fn require_whole(&self) -> anyhow::Result<()> {
        if self.decision != Decision::Fulfilled || self.part || !self.case.is_done_in_part() {
            return Ok(());
        }
        Err(trouble::ONLY_A_PART.with(&[("case", &self.case.number.to_string())]).into())
    }

    /// Whoever asked for everything to go is not told that it went when rows of theirs stay: what is refused of it is
    /// told with the law and the remedies (PIPL 47, 50).
    fn require_nothing_stays(&self) -> anyhow::Result<()> {
        let deletes = matches!(self.case.request.action(), Some(RequestType::Delete | RequestType::CancelAccount));
        if self.decision != Decision::Fulfilled || !deletes || self.case.retained.is_empty() {
            return Ok(());
        }
        let stays = self.case.retained.iter().filter(|kept| kept.rows > 0);
        let tables: BTreeSet<&str> = stays.map(|kept| &*kept.table).collect();
        if tables.is_empty() {
            return Ok(());
        }
        let (case, tables) = (self.case.number.to_string(), Vec::from_iter(tables).join(", "));
        Err(trouble::ROWS_STAY.with(&[("case", &case), ("tables", &tables)]).into())
    }

    /// Nobody is told that their data is restricted whom another case let go since, nor that it is not whom another one
    /// restricts.
    fn require_restricted(&self, session: &mut Session<'_>) -> anyhow::Result<()> {
        let says = self.decision == Decision::Fulfilled || self.case.restricts();
        if !says || self.case.request.action() != Some(RequestType::Restrict) {
            return Ok(());
        }
        let restrictions = restrict::restrictions(self.case, session)?;
        let by = restrictions.by();
        let is_so = if self.case.has_lifted() { by.is_empty() } else { by.contains(&self.case.number) };
        match is_so {
            true => Ok(()),
            false if self.case.restricts() => Err(standing::again(self.case)),
            false => Err(IllegalMove::NothingDone.into()),
        }
    }

    /// Nobody is told that their rows were changed or are gone while a restored backup holds what they were before. Where
    /// the database cannot be looked at, the record alone tells.
    fn require_no_backup(&self, session: &mut Session<'_>) -> anyhow::Result<()> {
        if !self.case.changed_something() {
            return Ok(());
        }
        session.trusted().map_or(Ok(()), |mut trusted| ready::require_no_backup(&mut trusted, session))
    }

    /// Nobody is told that something is gone which another case of theirs keeps, so that it may come back.
    fn require_nothing_kept(&self, session: &mut Session<'_>) -> anyhow::Result<()> {
        if self.case.proof != Proof::NotNeeded || !self.case.stopped.is_empty() {
            for other in undoable_of(self.case, session)? {
                session.case(other)?.require_final()?;
            }
        }
        Ok(())
    }

    /// What is handed over or told as done was there when the answer was sent: the identity verified, the package made,
    /// the rows removed. A time to the minute, or a day alone, counts as its end.
    fn require_done_before(&self, session: &mut Session<'_>) -> anyhow::Result<()> {
        let Some(sent) = self.sent else { return Ok(()) };
        let end = when::end(sent, &session.zone()?)?;
        let mut done = self.case.verified_at;
        session.reading()?.events_about(self.case.number, |recorded| {
            let does = matches!(
                recorded.event,
                Event::Exported { .. }
                    | Event::Removed { .. }
                    | Event::RemovedTogether { .. }
                    | Event::StopAsked { .. }
                    | Event::RestrictionAsked { .. }
            );
            done = done.max(does.then_some(recorded.at));
            Ok(())
        })?;
        match done.filter(|done| *done > end) {
            Some(done) => Err(IllegalMove::SentBeforeDone(done).into()),
            None => Ok(()),
        }
    }
}
