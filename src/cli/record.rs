//! The session's way to the casebook: opened when first asked for, for writing only where something is recorded.

use std::{collections::BTreeMap, rc::Rc};

use jiff::civil::Date;

use crate::{
    case::{
        About, Body, Case, CaseNumber, Event, HoldNumber, Identity, IdentitySet, IdentityTag, Recorded, Secret,
        typed::names_them,
    },
    casebook::{Casebook, CasebookError, Hold, KeyFolder, Opening},
    kind::Kind,
};

use super::{
    out::Out,
    session::Session,
    subject, successor,
    text::{Text, trouble},
    trace,
};

/// The casebook as far as it was opened.
#[derive(Default)]
pub(super) enum Book {
    /// Not yet
    #[default]
    Shut,
    /// For reading
    Reading(Casebook),
    /// For writing
    Writing(Casebook),
}

/// Whether a tag is of somebody who was erased, and whose row in the table stayed.
pub(crate) type ErasedIn = dyn Fn(&IdentityTag, &str) -> bool;

impl Session<'_> {
    /// How the casebook is opened.
    pub(crate) fn opening(&mut self) -> anyhow::Result<Opening> {
        Ok(Opening {
            path: self.workspace()?.casebook(),
            keys: KeyFolder::open(&self.key_folder()?)?,
            random: Box::new(self.random()),
            command: self.choices.command.clone(),
            wait: self.choices.lock_wait,
        })
    }

    /// The casebook, at least for reading.
    pub(crate) fn reading(&mut self) -> anyhow::Result<&mut Casebook> {
        if matches!(self.book, Book::Shut) {
            let opening = self.opening()?;
            let opened = match Casebook::open_read_only(opening) {
                Err(CasebookError::HotJournal) => Book::Writing(Casebook::open(self.opening()?)?),
                other => Book::Reading(other?),
            };
            self.book = opened;
        }
        match &mut self.book {
            Book::Reading(book) | Book::Writing(book) => Ok(book),
            Book::Shut => Err(trouble::NO_WORKSPACE.plain().into()),
        }
    }

    /// The casebook for an audit, whichever copy it is; nothing is recorded.
    pub(crate) fn auditing(&mut self) -> anyhow::Result<Casebook> {
        match Casebook::open_for_audit(self.opening()?) {
            Err(CasebookError::HotJournal) => {
                Casebook::undo_half_written(&self.opening()?)?;
                Ok(Casebook::open_for_audit(self.opening()?)?)
            }
            other => Ok(other?),
        }
    }

    /// The casebook, for writing.
    pub(crate) fn casebook(&mut self) -> anyhow::Result<&mut Casebook> {
        if !matches!(self.book, Book::Writing(_)) {
            self.lock()?;
            self.book = Book::Shut;
            self.book = Book::Writing(Casebook::open(self.opening()?)?);
        }
        match &mut self.book {
            Book::Writing(book) => Ok(book),
            _ => Err(trouble::NO_WORKSPACE.plain().into()),
        }
    }

    /// Records an event under the officer's name.
    pub(crate) fn record(&mut self, about: impl Into<About>, event: Event, body: &Body) -> anyhow::Result<Recorded> {
        let (officer, now, about) = (self.officer()?, self.now(), about.into());
        self.require_nobody_named(about, &event, body)?;
        Ok(self.casebook()?.append(now, &officer, about, event, Some(body))?)
    }

    /// Refuses what stays readable in the record and names the person of its case.
    fn require_nobody_named(&mut self, about: About, event: &Event, body: &Body) -> anyhow::Result<()> {
        let (words, About::Case(number)) = (event.typed_words(), about) else { return Ok(()) };
        // consents and messages are words of the map
        let words = if matches!(event, Event::StopAsked { .. }) { Vec::new() } else { words };
        let Some(case) = (if words.is_empty() { None } else { self.reading()?.case(number)? }) else { return Ok(()) };
        let names = words.into_iter().any(|word| names_them(word, &case.personal, body));
        if names { Err(CasebookError::PersonalInClear.into()) } else { Ok(()) }
    }

    /// Opens a case on the local day `day`.
    pub(crate) fn open_case(&mut self, day: Date, event: Event, body: &Body) -> anyhow::Result<CaseNumber> {
        let (officer, now) = (self.officer()?, self.now());
        Ok(self.casebook()?.open_case(now, &officer, day, event, Some(body))?.0)
    }

    /// Adds a legal hold on the local day `day`.
    pub(crate) fn add_hold(&mut self, day: Date, event: Event, body: &Body) -> anyhow::Result<HoldNumber> {
        let (officer, now) = (self.officer()?, self.now());
        Ok(self.casebook()?.add_hold(now, &officer, day, event, Some(body))?.0)
    }

    /// The case of that number.
    pub(crate) fn case(&mut self, number: CaseNumber) -> anyhow::Result<Case> {
        let found = self.reading()?.case(number)?;
        Ok(found.ok_or_else(|| trouble::NO_SUCH_CASE.with(&[("case", &number.to_string())]))?)
    }

    /// The holds in force.
    pub(crate) fn holds(&mut self) -> anyhow::Result<Vec<Hold>> {
        Ok(self.reading()?.holds()?)
    }

    /// Of whom everything is gone that could go, as of when that was first asked.
    pub(crate) fn erased(&mut self) -> anyhow::Result<Rc<ErasedIn>> {
        let known: Rc<ErasedIn> = match &self.erased {
            Some(known) => Rc::clone(known),
            None => Rc::new(self.reading()?.erased()?),
        };
        self.erased = Some(Rc::clone(&known));
        Ok(known)
    }

    /// Somebody was erased since: they are asked for again.
    pub(crate) fn forget_erased(&mut self) {
        self.erased = None;
    }

    /// The keyed tags of an identity, by which the same person is known again.
    pub(crate) fn tags(&mut self, identity: &Identity) -> anyhow::Result<Vec<IdentityTag>> {
        let canonical: Vec<(String, String)> = identity
            .identifiers
            .iter()
            .map(|given| {
                let text = given.value.reveal();
                let kind = given.kind.parse::<Kind>().ok();
                (given.kind.clone(), kind.and_then(|kind| kind.normalise(text)).unwrap_or_else(|| text.to_owned()))
            })
            .collect();
        let book = self.reading()?;
        canonical.iter().map(|(kind, value)| Ok(book.tag(kind, value)?)).collect()
    }

    /// The tags by which somebody is taken to be the same person: of values that identify by themselves, never of a name
    /// alone (LAW §7.1).
    pub(crate) fn telling_tags(&mut self, identity: &Identity) -> anyhow::Result<Vec<IdentityTag>> {
        let people = self.person_words();
        let mut telling = identity.clone();
        telling.identifiers.retain(|identifier| {
            let by_itself = |kind: Kind| kind.identifies() && !kind.is_weak();
            people.contains(&identifier.kind) || identifier.kind.parse().is_ok_and(by_itself)
        });
        self.tags(&telling)
    }

    /// What identifying a case seals: the identity given now, else the one that the request came with; and the closed
    /// set that it leads to, as far as there is a trusted map to look by.
    pub(crate) fn identity_body(
        &mut self,
        number: CaseNumber,
        given: Identity,
        out: &mut Out<'_>,
    ) -> anyhow::Result<Body> {
        let case = self.case(number)?;
        let of_the_request = given.is_empty() || case.personal.identity.as_ref() == Some(&given);
        let identity = if of_the_request { case.personal.identity.clone() } else { Some(given) };
        let identity = identity.ok_or_else(|| trouble::NO_IDENTIFIERS.plain())?;
        let captured = self.captured(&identity, out)?;
        match &captured {
            Some((set, _)) if of_the_request => successor::require_none(&case, &identity, set, self)?,
            Some((set, _)) => successor::require_no_other(&case, set, self)?,
            None => {}
        }
        let tags = match &captured {
            Some((set, _)) => subject::tags(Some(&identity), set, self)?,
            None => self.tags(&identity)?,
        };
        let (set, facts) = captured.map(|(set, facts)| (Some(set), facts)).unwrap_or_default();
        Ok(Body { identity: Some(identity), set, facts, tags, ..Body::default() })
    }

    /// Without a trusted map nothing is captured, which is said; exports and erasures then refuse.
    fn captured(
        &mut self,
        identity: &Identity,
        out: &mut Out<'_>,
    ) -> anyhow::Result<Option<(IdentitySet, BTreeMap<String, Secret>)>> {
        let mut trusted = match self.trusted() {
            Ok(trusted) => trusted,
            Err(error) => {
                let code = trace::failure(&error).code();
                out.warning("not_captured", NOT_CAPTURED, &[("code", code)]);
                return Ok(None);
            }
        };
        let set = subject::require_clear(subject::resolve(identity, &mut trusted, self)?)?;
        if set.persons.is_empty() {
            out.warning("no_account", NO_ACCOUNT, &[]);
        }
        let facts = subject::fingerprints(&set, &mut trusted, self)?;
        Ok(Some((set, facts)))
    }
}

const NOT_CAPTURED: Text = Text {
    en: "whom the identifiers lead to could not be looked up ({code}); before an export or an erasure, identify again",
    zh: "未能查明标识对应的人（{code}）；导出或删除前请重新核验",
};
const NO_ACCOUNT: Text = Text {
    en: "no account belongs to these identifiers; rows that bear them are found all the same",
    zh: "这些标识没有对应的账号；含有这些标识的数据行仍会找到",
};
