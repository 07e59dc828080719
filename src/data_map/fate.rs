//! What becomes of a table's rows in time: keep (at least), limit (at most), wait (not decidable yet), erase (how).

use super::{
    error::{DataMapError, Misread},
    nearest::did_you_mean,
    predicate::Predicate,
    reader::{Node, Section, Text},
    wording::Wording,
};
use crate::case::period::Period;

/// The fates that a table states for itself. What it leaves unsaid it inherits from its nearest *of*, `erase` and
/// keep's `columns` excepted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fates {
    /// Statutory minimums; the longest binds
    pub keep: Vec<Keep>,
    /// The purpose's maximum
    pub limit: Option<Limit>,
    /// While this is true or undecided the row is not decidable yet (a contract in performance: LAW §7.2, 2)
    pub wait: Option<Predicate>,
    /// How an erasure treats a row that nothing keeps
    pub erase: Erase,
}

/// A statutory minimum (PIPL 47: until it ends the row is kept, and nothing else is done with it).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keep {
    /// How long
    pub period: Period,
    /// From when
    pub after: After,
    /// Whether the period counts from the end of the event's calendar year
    pub end_of_year: bool,
    /// The law, as quoted to the person
    pub law: Wording,
    /// Why that law applies to this controller
    pub because: Wording,
    /// The columns that the law needs; the others of a kept row are anonymized. `None`: what inherits or states no
    /// columns keeps facts, keys, amounts and times, never personal kinds
    pub columns: Option<Vec<String>>,
}

/// The event that a period counts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum After {
    /// The first of these columns that is not empty; a dotted name is a column of a row that this one is tied to
    Dates(Vec<String>),
    /// The day the person was erased
    Removal,
}

/// The maximum that the purpose allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// How long
    pub period: Period,
    /// From when
    pub after: After,
    /// What happens then
    pub then: Erase,
    /// Why
    pub because: Wording,
}

/// How a row goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Erase {
    /// The row is deleted
    #[default]
    Delete,
    /// Its personal columns are overwritten; the row stays
    Anonymize,
    /// It stays as it is, for the stated reason
    Stay(Wording),
}

/// Whether something is under way in a row, or in one that it hangs on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Waiting {
    /// Nothing is
    #[default]
    No,
    /// It cannot be told: the row points at one that is not there
    Lost,
    /// Something is, or it is undecided
    Yes,
}

/// Reads `erase`, `wait`, `keep` and `limit` of a table's section.
pub(super) fn read(section: &Section<'_>) -> Result<Fates, DataMapError> {
    let keep = match section.get("keep") {
        Some(node) => node.elements().iter().map(read_keep).collect::<Result<_, _>>()?,
        None => Vec::new(),
    };
    Ok(Fates {
        keep,
        limit: section.get("limit").map(read_limit).transpose()?,
        wait: section.read("wait")?,
        erase: section.text("erase")?.map(|text| read_erase(&text)).transpose()?.unwrap_or_default(),
    })
}

fn read_keep(node: &Node<'_>) -> Result<Keep, DataMapError> {
    let section = node.section()?.called("a keep");
    section.only(&["for", "after", "counted", "law", "because", "columns"])?;
    let end_of_year = match section.text("counted")? {
        None => false,
        Some(text) if text.value == "end of year" => true,
        Some(text) => {
            return Err(text.wrong(
                format!("`{}` is no way to count", text.value),
                Some("write `counted = \"end of year\"`, or leave it out".to_owned()),
            ));
        }
    };
    Ok(Keep {
        period: read_period(&section)?,
        after: read_after(&section)?,
        end_of_year,
        law: Wording::read(section.require("law")?)?,
        because: Wording::read(section.require("because")?)?,
        columns: section.get("columns").map(Node::strings).transpose()?,
    })
}

fn read_limit(node: &Node<'_>) -> Result<Limit, DataMapError> {
    let section = node.section()?.called("a limit");
    section.only(&["for", "after", "then", "because"])?;
    let then = read_erase(&section.require("then")?.text()?)?;
    if matches!(then, Erase::Stay(_)) {
        return Err(section.wrong("a limit ends in `delete` or `anonymize`", None));
    }
    Ok(Limit {
        period: read_period(&section)?,
        after: read_after(&section)?,
        then,
        because: Wording::read(section.require("because")?)?,
    })
}

fn read_period(section: &Section<'_>) -> Result<Period, DataMapError> {
    let text = section.require("for")?.text()?;
    text.value.parse::<Period>().map_err(|_| {
        let hint = "write a period such as `3 years`, `6 months`, `30 days` or `72 hours`".to_owned();
        text.wrong(format!("`{}` is not a period", text.value), Some(hint))
    })
}

fn read_after(section: &Section<'_>) -> Result<After, DataMapError> {
    let node = section.require("after")?;
    let dates = node.strings()?;
    if dates == ["removal"] && !node.is_array() {
        return Ok(After::Removal);
    }
    Ok(After::Dates(dates))
}

fn read_erase(text: &Text<'_>) -> Result<Erase, DataMapError> {
    if let Some(why) = text.value.strip_prefix("stay:") {
        let at = text.value.len() - why.trim_start().len();
        return match why.trim() {
            "" => Err(text.wrong("`stay:` needs its reason", None)),
            why => why.parse().map(Erase::Stay).map_err(|error: Misread| text.misread(error.moved(at))),
        };
    }
    match text.value {
        "delete" => Ok(Erase::Delete),
        "anonymize" => Ok(Erase::Anonymize),
        other => {
            let hint = did_you_mean(other, ["delete", "anonymize", "stay: why"]);
            let hint = hint.unwrap_or_else(|| "write `delete`, `anonymize` or `stay: why`".to_owned());
            Err(text.wrong(format!("`{other}` is no way to erase"), Some(hint)))
        }
    }
}
