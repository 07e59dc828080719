//! What follows the tables: what the person agreed to, and who received their data. Every value goes the way of the cell
//! that it stands in.

use super::{Copy, Part, Rows, long, presence_or_value};
use crate::{
    data_map::classified::{Consents, Minors, Source, TableId},
    database::{
        Database, Flow, Term,
        locate::{Beside, Holding, case_term, role_number},
    },
    error::Error,
    export::{self, Cell, Consent, Disclosure, Package},
    kind::Dated,
    rights::stored::stored,
    value::Value,
};

/// Takes a row, and what its columns say.
type Each<'e> = &'e mut dyn FnMut(&Holding, &[Said]) -> Result<(), Error>;

/// What a column says: as it is held, and as the person may see it.
#[derive(Default)]
struct Said {
    value: Value,
    shown: String,
}

impl Said {
    /// Whether it is a date.
    fn is_dated(&self) -> bool {
        !matches!(Dated::read(&self.value), Dated::Empty | Dated::Zero)
    }
}

impl Copy<'_> {
    /// Consents, and what guardians agreed to.
    pub(super) fn write_consents(
        &self,
        rows: &Rows<'_>,
        database: &mut dyn Database,
        package: &mut Package,
    ) -> Result<(), Error> {
        for consents in &self.map.consents {
            self.write_given(consents, rows, database, package)?;
        }
        let elsewhere = |minors: &&Minors| self.map.consents.iter().all(|consents| consents.table != minors.consent);
        self.map
            .minors
            .as_ref()
            .filter(elsewhere)
            .map_or(Ok(()), |minors| self.write_guardians(minors, rows, database, package))
    }

    fn write_given(
        &self,
        consents: &Consents,
        rows: &Rows<'_>,
        database: &mut dyn Database,
        package: &mut Package,
    ) -> Result<(), Error> {
        let held = &self.map.tables[consents.table];
        let (column, text) = match &consents.scope {
            Source::Column(column) => (Some(column), None),
            Source::Text(text) => (None, Some(text)),
        };
        let mut wanted = vec![column, consents.given.as_ref(), consents.stop.at.as_ref()];
        wanted.extend(consents.stop.set.iter().map(|(column, _)| Some(column)));
        // what a flag holds once consent is withdrawn; one that could never hold it tells nothing
        let ended: Vec<Option<Value>> = (consents.stop.set.iter())
            .map(|(column, to)| stored(&Value::from(to.as_str()), &held.column(column)?.declared))
            .collect();
        let whose = (consents.table, consents.role.as_deref());
        self.each_row(whose, &wanted, rows, database, &mut |_, said| {
            let scope = text.cloned().unwrap_or_else(|| said[0].shown.clone());
            let flags = said[3..].iter().zip(&ended);
            let is_over = !ended.is_empty() && flags.into_iter().all(|(said, to)| to.as_ref() == Some(&said.value));
            let undated = self.language.pick("已撤回，日期未载明", "withdrawn, on a day that is not recorded");
            let withdrawn_at =
                if said[2].is_dated() { Some(said[2].shown.clone()) } else { is_over.then(|| undated.to_owned()) };
            Ok(package.consent(&Consent {
                separate: self.is_asked_apart(consents, &scope),
                scope,
                policy_version: String::new(),
                given_at: said[1].shown.clone(),
                withdrawn_at,
                method: String::new(),
            })?)
        })
    }

    /// Whether something is held on this consent alone that needs a consent of its own.
    fn is_asked_apart(&self, consents: &Consents, scope: &str) -> bool {
        self.map.tables.iter().filter(|table| table.is_held_on_consent()).any(|table| {
            let separate = table.basis.as_ref().is_some_and(|basis| basis.replace('_', " ") == "separate consent");
            separate && table.scopes().any(|held| consents.names_of(held).iter().any(|name| name == scope))
        })
    }

    fn write_guardians(
        &self,
        minors: &Minors,
        rows: &Rows<'_>,
        database: &mut dyn Database,
        package: &mut Package,
    ) -> Result<(), Error> {
        let wanted = [minors.scope.as_ref(), minors.given.as_ref(), minors.revoked.as_ref()];
        let valid = Term::Truth { via: 0, predicate: minors.valid.clone() };
        // those for the person, and not those that they gave for a child
        let minor = Some(&*minors.minor);
        let named = self.map.tables[minors.consent].ties.iter().any(|tie| tie.role.as_deref() == minor);
        let whose = (minors.consent, minor.filter(|_| named));
        self.each_row_with(whose, &wanted, Some(valid), rows, database, &mut |holding, said| {
            let revoked = said[2].is_dated();
            let counts = holding.terms[0].last() == Some(&Value::Integer(1));
            if !counts && !revoked {
                return Ok(()); // asked for, and not given
            }
            Ok(package.consent(&Consent {
                scope: said[0].shown.clone(),
                policy_version: String::new(),
                given_at: said[1].shown.clone(),
                withdrawn_at: revoked.then(|| said[2].shown.clone()),
                method: self.language.pick("监护人同意", "by a guardian").to_owned(),
                separate: true,
            })?)
        })
    }

    /// Who received what.
    pub(super) fn write_disclosures(
        &self,
        rows: &Rows<'_>,
        database: &mut dyn Database,
        package: &mut Package,
    ) -> Result<(), Error> {
        let Some(ledger) = &self.map.disclosures else { return Ok(()) };
        let wanted = [Some(&ledger.recipient), ledger.fields.as_ref(), ledger.at.as_ref(), ledger.basis.as_ref()];
        let whose = (ledger.table, ledger.role.as_deref());
        self.each_row(whose, &wanted, rows, database, &mut |_, said| {
            let [recipient, fields, at, basis] = [0, 1, 2, 3].map(|place: usize| said[place].shown.clone());
            let basis = export::Term::new(basis.clone(), basis);
            Ok(package.disclosure(&Disclosure { recipient, fields, at, basis, purpose: String::new() })?)
        })
    }

    fn each_row(
        &self,
        whose: (TableId, Option<&str>),
        wanted: &[Option<&String>],
        rows: &Rows<'_>,
        database: &mut dyn Database,
        each: Each<'_>,
    ) -> Result<(), Error> {
        self.each_row_with(whose, wanted, None, rows, database, each)
    }

    /// Hands over the rows of a table that are about the person, who is in them in a role, with what these columns say in
    /// them; `more` is the last of their terms.
    /// Rows that may be somebody else's are counted with their table.
    fn each_row_with(
        &self,
        whose: (TableId, Option<&str>),
        wanted: &[Option<&String>],
        more: Option<Term>,
        rows: &Rows<'_>,
        database: &mut dyn Database,
        each: Each<'_>,
    ) -> Result<(), Error> {
        let (table, role) = whose;
        let held = &self.map.tables[table];
        let role = role_number(self.map, table, role);
        let Some(mut select) = rows.walk.select(table) else { return Ok(()) };
        let columns: Vec<_> = wanted.iter().map(|name| name.and_then(|name| held.column(name))).collect();
        let places: Vec<_> =
            columns.iter().map(|column| column.map(|column| select.term(presence_or_value(column)))).collect();
        let case = held.case.as_ref().map(|case| case_term(self.map, case, &mut select));
        let beside = Beside::ask(self.map, table, false, &mut select);
        select.bear(long::HELD);
        if let Some(more) = more {
            select.term(more);
        }
        let mut outcome = Ok(());
        rows.walk.holdings(table, select, database, &mut |holding| {
            let Some(holding) = holding.in_role(role).filter(|holding| holding.doubt.is_none()) else {
                return Flow::Continue;
            };
            outcome = (|| {
                let terms = &holding.terms[0];
                let (in_common, elsewhere) = rows.others(table, &beside, &holding);
                let part = Part { roles: &holding.roles, in_common: &in_common, elsewhere: &elsewhere };
                let mut said = Vec::with_capacity(columns.len());
                for (column, place) in columns.iter().zip(&places) {
                    said.push(match (column, place) {
                        (Some(column), Some(at)) => {
                            let seen = self.seen(held, column, case.map(|case| &terms[case]), part)?;
                            let long = holding.long.iter().any(|(long, _)| long == at);
                            let value = terms[*at].clone();
                            let way = seen.way(&value);
                            let shown = if long {
                                self.language.pick("（内容较长，见数据表）", "(long: see its table)").to_owned()
                            } else if value.is_null() {
                                String::new()
                            } else {
                                self.in_words(self.plain_cell(&seen, &value, way))
                            };
                            Said { value, shown }
                        }
                        _ => Said::default(),
                    });
                }
                each(&holding, &said)
            })();
            if outcome.is_ok() { Flow::Continue } else { Flow::Stop }
        })?;
        outcome
    }

    fn in_words(&self, cell: Cell) -> String {
        match cell {
            Cell::Shown(value) => value.to_canonical_text(),
            Cell::Masked(mask) => mask.0,
            Cell::Withheld(code) => format!("{} ({})", self.language.pick("未提供", "not given"), code.code()),
            Cell::Streamed(_) | Cell::Read(..) | Cell::File(_) => String::new(),
        }
    }
}
