//! The case itself: what its events add up to. Nothing here is stored but as a copy of the events.

use std::fmt;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{
    decision::Decision,
    event::{AgeBand, Body, DueDate, Event, Kept, Recorded, TableCount},
    identity::{Identity, IdentitySet},
    intent::{IntentMove, IntentState},
    number::CaseNumber,
    opaque::{Fingerprint, SubjectRef},
    refusal_code::RefusalCode,
    request::{Channel, Level, Regime, Request, RequesterType},
    secret::Secret,
    status::{Status, StatusMove},
};

/// Why an event cannot happen to a case as it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IllegalMove {
    /// The state machine does not have the move
    #[error(transparent)]
    Status(#[from] StatusMove),
    /// The intent is not where the event needs it
    #[error(transparent)]
    Intent(#[from] IntentMove),
    /// The first event of a case is `opened`
    #[error("the case is not opened yet")]
    NotOpened,
    /// A case is opened once
    #[error("the case is opened already")]
    AlreadyOpened,
    /// The event is about something else
    #[error("the event is not about this case")]
    OtherCase,
    /// This request needs more proof of who asks
    #[error("this request needs an identity verified at {needed}, {}", had(*verified))]
    Level {
        /// What the request needs
        needed: Level,
        /// What was verified
        verified: Option<Level>,
    },
    /// The event names an intent that is not the case's
    #[error("intent {0} is not this case's open intent")]
    OtherIntent(i64),
    /// A proof needs something that was removed
    #[error("nothing was removed that could be proven gone")]
    NothingRemoved,
    /// LAW §4.1: a refusal or partial answer tells the remedies
    #[error("a reply that is not a full yes must tell the person how to object to it")]
    RemediesMissing,
    /// An event of a purge, a hold or the workspace
    #[error("this event does not happen to cases")]
    NotOfCases,
}

fn had(level: Option<Level>) -> String {
    level.map_or_else(|| "and none is verified".to_owned(), |level| format!("and it is verified at {level}"))
}

/// The extension of a clock (D10).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// The clock's code
    pub clock: String,
    /// Its new last day
    pub until: Date,
    /// When the person was told
    pub notice_at: Timestamp,
}

/// A refusal of the whole request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// The code
    pub code: RefusalCode,
    /// The law it rests on
    pub law: String,
}

/// A reply that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// What it says
    pub decision: Decision,
    /// Whether it only bridges the time (D9)
    pub interim: bool,
    /// When it was sent
    pub sent_at: Timestamp,
    /// Over which channel
    pub channel: Channel,
    /// The SHA-256 of what was sent
    pub sha256: Fingerprint,
    /// Whether it told the remedies
    pub remedies_given: bool,
    /// The law it cites
    pub law: Option<String>,
}

/// What is known about the bytes of what was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// Nothing was removed
    NotNeeded,
    /// Removed by SQL; the bytes may still be there
    Pending,
    /// The bytes are gone
    Proven,
    /// It cannot be shown
    NotProvable,
}

