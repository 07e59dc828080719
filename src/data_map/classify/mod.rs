//! Reads a map against a schema: every table and column gets its meaning, or there is a finding.

mod acknowledged;
mod agreed;
mod case;
mod checks;
mod columns;
mod constant;
mod context;
mod corrected;
mod decide;
mod foreign_keys;
mod full_text;
mod inherit;
mod keys;
mod people;
mod rule_use;
mod standing;
mod ties;
mod whose;

use self::context::Context;
use super::{
    Wording,
    classified::{BoundBy, Classified, Column, Mentions, Source, Standing, Table, TableId},
    finding::{Code, Finding},
    fingerprint::SchemaDigests,
    nearest::did_you_mean,
    risk::Risk,
    written::{DataMap, TableSection},
};
use crate::schema::Schema;

/// What reading a map against a schema gives.
#[derive(Clone, Debug)]
pub struct Survey {
    /// The classified map, when no finding refuses
    pub classified: Option<Classified>,
    /// All findings, notices too, in a fixed order
    pub findings: Vec<Finding>,
}

/// Classifies every table and column of `schema`.
///
/// # Errors
/// All findings, notices too, when at least one of them refuses.
pub fn classify(map: &DataMap, schema: &Schema) -> Result<Classified, Vec<Finding>> {
    classify_by(map, schema, &SchemaDigests::of(schema))
}

/// The same by digests of `schema` that are there already.
///
/// # Errors
/// As [`classify`].
pub fn classify_by(map: &DataMap, schema: &Schema, digests: &SchemaDigests) -> Result<Classified, Vec<Finding>> {
    let Survey { classified, findings } = survey_by(map, schema, digests);
    classified.ok_or(findings)
}

/// Classifies every table and column of `schema` and tells all findings, notices too.
#[must_use]
pub fn survey(map: &DataMap, schema: &Schema) -> Survey {
    survey_by(map, schema, &SchemaDigests::of(schema))
}

fn survey_by(map: &DataMap, schema: &Schema, digests: &SchemaDigests) -> Survey {
    let mut context = Context::new(map, schema);
    let standings = standing::standings(&mut context);
    let decisions = decide::decide(&mut context, &standings);
    let mut tables: Vec<Table> =
        (0..context.tables.len()).map(|id| table(&mut context, id, &standings, &decisions)).collect();
    ties::check_roles(&mut context, &tables);
    let persons = people::persons(&mut context, &tables);
    let order = ties::order(&mut context, &tables, &persons);
    inherit::inherit(&mut context, &mut tables, &order, &standings.sections);
    let minors = people::minors(&mut context, &tables, &persons);
    let disclosures = people::disclosures(&mut context, &tables);
    let consents = agreed::consents(&mut context, &tables);
    let subscriptions = agreed::subscriptions(&mut context, &tables);
    checks::all(&mut context, &tables, &persons, &order, &decisions);
    corrected::dates(&mut context, &tables, minors.as_ref());
    let mut findings = context.findings;
    findings.sort();
    findings.dedup();
    let classified = (!findings.iter().any(Finding::refuses)).then(|| Classified {
        controller: map.controller.clone(),
        time_zone: map.time_zone.clone(),
        persons,
        tables,
        order,
        minors,
        disclosures,
        consents,
        subscriptions,
        map_fingerprint: map.fingerprint.clone(),
        schema_fingerprint: digests.whole(),
        parts: digests.parts(),
    });
    Survey { classified, findings }
}

/// The role that a section says typed its rows; it must be one of theirs.
fn typed_by(context: &mut Context<'_>, id: TableId, section: &TableSection, roles: &[String]) -> Option<String> {
    let role = section.typed_by.as_ref()?;
    if !roles.contains(role) {
        let hint = did_you_mean(role, roles.iter().map(String::as_str));
        let message = format!("rows of `{}` have no role `{role}`", context.name(id));
        context.find(Code::MissingPlace, format!("[tables.{}]", context.name(id)), section.line, message, hint);
    }
    Some(role.clone())
}

