//! `datamap.lock`: what every place means, which line decided it, and what the schema was when the map was trusted.
//!
//! A reviewer reads its diff as one reads a lock file's. It holds no data and no counts.

use std::{collections::BTreeMap, fmt, fmt::Write as _, str::FromStr};

use serde::Deserialize;

use super::{
    classified::{Classified, Standing},
    error::DataMapError,
    explain::words_of,
    fingerprint,
    name::quoted_table,
};
use crate::schema::Schema;

/// The version of the lock's format.
const VERSION: i64 = 1;
/// The section of the only engine so far.
const ENGINE: &str = "sqlite";

/// What `datamap.lock` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// Fingerprint of the map that was trusted
    pub map: String,
    /// Fingerprint of the schema that it was trusted for
    pub schema: String,
    /// Tables by name, quoted as in the map where they need it
    pub tables: BTreeMap<String, LockedTable>,
    /// Digests of the views' statements
    pub views: BTreeMap<String, String>,
}

/// A table in the lock.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockedTable {
    /// What it stands for
    pub standing: String,
    /// Digest of its storage and of the statement that made it
    pub definition: String,
    /// Digest of what names a row and of the foreign keys
    pub keys: String,
    /// Digest of the triggers
    pub triggers: String,
    /// Digest of the indexes
    pub indexes: String,
    /// Its columns by name
    #[serde(default)]
    pub columns: BTreeMap<String, LockedColumn>,
}

/// A column in the lock.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockedColumn {
    /// What the database declares of it
    pub is: String,
    /// Its words
    pub words: String,
    /// The deciding line's text
    pub by: String,
    /// What sort of line decided: `line`, `rule`, `none`, `copy`, `shadow`
    pub from: String,
}

impl Lock {
    /// What the lock of this map and schema is.
    #[must_use]
    pub fn of(map: &Classified, schema: &Schema) -> Self {
        let tables = map.tables.iter().enumerate().filter_map(|(id, table)| {
            let live = schema.tables.get(&table.name)?;
            let columns = table.columns.iter().zip(&live.columns).map(|(column, live)| {
                let decider = &column.decided_by;
                let locked = LockedColumn {
                    is: fingerprint::declared(live),
                    words: words_of(map, id, column),
                    by: decider.text.clone(),
                    from: decider.from.word().to_owned(),
                };
                (column.name.clone(), locked)
            });
            let locked = LockedTable {
                standing: standing(map, &table.standing),
                definition: fingerprint::definition_of(live),
                keys: fingerprint::keys_of(live),
                triggers: fingerprint::triggers_of(live),
                indexes: fingerprint::indexes_of(live),
                columns: columns.collect(),
            };
            Some((quoted_table(&table.name), locked))
        });
        let views = schema.views.values().map(|view| (quoted_table(&view.name), fingerprint::of_text(&view.ddl)));
        Self {
            map: map.map_fingerprint.clone(),
            schema: map.schema_fingerprint.clone(),
            tables: tables.collect(),
            views: views.collect(),
        }
    }
}

fn standing(map: &Classified, standing: &Standing) -> String {
    match standing {
        Standing::Personal => "personal".to_owned(),
        Standing::NoPersonalData(why) => format!("none: {why}"),
        Standing::CopyOf(of) => format!("copy of {}", quoted_table(&map.tables[*of].name)),
        Standing::Shadow(of) => format!("shadow of {}", quoted_table(&map.tables[*of].name)),
    }
}

impl fmt::Display for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# Written by `droit map trust`; everybody else reads it.")?;
        writeln!(f, "version = {VERSION}\nmap = {}\n", text(&self.map))?;
        writeln!(f, "[{ENGINE}]\nschema = {}", text(&self.schema))?;
        for (name, table) in &self.tables {
            writeln!(f, "\n[{ENGINE}.tables.{}]", text(name))?;
            writeln!(f, "standing = {}", text(&table.standing))?;
            writeln!(f, "definition = {}\nkeys = {}", text(&table.definition), text(&table.keys))?;
            writeln!(f, "triggers = {}\nindexes = {}", text(&table.triggers), text(&table.indexes))?;
            if !table.columns.is_empty() {
                writeln!(f, "[{ENGINE}.tables.{}.columns]", text(name))?;
            }
            for (name, LockedColumn { is, words, by, from }) in &table.columns {
                let (name, is, words, by, from) = (text(name), text(is), text(words), text(by), text(from));
                writeln!(f, "{name} = {{ is = {is}, words = {words}, by = {by}, from = {from} }}")?;
            }
        }
        if !self.views.is_empty() {
            writeln!(f, "\n[{ENGINE}.views]")?;
        }
        self.views.iter().try_for_each(|(name, digest)| writeln!(f, "{} = {}", text(name), text(digest)))
    }
}

/// A basic string of TOML, which serves as a key too.
pub(super) fn text(value: &str) -> String {
    let mut out = String::from("\"");
    for c in value.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The file as it stands.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: i64,
    map: String,
    sqlite: Engine,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Engine {
    schema: String,
    #[serde(default)]
    tables: BTreeMap<String, LockedTable>,
    #[serde(default)]
    views: BTreeMap<String, String>,
}

impl FromStr for Lock {
    type Err = DataMapError;

    fn from_str(source: &str) -> Result<Self, DataMapError> {
        let hint = || Some("let `droit map trust` write it again".to_owned());
        let file: File = toml::from_str(source)
            .map_err(|error| DataMapError::at(source, error.span().unwrap_or(0..0), error.message(), hint()))?;
        if file.version != VERSION {
            let at = source.find("version").unwrap_or(0);
            let message = format!("version {} of the lock is not supported, only {VERSION}", file.version);
            return Err(DataMapError::at(source, at..at + "version".len(), message, hint()));
        }
        let Engine { schema, tables, views } = file.sqlite;
        Ok(Self { map: file.map, schema, tables, views })
    }
}
