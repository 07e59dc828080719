//! What all lines of a log come to (NDR 44, CCPA 7102).

use std::collections::BTreeMap;

use jiff::{Span, civil::Date};
use serde::{Serialize, Serializer, ser::SerializeStruct};
use serde_json::{Value, json};

use super::{
    entry::Entry,
    outcome::{Outcome, Timeliness},
};
use crate::case::{age::Band, deadline::Lateness, request::RequestType};

/// How many were in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Punctuality {
    /// In time
    pub on_time: u64,
    /// Too late, or still running and late
    pub late: u64,
}

impl Punctuality {
    fn take(&mut self, timeliness: Timeliness) {
        match timeliness {
            Timeliness::Running => {}
            Timeliness::Met => self.on_time += 1,
            Timeliness::Missed => self.late += 1,
        }
    }

    /// In time, in tenths of a percent, rounded half up; none where nothing was judged.
    #[must_use]
    pub fn per_mille(&self) -> Option<u64> {
        let all = self.on_time + self.late;
        (all > 0).then(|| (2000 * self.on_time + all) / (2 * all))
    }
}

/// The figures of a log. Its size depends on the calendar, not on the number of requests.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Requests received in the period
    pub requests: u64,
    /// By right and decision; the empty decision is an open request
    pub decided: BTreeMap<(RequestType, &'static str), u64>,
    /// Substantive answers by the number of days they took
    pub days: BTreeMap<i64, u64>,
    /// Substantive answers, and unanswered requests that are overdue, by the nominal date
    pub punctuality: Punctuality,
    /// The same by the date that waits for holidays
    pub punctuality_rolled: Punctuality,
    /// Requests that only an interim reply stopped
    pub interim: Punctuality,
    /// How many those are, judged or not
    pub interim_requests: u64,
    /// Not answered
    pub open: u64,
    /// Whose binding clock runs late, answered or not; or any clock, unanswered
    pub overdue: u64,
    /// Extended
    pub extended: u64,
    /// Refusals by code
    pub refusals: BTreeMap<&'static str, u64>,
    /// By age
    pub ages: BTreeMap<&'static str, u64>,
    /// Requests with a failed verification
    pub failed_requests: u64,
    /// Verifications that failed
    pub failed_verifications: u64,
    /// Requests after whose answer the person complained
    pub complaints: u64,
    /// Received, by week (its Monday)
    pub weeks: BTreeMap<Date, u64>,
    /// Judged, by month of receipt (its first day)
    pub months: BTreeMap<Date, Punctuality>,
}

impl Summary {
    /// Takes a line in.
    pub fn take(&mut self, entry: &Entry) {
        let case = entry.case();
        self.requests += 1;
        let decision = entry.decision().map_or("", crate::case::Decision::word);
        *self.decided.entry((case.request.request_type(), decision)).or_default() += 1;
        *self.weeks.entry(monday(entry.received())).or_default() += 1;
        self.extended += u64::from(case.extension.is_some());
        self.complaints += u64::from(case.complained_at.is_some());
        self.failed_requests += u64::from(case.failed_verifications > 0);
        self.failed_verifications += u64::from(case.failed_verifications);
        if let Some(refused) = case.told_refusal() {
            *self.refusals.entry(refused.code.word()).or_default() += 1;
        }
        if let Some(age) = case.age {
            *self.ages.entry(Band::word(age)).or_default() += 1;
        }
        self.judge(entry);
    }

    fn judge(&mut self, entry: &Entry) {
        let strict = entry.timeliness(Lateness::Strict);
        self.overdue += u64::from(entry.is_overdue());
        match entry.outcome() {
            Outcome::Withdrawn | Outcome::Merged => return,
            Outcome::Interim => {
                self.interim_requests += 1;
                self.interim.take(strict);
                return;
            }
            Outcome::Open => self.open += 1,
            Outcome::Answered => {
                if let Some(days) = entry.days_used() {
                    *self.days.entry(days).or_default() += 1;
                }
            }
        }
        self.punctuality.take(strict);
        self.punctuality_rolled.take(entry.timeliness(Lateness::CivilCode203));
        self.months.entry(entry.received().first_of_month()).or_default().take(strict);
    }

