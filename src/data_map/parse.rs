//! Reads `datamap.toml`. Unknown keys are refused everywhere, and every complaint names its place.

use std::str::FromStr;

use toml::de::DeTable;

use super::{
    agreed,
    error::{DataMapError, Misread},
    fingerprint,
    name::{Cursor, Dotted, dotted_of, table_name},
    reader::{Entry, Lines, Node, Section, Text},
    rule::{ColumnGlob, Rule, TableGlob},
    word::Words,
    wording::Wording,
    written::{
        Acknowledged, CaseWords, ColumnLine, DataMap, DisclosuresSection, Lined, MinorsSection, NoneLine,
        PersonSection, RestrictedLine, Says, TableSection,
    },
};
use crate::schema::TableName;

/// The version of the grammar that this program reads.
const VERSION: i64 = 1;

impl FromStr for DataMap {
    type Err = DataMapError;

    fn from_str(source: &str) -> Result<Self, DataMapError> {
        let document = DeTable::parse(source).map_err(|error| {
            let end = source.len()..source.len();
            DataMapError::at(source, error.span().unwrap_or(end), error.message(), None)
        })?;
        let lines = Lines::of(source);
        let map = Section::document(&lines, &document);
        version(&map)?;
        map.only(&[
            "version",
            "controller",
            "time_zone",
            "person",
            "minors",
            "disclosures",
            "consents",
            "subscriptions",
            "acknowledged",
            "rules",
            "none",
            "tables",
        ])?;
        Ok(Self {
            controller: Wording::read(map.require("controller")?)?,
            time_zone: time_zone(&map)?,
            persons: persons(&map)?,
            minors: map.get("minors").map(minors).transpose()?,
            disclosures: map.get("disclosures").map(disclosures).transpose()?,
            consents: agreed::consents(&map)?,
            subscriptions: agreed::subscriptions(&map)?,
            acknowledged: each(&map, "acknowledged", acknowledged)?,
            rules: each(&map, "rules", rule)?,
            none: each(&map, "none", none)?,
            tables: tables(&map)?,
            fingerprint: fingerprint::of_document(&document),
        })
    }
}

fn version(map: &Section<'_>) -> Result<(), DataMapError> {
    let node = map
        .require("version")
        .map_err(|error| DataMapError { hint: Some(format!("begin the map with `version = {VERSION}`")), ..error })?;
    match node.integer() {
        Some(VERSION) => Ok(()),
        Some(other) => Err(node.wrong(
            format!("version {other} of the map's grammar is not supported"),
            Some(format!("this program reads version {VERSION}")),
        )),
        None => Err(node.wrong("`version` must be a number", Some(format!("write `version = {VERSION}`")))),
    }
}

fn time_zone(map: &Section<'_>) -> Result<String, DataMapError> {
    let node = map.require("time_zone")?;
    let name = node.text()?.value;
    match jiff::tz::TimeZoneDatabase::bundled().get(name) {
        Ok(_) => Ok(name.to_owned()),
        Err(_) => {
            Err(node.wrong(format!("unknown time zone `{name}`"), Some("write one such as `Asia/Shanghai`".to_owned())))
        }
    }
}

/// Reads every entry of a top-level section, in written order.
pub(super) fn each<'a, T>(
    map: &Section<'a>,
    key: &str,
    read: fn(&Entry<'a>) -> Result<T, DataMapError>,
) -> Result<Vec<T>, DataMapError> {
    let Some(node) = map.get(key) else { return Ok(Vec::new()) };
    node.section()?.entries().map(read).collect()
}

fn dotted(section: &Section<'_>, key: &str) -> Result<Option<Lined<Dotted>>, DataMapError> {
    let Some(text) = section.text(key)? else { return Ok(None) };
    Ok(Some(Lined { value: text.read()?, line: text.line() }))
}

