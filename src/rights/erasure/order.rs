//! The order in which tables are decided: each after those whose rows point at its own.

use std::collections::{BTreeSet, HashMap};

use crate::data_map::classified::{Classified, Sense, TableId};

/// By table: those whose rows point at its own.
type Pointing = HashMap<TableId, BTreeSet<TableId>>;

/// The tables in which rows are decided, in groups: each after those whose rows point at its own. A group of several is
/// a circle of pointers, in the order of the ties that say whose a row is.
pub(super) fn order(map: &Classified) -> Vec<Vec<TableId>> {
    let (all, of) = (pointing(map, &[Sense::Of, Sense::By]), pointing(map, &[Sense::Of]));
    let mut left: Vec<TableId> = map.order.iter().rev().copied().collect();
    let mut order = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let Some(next) = free(&left, &all) else {
            let circles = left.iter().map(|&table| leading_to(table, &left, &all));
            let circle = circles.min_by_key(BTreeSet::len).unwrap_or_default();
            let mut turns: Vec<TableId> = left.extract_if(.., |table| circle.contains(table)).collect();
            let mut group = Vec::with_capacity(turns.len());
            while !turns.is_empty() {
                group.push(turns.remove(free(&turns, &of).unwrap_or(0)));
            }
            order.push(group);
            continue;
        };
        order.push(vec![left.remove(next)]);
    }
    order
}

/// The first at whose rows nobody left points.
fn free(left: &[TableId], pointing: &Pointing) -> Option<usize> {
    left.iter().position(|table| pointing.get(table).is_none_or(|by| !left.iter().any(|other| by.contains(other))))
}

/// `table`, and all of `left` whose rows point at its own, or at rows of such that do.
fn leading_to(table: TableId, left: &[TableId], pointing: &Pointing) -> BTreeSet<TableId> {
    let mut found = BTreeSet::from([table]);
    let mut next = vec![table];
    while let Some(at) = next.pop() {
        let by = pointing.get(&at).into_iter().flatten().filter(|by| left.contains(by));
        next.extend(by.filter(|by| found.insert(**by)));
    }
    found
}

/// Who points by ties of these senses; the pointer of a reverse tie stands in the other row.
fn pointing(map: &Classified, senses: &[Sense]) -> Pointing {
    let mut pointing = Pointing::new();
    for (table, held) in map.tables.iter().enumerate() {
        for tie in held.ties.iter().filter(|tie| senses.contains(&tie.sense)) {
            let Some(parent) = tie.parent().filter(|parent| *parent != table) else { continue };
            let (by, at) = if map.is_reverse(table, tie) { (parent, table) } else { (table, parent) };
            pointing.entry(at).or_default().insert(by);
        }
    }
    pointing
}
