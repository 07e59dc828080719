//! Who somebody is, computed from a number: nobody has to be remembered, so memory stays flat.

use super::{
    moment::{DAY, Moment},
    names, numbers,
    places::{DISTRICTS, District, street},
    random::Random,
};

/// Somebody of the crowd: an account's holder or somebody without an account.
#[derive(Clone, Copy, Debug)]
pub(super) struct Person {
    seed: u64,
    number: i64,
    account: bool,
}

/// What a person's attributes are drawn from, one stream each.
enum Trait {
    Name = 1,
    Home,
    Birth,
    Sex,
    Papers,
    Nickname,
    Mail,
}

const SENSELESS: [&str; 5] = ["", "0000-00-00", "2011-02-30", "1900-13-01", "未知"];

/// How old somebody says they are.
pub(super) enum Birth {
    /// The day, `YYYY-MM-DD`
    Day(String),
    /// Empty, zero or impossible
    Senseless(&'static str),
    Unknown,
}

impl Person {
    pub(super) fn holder(seed: u64, number: i64) -> Self {
        Self { seed, number, account: true }
    }

    pub(super) fn stranger(seed: u64, number: i64) -> Self {
        Self { seed, number, account: false }
    }

    fn draw(&self, topic: Trait) -> Random {
        Random::of(self.seed, topic as u64 * 2 + u64::from(self.account), self.number)
    }

    pub(super) fn account(&self) -> Option<i64> {
        self.account.then_some(self.number)
    }

    pub(super) fn name(&self) -> String {
        names::name(&mut self.draw(Trait::Name))
    }

    pub(super) fn nickname(&self) -> String {
        names::nickname(&mut self.draw(Trait::Nickname))
    }

    pub(super) fn phone(&self) -> String {
        if self.account { numbers::account_phone(self.number) } else { numbers::stranger_phone(self.number) }
    }

    pub(super) fn email(&self) -> String {
        let mut random = self.draw(Trait::Mail);
        format!("u{}{}@{}", random.hex(3), self.number, random.pick(&["example.com", "example.org", "example.net"]))
    }

    pub(super) fn district(&self) -> &'static District {
        self.draw(Trait::Home).pick(DISTRICTS)
    }

    /// Province, city, district, street, house and flat.
    pub(super) fn address(&self) -> String {
        let mut random = self.draw(Trait::Home);
        let district = random.pick(DISTRICTS);
        format!("{}{}", district.full_name(), street(&mut random))
    }

    pub(super) fn male(&self) -> bool {
        self.draw(Trait::Sex).chance(500)
    }

    /// Whether they are below 18 on the day that begins at `today`.
    pub(super) fn minor(&self) -> bool {
        self.draw(Trait::Birth).below(1000) < 15
    }

    /// Whether a minor's guardian has consented in time; for the others it means nothing.
    pub(super) fn consented(&self) -> bool {
        self.draw(Trait::Birth).below(1000) < 5
    }

    /// About 1 % minors without consent and 0.5 % with it, 6 % unknown or senseless.
    pub(super) fn birth(&self, today: Moment) -> Birth {
        let mut random = self.draw(Trait::Birth);
        match random.below(1000) {
            0..15 => Birth::Day(today.plus(-DAY * random.between(10 * 365, 17 * 365)).day()),
            15..55 => Birth::Unknown,
            55..75 => Birth::Senseless(SENSELESS[usize::try_from(random.below(5)).unwrap_or_default()]),
            _ => Birth::Day(today.plus(-DAY * random.between(19 * 366, 75 * 365)).day()),
        }
    }

    /// The number in their papers; consistent with birth date, sex and home where they have a birth date.
    pub(super) fn resident_id(&self, today: Moment) -> String {
        let born = match self.birth(today) {
            Birth::Day(day) => day.replace('-', ""),
            Birth::Senseless(_) | Birth::Unknown => {
                today.plus(-DAY * self.draw(Trait::Papers).between(20 * 366, 70 * 365)).compact_day()
            }
        };
        let serial = self.draw(Trait::Papers).between(0, 499) * 2 + i64::from(self.male());
        numbers::resident_id(self.district().code, &born, serial)
    }
}