/// One request and everything that happened to it: the columns of LAW §4.1. What is personal (at the end) is there only
/// while the case key is, and is never serialized.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns are explained in LAW §4.1 and at the events they come from")]
pub struct Case {
    pub number: CaseNumber,
    pub status: Status,
    pub subject: SubjectRef,
    pub request: Request,
    pub regime: Regime,
    pub channel: Channel,
    pub requester: RequesterType,
    pub received_at: Timestamp,
    pub opened_at: Timestamp,
    pub intake_operator: String,
    pub scope: Vec<String>,
    pub policy_version: Option<String>,
    pub linked: Vec<CaseNumber>,
    pub due: Vec<DueDate>,
    pub acknowledged_at: Option<Timestamp>,
    pub id_requested_at: Option<Timestamp>,
    pub level: Option<Level>,
    pub method: Option<String>,
    pub verified_at: Option<Timestamp>,
    pub failed_verifications: u32,
    pub age: Option<AgeBand>,
    pub assigned_to: Option<String>,
    pub approver: Option<String>,
    pub extension: Option<Extension>,
    pub refused: Option<Refused>,
    pub plan: Option<Fingerprint>,
    pub intent: Option<(i64, IntentState)>,
    pub package: Option<Fingerprint>,
    pub actions: Vec<TableCount>,
    pub retained: Vec<Kept>,
    pub waiting: Vec<Kept>,
    pub proof: Proof,
    pub certificate: Option<Fingerprint>,
    /// When everything asked for was really done (D11: stops K15W)
    pub completed_at: Option<Timestamp>,
    pub recipients_sent: u32,
    pub recipients_acknowledged: u32,
    pub replies: Vec<Reply>,
    pub closed_at: Option<Timestamp>,
    pub reopened: u32,
    pub merged_into: Option<CaseNumber>,
    pub complained_at: Option<Timestamp>,
    pub events: u32,
    pub last_event: i64,
    pub last_hash: Fingerprint,
    #[serde(skip)]
    pub personal: Personal,
}

/// What only the bodies know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the body")]
pub struct Personal {
    pub name: Option<Secret>,
    pub reply_to: Option<Secret>,
    pub identity: Option<Identity>,
    pub set: Option<IdentitySet>,
    pub request_text: Option<Secret>,
    pub reason: Option<Secret>,
    pub extension_reason: Option<Secret>,
}

impl Case {
    /// Begins a case with its first event, which must be `opened`.
    pub fn open(recorded: &Recorded) -> Result<Self, IllegalMove> {
        let number = recorded.about.case().ok_or(IllegalMove::NotOfCases)?;
        let Event::Opened {
            subject,
            request,
            regime,
            channel,
            requester,
            received_at,
            scope,
            policy_version,
            linked,
            due,
        } = &recorded.event
        else {
            return Err(IllegalMove::NotOpened);
        };
        let mut case = Self {
            number,
            status: Status::Received,
            subject: *subject,
            request: *request,
            regime: *regime,
            channel: *channel,
            requester: *requester,
            received_at: *received_at,
            opened_at: recorded.at,
            intake_operator: recorded.actor.clone(),
            scope: scope.clone(),
            policy_version: policy_version.clone(),
            linked: linked.clone(),
            due: due.clone(),
            acknowledged_at: None,
            id_requested_at: None,
            level: None,
            method: None,
            verified_at: None,
            failed_verifications: 0,
            age: None,
            assigned_to: None,
            approver: None,
            extension: None,
            refused: None,
            plan: None,
            intent: None,
            package: None,
            actions: Vec::new(),
            retained: Vec::new(),
            waiting: Vec::new(),
            proof: Proof::NotNeeded,
            certificate: None,
            completed_at: None,
            recipients_sent: 0,
            recipients_acknowledged: 0,
            replies: Vec::new(),
            closed_at: None,
            reopened: 0,
            merged_into: None,
            complained_at: None,
            events: 0,
            last_event: 0,
            last_hash: recorded.hash,
            personal: Personal::default(),
        };
        case.take_note(recorded);
        Ok(case)
    }

    /// Takes the next event in. On an error the case is as it was.
    pub fn apply(&mut self, recorded: &Recorded) -> Result<(), IllegalMove> {
        if recorded.about.case() != Some(self.number) {
            return Err(IllegalMove::OtherCase);
        }
        self.require_legal(&recorded.event)?;
        if let Some(status) = target(&recorded.event) {
            self.status = status;
        }
        self.take_identity(recorded);
        self.take_work(recorded);
        self.take_answer(recorded);
        self.take_note(recorded);
        Ok(())
    }