fn require_dotted(section: &Section<'_>, key: &str) -> Result<Lined<Dotted>, DataMapError> {
    let text = section.require(key)?.text()?;
    Ok(Lined { value: text.read()?, line: text.line() })
}

pub(super) fn table(text: &Text<'_>) -> Result<TableName, DataMapError> {
    table_name(text.value).map_err(|error| text.misread(error))
}

fn persons(map: &Section<'_>) -> Result<Vec<PersonSection>, DataMapError> {
    let mut persons = each(map, "person", person)?;
    persons.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(persons)
}

fn person(entry: &Entry<'_>) -> Result<PersonSection, DataMapError> {
    let name = entry.key.value.to_owned();
    let section = entry.value.section()?.called(format!("[person.{name}]"));
    section.only(&["is", "born", "restricted"])?;
    let restricted = section.get("restricted").map(restricted).transpose()?;
    Ok(PersonSection { name, is: require_dotted(&section, "is")?, born: dotted(&section, "born")?, restricted })
}

fn restricted(node: &Node<'_>) -> Result<RestrictedLine, DataMapError> {
    let section = node.section()?;
    section.only(&["column", "set", "clear"])?;
    Ok(RestrictedLine {
        column: require_dotted(&section, "column")?,
        set: section.require_string("set")?,
        clear: section.require_string("clear")?,
    })
}

fn minors(node: &Node<'_>) -> Result<MinorsSection, DataMapError> {
    let section = node.section()?.called("[minors]");
    section.only(&["consent", "valid", "minor", "scope", "given", "revoked", "collected"])?;
    Ok(MinorsSection {
        line: section.line(),
        consent: table(&section.require("consent")?.text()?)?,
        valid: section.require("valid")?.text()?.read()?,
        minor: section.require_string("minor")?,
        scope: section.string("scope")?,
        given: section.string("given")?,
        revoked: section.string("revoked")?,
        collected: dotted(&section, "collected")?,
    })
}

fn disclosures(node: &Node<'_>) -> Result<DisclosuresSection, DataMapError> {
    let section = node.section()?.called("[disclosures]");
    section.only(&["is", "role", "recipient", "fields", "at", "basis"])?;
    Ok(DisclosuresSection {
        line: section.line(),
        is: table(&section.require("is")?.text()?)?,
        role: section.string("role")?,
        recipient: section.require_string("recipient")?,
        fields: section.string("fields")?,
        at: section.string("at")?,
        basis: section.string("basis")?,
    })
}

fn acknowledged(entry: &Entry<'_>) -> Result<Acknowledged, DataMapError> {
    entry.value.text()?; // what it does is for the reader of the map; it must be said
    Ok(Acknowledged { name: entry.key.value.to_owned(), line: entry.key.line() })
}

fn rule(entry: &Entry<'_>) -> Result<Rule, DataMapError> {
    let glob: ColumnGlob = entry.key.read()?;
    Ok(Rule { glob, words: words(&entry.value)?, line: entry.key.line() })
}

fn none(entry: &Entry<'_>) -> Result<NoneLine, DataMapError> {
    let globs = entry.value.texts()?.iter().map(Text::read::<TableGlob>).collect::<Result<_, _>>()?;
    Ok(NoneLine { why: entry.key.value.to_owned(), globs, line: entry.key.line() })
}

fn words(node: &Node<'_>) -> Result<Words, DataMapError> {
    let texts = node.texts()?;
    Words::of_elements(texts.iter().map(|text| text.value)).map_err(|(index, error)| match texts.get(index) {
        Some(text) => text.misread(error),
        None => node.wrong(error.message, error.hint),
    })
}

fn tables(map: &Section<'_>) -> Result<Vec<TableSection>, DataMapError> {
    let mut tables = each(map, "tables", table_section)?;
    tables.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(tables)
}

