//! The rules that a map states: which table's rows go when, and how.

use jiff::{civil::Date, tz::TimeZone};

use crate::{
    case::period::Counted,
    data_map::{
        Wording,
        classified::{Classified, Standing, TableId},
        fate::{After, Erase, Keep, Limit},
    },
    kind::Dated,
    plan::KeepEnds,
    value::Value,
};

/// What bounds the life of a table's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule<'m> {
    /// The table that states it
    pub table: TableId,
    pub(super) bound: Bound<'m>,
    then: &'m Erase,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bound<'m> {
    /// The purpose's maximum
    Limit(&'m Limit),
    /// No maximum is stated: the last minimum was the only reason to hold the row
    Keeps(&'m [Keep]),
}

impl<'m> Rule<'m> {
    /// The rule that `table` states for its own rows; none where it inherits one or where nothing bounds them. A period
    /// that counts from a person's removal bounds nobody who is still there.
    #[must_use]
    pub fn of(map: &'m Classified, table: TableId) -> Option<Self> {
        let held = &map.tables[table];
        if held.standing != Standing::Personal {
            return None;
        }
        let fates = &held.fates;
        let dated = |after: &After| matches!(after, After::Dates(_));
        match (&fates.limit, held.bound_by.limit) {
            (Some(limit), _) if dated(&limit.after) => {
                Some(Self { table, bound: Bound::Limit(limit), then: &limit.then })
            }
            (None, None) if !fates.keep.is_empty() && fates.keep.iter().all(|keep| dated(&keep.after)) => {
                Some(Self { table, bound: Bound::Keeps(&fates.keep), then: &fates.erase })
            }
            _ => None,
        }
    }

    /// The machine word.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self.bound {
            Bound::Limit(_) => "limit",
            Bound::Keeps(_) => "keep",
        }
    }

    /// The reason that the map gives.
    #[must_use]
    pub fn because(&self) -> Wording {
        match self.bound {
            Bound::Limit(limit) => limit.because.clone(),
            Bound::Keeps(keeps) => keeps.first().map(|keep| keep.law.clone()).unwrap_or_default(),
        }
    }

    /// Whether it bounds the rows of `table`: its own, and those that inherit it.
    #[must_use]
    pub fn binds(&self, map: &Classified, table: TableId) -> bool {
        let bound_by = map.tables[table].bound_by;
        table == self.table
            || match self.bound {
                Bound::Limit(_) => bound_by.limit == Some(self.table),
                Bound::Keeps(_) => bound_by.limit.is_none() && bound_by.keep == Some(self.table),
            }
    }

    /// How the rows of `table` go when they are due: as the limit says where it is stated, else as the table says.
    pub(super) fn then(&self, map: &'m Classified, table: TableId) -> &'m Erase {
        if table == self.table { self.then } else { &map.tables[table].fates.erase }
    }

    /// The periods, each with the names of its dates.
    pub(super) fn periods(&self) -> Vec<&'m After> {
        match self.bound {
            Bound::Limit(limit) => vec![&limit.after],
            Bound::Keeps(keeps) => keeps.iter().map(|keep| &keep.after).collect(),
        }
    }

    /// Whether a row is due: `events` are what its dates say, a list for each period.
    pub(super) fn due(&self, events: &[Event], today: Date) -> Due {
        let mut latest: Option<Date> = None;
        for (at, event) in events.iter().enumerate() {
            let day = match event {
                Event::On(day) => *day,
                Event::None => return Due::NoDate,
                Event::Unreadable => return Due::Unreadable,
            };
            let (period, counted) = match self.bound {
                Bound::Limit(limit) => (limit.period, Counted::Event),
                Bound::Keeps(keeps) => (keeps[at].period, counted(&keeps[at])),
            };
            if period.keep_through(day, counted) >= today {
                return Due::NotYet;
            }
            latest = latest.max(Some(day));
        }
        latest.map_or(Due::NoDate, Due::Since)
    }

    /// The last day on which an event may lie so that its row is due; `None` when there is none.
    pub(super) fn cutoff(&self, today: Date) -> Option<Date> {
        let Bound::Limit(limit) = self.bound else { return None };
        let (mut early, mut late) = (Date::new(1, 1, 1).ok()?, today);
        let ended = |day: Date| limit.period.keep_through(day, Counted::Event) < today;
        if !ended(early) {
            return None;
        }
        // keep_through never decreases, so that the last day that is over is found by halving
        while early < late {
            let days = early.until(late).ok()?.get_days();
            let middle = early.saturating_add(jiff::Span::new().days((days + 1) / 2));
            if ended(middle) { early = middle } else { late = middle.yesterday().ok()? }
        }
        Some(early)
    }
}

