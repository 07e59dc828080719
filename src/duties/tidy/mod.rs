//! What has outlived its purpose in droit's own house (DESIGN §7, LAW §4.2): which keys are due, and why; which are still
//! needed, and what for. Nothing is destroyed here.

mod facts;
#[cfg(test)]
mod tests;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

pub use self::facts::{Due, due_keys};
use crate::case::{
    IntentState, Proof,
    period::{Counted, Period},
};

/// How long an intent's key is kept after it was told that the bytes cannot be shown to be gone: somebody may still see
/// to that.
const NOT_PROVABLE_DAYS: i64 = 30;

/// How long a plan of a correction can be applied after it was asked for, and a day more.
const APPLICABLE: SignedDuration = SignedDuration::from_hours(48);

/// How long things are kept, as `[keep]` in `droit.toml` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Keep {
    /// Keys of cases, after the case was closed, withdrawn or merged
    pub case_keys: Period,
    /// Keys of purges and of legal holds, after the purge has ended or the hold was released
    pub registers: Period,
    /// Packages, after their case was closed
    pub packages: Period,
}

impl Default for Keep {
    fn default() -> Self {
        let [case_keys, registers] = [Period::of_years(3); 2];
        Self { case_keys, registers, packages: Period::of_days(30) }
    }
}

/// What decides on a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Facts {
    /// Bodies of a case's events
    Case(CaseFacts),
    /// New values of a case's corrections
    Corrected {
        /// When the last of them was asked for
        asked: Timestamp,
        /// When the case changed something for the last time since
        changed: Option<Timestamp>,
        /// Whether a change of the case is neither done nor given up
        unsettled: bool,
    },
    /// The work list of a change
    Intent {
        /// How far the change has come
        state: IntentState,
        /// What is known of the bytes that it removed, by case: nothing where it removed none
        proofs: Vec<(Proof, Option<Timestamp>)>,
        /// Whether the purge that it is a step of has ended; none of a case's own change
        run: Option<bool>,
    },
    /// Bodies of a purge's events
    Run {
        /// When it ended
        ended: Option<Timestamp>,
        /// Whether something that it left behind waits
        waits: bool,
        /// Whether a step of it is neither done nor given up
        unsettled: bool,
    },
    /// Bodies of a hold's events
    Hold {
        /// When it was released
        released: Option<Timestamp>,
    },
    /// What a change replaced and removed
    Undo {
        /// Until when it can be undone; none when it was, or never took place
        until: Option<Timestamp>,
        /// Whether a change of the case is neither done nor given up
        unsettled: bool,
        /// Whether a hold in force is about it
        held: bool,
    },
    /// The workspace's own bodies, and the identity tags
    Workspace,
}

/// What decides on the key of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each says by itself whether the key is still needed")]
pub struct CaseFacts {
    /// When it was closed, withdrawn or merged; none while it is in work
    pub ended: Option<Timestamp>,
    /// What is known of the bytes that it removed
    pub proof: Proof,
    /// When it changed something for the last time
    pub changed: Option<Timestamp>,
    /// Whether something of it waits for its day or for a person
    pub waits: bool,
    /// Whether a hold in force protects its person
    pub held: bool,
    /// Whether it remembers what a restriction that stands has replaced
    pub restricts: bool,
    /// Whether a change of it is neither done nor given up
    pub unsettled: bool,
}

/// Why a key is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// What the change removed is proven gone
    Proven,
    /// Thirty days ago it was told that it cannot be shown
    NotProvable,
    /// The change never took place
    Abandoned,
    /// The change removed nothing, so that there is nothing to prove
    NothingToProve,
    /// The purge that the change was a step of has ended
    RunEnded,
    /// The case ended so long ago as its key is kept
    CaseEnded,
    /// The last backup that is older than the correction has expired
    BackupsExpired,
    /// The purge ended, or the hold was released, so long ago as registers are kept
    RegisterEnded,
    /// The change can be undone no longer
    UndoEnded,
}

