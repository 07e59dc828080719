//! What `erase` and `apply` share: the planner of a case's erasure, as of an instant, and how its sums are shown.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use hmac::{Hmac, KeyInit, Mac};
use jiff::{Timestamp, ToSpan, civil::Date};
use serde::Serialize;
use sha2::Sha256;

use crate::{
    case::{Case, CaseNumber, IdentitySet, TableCount},
    data_map::classified::Classified,
    plan::{Header, PLAN_SCHEMA, Totals},
    rights::{
        correction::Basis,
        erasure::{Erasure, Holds, Scope},
    },
    value::{Value, hex},
};

use super::{
    database::Trusted,
    grid::{Column, Grid},
    language::Language,
    out::Render,
    page::Page,
    session::Session,
    subject,
    text::Text,
};

/// All that the erasure of one case rests on.
pub(crate) struct Planning {
    case: CaseNumber,
    subjects: [IdentitySet; 1],
    holds: Holds,
    scope: Scope,
    as_of: Timestamp,
    token: Rc<dyn Fn(&Value) -> String>,
}

impl Planning {
    /// Gathers it: the person as captured, the holds in force, the part that is asked for.
    pub(crate) fn of(
        case: CaseNumber,
        scope: Scope,
        as_of: Timestamp,
        trusted: &mut Trusted,
        session: &mut Session<'_>,
    ) -> anyhow::Result<Self> {
        let found = session.case(case)?;
        let set = subject::of_case(&found, trusted, session)?;
        Self::of_set(&found, set, scope, as_of, trusted, session)
    }

    /// The same for a set that was captured, whoever its identifiers lead to by now.
    pub(crate) fn of_set(
        found: &Case,
        set: IdentitySet,
        scope: Scope,
        as_of: Timestamp,
        trusted: &Trusted,
        session: &mut Session<'_>,
    ) -> anyhow::Result<Self> {
        let case = found.number;
        let tags = subject::tags(found.personal.identity.as_ref(), &set, session)?;
        let book = session.reading()?;
        let by_reference = book.holds()?.iter().any(|hold| hold.subject == Some(found.subject));
        let person = by_reference || !book.holds_on(&tags)?.is_empty();
        let held = book.holds()?.into_iter().filter_map(|hold| hold.table);
        let tables = held.map(|table| subject::held_table(&table, &trusted.map)).collect::<Result<_, _>>()?;
        let secret = *book.tag("plan", &case.to_string())?.bytes();
        let token = Rc::new(move |value: &Value| token(&secret, value));
        Ok(Self { case, subjects: [set], holds: Holds { person, tables }, scope, as_of, token })
    }

    /// What part is asked for.
    pub(crate) fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The planner.
    pub(crate) fn erasure<'a>(&'a self, map: &'a Classified, session: &mut Session<'_>) -> anyhow::Result<Erasure<'a>> {
        let zone = session.zone()?;
        Ok(Erasure {
            map,
            subjects: &self.subjects,
            holds: self.holds.clone(),
            scope: self.scope.clone(),
            today: self.as_of.to_zoned_datetime(zone.clone()).date(),
            removed: None,
            zone,
            token: Rc::clone(&self.token),
        })
    }

    /// What a correction rests on.
    pub(crate) fn basis<'a>(&'a self, map: &'a Classified, session: &mut Session<'_>) -> anyhow::Result<Basis<'a>> {
        let (holds, zone) = (self.holds.clone(), session.zone()?);
        Ok(Basis { map, subjects: &self.subjects, holds, as_of: self.as_of, zone })
    }

    /// What stands in plans for values that are personal themselves.
    pub(crate) fn token(&self) -> Rc<dyn Fn(&Value) -> String> {
        Rc::clone(&self.token)
    }

    /// What an erasure's plan is bound to.
    pub(crate) fn header(
        &self,
        map: &Classified,
        database: String,
        session: &mut Session<'_>,
    ) -> anyhow::Result<Header> {
        self.header_of("erase", serde_json::to_value(&self.scope)?, map, database, session)
    }

    /// What the plan of `command` is bound to.
    pub(crate) fn header_of(
        &self,
        command: &str,
        scope: serde_json::Value,
        map: &Classified,
        database: String,
        session: &mut Session<'_>,
    ) -> anyhow::Result<Header> {
        Ok(Header {
            schema: PLAN_SCHEMA.to_owned(),
            command: command.to_owned(),
            workspace: session.reading()?.workspace().to_owned(),
            database,
            case: self.case.to_string(),
            map: map.map_fingerprint.clone(),
            schema_fingerprint: map.schema_fingerprint.clone(),
            scope,
            as_of: self.as_of,
            expires: self.as_of.checked_add(24.hours())?,
        })
    }
}

