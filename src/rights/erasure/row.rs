//! One row: what is known about it, what is decided, what exactly changes.

use super::{Erasure, Level, Pins, REFERENCED, TableView, anonymized::Anonymizing, common::Common, is_true};
use crate::{
    case::period::Counted,
    data_map::{
        Wording,
        fate::{After, Erase, Keep},
    },
    database::locate::{Holding, UNNAMED},
    error::Error,
    kind::Dated,
    plan::{Act, Decision, Facts, KeepEnds, Keeping, Reason, Step, Written, decide},
    refusal::Refusal,
    value::{Key, Value},
};

/// A decided row whose place may still be needed by others.
#[derive(Debug)]
pub(super) struct Judged {
    key: Key,
    roles: Vec<usize>,
    pub(super) decision: Decision,
    /// Columns that would be overwritten, by place
    pub(super) overwrite: Vec<usize>,
    /// … and those if the row were to stay although it should go
    overwrite_all: Vec<usize>,
    /// Where the case asks for anonymization: what may be written over each of `overwrite`, the best first
    pub(super) ways: Vec<Vec<Written>>,
    /// A contract is in performance in it, whatever is decided: it holds back what the row is tied *of*
    pub(super) waits: bool,
    /// It keeps a key that other rows share
    pub(super) linked: bool,
    cells: u64,
    pub(super) terms: Vec<Value>,
    files: Vec<String>,
}