    /// Substantive answers.
    #[must_use]
    pub fn answered(&self) -> u64 {
        self.days.values().sum()
    }

    /// The mean of the days to a substantive answer, in tenths, rounded half up.
    #[must_use]
    pub fn mean_tenths(&self) -> Option<i64> {
        let count = i64::try_from(self.answered()).ok().filter(|count| *count > 0)?;
        let sum: i64 = self.days.iter().map(|(days, count)| days * i64::try_from(*count).unwrap_or(0)).sum();
        Some((20 * sum + count).div_euclid(2 * count))
    }

    /// The median of the days to a substantive answer, in tenths.
    #[must_use]
    pub fn median_tenths(&self) -> Option<i64> {
        let count = self.answered();
        let at = |place: u64| {
            let mut passed = 0;
            self.days.iter().find(|(_, count)| {
                passed += **count;
                passed > place
            })
        };
        let (below, above) = (at(count.checked_sub(1)? / 2)?, at(count / 2)?);
        Some((below.0 + above.0) * 5)
    }

    /// The longest time to a substantive answer.
    #[must_use]
    pub fn max_days(&self) -> Option<i64> {
        self.days.last_key_value().map(|(days, _)| *days)
    }

    fn decided_json(&self) -> Value {
        let one = |((right, decision), count): (&(RequestType, &str), &u64)| json!({"type": right, "decision": if decision.is_empty() { Value::Null } else { json!(decision) }, "requests": count});
        self.decided.iter().map(one).collect()
    }
}

/// The Monday of the week of `date`.
fn monday(date: Date) -> Date {
    date.saturating_sub(Span::new().days(date.weekday().to_monday_zero_offset()))
}

/// A decimal number from tenths.
fn tenths(tenths: Option<i64>) -> Option<f64> {
    let tenths = tenths.and_then(|tenths| i32::try_from(tenths).ok())?;
    Some(f64::from(tenths) / 10.0)
}

fn percent(punctuality: Punctuality) -> Option<f64> {
    tenths(punctuality.per_mille().and_then(|share| i64::try_from(share).ok()))
}

impl Serialize for Summary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_struct("Summary", 17)?;
        map.serialize_field("requests", &self.requests)?;
        map.serialize_field("by_type_and_decision", &self.decided_json())?;
        map.serialize_field("answered", &self.answered())?;
        map.serialize_field(
            "days",
            &json!({
                "median": tenths(self.median_tenths()),
                "mean": tenths(self.mean_tenths()),
                "max": self.max_days(),
            }),
        )?;
        map.serialize_field("on_time", &judged(self.punctuality))?;
        map.serialize_field("on_time_rolled", &judged(self.punctuality_rolled))?;
        let mut interim = judged(self.interim);
        interim["requests"] = json!(self.interim_requests);
        map.serialize_field("interim", &interim)?;
        map.serialize_field("open", &self.open)?;
        map.serialize_field("overdue", &self.overdue)?;
        map.serialize_field("extended", &self.extended)?;
        map.serialize_field("denial_reasons", &self.refusals)?;
        map.serialize_field("ages", &self.ages)?;
        map.serialize_field(
            "verification_failures",
            &json!({"requests": self.failed_requests, "attempts": self.failed_verifications}),
        )?;
        map.serialize_field("complaints", &self.complaints)?;
        map.serialize_field("weeks", &self.weeks)?;
        map.serialize_field("days_to_answer", &self.days)?;
        map.serialize_field("months", &self.months)?;
        map.end()
    }
}

fn judged(punctuality: Punctuality) -> Value {
    json!({"on_time": punctuality.on_time, "late": punctuality.late, "percent": percent(punctuality)})
}
