//! One line of the log.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{
    column::COLUMNS,
    field::Field,
    outcome::{Outcome, Timeliness, final_reply, interim_reply},
};
use crate::case::{
    Case, Decision, Fingerprint, Kept, Reply, Stopped, TableCount,
    calendar::Calendars,
    deadline::{Deadline, Lateness, binding, deadlines},
    reminder::state,
};

/// Where and when the log is made.
#[derive(Clone, Debug)]
pub struct Place {
    /// The controller's zone
    pub zone: TimeZone,
    /// The calendar of public holidays under EU or UK law
    pub region: Option<String>,
    /// All calendars there are
    pub calendars: Calendars,
    /// The instant at which open requests are judged
    pub now: Timestamp,
}

/// One request in the log.
#[derive(Clone, Debug)]
pub struct Entry {
    case: Case,
    zone: TimeZone,
    now: Timestamp,
    clocks: Vec<Deadline>,
    binding: Option<Deadline>,
    outcome: Outcome,
    received: Date,
    days_used: Option<i64>,
    actions: Vec<TableCount>,
    previous: Fingerprint,
    hash: Fingerprint,
}

impl Entry {
    /// Makes the line of `case` that follows the line, or the head of the record, with the hash `previous`.
    #[must_use]
    pub fn of(case: Case, place: &Place, previous: Fingerprint) -> Self {
        let facts = case.facts(place.zone.clone(), place.region.clone());
        let clocks = deadlines(&facts, &place.calendars);
        let binding = binding(&clocks).cloned();
        let outcome = Outcome::of(&case, binding.as_ref());
        let actions = told_actions(&case.actions, &case.retained);
        let zone = facts.zone();
        let received = zone.to_datetime(case.received_at).date();
        let mut entry = Self {
            case,
            zone,
            now: place.now,
            clocks,
            binding,
            outcome,
            received,
            days_used: None,
            actions,
            previous,
            hash: previous,
        };
        entry.days_used = entry.settled_at().map(|at| facts.days_used(at));
        entry.hash = entry.digest();
        entry
    }

    /// How it stands in the figures.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// The case it tells of.
    #[must_use]
    pub fn case(&self) -> &Case {
        &self.case
    }

    /// The local day of receipt.
    #[must_use]
    pub fn received(&self) -> Date {
        self.received
    }

    /// Calendar days from receipt to the reply, or to the end of the request; none while there is neither.
    #[must_use]
    pub fn days_used(&self) -> Option<i64> {
        self.days_used
    }

    /// The last day of the binding clock.
    #[must_use]
    pub fn due(&self) -> Option<Date> {
        self.binding.as_ref().map(|clock| clock.due_nominal)
    }

    /// Whether the binding clock was met, by the date that `lateness` names. As long as the request is not answered, every
    /// clock that still runs is judged as well: what was done in time is not yet told.
    #[must_use]
    pub fn timeliness(&self, lateness: Lateness) -> Timeliness {
        self.judged().map(|clock| Timeliness::of(clock, self.now, lateness)).max().unwrap_or(Timeliness::Running)
    }

    /// Whether one of the clocks by which it is judged runs, and its time is over.
    #[must_use]
    pub fn is_overdue(&self) -> bool {
        self.judged().any(|clock| state(clock, self.now, Lateness::Strict).is_overdue())
    }

    fn judged(&self) -> impl Iterator<Item = &Deadline> {
        let open = self.outcome == Outcome::Open;
        self.binding.iter().chain(self.clocks.iter().filter(move |clock| open && clock.stopped.is_none()))
    }

    /// How it was decided; none while that is open.
    #[must_use]
    pub fn decision(&self) -> Option<Decision> {
        match self.outcome {
            Outcome::Withdrawn => Some(Decision::Withdrawn),
            Outcome::Merged => Some(Decision::Merged),
            Outcome::Open => None,
            Outcome::Interim | Outcome::Answered => {
                Some(self.case.reply().map_or(Decision::Unverified, |reply| reply.decision))
            }
        }
    }

    /// The hash of this line.
    #[must_use]
    pub fn hash(&self) -> Fingerprint {
        self.hash
    }

