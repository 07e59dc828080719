//! A long piece of work as it is shown: a bar on a terminal while it lasts, elsewhere one line when it is done.

use jiff::Timestamp;

use crate::{
    database::{Database, Meter, WritableDatabase},
    progress::{Doing, Progress},
};

use super::{
    language::Language,
    out::Out,
    session::Session,
    text::{Text, progress as words},
};

/// A piece of work that somebody waits for.
#[derive(Debug)]
pub(crate) struct Watch {
    begun: Timestamp,
    read: u64,
    changed: u64,
    events: u64,
    cases: u64,
}

impl Watch {
    /// It begins now.
    pub(crate) fn begin(session: &Session<'_>) -> Self {
        Self { begun: session.now(), read: 0, changed: 0, events: 0, cases: 0 }
    }

    /// Does what only reads, and shows how many rows it has read.
    pub(crate) fn reading<T>(
        &mut self,
        database: &mut dyn Database,
        out: &mut Out<'_>,
        work: impl FnOnce(&mut dyn Database) -> T,
    ) -> T {
        let mut tell = |progress| out.progress(progress);
        let meter = Meter::new(&mut tell);
        let done = work(&mut meter.reader(database));
        self.read += meter.read();
        done
    }

    /// Does what changes rows, and shows how many of `changes`.
    pub(crate) fn changing<T>(
        &mut self,
        (reader, writer): (&mut dyn Database, &mut dyn WritableDatabase),
        changes: Option<u64>,
        out: &mut Out<'_>,
        work: impl FnOnce(&mut dyn Database, &mut dyn WritableDatabase) -> T,
    ) -> T {
        let mut tell = |progress| out.progress(progress);
        let meter = Meter::new(&mut tell);
        let meter = match changes {
            Some(changes) => meter.expecting(changes),
            None => meter,
        };
        let done = work(&mut meter.reader(reader), &mut meter.writer(writer));
        self.read += meter.read();
        self.changed += meter.changed();
        done
    }

    /// Shows how far the work is that tells of itself.
    pub(crate) fn tell(&mut self, progress: Progress, out: &mut Out<'_>) {
        match progress.doing {
            Doing::Checking => self.events = self.events.max(progress.done),
            Doing::Cases => self.cases = self.cases.max(progress.done),
            Doing::Reading | Doing::Changing | Doing::Making => {}
        }
        out.progress(progress);
    }

    /// It is done: one line, where no bar was seen and there was anything to do.
    pub(crate) fn end(&self, what: &str, session: &Session<'_>, out: &mut Out<'_>) {
        let language = out.language();
        let counted = [
            (words::CASES, self.cases),
            (words::EVENTS, self.events),
            (words::READ, self.read),
            (words::CHANGED, self.changed),
        ];
        let counted = counted.into_iter().filter(|(_, number)| *number > 0);
        let mut parts: Vec<String> =
            counted.map(|(text, number)| text.with(language, &[("number", &number.to_string())])).collect();
        if parts.is_empty() {
            return;
        }
        let tenths = session.now().duration_since(self.begun).as_millis().max(0) / 100;
        let seconds = format!("{}.{}", tenths / 10, tenths % 10);
        parts.push(words::SECONDS.with(language, &[("number", &seconds)]));
        out.summary(words::SUMMARY, &[("what", what), ("parts", &parts.join(words::COMMA.of(language)))]);
    }
}

/// Cells of a bar.
const CELLS: usize = 24;

/// The bar with its numbers: how much of it is done where that is known, else something that moves.
pub(super) fn line(progress: Progress, language: Language) -> String {
    let Progress { doing, done, of } = progress;
    let text = match doing {
        Doing::Reading => words::READ,
        Doing::Changing => words::CHANGED,
        Doing::Making => words::MADE,
        Doing::Checking => words::EVENTS,
        Doing::Cases => words::CASES,
    };
    let Some(of) = of.filter(|of| *of > 0) else {
        let at = usize::try_from(done / 1000).unwrap_or(0) % CELLS;
        let number = done.to_string();
        return format!("[{}#{}] {}", " ".repeat(at), " ".repeat(CELLS - 1 - at), said(text, language, &number));
    };
    let done = done.min(of);
    let share = u128::from(done) * 100 / u128::from(of);
    let full = usize::try_from(share).unwrap_or(100) * CELLS / 100;
    let number = format!("{done}/{of}");
    format!("[{}{}] {share:>3} % {}", "#".repeat(full), " ".repeat(CELLS - full), said(text, language, &number))
}

fn said(text: Text, language: Language, number: &str) -> String {
    text.with(language, &[("number", number)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_full_as_the_work_is_done() {
        let english = |progress| line(progress, Language::English);
        assert_eq!(
            english(Progress::part(Doing::Checking, 50, 200)),
            "[######                  ]  25 % 50/200 events checked"
        );
        assert_eq!(english(Progress::part(Doing::Cases, 3, 3)), "[########################] 100 % 3/3 cases");
        assert_eq!(
            line(Progress::part(Doing::Changing, 9, 4), Language::Chinese),
            "[########################] 100 % 已更改 4/4 行"
        );
    }

    #[test]
    fn what_has_no_known_end_moves() {
        let english = |done| line(Progress::counted(Doing::Reading, done), Language::English);
        assert_eq!(english(1000), "[ #                      ] 1000 rows read");
        assert_eq!(english(25_000), "[ #                      ] 25000 rows read");
        assert_eq!(line(Progress { doing: Doing::Reading, done: 0, of: Some(0) }, Language::English), english(0));
    }
}
