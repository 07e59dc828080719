//! What one plan for several people does to each of them, so that each can be told and answered by itself.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    rc::Rc,
};

use sha2::{Digest, Sha256};

use super::{
    Erasure,
    bound::Holders,
    company::{is_common, is_common_row},
    mentions::{Decided, Way, leaves_part, others_text, search},
};
use crate::{
    data_map::classified::{Sense, TableId, Tie},
    database::{
        Database, Flow,
        locate::{Attribution, Holding, UNNAMED, Walk, case_term, role_number_in},
    },
    error::Error,
    plan::{Act, Decision, Reason, Step, Totals},
    value::Key,
};

/// The sums of each of several people, remembered as how many rows of which sort each has: people are many, and sorts of
/// rows are few.
#[derive(Debug)]
pub struct Shares {
    sorts: Sorts,
    /// By subject: sorts and numbers of rows, ascending
    of: Vec<Vec<(Sort, u64)>>,
    /// Of a plan that is about some columns only: by table, whether it has any of them
    part: Option<Vec<bool>>,
    whose: [u8; 32],
}

/// Digest of whose every row is, and in which roles.
#[derive(Default)]
struct Whose(Sha256);

impl Whose {
    fn take(&mut self, table: TableId, holding: &Holding) {
        let roles =
            |roles: &[usize]| [roles.len() as u64].into_iter().chain(roles.iter().map(|role| *role as u64)).collect();
        let (own, doubted): (Vec<u64>, Vec<u64>) = (roles(&holding.roles), roles(&holding.doubted));
        let head = [table as u64, u64::from(holding.subject), u64::from(holding.doubt.is_some())];
        let mut bytes: Vec<u8> = head.into_iter().chain(own).chain(doubted).flat_map(u64::to_be_bytes).collect();
        holding.key.encode(&mut bytes);
        self.0.update(bytes);
    }
}

/// The place of a step among those that differ in more than the row.
type Sort = u32;

/// Steps without the row that they are about.
#[derive(Debug, Default)]
struct Sorts {
    all: Vec<Rc<Step>>,
    places: HashMap<Rc<Step>, Sort>,
}

impl Sorts {
    fn place(&mut self, step: &Step) -> Sort {
        let step = Step { key: Key::default(), files: Vec::new(), ..step.clone() };
        if let Some(place) = self.places.get(&step) {
            return *place;
        }
        let (step, place) = (Rc::new(step), Sort::try_from(self.all.len()).unwrap_or(Sort::MAX));
        self.all.push(Rc::clone(&step));
        self.places.insert(step, place);
        place
    }

    fn step(&self, sort: Sort) -> &Step {
        &self.all[sort as usize]
    }
}

impl Shares {
    /// Adds a step to what somebody's sums are made of.
    pub(super) fn add(&mut self, subject: u32, step: &Step) {
        let sort = self.sorts.place(step);
        self.add_sort(subject, sort);
    }

    fn add_sort(&mut self, subject: u32, sort: Sort) {
        let rows = &mut self.of[subject as usize];
        match rows.binary_search_by_key(&sort, |(sort, _)| *sort) {
            Ok(at) => rows[at].1 += 1,
            Err(at) => rows.insert(at, (sort, 1)),
        }
    }

    /// Tells whether a row was somebody else's meanwhile: see [`Planner::whose`](crate::planner::Planner::whose).
    #[must_use]
    pub fn whose(&self) -> [u8; 32] {
        self.whose
    }

    /// The sums of each subject, in their order.
    pub fn iter(&self) -> impl Iterator<Item = Totals> {
        self.of.iter().map(|rows| {
            let mut totals = Totals::default();
            for (sort, rows) in rows {
                let step = self.sorts.step(*sort);
                for _ in 0..*rows {
                    // what is only told of a row besides is the same of a part
                    match &self.part {
                        Some(asked) => totals.add_in_part(step, asked[step.table]),
                        None => totals.add(step),
                    }
                }
            }
            totals
        })
    }
}

