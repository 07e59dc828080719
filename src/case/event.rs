//! What can happen to a case, a purge, a hold or the workspace, and what is recorded of it.
//!
//! An [`Event`] is the **header**: codes, counts, dates, digests, table and column names, the officer's name. It is
//! chained, exported to auditors and never erased, so it holds nothing about the person. Everything that does, and every
//! text that somebody typed, goes into the [`Body`], which is encrypted under a key that is destroyed on schedule.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{
    age::Band,
    agreement::Agreement,
    deadline::{ClockRule, Deadline},
    decision::{Decision, KeyPurpose, PurgeDuty, TagPurpose},
    evidence::Evidence,
    identity::{Identity, IdentitySet},
    letter::Letter,
    number::{About, CaseNumber, RunNumber},
    opaque::{Fingerprint, IdentityTag, KeyId, SubjectRef},
    refusal_code::RefusalCode,
    request::{Channel, Level, Regime, Request, RequesterType},
    secret::Secret,
};
use crate::data_map::Wording;

/// One event's header fields. The JSON of this, as first written, is what the chain covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
#[expect(missing_docs, reason = "a field says what its name says; units and shapes are in its type")]
pub enum Event {
    /// The casebook was made; always event 1
    WorkspaceCreated { tag_key: KeyId },
    /// A data map was accepted, for the database and the files folder at these places (digests of their paths)
    MapTrusted {
        map: Fingerprint,
        schema: Fingerprint,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        database: Option<Fingerprint>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        files: Option<Fingerprint>,
    },
    /// Somebody said at a terminal that the clock is right, although a long time without an event lies behind
    ClockConfirmed {},
    /// An older or forked copy of the casebook was accepted as the one to go on with
    HeadAdopted {
        known_number: i64,
        known_hash: Fingerprint,
        /// The last change that the database says it carries, where it is not on record any more
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mark: Option<i64>,
    },
    /// A key was destroyed; what it sealed can never be read again
    KeyDestroyed { key: KeyId },
    /// A key has a successor. So many bodies that it sealed, or any before it in its place, are sealed once more under that;
    /// `sealed` is the digest over them as they stand now
    KeyReplaced { key: KeyId, by: KeyId, bodies: u64, sealed: Fingerprint },
    /// The key of identity tags has a successor, under which so many tags were computed anew; so many could not be and
    /// were dropped. Body, the first time: the key by which tags within bodies are computed for good
    TagKeyReplaced { key: KeyId, by: KeyId, tags: u64, dropped: u64 },
    /// droit's own house is being tidied: so much of each goes, after the casebook was scrubbed and so many bytes were
    /// searched for what was in the keys
    Tidied {
        keys: u64,
        strays: u64,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        packages: Vec<CaseNumber>,
        letters: u64,
        plans: u64,
        searched: u64,
    },
    /// An explicit, expiring exception; body: why
    Waiver {
        code: String,
        until: Timestamp,
        tables: Vec<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        part: Option<Fingerprint>,
    },
    /// A full identifier was shown; body: why
    Revealed { what: String },
    /// Tags of a person were put on a list; body: the tags
    TagsAdded { purpose: TagPurpose, subject: SubjectRef, count: u32 },
    /// A person was taken off a list
    TagsDropped { purpose: TagPurpose, subject: SubjectRef },

