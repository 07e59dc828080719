//! `droit find`: whom identifiers lead to, in which roles, and how much is held, masked.

use std::{collections::BTreeMap, path::PathBuf};

use jiff::tz::TimeZone;
use serde::Serialize;

use crate::{
    case::{About, Body, CaseNumber, Event, IdentitySet},
    data_map::classified::Classified,
    database::{
        Database, DatabaseError, Flow,
        locate::{Ambiguity, Attribution, Candidate, Closed, Walk},
    },
    kind::{Kind, Profile},
    value::{Key, Value},
};

use super::{
    Exit,
    bar::Watch,
    database::Trusted,
    grid::{Column, Grid},
    identifiers::IdentifierArgs,
    letter,
    out::{Out, Render},
    page::Page,
    session::Session,
    subject,
    text::{Text, trouble},
};

/// Find a person: accounts, known values, roles, and what is held on them per table
///
/// Values are masked. With --reveal they are shown in full; that needs a reason, and goes on record.
///
/// Examples:
///   droit find --id-file ana.json
///   droit find --case DSR-20261123-0001 --json
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct FindArgs {
    /// Find the person of this case
    #[arg(long, value_name = "CASE")]
    case: Option<CaseNumber>,

    /// Show values in full; FILE says why
    #[arg(long, value_name = "FILE")]
    reveal: Option<PathBuf>,

    #[command(flatten)]
    identifiers: IdentifierArgs,
}

pub(crate) fn run(args: &FindArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let identity = match args.case {
        Some(number) => session.case(number)?.personal.identity.ok_or_else(|| trouble::NO_IDENTIFIERS.plain())?,
        None => args.identifiers.require(session, out)?,
    };
    let mut trusted = if args.reveal.is_some() { session.trusted_alone()? } else { session.trusted()? };
    session.warn_of_waivers(out);
    let mut watch = Watch::begin(session);
    let closed = subject::resolve(&identity, &mut trusted, session)?;
    if let Some(reason) = &args.reveal {
        let reason = letter::secret(Some(reason), session)?.ok_or_else(|| trouble::NO_REASON.plain())?;
        let body = Body { text: Some(reason), ..Body::default() };
        let about = args.case.map_or(About::Workspace, About::Case);
        session.record(about, Event::Revealed { what: "find".to_owned() }, &body)?;
    }
    let Trusted { map, database } = &mut trusted;
    let zone = session.zone()?;
    let tables = watch.reading(&mut **database, out, |database| held(&closed.set, map, zone, database))?;
    let found = Found::of(&closed, tables, map, Mask(args.reveal.is_some()));
    let (points, nobody) = (closed.ambiguities.len(), found.tables.is_empty() && found.persons.is_empty());
    out.result(&found)?;
    watch.end("find", session, out);
    if points > 0 {
        return Err(trouble::AMBIGUOUS.with(&[("count", &points.to_string())]).into());
    }
    if nobody {
        return Err(trouble::UNKNOWN_PERSON.plain().into());
    }
    Ok(Exit::Done)
}

#[derive(Serialize)]
struct Found {
    persons: Vec<Person>,
    values: Vec<Known>,
    tables: Vec<Held>,
    ambiguities: Vec<Doubtful>,
}

#[derive(Serialize)]
struct Person {
    person: String,
    key: String,
}

#[derive(Serialize)]
struct Known {
    kind: String,
    value: String,
    since: Option<jiff::Timestamp>,
    until: Option<jiff::Timestamp>,
}

#[derive(Serialize)]
struct Held {
    table: String,
    role: String,
    rows: u64,
    undecided: u64,
}

#[derive(Serialize)]
struct Doubtful {
    about: &'static str,
    table: String,
    candidates: Vec<String>,
}

/// Masks or reveals.
#[derive(Clone, Copy)]
struct Mask(bool);

impl Mask {
    fn value(self, kind: Kind, text: &str) -> String {
        if self.0 { text.to_owned() } else { kind.mask(&Value::from(text), Profile::Display) }
    }

    /// A person row's key: shown where the map says that it is no personal value.
    fn key(self, map: &Classified, person: &str, key: &Key) -> String {
        let kind = map
            .persons
            .iter()
            .find(|known| known.name == person)
            .and_then(|known| Some(map.tables[known.table].column(&known.column)?.meaning.kind));
        let kind = kind.unwrap_or(Kind::Opaque);
        key.0.iter().map(|value| self.value(kind, &value.to_canonical_text())).collect::<Vec<_>>().join(" ")
    }
}