impl Erasure<'_> {
    /// Digest of whose every row is.
    pub(super) fn digest_of_whose(&self, database: &mut dyn Database) -> Result<[u8; 32], Error> {
        let walk = Walk::new(self.map, self.subjects, Attribution::Each, self.zone.clone(), database)?;
        let mut whose = Whose::default();
        for &table in &self.map.order {
            let Some(select) = walk.select(table) else { continue };
            walk.holdings(table, select, database, &mut |holding| {
                whose.take(table, &holding);
                Flow::Continue
            })?;
        }
        Ok(whose.0.finalize().into())
    }

    /// Those of the roles that are asked for.
    fn asked_roles(&self, table: TableId, roles: &[usize]) -> Vec<usize> {
        let (wanted, known) = (&self.scope.roles, &self.map.tables[table].roles);
        let asked = |role: &usize| wanted.is_empty() || *role != UNNAMED && wanted.contains(&known[*role - 1]);
        roles.iter().copied().filter(asked).collect()
    }

    /// What of a step somebody is told who holds these roles: of a row of several people what is theirs or common. `None`
    /// where that is all of it.
    fn in_roles(&self, step: &Step, holding: &Holding, roles: &[usize], case: Option<&str>) -> Option<Step> {
        let held = &self.map.tables[step.table];
        // what they have in common with others stays for these
        let (roles, in_common): (Vec<usize>, Vec<usize>) = roles.iter().partition(|role| step.roles.contains(role));
        if held.roles.is_empty() || roles.contains(&UNNAMED) {
            return None;
        }
        let theirs = |at: &usize| {
            let column = &held.columns[*at];
            let by = |tie: &&Tie| tie.sense == Sense::Of && tie.holds_in(case) && tie.columns.contains(&column.name);
            let mut ties = held.ties.iter().filter(by).peekable();
            if ties.peek().is_some() {
                return ties.any(|tie| roles.contains(&role_number_in(held, tie.role.as_deref())));
            }
            let meaning = column.meaning_in(case).unwrap_or(&column.meaning);
            let role = role_number_in(held, meaning.role.as_deref());
            role == UNNAMED || roles.contains(&role)
        };
        let act = match &step.act {
            Act::Overwrite(columns) => Act::Overwrite(columns.iter().copied().filter(theirs).collect()),
            Act::Anonymize { columns, to, linked } => {
                let kept = columns.iter().zip(to).filter(|(at, _)| theirs(at));
                let (columns, to) = kept.map(|(at, to)| (*at, to.clone())).unzip();
                Act::Anonymize { columns, to, linked: *linked }
            }
            _ => return None,
        };
        let act = if act.columns().is_empty() { Act::Leave } else { act };
        let decision = match &step.decision {
            common if is_common_row(common) && self.is_found_still(step, holding, case) => common.clone(),
            common if is_common(common) && in_common.is_empty() => Decision::Anonymize(Reason::Shared),
            decided => decided.clone(),
        };
        (act != step.act || decision != step.decision).then(|| Step { decision, act, ..step.clone() })
    }

    /// Whether the row leads to them by what the step does not write over.
    fn is_found_still(&self, step: &Step, holding: &Holding, case: Option<&str>) -> bool {
        let (held, written) = (&self.map.tables[step.table], step.act.columns());
        let taken = |name: &String| written.iter().any(|at| held.columns[*at].name == *name);
        held.ties.iter().any(|tie| {
            let role = role_number_in(held, tie.role.as_deref());
            let theirs = tie.sense == Sense::Of && tie.holds_in(case) && holding.roles.contains(&role);
            let by_row = tie.parent().is_some();
            theirs && !tie.columns.iter().any(taken) && (by_row || holding.valued.contains(&role))
        })
    }

    /// The sums of each subject. A row of two of them counts for both; rows of others that only lose a pointer or a value
    /// count for nobody, those in which a value has to stay for whom they name: it goes later. The others may be subjects
    /// themselves.
    pub fn shares(&self, database: &mut dyn Database) -> Result<Shares, Error> {
        let mut sorts = Sorts::default();
        let mut decided: HashMap<TableId, Vec<(Key, Sort)>> = HashMap::new();
        let mut beside: HashMap<TableId, HashMap<Key, Vec<Step>>> = HashMap::new();
        let mut held_back: BTreeMap<TableId, BTreeMap<Key, Step>> = BTreeMap::new();
        let mut struck: HashMap<TableId, Vec<Step>> = HashMap::new();
        let mut own: HashSet<(u32, TableId, Key)> = HashSet::new();
        let (_, bound) = self.steps_and_bound(database, None, &mut |step| {
            if step.is_beside() {
                beside.entry(step.table).or_default().entry(step.key.clone()).or_default().push(step.clone());
            } else if step.is_held_back() {
                held_back.entry(step.table).or_default().insert(step.key.clone(), step.clone());
            } else if step.decision == Decision::Mention {
                struck.entry(step.table).or_default().push(step.clone());
            } else if step.decision != Decision::Pointer {
                if step.decision.code().is_some() && self.searches(step.table) && !leaves_part(step) {
                    held_back.entry(step.table).or_default().insert(step.key.clone(), step.clone());
                }
                decided.entry(step.table).or_default().push((step.key.clone(), sorts.place(step)));
            }
            Ok(())
        })?;
        let walk = Walk::new(self.map, self.subjects, Attribution::Each, self.zone.clone(), database)?;
        let mut holders = Holders::of(&bound);
        let of = vec![Vec::new(); self.subjects.len()];
        let mut shares = Shares { sorts, of, part: self.scope.tables(self.map), whose: [0; 32] };
        let mut whose = Whose::default();
        for &table in &self.map.order {
            let Some(mut select) = walk.select(table) else { continue };
            let mut steps = decided.remove(&table).unwrap_or_default();
            steps.sort_unstable();
            let beside = beside.remove(&table).unwrap_or_default();
            let case = self.map.tables[table].case.as_ref().map(|case| case_term(self.map, case, &mut select));
            walk.holdings(table, select, database, &mut |holding| {
                whose.take(table, &holding);
                let roles = self.asked_roles(table, &holding.roles);
                if roles.is_empty() {
                    return Flow::Continue;
                }
                if held_back.get(&table).is_some_and(|steps| steps.contains_key(&holding.key)) {
                    own.insert((holding.subject, table, holding.key.clone()));
                }
                let told = beside.get(&holding.key).into_iter().flatten().filter(|step| match step.decision {
                    Decision::Undecided => holding.may_be_in(&step.roles),
                    _ => holding.doubt.is_none(),
                });
                let told: Vec<&Step> = told.collect();
                for step in &told {
                    // of a row that may be theirs at most nothing else is told
                    let is_all = step.decision == Decision::Undecided && holding.doubt.is_some();
                    let cells = if is_all { self.map.tables[table].columns.len() as u64 } else { step.cells };
                    shares.add(holding.subject, &Step { cells, ..(*step).clone() });
                }
                let is_alone = told.is_empty();
                holders.take(table, &holding, told);
                let found = steps.binary_search_by(|(key, _)| key.cmp(&holding.key)).ok().map(|at| steps[at].1);
                let Some(sort) = found else { return Flow::Continue };
                let step = shares.sorts.step(sort);
                if holding.doubt.is_none() || step.decision == Decision::Undecided {
                    let case = case.map(|at| holding.terms[0][at].to_canonical_text());
                    match self.in_roles(step, &holding, &roles, case.as_deref()) {
                        Some(step) => shares.add(holding.subject, &step),
                        None => shares.add_sort(holding.subject, sort),
                    }
                } else if is_alone && step.act == Act::Leave && step.decision.code().is_some() {
                    // doubtful for them and certain for another: what goes is the other's, what stays may be theirs
                    let step = Step { decision: Decision::Undecided, roles: holding.roles.clone(), ..step.clone() };
                    shares.add(holding.subject, &step);
                }
                Flow::Continue
            })?;
        }
        shares.whose = whose.0.finalize().into();
        holders.tell(&mut shares);
        self.tell_held_back(held_back, &struck, &own, &mut shares, database)?;
        Ok(shares)
    }

    /// Whoever is named in the text of somebody else's row in which it has to stay is told so.
    fn tell_held_back(
        &self,
        held_back: BTreeMap<TableId, BTreeMap<Key, Step>>,
        struck: &HashMap<TableId, Vec<Step>>,
        own: &HashSet<(u32, TableId, Key)>,
        shares: &mut Shares,
        database: &mut dyn Database,
    ) -> Result<(), Error> {
        for (table, steps) in held_back {
            let keys: Vec<Key> = steps.keys().cloned().collect();
            let mut decided = Decided::default();
            for step in steps.values().chain(struck.get(&table).into_iter().flatten()) {
                decided.leave(step);
            }
            for (at, subject) in (0..).zip(self.subjects) {
                let subject = std::slice::from_ref(subject);
                let named = search(self.map, subject, table, Way::Rows(&keys), &decided, &self.when(), database)?;
                let others = named.into_iter().filter(|hit| !own.contains(&(at, table, hit.key.clone())));
                for step in others.filter_map(|hit| steps.get(&hit.key)) {
                    shares.add(at, &others_text(table, step.key.clone(), step.decision.clone(), Act::Leave));
                }
            }
        }
        Ok(())
    }
}
