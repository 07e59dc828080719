//! LAW §7.2: what an erasure does to one row. The first match wins: hold, wait, keep, shared row, anonymize, delete.

use std::sync::LazyLock;

use jiff::civil::Date;

use crate::data_map::{
    Wording,
    fate::{Erase, Waiting},
};

/// What is known about a row when it is decided.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// The legal hold that covers it; an open one where both sorts do
    pub held: Option<Hold>,
    /// A contract in performance: its own wait, or one of a row that is tied *of* it, is true or undecided
    pub waits: Waiting,
    /// Statutory minimums that apply, each with its end
    pub keeps: &'a [Keeping<'a>],
    /// Why it may not be the person's at all
    pub doubtful: bool,
    /// Somebody else is in it as well
    pub shared: bool,
    /// A row that stays points at it
    pub referenced: bool,
    /// The table's fate
    pub erase: &'a Erase,
}

/// One statutory minimum as it applies to a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keeping<'a> {
    /// Its place in the table's own fates; `None` when inherited
    pub own: Option<usize>,
    /// The law
    pub law: &'a Wording,
    /// Why it applies
    pub because: &'a Wording,
    /// When it ends
    pub ends: KeepEnds,
}

/// When a statutory minimum ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeepEnds {
    /// It ended before the as-of date
    Ended,
    /// The row is kept through this day and may go on the next
    Through(Date),
    /// Its date is empty or cannot be read: kept, reported, never purged
    Unknown,
}

/// The sorts of legal holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hold {
    /// Anybody in the office may know of it
    Open,
    /// Secrecy is ordered (PIPL 18(1)): it acts like the other, and says no more than that something is not decidable yet
    Secret,
}

/// What becomes of a row.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Decision {
    /// A legal hold: nothing is changed (`HOLD`; a secret one is told as `LIVE`)
    Hold(Hold),
    /// A contract in performance: decided when it ends (`LIVE`)
    Wait,
    /// The row that would say whether a contract is in performance is not there (`LIVE`, with the reason)
    Lost,
    /// A statutory minimum: stays, without what the law does not need (`RET`)
    Keep {
        /// The law, of the minimum that ends last
        law: Wording,
        /// Why it applies
        because: Wording,
        /// Through which day; `None` when a date is missing
        until: Option<Date>,
    },
    /// It may not be the person's (`undecided`)
    Undecided,
    /// The map says that it stays, and why
    Stay(Wording),
    /// Its personal columns are overwritten
    Anonymize(Reason),
    /// It goes
    Delete,
    /// It is somebody else's and only points at what goes
    Pointer,
    /// It is somebody else's, and its free text names the person
    Mention,
    /// It is wrong and is put right
    Correct,
    /// It says whose data must not be processed, and is set
    Restrict,
    /// … and is put back
    Lift,
    /// It says that the person agreed, and is told that they no longer do
    Withdraw,
    /// It says that the person gets messages, and is told that they want none
    Unsubscribe,
    /// It repeats what is put right, and the map says that it follows
    Follow,
    /// It was changed or removed, and is as it was before again
    Undo,
}

/// What is told of [`Decision::Lost`].
pub(super) static LOST: LazyLock<Wording> = LazyLock::new(|| {
    Wording::new(
        "本行指向的行已不存在，无法判断合同是否仍在履行",
        "this row points at one that is not there, so that nobody can tell whether a contract is in performance",
    )
});

/// Why a row is anonymized and not deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Somebody else is in it: only the person's part is overwritten
    Shared,
    /// A row that stays points at it
    Referenced,
    /// The map says so
    Fate,
}

impl Decision {
    /// The machine word in plans and JSON.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Hold(Hold::Open) => "hold",
            Self::Hold(Hold::Secret) | Self::Wait | Self::Lost => "wait",
            Self::Keep { .. } => "keep",
            Self::Undecided => "undecided",
            Self::Stay(_) => "stay",
            Self::Anonymize(Reason::Shared) => "shared",
            Self::Anonymize(Reason::Referenced) => "referenced",
            Self::Anonymize(Reason::Fate) => "anonymize",
            Self::Delete => "delete",
            Self::Pointer => "pointer",
            Self::Mention => "mention",
            Self::Correct => "correct",
            Self::Restrict => "restrict",
            Self::Lift => "lift",
            Self::Withdraw => "withdraw",
            Self::Unsubscribe => "unsubscribe",
            Self::Follow => "follow",
            Self::Undo => "undo",
        }
    }

    /// Everything that [`Decision::code`] says.
    pub const CODES: [&'static str; 5] = ["HOLD", "LIVE", "RET", "undecided", "stay"];

    /// Whether the row is retained under a code of LAW §4.3 (`HOLD`, `LIVE`, `RET`), or undecided.
    #[must_use]
    pub fn code(&self) -> Option<&'static str> {
        match self {
            Self::Hold(Hold::Open) => Some("HOLD"),
            Self::Hold(Hold::Secret) | Self::Wait | Self::Lost => Some("LIVE"),
            Self::Keep { .. } => Some("RET"),
            Self::Undecided => Some("undecided"),
            Self::Stay(_) => Some("stay"),
            Self::Anonymize(_)
            | Self::Delete
            | Self::Pointer
            | Self::Mention
            | Self::Correct
            | Self::Restrict
            | Self::Lift
            | Self::Withdraw
            | Self::Unsubscribe
            | Self::Undo
            | Self::Follow => None,
        }
    }
}

