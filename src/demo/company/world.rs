//! The company's clock and how many people there are.

use super::{
    CAST,
    moment::{DAY, Moment},
    person::Person,
    random::Random,
};

/// How long the company has existed.
const AGE: i64 = 1_650 * DAY;

/// Accounts up to this number have files; beyond, file columns are NULL, so that a million accounts do not make a
/// million files.
const WITH_FILES: i64 = 360;

/// What everything is computed from.
#[derive(Clone, Copy, Debug)]
pub(super) struct World {
    pub(super) seed: u64,
    /// Accounts, the cast included
    pub(super) users: i64,
    /// The beginning of today
    pub(super) today: Moment,
    /// When the first account of the crowd was made
    pub(super) opened: Moment,
    pub(super) staff: i64,
}

/// The last account of the cast.
pub(super) const LAST_OF_CAST: i64 = CAST.cast_signed();

impl World {
    pub(super) fn new(seed: u64, users: u64, today: Moment) -> Self {
        let users = i64::try_from(users).unwrap_or(i64::MAX);
        Self { seed, users, today, opened: today.plus(-AGE), staff: (20 + users / 2_000).min(3_000) }
    }

    /// Accounts of the crowd.
    pub(super) fn crowd(&self) -> i64 {
        self.users - LAST_OF_CAST
    }

    pub(super) fn random(&self, topic: u64, number: i64) -> Random {
        Random::of(self.seed, 1_000 + topic, number)
    }

    /// When account `id` of the crowd was made: in the order of the numbers, evenly from the opening until today.
    pub(super) fn joined(&self, id: i64) -> Moment {
        let step = AGE / self.crowd();
        self.opened.plus(AGE * (id - LAST_OF_CAST - 1) / self.crowd() + self.random(1, id).below(step.max(1)))
    }

    /// Somebody of the crowd whose account existed at `time`; before the second account, the first.
    pub(super) fn holder_at(&self, random: &mut Random, time: Moment) -> Person {
        let joined = (time.0 - self.opened.0).clamp(0, AGE) * self.crowd() / AGE;
        Person::holder(self.seed, LAST_OF_CAST + 1 + random.below(joined.max(1)))
    }

    /// Somebody without an account.
    pub(super) fn stranger(&self, random: &mut Random) -> Person {
        Person::stranger(self.seed, random.below(self.users * 3))
    }

    /// The moment of the `number`th of `count` records that are spread evenly over the last `days`.
    pub(super) fn moment(&self, days: i64, number: i64, count: i64, random: &mut Random) -> Moment {
        let span = (days * DAY).min(AGE);
        let step = span / count.max(1);
        self.today.plus(-span + span * number / count.max(1) + random.below(step.max(1)))
    }

    pub(super) fn colleague(&self, random: &mut Random) -> i64 {
        random.between(1, self.staff)
    }

    pub(super) fn has_files(id: i64) -> bool {
        id <= WITH_FILES
    }

    /// The token under which de-identified records of account `id` stand.
    pub(super) fn analytics_token(&self, id: i64) -> String {
        self.random(2, id).hex(24)
    }

    /// The visitor's identifier in the browser of account `id`.
    pub(super) fn visitor(&self, id: i64) -> String {
        format!("v{id:010}{}", self.random(3, id).hex(12))
    }

    /// The first device of account `id`; the second, if there is one, follows.
    pub(super) fn device(id: i64) -> i64 {
        id * 2
    }

    /// How many devices account `id` of the crowd has.
    pub(super) fn devices(id: i64) -> i64 {
        1 + i64::from(id % 10 < 3)
    }
}