/// Stands in plans for a key that is personal itself: nobody computes it without the casebook's key.
pub(crate) fn token(secret: &[u8; 32], value: &Value) -> String {
    let mut bytes = Vec::new();
    value.encode(&mut bytes);
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return String::new() };
    mac.update(&bytes);
    format!("token:{}", hex(&mac.finalize().into_bytes()[..16]))
}

/// The part of a person's data that a plan's header names.
pub(crate) fn scope_of(json: &serde_json::Value) -> Scope {
    let words = |name: &str| -> BTreeSet<String> {
        let listed = json.get(name).and_then(serde_json::Value::as_array);
        listed.into_iter().flatten().filter_map(|word| word.as_str().map(str::to_owned)).collect()
    };
    Scope { categories: words("categories"), columns: words("columns"), roles: words("roles") }
}

/// A plan's or a change's sums.
#[derive(Serialize)]
pub(crate) struct Sums {
    pub(crate) case: CaseNumber,
    /// `planned`, `removed` or `nothing_removed`
    pub(crate) state: &'static str,
    pub(crate) plan: String,
    pub(crate) located: u64,
    pub(crate) deleted: u64,
    pub(crate) anonymized: u64,
    pub(crate) kept: u64,
    pub(crate) unlinked: u64,
    /// Rows of others in whose free text the person's identifiers are struck out
    pub(crate) struck_out: u64,
    pub(crate) files: Option<u64>,
    pub(crate) tables: Vec<TableSums>,
    pub(crate) reasons: Vec<Kept>,
}

#[derive(Serialize)]
pub(crate) struct TableSums {
    table: String,
    located: u64,
    deleted: u64,
    anonymized: u64,
    kept: u64,
    unlinked: u64,
    struck_out: u64,
}

#[derive(Serialize)]
pub(crate) struct Kept {
    table: String,
    rows: u64,
    code: &'static str,
    law: String,
    until: Option<Date>,
}

impl Sums {
    /// The sums of `totals`, with tables by name.
    pub(crate) fn of(case: CaseNumber, state: &'static str, plan: &str, totals: &Totals, map: &Classified) -> Self {
        let all = totals.all();
        let table = |(table, sums): (String, &crate::plan::TableTotals)| TableSums {
            table,
            located: sums.located,
            deleted: sums.deleted,
            anonymized: sums.overwritten,
            kept: sums.left,
            unlinked: sums.unlinked,
            struck_out: sums.struck_out,
        };
        let kept = |(kept, rows): (&crate::plan::Kept, &u64)| Kept {
            table: map.tables[kept.table].name.to_string(),
            rows: *rows,
            code: kept.code,
            law: kept.law.clone(),
            until: kept.until,
        };
        Self {
            case,
            state,
            plan: plan.to_owned(),
            located: all.located,
            deleted: all.deleted,
            anonymized: all.overwritten,
            kept: all.left,
            unlinked: all.unlinked,
            struck_out: all.struck_out,
            files: None,
            tables: totals.named(map).map(table).collect(),
            reasons: totals.kept.iter().map(kept).collect(),
        }
    }

    /// The sums as they are put on record.
    pub(crate) fn counts(&self) -> Vec<TableCount> {
        let mut counts = Vec::new();
        for sums in &self.tables {
            let some = [
                ("deleted", sums.deleted),
                ("anonymized", sums.anonymized),
                ("kept", sums.kept),
                ("unlinked", sums.unlinked),
                ("struck_out", sums.struck_out),
            ];
            let some = some.into_iter().filter(|(_, rows)| *rows > 0);
            counts.extend(some.map(|(what, rows)| TableCount {
                table: sums.table.clone(),
                what: what.to_owned(),
                rows,
            }));
        }
        counts
    }