/// Decides.
#[must_use]
pub fn decide(facts: &Facts<'_>) -> Decision {
    if facts.doubtful {
        return Decision::Undecided;
    }
    if let Some(hold) = facts.held {
        return Decision::Hold(hold);
    }
    match facts.waits {
        Waiting::No => {}
        Waiting::Lost => return Decision::Lost,
        Waiting::Yes => return Decision::Wait,
    }
    let running = facts.keeps.iter().filter(|keep| keep.ends != KeepEnds::Ended);
    if let Some(keep) = running.max_by_key(|keep| keep.ends) {
        let until = match keep.ends {
            KeepEnds::Through(date) => Some(date),
            KeepEnds::Ended | KeepEnds::Unknown => None,
        };
        return Decision::Keep { law: keep.law.clone(), because: keep.because.clone(), until };
    }
    if let Erase::Stay(why) = facts.erase {
        return Decision::Stay(why.clone());
    }
    if facts.shared {
        return Decision::Anonymize(Reason::Shared);
    }
    if *facts.erase == Erase::Anonymize {
        return Decision::Anonymize(Reason::Fate);
    }
    if facts.referenced {
        return Decision::Anonymize(Reason::Referenced);
    }
    Decision::Delete
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const DELETE: Erase = Erase::Delete;
    static LAW: LazyLock<Wording> =
        LazyLock::new(|| Wording::new("《电子商务法》第三十一条", "E-Commerce Law, Article 31"));

    fn facts() -> Facts<'static> {
        Facts {
            held: None,
            waits: Waiting::No,
            keeps: &[],
            doubtful: false,
            shared: false,
            referenced: false,
            erase: &DELETE,
        }
    }

    fn keep(ends: KeepEnds) -> Keeping<'static> {
        Keeping { own: Some(0), law: &LAW, because: &LAW, ends }
    }

    #[test]
    fn the_first_match_wins_in_the_order_of_the_law() {
        let keeps = [keep(KeepEnds::Through(date(2029, 3, 10)))];
        let mut all = Facts {
            held: Some(Hold::Open),
            waits: Waiting::Yes,
            keeps: &keeps,
            shared: true,
            referenced: true,
            doubtful: false,
            ..facts()
        };
        assert_eq!(decide(&all), Decision::Hold(Hold::Open));
        all.held = None;
        assert_eq!(decide(&all), Decision::Wait);
        all.waits = Waiting::Lost;
        assert_eq!((decide(&all), Decision::Lost.code()), (Decision::Lost, Some("LIVE")));
        all.waits = Waiting::No;
        assert_eq!(decide(&all).word(), "keep");
        all.keeps = &[];
        assert_eq!(decide(&all), Decision::Anonymize(Reason::Shared));
        all.shared = false;
        assert_eq!(decide(&all), Decision::Anonymize(Reason::Referenced));
        all.referenced = false;
        assert_eq!(decide(&all), Decision::Delete);
    }

    #[test]
    fn the_longest_of_several_minimums_binds() {
        let [short, long, over] = ["short", "long", "over"].map(Wording::from);
        let keeps = [
            Keeping { law: &short, ..keep(KeepEnds::Through(date(2027, 1, 1))) },
            Keeping { law: &long, ..keep(KeepEnds::Through(date(2056, 12, 31))) },
            Keeping { law: &over, ..keep(KeepEnds::Ended) },
        ];
        let decided = decide(&Facts { keeps: &keeps, ..facts() });
        let Decision::Keep { law, until, .. } = decided else { panic!("{decided:?}") };
        assert_eq!((law, until), (long, Some(date(2056, 12, 31))));
    }

    #[test]
    fn a_minimum_without_a_date_is_kept_without_an_end() {
        let keeps = [keep(KeepEnds::Through(date(2027, 1, 1))), keep(KeepEnds::Unknown)];
        assert!(matches!(decide(&Facts { keeps: &keeps, ..facts() }), Decision::Keep { until: None, .. }));
    }

    #[test]
    fn a_minimum_that_ended_keeps_nothing() {
        assert_eq!(decide(&Facts { keeps: &[keep(KeepEnds::Ended)], ..facts() }), Decision::Delete);
    }

    #[test]
    fn what_may_not_be_theirs_is_never_touched() {
        assert_eq!(decide(&Facts { doubtful: true, held: Some(Hold::Open), ..facts() }), Decision::Undecided);
    }

    #[test]
    fn a_table_that_stays_stays_even_for_shared_rows() {
        let stay = Erase::Stay("ledger".into());
        assert_eq!(decide(&Facts { erase: &stay, shared: true, ..facts() }), Decision::Stay("ledger".into()));
    }

    #[test]
    fn a_secret_hold_is_told_as_what_is_not_decidable_yet() {
        let secret = decide(&Facts { held: Some(Hold::Secret), ..facts() });
        assert_eq!(secret, Decision::Hold(Hold::Secret));
        assert_eq!((secret.word(), secret.code()), (Decision::Wait.word(), Decision::Wait.code()));
    }
}
