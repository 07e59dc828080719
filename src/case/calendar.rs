//! Working days, from calendar files (LAW D6, D7).
//!
//! A calendar is one TOML file for one region and year. Bundled are China 2026 and the federal days of the United
//! States 2026 and 2027; whoever needs another year or region adds a file, and a file for a region and year that is
//! already there takes its place.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, Weekday};
use serde::Deserialize;
use toml::Spanned;

/// The region of China.
pub const CN: &str = "cn";
/// The region of the United States' federal days.
pub const US: &str = "us";

const BUNDLED: [&str; 3] = [
    include_str!("calendars/cn-2026.toml"),
    include_str!("calendars/us-2026.toml"),
    include_str!("calendars/us-2027.toml"),
];

/// Why a calendar file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot read the calendar: line {line}: {problem}")]
pub struct CalendarError {
    /// The line of the file, from 1
    pub line: usize,
    /// What is wrong there
    pub problem: CalendarProblem,
}

/// What can be wrong in a calendar file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarProblem {
    /// Not TOML, or not the keys of a calendar
    #[error("{0}")]
    Syntax(String),
    /// A word without which the file says nothing
    #[error("{0} is empty")]
    Empty(&'static str),
    /// A region is named in lower-case letters, digits and hyphens
    #[error("a region is written in lower-case letters, digits and hyphens")]
    Region,
    /// No calendar is made for such a year
    #[error("the year must lie between 1900 and 2999")]
    Year,
    /// Neither a day nor a range
    #[error("expected a day such as 2026-10-01, or a range such as 2026-10-01..2026-10-07")]
    NotADay,
    /// A range that ends before it begins
    #[error("the range ends before it begins")]
    Backwards,
    /// A day that another year's file must hold. The December before is allowed, since the notice for a year may move it
    #[error("{0} lies outside the year and the December before it")]
    OutsideYear(Date),
    /// A day named twice, or both off and worked
    #[error("{0} is named twice")]
    Twice(Date),
    /// A make-up day that is a working day anyway
    #[error("{0} is not at the weekend, so it needs no line to be a working day")]
    NotAtWeekend(Date),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    region: Spanned<String>,
    year: Spanned<i16>,
    source: Spanned<String>,
    off: Vec<Spanned<String>>,
    work: Vec<Spanned<String>>,
}

/// One region's days of one year that are not what their weekday says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    region: String,
    year: i16,
    source: String,
    off: BTreeSet<Date>,
    work: BTreeSet<Date>,
}

impl Calendar {
    /// Reads one calendar file.
    pub fn parse(text: &str) -> Result<Self, CalendarError> {
        let fault = |at: usize, problem| CalendarError { line: line_of(text, at), problem };
        let file: File = toml::from_str(text).map_err(|error| {
            fault(error.span().map_or(0, |span| span.start), CalendarProblem::Syntax(error.message().to_owned()))
        })?;
        check_head(&file).map_err(|(at, problem)| fault(at, problem))?;
        let year = *file.year.get_ref();
        let mut named = BTreeSet::new();
        let mut read = |lines: &[Spanned<String>], must_be_weekend: bool| {
            let mut days = BTreeSet::new();
            for line in lines {
                for day in days_of(line.get_ref(), year).map_err(|problem| fault(line.span().start, problem))? {
                    if must_be_weekend && !is_weekend(day) {
                        return Err(fault(line.span().start, CalendarProblem::NotAtWeekend(day)));
                    }
                    if !named.insert(day) {
                        return Err(fault(line.span().start, CalendarProblem::Twice(day)));
                    }
                    days.insert(day);
                }
            }
            Ok(days)
        };
        let off = read(&file.off, false)?;
        let work = read(&file.work, true)?;
        Ok(Self { region: file.region.into_inner(), year, source: file.source.into_inner(), off, work })
    }

    /// The region the calendar is for.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The year the calendar is for.
    #[must_use]
    pub fn year(&self) -> i16 {
        self.year
    }

    /// Where its days were published.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What the file says of `date`: off (false), worked (true), or nothing.
    fn says(&self, date: Date) -> Option<bool> {
        if self.off.contains(&date) { Some(false) } else { self.work.contains(&date).then_some(true) }
    }
}

fn check_head(file: &File) -> Result<(), (usize, CalendarProblem)> {
    let region = file.region.get_ref();
    if region.is_empty() {
        return Err((file.region.span().start, CalendarProblem::Empty("region")));
    }
    if !region.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
        return Err((file.region.span().start, CalendarProblem::Region));
    }
    if !(1900..=2999).contains(file.year.get_ref()) {
        return Err((file.year.span().start, CalendarProblem::Year));
    }
    if file.source.get_ref().trim().is_empty() {
        return Err((file.source.span().start, CalendarProblem::Empty("source")));
    }
    Ok(())
}