fn table(
    context: &mut Context<'_>,
    id: TableId,
    standings: &standing::Standings<'_>,
    decisions: &[Vec<decide::Decision<'_>>],
) -> Table {
    let live = context.tables[id];
    let section = standings.sections[id];
    let columns = columns::columns(context, id, decisions);
    let mentions = section.map(|section| mentions(context, id, section, &columns, standings)).unwrap_or_default();
    let ties = match standings.standing[id] {
        Standing::Personal => ties::ties(context, id, decisions),
        Standing::CopyOf(of) => ties::of_copy(context, id, of, decisions),
        Standing::NoPersonalData(_) | Standing::Shadow(_) => Vec::new(),
    };
    Table {
        name: live.name.clone(),
        key: live.key.clone(),
        standing: standings.standing[id].clone(),
        typed_by: section.and_then(|section| typed_by(context, id, section, &ties::roles(&columns, &ties))),
        foreign_keys: live.foreign_keys.clone(),
        unique: live.unique(),
        roles: ties::roles(&columns, &ties),
        columns,
        ties,
        inherits: None,
        purpose: section.and_then(|section| section.purpose.clone()),
        clause: section.and_then(|section| section.clause.clone()),
        basis: section.and_then(|section| section.basis.clone()),
        scope: section.and_then(|section| section.scope.clone()),
        source: section.and_then(|section| source(context, id, section)),
        fates: section.map(|section| section.fates.clone()).unwrap_or_default(),
        bound_by: BoundBy::default(),
        dated: section.and_then(|section| {
            let dated = section.dated.as_ref()?;
            context.require_column(id, dated, section.line)
        }),
        mentions,
        immutable: section.map(|section| immutable(context, id, section)).unwrap_or_default(),
        case: section.and_then(|section| case::case(context, id, section)),
        risk: section.and_then(|section| risk(context, id, section)),
    }
}

/// A column's name is the column; anything else is the text, unless it looks like a misspelt column.
fn source(context: &mut Context<'_>, id: TableId, section: &TableSection) -> Option<Source<Wording>> {
    let wording = section.source.as_ref()?;
    let Some(said) = wording.for_everybody() else { return Some(Source::Text(wording.clone())) };
    if let Some(column) = context.tables[id].column(said) {
        return Some(Source::Column(column.name.clone()));
    }
    if let Some(hint) = context.suggest_column(id, said) {
        let place = context.name(id);
        let message = format!("source `{said}` is no column, and looks like one");
        context.find(Code::MissingPlace, place, section.line, message, Some(hint));
    }
    Some(Source::Text(wording.clone()))
}

fn immutable(context: &mut Context<'_>, id: TableId, section: &TableSection) -> Vec<String> {
    section.immutable.iter().filter_map(|column| context.require_column(id, column, section.line)).collect()
}

/// The risk with its columns as the schema spells them; a column that the table does not have is a finding.
fn risk(context: &mut Context<'_>, id: TableId, section: &TableSection) -> Option<Risk> {
    let risk = section.risk.clone()?;
    let mut known = |names: &[String]| -> Vec<String> {
        names.iter().filter_map(|name| context.require_column(id, name, section.line)).collect()
    };
    let (quasi, sensitive) = (known(&risk.quasi), known(&risk.sensitive));
    if let Some(when) = &risk.when {
        context.require_columns(id, when, section.line);
    }
    Some(Risk { quasi, sensitive, ..risk })
}

fn mentions(
    context: &mut Context<'_>,
    id: TableId,
    section: &TableSection,
    columns: &[Column],
    standings: &standing::Standings<'_>,
) -> Mentions {
    let Some(said) = &section.mentions else { return Mentions::NotSearched };
    if said == "scan" {
        return Mentions::Scan;
    }
    let index = (0..context.tables.len()).find(|other| {
        standings.standing[*other] == Standing::CopyOf(id)
            && context.tables[*other].name.name.eq_ignore_ascii_case(said)
            && context.is_full_text(*other)
    });
    let place = context.name(id);
    if let Some(index) = index {
        let table = context.tables[index];
        let texts: Vec<&str> = columns.iter().filter(|column| column.is_free_text()).map(|c| c.name.as_str()).collect();
        if let Some(why) = full_text::passes_over(&table.ddl, &texts) {
            let message = format!("the index `{said}` {why}, so that a person in other people's texts would be missed");
            let hint = "write `scan`, or name an index with `tokenize = 'trigram'` over all free text of the table";
            context.find(Code::IndexMissesTexts, place, section.line, message, Some(hint.to_owned()));
            return Mentions::NotSearched;
        }
        return Mentions::Index(table.name.name.clone());
    }
    let message = format!("mentions `{said}` is neither `scan` nor a full-text index of this table");
    let hint = "write `scan`, or name a full-text table whose `copy` is this table".to_owned();
    context.find(Code::MissingPlace, place, section.line, message, Some(hint));
    Mentions::NotSearched
}
