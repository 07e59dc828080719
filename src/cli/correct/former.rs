//! Rows that bear the value of before a correction: once it is corrected nothing leads to those that bear nothing else.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use crate::{
    case::{IdentitySet, KnownValue},
    cli::{database::Trusted, out::Out, session::Session, text::Text},
    data_map::classified::{Classified, TableId},
    database::{
        Database, DatabaseError,
        locate::{Attribution, Walk},
    },
};

const FORMER: Text = Text {
    en: "these rows bear the former value and are not found by the new one: {tables}; name the former value as well (--id) whenever the person asks for anything",
    zh: "以下数据行含有更正前的值，无法凭新值找到：{tables}；该人日后提出请求时，请同时给出更正前的值（--id）",
};

/// Tells which rows were the person's by a value that is theirs no more, and by nothing else.
pub(super) fn tell(
    before: &IdentitySet,
    after: &IdentitySet,
    trusted: &mut Trusted,
    session: &mut Session<'_>,
    out: &mut Out<'_>,
) -> anyhow::Result<()> {
    let known = |set: &IdentitySet, value: &KnownValue| {
        set.values.iter().any(|one| (&one.kind, &one.value) == (&value.kind, &value.value))
    };
    let former = before.values.iter().filter(|value| value.proven && !known(after, value));
    let mut both = after.clone();
    both.values.extend(former.cloned());
    if both.values == after.values {
        return Ok(());
    }
    let (zone, Trusted { map, database }) = (session.zone()?, trusted);
    database.renew()?;
    let found = rows(&both, map, zone.clone(), &mut **database)?;
    let left = rows(after, map, zone, &mut **database)?;
    let lost = found.into_iter().map(|(table, rows)| (table, rows - left.get(&table).copied().unwrap_or(0).min(rows)));
    let tables: Vec<String> =
        lost.filter(|(_, rows)| *rows > 0).map(|(table, rows)| format!("{} {rows}", map.tables[table].name)).collect();
    if !tables.is_empty() {
        out.warning("former_value", FORMER, &[("tables", &tables.join(", "))]);
    }
    Ok(())
}

fn rows(
    set: &IdentitySet,
    map: &Classified,
    zone: TimeZone,
    database: &mut dyn Database,
) -> Result<BTreeMap<TableId, u64>, DatabaseError> {
    let walk = Walk::new(map, std::slice::from_ref(set), Attribution::Each, zone, database)?;
    Ok(walk.count(database)?.into_iter().map(|held| (held.table, held.rows)).collect())
}
