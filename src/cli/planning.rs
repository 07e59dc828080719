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
    apply::Planned,
    case::{About, Body, Case, CaseNumber, Fingerprint, IdentitySet, Kept as KeptRows, Request, TableCount},
    casebook,
    data_map::classified::{Classified, TableId},
    plan::{self, Header, Hold, PLAN_SCHEMA, TableTotals, Totals},
    refusal::Refusal,
    rights::{
        correction::Basis,
        erasure::{Erasure, Holds, Scope},
        stopping::Instant,
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
    text::{Text, trouble},
};

/// A case and its person as captured.
pub(crate) struct Member {
    pub(crate) case: Case,
    pub(crate) set: IdentitySet,
    /// The legal hold that protects the person
    pub(crate) held: Option<Hold>,
}

impl Member {
    /// Gathers them.
    pub(crate) fn of(case: CaseNumber, trusted: &mut Trusted, session: &mut Session<'_>) -> anyhow::Result<Self> {
        let case = session.case(case)?;
        let set = subject::of_case(&case, trusted, session)?;
        Self::with_set(case, set, session)
    }

    /// The same for several cases, with one search for all of them.
    pub(crate) fn of_all(
        cases: Vec<Case>,
        trusted: &mut Trusted,
        session: &mut Session<'_>,
    ) -> anyhow::Result<Vec<(CaseNumber, anyhow::Result<Self>)>> {
        let sets = subject::of_cases(&cases, trusted, session)?;
        let member = |(case, set): (Case, anyhow::Result<IdentitySet>)| {
            (case.number, set.and_then(|set| Self::with_set(case, set, session)))
        };
        Ok(cases.into_iter().zip(sets).map(member).collect())
    }

    fn with_set(case: Case, set: IdentitySet, session: &mut Session<'_>) -> anyhow::Result<Self> {
        let held = hold_on(&case, &set, session)?;
        Ok(Self { case, set, held })
    }
}

/// Nothing is erased or corrected for a case that asks for something else: its number was mistaken, or the person asks
/// for more, which is a case of its own.
pub(crate) fn require_asked(case: &Case, asks: fn(Request) -> bool) -> anyhow::Result<()> {
    if asks(case.request) {
        return Ok(());
    }
    Err(trouble::ASKS_FOR_SOMETHING_ELSE.with(&[("case", &case.number.to_string())]).into())
}

/// The legal hold that protects a case's person; an open one where there are both sorts.
fn hold_on(case: &Case, set: &IdentitySet, session: &mut Session<'_>) -> anyhow::Result<Option<Hold>> {
    let tags = subject::tags(case.personal.identity.as_ref(), set, session)?;
    let book = session.reading()?;
    let mut holds = book.holds()?;
    holds.retain(|hold| hold.subject == Some(case.subject));
    holds.extend(book.holds_on(&tags)?);
    Ok(holds.iter().map(casebook::Hold::sort).min())
}

/// Stands in plans for keys that are personal themselves.
type Token = Rc<dyn Fn(&Value) -> String>;

/// All that the erasure of one case, or of several together, rests on.
pub(crate) struct Planning {
    about: About,
    /// The cases of a batch
    cases: Vec<CaseNumber>,
    subjects: Vec<IdentitySet>,
    holds: Holds,
    scope: Scope,
    as_of: Timestamp,
    token: Token,
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

    /// The same for a case of which something was carried out already.
    pub(crate) fn again(
        case: CaseNumber,
        scope: Scope,
        as_of: Timestamp,
        trusted: &mut Trusted,
        session: &mut Session<'_>,
    ) -> anyhow::Result<Self> {
        let found = session.case(case)?;
        let set = subject::of_case_again(&found, trusted, session)?;
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
        let person = hold_on(found, &set, session)?;
        let holds = Holds { person, tables: subject::held_tables(&session.holds()?, &trusted.map)? };
        let (about, subjects) = (About::Case(found.number), vec![set]);
        let token = token_of(about, session)?;
        Ok(Self { about, cases: Vec::new(), subjects, holds, scope, as_of, token })
    }

