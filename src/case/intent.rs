//! How far a change has come, and the instants at which it can be interrupted (DESIGN §5).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::event::Event;

/// The state of an intent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntentState {
    /// The work list is on record; nothing is changed
    Open,
    /// The user database was about to commit: whether it did, its mark says
    Committing,
    /// The user database has committed; files may still have to go
    Committed,
    /// Done
    Removed,
    /// Never took place
    Abandoned,
}

/// An event that does not follow from where the intent stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("intent {intent} is {from} and cannot become {to}")]
pub struct IntentMove {
    /// The intent's number
    pub intent: i64,
    /// Where it stands
    pub from: IntentState,
    /// Where it was asked to go
    pub to: IntentState,
}

impl IntentState {
    /// The word that stands in the casebook.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Committing => "committing",
            Self::Committed => "committed",
            Self::Removed => "removed",
            Self::Abandoned => "abandoned",
        }
    }

    /// The state for a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Open, Self::Committing, Self::Committed, Self::Removed, Self::Abandoned]
            .into_iter()
            .find(|state| state.word() == word)
    }

    /// Where an event takes an intent; `None` if the event is not about one.
    #[must_use]
    pub fn after(event: &Event) -> Option<Self> {
        match event {
            Event::IntentOpened { .. } => Some(Self::Open),
            Event::Committing { .. } => Some(Self::Committing),
            Event::Committed { .. } => Some(Self::Committed),
            Event::Removed { .. } | Event::Undone { .. } => Some(Self::Removed),
            Event::Abandoned { .. } => Some(Self::Abandoned),
            _ => None,
        }
    }

    /// Whether the change is neither done nor given up.
    #[must_use]
    pub fn is_unsettled(self) -> bool {
        matches!(self, Self::Open | Self::Committing | Self::Committed)
    }

    /// Checks that intent number `intent` may go from here to `to`.
    pub fn require_move(self, intent: i64, to: Self) -> Result<(), IntentMove> {
        let legal = match self {
            Self::Open => matches!(to, Self::Committing | Self::Abandoned),
            Self::Committing => matches!(to, Self::Committed | Self::Abandoned),
            Self::Committed => to == Self::Removed,
            Self::Removed | Self::Abandoned => false,
        };
        if legal { Ok(()) } else { Err(IntentMove { intent, from: self, to }) }
    }
}

impl fmt::Display for IntentState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The instants of a change at which the machine may die. Tests stop it at each of them and look at what is told then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailurePoint {
    /// The work list is written but not committed
    BeforeIntent,
    /// The intent is on record; the user database is untouched
    AfterIntent,
    /// All statements are executed in the user database, nothing is committed
    AfterStatements,
    /// The mark stands in the open transaction
    AfterMark,
    /// `committing` is on record
    AfterCommitting,
    /// The user database has committed; the casebook does not know
    AfterUserCommit,
    /// `committed` is on record; files are still there
    AfterCommitted,
    /// Some files are gone
    BetweenFiles,
    /// All files are gone; `removed` is not on record
    BeforeRemoved,
}

impl FailurePoint {
    /// All of them, in the order of the protocol.
    pub const ALL: [Self; 9] = [
        Self::BeforeIntent,
        Self::AfterIntent,
        Self::AfterStatements,
        Self::AfterMark,
        Self::AfterCommitting,
        Self::AfterUserCommit,
        Self::AfterCommitted,
        Self::BetweenFiles,
        Self::BeforeRemoved,
    ];
}

#[cfg(test)]
mod tests {
    use super::{
        IntentState::{Abandoned, Committed, Committing, Open, Removed},
        *,
    };

    #[test]
    fn the_legal_moves_are_these_five() {
        let all = [Open, Committing, Committed, Removed, Abandoned];
        let legal: Vec<_> = all
            .iter()
            .flat_map(|from| all.iter().map(move |to| (*from, *to)))
            .filter(|(from, to)| from.require_move(1, *to).is_ok())
            .collect();
        let expected = [
            (Open, Committing),
            (Open, Abandoned),
            (Committing, Committed),
            (Committing, Abandoned),
            (Committed, Removed),
        ];
        assert_eq!(legal, expected);
    }

    #[test]
    fn words_are_read_again() {
        for state in [Open, Committing, Committed, Removed, Abandoned] {
            assert_eq!(IntentState::from_word(state.word()), Some(state));
        }
    }
}
