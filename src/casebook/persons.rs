//! The cases of one person, under whatever reference: two requests that came before anybody was identified have one each.

use std::collections::BTreeMap;

use super::{Casebook, CasebookError, events::Stored};
use crate::case::{Case, restriction::Restrictions};

impl Casebook {
    /// All cases that are about the person of `case`, itself among them, by number: those of whoever is remembered under
    /// a tag of theirs, but for cases of which it is known that they were found in other rows.
    pub fn cases_of_person(&self, case: &Case) -> Result<Vec<Case>, CasebookError> {
        let sql = "SELECT record FROM cases WHERE subject = ?1 OR subject IN
                       (SELECT other.subject FROM tags AS own JOIN tags AS other ON other.tag = own.tag
                        WHERE own.purpose = 'subject' AND own.subject = ?1 AND other.purpose = 'subject')
                   ORDER BY number";
        let listed: Vec<Case> = self.rows(sql, [case.subject.to_string()], |row| {
            serde_json::from_str(&row.get::<_, String>(0)?).map_err(|_| CasebookError::Row("cases"))
        })?;
        let mut theirs = BTreeMap::new();
        for listed in listed {
            let Some(found) = self.case(listed.number)? else { continue };
            if found.number == case.number || !is_another(case, &found) {
                theirs.insert(found.number, found);
            }
        }
        Ok(theirs.into_values().collect())
    }

    /// What restricts whoever these cases are about.
    pub fn restrictions_of(&self, theirs: &[Case]) -> Result<Restrictions, CasebookError> {
        let numbers: Vec<String> = theirs.iter().map(|case| case.number.to_string()).collect();
        let numbers = serde_json::to_string(&numbers).map_err(|_| CasebookError::Row("cases"))?;
        let columns = Stored::COLUMNS;
        let sql =
            format!("SELECT {columns} FROM events WHERE about IN (SELECT value FROM json_each(?1)) ORDER BY number");
        let mut restrictions = Restrictions::default();
        self.each_event(&sql, [numbers], |recorded| {
            restrictions.take(&recorded);
            Ok(())
        })?;
        Ok(restrictions)
    }
}

/// Whether both were found, and in rows that have none in common.
fn is_another(one: &Case, other: &Case) -> bool {
    let found = |case: &Case| case.personal.set.clone().filter(|set| set.persons.values().any(|keys| !keys.is_empty()));
    found(one).zip(found(other)).is_some_and(|(one, other)| !one.shares_a_row(&other))
}
