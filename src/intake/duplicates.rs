//! Which entries are new, which were taken in before, and which ask the same as another (LAW D13): the earliest receipt
//! counts, and only what nobody has worked on is merged without a person.

use crate::case::{
    CaseNumber, IdentityTag, SubjectRef,
    request::{Regime, Request},
};
use jiff::Timestamp;

/// An entry as far as it is compared.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// What is asked
    pub request: Request,
    /// Under which law
    pub regime: Regime,
    /// What it is limited to
    pub scope: Vec<String>,
    /// When it arrived
    pub received_at: Timestamp,
    /// Tag of the entry itself
    pub content: IdentityTag,
    /// Tags of the values that identify a person by themselves
    pub tags: Vec<IdentityTag>,
    /// The case that this very entry became before
    pub before: Option<CaseNumber>,
    /// Whom the casebook knows by these tags
    pub known: Vec<SubjectRef>,
    /// Open cases of theirs
    pub open: Vec<OpenCase>,
}

/// An open case as far as it is compared.
#[derive(Clone, Debug)]
pub struct OpenCase {
    /// Its number
    pub number: CaseNumber,
    /// Whose it is
    pub subject: SubjectRef,
    /// What is asked
    pub request: Request,
    /// Under which law
    pub regime: Regime,
    /// What it is limited to
    pub scope: Vec<String>,
    /// When it arrived
    pub received_at: Timestamp,
    /// Whether nothing happened since but a confirmation of receipt
    pub untouched: bool,
}

/// Whose an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Somebody that the casebook knows
    Known(SubjectRef),
    /// Whoever the entry of that position is about
    SameAs(usize),
    /// Somebody new
    New,
    /// Several people were known by these values: a reference of its own, and a person looks
    Ambiguous,
}

/// What a duplicate is merged into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Into {
    /// An open case
    Case(CaseNumber),
    /// The entry of that position
    Entry(usize),
}

/// What becomes of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is that case already
    Before(CaseNumber),
    /// It is the same as the entry of that position
    Same(usize),
    /// It becomes a case
    Opens {
        /// Whose
        whose: Whose,
        /// It is merged into an earlier one at once
        into: Option<Into>,
        /// Later open cases that are merged into it
        takes: Vec<CaseNumber>,
        /// Later open cases that somebody is working on: a person merges them
        by_hand: Vec<CaseNumber>,
    },
}

/// Decides what becomes of each entry. They stand in the order of their arrival.
#[must_use]
pub fn decide(entries: &[Candidate]) -> Vec<Outcome> {
    let mut outcomes: Vec<Outcome> = Vec::with_capacity(entries.len());
    let mut taken = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        let earlier = &entries[..at];
        let same = earlier.iter().position(|other| other.content == entry.content);
        let outcome = match (entry.before, same) {
            (Some(case), _) => Outcome::Before(case),
            (None, Some(same)) => Outcome::Same(same),
            (None, None) => opens(entry, earlier, &outcomes, &taken),
        };
        if let Outcome::Opens { takes, .. } = &outcome {
            taken.extend(takes.iter().copied());
        }
        outcomes.push(outcome);
    }
    outcomes
}

fn opens(entry: &Candidate, earlier: &[Candidate], outcomes: &[Outcome], merged: &[CaseNumber]) -> Outcome {
    let whose = whose(entry, earlier, outcomes);
    let (mut into, mut takes, mut by_hand) = (None, Vec::new(), Vec::new());
    let subject = match whose {
        Whose::Known(subject) => Some(subject),
        _ => None,
    };
    for case in entry.open.iter().filter(|case| Some(case.subject) == subject && !merged.contains(&case.number)) {
        if (case.request, case.regime, &case.scope) != (entry.request, entry.regime, &entry.scope) {
            continue;
        }
        match (case.received_at <= entry.received_at, case.untouched) {
            (true, _) => into = into.or(Some(Into::Case(case.number))),
            (false, true) => takes.push(case.number),
            (false, false) => by_hand.push(case.number),
        }
    }
    let twin = (0..earlier.len()).find(|at| {
        let other = &earlier[*at];
        (other.request, other.regime, &other.scope) == (entry.request, entry.regime, &entry.scope)
            && matches!(&outcomes[*at], Outcome::Opens { into: None, .. })
            && owner(*at, outcomes) == owner_of(whose)
    });
    Outcome::Opens { whose, into: into.or(twin.map(Into::Entry)), takes, by_hand }
}

/// Whom the casebook and the entries before know by the same values.
fn whose(entry: &Candidate, earlier: &[Candidate], outcomes: &[Outcome]) -> Whose {
    let shares = |other: &Candidate| other.tags.iter().any(|tag| entry.tags.contains(tag));
    let before = (0..earlier.len()).filter(|at| shares(&earlier[*at])).filter_map(|at| owner(at, outcomes));
    let mut people: Vec<Whose> = entry.known.iter().copied().map(Whose::Known).collect();
    for owner in before {
        if !people.contains(&owner) {
            people.push(owner);
        }
    }
    match people.as_slice() {
        [] => Whose::New,
        [one] => *one,
        _ => Whose::Ambiguous,
    }
}

/// Whose an earlier entry that becomes a case is; who is new is named by the first entry of theirs.
fn owner(at: usize, outcomes: &[Outcome]) -> Option<Whose> {
    match &outcomes[at] {
        Outcome::Opens { whose: Whose::New | Whose::Ambiguous, .. } => Some(Whose::SameAs(at)),
        Outcome::Opens { whose, .. } => Some(*whose),
        _ => None,
    }
}

