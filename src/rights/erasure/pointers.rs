//! Who points at rows that go, or names rows by what would be written over. A pointer is cut where it may be NULL and no
//! other tie needs its columns; one that may not, or whose row is retained or under hold, keeps its row in place. So does
//! one through which a reverse tie finds its row (`houses.id = "key, of users.house"`), where the engine minds it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    Deriving, Erasure, Pending, REFERENCED, TableView,
    bound::Bound,
    pins::{Level, retained},
};
use crate::{
    data_map::{
        classified::{Cases, Classified, Sense, TableId, Target, Tie},
        fate::Erase,
    },
    database::{
        Database, Seed, Seeds,
        locate::{pointing, role_number, role_number_in},
    },
    error::Error,
    plan::{Act, Decision, Step},
    value::Key,
};

/// A tie by which rows point at those of a table, or name them.
#[derive(Debug)]
pub(super) struct Pointer<'a> {
    table: TableId,
    columns: &'a [String],
    /// The cases in which it is one; `None`: in all
    cases: Option<&'a Cases>,
    parent_columns: &'a [String],
    /// The columns (by place) that become NULL; `None` when it cannot be cut
    cut: Option<Vec<usize>>,
    /// Whether its row is somebody else's, or nobody's, although the one pointed at is the person's
    points: bool,
    /// Whether it names rows by a value that may be written over: a parcel's number in a voucher
    names: bool,
    /// Whether it says itself whose the row pointed at is, so that it only holds back a row that would go
    finds: bool,
    /// The role in which whose its row is is found there
    through: Option<usize>,
}

/// Who points at rows of `parent`, or names them by something else than a key that stays anyway.
pub(super) fn pointers(map: &Classified, parent: TableId) -> Vec<Pointer<'_>> {
    let mut pointers = said(map, parent);
    // whether it can be cut the map says where the row itself is tied
    let is_said = |one: &Pointer<'_>| {
        let mut said = pointers.iter().filter(|said| said.cases.is_none());
        said.any(|said| (said.table, said.columns) == (one.table, one.columns))
    };
    let more: Vec<Pointer<'_>> = minded(map, parent).into_iter().filter(|one| !is_said(one)).collect();
    pointers.extend(more);
    pointers
}

/// By ties of the rows that point.
fn said(map: &Classified, parent: TableId) -> Vec<Pointer<'_>> {
    let ties = map.tables.iter().enumerate().flat_map(|(table, held)| held.ties.iter().map(move |tie| (table, tie)));
    ties.filter_map(|(table, tie)| {
        let Target::Rows { table: target, columns: parent_columns, role } = &tie.target else { return None };
        let names = overwritable(map, parent, parent_columns);
        let points = points(map, table, tie);
        let cut = Some(map.tables[table].cuttable(tie)).filter(|cut| tie.sense == Sense::By && !cut.is_empty());
        let (columns, cases) = (&*tie.columns, tie.cases.as_ref());
        let of = tie.sense == Sense::Of && !map.is_reverse(table, tie);
        let through = role.as_deref().filter(|_| of).map(|role| role_number(map, parent, Some(role)));
        let pointer = Pointer { table, columns, cases, parent_columns, cut, points, names, finds: false, through };
        (*target == parent && (points || names)).then_some(pointer)
    })
    .collect()
}

/// By foreign keys that reverse ties of the rows pointed at follow; the map says of none of them that it can be cut.
fn minded(map: &Classified, parent: TableId) -> Vec<Pointer<'_>> {
    let ties = map.tables[parent].ties.iter().filter(|tie| is_minded(map, parent, tie));
    ties.filter_map(|tie| {
        let Target::Rows { table, columns, .. } = &tie.target else { return None };
        let (table, parent_columns) = (*table, &*tie.columns);
        let names = overwritable(map, parent, parent_columns);
        let (cases, cut, through) = (None, None, None);
        Some(Pointer { table, columns, cases, parent_columns, cut, points: true, names, finds: true, through })
    })
    .collect()
}