    /// The fields, one per column.
    #[must_use]
    pub fn fields(&self) -> [Field<'_>; COLUMNS.len()] {
        let [mut fields, rest] = [self.asked(), self.handled()];
        fields.extend(rest);
        fields.extend(self.answered());
        fields.push(Field::text(self.previous.to_string()));
        fields.push(Field::text(self.hash.to_string()));
        fields.try_into().unwrap_or_else(|_| std::array::from_fn(|_| Field::Empty))
    }

    fn asked(&self) -> Vec<Field<'_>> {
        let case = &self.case;
        vec![
            Field::text(case.number.to_string()),
            self.instant(Some(case.received_at)),
            Field::text(case.channel.word()),
            Field::text(&*case.intake_operator),
            Field::text(case.requester.word()),
            Field::text(case.subject.to_string()),
            Field::maybe(case.age.map(crate::case::age::Band::word)),
            Field::text(case.regime.word()),
            Field::text(self.asks()),
            Field::text(self.scope()),
            Field::maybe(case.method.as_deref()),
            Field::text(self.identity()),
            self.instant(case.verified_at),
        ]
    }

    fn handled(&self) -> Vec<Field<'_>> {
        let case = &self.case;
        let binding = self.binding.as_ref();
        let refused = case.told_refusal();
        vec![
            binding.map_or(Field::Empty, |clock| Field::Date(clock.due_nominal)),
            binding.map_or(Field::Empty, |clock| Field::Date(clock.due_rolled)),
            Field::maybe(binding.map(|clock| clock.rule.word())),
            self.all_clocks(),
            self.instant(case.acknowledged_at),
            count(case.replies.iter().filter(|reply| reply.interim).count()),
            Field::maybe(case.assigned_to.as_deref()),
            Field::maybe(case.approver.as_deref()),
            Field::maybe(self.decision().map(Decision::word)),
            Field::maybe(refused.map(|refused| refused.code.word())),
            Field::maybe(self.law()),
            Field::maybe(refused.map(|refused| refused.code.title())),
            self.done(),
            self.kept(),
            Field::text(format!("{}/{}", case.recipients_sent, case.recipients_acknowledged)),
        ]
    }

    fn answered(&self) -> Vec<Field<'_>> {
        let case = &self.case;
        let reply = self.judged_reply();
        let extension = case.extension;
        vec![
            self.instant(reply.map(|reply| reply.sent_at)),
            Field::maybe(reply.map(|reply| reply.channel.word())),
            Field::maybe(reply.map(|reply| reply.sha256.to_string())),
            Field::flag(self.standing_reply().map(|reply| reply.remedies_given)),
            self.days_used.map_or(Field::Empty, Field::Count),
            Field::flag(self.timeliness(Lateness::Strict).met()),
            Field::flag(self.timeliness(Lateness::CivilCode203).met()),
            Field::maybe(extension.map(|more| match more.days {
                0 => more.clock.word().to_owned(),
                days => format!("{} {days}", more.clock),
            })),
            self.instant(extension.map(|more| more.notice_at)),
            self.instant(case.complained_at),
            Field::maybe(case.policy_version.as_deref()),
        ]
    }

    /// The reply by which the clocks are judged: the first answer, else the first interim one.
    fn judged_reply(&self) -> Option<&Reply> {
        final_reply(&self.case).or_else(|| interim_reply(&self.case))
    }

    /// The reply that stands: the last answer, else the last interim one.
    fn standing_reply(&self) -> Option<&Reply> {
        self.case.reply().or_else(|| self.case.replies.last())
    }

    fn settled_at(&self) -> Option<Timestamp> {
        self.judged_reply().map(|reply| reply.sent_at).or(self.case.ended_at)
    }

    /// The right, and what is asked on behalf of the person.
    fn asks(&self) -> String {
        let outer = self.case.request.request_type();
        match self.case.request.action().filter(|inner| *inner != outer) {
            Some(inner) => format!("{outer}:{inner}"),
            None => outer.word().to_owned(),
        }
    }

    fn identity(&self) -> String {
        match (self.case.level, self.case.failed_verifications, self.case.id_requested_at) {
            (Some(level), ..) => level.to_string(),
            (None, 1.., _) => "failed".to_owned(),
            (None, 0, Some(_)) => "asked".to_owned(),
            (None, 0, None) => String::new(),
        }
    }

    /// A secret refusal hides the law of its reply as well.
    fn law(&self) -> Option<&str> {
        if self.case.refused.is_some() {
            return self.case.told_refusal().map(|refused| refused.law.as_str());
        }
        self.standing_reply().and_then(|reply| reply.law.as_deref())
    }

    fn all_clocks(&self) -> Field<'_> {
        let one = |clock: &Deadline| {
            json!({
                "clock": clock.rule,
                "due_nominal": clock.due_nominal,
                "due_rolled": clock.due_rolled,
                "state": state(clock, self.now, Lateness::Strict),
                "stopped_at": clock.stopped.map(|stop| self.offset(stop.at)),
                "calendar_incomplete": clock.incomplete,
            })
        };
        let line: Vec<String> = self
            .clocks
            .iter()
            .map(|clock| format!("{} {}/{}", clock.rule, clock.due_nominal, clock.due_rolled))
            .collect();
        Field::List(self.clocks.iter().map(one).collect(), line.join("; "))
    }

    /// What the request was limited to, and what was stopped for it.
    fn scope(&self) -> String {
        let Stopped { consents, messages } = &self.case.stopped;
        let mut scope: Vec<&str> = Vec::new();
        for word in self.case.scope.iter().chain(consents).chain(messages) {
            if !scope.contains(&word.as_str()) {
                scope.push(word);
            }
        }
        scope.join("; ")
    }

    fn done(&self) -> Field<'_> {
        let line: Vec<String> =
            self.actions.iter().map(|count| format!("{} {} {}", count.table, count.what, count.rows)).collect();
        Field::List(json!(self.actions), line.join("; "))
    }

    fn kept(&self) -> Field<'_> {
        let one = |kept: &Kept| {
            let until = kept.until.map(|until| format!(" {until}")).unwrap_or_default();
            format!("{} {} {} {}{until}", kept.table, kept.rows, kept.code, kept.law.both())
        };
        let line: Vec<String> = self.case.retained.iter().map(one).collect();
        Field::List(json!(self.case.retained), line.join("; "))
    }

    fn offset(&self, at: Timestamp) -> String {
        at.display_with_offset(self.zone.to_offset(at)).to_string()
    }

    fn instant(&self, at: Option<Timestamp>) -> Field<'_> {
        Field::maybe(at.map(|at| self.offset(at)))
    }

    /// SHA-256 of the line before, and of the fields of this one as JSON without white space.
    fn digest(&self) -> Fingerprint {
        let mut digest = Sha256::new_with_prefix(self.previous.bytes());
        let fields = self.fields();
        let told = &fields[..COLUMNS.len() - 2];
        digest.update(serde_json::to_vec(told).unwrap_or_default());
        Fingerprint::new(digest.finalize().into())
    }
}

fn count(count: usize) -> Field<'static> {
    Field::Count(i64::try_from(count).unwrap_or(i64::MAX))
}

/// What was done, with as many rows kept as are told to be kept.
fn told_actions(actions: &[TableCount], retained: &[Kept]) -> Vec<TableCount> {
    let mut told: Vec<TableCount> = Vec::new();
    let kept = retained.iter().map(|kept| ("kept", &kept.table, kept.rows));
    let done =
        actions.iter().filter(|count| count.what != "kept").map(|count| (&*count.what, &count.table, count.rows));
    for (what, table, rows) in done.chain(kept) {
        match told.iter_mut().find(|count| count.what == what && count.table == *table) {
            Some(count) => count.rows += rows,
            None => told.push(TableCount { table: table.clone(), what: what.to_owned(), rows }),
        }
    }
    told
}

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(COLUMNS.len()))?;
        for (column, field) in COLUMNS.iter().zip(self.fields()) {
            map.serialize_entry(column.key, &field)?;
        }
        map.end()
    }
}