    /// Checks that the event may happen to the case as it stands.
    pub fn require_legal(&self, event: &Event) -> Result<(), IllegalMove> {
        if let Some(to) = target(event) {
            self.status.require_move(to)?;
        }
        match event {
            Event::Opened { .. } => Err(IllegalMove::AlreadyOpened),
            Event::Exported { .. } | Event::Planned { .. } | Event::IntentOpened { .. } => self.require_identified(),
            Event::Proven { .. } | Event::NotProvable { .. } if self.proof == Proof::NotNeeded => {
                Err(IllegalMove::NothingRemoved)
            }
            Event::Answered { decision, remedies_given: false, interim: false, .. } if decision.requires_remedies() => {
                Err(IllegalMove::RemediesMissing)
            }
            Event::Committing { intent }
            | Event::Committed { intent }
            | Event::Abandoned { intent, .. }
            | Event::Removed { intent, .. } => self.require_intent(*intent, event),
            Event::WorkspaceCreated { .. }
            | Event::MapTrusted { .. }
            | Event::HeadAdopted { .. }
            | Event::RunStarted { .. }
            | Event::RunEnded { .. }
            | Event::HoldAdded { .. }
            | Event::HoldReleased {} => Err(IllegalMove::NotOfCases),
            _ => Ok(()),
        }
    }

    /// Checks that the identity is verified at the level that the request needs (LAW §2.4).
    pub fn require_identified(&self) -> Result<(), IllegalMove> {
        let needed = self.request.level();
        if self.level.is_some_and(|level| level >= needed) {
            Ok(())
        } else {
            Err(IllegalMove::Level { needed, verified: self.level })
        }
    }

    fn require_intent(&self, intent: i64, event: &Event) -> Result<(), IllegalMove> {
        match (self.intent, IntentState::after(event)) {
            (Some((own, from)), Some(to)) if own == intent => Ok(from.require_move(intent, to)?),
            _ => Err(IllegalMove::OtherIntent(intent)),
        }
    }

    /// The last reply that was not an interim one.
    #[must_use]
    pub fn reply(&self) -> Option<&Reply> {
        self.replies.iter().rev().find(|reply| !reply.interim)
    }

    fn take_identity(&mut self, recorded: &Recorded) {
        match &recorded.event {
            Event::Acknowledged { sent_at, .. } => self.acknowledged_at = self.acknowledged_at.or(Some(*sent_at)),
            Event::IdRequested { sent_at, .. } => self.id_requested_at = self.id_requested_at.or(Some(*sent_at)),
            Event::Identified { level, method, age, due } => {
                self.level = self.level.max(Some(*level));
                self.method = Some(method.clone());
                self.verified_at = self.verified_at.or(Some(recorded.at));
                self.age = age.or(self.age);
                self.renew(due);
            }
            Event::IdentityFailed { .. } => self.failed_verifications += 1,
            Event::Assigned { to } => self.assigned_to = Some(to.clone()),
            Event::Extended { clock, until, notice_at, due } => {
                self.extension = Some(Extension { clock: clock.clone(), until: *until, notice_at: *notice_at });
                self.renew(due);
            }
            _ => {}
        }
    }

    fn take_work(&mut self, recorded: &Recorded) {
        match &recorded.event {
            Event::Exported { package, tables, .. } => {
                self.package = Some(*package);
                self.actions.extend_from_slice(tables);
                self.completed_at = Some(recorded.at);
            }
            Event::Planned { plan, .. } => (self.plan, self.approver) = (Some(*plan), None),
            Event::Approved { .. } => self.approver = Some(recorded.actor.clone()),
            Event::Removed { tables, kept, .. } => {
                self.actions.extend_from_slice(tables);
                self.retained.extend_from_slice(kept);
                (self.proof, self.completed_at) = (Proof::Pending, None);
            }
            Event::Proven { certificate } => {
                (self.proof, self.certificate, self.completed_at) =
                    (Proof::Proven, Some(*certificate), Some(recorded.at));
            }
            Event::NotProvable { certificate, .. } => {
                (self.proof, self.certificate, self.completed_at) =
                    (Proof::NotProvable, Some(*certificate), Some(recorded.at));
            }
            Event::Scheduled { items, .. } => self.waiting.clone_from(items),
            Event::ScheduleEnded {} => self.waiting.clear(),
            Event::RecipientsNotified { sent, acknowledged } => {
                self.recipients_sent += sent;
                self.recipients_acknowledged += acknowledged;
            }
            _ => {}
        }
        if let (Some(intent), Some(state)) = (recorded.event.intent(), IntentState::after(&recorded.event)) {
            self.intent = Some((intent, state));
        }
    }

