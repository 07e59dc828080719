//! The numbers people quote: `DSR-20261123-0001` for a case, `RUN-…` for a purge, `HOLD-…` for a legal hold.

use std::{fmt, str::FromStr};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Why a text is not a number of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// The text does not have the form
    #[error("not a number of the form {0}-YYYYMMDD-NNNN")]
    Form(&'static str),
    /// The day's serial is outside of 1 to 9999
    #[error("all numbers {0}-…-0001 to {0}-…-9999 of this day are given")]
    Exhausted(&'static str),
}

/// Day and serial; what all three numbers are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Dated {
    date: Date,
    serial: u16,
}

impl Dated {
    fn new(prefix: &'static str, date: Date, serial: u16) -> Result<Self, NumberError> {
        if (1..=9999).contains(&serial) && (1..=9999).contains(&date.year()) {
            Ok(Self { date, serial })
        } else {
            Err(NumberError::Exhausted(prefix))
        }
    }

    fn parse(prefix: &'static str, text: &str) -> Result<Self, NumberError> {
        let wrong = || NumberError::Form(prefix);
        let rest = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('-')).ok_or_else(wrong)?;
        let (day, serial) = rest.split_once('-').ok_or_else(wrong)?;
        let digits = |part: &str, length| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(day, 8) || !digits(serial, 4) {
            return Err(wrong());
        }
        let number = |part: &str| part.parse::<i16>().map_err(|_| wrong());
        let narrow = |part: &str| part.parse::<i8>().map_err(|_| wrong());
        let date = Date::new(number(&day[..4])?, narrow(&day[4..6])?, narrow(&day[6..])?).map_err(|_| wrong())?;
        Self::new(prefix, date, serial.parse().map_err(|_| wrong())?).map_err(|_| wrong())
    }

    fn print(self, prefix: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { date, serial } = self;
        write!(f, "{prefix}-{:04}{:02}{:02}-{serial:04}", date.year(), date.month(), date.day())
    }
}

/// A case's number, `DSR-YYYYMMDD-NNNN`: the local day of intake and a serial within that day, never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CaseNumber(Dated);

/// A purge's number, `RUN-YYYYMMDD-NNNN`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RunNumber(Dated);

/// A legal hold's number, `HOLD-YYYYMMDD-NNNN`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HoldNumber(Dated);

impl CaseNumber {
    /// What every case's number begins with.
    pub const PREFIX: &'static str = "DSR";

    /// Makes the number of the `serial`-th case of the local day `date`.
    pub fn new(date: Date, serial: u16) -> Result<Self, NumberError> {
        Dated::new(Self::PREFIX, date, serial).map(Self)
    }
}

impl RunNumber {
    /// What every run's number begins with.
    pub const PREFIX: &'static str = "RUN";

    /// Makes the number of the `serial`-th run of the local day `date`.
    pub fn new(date: Date, serial: u16) -> Result<Self, NumberError> {
        Dated::new(Self::PREFIX, date, serial).map(Self)
    }
}

impl HoldNumber {
    /// What every hold's number begins with.
    pub const PREFIX: &'static str = "HOLD";

    /// Makes the number of the `serial`-th hold of the local day `date`.
    pub fn new(date: Date, serial: u16) -> Result<Self, NumberError> {
        Dated::new(Self::PREFIX, date, serial).map(Self)
    }
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.print(Self::PREFIX, f)
    }
}

impl fmt::Display for RunNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.print(Self::PREFIX, f)
    }
}

impl fmt::Display for HoldNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.print(Self::PREFIX, f)
    }
}

impl FromStr for CaseNumber {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, NumberError> {
        Dated::parse(Self::PREFIX, text).map(Self)
    }
}

impl FromStr for RunNumber {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, NumberError> {
        Dated::parse(Self::PREFIX, text).map(Self)
    }
}

impl FromStr for HoldNumber {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, NumberError> {
        Dated::parse(Self::PREFIX, text).map(Self)
    }
}

