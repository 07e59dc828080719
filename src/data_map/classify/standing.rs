//! Which section speaks for a table, and whether its rows can be people's.

use super::{
    super::{
        classified::{Standing, TableId},
        finding::Code,
        written::TableSection,
    },
    context::Context,
};
use crate::schema::{Storage, TableName};

/// Per table: its section, its standing, and the line that gave the standing.
pub(super) struct Standings<'a> {
    pub(super) sections: Vec<Option<&'a TableSection>>,
    pub(super) standing: Vec<Standing>,
    pub(super) lines: Vec<usize>,
}

pub(super) fn standings<'a>(context: &mut Context<'a>) -> Standings<'a> {
    let sections = sections(context);
    let mut standing = Vec::new();
    let mut lines = Vec::new();
    for (id, section) in sections.iter().enumerate() {
        let (found, line) = one(context, id, *section);
        standing.push(found);
        lines.push(line);
    }
    idle_none(context);
    Standings { sections, standing, lines }
}

/// A section that names the table wins over a family's; two families are a finding.
fn sections<'a>(context: &mut Context<'a>) -> Vec<Option<&'a TableSection>> {
    let map = context.map;
    let mut chosen: Vec<Option<&'a TableSection>> = vec![None; context.tables.len()];
    for section in map.tables.iter().filter(|section| section.tables.is_plain()) {
        match context.table(&section.name) {
            Some(id) if chosen[id].is_some() => {
                let place = context.name(id);
                context.find(Code::DecidedTwice, place, section.line, "two sections name this table", None);
            }
            Some(id) => chosen[id] = Some(section),
            None => missing(context, &section.name, section.line),
        }
    }
    let families: Vec<&TableSection> = map.tables.iter().filter(|section| !section.tables.is_plain()).collect();
    for family in &families {
        if !context.tables.iter().any(|table| family.tables.matches(&table.name)) {
            missing(context, &family.name, family.line);
        }
    }
    for (id, chosen) in chosen.iter_mut().enumerate().filter(|(_, chosen)| chosen.is_none()) {
        let mut matching = families.iter().filter(|family| family.tables.matches(&context.tables[id].name));
        *chosen = matching.next().copied();
        if let Some(second) = matching.next() {
            let place = context.name(id);
            context.find(Code::DecidedTwice, place, second.line, "two families of tables name this table", None);
        }
    }
    chosen
}

fn missing(context: &mut Context<'_>, name: &TableName, line: usize) {
    let hint = context.suggest_table(name);
    context.find(Code::MissingTable, name.to_string(), line, "the database does not have this table", hint);
}

fn one(context: &mut Context<'_>, id: TableId, section: Option<&TableSection>) -> (Standing, usize) {
    let table = context.tables[id];
    if let Storage::Shadow(of) = &table.storage {
        let owner = TableName { schema: table.name.schema.clone(), name: of.clone() };
        if let Some(owner) = context.table(&owner) {
            return (Standing::Shadow(owner), section.map_or(0, |section| section.line));
        }
    }
    if let Some((why, line)) = none(context, id) {
        if let Some(section) = section {
            let message = format!("[none] says that it holds no personal data (line {line}), and it has a section");
            let place = context.name(id);
            context.find(Code::DecidedTwice, place, section.line, message, None);
        }
        return (Standing::NoPersonalData(why), line);
    }
    let line = section.map_or(0, |section| section.line);
    if let Some((copy, line)) = section.and_then(|section| section.copy.as_ref().map(|copy| (copy, section.line))) {
        let place = context.name(id);
        let original = context.require_table(copy, &place, line);
        if let Some(original) = original.filter(|original| *original != id) {
            return (Standing::CopyOf(original), line);
        }
        if original.is_some() {
            context.find(Code::MissingPlace, place, line, "a table cannot be its own copy", None);
        }
    } else if context.is_virtual(id) {
        let place = context.name(id);
        let hint = "write `copy = \"TABLE\"` in its section, or name it in [none]".to_owned();
        let message = "it is a virtual table and does not say whose copy it is";
        context.find(Code::VirtualWithoutCopy, place, section.map(|section| section.line), message, Some(hint));
    }
    (Standing::Personal, line)
}

fn none(context: &Context<'_>, id: TableId) -> Option<(String, usize)> {
    let name = &context.tables[id].name;
    let line = context.map.none.iter().find(|line| line.globs.iter().any(|glob| glob.matches(name)))?;
    Some((line.why.clone(), line.line))
}

fn idle_none(context: &mut Context<'_>) {
    for line in &context.map.none {
        for glob in &line.globs {
            if context.tables.iter().any(|table| glob.matches(&table.name)) {
                continue;
            }
            if glob.is_plain() {
                let hint = context.suggest_table(&TableName::local(glob.to_string()));
                let message = "[none] names it, and the database does not have this table";
                context.find(Code::MissingTable, glob.to_string(), line.line, message, hint);
            } else {
                context.find(Code::IdleRule, glob.to_string(), line.line, "[none] names no table by it", None);
            }
        }
    }
}