    fn take_answer(&mut self, recorded: &Recorded) {
        match &recorded.event {
            Event::Refused { code, law } => self.refused = Some(Refused { code: *code, law: law.clone() }),
            Event::Answered { decision, interim, sent_at, channel, reply, remedies_given, law } => {
                self.replies.push(Reply {
                    decision: *decision,
                    interim: *interim,
                    sent_at: *sent_at,
                    channel: *channel,
                    sha256: *reply,
                    remedies_given: *remedies_given,
                    law: law.clone(),
                });
            }
            Event::Closed {} => self.closed_at = Some(recorded.at),
            Event::Reopened { due } => {
                self.reopened += 1;
                self.closed_at = None;
                self.renew(due);
            }
            Event::Merged { into } => self.merged_into = Some(*into),
            Event::Complained { at } => self.complained_at = self.complained_at.or(Some(*at)),
            _ => {}
        }
    }

    fn renew(&mut self, due: &[DueDate]) {
        for date in due {
            self.due.retain(|old| old.clock != date.clock);
            self.due.push(date.clone());
        }
    }

    fn take_note(&mut self, recorded: &Recorded) {
        self.events += 1;
        self.last_event = recorded.number;
        self.last_hash = recorded.hash;
        if let Some(body) = &recorded.body {
            self.personal.take(&recorded.event, body);
        }
    }
}

impl Personal {
    fn take(&mut self, event: &Event, body: &Body) {
        fn renew<T: Clone>(old: &mut Option<T>, new: Option<&T>) {
            if let Some(new) = new {
                *old = Some(new.clone());
            }
        }
        renew(&mut self.name, body.name.as_ref());
        renew(&mut self.reply_to, body.reply_to.as_ref());
        renew(&mut self.identity, body.identity.as_ref());
        renew(&mut self.set, body.set.as_ref());
        let text = match event {
            Event::Opened { .. } => &mut self.request_text,
            Event::Refused { .. } | Event::Answered { .. } => &mut self.reason,
            Event::Extended { .. } => &mut self.extension_reason,
            _ => return,
        };
        renew(text, body.text.as_ref());
    }
}

/// Where an event takes a case; `None` if it stays where it is.
fn target(event: &Event) -> Option<Status> {
    Some(match event {
        Event::Acknowledged { .. } => Status::Acked,
        Event::IdRequested { .. } | Event::IdentityFailed { .. } => Status::NeedId,
        Event::Identified { .. } => Status::Verified,
        Event::Refused { .. } => Status::Denied,
        Event::Planned { .. } | Event::Abandoned { .. } => Status::Assessed,
        Event::Approved { .. } => Status::Approved,
        Event::IntentOpened { .. } | Event::Committing { .. } | Event::Committed { .. } => Status::Executing,
        Event::Exported { .. } | Event::Removed { .. } => Status::Postcheck,
        Event::Scheduled { everything: true, .. } => Status::RestrictedWait,
        Event::Answered { .. } => Status::Replied,
        Event::Closed {} => Status::Closed,
        Event::Reopened { .. } => Status::Reopened,
        Event::Merged { .. } => Status::Merged,
        Event::Withdrawn {} => Status::Withdrawn,
        _ => return None,
    })
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotNeeded => "not_needed",
            Self::Pending => "pending",
            Self::Proven => "proven",
            Self::NotProvable => "not_provable",
        })
    }
}
