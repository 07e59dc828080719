//! The rows that a row belongs to, and whose dates and fates are therefore its own: in a row of another case the same
//! pointer names something else.

use super::{
    super::{Join, Select, Term, Within},
    case_term_of,
};
use crate::{
    data_map::{
        classified::{Cases, Classified, Sense, TableId, Target, Tie},
        fate::After,
    },
    refusal::Refusal,
    value::Value,
};

/// A table, or one that its rows inherit from.
#[derive(Clone, Debug)]
pub struct Above<'m> {
    /// Which
    pub table: TableId,
    /// Its place among the joins
    pub via: usize,
    /// Of which rows it says anything
    pub binding: Binding<'m>,
}

/// The cases of a row, and of those between, in which it belongs to one above: place, whether in the row itself, cases.
#[derive(Clone, Debug, Default)]
pub struct Binding<'m>(Vec<(usize, bool, &'m Cases)>);

impl<'m> Binding<'m> {
    /// The same further up, through `tie` of the row at `via`.
    #[must_use]
    pub fn by(&self, map: &'m Classified, table: TableId, via: usize, tie: &'m Tie, select: &mut Select) -> Self {
        let mut binding = self.clone();
        if let (Some(cases), Some(case)) = (&tie.cases, &map.tables[table].case) {
            binding.0.push((case_term_of(map, case, via, select), via == 0, cases));
        }
        binding
    }

    /// Whether the row with these terms belongs to one up there; `None`: it cannot be told.
    #[must_use]
    pub fn holds(&self, terms: &[Value]) -> Option<bool> {
        let each = self.0.iter().map(|(at, own, cases)| {
            let case = &terms[*at];
            let unclear = cases.are_unclear_in(case) || !own && case.is_null();
            (!unclear).then(|| cases.hold(&case.to_canonical_text()))
        });
        let each: Vec<Option<bool>> = each.collect();
        if each.contains(&Some(false)) {
            Some(false)
        } else {
            each.into_iter().all(|one| one.is_some()).then_some(true)
        }
    }
}

/// The table and those it inherits from, nearest first.
pub fn chain<'m>(map: &'m Classified, table: TableId, select: &mut Select) -> Vec<Above<'m>> {
    let mut chain = vec![Above { table, via: 0, binding: Binding::default() }];
    while let Some(Above { table: here, via, binding }) = chain.last().cloned() {
        let held = &map.tables[here];
        let Some(tie) = held.inherits.map(|at| &held.ties[at]) else { break };
        let Some(joined) = join_parent(map, here, via, tie, select) else { break };
        let binding = binding.by(map, here, via, tie, select);
        chain.extend(tie.parent().map(|table| Above { table, via: joined, binding }));
    }
    chain
}

/// The table and all those in which it stands, by *of* ties, who is in its rows in `role`; each with their role there.
pub fn people_above<'m>(
    map: &'m Classified,
    table: TableId,
    role: Option<&'m str>,
    select: &mut Select,
) -> Vec<(Above<'m>, Option<&'m str>)> {
    let mut all = vec![(Above { table, via: 0, binding: Binding::default() }, role)];
    let mut next = 0;
    while let Some((Above { table: here, via, binding }, role)) = all.get(next).cloned() {
        next += 1;
        let held = &map.tables[here];
        for tie in held.ties.iter().filter(|tie| tie.sense == Sense::Of && tie.role.as_deref() == role) {
            let Target::Rows { table, role, .. } = &tie.target else { continue };
            let joined = (!map.is_reverse(here, tie)).then(|| join_parent(map, here, via, tie, select)).flatten();
            let Some(via_next) = joined else { continue };
            let binding = binding.by(map, here, via, tie, select);
            all.push((Above { table: *table, via: via_next, binding }, role.as_deref()));
        }
    }
    all
}

/// Joins the row that `tie` of the row at `via` (of table `here`) names; its place.
fn join_parent(map: &Classified, here: TableId, via: usize, tie: &Tie, select: &mut Select) -> Option<usize> {
    let Target::Rows { table, columns, .. } = &tie.target else { return None };
    let (target, name) = (columns.clone(), map.tables[*table].name.clone());
    let within = within(map, here, tie, false);
    Some(select.join(Join { from: via, columns: tie.columns.clone(), table: name, target, within }))
}

/// Joins the rows of `table` that name the row at 0 by `tie`, in `column`; their place.
pub fn join_own(map: &Classified, table: TableId, tie: &Tie, column: &str, select: &mut Select) -> usize {
    let (columns, target) = (vec![column.to_owned()], tie.columns.clone());
    let within = within(map, table, tie, true);
    select.join(Join { from: 0, columns, table: map.tables[table].name.clone(), target, within })
}

fn within(map: &Classified, table: TableId, tie: &Tie, joined: bool) -> Option<Within> {
    let (cases, case) = (tie.cases.as_ref()?, map.tables[table].case.as_ref()?);
    Some(Within::new(map, case, cases, joined))
}

/// Asks for the dates of a period that `chain[0]` states; their places among the terms, in the order in which they
/// count. A date may stand in the row, in one that it is tied to, or in one that it inherits from.
pub fn ask_dates(
    map: &Classified,
    after: &After,
    chain: &[Above<'_>],
    select: &mut Select,
) -> Result<Vec<usize>, Refusal> {
    let (After::Dates(names), Some(Above { table, via, .. })) = (after, chain.first()) else { return Ok(Vec::new()) };
    let held = &map.tables[*table];
    let mut places = Vec::new();
    for name in names {
        let mut ask = |via: usize, column: &str, select: &mut Select| {
            places.push(select.term(Term::Column { via, column: column.to_owned() }));
        };
        if held.column(name).is_some() {
            ask(*via, name, select);
            continue;
        }
        let missing = || Refusal::MissingDate { table: held.name.to_string(), date: name.clone() };
        let (parent, column) = name.rsplit_once('.').ok_or_else(missing)?;
        let is_it = |id: &TableId| map.tables[*id].name.to_string().eq_ignore_ascii_case(parent);
        let parent = (0..map.tables.len()).find(is_it).ok_or_else(missing)?;
        let ties = if parent == *table { Vec::new() } else { held.ties_dating(parent) };
        if ties.is_empty() {
            let above = chain.iter().find(|above| above.table == parent).ok_or_else(missing)?;
            ask(above.via, column, select);
        }
        // of ties that hold in different cases only one leads anywhere
        for tie in ties {
            let via = join_parent(map, *table, *via, tie, select).ok_or_else(missing)?;
            ask(via, column, select);
        }
    }
    Ok(places)
}