/// Whether the engine minds the pointer of a reverse tie of `table`: a foreign key of the row that is found through it.
pub(super) fn is_minded(map: &Classified, table: TableId, tie: &Tie) -> bool {
    let Target::Rows { table: from, columns, .. } = &tie.target else { return false };
    let is = |one: &str, other: &str| one.eq_ignore_ascii_case(other);
    let paired = |own: &str, theirs: &str| columns.iter().zip(&tie.columns).any(|(a, b)| is(a, own) && is(b, theirs));
    let mut keys = map.tables[*from].foreign_keys.iter();
    tie.sense == Sense::Of
        && map.is_reverse(table, tie)
        && keys.any(|key| {
            let mut pairs = key.columns.iter().zip(&key.parent_columns);
            is(&key.parent.name, &map.tables[table].name.name) && pairs.all(|(own, theirs)| paired(own, theirs))
        })
}

/// Whether the row of a tie may be somebody else's, or nobody's, although the one pointed at is the person's: what hangs on
/// one role of a row is nobody's where nobody is in it.
pub(super) fn points(map: &Classified, table: TableId, tie: &Tie) -> bool {
    let in_a_role = || matches!(&tie.target, Target::Rows { role: Some(_), .. }) && !map.is_reverse(table, tie);
    tie.sense == Sense::By || in_a_role()
}

pub(super) fn overwritable(map: &Classified, table: TableId, columns: &[String]) -> bool {
    let personal =
        |name: &String| map.tables[table].column(name).is_some_and(|c| c.meanings().any(|m| m.kind.is_personal()));
    columns.iter().any(personal)
}

/// One row that points at one that waits.
struct Edge {
    /// The place of the one pointed at
    at: usize,
    /// Which pointer
    by: usize,
    key: Key,
    /// Its place, where it waits itself
    from: Option<usize>,
    /// Whether it goes when its turn comes
    goes: bool,
    /// Whether it cannot be cut
    firm: bool,
    /// Whether a hold, a contract or a law keeps its row, which is somebody's of the plan
    kept: bool,
    /// What holds a row of somebody else that could be cut
    held: Option<Decision>,
    /// … and one of somebody of the plan, who may be another one than whose the row pointed at is
    among: Option<Decision>,
}