impl TableView<'_> {
    /// Decides one row, at once or knowing that a pointer of others may still keep it; `None` when the scope does not
    /// touch it. A row of a table that stands `aside` stays as it is.
    pub(super) fn judge(
        &self,
        erasure: &Erasure<'_>,
        holding: Holding,
        pins: &Pins,
        common: &Common,
        aside: bool,
        at_once: bool,
    ) -> Result<Option<Judged>, Error> {
        let mut roles: Vec<usize> =
            holding.roles.iter().copied().filter(|role| self.in_scope(erasure, *role)).collect();
        if roles.is_empty() {
            return Ok(None);
        }
        // A part that somebody else has as well stays for them, a row of nothing else as a whole.
        let in_common = common.roles(self.table, &holding.key);
        let alone = |role: &usize| in_common.is_none_or(|common| !common.contains(role));
        let all_common = !roles.iter().any(alone);
        if !all_common {
            roles.retain(alone);
        }
        let terms = &holding.terms[0];
        let case = self.case.map(|at| terms[at].to_canonical_text());
        let pin = pins.on(self.table, &self.lists, &|columns| self.values(terms, columns));
        // Whose the row itself is may have it removed, together with the others they entered in it.
        let others = |role: usize| !roles.contains(&role) && self.occupied[role].is_some_and(|at| is_true(&terms[at]));
        let shared = !roles.contains(&UNNAMED) && (in_common.is_some() || (0..self.occupied.len()).any(others));
        // Several rows of terms: a join found several parents. Whatever any of them says holds the row back.
        let keeps: Vec<Keeping<'_>> = holding.terms.iter().flat_map(|terms| self.keepings(erasure, terms)).collect();
        let waits = pin == Some(Level::Waits)
            || holding.terms.iter().any(|t| self.waits.iter().any(|&at| t[at] != Value::Integer(0)));
        let overwritten = Erase::Anonymize;
        let own = &self.held.fates.erase;
        let stays = erasure.scope.is_partial() || erasure.scope.anonymize;
        let facts = Facts {
            held: erasure.hold_on(self.table, &self.owners, &holding.terms),
            waits,
            keeps: &keeps,
            doubtful: holding.doubt.is_some(),
            shared,
            referenced: pin.is_some(),
            erase: if stays && *own == Erase::Delete { &overwritten } else { own },
        };
        let decision = match decide(&facts) {
            stays @ (Decision::Hold(_) | Decision::Wait) => stays,
            _ if aside => Decision::Stay(Wording::default()),
            decided => decided,
        };
        let running: Vec<&Keeping<'_>> = keeps.iter().filter(|keep| keep.ends != KeepEnds::Ended).collect();
        let anonymizing = self.anonymizing.as_ref().filter(|_| matches!(decision, Decision::Anonymize(_)));
        let (overwrite, ways, linked) = if let Some(anonymizing) = anonymizing {
            let (columns, ways) = self.anonymize(erasure, anonymizing, &roles, shared, terms, case.as_deref())?;
            let linked = pin.is_some() || self.stays_linked(terms, case.as_deref(), &roles, &columns);
            (columns, ways, linked)
        } else {
            let columns = self.overwrite(erasure, &decision, &roles, shared, terms, case.as_deref(), &running)?;
            (columns, Vec::new(), false)
        };
        // An unknown case is refused whatever is decided.
        let needed = !aside && (case.is_some() || !at_once && decision == Decision::Delete);
        let kept_back = || self.overwrite(erasure, &REFERENCED, &roles, shared, terms, case.as_deref(), &[]);
        let overwrite_all = if needed { kept_back()? } else { Vec::new() };
        let cells = self.held.columns.len() as u64;
        let files = self.files_of(&decision, &overwrite, terms, case.as_deref())?;
        let Holding { key, mut terms, .. } = holding;
        let terms = terms.swap_remove(0);
        let mut judged =
            Judged { key, roles, decision, overwrite, overwrite_all, ways, waits, linked, cells, terms, files };
        if all_common {
            judged.share();
        }
        Ok(Some(judged))
    }

    /// What of a row that could go is written over, and how (LAW §5.2).
    fn anonymize(
        &self,
        erasure: &Erasure<'_>,
        anonymizing: &Anonymizing,
        roles: &[usize],
        shared: bool,
        terms: &[Value],
        case: Option<&str>,
    ) -> Result<(Vec<usize>, Vec<Vec<Written>>), Error> {
        let mut goes = (Vec::new(), Vec::new());
        for (at, column) in self.held.columns.iter().enumerate() {
            let meaning = column.meaning_in(case).ok_or_else(|| Refusal::UnknownCase(self.held.name.to_string()))?;
            let theirs = match anonymizing.link_roles(at) {
                [] => theirs(self.role_of(meaning.role.as_deref()), roles, shared),
                of => of.iter().any(|role| theirs(*role, roles, shared)),
            };
            let Some(way) = anonymizing.way(self.held, at, case).filter(|_| theirs) else { continue };
            if !way.applies(terms, &erasure.zone) {
                continue;
            }
            if way.written.is_empty() {
                return Err(Refusal::CannotOverwrite(format!("{}.{}", self.held.name, column.name)).into());
            }
            goes.0.push(at);
            goes.1.push(way.written.clone());
        }
        Ok(goes)
    }

    fn in_scope(&self, erasure: &Erasure<'_>, role: usize) -> bool {
        let wanted = &erasure.scope.roles;
        wanted.is_empty() || (role != UNNAMED && wanted.contains(&self.held.roles[role - 1]))
    }

    pub(super) fn keepings(&self, erasure: &Erasure<'_>, terms: &[Value]) -> Vec<Keeping<'_>> {
        self.keeps
            .iter()
            .map(|view| {
                let Keep { law, because, .. } = view.keep;
                Keeping { own: view.own, law, because, ends: ends(erasure, view, terms) }
            })
            .collect()
    }

    #[expect(clippy::too_many_arguments, reason = "everything that is known about one row")]
    fn overwrite(
        &self,
        erasure: &Erasure<'_>,
        decision: &Decision,
        roles: &[usize],
        shared: bool,
        terms: &[Value],
        case: Option<&str>,
        running: &[&Keeping<'_>],
    ) -> Result<Vec<usize>, Error> {
        if !matches!(decision, Decision::Keep { .. } | Decision::Anonymize(_)) {
            return Ok(Vec::new());
        }
        let mut columns = Vec::new();
        for (at, column) in self.held.columns.iter().enumerate() {
            let meaning = column.meaning_in(case).ok_or_else(|| Refusal::UnknownCase(self.held.name.to_string()))?;
            let role = self.role_of(meaning.role.as_deref());
            let theirs = theirs(role, roles, shared);
            let goes = match self.links[at] {
                Some(tie_role) => cuts_link(decision, roles, tie_role) && !column.not_null,
                None => theirs && meaning.kind.is_personal() && !self.keys[at],
            };
            let needed = matches!(decision, Decision::Keep { .. }) && self.needed(running, &column.name);
            let asked = self.asked(erasure, &column.name, meaning.kind);
            if !goes || needed || !asked {
                continue;
            }
            match &self.overwrites[at] {
                Some(overwrite) if is_true(&terms[overwrite.still_there]) => columns.push(at),
                Some(_) => {}
                None if column.generated != crate::schema::Generated::No => {}
                None => return Err(Refusal::CannotOverwrite(format!("{}.{}", self.held.name, column.name)).into()),
            }
        }
        Ok(columns)
    }

    /// Whether a running minimum needs the column. An inherited one, or one that names no columns, needs facts only.
    pub(super) fn needed(&self, running: &[&Keeping<'_>], column: &str) -> bool {
        running.iter().filter_map(|keep| keep.own).any(|own| {
            let columns = &self.held.fates.keep[own].columns;
            columns.as_ref().is_some_and(|columns| columns.iter().any(|c| c.eq_ignore_ascii_case(column)))
        })
    }

    fn asked(&self, erasure: &Erasure<'_>, column: &str, kind: crate::kind::Kind) -> bool {
        let scope = &erasure.scope;
        if !scope.is_partial() {
            return true;
        }
        let place = format!("{}.{}", self.held.name, column);
        scope.columns.contains(&place) || scope.categories.contains(kind.category().word())
    }

    fn role_of(&self, role: Option<&str>) -> usize {
        role.and_then(|role| self.held.roles.iter().position(|known| known == role)).map_or(UNNAMED, |at| at + 1)
    }

    fn files_of(
        &self,
        decision: &Decision,
        overwrite: &[usize],
        terms: &[Value],
        case: Option<&str>,
    ) -> Result<Vec<String>, Refusal> {
        let goes = |column: usize| *decision == Decision::Delete || overwrite.contains(&column);
        let named = self.files.iter().filter(|(column, _)| goes(*column));
        let files = named.map(|(column, at)| self.held.columns[*column].file_named(case, &terms[*at]));
        files.filter_map(Result::transpose).collect()
    }

    pub(super) fn values(&self, terms: &[Value], columns: &[String]) -> Option<Vec<Value>> {
        let place = |name: &String| self.values.iter().find(|(known, _)| known == name).map(|(_, at)| *at);
        columns.iter().map(|name| place(name).map(|at| terms[at].clone())).collect()
    }
}

/// Whether a column of `role` is the person's who holds `roles` in the row: everything where the row itself is theirs,
/// their own roles, and the row's common columns when nobody else is left in it.
fn theirs(role: usize, roles: &[usize], shared: bool) -> bool {
    roles.contains(&UNNAMED) || if role == UNNAMED { !shared } else { roles.contains(&role) }
}

/// Ties of kept rows stay (keeping is contagious); a shared row loses the tie to the person, an anonymized row its ties
/// to people.
fn cuts_link(decision: &Decision, roles: &[usize], tie_role: usize) -> bool {
    match decision {
        Decision::Anonymize(Reason::Shared | Reason::Fate) => roles.contains(&tie_role),
        _ => false,
    }
}

fn ends(erasure: &Erasure<'_>, view: &super::table::KeepView<'_>, terms: &[Value]) -> KeepEnds {
    let from = match &view.keep.after {
        After::Removal => Some(erasure.removed.unwrap_or(erasure.today)),
        After::Dates(_) => {
            let read = view.dates.iter().map(|&at| Dated::read(&terms[at]));
            let first = read.into_iter().find(|dated| !matches!(dated, Dated::Empty | Dated::Zero));
            first.and_then(|dated| dated.day(&erasure.zone))
        }
    };
    let Some(from) = from else { return KeepEnds::Unknown };
    let counted = if view.keep.end_of_year { Counted::EndOfYear } else { Counted::Event };
    let through = view.keep.period.keep_through(from, counted);
    if through < erasure.today { KeepEnds::Ended } else { KeepEnds::Through(through) }
}

impl Judged {
    /// Leaves `columns` as they are should the row stay: something that stays names it by them.
    pub(super) fn spare(&mut self, view: &TableView<'_>, columns: &[String]) {
        let named = |at: &usize| columns.contains(&view.held.columns[*at].name);
        let mut stays = self.overwrite.iter().map(|at| !named(at));
        self.ways.retain(|_| stays.next().unwrap_or(true));
        self.overwrite.retain(|at| !named(at));
        self.overwrite_all.retain(|at| !named(at));
        self.linked = true;
    }

    /// Leaves the row as it is: somebody else has a part in all of it, and it goes with the last of them.
    fn share(&mut self) {
        if matches!(self.decision, Decision::Delete | Decision::Anonymize(_)) {
            self.decision = Decision::Anonymize(Reason::Shared);
        }
        self.overwrite.clear();
        self.ways.clear();
        self.overwrite_all.clear();
        self.files.clear();
    }

    /// The step, now that it is known whether a pointer that may not be NULL keeps the row.
    pub(super) fn settle(&self, view: &TableView<'_>, pointed_at: bool) -> Step {
        let kept_back = pointed_at && self.decision == Decision::Delete;
        let decision = if kept_back { REFERENCED } else { self.decision.clone() };
        let columns = if kept_back { &self.overwrite_all } else { &self.overwrite };
        let act = match &decision {
            Decision::Delete => Act::Delete,
            _ if columns.is_empty() => Act::Leave,
            Decision::Anonymize(_) if self.ways.len() == columns.len() => Act::Anonymize {
                columns: columns.clone(),
                to: self.ways.iter().filter_map(|ways| ways.first().cloned()).collect(),
                linked: self.linked,
            },
            _ => Act::Overwrite(columns.clone()),
        };
        let files = if kept_back { Vec::new() } else { self.files.clone() };
        Step {
            table: view.table,
            key: self.key.clone(),
            roles: self.roles.clone(),
            decision,
            act,
            cells: self.cells,
            files,
        }
    }

    pub(super) fn values(&self, view: &TableView<'_>, columns: &[String]) -> Option<Vec<Value>> {
        view.values(&self.terms, columns)
    }

    /// The values that others' pointers name, if none is NULL.
    pub(super) fn referenced(&self, view: &TableView<'_>, columns: &[String]) -> Option<Vec<Value>> {
        self.values(view, columns).filter(|values| !values.iter().any(Value::is_null))
    }
}