    /// A request arrived; body: who asks, how to reply, what was given to find the person, their tags
    Opened {
        subject: SubjectRef,
        request: Request,
        regime: Regime,
        channel: Channel,
        requester: RequesterType,
        received_at: Timestamp,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        scope: Vec<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        policy_version: Option<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        linked: Vec<CaseNumber>,
        due: Vec<DueDate>,
    },
    /// The person was told that the request arrived
    Acknowledged { sent_at: Timestamp, channel: Channel },
    /// The person was asked to prove who they are
    IdRequested { sent_at: Timestamp, level: Level, doubt: bool },
    /// The identity was verified; body: the identity given and the set captured
    Identified {
        level: Level,
        method: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        age: Option<Band>,
        due: Vec<DueDate>,
    },
    /// The identity was not verified
    IdentityFailed { level: Level, method: String },
    /// A minor's data was found to be held without consent: the 72 hours of KM72 begin
    MinorFound { found_at: Timestamp },
    /// Body: the note
    Noted {},
    /// The case is now somebody's
    Assigned { to: String },
    /// A clock was extended, with notice to the person; body: why
    Extended { clock: ClockRule, days: u16, notice_at: Timestamp, due: Vec<DueDate> },
    /// The request was refused as a whole; body: the reason in words
    Refused { code: RefusalCode, law: String },
    /// A package was made
    Exported { portable: bool, package: Fingerprint, tables: Vec<TableCount>, withheld: BTreeMap<String, u64> },
    /// A correction was asked for and can be made; body, under a key of its own: the new values in clear
    CorrectionAsked { fields: Vec<String>, evidence: Evidence },
    /// What must not be changed was annotated instead (LAW §7.6); body: the words
    Annotated { fields: Vec<String>, evidence: Evidence },
    /// A correction of ours changed a value by which the person is known; body: the same person's set as it is now
    Recaptured {},
    /// What the person wants stopped: consent scopes, messages as CHANNEL/TOPIC with * for all. It stops with the plan
    /// that follows; without one all of it had stopped before
    StopAsked {
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        consents: Vec<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        messages: Vec<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        plan: Option<Fingerprint>,
    },
    /// The case restricts its person, or lets them go. It is so with the plan that follows; without one it is so as it
    /// stands
    RestrictionAsked {
        change: Restricting,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        plan: Option<Fingerprint>,
        /// Rows that nothing in the database restricts
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tables: Vec<TableCount>,
    },
    /// A plan was made; body of a correction: the old and the new values, masked
    Planned {
        plan: Fingerprint,
        tables: Vec<TableCount>,
        /// It is about a part of what is held on the person
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        part: bool,
    },
    /// A plan for several cases was made; what it does to this one
    PlannedTogether {
        run: RunNumber,
        plan: Fingerprint,
        tables: Vec<TableCount>,
        kept: Vec<Kept>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        part: bool,
    },
    /// A restored backup holds what was done for this case as it was before, and the run does it again; body: the part
    /// and the person's set as they are found there
    CameBack { run: RunNumber, plan: Fingerprint, tables: Vec<TableCount>, kept: Vec<Kept> },
    /// A replay could not tell what of the case came back, by the words of why: somebody has to look. Without words
    /// nothing of it is left any more
    LeftToPerson { run: RunNumber, why: Vec<String> },
    /// Somebody looked at what a replay had left, and decided; body: what, and how
    Decided {},
    /// Whoever made a plan signed it
    PlanSigned { plan: Fingerprint, by: Box<Agreement> },
    /// A second officer (the actor) agreed to a plan
    Approved {
        plan: Fingerprint,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<Box<Agreement>>,
    },
    /// The work list of a change is on record, before anything is changed
    IntentOpened { intent: i64, plan: Fingerprint, database: String, key: KeyId, windows: i64, work: Fingerprint },
    /// The change is about to be committed; without `committed` after it: look here
    Committing { intent: i64 },
    /// The user database confirmed the change
    Committed { intent: i64 },
    /// The change did not and will not take place
    Abandoned { intent: i64, why: String },
    /// The change and the removal of files are done
    Removed { intent: i64, tables: Vec<TableCount>, kept: Vec<Kept> },
    /// What the change replaces and removes is kept until then, sealed under a key of its own, so that it can be undone:
    /// so many rows; recorded before `committing`
    UndoKept { intent: i64, key: KeyId, until: Timestamp, rows: u64 },
    /// What was kept of the change is destroyed: it can be undone no more
    UndoEnded { intent: i64 },
    /// A plan was made that puts back what the change `of` replaced and removed
    UndoPlanned { plan: Fingerprint, of: i64, tables: Vec<TableCount> },
    /// What the change `of` replaced and removed is as it was before
    Undone { intent: i64, of: i64, tables: Vec<TableCount> },
    /// The run's change is committed and with it this case's part, as it was planned
    RemovedTogether { run: RunNumber, intent: i64 },
    /// The bytes are gone, too
    Proven { certificate: Fingerprint },
    /// It cannot be shown that the bytes are gone
    NotProvable { certificate: Fingerprint, because: Vec<String> },
    /// An erasure waits, in whole or in part
    Scheduled { everything: bool, items: Vec<Kept> },
    /// Nothing of the case waits any more
    ScheduleEnded {},
    /// Recipients of the data were told
    RecipientsNotified { sent: u32, acknowledged: u32 },
    /// A reply was sent; body: where to, and the reasons in words
    Answered {
        decision: Decision,
        interim: bool,
        sent_at: Timestamp,
        channel: Channel,
        reply: Fingerprint,
        remedies_given: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        law: Option<String>,
        /// What was asked was done by hand, beside droit
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        by_hand: bool,
    },
    /// A letter was sent that is no answer
    LetterSent { letter: Letter, sent_at: Timestamp, channel: Channel, sha256: Fingerprint },
    /// Nothing more will happen
    Closed {},
    /// Taken up again under the same number; body: why
    Reopened { due: Vec<DueDate> },
    /// Answered in another case
    Merged { into: CaseNumber },
    /// The person took the request back
    Withdrawn {},
    /// The person complained about the answer
    Complained { at: Timestamp },

