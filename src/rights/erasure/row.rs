//! One row: what is known about it, what is decided, what exactly changes.

use std::{
    collections::{BTreeSet, HashMap},
    sync::LazyLock,
};

use super::{
    Erasure, REFERENCED, TableView,
    anonymized::Anonymizing,
    company::{Company, Found, is_common},
    is_true,
    mentions::may_be_struck,
    pins::{Level, Pin},
};
use crate::{
    case::period::Counted,
    data_map::{
        Wording,
        classified::{ColumnRef, Meaning, Sense, Target, Tie},
        fate::{After, Erase, Keep, Waiting},
    },
    database::locate::{Holding, UNNAMED, role_number_in},
    error::Error,
    kind::Dated,
    plan::{Act, Decision, Facts, Hold, KeepEnds, Keeping, Reason, Step, Written, decide},
    refusal::Refusal,
    value::{Key, Value},
};

/// A decided row whose place may still be needed by others.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about a row")]
pub(super) struct Judged {
    pub(super) key: Key,
    pub(super) roles: Vec<usize>,
    pub(super) decision: Decision,
    /// Columns that would be overwritten, by place
    pub(super) overwrite: Vec<usize>,
    /// … and those if the row were to stay although it should go
    pub(super) overwrite_all: Vec<usize>,
    /// Where the case asks for anonymization: what may be written over each of `overwrite`, the best first
    pub(super) ways: Vec<Vec<Written>>,
    /// A contract is in performance in it, whatever is decided: it holds back what the row is tied *of*
    pub(super) waits: bool,
    /// Something personal stays in it: by law, by the map, or because it is not asked for
    pub(super) remembers: bool,
    /// It is theirs in none of the roles that are asked for
    pub(super) unasked: bool,
    /// It keeps a key that other rows share
    pub(super) linked: bool,
    /// A personal value of theirs has to stay in it: it cannot be told as anonymized
    remains: bool,
    /// … if the row were to stay although it should go
    remains_all: bool,
    pub(super) pin: Option<Level>,
    pub(super) case: Option<String>,
    /// Further roles in which the row may be theirs
    doubted: Vec<usize>,
    cells: u64,
    /// Of its terms those that are looked at later, in the order of [`TableView::later`]
    terms: Box<[Value]>,
    files: Vec<String>,
}

/// As whom the person is in a row.
struct Asked {
    found_in: Vec<usize>,
    /// Those of them in which nobody else is: a part that somebody else has as well stays for them, a row of nothing else
    /// as a whole
    alone: Vec<usize>,
    /// None of them is asked for
    unasked: bool,
}

