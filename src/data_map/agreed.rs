//! Reads `[consents.*]` and `[subscriptions.*]`: where it stands what people agreed to, and how it is written that this
//! has ended.

use super::{
    error::DataMapError,
    parse::{each, table},
    reader::{Entry, Section},
    written::{ConsentsSection, StopLines, SubscriptionsSection},
};

pub(super) fn consents(map: &Section<'_>) -> Result<Vec<ConsentsSection>, DataMapError> {
    let mut sections = each(map, "consents", consents_of)?;
    sections.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(sections)
}

pub(super) fn subscriptions(map: &Section<'_>) -> Result<Vec<SubscriptionsSection>, DataMapError> {
    let mut sections = each(map, "subscriptions", subscriptions_of)?;
    sections.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(sections)
}

fn consents_of(entry: &Entry<'_>) -> Result<ConsentsSection, DataMapError> {
    let name = entry.key.value.to_owned();
    let section = entry.value.section()?.called(format!("[consents.{name}]"));
    section.only(&["is", "role", "scope", "names", "given", "withdrawn", "set"])?;
    let stop = stop(&section, "withdrawn")?;
    Ok(ConsentsSection {
        line: entry.key.line(),
        is: table(&section.require("is")?.text()?)?,
        role: section.string("role")?,
        scope: section.require_string("scope")?,
        names: names(&section)?,
        given: section.string("given")?,
        stop,
        name,
    })
}

fn subscriptions_of(entry: &Entry<'_>) -> Result<SubscriptionsSection, DataMapError> {
    let name = entry.key.value.to_owned();
    let section = entry.value.section()?.called(format!("[subscriptions.{name}]"));
    section.only(&["is", "role", "channel", "topic", "since", "stopped", "set"])?;
    let stop = stop(&section, "stopped")?;
    Ok(SubscriptionsSection {
        line: entry.key.line(),
        is: table(&section.require("is")?.text()?)?,
        role: section.string("role")?,
        channel: section.string("channel")?,
        topic: section.string("topic")?,
        since: section.string("since")?,
        stop,
        name,
    })
}

fn names(section: &Section<'_>) -> Result<Vec<(String, Vec<String>)>, DataMapError> {
    let Some(node) = section.get("names") else { return Ok(Vec::new()) };
    node.section()?.entries().map(|entry| Ok((entry.key.value.to_owned(), entry.value.strings()?))).collect()
}

fn stop(section: &Section<'_>, at: &str) -> Result<StopLines, DataMapError> {
    let set = match section.get("set") {
        Some(node) => {
            let pairs = node.section()?;
            let pair = |entry: &Entry<'_>| Ok((entry.key.value.to_owned(), entry.value.text()?.value.to_owned()));
            pairs.entries().map(pair).collect::<Result<Vec<_>, DataMapError>>()?
        }
        None => Vec::new(),
    };
    let at_column = section.string(at)?;
    if at_column.is_none() && set.is_empty() {
        let hint = format!(
            "name the column of the date with `{at}`, or what is written with `set = {{ COLUMN = \"VALUE\" }}`"
        );
        return Err(section.wrong("it does not say how it is written that this has ended", Some(hint)));
    }
    Ok(StopLines { at: at_column, set })
}
