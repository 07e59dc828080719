//! The case itself: what its events add up to. Nothing here is stored but as a copy of the events.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{
    age::Band,
    deadline::ClockRule,
    decision::Decision,
    deeds::{Deeds, only_changes},
    event::{Body, DueDate, Event, Kept, Recorded, TableCount},
    extent::{Extent, may_remove, removes},
    identity::{Identity, IdentitySet},
    intent::IntentState,
    legal::IllegalMove,
    number::{CaseNumber, RunNumber},
    opaque::{Fingerprint, SubjectRef},
    refusal_code::RefusalCode,
    request::{Channel, Level, Regime, Request, RequesterType},
    secret::Secret,
    status::Status,
    undoable::Undoable,
};
use crate::data_map::Wording;

/// The extension of a clock (D10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoreTime {
    /// The clock
    pub clock: ClockRule,
    /// By how many days (KGB; other clocks know only their own fixed extension)
    pub days: u16,
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
    /// Whether something that was removed waited for its proof
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unproven: bool,
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

/// The case's part of a plan for several cases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Together {
    /// The run that carries the plan out
    pub run: RunNumber,
    /// What it does to this case's person, in rows
    pub tables: Vec<TableCount>,
    /// What stays of them, and why
    pub kept: Vec<Kept>,
    /// The intent by which it was carried out
    pub removed: Option<i64>,
    /// Whether it was done before, and a restored backup had undone it
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
    /// Whether it is about a part of what is held on the person
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub part: bool,
}

/// What a replay could not tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftToPerson {
    /// The run
    pub run: RunNumber,
    /// Why, in words that `droit explain` knows
    pub why: Vec<String>,
}

/// Codes of what should be in a copy and could not be found or read.
pub const LACKING: [&str; 2] = ["file_missing", "unreadable"];

/// Why nothing is proven where the person's data is still, or again, in the rows.
const STILL_THERE: [&str; 2] = ["rows_found", "not_written_over"];

/// Stands for every channel or topic where a refusal of messages names none.
pub const EVERY: &str = "*";

/// What was stopped for a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopped {
    /// Scopes of consents that were withdrawn
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consents: Vec<String>,
    /// Messages, as CHANNEL/TOPIC with * for all
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<String>,
}

impl Stopped {
    /// Whether nothing was.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the messages of all these channels and topics were stopped; all messages, where none is named.
    #[must_use]
    pub fn stops_messages(&self, named: &[String]) -> bool {
        let stops = |message: &String, word: &str| match message.split_once('/') {
            Some((EVERY, EVERY)) => true,
            Some((channel, EVERY)) => channel == word,
            Some((EVERY, topic)) => topic == word,
            _ => message == word,
        };
        let everything = |message: &String| *message == format!("{EVERY}/{EVERY}");
        match named {
            [] => self.messages.iter().any(everything),
            named => named.iter().all(|word| self.messages.iter().any(|message| stops(message, word))),
        }
    }