fn counted(keep: &Keep) -> Counted {
    if keep.end_of_year { Counted::EndOfYear } else { Counted::Event }
}

/// When a minimum ends for a row whose event is `event`.
pub(super) fn keep_ends(keep: &Keep, event: Event, today: Date) -> KeepEnds {
    let Event::On(day) = event else { return KeepEnds::Unknown };
    let through = keep.period.keep_through(day, counted(keep));
    if through < today { KeepEnds::Ended } else { KeepEnds::Through(through) }
}

/// What the dates of one period say of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// It happened on this day
    On(Date),
    /// Nothing is written
    None,
    /// Something is written that is no day
    Unreadable,
}

impl Event {
    /// The first of `cells` that is not empty; a placeholder is one that cannot be read.
    pub(super) fn first<'v>(cells: impl Iterator<Item = &'v Value>, zone: &TimeZone) -> Self {
        let first = cells.map(Dated::read).find(|dated| *dated != Dated::Empty);
        first.map_or(Self::None, |dated| dated.day(zone).map_or(Self::Unreadable, Self::On))
    }
}

/// Whether a row's time has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// Counted from this day
    Since(Date),
    /// Not yet
    NotYet,
    /// The event has not happened, or was not written down
    NoDate,
    /// Its date cannot be read
    Unreadable,
}

/// All rules of a map, those of tables that hang on others first.
#[must_use]
pub fn rules(map: &Classified) -> Vec<Rule<'_>> {
    let apart = (0..map.tables.len()).filter(|table| !map.order.contains(table));
    let order = map.order.iter().rev().copied().chain(apart);
    order.filter_map(|table| Rule::of(map, table)).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn limit(period: &str) -> Limit {
        Limit {
            period: period.parse().unwrap(),
            after: After::Dates(vec!["at".into()]),
            then: Erase::Delete,
            because: Wording::default(),
        }
    }

    #[test]
    fn a_row_is_due_on_the_day_after_its_last_day() {
        // LAW §3.3: three years from 2026-03-10 are kept through 2029-03-10
        let limit = limit("3 years");
        let rule = Rule { table: 0, bound: Bound::Limit(&limit), then: &Erase::Delete };
        let event = [Event::On(date(2026, 3, 10))];
        assert_eq!(rule.due(&event, date(2029, 3, 10)), Due::NotYet);
        assert_eq!(rule.due(&event, date(2029, 3, 11)), Due::Since(date(2026, 3, 10)));
        assert_eq!(rule.due(&[Event::None], date(2029, 3, 11)), Due::NoDate);
        assert_eq!(rule.due(&[Event::Unreadable], date(2029, 3, 11)), Due::Unreadable);
    }

    #[test]
    fn the_cutoff_is_the_last_day_that_is_due() {
        for period in ["1 day", "90 days", "6 months", "3 years", "72 hours"] {
            let limit = limit(period);
            let rule = Rule { table: 0, bound: Bound::Limit(&limit), then: &Erase::Delete };
            for today in [date(2026, 11, 23), date(2027, 3, 1), date(2028, 2, 29), date(2026, 12, 31)] {
                let cutoff = rule.cutoff(today).unwrap();
                assert_eq!(rule.due(&[Event::On(cutoff)], today), Due::Since(cutoff), "{period} {today}");
                let next = cutoff.tomorrow().unwrap();
                assert_eq!(rule.due(&[Event::On(next)], today), Due::NotYet, "{period} {today}");
            }
        }
    }

    #[test]
    fn the_first_date_that_is_written_counts_even_when_it_cannot_be_read() {
        let cells = |texts: [&str; 2]| texts.map(Value::from);
        let first = |texts| Event::first(cells(texts).iter(), &TimeZone::UTC);
        assert_eq!(first(["", "2026-01-02"]), Event::On(date(2026, 1, 2)));
        assert_eq!(first(["0000-00-00", "2026-01-02"]), Event::Unreadable);
        assert_eq!(first(["soon", ""]), Event::Unreadable);
        assert_eq!(first(["", " "]), Event::None);
    }
}
