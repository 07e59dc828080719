//! One row: whether its time has come, what is decided, what exactly changes.

use std::collections::HashMap;

use jiff::{civil::Date, tz::TimeZone};

use super::{
    pointers::{Level, Waits},
    rule::{Due, Event, Rule, keep_ends},
    view::View,
};
use crate::{
    data_map::{
        classified::{Sense, Target},
        fate::{Erase, Waiting},
    },
    error::Error,
    plan::{Act, Decision, Facts, Held, KeepEnds, Keeping, Reason, Step, decide},
    refusal::Refusal,
    schema::{Generated, RowKey},
    value::{Key, Row, Value},
};

/// A row that was read.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) key: Key,
    /// Several where a join found several parents
    pub(super) terms: Vec<Row>,
    /// Whether the row that it inherits its rule from is due
    pub(super) parent_due: bool,
}

/// A row that is decided as far as pointers at it allow.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) key: Key,
    pub(super) terms: Row,
    pub(super) case: Option<String>,
    /// `None`: its time has not come, it stays as it is
    pub(super) decision: Option<Decision>,
    pub(super) waits: Waits,
    pub(super) overwrite: Vec<usize>,
    pub(super) overwrite_all: Vec<usize>,
    pub(super) files: Vec<String>,
}

/// By what rows are judged.
pub(super) struct Judge<'a> {
    pub(super) rule: Rule<'a>,
    pub(super) today: Date,
    pub(super) zone: &'a TimeZone,
    pub(super) held: &'a Held,
}

impl Judge<'_> {
    /// Whether the row's time has come.
    pub(super) fn is_due(&self, view: &View<'_>, node: &Node) -> bool {
        let Some((rule, dates)) = &view.own else { return node.parent_due };
        let due = |terms: &Row| {
            let events = dates.iter().map(|at| Event::first(at.iter().map(|at| &terms[*at]), self.zone));
            matches!(rule.due(&events.collect::<Vec<_>>(), self.today), Due::Since(_))
        };
        node.terms.iter().all(due)
    }

    /// How rows of the view's table go.
    fn fate<'v>(&'v self, view: &'v View<'_>) -> &'v Erase {
        match &view.own {
            Some((rule, _)) => rule.then(view.map, view.table),
            None => self.rule.then(view.map, view.table),
        }
    }

    pub(super) fn judge(&self, view: &View<'_>, node: Node, pinned: &HashMap<Key, Level>) -> Result<Judged, Error> {
        let due = self.is_due(view, &node);
        let pin = pinned.get(&node.key).cloned();
        let own = view.waits.of_any(&node.terms) != Waiting::No;
        let referenced = pin.is_some();
        let waits = match pin {
            Some(Level::Waits(waits)) if !own => waits,
            _ if own => Waits::All,
            _ => Waits::Nobody,
        };
        let Node { key, mut terms, .. } = node;
        let case = view.case.map(|at| terms[0][at].to_canonical_text());
        if !due {
            let (overwrite, overwrite_all, files) = (Vec::new(), Vec::new(), Vec::new());
            let terms = terms.swap_remove(0);
            return Ok(Judged { key, terms, case, decision: None, waits, overwrite, overwrite_all, files });
        }
        let keeps: Vec<Keeping<'_>> = terms.iter().flat_map(|terms| self.keepings(view, terms)).collect();
        let facts = Facts {
            held: {
                let people = terms.iter().filter_map(|terms| view.owners.hold(self.held, terms));
                people.chain(self.held.tables.get(&view.table).copied()).min()
            },
            waits: if waits == Waits::Nobody { Waiting::No } else { Waiting::Yes },
            keeps: &keeps,
            doubtful: false,
            shared: false,
            referenced,
            erase: self.fate(view),
        };
        let decision = decide(&facts);
        let own: Vec<usize> =
            keeps.iter().filter(|keep| keep.ends != KeepEnds::Ended).filter_map(|keep| keep.own).collect();
        let terms = terms.swap_remove(0);
        let overwrite = overwrite(view, &decision, &terms, &own)?;
        let overwrite_all = overwrite_all(view, &terms)?;
        let files = files(view, &decision, &overwrite, &terms, case.as_deref())?;
        Ok(Judged { key, terms, case, decision: Some(decision), waits, overwrite, overwrite_all, files })
    }

    fn keepings<'v>(&self, view: &'v View<'_>, terms: &Row) -> Vec<Keeping<'v>> {
        let keeping = |of: &super::view::KeepView<'v>| {
            let event = Event::first(of.dates.iter().map(|at| &terms[*at]), self.zone);
            let ends = keep_ends(of.keep, event, self.today);
            Keeping { own: of.own, law: &of.keep.law, because: &of.keep.because, ends }
        };
        view.keeps.iter().filter(|of| of.binding.holds(terms) != Some(false)).map(keeping).collect()
    }
}