    fn add(&mut self, more: Self) {
        for (known, more) in [(&mut self.consents, more.consents), (&mut self.messages, more.messages)] {
            known.extend(more);
            known.sort();
            known.dedup();
        }
    }
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
    pub id_doubted: bool,
    pub level: Option<Level>,
    pub method: Option<String>,
    pub verified_at: Option<Timestamp>,
    pub failed_verifications: u32,
    pub age: Option<Band>,
    pub minor_found_at: Option<Timestamp>,
    pub assigned_to: Option<String>,
    pub approver: Option<String>,
    pub extension: Option<MoreTime>,
    pub refused: Option<Refused>,
    pub plan: Option<Fingerprint>,
    /// The plan is about a part of what is held on the person
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub part_planned: bool,
    pub intent: Option<(i64, IntentState)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub together: Option<Together>,
    /// What is to be stopped, and the plan that does it
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopping: Option<(Fingerprint, Stopped)>,
    #[serde(default, skip_serializing_if = "Stopped::is_empty")]
    pub stopped: Stopped,
    #[serde(default, skip_serializing_if = "Deeds::is_empty")]
    pub deeds: Deeds,
    /// Changes of which what was there before is kept, the last one last
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undoable: Vec<Undoable>,
    /// The plan that undoes a change, and the change
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoing: Option<(Fingerprint, i64)>,
    pub package: Option<Fingerprint>,
    /// Nothing is in the package, and nothing was withheld
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub empty_copy: bool,
    /// Values that belong in the package and could not be found or read, by code
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub copy_lacks: BTreeMap<String, u64>,
    pub actions: Vec<TableCount>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed: Option<Extent>,
    /// What stays by now, and why
    pub retained: Vec<Kept>,
    pub waiting: Vec<Kept>,
    /// What a replay could not tell, until somebody decides
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_to_person: Option<LeftToPerson>,
    pub proof: Proof,
    pub certificate: Option<Fingerprint>,
    /// When everything asked for was really done (D11: stops K15W)
    pub completed_at: Option<Timestamp>,
    pub recipients_sent: u32,
    pub recipients_acknowledged: u32,
    pub replies: Vec<Reply>,
    /// When it was withdrawn or merged
    pub ended_at: Option<Timestamp>,
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
    /// Whom changes that removed something, or left it waiting, were carried out for
    pub(super) removed_of: IdentitySet,
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
            id_doubted: false,
            level: None,
            method: None,
            verified_at: None,
            failed_verifications: 0,
            age: None,
            minor_found_at: None,
            assigned_to: None,
            approver: None,
            extension: None,
            refused: None,
            plan: None,
            part_planned: false,
            intent: None,
            together: None,
            stopping: None,
            deeds: Deeds::default(),
            stopped: Stopped::default(),
            undoable: Vec::new(),
            undoing: None,
            package: None,
            empty_copy: false,
            copy_lacks: BTreeMap::new(),
            actions: Vec::new(),
            removed: None,
            retained: Vec::new(),
            waiting: Vec::new(),
            left_to_person: None,
            proof: Proof::NotNeeded,
            certificate: None,
            completed_at: None,
            recipients_sent: 0,
            recipients_acknowledged: 0,
            replies: Vec::new(),
            ended_at: None,
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
        if let Some(status) = self.target(&recorded.event) {
            self.status = status;
        }
        self.take_identity(recorded);
        self.take_undoable(recorded);
        self.take_deed(recorded);
        self.take_work(recorded);
        self.take_answer(recorded);
        self.take_note(recorded);
        Ok(())
    }

    /// Whom something was removed of, or left waiting: what is proven and what waits is theirs, whoever was captured when
    /// the requester was identified anew since. Before anything was, whoever was captured last.
    #[must_use]
    pub fn removed_of(&self) -> Option<IdentitySet> {
        let removed = Some(&self.personal.removed_of).filter(|set| !set.is_empty());
        removed.or(self.personal.set.as_ref()).cloned()
    }

    /// The last reply that was not an interim one.
    #[must_use]
    pub fn reply(&self) -> Option<&Reply> {
        self.replies.iter().rev().find(|reply| !reply.interim)
    }

    fn take_identity(&mut self, recorded: &Recorded) {
        match &recorded.event {
            Event::Acknowledged { sent_at, .. } => self.acknowledged_at = self.acknowledged_at.or(Some(*sent_at)),
            Event::IdRequested { sent_at, doubt, .. } if self.id_requested_at.is_none() => {
                (self.id_requested_at, self.id_doubted) = (Some(*sent_at), *doubt);
            }
            Event::MinorFound { found_at } => self.minor_found_at = self.minor_found_at.or(Some(*found_at)),
            Event::Identified { level, method, age, due } => {
                if self.level.is_none_or(|known| known <= *level) {
                    (self.level, self.method) = (Some(*level), Some(method.clone()));
                }
                self.verified_at = self.verified_at.or(Some(recorded.at));
                self.age = age.or(self.age);
                self.renew(due);
            }
            Event::IdentityFailed { .. } => self.failed_verifications += 1,
            Event::Assigned { to } => self.assigned_to = Some(to.clone()),
            Event::Extended { clock, days, notice_at, due } => {
                self.extension = Some(MoreTime { clock: *clock, days: *days, notice_at: *notice_at });
                self.renew(due);
            }
            _ => {}
        }
    }

    /// The last copy that was made is the one to hand over.
    fn take_copy(&mut self, package: Fingerprint, tables: &[TableCount], withheld: &BTreeMap<String, u64>) {
        self.package = Some(package);
        self.empty_copy = tables.iter().all(|table| table.rows == 0) && withheld.values().all(|cells| *cells == 0);
        let lacking = withheld.iter().filter(|(code, _)| LACKING.contains(&code.as_str()));
        self.copy_lacks = lacking.map(|(code, cells)| (code.clone(), *cells)).collect();
        self.actions.retain(|count| count.what != "exported");
        self.count(tables);
    }

    fn take_work(&mut self, recorded: &Recorded) {
        match &recorded.event {
            Event::Exported { package, tables, withheld, .. } => {
                self.take_copy(*package, tables, withheld);
                if !self.request.asks_for_change() && self.is_done() {
                    self.completed_at = Some(recorded.at);
                }
            }
            Event::Planned { plan, part, .. } => {
                (self.plan, self.approver, self.together) = (Some(*plan), None, None);
                self.part_planned = *part;
            }
            Event::PlannedTogether { run, plan, tables, kept, part } => {
                let (run, tables, kept) = (*run, tables.clone(), kept.clone());
                (self.plan, self.approver) = (Some(*plan), None);
                self.together = Some(Together { run, tables, kept, removed: None, again: false, part: *part });
            }
            Event::CameBack { run, plan, tables, kept } => {
                let (run, tables, kept) = (*run, tables.clone(), kept.clone());
                self.plan = Some(*plan);
                self.together = Some(Together { run, tables, kept, removed: None, again: true, part: false });
            }
            Event::LeftToPerson { run, why } => {
                let left = LeftToPerson { run: *run, why: why.clone() };
                self.left_to_person = Some(left).filter(|left| !left.why.is_empty());
            }
            Event::Decided {} => self.left_to_person = None,
            Event::StopAsked { consents, messages, plan } => {
                let stopped = Stopped { consents: consents.clone(), messages: messages.clone() };
                if let Some(plan) = plan {
                    self.stopping = Some((*plan, stopped));
                } else {
                    self.stopped.add(stopped);
                    let done = self.proof != Proof::Pending && self.is_done();
                    self.completed_at = self.completed_at.or_else(|| done.then_some(recorded.at));
                }
            }
            Event::IntentOpened { plan, .. } => self.stopping.take_if(|(stops, _)| stops != plan).map_or((), drop),
            Event::Abandoned { .. } => self.stopping = None,
            Event::Approved { by, .. } => {
                // who signed; whoever sat at the machine is the actor
                self.approver = Some(by.as_ref().map_or(&recorded.actor, |by| &by.name).clone());
            }
            Event::Removed { tables, kept, .. } => {
                if let Some((_, stopped)) = self.stopping.take() {
                    self.stopped.add(stopped);
                }
                self.take_removal(tables, kept, self.part_planned, recorded.at);
            }
            Event::RemovedTogether { intent, .. } => {
                if let Some(mut together) = self.together.take() {
                    if together.again {
                        self.take_repetition(&together.tables);
                        together.removed = Some(*intent);
                        self.together = Some(together);
                        return;
                    }
                    self.take_removal(&together.tables, &together.kept, together.part, recorded.at);
                    together.removed = Some(*intent);
                    // What took place is recorded wherever the case has gone meanwhile.
                    if self.status == Status::Assessed {
                        self.status = Status::Postcheck;
                    }
                    self.together = Some(together);
                }
            }
            Event::Proven { certificate } => self.take_proof(Proof::Proven, *certificate, recorded.at),
            Event::NotProvable { certificate, because } => self.take_failure(*certificate, because, recorded.at),
            Event::Scheduled { items, .. } => self.take_waiting(items),
            Event::ScheduleEnded {} => self.take_waiting(&[]),
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

    fn take_removal(&mut self, tables: &[TableCount], kept: &[Kept], part: bool, at: Timestamp) {
        if let Some(set) = self.personal.set.as_ref().filter(|_| !only_changes(tables) || !kept.is_empty()) {
            self.personal.removed_of.extend(set);
        }
        self.take_kept(tables, kept, part);
        self.count(tables);
        // whatever was left to a person: somebody has decided
        self.left_to_person = None;
        // Where nothing was to go no bytes are waiting to be proven gone; what was put in the place of something else
        // has been looked at before the commit.
        let stays = |count: &TableCount| ["kept", "changed"].contains(&count.what.as_str());
        self.proof = if tables.iter().all(stays) { self.proof } else { Proof::Pending };
        let done = only_changes(tables) && self.is_done();
        self.completed_at = done.then_some(at).or(self.completed_at).filter(|_| self.proof != Proof::Pending);
    }

    fn count(&mut self, tables: &[TableCount]) {
        for more in tables {
            match self.actions.iter_mut().find(|count| count.what == more.what && count.table == more.table) {
                Some(count) => count.rows += more.rows,
                None => self.actions.push(more.clone()),
            }
        }
    }

    /// A plan for everything says of everything what stays. One for a part, and one that only puts values in the place of
    /// others, says it of the rows that it is about.
    fn take_kept(&mut self, tables: &[TableCount], kept: &[Kept], part: bool) {
        if removes(tables) {
            self.removed = self.removed.max(Some(if part { Extent::Part } else { Extent::Whole }));
        }
        let about = |table: &String| !part || tables.iter().any(|count| count.table == *table);
        if may_remove(tables) {
            self.actions.retain(|count| count.what != "kept" || !about(&count.table));
        }
        if may_remove(tables) && !part {
            self.retained.clear();
        }
        self.tell_anew(kept);
    }

    /// Of what stays for the same reason the latest number counts. There may be thousands, of a plan for many people.
    fn tell_anew(&mut self, kept: &[Kept]) {
        let anew: BTreeSet<_> = kept.iter().map(reason).collect();
        self.retained.retain(|known| !anew.contains(&reason(known)));
        self.retained.extend_from_slice(kept);
    }

    /// What waited and does not any more has gone, or stays for another reason.
    fn take_waiting(&mut self, items: &[Kept]) {
        let (waited, waits): (BTreeSet<_>, BTreeSet<_>) =
            (self.waiting.iter().map(row_and_reason).collect(), items.iter().map(row_and_reason).collect());
        let stays = |kept: &Kept| !waited.contains(&row_and_reason(kept)) || waits.contains(&row_and_reason(kept));
        self.retained.retain(stays);
        self.waiting = items.to_vec();
        self.tell_anew(items);
    }

    /// What was done before is done once more: the bytes are to be proven gone again. What the case came to, and when,
    /// stays as it was.
    fn take_repetition(&mut self, tables: &[TableCount]) {
        if tables.iter().any(|count| !["kept", "changed"].contains(&count.what.as_str())) {
            self.proof = Proof::Pending;
        }
    }

    fn take_proof(&mut self, proof: Proof, certificate: Fingerprint, at: Timestamp) {
        let again = self.together.as_ref().is_some_and(|together| together.again);
        let completed_at = self.completed_at.filter(|_| again).or(Some(at));
        (self.proof, self.certificate, self.completed_at) = (proof, Some(certificate), completed_at);
    }

    /// What stands in the rows is not done; of what stands in bytes alone nobody will ever know more.
    fn take_failure(&mut self, certificate: Fingerprint, because: &[String], at: Timestamp) {
        self.take_proof(Proof::NotProvable, certificate, at);
        let is_there = because.iter().any(|why| STILL_THERE.contains(&why.as_str()));
        self.completed_at = self.completed_at.filter(|_| !is_there);
    }

    fn take_answer(&mut self, recorded: &Recorded) {
        match &recorded.event {
            Event::Refused { code, law } => self.refused = Some(Refused { code: *code, law: law.clone() }),
            Event::Answered { decision, interim, sent_at, channel, reply, remedies_given, law, .. } => {
                self.replies.push(Reply {
                    decision: *decision,
                    interim: *interim,
                    sent_at: *sent_at,
                    channel: *channel,
                    sha256: *reply,
                    remedies_given: *remedies_given,
                    unproven: self.proof == Proof::Pending || self.has_rows_left(),
                    law: law.clone(),
                });
            }
            Event::Closed {} => self.closed_at = Some(recorded.at),
            Event::Reopened { due } => {
                self.reopened += 1;
                (self.closed_at, self.ended_at) = (None, None);
                self.renew(due);
            }
            Event::Merged { into } => (self.merged_into, self.ended_at) = (Some(*into), Some(recorded.at)),
            Event::Withdrawn {} => self.ended_at = Some(recorded.at),
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

/// Where rows stay, and why.
fn reason(kept: &Kept) -> (&str, &str, &Wording, Option<Date>) {
    (&kept.table, &kept.code, &kept.law, kept.until)
}

impl Case {
    /// What waits once `items` do as well: a plan for a part says nothing of what waited before it.
    #[must_use]
    pub fn waiting_with(&self, items: &[Kept], part: bool) -> Vec<Kept> {
        let anew: BTreeSet<_> = items.iter().map(reason).collect();
        let before = self.waiting.iter().filter(|known| part && !anew.contains(&reason(known)));
        before.cloned().chain(items.iter().cloned()).collect()
    }
}

/// The same, with how many.
fn row_and_reason(kept: &Kept) -> (u64, (&str, &str, &Wording, Option<Date>)) {
    (kept.rows, reason(kept))
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

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::case::{
        deadline::{ClockRule, deadlines},
        event::DueDate,
        next_step::NextStep,
        number::About,
        request::RequestType,
    };

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_795_395_600 + 60 * minutes).unwrap()
    }

    fn recorded(number: i64, event: Event) -> Recorded {
        Recorded {
            number,
            at: at(number),
            actor: "li".to_owned(),
            about: About::Case("DSR-20261123-0001".parse().unwrap()),
            event,
            key: None,
            body: None,
            previous: Fingerprint::new([0; 32]),
            hash: Fingerprint::new([1; 32]),
        }
    }

    fn due(clock: ClockRule, day: i8) -> DueDate {
        let date = date(2026, 12, day);
        DueDate { clock, nominal: date, rolled: date, calendar_incomplete: false }
    }

    fn case() -> Case {
        let event = Event::Opened {
            subject: SubjectRef::new([1; 8]),
            request: Request::new(RequestType::Delete),
            regime: Regime::Cn,
            channel: Channel::ALL[0],
            requester: RequesterType::Subject,
            received_at: at(0),
            scope: Vec::new(),
            policy_version: None,
            linked: Vec::new(),
            due: vec![due(ClockRule::K30, 23), due(ClockRule::K15w, 14)],
        };
        Case::open(&recorded(1, event)).unwrap()
    }

    fn answered(decision: Decision, interim: bool) -> Event {
        Event::Answered {
            decision,
            interim,
            sent_at: at(9),
            channel: Channel::ALL[0],
            reply: Fingerprint::new([2; 32]),
            remedies_given: true,
            law: None,
            by_hand: false,
        }
    }

    #[test]
    fn a_case_begins_with_being_opened() {
        assert_eq!(Case::open(&recorded(1, Event::Closed {})), Err(IllegalMove::NotOpened));
        let elsewhere = Recorded { about: About::Workspace, ..recorded(2, Event::Noted {}) };
        assert_eq!(case().apply(&elsewhere), Err(IllegalMove::OtherCase));
    }

    #[test]
    fn a_refused_event_changes_nothing() {
        let mut changed = case();
        changed.apply(&recorded(2, Event::Closed {})).unwrap_err();
        assert_eq!(changed, case());
    }

    #[test]
    fn clocks_of_an_event_replace_those_of_the_same_name() {
        let mut case = case();
        let due = vec![due(ClockRule::Kgb, 25), due(ClockRule::K30, 24)];
        let event = Event::Identified { level: Level::L2, method: "otp".to_owned(), age: None, due };
        case.apply(&recorded(2, event)).unwrap();
        let days: Vec<_> = case.due.iter().map(|due| (due.clock.word(), due.nominal.day())).collect();
        assert_eq!(days, [("K15W", 14), ("KGB", 25), ("K30", 24)]);
    }

    /// D9: the interim reply stops K30; the case is taken up again under its number and keeps its receipt.
    #[test]
    fn an_unverified_request_is_bridged_and_reopened() {
        let mut case = case();
        case.apply(&recorded(2, Event::IdRequested { sent_at: at(2), level: Level::L2, doubt: true })).unwrap();
        case.apply(&recorded(3, answered(Decision::Unverified, true))).unwrap();
        assert_eq!((case.status, case.reply()), (Status::Replied, None));
        let facts = case.facts(jiff::tz::TimeZone::UTC, None);
        assert_eq!((facts.interim_reply_at, facts.replied_at), (Some(at(9)), None));
        assert!(facts.id_request.is_some_and(|asked| asked.doubt && asked.at == at(2)));
        case.apply(&recorded(4, Event::Reopened { due: Vec::new() })).unwrap();
        assert_eq!((case.status, case.reopened, case.received_at), (Status::Reopened, 1, at(0)));
    }

    #[test]
    fn a_clock_is_extended_once() {
        let mut case = case();
        let event = Event::Extended { clock: ClockRule::Kgb, days: 30, notice_at: at(2), due: Vec::new() };
        case.apply(&recorded(2, event.clone())).unwrap();
        assert_eq!(case.apply(&recorded(3, event)), Err(IllegalMove::ExtendedTwice));
        assert_eq!(case.facts(jiff::tz::TimeZone::UTC, None).extension.unwrap().days, 30);
    }

    /// D11: K15W of a deletion does not stop with the letter but when it is checked that the data is gone.
    #[test]
    fn removed_is_not_completed_before_it_is_proven() {
        let mut case = case();
        let plan = Fingerprint::new([3; 32]);
        for (number, event) in (2..).zip([
            Event::Identified { level: Level::L2, method: "otp".to_owned(), age: Some(Band::Adult), due: Vec::new() },
            Event::Planned { plan, tables: Vec::new(), part: false },
            Event::IntentOpened {
                intent: 1,
                plan,
                database: "db".to_owned(),
                key: crate::case::KeyId::new([0; 16]),
                windows: 0,
                work: plan,
            },
            Event::Committing { intent: 1 },
            Event::Committed { intent: 1 },
            Event::Removed { intent: 1, tables: vec![count("deleted")], kept: Vec::new() },
        ]) {
            case.apply(&recorded(number, event)).unwrap();
        }
        assert_eq!((case.status, case.proof, case.completed_at), (Status::Postcheck, Proof::Pending, None));
        assert_eq!(case.next_step(), NextStep::Command("prove", case.number));
        case.apply(&recorded(9, Event::Proven { certificate: plan })).unwrap();
        assert_eq!((case.proof, case.completed_at), (Proof::Proven, Some(at(9))));
        assert_eq!(case.next_step(), NextStep::Command("case answer", case.number));
        let calendars = crate::case::calendar::Calendars::default();
        let clocks = deadlines(&case.facts(jiff::tz::TimeZone::UTC, None), &calendars);
        let k15w = clocks.iter().find(|clock| clock.rule == ClockRule::K15w).unwrap();
        assert_eq!(k15w.stopped.map(|stopped| stopped.at), Some(at(9)));
    }

    /// Who asked for everything has not got it with a part of it: K15W runs on until the rest is done, or the part is
    /// what was answered (D11).
    #[test]
    fn the_proof_of_a_part_does_not_complete_the_whole() {
        let plan = Fingerprint::new([3; 32]);
        let stopped = |case: &Case| {
            let clocks =
                deadlines(&case.facts(jiff::tz::TimeZone::UTC, None), &crate::case::calendar::Calendars::default());
            clocks.iter().find(|clock| clock.rule == ClockRule::K15w).unwrap().stopped.is_some()
        };
        let removed = |case: &mut Case, part: bool, at_day: i64| {
            case.take_removal(&[count("deleted")], &[], part, at(at_day));
            case.take_proof(Proof::Proven, plan, at(at_day + 1));
        };
        let mut whole = case();
        removed(&mut whole, true, 8);
        assert!(whole.is_done_in_part() && !stopped(&whole));
        let mut answered = whole.clone();
        answered.take_answer(&recorded(
            10,
            Event::Answered {
                decision: Decision::Partial,
                interim: false,
                sent_at: at(10),
                channel: Channel::Email,
                reply: plan,
                remedies_given: true,
                law: None,
                by_hand: false,
            },
        ));
        assert!(stopped(&answered));
        removed(&mut whole, false, 11);
        assert!(!whole.is_done_in_part() && stopped(&whole));
        let mut limited = case();
        limited.scope = vec!["location".to_owned()];
        removed(&mut limited, true, 8);
        assert!(!limited.is_done_in_part() && stopped(&limited));
    }

    /// What stays is told as the last plan for everything found it, and nothing twice.
    #[test]
    fn what_is_kept_is_what_is_kept_by_now() {
        let kept = |code: &str, rows: u64| Kept {
            table: "orders".to_owned(),
            rows,
            code: code.to_owned(),
            law: Wording::default(),
            until: None,
        };
        let mut case = case();
        case.take_removal(&[count("deleted"), count("kept")], &[kept("LIVE", 2), kept("RET", 3)], false, at(8));
        case.take_waiting(&[kept("LIVE", 2), kept("RET", 3)]);
        assert_eq!(case.retained, [kept("LIVE", 2), kept("RET", 3)]);
        case.take_waiting(&[kept("RET", 4)]);
        assert_eq!(case.retained, [kept("RET", 4)]);
        case.take_removal(&[count("deleted"), count("kept")], &[kept("RET", 1)], true, at(9));
        case.take_removal(&[count("changed")], &[kept("stay", 1)], false, at(9));
        assert_eq!(case.retained, [kept("RET", 1), kept("stay", 1)]);
        case.take_removal(&[count("deleted"), count("kept")], &[kept("RET", 4)], false, at(10));
        assert_eq!(case.retained, [kept("RET", 4)]);
        let of =
            |what: &str| case.actions.iter().filter(|count| count.what == what).map(|count| count.rows).sum::<u64>();
        assert_eq!((of("deleted"), of("kept")), (3, 1));
    }

    /// A plan for everything says of everything what waits; one for a part, of that part.
    #[test]
    fn what_waits_of_one_part_waits_on_beside_another() {
        let waits = |table: &str, year: i16| Kept {
            table: table.to_owned(),
            rows: 1,
            code: "RET".to_owned(),
            law: Wording::default(),
            until: Some(date(year, 1, 1)),
        };
        let mut case = case();
        case.take_waiting(&[waits("orders", 2030), waits("claims", 2031)]);
        let more = [waits("claims", 2031), waits("invoices", 2036)];
        assert_eq!(case.waiting_with(&more, false), more);
        assert_eq!(case.waiting_with(&more, true), [waits("orders", 2030), more[0].clone(), more[1].clone()]);
    }

    /// W4: nothing found is not something erased.
    #[test]
    fn where_nothing_was_removed_nothing_waits_for_a_proof() {
        for tables in [Vec::new(), vec![count("kept")]] {
            let mut case = case();
            case.take_removal(&tables, &[], false, at(8));
            assert_eq!((case.proof, case.completed_at), (Proof::NotNeeded, None));
        }
        let mut case = case();
        case.take_removal(&[count("kept"), count("anonymized")], &[], false, at(8));
        assert_eq!(case.proof, Proof::Pending);
    }

    fn count(what: &str) -> TableCount {
        TableCount { table: "users".to_owned(), what: what.to_owned(), rows: 1 }
    }

    #[test]
    fn what_is_serialized_holds_nothing_personal() {
        let mut case = case();
        case.personal.name = Some("张伟".into());
        let json = serde_json::to_string(&case).unwrap();
        assert!(!json.contains('张'));
        let again: Case = serde_json::from_str(&json).unwrap();
        assert_eq!(again.personal, Personal::default());
        assert_eq!((again.status, again.due), (case.status, case.due.clone()));
    }
}
