//! The response log of a period.

use jiff::civil::Date;

use crate::{
    case::log::{Entry, Place, Summary},
    casebook::{Casebook, Head},
    error::Error,
    export::log::{Closing, LogWriter},
};

/// The days of receipt that a log is about, both counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogPeriod {
    /// The first day; none: from the beginning
    pub from: Option<Date>,
    /// The last day
    pub to: Date,
}

impl LogPeriod {
    fn holds(&self, day: Date) -> bool {
        day <= self.to && self.from.is_none_or(|from| from <= day)
    }
}

/// Writes the log of all requests received in `period`, as they stand at `place.now`, by their numbers; then the
/// summary and the head of the record.
///
/// Each line is chained to the one before, the first to the head. Memory does not depend on the number of requests.
pub fn write_log(
    book: &mut Casebook,
    period: LogPeriod,
    place: &Place,
    writer: &mut dyn LogWriter,
) -> Result<(Summary, Head), Error> {
    let mut summary = Summary::default();
    let mut last = None;
    let head = book.cases_at_head(place.now, |head, case| {
        let entry = Entry::of(case, place, last.unwrap_or(head.hash));
        if !period.holds(entry.received()) {
            return Ok::<(), Error>(());
        }
        last = Some(entry.hash());
        summary.take(&entry);
        Ok(writer.entry(&entry)?)
    })?;
    let closing = Closing { summary: &summary, head: head.to_string(), last: last.unwrap_or(head.hash).to_string() };
    writer.close(&closing)?;
    Ok((summary, head))
}