/// The columns that are overwritten under `decision`; `running` are the places of the minimums that still run.
fn overwrite(view: &View<'_>, decision: &Decision, terms: &Row, running: &[usize]) -> Result<Vec<usize>, Error> {
    let cuts = *decision == Decision::Anonymize(Reason::Fate);
    if !cuts && !matches!(decision, Decision::Keep { .. } | Decision::Anonymize(_)) {
        return Ok(Vec::new());
    }
    let needed = |column: &str| {
        let keeps = running.iter().filter_map(|at| view.held.fates.keep[*at].columns.as_ref());
        matches!(decision, Decision::Keep { .. }) && keeps.flatten().any(|needed| needed.eq_ignore_ascii_case(column))
    };
    let case = view.case.map(|at| terms[at].to_canonical_text());
    let mut columns = Vec::new();
    for (at, column) in view.held.columns.iter().enumerate() {
        let unknown = || Refusal::UnknownCase(view.held.name.to_string());
        let meaning = column.meaning_in(case.as_deref()).ok_or_else(unknown)?;
        let goes = if is_link(view, &column.name, case.as_deref()) {
            cuts && !column.not_null && !is_key(view, &column.name)
        } else {
            meaning.kind.is_personal() && !is_key(view, &column.name)
        };
        if !goes || needed(&column.name) {
            continue;
        }
        match view.overwrites[at] {
            Some(there) if terms[there] == Value::Integer(1) => columns.push(at),
            Some(_) => {}
            None if column.generated != Generated::No => {}
            None => return Err(Refusal::CannotOverwrite(format!("{}.{}", view.held.name, column.name)).into()),
        }
    }
    Ok(columns)
}

/// … if the row were to stay although it should go.
fn overwrite_all(view: &View<'_>, terms: &Row) -> Result<Vec<usize>, Error> {
    overwrite(view, &Decision::Anonymize(Reason::Referenced), terms, &[])
}

fn is_link(view: &View<'_>, column: &str, case: Option<&str>) -> bool {
    view.held.ties.iter().filter(|tie| tie.holds_in(case)).any(|tie| {
        tie.sense == Sense::Of && matches!(tie.target, Target::Rows { .. }) && tie.columns.iter().any(|c| c == column)
    })
}

fn is_key(view: &View<'_>, column: &str) -> bool {
    matches!(&view.held.key, RowKey::Columns(columns) if columns.iter().any(|c| c == column))
}

fn files(
    view: &View<'_>,
    decision: &Decision,
    overwrite: &[usize],
    terms: &Row,
    case: Option<&str>,
) -> Result<Vec<String>, Refusal> {
    let goes = |column: usize| *decision == Decision::Delete || overwrite.contains(&column);
    let named = view.files.iter().filter(|(column, _)| goes(*column));
    let files = named.map(|(column, at)| view.held.columns[*column].file_named(case, &terms[*at]));
    files.filter_map(Result::transpose).collect()
}

impl Judged {
    /// The values of `columns`, if none is NULL.
    pub(super) fn values(&self, view: &View<'_>, columns: &[String]) -> Option<Vec<Value>> {
        let place = |name: &String| view.values.iter().find(|(known, _)| known == name).map(|(_, at)| *at);
        let values: Option<Vec<Value>> = columns.iter().map(|name| Some(self.terms[place(name)?].clone())).collect();
        values.filter(|values| !values.iter().any(Value::is_null))
    }

    /// Leaves `columns` as they are: something that stays names the row by them.
    pub(super) fn spare(&mut self, view: &View<'_>, columns: &[String]) {
        let named = |at: &usize| columns.contains(&view.held.columns[*at].name);
        self.overwrite.retain(|at| !named(at));
        self.overwrite_all.retain(|at| !named(at));
    }

    /// A pointer that may not be NULL keeps the row.
    pub(super) fn keep_back(&mut self) {
        if self.decision == Some(Decision::Delete) {
            self.decision = Some(Decision::Anonymize(Reason::Referenced));
            self.overwrite = std::mem::take(&mut self.overwrite_all);
            self.files.clear();
        }
    }

    pub(super) fn act(&self) -> Act {
        match &self.decision {
            Some(Decision::Delete) => Act::Delete,
            _ if self.overwrite.is_empty() => Act::Leave,
            _ => Act::Overwrite(self.overwrite.clone()),
        }
    }

    /// The step; `None` when there is nothing to say of the row.
    pub(super) fn step(&self, view: &View<'_>) -> Option<Step> {
        let decision = self.decision.clone()?;
        let act = self.act();
        if act == Act::Leave && matches!(decision, Decision::Anonymize(_)) {
            return None; // it was done before
        }
        let cells = view.held.columns.len() as u64;
        let (table, key, files) = (view.table, self.key.clone(), self.files.clone());
        Some(Step { table, key, roles: vec![0], decision, act, cells, files })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_a_pointer_keeps_keeps_its_files() {
        let (key, files) = (Key(vec![Value::from(1)]), vec!["voice/1.amr".to_owned()]);
        let (terms, decision, overwrite_all) = (Vec::new(), Some(Decision::Delete), vec![2]);
        let case = None;
        let mut judged =
            Judged { key, terms, case, decision, waits: Waits::Nobody, overwrite: vec![], overwrite_all, files };
        judged.keep_back();
        assert_eq!((judged.act(), judged.files.len()), (Act::Overwrite(vec![2]), 0));
    }
}
