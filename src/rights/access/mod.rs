//! The right to access and copy (PIPL 45, GDPR 15; LAW §7.5), and the portable part of it (NDR 25, GDPR 20): everything
//! that is the person's goes into the package, what is somebody else's is masked, what may not go is counted with its
//! code.

mod cells;
mod files;
mod lists;
mod long;
mod mentioned;
mod street;
mod way;

pub use self::mentioned::tables_with_free_text;

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use cap_std::fs::Dir;
use jiff::{Timestamp, tz::TimeZone};

use crate::{
    case::{identity::IdentitySet, period::Period},
    data_map::{
        Wording, basis_title,
        classified::{Classified, Column, Origin, Source, Table, TableId},
        fate::{After, Erase},
    },
    database::{
        Database, Flow, Select, Term,
        locate::{Attribution, Beside, Holding, Other, UNNAMED, Walk, case_term, role_number},
    },
    error::Error,
    export::{self, ColumnHead, HeldBack, Package, PreparedTable, RowState, TableHead, Withheld},
    kind::{Kind, Language, Sensitivity},
    rights::common::{Among, Common},
};

/// Whose copy is made, and how.
pub struct Copy<'a> {
    /// The map
    pub map: &'a Classified,
    /// The person
    pub subject: &'a IdentitySet,
    /// The controller's zone
    pub zone: TimeZone,
    /// When it is made
    pub now: Timestamp,
    /// The person's language
    pub language: Language,
    /// Only what the person provided, held on consent or contract
    pub portable: bool,
    /// The folder that file columns name files in
    pub files: Option<&'a Dir>,
    /// The heads that earlier copies of the run had put into words
    pub heads: &'a Heads,
}

/// Heads of tables, put into words once for everybody who has rows there.
#[derive(Debug, Default)]
pub struct Heads(RefCell<BTreeMap<(TableId, Language, bool), Rc<PreparedTable>>>);

/// One table's columns as they go into the package.
struct Columns {
    /// By column of the head: place in the map's table, and place among the terms
    places: Vec<(usize, usize)>,
    case: Option<usize>,
    /// Who else may have the same part in a row
    beside: Beside,
}

/// As whom the person stands in a row.
#[derive(Clone, Copy)]
struct Part<'r> {
    roles: &'r [usize],
    /// Those of them in which somebody else has the same part
    in_common: &'r BTreeSet<usize>,
    /// The ties, by place, that lead to somebody else
    elsewhere: &'r [usize],
}

/// The person's rows, and which of them are somebody else's as well.
struct Rows<'w> {
    walk: Walk<'w>,
    common: Common,
}

impl Rows<'_> {
    /// The roles in which somebody else has the same part in the row, and the ties that lead to somebody else. Of whom
    /// nothing is left but what stands there counts as well: it is theirs.
    fn others(&self, table: TableId, beside: &Beside, holding: &Holding) -> (BTreeSet<usize>, Vec<usize>) {
        let whom = beside.whom(&holding.terms, holding.subject, &self.walk, &|_, _| false);
        let mut in_common = beside.in_common(&whom, Other::Somebody);
        in_common.extend(self.common.roles(table, &holding.key).into_iter().flatten());
        (in_common, beside.elsewhere(&holding.terms, holding.subject, &self.walk))
    }
}

/// What is known of the person before the first row is written.
struct Known {
    /// Files that rows of others name as well
    shared: BTreeSet<String>,
    /// How every row of theirs stands
    state: RowState,
}

