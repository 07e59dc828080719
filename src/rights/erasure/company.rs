//! Who else is in a row that is to be decided, and what of it stays because of them.

use std::{collections::BTreeSet, sync::LazyLock};

use super::{
    Erasure, TableView, is_true,
    pins::Level,
    row::{Judged, NAMED},
};
use crate::{
    data_map::{
        Wording,
        classified::{Column, Sense, Target, Tie},
    },
    database::locate::{Holding, Other, UNNAMED, Walk, role_number_in},
    plan::{Decision, Reason},
    rights::common::Common,
    value::Value,
};

/// Who else is in a row.
pub(super) struct Company {
    /// The roles in which somebody else has the same part
    pub(super) in_common: BTreeSet<usize>,
    /// The ties that lead to no row, to one in which nobody is, or to people of whom nothing else is left
    pub(super) left: Vec<usize>,
}

/// How a person was found in a row.
pub(super) struct Found<'r> {
    /// All their roles in it, those in common with others as well
    pub(super) roles: &'r [usize],
    /// Those of them by a value
    pub(super) valued: &'r [usize],
    /// What was read of it
    pub(super) terms: &'r [Value],
}

impl Company {
    pub(super) fn of(
        erasure: &Erasure<'_>,
        view: &TableView<'_>,
        holding: &Holding,
        common: &Common,
        walk: &Walk<'_>,
    ) -> Self {
        let whom = view.beside.whom(&holding.terms, holding.subject, walk, &|name, key| erasure.is_erased(name, key));
        let mut in_common = view.beside.in_common(&whom, Other::Somebody);
        let shared = common.roles(view.table, &holding.key);
        in_common.extend(shared.into_iter().flatten());
        let empty = |other: &Other| matches!(other, Other::Vacant | Other::Emptied);
        let left = whom.into_iter().filter(|(_, other)| empty(other)).map(|(tie, _)| tie);
        // nobody who is left leads here
        let role = |tie: &Tie| role_number_in(view.held, tie.role.as_deref());
        let leads = |tie: &Tie| tie.sense == Sense::Of && view.map.is_reverse(view.table, tie);
        let ties = view.held.ties.iter().enumerate().filter(|(_, tie)| leads(tie));
        let unled = ties.filter(|(_, tie)| shared.is_none_or(|roles| !roles.contains(&role(tie)))).map(|(at, _)| at);
        let left = left.chain(view.beside.nowhere(&holding.terms)).chain(unled).collect();
        Self { in_common, left }
    }
}

/// What of a row stays because it is not one person's alone.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rest {
    /// What is nobody's in particular of those in the row
    Row,
    /// What somebody else has the same part in
    Roles,
}

impl TableView<'_> {
    /// Leaves to others what is not theirs alone, and tells it among what is kept: all of a row where no roles are given,
    /// else what the row's people share, in it and in the roles `in_common`.
    pub(super) fn leave_in_common(
        &self,
        erasure: &Erasure<'_>,
        judged: &mut Judged,
        in_common: Option<&BTreeSet<usize>>,
        found: &Found<'_>,
    ) {
        let rest = match in_common {
            None => {
                judged.share();
                let asked = !erasure.scope.is_partial() || self.rest(erasure, judged, None, found).is_some();
                asked.then_some(Rest::Row)
            }
            Some(_) => self.rest(erasure, judged, in_common, found).filter(|_| self.is_found_still(judged, found)),
        };
        if let (Some(rest), Decision::Anonymize(Reason::Shared)) = (rest, &judged.decision) {
            let why = match rest {
                _ if judged.pin >= Some(Level::Retained) => &NAMED,
                Rest::Row => &COMMON_ROW,
                Rest::Roles => &COMMON,
            };
            judged.decision = Decision::Stay(Wording::clone(why));
        }
    }

    /// What that is asked for stays in the row of what is not theirs alone: something personal of the row itself, or of the
    /// roles `in_common`, of all where none are given.
    fn rest(
        &self,
        erasure: &Erasure<'_>,
        judged: &Judged,
        in_common: Option<&BTreeSet<usize>>,
        found: &Found<'_>,
    ) -> Option<Rest> {
        // what is to say nothing about anybody any more is told as that
        if self.anonymizing.is_some() && in_common.is_some() {
            return None;
        }
        let case = judged.case.as_deref();
        let stays = |(at, column): (usize, &Column)| {
            let meaning = column.meaning_in(case).filter(|meaning| meaning.kind.is_personal())?;
            let there = self.overwrites[at].as_ref().is_some_and(|over| is_true(&found.terms[over.still_there]));
            let asked = || self.asked(erasure, &column.name, meaning);
            if !there || judged.overwrite.contains(&at) || !asked() {
                return None;
            }
            match self.role_of(meaning.role.as_deref()) {
                UNNAMED => Some(Rest::Row),
                role => in_common.is_none_or(|in_common| in_common.contains(&role)).then_some(Rest::Roles),
            }
        };
        let mut rest = self.held.columns.iter().enumerate().filter_map(stays);
        let first = rest.next()?;
        Some(if first == Rest::Row || rest.any(|rest| rest == Rest::Row) { Rest::Row } else { Rest::Roles })
    }

    /// Whether the row leads to them by what is not written over in it.
    fn is_found_still(&self, judged: &Judged, found: &Found<'_>) -> bool {
        let taken = |name: &String| judged.overwrite.iter().any(|at| self.held.columns[*at].name == *name);
        let finds = |tie: &Tie| {
            let role = role_number_in(self.held, tie.role.as_deref());
            let theirs = tie.sense == Sense::Of && tie.holds_in(judged.case.as_deref()) && found.roles.contains(&role);
            theirs
                && !tie.columns.iter().any(taken)
                && match tie.target {
                    Target::Rows { .. } => judged.referenced(self, &tie.columns).is_some(),
                    _ => found.valued.contains(&role),
                }
        };
        self.held.ties.iter().any(finds)
    }
}

/// Why something of a row stays: it is not this person's alone.
static COMMON_ROW: LazyLock<Wording> = LazyLock::new(|| {
    Wording::new("与他人共有，待其中最后一人要求时移除", "shared with others; goes with the last of them")
});

/// … because somebody else has the same part in it.
static COMMON: LazyLock<Wording> = LazyLock::new(|| {
    Wording::new("与同一角色的他人共有，待其中最后一人要求时移除", "shared in a role; goes with the last of them")
});

/// Whether a row stays because it is somebody else's as well.
pub(super) fn is_common(decision: &Decision) -> bool {
    matches!(decision, Decision::Stay(why) if *why == *COMMON || *why == *COMMON_ROW)
}

/// … for what is nobody's in particular of those in it, or for all of it.
pub(super) fn is_common_row(decision: &Decision) -> bool {
    matches!(decision, Decision::Stay(why) if *why == *COMMON_ROW)
}
