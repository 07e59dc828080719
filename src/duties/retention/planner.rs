//! Plans what becomes of some rows of one rule's table and of what hangs on them.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    rc::Rc,
};

use jiff::{civil::Date, tz::TimeZone};

use super::{
    judge::{Judge, Judged, Node},
    pointers::{Gone, Pins, Pointer, What, pointers},
    rule::{Rule, rules},
    view::View,
};
use crate::{
    data_map::{
        classified::{Cases, Classified, Sense, TableId, Target, Tie},
        fate::Erase,
    },
    database::{Arm, Database, Flow, Seed, Seeds, Select, locate::pointing},
    error::Error,
    plan::{Act, Decision, Held, Step, Totals},
    planner::Planner,
    value::{Key, Value},
};

/// The retention of some rows.
pub struct Retention<'a> {
    /// The map
    pub map: &'a Classified,
    /// The rule
    pub rule: Rule<'a>,
    /// The rows of its table
    pub keys: &'a [Key],
    /// What is under hold
    pub held: &'a Held,
    /// The as-of day
    pub today: Date,
    /// The controller's zone
    pub zone: TimeZone,
    /// What stands in plans for keys that are personal themselves
    pub token: Rc<dyn Fn(&Value) -> String>,
}

/// A table's rows that were reached.
struct Loaded<'a> {
    view: View<'a>,
    nodes: Vec<Node>,
}

impl Planner for Retention<'_> {
    fn map(&self) -> &Classified {
        self.map
    }

    fn derive(
        &self,
        database: &mut dyn Database,
        each: &mut dyn FnMut(&Step) -> Result<(), Error>,
    ) -> Result<Totals, Error> {
        let judge = Judge { rule: self.rule, today: self.today, zone: &self.zone, held: self.held };
        let mut loaded = vec![self.load_root(database)?];
        let waiting = may_wait(self.map);
        for &table in self.map.order.iter().filter(|table| **table != self.rule.table) {
            let below = self.load_below(table, &loaded, &judge, &waiting, database)?;
            loaded.extend(below);
        }
        let (mut pins, mut gone, mut totals) = (Pins::default(), Gone::default(), Totals::default());
        while let Some(Loaded { view, nodes }) = loaded.pop() {
            let pinned = pins.rows(self.map, view.table, database)?;
            let judged = nodes.into_iter().map(|node| judge.judge(&view, node, &pinned));
            let mut judged = judged.collect::<Result<Vec<_>, _>>()?;
            let cuts = self.heed_pointers(&view, &mut judged, &gone, &judge, database)?;
            let emits = self.rule.binds(self.map, view.table);
            for step in cuts.iter().filter(|_| emits) {
                totals.add(step);
                each(step)?;
            }
            for row in &judged {
                pins.pin(&view, row);
                if row.act() == Act::Delete {
                    gone.note(view.table, &row.key);
                }
                if let Some(step) = row.step(&view).filter(|_| emits) {
                    totals.add(&step);
                    each(&step)?;
                }
            }
        }
        Ok(totals)
    }

    fn strike(&self, text: &str) -> String {
        text.to_owned()
    }

    fn token(&self) -> Box<dyn Fn(&Value) -> String> {
        let token = Rc::clone(&self.token);
        Box::new(move |value| token(value))
    }
}

