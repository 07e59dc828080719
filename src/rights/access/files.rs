//! Files that rows name: a file that somebody else's row names as well is not given, and one that is not there or cannot
//! be told is listed, never left out in silence.

use std::collections::BTreeSet;

use super::{Copy, Known, way::Seen};
use crate::{
    data_map::classified::{Column, TableId},
    database::{
        Database, Flow, Term,
        locate::{Walk, case_term},
        named::{Found, Namers, look},
    },
    error::Error,
    export::{Cell, Package, Withheld},
    refusal::Refusal,
    value::{Key, Value},
};

/// Files that are looked for in the database at once.
const WINDOW: usize = 512;

/// What is the person's of files.
#[derive(Default)]
struct Own {
    /// The files that their rows name
    names: BTreeSet<String>,
    /// Those rows
    rows: BTreeSet<(TableId, Key)>,
}

impl Copy<'_> {
    /// The files of the person that rows of others name as well, or rows that may be others'.
    pub(super) fn shared_files(&self, walk: &Walk<'_>, database: &mut dyn Database) -> Result<BTreeSet<String>, Error> {
        let mut own = Own::default();
        for &table in &self.map.order {
            self.own_files(table, walk, database, &mut own)?;
        }
        let files: Vec<&str> = own.names.iter().map(String::as_str).collect();
        let (mut shared, mut namers) = (BTreeSet::new(), Namers::default());
        for window in files.chunks(WINDOW) {
            namers.find(self.map, window, database, &mut |at, table, key| {
                if !own.rows.contains(&(table, Key(key.to_vec()))) {
                    shared.insert(window[at].to_owned());
                }
            })?;
        }
        Ok(shared)
    }

    /// Adds the files that the person's rows of a table name.
    fn own_files(
        &self,
        table: TableId,
        walk: &Walk<'_>,
        database: &mut dyn Database,
        own: &mut Own,
    ) -> Result<(), Error> {
        let held = &self.map.tables[table];
        let named: Vec<&Column> = held.columns.iter().filter(|column| column.file_template().is_some()).collect();
        let Some(mut select) = walk.select(table).filter(|_| !named.is_empty()) else { return Ok(()) };
        let mut term = |column: &&Column| select.term(Term::Column { via: 0, column: column.name.clone() });
        let places: Vec<usize> = named.iter().map(&mut term).collect();
        let case = held.case.as_ref().map(|case| case_term(self.map, case, &mut select));
        walk.holdings(table, select, database, &mut |holding| {
            let terms = &holding.terms[0];
            let case = case.map(|at| terms[at].to_canonical_text());
            if holding.doubt.is_some() || places.iter().all(|at| terms[*at].is_empty()) {
                return Flow::Continue;
            }
            for (column, at) in named.iter().zip(&places) {
                let name = column.file_named(case.as_deref(), &terms[*at]);
                own.names.extend(name.ok().flatten().filter(|name| !name.contains('\0'))); // no file has such a name
            }
            own.rows.insert((table, holding.key));
            Flow::Continue
        })?;
        Ok(())
    }

    /// The file is opened beneath the folder, whatever the name in the database says.
    pub(super) fn attach(
        &self,
        seen: &Seen<'_>,
        value: &Value,
        known: &Known,
        package: &mut Package,
    ) -> Result<Cell, Error> {
        let column = seen.column;
        let files = self.files.ok_or_else(|| Refusal::FilesFolder(column.name.clone()))?;
        if value.is_empty() {
            return Ok(Cell::Shown(value.clone()));
        }
        let Ok(Some(path)) = seen.meaning.file_named(&column.name, value) else {
            return Ok(Cell::Withheld(Withheld::Unreadable)); // from the root on, out of the folder, or bytes
        };
        if known.shared.contains(&path) {
            return Ok(Cell::Withheld(Withheld::ThirdParty));
        }
        match look(files, &path) {
            Found::File | Found::Linked => {}
            Found::Nothing => return Ok(Cell::Withheld(Withheld::FileMissing)),
            Found::Unclear => return Ok(Cell::Withheld(Withheld::Unreadable)),
        }
        match files.open(&path) {
            Ok(mut file) => Ok(Cell::File(package.attach(&mut file)?)),
            Err(_) => Ok(Cell::Withheld(Withheld::Unreadable)),
        }
    }
}
