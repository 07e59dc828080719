//! What the erasure of a case, or of several, rests on as of an instant: the people, the holds, the part that is asked
//! for.

use std::{collections::BTreeSet, rc::Rc};

use hmac::{Hmac, KeyInit, Mac};
use jiff::{Timestamp, ToSpan};
use sha2::Sha256;

use crate::{
    apply::{Planned, WHOSE},
    case::{About, Body, Case, CaseNumber, Fingerprint, IdentitySet, Recorded, Request, SubjectRef, TableCount},
    casebook::{self, CasebookError},
    data_map::classified::Classified,
    database::Database,
    duties::replay::{Print, Telling, seal},
    plan::{Header, Hold, Holds, PLAN_SCHEMA},
    refusal::Refusal,
    rights::{
        correction::Basis,
        erasure::{Erasure, Scope, Shares},
        stopping::Instant,
    },
    value::{Value, hex},
};

use super::{database::Trusted, headcount, held::held, session::Session, subject, text::trouble};

/// One of several people: of their case no more than what is asked of it later, since they are many.
pub(crate) struct Member {
    pub(crate) case: CaseNumber,
    pub(crate) subject: SubjectRef,
    pub(crate) set: IdentitySet,
    /// The legal hold that protects the person
    pub(crate) held: Option<Hold>,
}

impl Member {
    /// The person of a case as captured.
    pub(crate) fn of(case: &Case, trusted: &mut Trusted, session: &mut Session<'_>) -> anyhow::Result<Self> {
        let set = subject::of_case(case, trusted, session)?;
        Self::with_set(case, set, session)
    }

    /// The same for several cases, with one search for all of them.
    pub(crate) fn of_all(
        cases: &[Case],
        trusted: &mut Trusted,
        session: &mut Session<'_>,
    ) -> anyhow::Result<Vec<(CaseNumber, anyhow::Result<Self>)>> {
        let sets = subject::of_cases(cases, trusted, session)?;
        let member = |(case, set): (&Case, anyhow::Result<IdentitySet>)| {
            (case.number, set.and_then(|set| Self::with_set(case, set, session)))
        };
        Ok(cases.iter().zip(sets).map(member).collect())
    }

    fn with_set(case: &Case, set: IdentitySet, session: &mut Session<'_>) -> anyhow::Result<Self> {
        let held = hold_on(case, &set, session)?;
        Ok(Self { case: case.number, subject: case.subject, set, held })
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
    /// The cases of a batch, and whose they are
    cases: Vec<(CaseNumber, SubjectRef)>,
    subjects: Vec<IdentitySet>,
    holds: Holds,
    scope: Scope,
    as_of: Timestamp,
    token: Token,
    /// Of a batch: what tells whose every row was when each was told what becomes of theirs
    whose: Option<[u8; 32]>,
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
        let holds = Holds { person, held: held(&trusted.map, session)? };
        let (about, subjects) = (About::Case(found.number), vec![set]);
        let token = token_of(about, session)?;
        Ok(Self { about, cases: Vec::new(), subjects, holds, scope, as_of, token, whose: None })
    }

    /// The same for several people, none of whom is under a hold, in the run `about`.
    pub(crate) fn together(
        about: About,
        members: Vec<Member>,
        scope: Scope,
        as_of: Timestamp,
        trusted: &Trusted,
        session: &mut Session<'_>,
    ) -> anyhow::Result<Self> {
        let holds = Holds { person: None, held: held(&trusted.map, session)? };
        let token = token_of(about, session)?;
        let (cases, subjects) = members.into_iter().map(|one| ((one.case, one.subject), one.set)).unzip();
        Ok(Self { about, cases, subjects, holds, scope, as_of, token, whose: None })
    }

    /// The same, resting on what each of them is told.
    pub(crate) fn telling(self, shares: &Shares) -> Self {
        Self { whose: Some(shares.whose()), ..self }
    }

    /// Whom it was about.
    pub(crate) fn into_members(self) -> Vec<Member> {
        let all = self.cases.into_iter().zip(self.subjects);
        all.map(|((case, subject), set)| Member { case, subject, set, held: None }).collect()
    }

    /// The cases of a batch and their people.
    pub(crate) fn members(&self) -> impl Iterator<Item = (CaseNumber, &IdentitySet)> {
        self.cases.iter().map(|(case, _)| *case).zip(&self.subjects)
    }