fn owner_of(whose: Whose) -> Option<Whose> {
    Some(whose).filter(|whose| !matches!(whose, Whose::New | Whose::Ambiguous))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::request::RequestType;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn subject(byte: u8) -> SubjectRef {
        SubjectRef::new([byte; 8])
    }

    fn number(serial: u16) -> CaseNumber {
        CaseNumber::new(jiff::civil::date(2026, 11, 23), serial).unwrap()
    }

    /// An entry that arrived at `second` under the values `tags`; its content is its second.
    fn entry(second: u8, right: RequestType, tags: &[u8]) -> Candidate {
        Candidate {
            request: Request::new(right),
            regime: Regime::Cn,
            scope: vec![],
            received_at: at(second.into()),
            content: IdentityTag::new([second; 32]),
            tags: tags.iter().map(|tag| IdentityTag::new([*tag; 32])).collect(),
            before: None,
            known: vec![],
            open: vec![],
        }
    }

    fn open(serial: u16, second: i64, right: RequestType, untouched: bool) -> OpenCase {
        let (number, subject) = (number(serial), subject(1));
        let (request, regime) = (Request::new(right), Regime::Cn);
        OpenCase { number, subject, request, regime, scope: vec![], received_at: at(second), untouched }
    }

    fn opens(whose: Whose, into: Option<Into>) -> Outcome {
        Outcome::Opens { whose, into, takes: vec![], by_hand: vec![] }
    }

    use RequestType::{Access, Delete};

    #[test]
    fn strangers_are_new_and_the_same_entry_is_one() {
        let mut again = entry(3, Access, &[1]);
        again.content = IdentityTag::new([1; 32]);
        let outcomes = decide(&[entry(1, Access, &[1]), entry(2, Access, &[2]), again]);
        assert_eq!(outcomes, [opens(Whose::New, None), opens(Whose::New, None), Outcome::Same(0)]);
    }

    #[test]
    fn what_became_a_case_before_opens_nothing() {
        let before = Candidate { before: Some(number(7)), ..entry(1, Access, &[1]) };
        assert_eq!(decide(&[before]), [Outcome::Before(number(7))]);
    }

    #[test]
    fn the_later_of_two_entries_goes_into_the_earlier() {
        let outcomes = decide(&[
            entry(1, Access, &[1, 2]),
            entry(2, Delete, &[2]),
            entry(3, Access, &[2]),
            entry(4, Access, &[1]),
        ]);
        let same = Whose::SameAs(0);
        let into = Some(Into::Entry(0));
        assert_eq!(outcomes, [opens(Whose::New, None), opens(same, None), opens(same, into), opens(same, into)]);
    }

    #[test]
    fn the_earliest_receipt_counts() {
        let of = |second, case: OpenCase| {
            let entry = Candidate { known: vec![subject(1)], open: vec![case], ..entry(second, Access, &[1]) };
            decide(&[entry]).remove(0)
        };
        let whose = Whose::Known(subject(1));
        assert_eq!(of(5, open(1, 5, Access, false)), opens(whose, Some(Into::Case(number(1)))));
        assert_eq!(of(5, open(1, 4, Delete, true)), opens(whose, None));
        let takes = Outcome::Opens { whose, into: None, takes: vec![number(1)], by_hand: vec![] };
        assert_eq!(of(5, open(1, 6, Access, true)), takes);
        let by_hand = Outcome::Opens { whose, into: None, takes: vec![], by_hand: vec![number(1)] };
        assert_eq!(of(5, open(1, 6, Access, false)), by_hand);
    }

    #[test]
    fn a_case_is_taken_once() {
        let later = |second| Candidate {
            known: vec![subject(1)],
            open: vec![open(1, 9, Access, true)],
            ..entry(second, Access, &[1])
        };
        let outcomes = decide(&[later(1), later(2)]);
        let whose = Whose::Known(subject(1));
        assert_eq!(outcomes[0], Outcome::Opens { whose, into: None, takes: vec![number(1)], by_hand: vec![] });
        assert_eq!(outcomes[1], opens(whose, Some(Into::Entry(0))));
    }

    #[test]
    fn two_people_behind_one_value_are_merged_with_nobody() {
        let several = Candidate {
            known: vec![subject(1), subject(2)],
            open: vec![open(1, 1, Access, true)],
            ..entry(5, Access, &[1])
        };
        assert_eq!(decide(&[several]), [opens(Whose::Ambiguous, None)]);
        let outcomes = decide(&[entry(1, Access, &[1]), entry(2, Access, &[2]), entry(3, Access, &[1, 2])]);
        assert_eq!(outcomes[2], opens(Whose::Ambiguous, None));
    }

    #[test]
    fn another_scope_is_another_request() {
        let mut one = entry(2, Access, &[1]);
        one.scope = vec!["categories".to_owned()];
        assert_eq!(decide(&[entry(1, Access, &[1]), one])[1], opens(Whose::SameAs(0), None));
    }

    #[test]
    fn another_law_is_another_request() {
        let european = |mut entry: Candidate| {
            entry.regime = Regime::Eu;
            entry
        };
        let outcomes = decide(&[entry(1, Access, &[1]), european(entry(2, Access, &[1])), entry(3, Access, &[1])]);
        let same = Whose::SameAs(0);
        assert_eq!(outcomes, [opens(Whose::New, None), opens(same, None), opens(same, Some(Into::Entry(0)))]);
        for second in [4, 6] {
            let open = vec![open(1, second, Access, true)];
            let known = Candidate { known: vec![subject(1)], open, ..european(entry(5, Access, &[1])) };
            assert_eq!(decide(&[known]), [opens(Whose::Known(subject(1)), None)]);
        }
    }
}