    /// What happens to rows that are nobody's, or somebody else's; nothing where nothing does.
    fn others(&self, language: Language) -> String {
        let said = [
            (self.unlinked, Text { en: "; pointers cut in other rows: {rows}", zh: "；另断开其他行的关联：{rows} 行" }),
            (
                self.struck_out,
                Text {
                    en: "; identifiers struck out of other people's text: {rows}",
                    zh: "；另在他人文本中删去此人的标识：{rows} 行",
                },
            ),
        ];
        let some = said.into_iter().filter(|(rows, _)| *rows > 0);
        some.map(|(rows, text)| text.with(language, &[("rows", &rows.to_string())])).collect()
    }

    /// What stays, by table and reason; of several ends the last.
    fn reasons(&self) -> Grid {
        let mut grid = Grid::new(&[
            Column::whole("table", "kept in", "保留于"),
            Column::whole("rows", "rows", "行数"),
            Column::whole("code", "reason", "理由"),
            Column::text("law", "law", "依据"),
            Column::whole("until", "until at the latest", "最迟至"),
        ]);
        let mut merged: BTreeMap<(&str, &str, &str), (u64, Option<Date>)> = BTreeMap::new();
        for kept in &self.reasons {
            let entry = merged.entry((&kept.table, kept.code, &kept.law)).or_default();
            *entry = (entry.0 + kept.rows, entry.1.max(kept.until));
        }
        for ((table, code, law), (rows, until)) in merged {
            let until = until.map(|until| until.to_string()).unwrap_or_default();
            grid.push([table.to_owned(), rows.to_string(), code.to_owned(), law.to_owned(), until]);
        }
        grid
    }
}

impl Render for Sums {
    const SCHEMA: &'static str = "droit.erase/1";

    fn render(&self, page: &mut Page) {
        let said = if self.state == "planned" {
            Text {
                en: "{case}: {located} rows located: delete {deleted}, anonymize {anonymized}, keep {kept}{others}",
                zh: "{case}：找到 {located} 行：删除 {deleted}，匿名化 {anonymized}，保留 {kept}{others}",
            }
        } else if self.state == "nothing_removed" {
            Text {
                en: "{case}: nothing was removed: {kept} rows are kept, for the reasons below",
                zh: "{case}：未移除任何数据：保留 {kept} 行，理由如下",
            }
        } else {
            Text {
                en: "{case}: removed, not yet proven: {deleted} rows deleted, {anonymized} anonymized, {kept} kept{others}; {files} files removed",
                zh: "{case}：已移除，尚未证明：删除 {deleted} 行，匿名化 {anonymized} 行，保留 {kept} 行{others}；移除文件 {files} 个",
            }
        };
        let others = self.others(page.language());
        page.say(
            said,
            &[
                ("others", &others),
                ("case", &self.case.to_string()),
                ("located", &self.located.to_string()),
                ("deleted", &self.deleted.to_string()),
                ("anonymized", &self.anonymized.to_string()),
                ("kept", &self.kept.to_string()),
                ("files", &self.files.unwrap_or_default().to_string()),
            ],
        );
        if let Some(grid) = self.grid() {
            page.blank();
            page.grid(&grid);
        }
        let reasons = self.reasons();
        if !reasons.is_empty() {
            page.blank();
            page.grid(&reasons);
        }
    }

    fn grid(&self) -> Option<Grid> {
        let mut grid = Grid::new(&[
            Column::whole("table", "table", "数据表"),
            Column::whole("located", "located", "找到"),
            Column::whole("deleted", "delete", "删除"),
            Column::whole("anonymized", "anonymize", "匿名化"),
            Column::whole("kept", "keep", "保留"),
            Column::whole("unlinked", "unlink", "断开"),
        ]);
        for sums in &self.tables {
            let numbers = [sums.located, sums.deleted, sums.anonymized, sums.kept, sums.unlinked];
            grid.push(std::iter::once(sums.table.clone()).chain(numbers.map(|number| number.to_string())));
        }
        Some(grid)
    }
}
