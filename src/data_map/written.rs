//! The map as its author wrote it, parsed and not yet read against a schema.

use super::{
    fate::Fates,
    name::Dotted,
    place::Places,
    predicate::Predicate,
    risk::Risk,
    rule::{Rule, TableGlob},
    word::Words,
    wording::Wording,
};
use crate::schema::TableName;

/// `datamap.toml`, parsed. Two maps that differ in comments, white space or the order of sections have the same
/// fingerprint and mean the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataMap {
    pub(super) controller: Wording,
    pub(super) time_zone: String,
    pub(super) persons: Vec<PersonSection>,
    pub(super) minors: Option<MinorsSection>,
    pub(super) disclosures: Option<DisclosuresSection>,
    pub(super) consents: Vec<ConsentsSection>,
    pub(super) subscriptions: Vec<SubscriptionsSection>,
    pub(super) acknowledged: Vec<Acknowledged>,
    pub(super) rules: Vec<Rule>,
    pub(super) none: Vec<NoneLine>,
    pub(super) tables: Vec<TableSection>,
    pub(super) fingerprint: String,
}

impl DataMap {
    /// Lower-case hexadecimal SHA-256 of the parsed map, comments excluded.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Who answers for the data.
    #[must_use]
    pub fn controller(&self) -> &Wording {
        &self.controller
    }

    /// The zone in which dates without one are read.
    #[must_use]
    pub fn time_zone(&self) -> &str {
        &self.time_zone
    }

    /// The rules, in the order in which they are tried.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }
}

/// A value and the line on which it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lined<T> {
    pub(super) value: T,
    pub(super) line: usize,
}

/// `[person.NAME]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PersonSection {
    pub(super) name: String,
    pub(super) is: Lined<Dotted>,
    pub(super) born: Option<Lined<Dotted>>,
    pub(super) restricted: Option<RestrictedLine>,
}

/// `restricted = { column, set, clear }`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RestrictedLine {
    pub(super) column: Lined<Dotted>,
    pub(super) set: String,
    pub(super) clear: String,
}

/// `[minors]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MinorsSection {
    pub(super) line: usize,
    pub(super) consent: TableName,
    pub(super) valid: Predicate,
    pub(super) minor: String,
    pub(super) scope: Option<String>,
    pub(super) given: Option<String>,
    pub(super) revoked: Option<String>,
    pub(super) collected: Option<Lined<Dotted>>,
}

/// `[disclosures]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DisclosuresSection {
    pub(super) line: usize,
    pub(super) is: TableName,
    pub(super) role: Option<String>,
    pub(super) recipient: String,
    pub(super) fields: Option<String>,
    pub(super) at: Option<String>,
    pub(super) basis: Option<String>,
}

/// `[consents.NAME]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ConsentsSection {
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) is: TableName,
    pub(super) role: Option<String>,
    pub(super) scope: String,
    /// What scopes are called in the rows, where they have other names there
    pub(super) names: Vec<(String, Vec<String>)>,
    pub(super) given: Option<String>,
    pub(super) stop: StopLines,
}

/// `[subscriptions.NAME]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SubscriptionsSection {
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) is: TableName,
    pub(super) role: Option<String>,
    pub(super) channel: Option<String>,
    pub(super) topic: Option<String>,
    pub(super) since: Option<String>,
    pub(super) stop: StopLines,
}

/// How a row says that something has ended: `withdrawn` or `stopped`, and `set`. One of them is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StopLines {
    /// The column of the date
    pub(super) at: Option<String>,
    pub(super) set: Vec<(String, String)>,
}

/// A line of `[acknowledged]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Acknowledged {
    pub(super) name: String,
    pub(super) line: usize,
}

/// A line of `[none]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NoneLine {
    pub(super) why: String,
    pub(super) globs: Vec<TableGlob>,
    pub(super) line: usize,
}

/// `[tables.NAME]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TableSection {
    /// The table, or a family of them when the name has a wild card
    pub(super) tables: TableGlob,
    pub(super) name: TableName,
    pub(super) line: usize,
    pub(super) purpose: Option<Wording>,
    pub(super) clause: Option<Wording>,
    pub(super) basis: Option<String>,
    pub(super) scope: Option<String>,
    pub(super) source: Option<Wording>,
    pub(super) dated: Option<String>,
    pub(super) typed_by: Option<String>,
    pub(super) mentions: Option<String>,
    pub(super) copy: Option<TableName>,
    pub(super) immutable: Vec<String>,
    pub(super) case: Option<CaseWords>,
    pub(super) fates: Fates,
    /// Whether `keep` is said at all; `keep = []` keeps nothing, whatever would be inherited
    pub(super) keep_stated: bool,
    pub(super) risk: Option<Risk>,
    pub(super) columns: Vec<ColumnLine>,
}

/// `case = …`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum CaseWords {
    /// A place of the same row
    Own(Places),
    /// `column = table.key . wanted`
    Path { column: String, key: Dotted, wanted: String },
}

/// A line of `[tables.NAME.columns]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ColumnLine {
    pub(super) written: String,
    pub(super) place: Places,
    pub(super) says: Says,
    pub(super) line: usize,
}

/// What a column's line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Says {
    /// The same in all cases
    Always(Words),
    /// By case value, sorted; `rest` is `"*"`
    ByCase { values: Vec<(String, Words)>, rest: Option<Words> },
}
