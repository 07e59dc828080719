//! What the casebook is asked: cases, holds, intents, what waits, keys, and whose a reference is.

use std::collections::HashMap;

use jiff::{Timestamp, civil::Date};
use rusqlite::Row;

use super::{Casebook, CasebookError, Head, events::Stored, projection};
use crate::{
    case::{
        About, Case, CaseNumber, Event, Fingerprint, HoldNumber, IdentityTag, IntentState, KeyId, LeftToPerson,
        Recorded, RunNumber, Status, SubjectRef, TagPurpose,
    },
    data_map::Wording,
    plan,
};

/// A legal hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// Its number
    pub number: HoldNumber,
    /// The person it protects the data of, if it is about one
    pub subject: Option<SubjectRef>,
    /// The table it is about, if it is about one
    pub table: Option<String>,
    /// Whether nobody outside may learn of it
    pub confidential: bool,
    /// When it is to be looked at again
    pub until: Option<Date>,
    /// The event that added it
    pub added: i64,
    /// The event that released it
    pub released: Option<i64>,
}

/// A change, from its work list on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// Its number
    pub number: i64,
    /// The case or purge it belongs to
    pub about: About,
    /// The identity of the database it changes
    pub database: String,
    /// The plan's digest
    pub plan: Fingerprint,
    /// How far it has come
    pub state: IntentState,
    /// The key of its work list
    pub key: KeyId,
    /// In how many windows the work list is sealed
    pub windows: i64,
    /// The digest over the sealed windows
    pub work: Fingerprint,
    /// The event that opened it
    pub opened: i64,
    /// The last event about it
    pub last: i64,
}

/// A part of an erasure that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The case (or purge) it belongs to
    pub about: About,
    /// The table
    pub table: String,
    /// How many rows wait
    pub rows: i64,
    /// Why
    pub code: String,
    /// The law
    pub law: Wording,
    /// Until when, if that is known
    pub until: Option<Date>,
}

/// A key, as the casebook knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Its name
    pub id: KeyId,
    /// What it seals
    pub purpose: String,
    /// What that is about
    pub about: About,
    /// The event that destroyed it
    pub destroyed: Option<i64>,
    /// The key that came in its place
    pub replaced: Option<KeyId>,
}

fn cell<T: std::str::FromStr>(row: &Row<'_>, at: usize, table: &'static str) -> Result<T, CasebookError> {
    row.get::<_, String>(at)?.parse().map_err(|_| CasebookError::Row(table))
}

fn optional<T: std::str::FromStr>(row: &Row<'_>, at: usize, table: &'static str) -> Result<Option<T>, CasebookError> {
    row.get::<_, Option<String>>(at)?.map(|text| text.parse().map_err(|_| CasebookError::Row(table))).transpose()
}

const HOLD: &str = "number, subject, held_table, confidential, until, added, released";
const INTENT: &str = "number, about, database, plan, state,
    coalesce((SELECT replaced FROM keys WHERE id = key), key), windows, work, opened, last";

/// The sort of a hold that is, or is not, confidential.
fn sort(confidential: bool) -> plan::Hold {
    if confidential { plan::Hold::Secret } else { plan::Hold::Open }
}

impl Hold {
    /// What its being confidential means for whatever it stops.
    #[must_use]
    pub fn sort(&self) -> plan::Hold {
        sort(self.confidential)
    }

    /// Takes an event about a hold into those before it.
    fn take(holds: &mut Vec<Self>, recorded: &Recorded) -> Result<(), CasebookError> {
        let About::Hold(number) = recorded.about else { return Ok(()) };
        match &recorded.event {
            Event::HoldAdded { confidential, until, .. } => {
                let (subject, table) = projection::held(recorded)?;
                let (confidential, until, added) = (*confidential, *until, recorded.number);
                holds.push(Self { number, subject, table, confidential, until, added, released: None });
            }
            Event::HoldReleased {} => {
                let hold = holds.iter_mut().find(|hold| hold.number == number);
                hold.ok_or(CasebookError::NoSuchHold(number))?.released = Some(recorded.number);
            }
            _ => {}
        }
        Ok(())
    }

