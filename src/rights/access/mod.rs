//! The right to access and copy (PIPL 45, GDPR 15; LAW §7.5), and the portable part of it (NDR 25, GDPR 20): everything
//! that is the person's goes into the package, what is somebody else's is masked, what may not go is counted with its
//! code.

mod long;
mod mentioned;
mod street;
mod way;

pub use self::mentioned::tables_with_free_text;

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use cap_std::fs::Dir;
use jiff::tz::TimeZone;

use self::{
    long::LongText,
    way::{Seen, Way},
};
use crate::{
    case::{identity::IdentitySet, period::Period},
    data_map::{
        Wording, basis_title,
        classified::{Classified, Column, Origin, Source, Table, TableId},
        fate::{After, Erase},
    },
    database::{
        Database, Flow, LongCell, Select, Term,
        locate::{Attribution, Holding, UNNAMED, Walk, case_term},
    },
    error::Error,
    export::{
        self, Cell, ColumnHead, Disclosure, HeldBack, Package, PreparedTable, RowOut, RowState, TableHead, Withheld,
    },
    kind::{Kind, Language, Profile, Sensitivity, strike_out},
    refusal::Refusal,
    value::Value,
};

/// Whose copy is made, and how.
pub struct Copy<'a> {
    /// The map
    pub map: &'a Classified,
    /// The person
    pub subject: &'a IdentitySet,
    /// The controller's zone
    pub zone: TimeZone,
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
}