    /// How many people the cases of a batch are about.
    pub(crate) fn people(&self) -> usize {
        headcount::of(self.cases.iter().map(|(_, subject)| *subject).zip(&self.subjects))
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
            then: Vec::new(),
            zone,
            token: Rc::clone(&self.token),
        })
    }

    /// The same as if no hold were in force.
    pub(crate) fn without_holds(self) -> Self {
        Self { holds: Holds::default(), ..self }
    }

    /// What goes on record with a plan, sealed: what part was asked for. What is kept of it is decided again when its
    /// time comes.
    pub(crate) fn asked(&self) -> anyhow::Result<Body> {
        asking(&self.scope)
    }

    /// The same for a plan that removes a person's rows.
    pub(crate) fn asked_of_person(&self, trusted: &mut Trusted, session: &mut Session<'_>) -> anyhow::Result<Body> {
        let mut body = self.asked()?;
        for set in &self.subjects {
            remember(&mut body, set, &trusted.map, &mut *trusted.database, session)?;
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
            scope["cases"] = self.cases.iter().map(|(case, _)| case.to_string()).collect::<Vec<_>>().into();
            scope[WHOSE] = self.whose.map(|whose| (self.token)(&Value::Blob(whose.to_vec()))).into();
        }
        let command = if self.scope.anonymize { "anonymize" } else { "erase" };
        self.header_of(command, scope, map, database, session)
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
        header_of((command, self.about, self.as_of), scope, map, database, session)
    }
}

/// What the plan of a command about something, as of an instant, is bound to.
pub(super) fn header_of(
    (command, about, as_of): (&str, About, Timestamp),
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
        case: about.to_string(),
        map: map.map_fingerprint.clone(),
        schema_fingerprint: map.schema_fingerprint.clone(),
        scope,
        as_of,
        expires: as_of.checked_add(24.hours())?,
    })
}

/// What goes on record with a plan of this part.
pub(crate) fn asking(scope: &Scope) -> anyhow::Result<Body> {
    let mut body = Body::default();
    if *scope != Scope::default() {
        body.facts.insert(SCOPE.to_owned(), serde_json::to_string(scope)?.as_str().into());
    }
    Ok(body)
}

/// Where the plan stands in the body of what a purge leaves of people.
pub(crate) const PLAN: &str = "plan";

/// Where the fingerprints of a person's rows stand in a body.
pub(crate) const FINGERPRINTS: &str = "fingerprints";

/// Where fingerprints of some rows that are tied to them stand in a body.
pub(crate) const SAMPLES: &str = "samples";

/// Seals with a plan by what the person's rows are known again on a restored backup: afterwards nobody can say.
pub(crate) fn remember(
    body: &mut Body,
    set: &IdentitySet,
    map: &Classified,
    database: &mut dyn Database,
    session: &mut Session<'_>,
) -> anyhow::Result<()> {
    let (zone, tagging) = (session.zone()?, session.reading()?.tagging()?);
    let with = Telling { map, zone: &zone, tagging: &tagging };
    let prints = Print::of_persons(&with, set, database)?;
    let samples = with.samples(set, database)?;
    for (word, prints) in [(FINGERPRINTS, prints), (SAMPLES, samples)] {
        if !prints.is_empty() {
            body.facts.insert(word.to_owned(), seal(&prints));
        }
    }
    database.renew()?; // no writer is held up while somebody reads the plan
    Ok(())
}

pub(super) fn token_of(about: About, session: &mut Session<'_>) -> anyhow::Result<Token> {
    let secret = session.reading()?.plan_secret(&about.to_string())?;
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

/// The part of a person's data that a plan was for, as it was sealed with it ([`Planning::asked`]). What cannot be read is
/// no part: nobody may take it for the whole.
pub(crate) fn asked_of(body: &Body) -> Result<Scope, CasebookError> {
    let Some(sealed) = body.facts.get(SCOPE) else { return Ok(Scope::default()) };
    let unreadable = || CasebookError::Row("events");
    let sealed: serde_json::Value = serde_json::from_str(sealed.reveal()).map_err(|_| unreadable())?;
    // an empty list would be read as nothing in particular
    if !sealed.is_object() {
        return Err(unreadable());
    }
    serde_json::from_value(sealed).map_err(|_| unreadable())
}

/// The same of the event that holds the plan; without its key nobody can say what was asked for.
pub(crate) fn asked_in(recorded: &Recorded) -> Result<Scope, CasebookError> {
    match (&recorded.body, recorded.key) {
        (Some(body), _) => asked_of(body),
        (None, Some(key)) => Err(CasebookError::KeyMissing(key)),
        (None, None) => Ok(Scope::default()),
    }
}

/// Where the part that was asked for stands in a body.
const SCOPE: &str = "scope";

/// Whether something took place: a row went, was written over, or says now that a consent ended.
pub(crate) fn took_place(tables: &[TableCount]) -> bool {
    tables.iter().any(|count| count.what != "kept")
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

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(facts: &[(&str, &str)]) -> Result<Scope, CasebookError> {
        let facts = facts.iter().map(|(word, fact)| ((*word).to_owned(), (*fact).into())).collect();
        asked_of(&Body { facts, ..Body::default() })
    }

    #[test]
    fn what_part_was_asked_for_is_read_or_refused() {
        assert!(asked(&[]).unwrap().is_whole());
        let part = asked(&[("scope", r#"{"categories":["location"],"anonymize":true}"#)]).unwrap();
        assert!(!part.is_whole() && part.anonymize && part.categories.contains("location"));
        for unreadable in ["", "{", "[]", r#"{"categories":"location"}"#, r#"{"later_word":["x"]}"#] {
            assert!(asked(&[("scope", unreadable)]).is_err(), "{unreadable}");
        }
    }
}