impl Copy<'_> {
    /// Writes every row of the person into `package`, table by table, parents first.
    pub fn write(&self, database: &mut dyn Database, package: &mut Package) -> Result<(), Error> {
        let subjects = std::slice::from_ref(self.subject);
        let walk = Walk::new(self.map, subjects, Attribution::Each, self.zone.clone(), database)?;
        let among = Among { map: self.map, subjects, zone: &self.zone, as_of: self.now, erased: &|_, _| false };
        let common = Common::of(&among, &walk, database)?;
        let mut doubtful: BTreeMap<(Kind, Withheld), u64> = BTreeMap::new();
        let known = Known { shared: self.shared_files(&walk, database)?, state: self.state(&walk, database)? };
        let rows = Rows { walk, common };
        for &table in &self.map.order {
            self.write_table(table, &rows, &known, database, package, &mut doubtful)?;
        }
        if !self.portable {
            self.write_consents(&rows, database, package)?;
            self.write_disclosures(&rows, database, package)?;
        }
        for ((kind, code), cells) in doubtful {
            package.held_back(&HeldBack { category: self.category(kind), code, cells })?;
        }
        Ok(())
    }

    fn write_table(
        &self,
        table: TableId,
        rows: &Rows<'_>,
        known: &Known,
        database: &mut dyn Database,
        package: &mut Package,
        doubtful: &mut BTreeMap<(Kind, Withheld), u64>,
    ) -> Result<(), Error> {
        let Some(mut select) = rows.walk.select(table) else { return Ok(()) };
        let held = &self.map.tables[table];
        let Some(columns) = self.columns(table, &mut select) else { return Ok(()) };
        select.bear(long::HELD);
        let mut written = 0;
        let mut outcome = Ok(());
        rows.walk.holdings(table, select, database, &mut |holding| {
            if holding.doubt.is_some() {
                for (at, _) in &columns.places {
                    *doubtful.entry((held.columns[*at].meaning.kind, Withheld::Undecided)).or_default() += 1;
                }
                return Flow::Continue;
            }
            let row = (|| {
                if written == 0 {
                    package.begin_prepared(&self.head(table, &columns)?)?;
                }
                written += 1;
                let (in_common, elsewhere) = rows.others(table, &columns.beside, &holding);
                let part = Part { roles: &holding.roles, in_common: &in_common, elsewhere: &elsewhere };
                self.write_row(held, &columns, (&holding, part), (written, known), package)
            })();
            match row {
                Ok(()) => Flow::Continue,
                Err(error) => {
                    outcome = Err(error);
                    Flow::Stop
                }
            }
        })?;
        outcome?;
        if written > 0 {
            package.end_table()?;
        }
        Ok(())
    }

    /// Which columns go; `None` when the table has none to give.
    fn columns(&self, table: TableId, select: &mut Select) -> Option<Columns> {
        let held = &self.map.tables[table];
        let basis = basis_of(held);
        let portable_basis = ["consent", "separate consent", "contract"].contains(&basis.as_str());
        let mut places = Vec::new();
        for (at, column) in held.columns.iter().enumerate() {
            if self.portable && !(portable_basis && column.meaning.origin == Some(Origin::Provided)) {
                continue;
            }
            places.push((at, select.term(presence_or_value(column))));
        }
        let case = held.case.as_ref().map(|case| case_term(self.map, case, select));
        if places.is_empty() {
            return None;
        }
        Some(Columns { places, case, beside: Beside::ask(self.map, table, false, select) })
    }

    /// The table's head in words.
    fn head(&self, table: TableId, columns: &Columns) -> Result<Rc<PreparedTable>, Error> {
        let key = (table, self.language, self.portable);
        if let Some(known) = self.heads.0.borrow().get(&key) {
            return Ok(Rc::clone(known));
        }
        let held = &self.map.tables[table];
        let heads = columns.places.iter().map(|(at, _)| self.column_head(&held.columns[*at])).collect();
        let table_head = self.table_head(held, &basis_of(held), heads);
        let prepared = Rc::new(PreparedTable::new(table_head, self.language.into())?);
        self.heads.0.borrow_mut().insert(key, Rc::clone(&prepared));
        Ok(prepared)
    }

    fn column_head(&self, column: &Column) -> ColumnHead {
        let kind = column.meaning.kind;
        let sensitivity = kind.sensitivity();
        let general = sensitivity == Sensitivity::General;
        ColumnHead {
            name: column.name.clone(),
            kind: export::Term::new(kind.word(), kind.title(self.language)),
            category: self.category(kind),
            sensitivity: (!general).then(|| export::Term::new(sensitivity.word(), sensitivity.title(self.language))),
            origin: match column.meaning.origin {
                Some(Origin::Provided) => export::Origin::Provided,
                Some(Origin::Observed) => export::Origin::Observed,
                Some(Origin::Derived) => export::Origin::Derived,
                None => export::Origin::Unmarked,
            },
            withheld_because: column.meaning.export_no.as_ref().map(|why| self.said(why)),
        }
    }

    fn category(&self, kind: Kind) -> export::Term {
        let category = kind.category();
        export::Term::new(category.word(), category.title(self.language))
    }

    /// Who received data of a table stands in the ledger, which knows no tables.
    fn recipients(&self) -> Vec<String> {
        let told = self.map.disclosures.is_some() && !self.portable;
        let where_told = self.language.pick("见“向他人提供的记录”", "as listed under “Disclosures to others”");
        told.then(|| where_told.to_owned()).into_iter().collect()
    }

    /// How the person's rows stand: a flag on their account restricts them all.
    fn state(&self, walk: &Walk<'_>, database: &mut dyn Database) -> Result<RowState, Error> {
        let mut state = RowState::Held;
        let flags = self.map.persons.iter().filter_map(|person| Some((person, person.restricted.as_ref()?)));
        for (person, flag) in flags {
            let Some(mut select) = walk.select(flag.place.table) else { continue };
            let held = &self.map.tables[flag.place.table];
            let said = held.column(&flag.place.column).and_then(|column| column.meaning.role.as_deref());
            let whose = said.or_else(|| held.only_role().filter(|_| flag.place.table != person.table));
            let role = role_number(self.map, flag.place.table, whose);
            let at = select.term(Term::Column { via: 0, column: flag.place.column.clone() });
            walk.holdings(flag.place.table, select, database, &mut |holding| {
                let Some(holding) = holding.in_role(role) else { return Flow::Continue };
                if holding.doubt.is_none() && holding.terms[0][at].to_canonical_text() == flag.set {
                    let reason = self.language.pick("该账号已限制处理", "the account is restricted");
                    state = RowState::Restricted { reason: reason.to_owned() };
                }
                Flow::Continue
            })?;
        }
        Ok(state)
    }

    /// What the map says, in the person's language.
    fn said(&self, wording: &Wording) -> String {
        wording.of(self.language).to_owned()
    }

    fn table_head(&self, held: &Table, basis: &str, columns: Vec<ColumnHead>) -> TableHead {
        let (retention, then) = retention(self.map, held, self.language);
        TableHead {
            name: held.name.to_string(),
            title: held.purpose.as_ref().map_or_else(|| held.name.to_string(), |purpose| self.said(purpose)),
            purpose: held.purpose.as_ref().map(|purpose| self.said(purpose)).unwrap_or_default(),
            clause: held.clause.as_ref().map(|clause| self.said(clause)).unwrap_or_default(),
            basis: export::Term::new(basis, basis_title(basis, self.language)),
            source: match &held.source {
                Some(Source::Text(text)) => self.said(text),
                Some(Source::Column(column)) => {
                    self.language.pick(&format!("见列 {column}"), &format!("as column {column} says")).to_owned()
                }
                None => String::new(),
            },
            recipients: self.recipients(),
            retention,
            then,
            columns,
        }
    }
}

