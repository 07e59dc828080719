//! The way between rows and the people whose they are, along keys: from a row to the person's key, and from keys down to
//! the rows.

use super::probe::OnTheWay;
use crate::{
    data_map::{
        classified::{Cases, Classified, TableId},
        lead::{Lead, Step},
    },
    database::{Arm, Database, DatabaseError, Flow, Join, Seed, Seeds, Select, Term},
    value::Value,
};

/// A way from the rows of a table to a person.
pub(super) struct Link<'a> {
    pub(super) table: TableId,
    pub(super) lead: Lead<'a>,
}

impl<'a> Link<'a> {
    /// The cases of the table in which it holds.
    pub(super) fn cases(&self) -> Option<&'a Cases> {
        self.lead.steps.first().and_then(|step| step.tie.cases.as_ref())
    }

    /// Asks of a row of the table who is on the way; the last one is the person at its end.
    pub(super) fn ask(&self, map: &Classified, select: &mut Select) -> Vec<OnTheWay> {
        let mut persons = Vec::new();
        let mut pass = |table: TableId, via: usize, by: Option<(usize, Step<'a>)>, select: &mut Select| {
            for person in map.persons.iter().filter(|person| person.table == table) {
                let there = select.term(Term::Column { via, column: person.column.clone() });
                let here = by.filter(|(_, step)| step.columns == std::slice::from_ref(&person.column));
                let own = |(via, step): (usize, Step<'_>)| Term::Column { via, column: step.tie.columns[0].clone() };
                let here = here.map(|by| select.term(own(by)));
                persons.push(OnTheWay { person: person.name.clone(), there, here });
            }
        };
        pass(self.table, 0, None, select);
        let mut via = 0;
        for step in &self.lead.steps {
            let (from, table) = (via, map.tables[step.table].name.clone());
            via = select.join(Join {
                from,
                columns: step.tie.columns.clone(),
                table,
                target: step.columns.to_vec(),
                within: None,
            });
            pass(step.table, via, Some((from, *step)), select);
        }
        // of two sorts of people in one table the one that is meant
        persons.sort_by_key(|one| one.person == self.lead.person.name);
        persons
    }

    /// The columns of the table, and what stands in them in the rows of the people with these keys.
    pub(super) fn down(
        &self,
        map: &Classified,
        keys: Seeds,
        database: &mut dyn Database,
    ) -> Result<(Vec<String>, Seeds), DatabaseError> {
        let (mut table, mut columns, mut seeds) = (self.lead.person.table, vec![self.lead.person.column.clone()], keys);
        for (at, step) in self.lead.steps.iter().enumerate().rev() {
            if step.columns != columns {
                seeds = read(map, table, &columns, seeds, step.columns, database)?;
            }
            table = at.checked_sub(1).map_or(self.table, |before| self.lead.steps[before].table);
            columns.clone_from(&step.tie.columns);
        }
        Ok((columns, seeds))
    }
}

/// What stands in `wanted` of the rows that hold one of the seeds.
fn read(
    map: &Classified,
    table: TableId,
    columns: &[String],
    seeds: Seeds,
    wanted: &[String],
    database: &mut dyn Database,
) -> Result<Seeds, DatabaseError> {
    let arm = Arm { columns: columns.to_vec(), seeds, folds: false };
    let select = Select::new(map.tables[table].name.clone(), wanted.to_vec(), vec![arm]);
    let mut found: Vec<Seed> = Vec::new();
    database.read(&select, &mut |row| {
        if !row.row.iter().any(Value::is_null) {
            found.push(Seed { subject: row.subject, tag: row.tag, values: row.row });
        }
        Flow::Continue
    })?;
    found.dedup();
    Ok(found.into())
}