impl TryFrom<String> for CaseNumber {
    type Error = NumberError;

    fn try_from(text: String) -> Result<Self, NumberError> {
        text.parse()
    }
}

impl TryFrom<String> for RunNumber {
    type Error = NumberError;

    fn try_from(text: String) -> Result<Self, NumberError> {
        text.parse()
    }
}

impl TryFrom<String> for HoldNumber {
    type Error = NumberError;

    fn try_from(text: String) -> Result<Self, NumberError> {
        text.parse()
    }
}

impl From<CaseNumber> for String {
    fn from(number: CaseNumber) -> Self {
        number.to_string()
    }
}

impl From<RunNumber> for String {
    fn from(number: RunNumber) -> Self {
        number.to_string()
    }
}

impl From<HoldNumber> for String {
    fn from(number: HoldNumber) -> Self {
        number.to_string()
    }
}

/// What an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    /// The workspace as a whole
    Workspace,
    /// One request
    Case(CaseNumber),
    /// One purge
    Run(RunNumber),
    /// One legal hold
    Hold(HoldNumber),
}

impl About {
    /// The case, if it is one.
    #[must_use]
    pub fn case(self) -> Option<CaseNumber> {
        match self {
            Self::Case(number) => Some(number),
            _ => None,
        }
    }

    /// The purge, if it is one.
    #[must_use]
    pub fn run(self) -> Option<RunNumber> {
        match self {
            Self::Run(number) => Some(number),
            _ => None,
        }
    }
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Workspace => f.write_str("workspace"),
            Self::Case(number) => number.fmt(f),
            Self::Run(number) => number.fmt(f),
            Self::Hold(number) => number.fmt(f),
        }
    }
}

impl Serialize for About {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl FromStr for About {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, NumberError> {
        if text == "workspace" {
            Ok(Self::Workspace)
        } else if text.starts_with(RunNumber::PREFIX) {
            text.parse().map(Self::Run)
        } else if text.starts_with(HoldNumber::PREFIX) {
            text.parse().map(Self::Hold)
        } else {
            text.parse().map(Self::Case)
        }
    }
}

impl From<CaseNumber> for About {
    fn from(number: CaseNumber) -> Self {
        Self::Case(number)
    }
}

impl From<RunNumber> for About {
    fn from(number: RunNumber) -> Self {
        Self::Run(number)
    }
}

impl From<HoldNumber> for About {
    fn from(number: HoldNumber) -> Self {
        Self::Hold(number)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_number_prints_as_people_quote_it() {
        assert_eq!(CaseNumber::new(date(2026, 11, 23), 1).unwrap().to_string(), "DSR-20261123-0001");
        assert_eq!(RunNumber::new(date(2026, 1, 2), 9999).unwrap().to_string(), "RUN-20260102-9999");
        assert_eq!(HoldNumber::new(date(2026, 1, 2), 30).unwrap().to_string(), "HOLD-20260102-0030");
    }

    #[test]
    fn what_is_printed_is_read_again() {
        for text in ["DSR-20261123-0001", "RUN-20240229-0010", "HOLD-20261231-9999", "workspace"] {
            assert_eq!(text.parse::<About>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn near_misses_are_refused() {
        for text in [
            "",
            "DSR-20261123-0000",
            "DSR-20261123-1",
            "DSR-20261123-00001",
            "DSR-20260230-0001",
            "DSR-20261123-+001",
            "dsr-20261123-0001",
            "RUN-20261123-0001",
            "DSR-2026112三-0001",
            "DSR-20261123-0001 ",
        ] {
            assert_eq!(text.parse::<CaseNumber>(), Err(NumberError::Form("DSR")), "{text}");
        }
    }

    #[test]
    fn a_day_has_no_ten_thousandth_number() {
        assert_eq!(CaseNumber::new(date(2026, 11, 23), 10_000), Err(NumberError::Exhausted("DSR")));
    }
}