fn basis_of(held: &Table) -> String {
    held.basis.as_deref().unwrap_or_default().replace('_', " ")
}

fn is_read_as_presence(column: &Column) -> bool {
    column.meaning.kind == Kind::Credential && column.by_case.is_empty()
}

/// Credentials are never read, only that they are there.
fn presence_or_value(column: &Column) -> Term {
    if is_read_as_presence(column) {
        let predicate = crate::data_map::predicate::Predicate::IsNull { column: column.name.clone(), negated: true };
        return Term::Truth { via: 0, predicate };
    }
    Term::Column { via: 0, column: column.name.clone() }
}

fn role_term(held: &Table, roles: &[usize], language: Language) -> export::Term {
    let word = |role: &usize| if *role == UNNAMED { "holder" } else { held.roles[role - 1].as_str() };
    let title = |role: &usize| if *role == UNNAMED { language.pick("本人", "holder") } else { word(role) };
    let (words, titles): (Vec<&str>, Vec<&str>) = roles.iter().map(|role| (word(role), title(role))).unzip();
    export::Term::new(words.join("+"), titles.join(" + "))
}

/// A period in the person's language: `3 years`, `3 年`.
fn period(period: Period, language: Language) -> String {
    let english = period.to_string();
    let Some((number, unit)) = english.split_once(' ').filter(|_| language == Language::Zh) else { return english };
    let unit = match unit.trim_end_matches('s') {
        "year" => "年",
        "month" => "个月",
        "day" => "日",
        "hour" => "小时",
        other => other,
    };
    format!("{number} {unit}")
}

/// How long the data is held and what happens then, in the person's language (NDR 21(3)). The periods may be those of an
/// ancestor; how rows go when a limit of an ancestor ends is said by their own table.
fn retention(map: &Classified, held: &Table, language: Language) -> (String, String) {
    let after = |after: &After| match after {
        After::Dates(dates) => dates.join(" / "),
        After::Removal => language.pick("删除之日", "the day of erasure").to_owned(),
    };
    let fates = |bound: Option<TableId>| bound.map(|table| &map.tables[table].fates);
    let mut parts: Vec<String> = Vec::new();
    for keep in fates(held.bound_by.keep).into_iter().flat_map(|fates| &fates.keep) {
        let (period, from, law) = (period(keep.period, language), after(&keep.after), keep.law.of(language));
        parts.push(match language {
            Language::Zh => format!("自 {from} 起至少保存 {period}，依据{law}"),
            Language::En => format!("at least {period} after {from} ({law})"),
        });
    }
    if let Some(limit) = fates(held.bound_by.limit).and_then(|fates| fates.limit.as_ref()) {
        let (period, from, because) = (period(limit.period, language), after(&limit.after), limit.because.of(language));
        parts.push(match language {
            Language::Zh => format!("自 {from} 起至多保存 {period}：{because}"),
            Language::En => format!("at most {period} after {from}: {because}"),
        });
    }
    if parts.is_empty() {
        parts.push(
            language.pick("直至目的实现或您要求删除", "until the purpose is met or you ask for erasure").to_owned(),
        );
    }
    let then = match held.fates.limit.as_ref().map_or(&held.fates.erase, |limit| &limit.then) {
        Erase::Delete => language.pick("删除", "deleted"),
        Erase::Anonymize => language.pick("匿名化", "anonymized"),
        Erase::Stay(why) => why.of(language),
    };
    (parts.join(language.pick("；", "; ")), then.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_told_in_the_persons_language() {
        let told = |text: &str, language| period(text.parse().unwrap(), language);
        assert_eq!(told("3 years", Language::Zh), "3 年");
        assert_eq!(told("6 months", Language::Zh), "6 个月");
        assert_eq!(told("1 day", Language::En), "1 day");
    }
}