impl TableView<'_> {
    /// Decides one row, at once or knowing that a pointer of others may still keep it; `None` when the scope does not
    /// touch it. A row of a table that stands `aside` stays as it is.
    pub(super) fn judge(
        &self,
        erasure: &Erasure<'_>,
        holding: Holding,
        pinned: &HashMap<Key, Pin>,
        company: &Company,
        aside: bool,
        at_once: bool,
    ) -> Result<Option<Judged>, Error> {
        let Asked { found_in, alone, unasked } = self.asked_roles(erasure, &holding, company);
        if unasked && holding.doubt.is_some() {
            return Ok(None);
        }
        let aside = aside || unasked;
        let all_common = alone.is_empty();
        let roles = if all_common { found_in.clone() } else { alone };
        let terms = &holding.terms[0];
        let case = self.case.map(|at| terms[at].to_canonical_text());
        let case = case.as_deref();
        let none = Pin::default();
        let Pin { level: pin, through } = pinned.get(&holding.key).unwrap_or(&none);
        let pin = *pin;
        // Whose the row itself is may have it removed, together with the others they entered in it.
        let others = |role: usize| !roles.contains(&role) && self.is_occupied(role, terms, case, &company.left);
        let shared =
            !roles.contains(&UNNAMED) && (!company.in_common.is_empty() || (0..self.occupied.len()).any(others));
        // Several rows of terms: a join found several parents. Whatever any of them says holds the row back.
        let keeps: Vec<Keeping<'_>> = holding.terms.iter().flat_map(|terms| self.keepings(erasure, terms)).collect();
        let own = self.waits.of_any(&holding.terms);
        let waits = if pin == Some(Level::Waits) { Waiting::Yes } else { own };
        let overwritten = Erase::Anonymize;
        let fate = &self.held.fates.erase;
        let stays = erasure.scope.is_partial() || erasure.scope.anonymize;
        let facts = Facts {
            held: erasure.hold_on(self.table, &self.owners, &holding.terms),
            waits,
            keeps: &keeps,
            doubtful: holding.doubt.is_some(),
            shared,
            referenced: pin.is_some(),
            erase: if stays && *fate == Erase::Delete { &overwritten } else { fate },
        };
        let running: Vec<&Keeping<'_>> = keeps.iter().filter(|keep| keep.ends != KeepEnds::Ended).collect();
        let row = Row { roles: &roles, valued: &holding.valued, shared, terms, case, running: &running, pin, through };
        let decision = self.decided(erasure, &facts, aside, &row)?;
        let anonymizing = self.anonymizing.as_ref().filter(|_| matches!(decision, Decision::Anonymize(_)));
        let (mut ways, mut linked) = (Vec::new(), false);
        let Taken { columns: overwrite, remains } = if let Some(anonymizing) = anonymizing {
            let columns;
            (columns, ways) = self.anonymize(erasure, anonymizing, &row)?;
            linked = pin.is_some() || self.stays_linked(terms, case, &roles, &columns);
            Taken { columns, remains: false }
        } else {
            self.overwrite(erasure, &decision, &row)?
        };
        // An unknown case is refused whatever is decided.
        let needed = !aside && (case.is_some() || !at_once && decision == Decision::Delete);
        let kept_back = needed.then(|| self.overwrite(erasure, &REFERENCED, &Row { running: &[], ..row }));
        let Taken { columns: overwrite_all, remains: remains_all } = kept_back.transpose()?.unwrap_or_default();
        let remembers = self.remembers(erasure, &decision, &row);
        let files = self.files_of(&decision, &overwrite, terms, case)?;
        let Holding { key, valued, mut terms, mut doubted, .. } = holding;
        doubted.retain(|role| !roles.contains(&UNNAMED) && self.in_scope(erasure, *role));
        let terms = terms.swap_remove(0);
        let mut judged = Judged {
            key,
            roles,
            decision,
            overwrite,
            overwrite_all,
            ways,
            waits: waits != Waiting::No,
            remembers,
            linked,
            remains,
            remains_all,
            pin,
            case: case.map(str::to_owned),
            doubted,
            unasked,
            cells: self.held.columns.len() as u64,
            terms: self.later.iter().map(|&at| terms[at].clone()).collect(),
            files,
        };
        let in_common = (!all_common).then_some(&company.in_common);
        let found = Found { roles: &found_in, valued: &valued, terms: &terms };
        self.leave_in_common(erasure, &mut judged, in_common, &found);
        Ok(Some(judged))
    }

    /// What is decided, as it may be told: where the row stays as it is in any case, that is for the reason for which it
    /// would without a confidential hold.
    fn decided(&self, erasure: &Erasure<'_>, facts: &Facts<'_>, aside: bool, row: &Row<'_>) -> Result<Decision, Error> {
        let decision = decide(facts);
        if aside && !matches!(decision, Decision::Hold(_) | Decision::Wait | Decision::Lost) {
            return Ok(Decision::Stay(Wording::default()));
        }
        if aside || decision != Decision::Hold(Hold::Secret) {
            return Ok(decision);
        }
        let without = decide(&Facts { held: None, ..facts.clone() });
        let stays = match without {
            Decision::Wait | Decision::Lost => true,
            Decision::Keep { .. } => {
                let needed = |column: &str| self.needed(row.running, column);
                self.overwrite(erasure, &without, row)?.columns.is_empty() && !may_be_struck(self.held, &needed)
            }
            _ => false,
        };
        Ok(if stays { without } else { decision })
    }

    /// As whom the person is in the row. What they are in in none of the roles that are asked for stays, and has to be
    /// found again.
    fn asked_roles(&self, erasure: &Erasure<'_>, holding: &Holding, company: &Company) -> Asked {
        let asked: Vec<usize> = holding.roles.iter().copied().filter(|role| self.in_scope(erasure, *role)).collect();
        if asked.is_empty() {
            return Asked { found_in: holding.roles.clone(), alone: holding.roles.clone(), unasked: true };
        }
        let alone = asked.iter().copied().filter(|role| !company.in_common.contains(role)).collect();
        Asked { found_in: asked, alone, unasked: false }
    }

    /// What of a row that could go is written over, and how (LAW §5.2).
    fn anonymize(
        &self,
        erasure: &Erasure<'_>,
        anonymizing: &Anonymizing,
        row: &Row<'_>,
    ) -> Result<(Vec<usize>, Vec<Vec<Written>>), Error> {
        let mut goes = (Vec::new(), Vec::new());
        for (at, column) in self.held.columns.iter().enumerate() {
            let meaning =
                column.meaning_in(row.case).ok_or_else(|| Refusal::UnknownCase(self.held.name.to_string()))?;
            let theirs = match self.link(at, row) {
                // somebody else's rows may be found through a key of theirs, whosever the row is
                Some(_) => self.ties_in(at, row.case).all(|tie| match self.role_of(tie.role.as_deref()) {
                    UNNAMED => row.roles.contains(&UNNAMED) || !row.shared,
                    role => row.roles.contains(&role),
                }),
                None => theirs(self.role_of(meaning.role.as_deref()), row.roles, row.shared),
            };
            let Some(way) = anonymizing.way(self.held, at, row.case).filter(|_| theirs) else { continue };
            if !way.applies(row.terms, &erasure.zone) {
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
        self.keeps_binding(terms)
            .map(|view| {
                let Keep { law, because, .. } = view.keep;
                Keeping { own: view.own, law, because, ends: ends(erasure, view, terms) }
            })
            .collect()
    }

    /// What of a row that stays is written over.
    fn overwrite(&self, erasure: &Erasure<'_>, decision: &Decision, row: &Row<'_>) -> Result<Taken, Error> {
        if !matches!(decision, Decision::Keep { .. } | Decision::Anonymize(_)) {
            return Ok(Taken::default());
        }
        let keep = matches!(decision, Decision::Keep { .. });
        let mut taken = Taken::default();
        for (at, column) in self.held.columns.iter().enumerate() {
            let meaning =
                column.meaning_in(row.case).ok_or_else(|| Refusal::UnknownCase(self.held.name.to_string()))?;
            let theirs = theirs(self.role_of(meaning.role.as_deref()), row.roles, row.shared);
            let personal = theirs && meaning.kind.is_personal();
            let cuts = cuts_links(decision, row);
            let goes = match self.link(at, row) {
                Some(link) => cuts && link == Link::Theirs && !column.not_null && !self.held.is_key(at),
                None if keep => personal && !self.held.is_key(at) && !self.finds(at, row),
                None => {
                    let needed = |role| row.is_remembered_through(role) || self.stays_in_part(erasure, role, row);
                    personal && !self.finds_for(at, row, &needed)
                }
            };
            let needed = keep && self.needed(row.running, &column.name);
            if needed || !self.asked(erasure, &column.name, meaning) {
                continue;
            }
            match &self.overwrites[at] {
                Some(overwrite) if !is_true(&row.terms[overwrite.still_there]) => {}
                _ if !goes => taken.remains |= personal && !keep,
                Some(_) => taken.columns.push(at),
                None if column.generated != crate::schema::Generated::No => {}
                None => return Err(Refusal::CannotOverwrite(format!("{}.{}", self.held.name, column.name)).into()),
            }
        }
        Ok(taken)
    }

    /// Whether something personal of theirs stays in the row: by law, by the map, or because it is not asked for.
    fn remembers(&self, erasure: &Erasure<'_>, decision: &Decision, row: &Row<'_>) -> bool {
        let whole = matches!(decision, Decision::Stay(_));
        let stays = whole || matches!(decision, Decision::Keep { .. });
        let mut roles = row.roles.iter();
        roles.any(|role| stays && self.stays_personal(*role, row, whole) || self.stays_in_part(erasure, *role, row))
    }

    /// Whether something personal of the role stays in a row that is kept by law, or as a `whole` for another reason: it
    /// must be found again when that ends, or when they ask for a copy.
    fn stays_personal(&self, role: usize, row: &Row<'_>, whole: bool) -> bool {
        self.held.columns.iter().any(|column| {
            let meaning = column.meaning_in(row.case);
            let personal = meaning.filter(|meaning| meaning.kind.is_personal());
            let of_role = personal.is_some_and(|meaning| self.role_of(meaning.role.as_deref()) == role);
            of_role && (whole || self.needed(row.running, &column.name))
        })
    }

    /// Whether a plan for some columns leaves something personal of the role in the row.
    fn stays_in_part(&self, erasure: &Erasure<'_>, role: usize, row: &Row<'_>) -> bool {
        erasure.scope.is_partial()
            && self.held.columns.iter().enumerate().any(|(at, column)| {
                let meaning = column.meaning_in(row.case).filter(|meaning| meaning.kind.is_personal());
                let of_role = meaning.filter(|meaning| self.role_of(meaning.role.as_deref()) == role);
                let there = || self.overwrites[at].as_ref().is_some_and(|over| is_true(&row.terms[over.still_there]));
                of_role.is_some_and(|meaning| !self.asked(erasure, &column.name, meaning)) && there()
            })
    }

    /// Whose the ties to rows in a column are; `None` when it is no link.
    fn link(&self, at: usize, row: &Row<'_>) -> Option<Link> {
        let of_rows = |tie: &Tie| tie.sense == Sense::Of && tie.parent().is_some();
        if !self.ties_in(at, row.case).any(of_rows) {
            return None;
        }
        let theirs =
            |tie: &Tie| tie.sense == Sense::Of && row.roles.contains(&role_number_in(self.held, tie.role.as_deref()));
        Some(if self.ties_in(at, row.case).all(theirs) { Link::Theirs } else { Link::Others })
    }

    /// Whether it is by the value in the column, and by no key, that they are found later in a kept row, or in one through
    /// which a retained one is found; or somebody else of whom something is kept in a row that is theirs.
    fn finds(&self, at: usize, row: &Row<'_>) -> bool {
        self.finds_for(at, row, &|role| row.is_remembered_through(role) || self.stays_personal(role, row, false))
            || self.finds_by_value(at, row, &|role| !row.roles.contains(&role) && self.stays_personal(role, row, false))
    }

    fn finds_for(&self, at: usize, row: &Row<'_>, needed: &dyn Fn(usize) -> bool) -> bool {
        self.finds_by_value(at, row, &|role| row.valued.contains(&role) && needed(role))
    }

    /// Whether the value in the column, and no key, leads to whoever is in a role in which they have to be found.
    fn finds_by_value(&self, at: usize, row: &Row<'_>, needed: &dyn Fn(usize) -> bool) -> bool {
        let by_value = |tie: &Tie| {
            let role = role_number_in(self.held, tie.role.as_deref());
            let value = tie.sense == Sense::Of && matches!(tie.target, Target::Value(_));
            value && !self.is_keyed(role, row) && needed(role)
        };
        self.ties_in(at, row.case).any(by_value)
    }

    /// Whether a key in the row leads to whoever is in the role. What leads here from rows of another table may lead there
    /// from none, or go before this one.
    fn is_keyed(&self, role: usize, row: &Row<'_>) -> bool {
        let person = role == UNNAMED && self.map.persons.iter().any(|person| person.table == self.table);
        let own =
            |tie: &&Tie| tie.sense == Sense::Of && tie.holds_in(row.case) && !self.map.is_reverse(self.table, tie);
        let mut ties = self.held.ties.iter().filter(own);
        person
            || ties.any(|tie| {
                let filled = || self.values(row.terms, &tie.columns).is_some_and(|all| !all.iter().any(Value::is_null));
                tie.parent().is_some() && role_number_in(self.held, tie.role.as_deref()) == role && filled()
            })
    }

    /// Whether a running minimum needs the column. An inherited one, or one that names no columns, needs facts only.
    pub(super) fn needed(&self, running: &[&Keeping<'_>], column: &str) -> bool {
        running.iter().filter_map(|keep| keep.own).any(|own| {
            let columns = &self.held.fates.keep[own].columns;
            columns.as_ref().is_some_and(|columns| columns.iter().any(|c| c.eq_ignore_ascii_case(column)))
        })
    }

    /// Whether the column is in the part that is asked for.
    pub(super) fn asked(&self, erasure: &Erasure<'_>, column: &str, meaning: &Meaning) -> bool {
        let place = ColumnRef { table: self.table, column: column.to_owned() };
        erasure.scope.covers(self.map, place, meaning)
    }

    pub(super) fn role_of(&self, role: Option<&str>) -> usize {
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

    /// The place of a column that ties name.
    fn place(&self, name: &String) -> Option<usize> {
        self.values.iter().find(|(known, _)| known == name).map(|(_, at)| *at)
    }

    pub(super) fn values(&self, terms: &[Value], columns: &[String]) -> Option<Vec<Value>> {
        columns.iter().map(|name| self.place(name).map(|at| terms[at].clone())).collect()
    }
}

/// Whether a column of `role` is the person's who holds `roles` in the row: everything where the row itself is theirs,
/// their own roles, and the row's common columns when nobody else is left in it.
fn theirs(role: usize, roles: &[usize], shared: bool) -> bool {
    roles.contains(&UNNAMED) || if role == UNNAMED { !shared } else { roles.contains(&role) }
}

/// Ties of kept rows stay (keeping is contagious), and so do those of rows through which retained ones are found; else a
/// shared row loses the tie to the person, an anonymized row its ties to people.
fn cuts_links(decision: &Decision, row: &Row<'_>) -> bool {
    matches!(decision, Decision::Anonymize(Reason::Shared | Reason::Fate)) && !row.is_found_through()
}

/// What is known about a row of which something is written over.
#[derive(Clone, Copy)]
struct Row<'r> {
    roles: &'r [usize],
    /// Those of the roles in which they are found by a value
    valued: &'r [usize],
    shared: bool,
    terms: &'r [Value],
    case: Option<&'r str>,
    /// Minimums that have not ended
    running: &'r [&'r Keeping<'r>],
    pin: Option<Level>,
    /// In which roles whoever is in what stays is found through it
    through: &'r BTreeSet<usize>,
}

impl Row<'_> {
    /// Whether rows that are retained are found through it.
    fn is_found_through(&self) -> bool {
        self.pin >= Some(Level::Retained)
    }

    /// … of whoever is in the role, and something personal stays in these.
    fn is_remembered_through(&self, role: usize) -> bool {
        self.through.contains(&role)
    }
}

/// What is written over in a row.
#[derive(Default)]
struct Taken {
    columns: Vec<usize>,
    /// Whether something personal of theirs has to stay
    remains: bool,
}

/// Whose the ties in a column are.
#[derive(PartialEq, Eq)]
enum Link {
    /// All of them are the person's
    Theirs,
    /// It is needed for somebody or something else as well
    Others,
}

/// Why a row is not told as anonymized: a personal value in it had to stay.
pub(super) static NAMED: LazyLock<Wording> = LazyLock::new(|| {
    Wording::new(
        "保留的其他记录以本行的值指向或找到本行",
        "rows that stay point at this one, or are found, by a value in it",
    )
});

/// Whether a row stays for what points at it or is found through it.
pub(super) fn is_named(decision: &Decision) -> bool {
    matches!(decision, Decision::Stay(why) if *why == *NAMED)
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
        self.remains = true;
        self.remains_all = true;
    }

    /// Leaves the row as it is: somebody else has a part in all of it, and it goes with the last of them.
    pub(super) fn share(&mut self) {
        if matches!(self.decision, Decision::Delete | Decision::Anonymize(_)) {
            self.decision = Decision::Anonymize(Reason::Shared);
        }
        self.overwrite.clear();
        self.ways.clear();
        self.overwrite_all.clear();
        self.files.clear();
        (self.remains, self.remains_all) = (false, false);
    }

    /// What is told of a row that stays without their part: it may be theirs in further roles.
    pub(super) fn doubt(&self, step: &Step) -> Option<Step> {
        let stays = matches!(step.decision, Decision::Anonymize(_)) || is_common(&step.decision);
        let beside = stays && !self.doubted.is_empty();
        let (roles, decision, act) = (self.doubted.clone(), Decision::Undecided, Act::Leave);
        beside.then(|| Step { roles, decision, act, cells: 0, files: Vec::new(), ..step.clone() })
    }

    /// What is told of a row that somebody else's holds back by its pointer, beside what becomes of it.
    pub(super) fn held_back(&self, view: &TableView<'_>, decision: Decision) -> Step {
        let (key, roles) = (self.key.clone(), self.roles.clone());
        Step { table: view.table, key, roles, decision, act: Act::Leave, cells: 0, files: Vec::new() }
    }

    /// The step, now that it is known whether a pointer that may not be NULL keeps the row.
    pub(super) fn settle(&self, view: &TableView<'_>, pointed_at: bool) -> Step {
        let kept_back = pointed_at && self.decision == Decision::Delete;
        let remains = if kept_back { self.remains_all } else { self.remains };
        let decision = match &self.decision {
            // what is only de-identified is told as such
            Decision::Anonymize(_) if remains && self.ways.is_empty() => Decision::Stay(NAMED.clone()),
            Decision::Delete if kept_back && remains => Decision::Stay(NAMED.clone()),
            Decision::Delete if kept_back => REFERENCED,
            decided => decided.clone(),
        };
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

    /// What was read at a place that is looked at later.
    pub(super) fn term(&self, view: &TableView<'_>, at: usize) -> Option<&Value> {
        view.later.binary_search(&at).ok().map(|nth| &self.terms[nth])
    }

    /// The values that others' pointers name, if none is NULL.
    pub(super) fn referenced(&self, view: &TableView<'_>, columns: &[String]) -> Option<Vec<Value>> {
        let value = |name| self.term(view, view.place(name)?).filter(|value| !value.is_null()).cloned();
        columns.iter().map(value).collect()
    }
}
