//! The legal holds in force, as plans heed them.

use std::{
    collections::{BTreeMap, HashMap},
    rc::Rc,
};

use crate::{
    casebook,
    data_map::classified::{Classified, TableId},
    plan::{Held, Hold},
    schema::TableName,
};

use super::{failure::Failure, session::Session, text::trouble};

/// The holds in force now.
pub(crate) fn held(map: &Classified, session: &mut Session<'_>) -> anyhow::Result<Rc<Held>> {
    let book = session.reading()?;
    let holds = book.holds()?;
    let (mut people, mut subjects) = (HashMap::new(), HashMap::new());
    for hold in &holds {
        let Some(subject) = hold.subject else { continue };
        add(&mut subjects, subject, hold.sort());
        for tag in book.tags_of_hold(hold)? {
            add(&mut people, tag, hold.sort());
        }
    }
    let tagger = book.tagger()?;
    let tables = held_tables(&holds, map)?;
    Ok(Rc::new(Held { tables, people, subjects, tag: Box::new(move |word, canonical| tagger.tag(word, canonical)) }))
}

/// Of two holds on the same the open one is told.
fn add<K: std::hash::Hash + Eq>(holds: &mut HashMap<K, Hold>, on: K, hold: Hold) {
    let known = holds.entry(on).or_insert(hold);
    *known = hold.min(*known);
}

/// The tables under hold; where an open hold and a secret one are on the same, the open one is told.
fn held_tables(holds: &[casebook::Hold], map: &Classified) -> Result<BTreeMap<TableId, Hold>, Failure> {
    let mut tables = BTreeMap::new();
    for hold in holds {
        let Some(table) = &hold.table else { continue };
        let known = tables.entry(held_table(table, map)?).or_insert(hold.sort());
        *known = hold.sort().min(*known);
    }
    Ok(tables)
}

/// A held table by its place in the map; a hold on a table that is not there protects nothing, so it refuses.
pub(crate) fn held_table(table: &str, map: &Classified) -> Result<TableId, Failure> {
    map.table_id(&TableName::local(table)).ok_or_else(|| trouble::NO_SUCH_COLUMN.plain())
}

/// Refuses a table that the map does not have; before a map is trusted any name is taken.
pub(crate) fn require_table(table: &str, session: &mut Session<'_>) -> Result<(), Failure> {
    match session.trusted() {
        Ok(trusted) => held_table(table, &trusted.map).map(|_| ()),
        Err(_) => Ok(()),
    }
}
