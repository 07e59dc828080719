//! How the risk of a table is measured: by what its people could be told apart, and what is told of them then (LAW §5.2).

use super::{
    error::DataMapError,
    predicate::Predicate,
    reader::{Node, Section},
};

/// How many people must be alike where the map does not say (LAW §5.2).
const ALIKE: u64 = 5;

/// What a table states of its risk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Risk {
    /// Columns that others know of people, or can find out
    pub quasi: Vec<String>,
    /// Columns that say something about people which is nobody's business
    pub sensitive: Vec<String>,
    /// At least so many rows must be alike in all of `quasi`
    pub k: u64,
    /// … and among them at least so many different values stand in each of `sensitive`
    pub l: u64,
    /// Only these rows are measured and released
    pub when: Option<Predicate>,
}

/// Reads `risk = { … }`.
pub(super) fn read(node: &Node<'_>) -> Result<Risk, DataMapError> {
    let section = node.section()?.called("a risk");
    section.only(&["quasi", "sensitive", "k", "l", "when"])?;
    let quasi = section.require("quasi")?.strings()?;
    let sensitive = section.get("sensitive").map(Node::strings).transpose()?.unwrap_or_default();
    let twice = |name: &&String| quasi.iter().chain(&sensitive).filter(|other| other == name).count() > 1;
    if let Some(name) = quasi.iter().chain(&sensitive).find(twice) {
        return Err(section.wrong(format!("`{name}` stands in a risk twice"), None));
    }
    let k = at_least(&section, "k", 2)?.unwrap_or(ALIKE);
    let l = at_least(&section, "l", 1)?.unwrap_or(1);
    Ok(Risk { quasi, sensitive, k, l, when: section.read("when")? })
}

fn at_least(section: &Section<'_>, key: &str, least: u64) -> Result<Option<u64>, DataMapError> {
    let Some(node) = section.get(key) else { return Ok(None) };
    match node.integer().and_then(|number| u64::try_from(number).ok()) {
        Some(number) if number >= least => Ok(Some(number)),
        _ => Err(node.wrong(format!("`{key}` must be a number, {least} or more"), None)),
    }
}