impl Found {
    fn of(closed: &Closed, tables: Vec<Held>, map: &Classified, mask: Mask) -> Self {
        let keys = |(person, keys): (&String, &std::collections::BTreeSet<Key>)| {
            let one = |key: &Key| Person { person: person.clone(), key: mask.key(map, person, key) };
            keys.iter().map(one).collect::<Vec<_>>()
        };
        let known = |known: &crate::case::KnownValue| Known {
            value: mask.value(known.kind.parse().unwrap_or(Kind::Opaque), known.value.reveal()),
            kind: known.kind.clone(),
            since: known.since,
            until: known.until,
        };
        Self {
            persons: closed.set.persons.iter().flat_map(keys).collect(),
            values: closed.set.values.iter().map(known).collect(),
            tables,
            ambiguities: closed.ambiguities.iter().map(|point| doubtful(point, map, mask)).collect(),
        }
    }
}

/// How many rows of each table and role are the person's, and how many may be.
fn held(
    set: &IdentitySet,
    map: &Classified,
    zone: TimeZone,
    database: &mut dyn Database,
) -> Result<Vec<Held>, DatabaseError> {
    let walk = Walk::new(map, std::slice::from_ref(set), Attribution::Each, zone, database)?;
    let mut all = Vec::new();
    for &table in &map.order {
        let Some(select) = walk.select(table) else { continue };
        let mut counts: BTreeMap<usize, (u64, u64)> = BTreeMap::new();
        walk.holdings(table, select, database, &mut |holding| {
            for role in &holding.roles {
                let (rows, undecided) = counts.entry(*role).or_default();
                *if holding.doubt.is_some() { undecided } else { rows } += 1;
            }
            Flow::Continue
        })?;
        let held = &map.tables[table];
        let role = |at: usize| at.checked_sub(1).and_then(|at| held.roles.get(at)).cloned().unwrap_or_default();
        all.extend(counts.into_iter().map(|(at, (rows, undecided))| Held {
            table: held.name.to_string(),
            role: role(at),
            rows,
            undecided,
        }));
    }
    Ok(all)
}

fn doubtful(point: &Ambiguity, map: &Classified, mask: Mask) -> Doubtful {
    let one =
        |candidate: &Candidate| format!("{}={}", candidate.person, mask.key(map, &candidate.person, &candidate.key));
    let place = |candidates: &[Candidate]| {
        let table = |candidate: &Candidate| format!("{}.{}", map.tables[candidate.table].name, candidate.column);
        candidates.first().map(table).unwrap_or_default()
    };
    match point {
        Ambiguity::SeveralPersons(candidates) => Doubtful {
            about: "several_persons",
            table: place(candidates),
            candidates: candidates.iter().map(one).collect(),
        },
        Ambiguity::Unproven(candidates) => {
            Doubtful { about: "unproven", table: place(candidates), candidates: candidates.iter().map(one).collect() }
        }
        Ambiguity::SeveralNames { table, names, .. } => Doubtful {
            about: "several_names",
            table: map.tables[*table].name.to_string(),
            candidates: names.iter().map(|(name, rows)| format!("{} ({rows})", mask.value(Kind::Name, name))).collect(),
        },
    }
}

impl Render for Found {
    const SCHEMA: &'static str = "droit.find/1";

    fn render(&self, page: &mut Page) {
        for person in &self.persons {
            page.line(&format!("{}={}", person.person, person.key));
        }
        for known in &self.values {
            page.line(&format!("  {}  {}", known.kind, known.value));
        }
        page.blank();
        if let Some(grid) = self.grid().filter(|grid| !grid.is_empty()) {
            page.grid(&grid);
        }
        for point in &self.ambiguities {
            let about = match point.about {
                "several_persons" => Text { en: "several people", zh: "多个人" },
                "unproven" => Text { en: "not proven to be this person's", zh: "未证实属于此人" },
                _ => Text { en: "rows with different names", zh: "姓名不同的行" },
            };
            page.blank();
            page.line(&format!("{} ({})", about.of(page.language()), point.table));
            for candidate in &point.candidates {
                page.line(&format!("  {candidate}"));
            }
        }
    }

    fn grid(&self) -> Option<Grid> {
        let mut grid = Grid::new(&[
            Column::whole("table", "table", "数据表"),
            Column::whole("role", "role", "角色"),
            Column::whole("rows", "rows", "行数"),
            Column::whole("undecided", "undecided", "未决"),
        ]);
        for held in &self.tables {
            let (rows, undecided) = (held.rows.to_string(), held.undecided.to_string());
            grid.push([held.table.clone(), held.role.clone(), rows, undecided]);
        }
        Some(grid)
    }
}