/// What a key is still needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needed {
    /// It is never destroyed
    Always,
    /// What it belongs to goes on
    Goes,
    /// A change has to be finished or given up with it
    Unsettled,
    /// Bytes are not proven gone yet
    Proof,
    /// Something waits for its day and is found with it
    Waits,
    /// A hold stands
    Hold,
    /// What a restriction replaced has to be put back
    Restriction,
    /// Its period has not ended
    Period,
}

/// Whether a key may go at `now`, and why; or what it is still needed for.
pub fn judge(facts: &Facts, keep: &Keep, backups: Period, now: Timestamp, zone: &TimeZone) -> Result<Why, Needed> {
    let over = |period: Period, from: Timestamp| period.purge_at(from, Counted::Event, zone) <= now;
    match facts {
        Facts::Workspace => Err(Needed::Always),
        Facts::Intent { state, proofs, run } => judge_intent(*state, proofs, *run, now),
        Facts::Case(case) => {
            let ended = case.ended.ok_or(Needed::Goes)?;
            require_free(case)?;
            // a restored backup has to be cleaned again, and needs to know of whom
            let cleanable = case.changed.is_none_or(|changed| over(backups, changed));
            if over(keep.case_keys, ended) && cleanable { Ok(Why::CaseEnded) } else { Err(Needed::Period) }
        }
        Facts::Corrected { unsettled: true, .. }
        | Facts::Run { unsettled: true, .. }
        | Facts::Undo { unsettled: true, .. } => Err(Needed::Unsettled),
        Facts::Undo { until: Some(until), .. } if *until > now => Err(Needed::Period),
        Facts::Undo { held: true, .. } => Err(Needed::Hold),
        Facts::Undo { .. } => Ok(Why::UndoEnded),
        Facts::Corrected { asked, changed, .. } => {
            let applicable = asked.saturating_add(APPLICABLE).unwrap_or(Timestamp::MAX) > now;
            let since = changed.map_or(*asked, |changed| changed.max(*asked));
            if !applicable && over(backups, since) { Ok(Why::BackupsExpired) } else { Err(Needed::Period) }
        }
        Facts::Run { waits: true, .. } => Err(Needed::Waits),
        Facts::Run { ended: end, .. } | Facts::Hold { released: end } => {
            let end = end.ok_or(Needed::Goes)?;
            if over(keep.registers, end) { Ok(Why::RegisterEnded) } else { Err(Needed::Period) }
        }
    }
}

fn require_free(case: &CaseFacts) -> Result<(), Needed> {
    let needs = [
        (case.unsettled, Needed::Unsettled),
        (case.waits, Needed::Waits),
        (case.proof == Proof::Pending, Needed::Proof),
        (case.held, Needed::Hold),
        (case.restricts, Needed::Restriction),
    ];
    needs.into_iter().find(|(needed, _)| *needed).map_or(Ok(()), |(_, what)| Err(what))
}

fn judge_intent(
    state: IntentState,
    proofs: &[(Proof, Option<Timestamp>)],
    run: Option<bool>,
    now: Timestamp,
) -> Result<Why, Needed> {
    match state {
        IntentState::Open | IntentState::Committing | IntentState::Committed => return Err(Needed::Unsettled),
        IntentState::Abandoned => return Ok(Why::Abandoned),
        IntentState::Removed if run == Some(false) => return Err(Needed::Goes),
        IntentState::Removed => {}
    }
    let month = SignedDuration::from_hours(24 * NOT_PROVABLE_DAYS);
    let nothing = if run.is_some() { Why::RunEnded } else { Why::NothingToProve };
    let mut why = nothing;
    for (proof, told) in proofs {
        match (proof, told) {
            (Proof::Pending, _) | (Proof::NotProvable, None) => return Err(Needed::Proof),
            (Proof::Proven, _) if why == nothing => why = Why::Proven,
            (Proof::Proven | Proof::NotNeeded, _) => {}
            (Proof::NotProvable, Some(told)) if now.duration_since(*told) < month => return Err(Needed::Proof),
            (Proof::NotProvable, Some(_)) => why = Why::NotProvable,
        }
    }
    Ok(why)
}