fn table_section(entry: &Entry<'_>) -> Result<TableSection, DataMapError> {
    let name = table(&entry.key)?;
    let section = entry.value.section()?.called(format!("[tables.{}]", entry.key.value));
    section.only(&[
        "purpose",
        "clause",
        "basis",
        "scope",
        "source",
        "erase",
        "wait",
        "keep",
        "limit",
        "copy",
        "immutable",
        "mentions",
        "case",
        "dated",
        "typed_by",
        "risk",
        "columns",
    ])?;
    let glob = if entry.key.value.contains('"') { TableGlob::exact(&name) } else { entry.key.read()? };
    Ok(TableSection {
        tables: glob,
        line: entry.key.line(),
        purpose: section.get("purpose").map(Wording::read).transpose()?,
        clause: section.get("clause").map(Wording::read).transpose()?,
        basis: section.string("basis")?,
        scope: section.get("scope").map(scopes).transpose()?,
        source: section.get("source").map(Wording::read).transpose()?,
        dated: section.string("dated")?,
        typed_by: section.string("typed_by")?,
        mentions: section.string("mentions")?,
        copy: section.text("copy")?.map(|text| table(&text)).transpose()?,
        immutable: section.get("immutable").map(Node::strings).transpose()?.unwrap_or_default(),
        case: section.text("case")?.map(|text| case(&text)).transpose()?,
        fates: super::fate::read(&section)?,
        keep_stated: section.get("keep").is_some(),
        risk: section.get("risk").map(super::risk::read).transpose()?,
        columns: columns(&section)?,
        name,
    })
}

/// Several scopes are one text of several words: what is held on any of them is inherited as a whole.
fn scopes(node: &Node<'_>) -> Result<String, DataMapError> {
    let mut words = node.strings()?;
    if let Some(word) = words.iter().find(|word| word.contains(',')) {
        let hint = "write several scopes as an array".to_owned();
        return Err(node.wrong(format!("the scope `{word}` has a comma"), Some(hint)));
    }
    words.sort();
    words.dedup();
    Ok(words.join(","))
}

fn case(text: &Text<'_>) -> Result<CaseWords, DataMapError> {
    if !text.value.contains('=') {
        return text.read().map(CaseWords::Own);
    }
    path(text.value).map_err(|error| text.misread(error))
}

fn path(text: &str) -> Result<CaseWords, Misread> {
    let mut cursor = Cursor::new(text);
    let column = cursor.name()?;
    if !cursor.eat("=") {
        return Err(cursor.unexpected("`=`"));
    }
    let at = cursor.at();
    let mut names = cursor.names()?;
    cursor.end()?;
    let wanted = names.pop().unwrap_or_default();
    let hint = "write `column = table.key . wanted`".to_owned();
    let key = dotted_of(names, at).map_err(|error| error.hinted(hint))?;
    Ok(CaseWords::Path { column, key, wanted })
}

fn columns(section: &Section<'_>) -> Result<Vec<ColumnLine>, DataMapError> {
    let Some(node) = section.get("columns") else { return Ok(Vec::new()) };
    let mut lines = node.section()?.entries().map(column).collect::<Result<Vec<_>, _>>()?;
    lines.sort_by(|a, b| a.written.cmp(&b.written));
    Ok(lines)
}

fn column(entry: &Entry<'_>) -> Result<ColumnLine, DataMapError> {
    let place = entry.key.read()?;
    let says = if entry.value.is_section() { by_case(&entry.value)? } else { Says::Always(words(&entry.value)?) };
    Ok(ColumnLine { written: entry.key.value.to_owned(), place, says, line: entry.key.line() })
}

fn by_case(node: &Node<'_>) -> Result<Says, DataMapError> {
    let section = node.section()?;
    let mut values = Vec::new();
    let mut rest = None;
    for entry in section.entries() {
        let words = words(&entry.value)?;
        if entry.key.value == "*" {
            rest = Some(words);
        } else {
            values.push((entry.key.value.to_owned(), words));
        }
    }
    if values.is_empty() {
        return Err(node.wrong("a column by case names at least one case value", None));
    }
    values.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(Says::ByCase { values, rest })
}