    /// A purge began
    RunStarted {
        duty: PurgeDuty,
        as_of: Timestamp,
        rules: Fingerprint,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        plan: Option<Fingerprint>,
        /// Of a replay: the last change that is not to be repeated
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<i64>,
        /// Of a replay: the last change that the database carried by its mark, so that those after it were undone by
        /// whoever restored it; none where there is no mark
        #[serde(default, skip_serializing_if = "Option::is_none")]
        carried: Option<i64>,
    },
    /// A purge ended
    RunEnded {
        tables: Vec<TableCount>,
        skipped: u64,
        undecidable: u64,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        by_rule: Vec<RuleRun>,
    },

    /// Nothing of this person, or of this table, may be removed; body: who ordered it and why, the person's tags; of a
    /// confidential hold also the person's reference and the table, of which the header then says nothing
    HoldAdded {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subject: Option<SubjectRef>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        table: Option<String>,
        confidential: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
    },
    /// The hold is over
    HoldReleased {},
}

impl Event {
    /// Whether somebody says by it that the clock is right, although what came before is dated later.
    #[must_use]
    pub fn sets_the_clock(&self) -> bool {
        matches!(self, Self::HeadAdopted { .. })
    }

    /// Whether nothing before it makes the clock doubtful any more: a purge looks at it before it begins.
    #[must_use]
    pub fn assures_the_clock(&self) -> bool {
        match self {
            Self::HeadAdopted { .. } | Self::ClockConfirmed {} => true,
            Self::RunStarted { duty, .. } => {
                matches!(duty, PurgeDuty::Minors | PurgeDuty::Retention | PurgeDuty::Scheduled)
            }
            _ => false,
        }
    }

    /// Which key seals the event's body.
    #[must_use]
    pub fn key_purpose(&self, about: About) -> KeyPurpose {
        match about {
            // A corrected value is needed until the last older backup has expired, not as long as the case.
            About::Case(_) if matches!(self, Self::CorrectionAsked { .. }) => KeyPurpose::Corrected,
            About::Workspace => KeyPurpose::Workspace,
            About::Case(_) => KeyPurpose::Case,
            About::Run(_) => KeyPurpose::Run,
            About::Hold(_) => KeyPurpose::Hold,
        }
    }

    /// Words that somebody typed and that stand in the clear.
    #[must_use]
    pub fn typed_words(&self) -> Vec<&str> {
        match self {
            Self::Opened { scope, policy_version, .. } => {
                scope.iter().chain(policy_version).map(String::as_str).collect()
            }
            Self::Identified { method: word, .. }
            | Self::IdentityFailed { method: word, .. }
            | Self::Assigned { to: word }
            | Self::Refused { law: word, .. }
            | Self::Answered { law: Some(word), .. } => vec![word],
            Self::StopAsked { consents, messages, .. } => consents.iter().chain(messages).map(String::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// The intent that the event moves.
    #[must_use]
    pub fn intent(&self) -> Option<i64> {
        match self {
            Self::IntentOpened { intent, .. }
            | Self::Committing { intent }
            | Self::Committed { intent }
            | Self::Abandoned { intent, .. }
            | Self::Removed { intent, .. }
            | Self::Undone { intent, .. } => Some(*intent),
            _ => None,
        }
    }
}

/// What a case does to the restriction of its person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Restricting {
    /// It restricts them
    Restrict,
    /// Nothing in the database can restrict them: somebody sees to it
    ByHand,
    /// It restricts them no more; another case does
    LetGo,
    /// They are let go, whatever case restricted them
    Lift,
}

/// When a clock runs out, as it was computed at the time (LAW §3.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DueDate {
    /// The clock
    pub clock: ClockRule,
    /// The last day, as counted
    pub nominal: Date,
    /// The last day, holidays rolled over
    pub rolled: Date,
    /// Whether a calendar was missing, so that every day was counted
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub calendar_incomplete: bool,
}

impl DueDate {
    /// The dates of a clock as they are now.
    #[must_use]
    pub fn of(deadline: &Deadline) -> Self {
        Self {
            clock: deadline.rule,
            nominal: deadline.due_nominal,
            rolled: deadline.due_rolled,
            calendar_incomplete: deadline.incomplete,
        }
    }
}

/// What happened in one table, in rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableCount {
    /// The table's name
    pub table: String,
    /// What happened, such as `exported`, `corrected`, `deleted`, `anonymized`, `kept`
    pub what: String,
    /// How often
    pub rows: u64,
}