impl Erasure<'_> {
    /// Looks at once for all pointers at rows that wait, and settles with them what becomes of these. Returns what is done
    /// or told besides.
    pub(super) fn heed_pointers(
        &self,
        view: &TableView<'_>,
        pending: &mut [Pending],
        pointers: &[Pointer<'_>],
        state: &mut Deriving<'_>,
        database: &mut dyn Database,
    ) -> Result<Vec<Step>, Error> {
        let edges = self.edges(view, pending, pointers, state, database)?;
        let mut bound = Vec::new();
        let stays = |edge: &Edge, pending: &[Pending]| {
            let pointer = &pointers[edge.by];
            match edge.from {
                Some(from) => pending[from].keeps(view, pointer.columns),
                None => !edge.goes,
            }
        };
        let binds = |edge: &Edge, pending: &[Pending]| {
            edge.firm || edge.from.is_some_and(|from| retained(&pending[from].judged.decision))
        };
        // a row that is kept back may point at others of its table
        let mut settled = false;
        while !settled {
            settled = true;
            for edge in &edges {
                if pointers[edge.by].points && pending[edge.at].goes() && stays(edge, pending) && binds(edge, pending) {
                    pending[edge.at].pointed_at = true;
                    settled = false;
                }
            }
        }
        let named = |edge: &Edge, pending: &[Pending]| {
            let columns = pointers[edge.by].parent_columns;
            let taken = pending[edge.at].taken();
            !pending[edge.at].goes() && taken.iter().any(|at| columns.contains(&view.held.columns[*at].name))
        };
        let mut told: BTreeMap<usize, &Decision> = BTreeMap::new();
        for edge in &edges {
            if pending[edge.at].goes() || !stays(edge, pending) {
                continue;
            }
            // it waits for what holds the other back
            if let Some(held) = edge.held.as_ref().filter(|_| pending[edge.at].pointed_at || named(edge, pending)) {
                told.entry(edge.at).and_modify(|known| *known = later(known, held)).or_insert(held);
            }
            let pinned = self.goes_but_for_others(view, &pending[edge.at]);
            let bind = pinned || pending[edge.at].pointed_at || named(edge, pending);
            if let Some(among) = edge.among.as_ref().filter(|_| bind) {
                let step = pending[edge.at].judged.held_back(view, among.clone());
                bound.push(Bound { step, by: (pointers[edge.by].table, edge.key.clone()), pinned });
            }
            let anonymizes = self.scope.anonymize && matches!(pending[edge.at].judged.decision, Decision::Anonymize(_));
            // who points at it shares its key
            pending[edge.at].judged.linked |= anonymizes && pointers[edge.by].points;
            if named(edge, pending) && (anonymizes || binds(edge, pending)) {
                pending[edge.at].judged.spare(view, pointers[edge.by].parent_columns);
            }
            // what is somebody else's alone is found through them in this row, whosever that is
            let through = pointers[edge.by].through.filter(|_| !edge.kept);
            let found_by = through.map(|role| pending[edge.at].finders_of_another(view, role));
            if let Some(columns) = found_by.filter(|columns| !columns.is_empty()) {
                pending[edge.at].judged.spare(view, &columns);
            }
        }
        state.bound.insert(view.table, bound);
        let beside = told.into_iter().map(|(at, held)| pending[at].judged.held_back(view, held.clone()));
        let mut cuts: Vec<Step> = Vec::new();
        for edge in &edges {
            let Some(columns) = pointers[edge.by].cut.as_ref().filter(|_| !edge.firm) else { continue };
            // a pointer at a row that stays as it is stays as well; one of a row that goes later is in the way until then
            if pending[edge.at].goes() || named(edge, pending) && stays(edge, pending) {
                cuts.push(pointer_step(pointers[edge.by].table, edge.key.clone(), columns.clone()));
            }
        }
        cuts.sort_by(|a, b| (a.table, &a.key, a.act.columns()).cmp(&(b.table, &b.key, b.act.columns())));
        cuts.dedup();
        cuts.extend(beside);
        Ok(cuts)
    }

    /// Who points at rows that wait, and does not let go by itself before it is their turn.
    fn edges(
        &self,
        view: &TableView<'_>,
        pending: &[Pending],
        pointers: &[Pointer<'_>],
        state: &Deriving<'_>,
        database: &mut dyn Database,
    ) -> Result<Vec<Edge>, Error> {
        let own = pointers.iter().any(|pointer| pointer.table == view.table);
        let waiting = pending.iter().enumerate().filter(|_| own);
        let places: HashMap<&Key, usize> = waiting.map(|(at, waiting)| (&waiting.judged.key, at)).collect();
        let mut edges = Vec::new();
        for (by, pointer) in pointers.iter().enumerate() {
            let seed = |(at, waiting): (usize, &Pending)| {
                let points = pointer.points && !pointer.finds;
                let others = points && self.goes_but_for_others(view, waiting);
                let found = pointer.through.is_some_and(|role| !waiting.finders_of_another(view, role).is_empty());
                let asked = others || found || waiting.minds(points, pointer.names, self.scope.anonymize);
                let values = waiting.judged.referenced(view, pointer.parent_columns).filter(|_| asked)?;
                Some(Seed { subject: 0, tag: u32::try_from(at).unwrap_or(u32::MAX), values })
            };
            let seeds: Seeds = pending.iter().enumerate().filter_map(seed).collect();
            let found = pointing(self.map, pointer.table, pointer.columns, pointer.cases, seeds, database)?;
            let found = found.known(self.map, pointer.table)?.into_iter();
            let lets_go = |key: &Key| state.gone.lets_go(self.map, pointer.table, key, pointer.columns);
            let later = state.gone.is_later(pointer.table);
            let found: Vec<(u32, Key, bool)> = found
                .map(|(at, key)| {
                    let goes = lets_go(&key);
                    (at, key, goes)
                })
                .filter(|(_, _, goes)| later || !goes)
                .collect();
            // Whoever's a row is that is retained: one that nothing leads to any more once its number is written over has
            // to be seen as it was before.
            let keys: BTreeSet<&Key> = found.iter().filter(|_| pointer.cut.is_some()).map(|(_, key, _)| key).collect();
            let staying = self.staying(pointer.table, keys.into_iter(), database)?;
            for (at, key, goes) in found {
                let own = state.gone.is_retained(pointer.table, &key);
                let staying = staying.get(&key).map(|staying| &staying.decision).filter(|stays| retained(stays));
                let firm = pointer.cut.is_none() || own || staying.is_some();
                let held = staying.filter(|_| !own).cloned();
                let among = staying.filter(|_| own && self.subjects.len() > 1).cloned();
                let from = places.get(&key).copied().filter(|_| pointer.table == view.table);
                edges.push(Edge { at: at as usize, by, key, from, goes, firm, kept: own, held, among });
            }
        }
        Ok(edges)
    }

    /// Whether a row of a plan for several would go if others of the plan pointed nowhere.
    fn goes_but_for_others(&self, view: &TableView<'_>, waiting: &Pending) -> bool {
        let goes = view.held.fates.erase == Erase::Delete && !self.scope.is_partial() && !self.scope.anonymize;
        let judged = &waiting.judged;
        goes && self.subjects.len() > 1 && judged.decision == REFERENCED && judged.pin == Some(Level::Referenced)
    }
}

/// Which of two reasons is told: the one that lasts.
pub(super) fn later<'d>(one: &'d Decision, other: &'d Decision) -> &'d Decision {
    let lasts = |decision: &Decision| match decision {
        Decision::Keep { until: Some(until), .. } => (0, Some(*until)),
        Decision::Keep { .. } => (1, None),
        Decision::Wait | Decision::Lost => (2, None),
        _ => (3, None),
    };
    if lasts(other) > lasts(one) { other } else { one }
}

fn pointer_step(table: TableId, key: Key, columns: Vec<usize>) -> Step {
    Step {
        table,
        key,
        roles: Vec::new(),
        decision: Decision::Pointer,
        act: Act::Unlink(columns),
        cells: 0,
        files: Vec::new(),
    }
}

impl Pending {
    /// Whether the row goes.
    fn goes(&self) -> bool {
        self.judged.decision == Decision::Delete && !self.pointed_at
    }

    /// Whether it stays, with what points elsewhere by `columns`.
    fn keeps(&self, view: &TableView<'_>, columns: &[String]) -> bool {
        let cut = |at: &usize| columns.contains(&view.held.columns[*at].name);
        !self.goes() && !self.taken().iter().any(cut)
    }

    /// The columns that are written over.
    fn taken(&self) -> &[usize] {
        if self.judged.decision == Decision::Delete { &self.judged.overwrite_all } else { &self.judged.overwrite }
    }

    /// The columns to be written over by which somebody else is found in the row, in the role.
    fn finders_of_another(&self, view: &TableView<'_>, role: usize) -> Vec<String> {
        if self.judged.roles.contains(&role) {
            return Vec::new();
        }
        let taken = |name: &&String| self.taken().iter().any(|at| view.held.columns[*at].name == **name);
        let of_role = |tie: &&Tie| tie.sense == Sense::Of && role_number_in(view.held, tie.role.as_deref()) == role;
        let ties = view.held.ties.iter().filter(of_role).filter(|tie| tie.holds_in(self.judged.case.as_deref()));
        ties.flat_map(|tie| &tie.columns).filter(taken).cloned().collect()
    }

    /// Whether it matters to the row who points at it, or names it.
    fn minds(&self, points: bool, names: bool, anonymize: bool) -> bool {
        match self.judged.decision {
            Decision::Delete => true,
            Decision::Anonymize(_) if anonymize && points => true,
            _ => names && !self.judged.overwrite.is_empty(),
        }
    }
}