impl Copy<'_> {
    /// Writes every row of the person into `package`, table by table, parents first.
    pub fn write(&self, database: &mut dyn Database, package: &mut Package) -> Result<(), Error> {
        let subjects = std::slice::from_ref(self.subject);
        let walk = Walk::new(self.map, subjects, Attribution::Each, self.zone.clone(), database)?;
        let mut doubtful: BTreeMap<(Kind, Withheld), u64> = BTreeMap::new();
        for &table in &self.map.order {
            self.write_table(table, &walk, database, package, &mut doubtful)?;
        }
        if !self.portable {
            self.write_disclosures(&walk, database, package)?;
        }
        for ((kind, code), cells) in doubtful {
            package.held_back(&HeldBack { category: self.category(kind), code, cells })?;
        }
        Ok(())
    }

    fn write_table(
        &self,
        table: TableId,
        walk: &Walk<'_>,
        database: &mut dyn Database,
        package: &mut Package,
        doubtful: &mut BTreeMap<(Kind, Withheld), u64>,
    ) -> Result<(), Error> {
        let Some(mut select) = walk.select(table) else { return Ok(()) };
        let held = &self.map.tables[table];
        let Some(columns) = self.columns(held, &mut select) else { return Ok(()) };
        select.bear(long::HELD);
        let mut begun = false;
        let mut outcome = Ok(());
        walk.holdings(table, select, database, &mut |holding| {
            if holding.doubt.is_some() {
                for (at, _) in &columns.places {
                    *doubtful.entry((held.columns[*at].meaning.kind, Withheld::Undecided)).or_default() += 1;
                }
                return Flow::Continue;
            }
            let written = (|| {
                if !begun {
                    package.begin_prepared(&self.head(table, &columns)?)?;
                    begun = true;
                }
                self.write_row(held, &columns, &holding, package)
            })();
            match written {
                Ok(()) => Flow::Continue,
                Err(error) => {
                    outcome = Err(error);
                    Flow::Stop
                }
            }
        })?;
        outcome?;
        if begun {
            package.end_table()?;
        }
        Ok(())
    }

    fn write_row(
        &self,
        held: &Table,
        columns: &Columns,
        holding: &Holding,
        package: &mut Package,
    ) -> Result<(), Error> {
        let terms = &holding.terms[0];
        let case = columns.case.map(|at| terms[at].to_canonical_text());
        let mut cells = Vec::with_capacity(columns.places.len());
        for (at, term) in &columns.places {
            let column = &held.columns[*at];
            let meaning = column.meaning_in(case.as_deref());
            let meaning = meaning.ok_or_else(|| Refusal::UnknownCase(held.name.to_string()))?;
            let seen = Seen { map: self.map, subject: self.subject, held, column, meaning, roles: &holding.roles };
            // Of a credential only its presence was read.
            let absent = is_read_as_presence(column) && terms[*term] == Value::Integer(0);
            let value = if absent { &Value::Null } else { &terms[*term] };
            let long = holding.long.iter().find(|(at, _)| at == term).map(|(_, cell)| cell);
            cells.push(match long {
                Some(long) => self.long_cell(&seen, value, long, package)?,
                None => self.cell(&seen, value, package)?,
            });
        }
        let key: Vec<String> = holding.key.0.iter().map(Value::to_canonical_text).collect();
        let role = role_term(held, &holding.roles, self.language);
        let row = RowOut { key: &key.join(" "), role: &role, state: &RowState::Held, cells: &cells };
        Ok(package.row(&row)?)
    }

    fn cell(&self, seen: &Seen<'_>, value: &Value, package: &mut Package) -> Result<Cell, Error> {
        if value.is_null() {
            return Ok(Cell::Shown(Value::Null));
        }
        Ok(match seen.way(value) {
            Way::Show => Cell::Shown(value.clone()),
            Way::Withhold(code) => Cell::Withheld(code),
            Way::Mask => Cell::Masked(export::Mask(seen.meaning.kind.mask(value, Profile::Waybill))),
            Way::StrikeOut => match value.as_text() {
                Some(text) => {
                    let struck = strike_out(text, &|found| self.is_own(found.kind, &found.canonical));
                    Cell::Shown(Value::Text(street::without_streets(&struck)))
                }
                None => Cell::Shown(value.clone()),
            },
            Way::Attach => self.attach(seen, value, package)?,
        })
    }

    /// What becomes of a cell that is read in pieces is decided by its begin: nothing by which a row is tied to anybody is
    /// as long. Bytes become a file, as shorter ones do; so does what is called text and is malformed.
    fn long_cell(
        &self,
        seen: &Seen<'_>,
        begin: &Value,
        cell: &Rc<dyn LongCell>,
        package: &mut Package,
    ) -> Result<Cell, Error> {
        let way = seen.way(begin);
        match way {
            Way::Withhold(_) | Way::Mask => return self.cell(seen, begin, package),
            // no file has so long a name
            Way::Show | Way::StrikeOut | Way::Attach => {}
        }
        if !long::is_text(&**cell)? {
            return Ok(Cell::File(package.attach(&mut cell.open()?)?));
        }
        let text = match way {
            Way::StrikeOut => LongText::struck_out(cell, self.subject),
            _ => LongText::whole(cell),
        };
        Ok(Cell::Streamed(Rc::new(text)))
    }

    fn is_own(&self, kind: Kind, canonical: &str) -> bool {
        self.subject.values.iter().any(|known| known.kind == kind.word() && known.value.reveal() == canonical)
    }

    /// The file is opened beneath the folder, whatever the name in the database says; one that is not there leaves its
    /// name, and the package says so. So does a name that leads out of the folder: it is text and no file of ours.
    fn attach(&self, seen: &Seen<'_>, value: &Value, package: &mut Package) -> Result<Cell, Error> {
        let column = seen.column;
        let files = self.files.ok_or_else(|| Refusal::FilesFolder(column.name.clone()))?;
        let Ok(Some(path)) = seen.meaning.file_named(&column.name, value) else {
            return Ok(Cell::Shown(value.clone()));
        };
        let refused = || Error::from(Refusal::FileNotBeneath(column.name.clone()));
        match files.symlink_metadata(&path) {
            Ok(metadata) if metadata.is_file() => {}
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Cell::Shown(value.clone())),
            Ok(_) | Err(_) => return Err(refused()),
        }
        let mut file = files.open(&path).map_err(|_| refused())?;
        Ok(Cell::File(package.attach(&mut file)?))
    }

    /// Which columns go; `None` when the table has none to give.
    fn columns(&self, held: &Table, select: &mut Select) -> Option<Columns> {
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
        (!places.is_empty()).then_some(Columns { places, case })
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
            recipients: Vec::new(),
            retention,
            then,
            columns,
        }
    }

    fn write_disclosures(
        &self,
        walk: &Walk<'_>,
        database: &mut dyn Database,
        package: &mut Package,
    ) -> Result<(), Error> {
        let Some(disclosures) = &self.map.disclosures else { return Ok(()) };
        let Some(mut select) = walk.select(disclosures.table) else { return Ok(()) };
        let mut term = |column: &Option<String>| {
            column.as_ref().map(|column| select.term(Term::Column { via: 0, column: column.clone() }))
        };
        let recipient = term(&Some(disclosures.recipient.clone()));
        let (fields, at, basis) = (term(&disclosures.fields), term(&disclosures.at), term(&disclosures.basis));
        let mut outcome = Ok(());
        walk.holdings(disclosures.table, select, database, &mut |holding| {
            let text = |at: Option<usize>| at.map(|at| holding.terms[0][at].to_canonical_text()).unwrap_or_default();
            let code = text(basis);
            let entry = Disclosure {
                recipient: text(recipient),
                fields: text(fields),
                at: text(at),
                basis: export::Term::new(code.clone(), code),
                purpose: String::new(),
            };
            match package.disclosure(&entry) {
                Ok(()) => Flow::Continue,
                Err(error) => {
                    outcome = Err(error);
                    Flow::Stop
                }
            }
        })?;
        Ok(outcome?)
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