    /// The same for several people, none of whom is under a hold, in the run `about`.
    pub(crate) fn together(
        about: About,
        members: &[Member],
        scope: Scope,
        as_of: Timestamp,
        trusted: &Trusted,
        session: &mut Session<'_>,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            about,
            cases: members.iter().map(|member| member.case.number).collect(),
            subjects: members.iter().map(|member| member.set.clone()).collect(),
            holds: Holds { person: None, tables: subject::held_tables(&session.holds()?, &trusted.map)? },
            scope,
            as_of,
            token: token_of(about, session)?,
        })
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

    /// What goes on record with a plan, sealed: what part was asked for. What is kept of it is decided again when its
    /// time comes.
    pub(crate) fn asked(&self) -> anyhow::Result<Body> {
        let mut body = Body::default();
        if self.scope != Scope::default() {
            body.facts.insert("scope".to_owned(), serde_json::to_string(&self.scope)?.as_str().into());
        }
        Ok(body)
    }

    /// Whether rows that could go are anonymized instead.
    pub(crate) fn anonymizes(&self) -> bool {
        self.scope.anonymize
    }

    /// What a correction rests on.
    pub(crate) fn basis<'a>(&'a self, map: &'a Classified, session: &mut Session<'_>) -> anyhow::Result<Basis<'a>> {
        let (holds, zone) = (self.holds.clone(), session.zone()?);
        Ok(Basis { map, subjects: &self.subjects, holds, as_of: self.as_of, zone })
    }

    /// The part that is asked for.
    pub(crate) fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The people.
    pub(crate) fn subjects(&self) -> &[IdentitySet] {
        &self.subjects
    }

    /// When what a case asks to be stopped was said, and when it is decided.
    pub(crate) fn instant(&self, case: &Case, session: &mut Session<'_>) -> anyhow::Result<Instant> {
        Ok(Instant { said: case.received_at, as_of: self.as_of, zone: session.zone()? })
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
        let mut scope = serde_json::to_value(&self.scope)?;
        if !self.cases.is_empty() {
            scope["cases"] = serde_json::to_value(&self.cases)?;
        }
        let command = if self.scope.anonymize { "anonymize" } else { "erase" };
        self.header_of(command, scope, map, database, session)
    }

    /// What the plan of `command` is bound to.
    pub(crate) fn header_of(
        &self,
        command: &str,
        mut scope: serde_json::Value,
        map: &Classified,
        database: String,
        session: &mut Session<'_>,
    ) -> anyhow::Result<Header> {
        if !session.waived.is_empty() {
            let places = session.waived.iter().map(|waived| waived.place.clone());
            scope["waived"] = places.collect::<Vec<_>>().into();
        }
        Ok(Header {
            schema: PLAN_SCHEMA.to_owned(),
            command: command.to_owned(),
            workspace: session.reading()?.workspace().to_owned(),
            database,
            case: self.about.to_string(),
            map: map.map_fingerprint.clone(),
            schema_fingerprint: map.schema_fingerprint.clone(),
            scope,
            as_of: self.as_of,
            expires: self.as_of.checked_add(24.hours())?,
        })
    }
}

fn token_of(about: About, session: &mut Session<'_>) -> anyhow::Result<Token> {
    let secret = *session.reading()?.tag("plan", &about.to_string())?.bytes();
    Ok(Rc::new(move |value: &Value| token(&secret, value)))
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
    let says = |name: &str| json.get(name).and_then(serde_json::Value::as_bool).unwrap_or(false);
    Scope {
        categories: words("categories"),
        columns: words("columns"),
        roles: words("roles"),
        consents: words("consents"),
        mentions: says("mentions"),
        anonymize: says("anonymize"),
    }
}

/// The part of a person's data that a plan was for, as it was sealed with it ([`Planning::asked`]).
pub(crate) fn asked_of(body: &Body) -> Scope {
    let sealed = body.facts.get("scope").and_then(|text| serde_json::from_str(text.reveal()).ok());
    sealed.map(|scope: serde_json::Value| scope_of(&scope)).unwrap_or_default()
}

/// Whether a change was made to remove something: one that only puts values in the place of others (a correction, a
/// restriction, an unsubscription) has nothing to be proven gone, and nothing of it waits.
pub(crate) fn may_remove(tables: &[TableCount]) -> bool {
    tables.is_empty() || tables.iter().any(|count| count.what != "changed")
}

/// The digest by which a plan is known on record.
pub(crate) fn digest_of(made: &Planned) -> anyhow::Result<Fingerprint> {
    Ok(made.claim.digest.parse().map_err(|_| trouble::NOT_A_DIGEST.plain())?)
}

/// The cases that a plan's header names; none when it is for one.
pub(crate) fn cases_of(json: &serde_json::Value) -> anyhow::Result<Vec<CaseNumber>> {
    let listed = json.get("cases").and_then(serde_json::Value::as_array);
    let number = |case: &serde_json::Value| case.as_str().and_then(|text| text.parse().ok());
    let numbers = listed.into_iter().flatten().map(|case| Ok(number(case).ok_or(Refusal::EditedPlan)?));
    numbers.collect()
}

/// A plan's or a change's sums.
#[derive(Serialize)]
pub(crate) struct Sums {
    /// The case, or the run of several
    pub(crate) case: About,
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
    /// Tables with free text of others that was not searched for the person
    pub(crate) not_searched: Vec<String>,
    /// Tables with free text of others that was searched through an index alone
    pub(crate) by_index: Vec<String>,
}

