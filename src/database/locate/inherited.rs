//! Dates of the rows that a row belongs to: what it inherits is counted from them.

use super::super::{Join, Select, Term};
use crate::{
    data_map::{
        classified::{Classified, TableId, Target},
        fate::After,
    },
    refusal::Refusal,
};

/// The table and those it inherits from, nearest first, each with its place among the joins.
pub fn chain(map: &Classified, table: TableId, select: &mut Select) -> Vec<(TableId, usize)> {
    let mut chain = vec![(table, 0)];
    let (mut here, mut via) = (table, 0);
    while let Some(tie) = map.tables[here].inherits.map(|at| &map.tables[here].ties[at]) {
        let Target::Rows { table: parent, columns, .. } = &tie.target else { break };
        let name = map.tables[*parent].name.clone();
        via = select.join(Join { from: via, columns: tie.columns.clone(), table: name, target: columns.clone() });
        here = *parent;
        chain.push((here, via));
    }
    chain
}

/// Asks for the dates of a period that `chain[0]` states; each place among the terms. A date may stand in the row, in
/// one that it inherits from, or in one that it is tied to otherwise.
pub fn ask_dates(
    map: &Classified,
    after: &After,
    chain: &[(TableId, usize)],
    select: &mut Select,
) -> Result<Vec<usize>, Refusal> {
    let (After::Dates(names), Some((table, here))) = (after, chain.first()) else { return Ok(Vec::new()) };
    let ask = |name: &String| {
        if map.tables[*table].column(name).is_some() {
            return Ok(select.term(Term::Column { via: *here, column: name.clone() }));
        }
        let missing = || Refusal::MissingDate { table: map.tables[*table].name.to_string(), date: name.clone() };
        let (parent, column) = name.rsplit_once('.').ok_or_else(missing)?;
        let is_it = |id: TableId| map.tables[id].name.to_string().eq_ignore_ascii_case(parent);
        let via = chain.iter().find(|(id, _)| is_it(*id)).map(|(_, via)| *via);
        let via = via.or_else(|| join_named(map, *table, *here, &is_it, select)).ok_or_else(missing)?;
        Ok(select.term(Term::Column { via, column: column.to_owned() }))
    };
    names.iter().map(ask).collect()
}

/// A row that this one is tied to by another tie than the one it inherits from.
fn join_named(
    map: &Classified,
    from: TableId,
    via: usize,
    named: &dyn Fn(TableId) -> bool,
    select: &mut Select,
) -> Option<usize> {
    let ties = map.tables[from].ties.iter();
    let tie = ties.into_iter().find(|tie| matches!(&tie.target, Target::Rows { table, .. } if named(*table)))?;
    let Target::Rows { table, columns, .. } = &tie.target else { return None };
    let parent = map.tables[*table].name.clone();
    Some(select.join(Join { from: via, columns: tie.columns.clone(), table: parent, target: columns.clone() }))
}