/// What one rule of a purge came to: a line of the destruction log (LAW §4.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleRun {
    /// The rule, such as `limit` or an outcome's word
    pub rule: String,
    /// The table that states it; none for rules about people
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The law, or the reason that the data map gives
    #[serde(default, skip_serializing_if = "Wording::is_empty")]
    pub because: Wording,
    /// People or rows that it found
    pub matched: u64,
    /// The earliest date that it counted from
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<Date>,
    /// The latest date that it counted from
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Date>,
}

/// What stays, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// The table's name
    pub table: String,
    /// How many rows
    pub rows: u64,
    /// Why, such as RET, LIVE, HOLD, or a word of the plan
    pub code: String,
    /// The law that asks for it, as the data map cites it
    pub law: Wording,
    /// The last day it is kept; none when it depends on something that has not happened yet
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// What is personal or confidential in an event. All of it is optional; which event carries what stands at the event.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    /// Who asks
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Secret>,
    /// Where the reply goes
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Secret>,
    /// What was given to find the person
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<Identity>,
    /// The closed set it resolves to
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set: Option<IdentitySet>,
    /// A note, a reason, the words of the request
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Secret>,
    /// Keyed tags of the person
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<IdentityTag>,
    /// Whatever else, by a word of the command that records it
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, Secret>,
}

impl Body {
    /// Makes a body of one text.
    pub fn text(text: impl Into<Secret>) -> Self {
        Self { text: Some(text.into()), ..Self::default() }
    }

    /// Makes a body of tags.
    #[must_use]
    pub fn tags(tags: Vec<IdentityTag>) -> Self {
        Self { tags, ..Self::default() }
    }

    /// Adds whom or what a confidential hold protects.
    #[must_use]
    pub fn holding(mut self, subject: Option<SubjectRef>, table: Option<&str>) -> Self {
        let facts = [(SUBJECT, subject.map(|subject| subject.to_string())), (TABLE, table.map(str::to_owned))];
        self.facts.extend(facts.into_iter().filter_map(|(word, fact)| Some((word.to_owned(), fact?.as_str().into()))));
        self
    }

    /// Whom or what a confidential hold protects.
    #[must_use]
    pub fn held(&self) -> (Option<SubjectRef>, Option<String>) {
        let fact = |word| self.facts.get(word).map(|fact| fact.reveal().to_owned());
        (fact(SUBJECT).and_then(|subject| subject.parse().ok()), fact(TABLE))
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Facts of a confidential hold
const SUBJECT: &str = "subject";
const TABLE: &str = "table";

/// An event as it stands in the casebook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its number, from 1, without gaps
    pub number: i64,
    /// When it was recorded, to the second
    pub at: Timestamp,
    /// Who recorded it
    pub actor: String,
    /// What it is about
    pub about: About,
    /// The header fields
    pub event: Event,
    /// The key that seals the body; none when there is no body
    pub key: Option<KeyId>,
    /// The body, if there is one and its key still exists
    pub body: Option<Body>,
    /// The hash of the event before
    pub previous: Fingerprint,
    /// The hash of this event
    pub hash: Fingerprint,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_tagged_json_in_the_order_of_its_fields() {
        let event = Event::Waiver {
            code: "drift".to_owned(),
            until: Timestamp::UNIX_EPOCH,
            tables: vec!["t".to_owned()],
            part: None,
        };
        let json = serde_json::to_string(&event).unwrap();
        assert_eq!(json, r#"{"event":"waiver","code":"drift","until":"1970-01-01T00:00:00Z","tables":["t"]}"#);
        assert_eq!(serde_json::from_str::<Event>(&json).unwrap(), event);
    }

    #[test]
    fn an_event_without_fields_survives() {
        let json = serde_json::to_string(&Event::Closed {}).unwrap();
        assert_eq!(json, r#"{"event":"closed"}"#);
        assert_eq!(serde_json::from_str::<Event>(&json).unwrap(), Event::Closed {});
    }

    #[test]
    fn unknown_fields_are_refused() {
        assert!(serde_json::from_str::<Event>(r#"{"event":"closed","name":"x"}"#).is_err());
        assert!(serde_json::from_str::<Event>(r#"{"event":"vanished"}"#).is_err());
    }

    #[test]
    fn a_body_never_shows_what_is_in_it() {
        let body = Body {
            name: Some("张伟".into()),
            identity: Some(Identity::of([("phone", "13800138000")])),
            facts: BTreeMap::from([("old".to_owned(), Secret::from("zhang@example.com"))]),
            tags: vec![IdentityTag::new([0xab; 32])],
            ..Body::text("call him at noon")
        };
        let shown = format!("{body:?}");
        for secret in ["张", "138", "zhang", "noon", "abab", "171"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