impl<'a> Retention<'a> {
    fn load_root(&self, database: &mut dyn Database) -> Result<Loaded<'a>, Error> {
        let key = self.map.tables[self.rule.table].key_columns()?;
        let seeds = self.keys.iter().map(|key| Seed { subject: 0, tag: 0, values: key.0.clone() }).collect();
        self.load(self.rule.table, vec![(Arm { columns: key, seeds, folds: false }, None)], database)
    }

    /// The rows of `table` that hang on rows reached before, as far as they matter: they go by the same rule, or hold
    /// back what they hang on.
    fn load_below(
        &self,
        table: TableId,
        loaded: &[Loaded<'a>],
        judge: &Judge<'_>,
        waiting: &BTreeSet<TableId>,
        database: &mut dyn Database,
    ) -> Result<Option<Loaded<'a>>, Error> {
        let held = &self.map.tables[table];
        let mut arms = Vec::new();
        for (at, tie) in held.ties.iter().enumerate().filter(|(_, tie)| tie.sense == Sense::Of) {
            let Target::Rows { table: parent, columns, .. } = &tie.target else { continue };
            let Some(above) = loaded.iter().find(|one| one.view.table == *parent) else { continue };
            let matters = self.rule.binds(self.map, table) || self.deletes(*parent) || waiting.contains(&table);
            if self.map.is_reverse(table, tie) || !matters {
                continue;
            }
            let inherits = held.inherits == Some(at) && self.hands_on(*parent, table);
            arms.push((
                Arm { columns: tie.columns.clone(), seeds: seeds(above, columns, inherits, judge), folds: false },
                Some(tie),
            ));
        }
        if arms.is_empty() { Ok(None) } else { self.load(table, arms, database).map(Some) }
    }

    /// Whether the rule by which rows of `parent` go takes those of `table` along that hang on them.
    fn hands_on(&self, parent: TableId, table: TableId) -> bool {
        Rule::of(self.map, parent).unwrap_or(self.rule).binds(self.map, table)
    }

    fn deletes(&self, table: TableId) -> bool {
        let own = Rule::of(self.map, table).filter(|own| own.table != self.rule.table);
        *own.unwrap_or(self.rule).then(self.map, table) == Erase::Delete
    }

    fn load(
        &self,
        table: TableId,
        arms: Vec<(Arm, Option<&'a Tie>)>,
        database: &mut dyn Database,
    ) -> Result<Loaded<'a>, Error> {
        let held = &self.map.tables[table];
        let (arms, ties): (Vec<Arm>, Vec<Option<&Tie>>) = arms.into_iter().unzip();
        let mut select = Select::new(held.name.clone(), held.key_columns()?, arms);
        let view = View::new(self.map, table, !self.held.people.is_empty(), &mut select)?;
        let names = select.key_len();
        let mut nodes: Vec<Node> = Vec::new();
        database.read(&select, &mut |found| {
            let mut row = found.row;
            let terms = row.split_off(names);
            let case = view.case.map(|at| terms[at].to_canonical_text());
            let holds = |cases: &Cases| case.as_ref().is_some_and(|case| cases.hold(case));
            if !ties[found.arm].and_then(|tie| tie.cases.as_ref()).is_none_or(holds) {
                return Flow::Continue;
            }
            let (key, parent_due) = (Key(row), found.tag == 1);
            match nodes.last_mut().filter(|node| node.key == key) {
                Some(node) => {
                    node.parent_due |= parent_due;
                    if !node.terms.contains(&terms) {
                        node.terms.push(terms);
                    }
                }
                None => nodes.push(Node { key, terms: vec![terms], parent_due }),
            }
            Flow::Continue
        })?;
        Ok(Loaded { view, nodes })
    }

    /// Looks up who points at the rows that go, and who names those that are overwritten; returns the pointers that are
    /// cut.
    fn heed_pointers(
        &self,
        view: &View<'_>,
        judged: &mut [Judged],
        gone: &Gone,
        judge: &Judge<'_>,
        database: &mut dyn Database,
    ) -> Result<Vec<Step>, Error> {
        let mut cuts: Vec<(usize, Step)> = Vec::new();
        for pointer in pointers(self.map, view.table) {
            let wanted = |row: &Judged| match pointer.what {
                What::Names => row.decision.is_some() && !(row.overwrite.is_empty() && row.overwrite_all.is_empty()),
                What::Cut(_) | What::Keeps => row.decision == Some(Decision::Delete),
            };
            let seed = |(at, row): (usize, &Judged)| {
                let values = row.values(view, &pointer.at_columns).filter(|_| wanted(row))?;
                Some(Seed { subject: 0, tag: u32::try_from(at).ok()?, values })
            };
            let seeds = judged.iter().enumerate().filter_map(seed).collect();
            let pointing = self.pointing(&pointer, seeds, database)?;
            let went = self.went_before(&pointer, &pointing, judge, database)?;
            let held = self.under_hold(&pointer, &pointing, judge, database)?;
            for (at, key) in pointing {
                if went.contains(&key)
                    || gone.contains(pointer.table, &key)
                    || (pointer.table == view.table && goes(judged, &key))
                {
                    continue;
                }
                match &pointer.what {
                    What::Names => judged[at].spare(view, &pointer.at_columns),
                    What::Keeps => judged[at].keep_back(),
                    What::Cut(_) if held.contains(&key) => judged[at].keep_back(),
                    What::Cut(columns) => cuts.push((at, cut(pointer.table, key, columns.clone()))),
                }
            }
        }
        // a pointer at a row that stays after all stays as well
        let going = cuts.into_iter().filter(|(at, _)| judged[*at].decision == Some(Decision::Delete));
        let mut cuts: Vec<Step> = going.map(|(_, step)| step).collect();
        cuts.sort_by(|a, b| (a.table, &a.key).cmp(&(b.table, &b.key)));
        cuts.dedup();
        Ok(cuts)
    }

    /// Those of the pointing rows that go by a rule that is carried out before this one: when it is this one's turn they
    /// are not there any more.
    fn went_before(
        &self,
        pointer: &Pointer,
        pointing: &[(usize, Key)],
        judge: &Judge<'_>,
        database: &mut dyn Database,
    ) -> Result<HashSet<Key>, Error> {
        let mut went = HashSet::new();
        let turn = |table: TableId| rules(self.map).iter().position(|rule| rule.table == table);
        let before = turn(pointer.table).zip(turn(self.rule.table)).is_some_and(|(theirs, own)| theirs < own);
        if !before || pointing.is_empty() {
            return Ok(went);
        }
        let Loaded { view, nodes } = self.load_pointing(pointer, pointing, database)?;
        for node in nodes {
            let judged = judge.judge(&view, node, &HashMap::new())?;
            if judged.decision == Some(Decision::Delete) {
                went.insert(judged.key);
            }
        }
        Ok(went)
    }

    /// Those of the pointing rows that are under hold: nothing in them is changed, so that what they point at stays.
    fn under_hold(
        &self,
        pointer: &Pointer,
        pointing: &[(usize, Key)],
        judge: &Judge<'_>,
        database: &mut dyn Database,
    ) -> Result<HashSet<Key>, Error> {
        let cuts = matches!(pointer.what, What::Cut(_));
        if cuts && self.held.tables.contains_key(&pointer.table) {
            return Ok(pointing.iter().map(|(_, key)| key.clone()).collect());
        }
        if !cuts || self.held.people.is_empty() || pointing.is_empty() {
            return Ok(HashSet::new());
        }
        let Loaded { view, nodes } = self.load_pointing(pointer, pointing, database)?;
        let held = nodes
            .into_iter()
            .filter(|node| node.terms.iter().any(|terms| view.owners.hold(judge.held, terms).is_some()));
        Ok(held.map(|node| node.key).collect())
    }

    fn load_pointing(
        &self,
        pointer: &Pointer,
        pointing: &[(usize, Key)],
        database: &mut dyn Database,
    ) -> Result<Loaded<'a>, Error> {
        let key = self.map.tables[pointer.table].key_columns()?;
        let seeds = pointing.iter().map(|(_, key)| Seed { subject: 0, tag: 0, values: key.0.clone() }).collect();
        self.load(pointer.table, vec![(Arm { columns: key, seeds, folds: false }, None)], database)
    }

    fn pointing(
        &self,
        pointer: &Pointer,
        seeds: Vec<Seed>,
        database: &mut dyn Database,
    ) -> Result<Vec<(usize, Key)>, Error> {
        if seeds.is_empty() {
            return Ok(Vec::new());
        }
        let (columns, cases) = (&pointer.columns, pointer.cases.as_ref());
        let found = pointing(self.map, pointer.table, columns, cases, seeds.into(), database)?;
        let found = found.known(self.map, pointer.table)?;
        Ok(found.into_iter().map(|(at, key)| (at as usize, key)).collect())
    }
}