    fn read(row: &Row<'_>) -> Result<Self, CasebookError> {
        Ok(Self {
            number: cell(row, 0, "holds")?,
            subject: optional(row, 1, "holds")?,
            table: row.get(2)?,
            confidential: row.get(3)?,
            until: optional(row, 4, "holds")?,
            added: row.get(5)?,
            released: row.get(6)?,
        })
    }
}

impl Intent {
    fn read(row: &Row<'_>) -> Result<Self, CasebookError> {
        let state: String = row.get(4)?;
        Ok(Self {
            number: row.get(0)?,
            about: cell(row, 1, "intents")?,
            database: row.get(2)?,
            plan: cell(row, 3, "intents")?,
            state: IntentState::from_word(&state).ok_or(CasebookError::Row("intents"))?,
            key: cell(row, 5, "intents")?,
            windows: row.get(6)?,
            work: cell(row, 7, "intents")?,
            opened: row.get(8)?,
            last: row.get(9)?,
        })
    }
}

impl Casebook {
    pub(super) fn rows<T>(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
        read: impl Fn(&Row<'_>) -> Result<T, CasebookError>,
    ) -> Result<Vec<T>, CasebookError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(read(row)?);
        }
        Ok(found)
    }

    /// The case, folded from its events, with what is personal while its key exists.
    pub fn case(&self, number: CaseNumber) -> Result<Option<Case>, CasebookError> {
        let mut case: Option<Case> = None;
        self.events_about(number, |recorded| {
            match &mut case {
                Some(case) => case.apply(&recorded)?,
                None => case = Some(Case::open(&recorded)?),
            }
            Ok(())
        })?;
        Ok(case)
    }

    /// The case, or the error that there is none.
    pub fn require_case(&self, number: CaseNumber) -> Result<Case, CasebookError> {
        self.case(number)?.ok_or(CasebookError::NoSuchCase)
    }

    /// Hands every case (or every open one) to `each`, by number, without what is personal.
    pub fn cases(
        &self,
        open_only: bool,
        mut each: impl FnMut(Case) -> Result<(), CasebookError>,
    ) -> Result<(), CasebookError> {
        let sql = "SELECT record FROM cases WHERE is_open >= ?1 ORDER BY number";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query([i64::from(open_only)])?;
        while let Some(row) = rows.next()? {
            let record: String = row.get(0)?;
            each(serde_json::from_str(&record).map_err(|_| CasebookError::Row("cases"))?)?;
        }
        Ok(())
    }

    /// Hands every case that a run has something to do with to `each`, by number, without what is personal. A run has
    /// many steps, so the others are not even read.
    pub fn cases_in_run(
        &self,
        run: RunNumber,
        mut each: impl FnMut(Case) -> Result<(), CasebookError>,
    ) -> Result<(), CasebookError> {
        let sql = "SELECT record FROM cases WHERE instr(record, ?1) > 0 ORDER BY number";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query([run.to_string()])?;
        while let Some(row) = rows.next()? {
            let record: String = row.get(0)?;
            each(serde_json::from_str(&record).map_err(|_| CasebookError::Row("cases"))?)?;
        }
        Ok(())
    }

    /// The cases of which a replay left something to a person, by number, each with why.
    pub fn left_to_person(&self) -> Result<Vec<(CaseNumber, LeftToPerson)>, CasebookError> {
        let sql = "SELECT record FROM cases WHERE instr(record, '\"left_to_person\":') > 0 ORDER BY number";
        let cases: Vec<Case> = self.rows(sql, [], |row| {
            serde_json::from_str(&row.get::<_, String>(0)?).map_err(|_| CasebookError::Row("cases"))
        })?;
        Ok(cases.into_iter().filter_map(|case| Some((case.number, case.left_to_person?))).collect())
    }

    /// Hands every case to `each`, by number, without what is personal, together with the head that all of them rest on;
    /// writers wait meanwhile.
    pub fn cases_at_head<E: From<CasebookError>>(
        &mut self,
        now: Timestamp,
        mut each: impl FnMut(&Head, Case) -> Result<(), E>,
    ) -> Result<Head, E> {
        self.quiet(now, |book| {
            let head = book.head()?;
            let sql = "SELECT record FROM cases ORDER BY number";
            let mut statement = book.connection.prepare_cached(sql).map_err(CasebookError::from)?;
            let mut rows = statement.query([]).map_err(CasebookError::from)?;
            while let Some(row) = rows.next().map_err(CasebookError::from)? {
                let record: String = row.get(0).map_err(CasebookError::from)?;
                each(&head, serde_json::from_str(&record).map_err(|_| CasebookError::Row("cases"))?)?;
            }
            Ok(head)
        })
    }

    /// All cases of one person, without what is personal: duplicates are found among them (D13).
    pub fn cases_of(&self, subject: SubjectRef) -> Result<Vec<Case>, CasebookError> {
        self.rows("SELECT record FROM cases WHERE subject = ?1 ORDER BY number", [subject.to_string()], |row| {
            serde_json::from_str(&row.get::<_, String>(0)?).map_err(|_| CasebookError::Row("cases"))
        })
    }

    /// The case by its projection alone, without what is personal.
    pub fn listed_case(&self, number: CaseNumber) -> Result<Option<Case>, CasebookError> {
        projection::case(&self.connection, number)
    }

    /// Where a case stands, by its projection alone.
    pub fn status(&self, number: CaseNumber) -> Result<Option<Status>, CasebookError> {
        Ok(projection::case(&self.connection, number)?.map(|case| case.status))
    }

    /// Draws a random reference for a person that has none.
    pub fn new_subject(&mut self) -> SubjectRef {
        let mut bytes = [0; 8];
        (self.random)(&mut bytes);
        SubjectRef::new(bytes)
    }

    /// Who is remembered under any of these tags for this purpose, each once. Two people for one person's tags are an
    /// ambiguity that the caller has to put before the officer.
    pub fn subjects(&self, purpose: TagPurpose, tags: &[IdentityTag]) -> Result<Vec<SubjectRef>, CasebookError> {
        let mut found: Vec<SubjectRef> = Vec::new();
        let wrapping = self.wrapping()?;
        for tag in tags {
            let sql = "SELECT DISTINCT subject FROM tags WHERE purpose = ?1 AND tag = ?2";
            let tag = wrapping.wrap(tag);
            found.extend(self.rows(sql, (purpose.word(), tag.bytes()), |row| cell::<SubjectRef>(row, 0, "tags"))?);
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// Tells whether a tag is of somebody of whom everything was removed that could go, and nothing in this table as a
    /// whole: a key of a row that went may have been given to somebody else. As long as keys are there that tell it.
    pub fn erased(&self) -> Result<impl Fn(&IdentityTag, &str) -> bool + use<>, CasebookError> {
        let sql = "SELECT tag, NULL FROM tags WHERE purpose = ?2
            UNION ALL
            SELECT tag, (SELECT group_concat(value ->> '$.table', char(10)) FROM json_each(record, '$.actions')
                         WHERE value ->> '$.what' = 'deleted')
            FROM cases JOIN tags ON tags.purpose = ?1 AND tags.subject = cases.subject
            WHERE record ->> '$.removed' = 'whole'";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query([TagPurpose::Subject.word(), TagPurpose::Removed.word()])?;
        let mut found: HashMap<IdentityTag, String> = HashMap::new();
        while let Some(row) = rows.next()? {
            let tag = row.get::<_, Vec<u8>>(0)?.try_into().map_err(|_| CasebookError::Row("tags"))?;
            let gone = found.entry(IdentityTag::new(tag)).or_default();
            if let Some(tables) = row.get::<_, Option<String>>(1)? {
                gone.push_str(&tables);
                gone.push('\n');
            }
        }
        let wrapping = self.wrapping()?;
        Ok(move |tag: &IdentityTag, table: &str| {
            found.get(&wrapping.wrap(tag)).is_some_and(|gone| gone.lines().all(|gone| gone != table))
        })
    }

    /// All holds in force.
    pub fn holds(&self) -> Result<Vec<Hold>, CasebookError> {
        let mut holds = self.holds_ever()?;
        holds.retain(|hold| hold.released.is_none());
        Ok(holds)
    }

    /// All holds there ever were, as their events have them: what a hold keeps from being erased cannot be brought back,
    /// so a row that was taken out of the table, or put there, by hand is no matter of the next `audit verify` alone.
    pub fn holds_ever(&self) -> Result<Vec<Hold>, CasebookError> {
        let mut holds: Vec<Hold> = Vec::new();
        // `-` comes before `.`
        let sql = format!("SELECT {} FROM events WHERE about > ?1 AND about < ?2 ORDER BY number", Stored::COLUMNS);
        let prefix = HoldNumber::PREFIX;
        self.each_event(&sql, [format!("{prefix}-"), format!("{prefix}.")], |recorded| {
            Hold::take(&mut holds, &recorded)
        })?;
        let known = self.rows(&format!("SELECT {HOLD} FROM holds ORDER BY added"), [], Hold::read)?;
        if known == holds { Ok(holds) } else { Err(CasebookError::NotItsEvents("holds")) }
    }

    /// One hold, in force or released.
    pub fn hold(&self, number: HoldNumber) -> Result<Option<Hold>, CasebookError> {
        Ok(self.rows(&format!("SELECT {HOLD} FROM holds WHERE number = ?1"), [number.to_string()], Hold::read)?.pop())
    }

    /// Holds in force about people who have any of these tags. They are found by tag, because a hold may know the person
    /// under another reference than the case does.
    pub fn holds_on(&self, tags: &[IdentityTag]) -> Result<Vec<Hold>, CasebookError> {
        let subjects = self.subjects(TagPurpose::Hold, tags)?;
        let mut holds = self.holds()?;
        holds.retain(|hold| hold.subject.is_some_and(|subject| subjects.contains(&subject)));
        Ok(holds)
    }

    /// Whether a hold in force is about a person who is remembered under a tag of this one's.
    pub fn is_held(&self, subject: SubjectRef) -> Result<bool, CasebookError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM tags AS own JOIN tags AS held ON held.tag = own.tag
                       AND held.purpose = 'hold'
                   JOIN holds ON holds.subject = held.subject AND holds.released IS NULL
                   WHERE own.purpose = 'subject' AND own.subject = ?1)";
        Ok(self.connection.prepare_cached(sql)?.query_row([subject.to_string()], |row| row.get(0))?)
    }

    /// Whether a hold in force is about the person of a case, or about a table that the case changed.
    pub fn is_about_a_hold(&self, case: &Case) -> Result<bool, CasebookError> {
        let holds = self.holds()?;
        let changed = |table: &str| {
            case.actions
                .iter()
                .any(|count| count.table == table && !["kept", "exported"].contains(&count.what.as_str()))
        };
        let names = |hold: &Hold| hold.subject == Some(case.subject) || hold.table.as_deref().is_some_and(changed);
        Ok(holds.iter().any(names) || !holds.is_empty() && self.is_held(case.subject)?)
    }

    /// The tags that a hold protects, to match against many people at once.
    pub fn tags_of_hold(&self, hold: &Hold) -> Result<Vec<IdentityTag>, CasebookError> {
        let page = self.events_page(Some(About::Hold(hold.number)), hold.added - 1, 1)?;
        let mut tags = page.into_iter().next().and_then(|added| added.body).map_or_else(Vec::new, |body| body.tags);
        tags.sort_unstable();
        tags.dedup();
        Ok(tags)
    }

    /// The gate: the hold that was added after event `number` and is still in force; an open one where there are both
    /// sorts. Take the lock first, so that none is added between this answer and what rests on it.
    pub fn hold_since(&self, number: i64) -> Result<Option<plan::Hold>, CasebookError> {
        let since = self.holds()?.into_iter().filter(|hold| hold.added > number);
        Ok(since.map(|hold| hold.confidential).min().map(sort))
    }

    /// All intents that are neither done nor given up.
    pub fn unsettled_intents(&self) -> Result<Vec<Intent>, CasebookError> {
        let sql =
            format!("SELECT {INTENT} FROM intents WHERE state IN ('open', 'committing', 'committed') ORDER BY number");
        self.rows(&sql, [], Intent::read)
    }

    /// All intents there ever were.
    pub fn intents(&self) -> Result<Vec<Intent>, CasebookError> {
        self.rows(&format!("SELECT {INTENT} FROM intents ORDER BY number"), [], Intent::read)
    }

    /// One intent.
    pub fn intent(&self, number: i64) -> Result<Option<Intent>, CasebookError> {
        Ok(self.rows(&format!("SELECT {INTENT} FROM intents WHERE number = ?1"), [number], Intent::read)?.pop())
    }

    /// Refuses if there is a change that is neither done nor given up, in whatever file it was begun: the database may be
    /// a copy of that.
    pub fn require_settled(&self) -> Result<(), CasebookError> {
        match projection::unsettled_intent(&self.connection, None)? {
            Some(intent) => Err(CasebookError::IntentOpen(intent)),
            None => Ok(()),
        }
    }

    /// All that waits, earliest end first; what has no known end comes last.
    pub fn waiting(&self) -> Result<Vec<Waiting>, CasebookError> {
        let sql = "SELECT about, waiting_table, count, code, law, until FROM scheduled
                   ORDER BY until IS NULL, until, about, position";
        self.rows(sql, [], |row| {
            Ok(Waiting {
                about: cell(row, 0, "scheduled")?,
                table: row.get(1)?,
                rows: row.get(2)?,
                code: row.get(3)?,
                law: cell(row, 4, "scheduled")?,
                until: optional(row, 5, "scheduled")?,
            })
        })
    }

    /// All keys that the casebook knows.
    pub fn key_rows(&self) -> Result<Vec<KeyRow>, CasebookError> {
        self.rows("SELECT id, purpose, about, destroyed, replaced FROM keys ORDER BY first, id", [], |row| {
            Ok(KeyRow {
                id: cell(row, 0, "keys")?,
                purpose: row.get(1)?,
                about: cell(row, 2, "keys")?,
                destroyed: row.get(3)?,
                replaced: optional(row, 4, "keys")?,
            })
        })
    }

    /// The number of the last intent, also of one that is not on record any more; 0 if there was none.
    pub fn last_intent(&self) -> Result<i64, CasebookError> {
        self.last_number("SELECT max(number) FROM intents UNION ALL SELECT max(mark) FROM adopted")
    }

    /// The last intent whose change took place, as far as the casebook knows or an officer has accepted that it does not;
    /// 0 if there was none.
    pub fn last_committed(&self) -> Result<i64, CasebookError> {
        self.last_number(
            "SELECT max(number) FROM intents WHERE state IN ('committed', 'removed')
             UNION ALL SELECT max(mark) FROM adopted",
        )
    }

    fn last_number(&self, numbers: &str) -> Result<i64, CasebookError> {
        let mut statement = self.connection.prepare_cached(numbers)?;
        let found = statement.query_map([], |row| row.get::<_, Option<i64>>(0))?;
        Ok(found.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().max().unwrap_or(0))
    }

    /// The intent by which `plan` was carried out, if it was.
    pub fn applied(&self, plan: Fingerprint) -> Result<Option<i64>, CasebookError> {
        let sql = "SELECT max(number) FROM intents WHERE state IN ('committed', 'removed') AND plan = ?1";
        Ok(self.connection.prepare_cached(sql)?.query_row([plan.to_string()], |row| row.get(0))?)
    }
}