/// The days of one line, `DAY` or `DAY..DAY` with both ends included.
fn days_of(text: &str, year: i16) -> Result<Vec<Date>, CalendarProblem> {
    let day = |text: &str| {
        let exact = text.len() == "2026-10-01".len(); // jiff reads more than we promise, such as times
        text.parse::<Date>().ok().filter(|_| exact).ok_or(CalendarProblem::NotADay)
    };
    let (first, last) = match text.split_once("..") {
        Some((first, last)) => (day(first.trim())?, day(last.trim())?),
        None => (day(text)?, day(text)?),
    };
    if last < first {
        return Err(CalendarProblem::Backwards);
    }
    for end in [first, last] {
        let belongs = end.year() == year || (end.year() == year - 1 && end.month() == 12);
        if !belongs {
            return Err(CalendarProblem::OutsideYear(end));
        }
    }
    Ok(first.series(jiff::Span::new().days(1)).take_while(|day| *day <= last).collect())
}

fn line_of(text: &str, at: usize) -> usize {
    1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count()
}

fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// Whether work is done on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkingDay {
    /// Whether it counts as a working day
    pub yes: bool,
    /// Whether a calendar of that year says so; without one the answer is the bound that makes a clock end earlier
    pub known: bool,
}

/// A date reached by counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The date
    pub date: Date,
    /// Whether every day on the way was known
    pub known: bool,
}

/// All calendars there are: bundled ones and the user's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendars(BTreeMap<String, BTreeMap<i16, Calendar>>);

impl Calendars {
    /// Reads the calendars that come with droit.
    pub fn bundled() -> Result<Self, CalendarError> {
        let mut calendars = Self::default();
        for text in BUNDLED {
            calendars.add(Calendar::parse(text)?);
        }
        Ok(calendars)
    }

    /// Adds a calendar, in the place of the one for the same region and year if there is one.
    pub fn add(&mut self, calendar: Calendar) {
        self.0.entry(calendar.region.clone()).or_default().insert(calendar.year, calendar);
    }

    /// All calendars, by region and year.
    pub fn iter(&self) -> impl Iterator<Item = &Calendar> {
        self.0.values().flat_map(BTreeMap::values)
    }

    /// Tells whether `date` is a working day in `region`; no region means that only weekends are off (LAW D7).
    ///
    /// In a year without a calendar every day counts where work is made up for at weekends (any calendar of the region
    /// has such a day), since counting weekdays alone could then end later than the law; elsewhere weekends stay off.
    #[must_use]
    pub fn working_day(&self, region: Option<&str>, date: Date) -> WorkingDay {
        let years = region.and_then(|region| self.0.get(region));
        let year_of = |year: i16| years.and_then(|years| years.get(&year));
        let known = year_of(date.year()).is_some();
        // the notice for the next year may have moved days of this December, and came later
        let said = [date.year() + 1, date.year()].into_iter().find_map(|year| year_of(year)?.says(date));
        let made_up = || years.is_some_and(|years| years.values().any(|calendar| !calendar.work.is_empty()));
        let yes = said.unwrap_or_else(|| !is_weekend(date) || (!known && made_up()));
        WorkingDay { yes, known }
    }

    /// Gives `date` itself if it is a working day, or the next one (CC 203; Regulation 1182/71, art. 3(4)).
    #[must_use]
    pub fn roll(&self, region: Option<&str>, date: Date) -> Counted {
        let mut reached = Counted { date, known: true };
        loop {
            let day = self.working_day(region, reached.date);
            reached.known &= day.known;
            match reached.date.tomorrow() {
                Ok(next) if !day.yes => reached.date = next,
                _ => return reached,
            }
        }
    }