/// Tables whose rows may wait, and those that such rows hang on, however far above.
fn may_wait(map: &Classified) -> BTreeSet<TableId> {
    let tables = map.tables.iter().enumerate();
    let mut waiting: BTreeSet<TableId> =
        tables.filter(|(_, held)| held.fates.wait.is_some()).map(|(table, _)| table).collect();
    let mut left: Vec<TableId> = waiting.iter().copied().collect();
    while let Some(table) = left.pop() {
        for tie in map.tables[table].ties.iter().filter(|tie| tie.sense == Sense::Of) {
            let Target::Rows { table: above, .. } = &tie.target else { continue };
            if !map.is_reverse(table, tie) && waiting.insert(*above) {
                left.push(*above);
            }
        }
    }
    waiting
}

fn goes(judged: &[Judged], key: &Key) -> bool {
    judged.iter().any(|row| row.key == *key && row.decision == Some(Decision::Delete))
}

fn cut(table: TableId, key: Key, columns: Vec<usize>) -> Step {
    let (decision, act) = (Decision::Pointer, Act::Unlink(columns));
    Step { table, key, roles: Vec::new(), decision, act, cells: 0, files: Vec::new() }
}

/// What rows above hand on to those that hang on them; the tag says whether the row is due and hands its rule on, too.
fn seeds(above: &Loaded<'_>, columns: &[String], inherits: bool, judge: &Judge<'_>) -> Seeds {
    let place = |name: &String| above.view.values.iter().find(|(known, _)| known == name).map(|(_, at)| *at);
    let places: Option<Vec<usize>> = columns.iter().map(place).collect();
    let Some(places) = places else { return Seeds::default() };
    let seed = |node: &Node| {
        let values: Vec<Value> = places.iter().map(|at| node.terms[0][*at].clone()).collect();
        let tag = u32::from(inherits && judge.is_due(&above.view, node));
        (!values.iter().any(Value::is_null)).then_some(Seed { subject: 0, tag, values })
    };
    above.nodes.iter().filter_map(seed).collect()
}