#[derive(Serialize)]
pub(crate) struct TableSums {
    pub(crate) table: String,
    located: u64,
    pub(crate) deleted: u64,
    pub(crate) anonymized: u64,
    /// … of which so many keep a key that other rows share
    #[serde(skip)]
    de_identified: u64,
    /// … and so many are kept by law in part
    #[serde(skip)]
    in_part: u64,
    pub(crate) kept: u64,
    unlinked: u64,
    struck_out: u64,
}

impl TableSums {
    /// By table, in the order of their names.
    pub(crate) fn all(totals: &Totals, map: &Classified) -> Vec<Self> {
        let of = |(table, sums): (String, &TableTotals)| Self {
            table,
            located: sums.located,
            deleted: sums.deleted,
            anonymized: sums.overwritten,
            de_identified: sums.de_identified,
            in_part: sums.in_part,
            kept: sums.left,
            unlinked: sums.unlinked,
            struck_out: sums.struck_out,
        };
        totals.named(map).map(of).collect()
    }
}

#[derive(Serialize)]
pub(crate) struct Kept {
    table: String,
    rows: u64,
    code: &'static str,
    law: String,
    until: Option<Date>,
}

impl Kept {
    /// What stays, by table, code, law and end.
    pub(crate) fn all(totals: &Totals, map: &Classified) -> Vec<Self> {
        let of = |(kept, rows): (&plan::Kept, &u64)| Self {
            table: map.tables[kept.table].name.to_string(),
            rows: *rows,
            code: kept.code,
            law: kept.law.clone(),
            until: kept.until,
        };
        totals.kept.iter().map(of).collect()
    }
}

impl Sums {
    /// The sums of `totals`, with tables by name.
    pub(crate) fn of(case: About, state: &'static str, plan: &str, totals: &Totals, map: &Classified) -> Self {
        let all = totals.all();
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
            tables: TableSums::all(totals, map),
            reasons: Kept::all(totals, map),
            not_searched: Vec::new(),
            by_index: Vec::new(),
        }
    }

    /// The same, with what `erasure` does not search of other people's free text, and what it searches by an index.
    pub(crate) fn searching(self, erasure: &Erasure<'_>) -> Self {
        let named = |tables: Vec<TableId>| {
            tables.into_iter().map(|table| erasure.map.tables[table].name.to_string()).collect::<Vec<_>>()
        };
        let (not_searched, by_index) = (named(erasure.not_searched()), named(erasure.searched_by_index()));
        Self { not_searched, by_index, ..self }
    }

    /// Rows that change.
    pub(crate) fn changes(&self) -> u64 {
        self.deleted + self.anonymized + self.unlinked + self.struck_out
    }

    /// The sums as they are put on record.
    pub(crate) fn counts(&self) -> Vec<TableCount> {
        let mut counts = Vec::new();
        for sums in &self.tables {
            let some = [
                ("deleted", sums.deleted),
                ("anonymized", sums.anonymized - sums.de_identified - sums.in_part),
                ("de_identified", sums.de_identified),
                ("kept_in_part", sums.in_part),
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

    /// What stays as it is put on record.
    pub(crate) fn kept_rows(&self) -> Vec<KeptRows> {
        let kept = |kept: &Kept| KeptRows {
            table: kept.table.clone(),
            rows: kept.rows,
            code: kept.code.to_owned(),
            law: kept.law.clone(),
            until: kept.until,
        };
        self.reasons.iter().map(kept).collect()
    }

    /// What happens to rows that are nobody's, or somebody else's; nothing where nothing does.
    pub(crate) fn others(&self, language: Language) -> String {
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
    pub(crate) fn kept_grid(&self) -> Grid {
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

/// Names the tables whose free text was not searched for the person, so that nobody thinks it was.
pub(crate) fn say_not_searched(tables: &[String], page: &mut Page) {
    if !tables.is_empty() {
        page.blank();
        page.say(
            Text {
                en: "not searched for the person in other people's texts: {tables}",
                zh: "未在他人文本中查找此人的表：{tables}",
            },
            &[("tables", &tables.join(", "))],
        );
    }
}

/// Names the tables that were searched through an index alone.
pub(crate) fn say_by_index(tables: &[String], page: &mut Page) {
    if !tables.is_empty() {
        page.blank();
        page.say(
            Text {
                en: "searched by an index, which may not look behind a NUL in a text: {tables}",
                zh: "通过索引查找的表（索引可能不含文本中 NUL 之后的内容）：{tables}",
            },
            &[("tables", &tables.join(", "))],
        );
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
        let reasons = self.kept_grid();
        if !reasons.is_empty() {
            page.blank();
            page.grid(&reasons);
        }
        say_not_searched(&self.not_searched, page);
        say_by_index(&self.by_index, page);
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