    /// Counts `days` working days after `start`, which is not counted itself (CC 201).
    #[must_use]
    pub fn working_days_after(&self, region: Option<&str>, start: Date, days: u16) -> Counted {
        let mut reached = Counted { date: start, known: true };
        let mut left = days;
        while left > 0 {
            let Ok(next) = reached.date.tomorrow() else { return reached };
            reached.date = next;
            let day = self.working_day(region, next);
            reached.known &= day.known;
            left -= u16::from(day.yes);
        }
        reached
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn working(date: Date) -> (bool, bool) {
        let day = Calendars::bundled().unwrap().working_day(Some(CN), date);
        (day.yes, day.known)
    }

    #[test]
    fn bundled_china_has_the_days_of_the_notice() {
        let calendars = Calendars::bundled().unwrap();
        let cn = calendars.iter().find(|calendar| calendar.region() == CN).unwrap();
        // counted from the notice: 3 + 9 + 3 + 5 + 3 + 3 + 7 days off, six made up for
        assert_eq!((cn.off.len(), cn.work.len(), cn.year()), (33, 6, 2026));
        assert_eq!(working(date(2026, 2, 14)), (true, true));
        assert_eq!(working(date(2026, 2, 15)), (false, true));
        assert_eq!(working(date(2026, 9, 20)), (true, true));
        assert_eq!(working(date(2026, 10, 8)), (true, true));
        assert_eq!(working(date(2026, 11, 28)), (false, true));
    }

    #[test]
    fn in_a_missing_year_every_day_counts_where_work_is_made_up_for() {
        assert_eq!(working(date(2027, 10, 2)), (true, false)); // a Saturday on National Day
        let calendars = Calendars::bundled().unwrap();
        assert_eq!(calendars.roll(Some(CN), date(2027, 10, 2)), Counted { date: date(2027, 10, 2), known: false });
    }

    #[test]
    fn elsewhere_a_missing_year_or_region_leaves_weekends_off() {
        let calendars = Calendars::bundled().unwrap();
        for region in [Some(US), Some("de"), None] {
            let day = calendars.working_day(region, date(2031, 3, 1));
            assert_eq!(day, WorkingDay { yes: false, known: false }, "{region:?}"); // a Saturday
        }
    }

    #[test]
    fn united_states_observe_a_weekend_holiday_on_the_weekday_beside_it() {
        let calendars = Calendars::bundled().unwrap();
        let off = [(2026, 7, 3), (2027, 7, 5), (2027, 6, 18), (2027, 12, 24), (2027, 12, 31), (2026, 11, 26)];
        for (y, m, d) in off {
            let day = calendars.working_day(Some(US), date(y, m, d));
            assert_eq!(day, WorkingDay { yes: false, known: true }, "{y}-{m}-{d}");
        }
        assert!(calendars.working_day(Some(US), date(2026, 11, 27)).yes);
    }

    #[test]
    fn a_users_file_adds_a_year_or_replaces_one() {
        let mut calendars = Calendars::bundled().unwrap();
        let text = |year: i16, day: &str| {
            format!("region = \"cn\"\nyear = {year}\nsource = \"notice\"\noff = [\"{day}\"]\nwork = []\n")
        };
        calendars.add(Calendar::parse(&text(2027, "2027-10-01..2027-10-07")).unwrap());
        assert_eq!(calendars.roll(Some(CN), date(2027, 10, 2)), Counted { date: date(2027, 10, 8), known: true });
        calendars.add(Calendar::parse(&text(2026, "2026-12-31")).unwrap());
        assert!(calendars.working_day(Some(CN), date(2026, 10, 1)).yes, "the bundled file was not replaced");
    }

    #[test]
    fn the_next_years_notice_may_move_a_day_of_december() {
        let mut calendars = Calendars::bundled().unwrap();
        let text =
            "region = \"cn\"\nyear = 2027\nsource = \"notice\"\noff = [\"2026-12-31\"]\nwork = [\"2026-12-26\"]\n";
        calendars.add(Calendar::parse(text).unwrap());
        assert_eq!(calendars.working_day(Some(CN), date(2026, 12, 31)), WorkingDay { yes: false, known: true });
        assert_eq!(calendars.working_day(Some(CN), date(2026, 12, 26)), WorkingDay { yes: true, known: true });
    }

    #[test]
    fn every_fault_is_told_with_its_line() {
        use CalendarProblem as P;
        let fault = |body: &str| Calendar::parse(body).unwrap_err();
        let days = |off: &str, work: &str| {
            fault(&format!("region = \"x\"\nyear = 2026\nsource = \"s\"\noff = [\n  {off}\n]\nwork = [\n  {work}\n]\n"))
        };
        let at = |line, problem| CalendarError { line, problem };
        assert_eq!(days("\"2026-02-30\"", ""), at(5, P::NotADay));
        assert_eq!(days("\"2026-02-03T10:00\"", ""), at(5, P::NotADay));
        assert_eq!(days("\"2026-02-03..2026-02-01\"", ""), at(5, P::Backwards));
        assert_eq!(days("\"2025-11-30\"", ""), at(5, P::OutsideYear(date(2025, 11, 30))));
        assert_eq!(days("\"2026-05-01..2027-01-01\"", ""), at(5, P::OutsideYear(date(2027, 1, 1))));
        assert_eq!(days("", "\"2026-05-04\""), at(8, P::NotAtWeekend(date(2026, 5, 4))));
        assert_eq!(days("\"2026-05-01..2026-05-03\"", "\"2026-05-02\""), at(8, P::Twice(date(2026, 5, 2))));
        assert_eq!(fault("region = \"Cn\"\nyear = 2026\nsource = \"s\"\noff = []\nwork = []"), at(1, P::Region));
        assert_eq!(fault("region = \"c\"\nyear = 26\nsource = \"s\"\noff = []\nwork = []"), at(2, P::Year));
        assert_eq!(
            fault("region = \"c\"\nyear = 2026\nsource = \" \"\noff = []\nwork = []"),
            at(3, P::Empty("source"))
        );
        assert_eq!(fault("region = \"c\"\nyear = 2026\noof = []\n").line, 3);
        assert_eq!(fault("region = \"c\"\nyear == 2026\n").line, 2);
    }
}
