//! Whether a change can be undone: as `droit.toml` says, and never of a minor.

use jiff::SignedDuration;

use crate::{
    case::{
        About, Case, CaseNumber, Event, IdentitySet,
        age::{Band, Thresholds},
    },
    duties::minors::{Ages, Minors},
};

use crate::cli::{
    database::Trusted,
    leap,
    out::Out,
    session::Session,
    text::{Text, trouble},
    when,
};

/// What becomes of what the change that is about to be applied replaces and removes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Keeps {
    /// It is gone
    #[default]
    Nothing,
    /// It is kept for so long
    For(CaseNumber, SignedDuration),
    /// It would be kept, were it not about this person
    NotFor(Why),
    /// The change is itself an undo
    Undoing,
}

/// Why nothing is kept of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// They are, or may be, a minor
    Minor,
    /// Nobody knows how old they are
    UnknownAge,
    /// What a waiver leaves out of account could not be put back
    Waived,
}

impl Keeps {
    /// For how long it is kept, of a change about this.
    pub(crate) fn of(self, about: About) -> Option<SignedDuration> {
        match self {
            Self::For(case, window) if about == About::Case(case) => Some(window),
            _ => None,
        }
    }
}

/// Decides for a change about the people in `sets`. Of whom the map cannot tell that they are grown up nothing is kept,
/// unless an officer has seen their papers.
pub(crate) fn decide(
    case: CaseNumber,
    sets: &[IdentitySet],
    trusted: &mut Trusted,
    session: &mut Session<'_>,
) -> anyhow::Result<()> {
    session.keeps = Keeps::Nothing;
    let found = session.case(case)?;
    let Some(window) = session.workspace()?.settings.undo_window() else {
        return require_nothing_held(&found, session);
    };
    let zone = session.zone()?;
    let day = session.now().to_zoned_datetime(zone.clone()).date();
    // whoever is under eighteen, whatever the regime calls a child
    let minors = Minors { map: &trusted.map, thresholds: Thresholds::CHINA, day, as_of: day, zone };
    let ages = minors.ages(sets, &mut *trusted.database)?;
    trusted.database.renew()?;
    let told_minor = found.minor_found_at.is_some() || matches!(found.age, Some(Band::Child | Band::Youth));
    session.keeps = match ages {
        Ages::Minor => Keeps::NotFor(Why::Minor),
        _ if told_minor => Keeps::NotFor(Why::Minor),
        _ if !session.waived.is_empty() => Keeps::NotFor(Why::Waived),
        Ages::Adults => Keeps::For(case, window),
        Ages::Unknown if found.age == Some(Band::Adult) => Keeps::For(case, window),
        Ages::Unknown => Keeps::NotFor(Why::UnknownAge),
    };
    if matches!(session.keeps, Keeps::For(..)) { Ok(()) } else { require_nothing_held(&found, session) }
}

/// Behind a change of which nothing is kept nothing can be undone that came before it. So there is none while a hold needs
/// what is kept.
pub(crate) fn require_nothing_held(case: &Case, session: &mut Session<'_>) -> anyhow::Result<()> {
    if !case.undoable.is_empty() && session.reading()?.is_about_a_hold(case)? {
        return Err(trouble::UNDO_KEPT.with(&[("case", &case.number.to_string())]).into());
    }
    Ok(())
}

/// Tells until when what was done can be undone, or why it cannot.
pub(crate) fn tell(case: CaseNumber, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<()> {
    if let Keeps::NotFor(why) = session.keeps {
        let said = match why {
            Why::Minor => OF_A_MINOR,
            Why::UnknownAge => OF_UNKNOWN_AGE,
            Why::Waived => UNDER_A_WAIVER,
        };
        out.status(said, &[]);
        return Ok(());
    }
    let (zone, until) = (session.zone()?, session.case(case)?.undoable_until());
    if let Some(until) = until.filter(|_| matches!(session.keeps, Keeps::For(..))) {
        out.hint(UNTIL, &[("case", &case.to_string()), ("until", &when::show(until, &zone))]);
    }
    Ok(())
}

const UNTIL: Text = Text {
    en: "until {until} this can be taken back, and is not proven: droit undo {case}",
    zh: "在 {until} 之前可以撤销，且不予证明：droit undo {case}",
};
const OF_A_MINOR: Text = Text {
    en: "nothing is kept that could be put back: the person is a minor, or may be",
    zh: "未留存任何可恢复的内容：此人是或可能是未成年人",
};
const OF_UNKNOWN_AGE: Text = Text {
    en: "nothing is kept that could be put back: nobody knows whether the person is a minor",
    zh: "未留存任何可恢复的内容：无法得知此人是否成年",
};

const UNDER_A_WAIVER: Text = Text {
    en: "nothing is kept that could be put back: a waiver leaves columns or tables out of account",
    zh: "未留存任何可恢复的内容：豁免使部分列或表不计在内",
};

impl Session<'_> {
    /// Ends what can be undone of a case, on record, and destroys what was kept of it. Returns how many changes that were.
    pub(crate) fn end_undo(&mut self, case: CaseNumber) -> anyhow::Result<usize> {
        let (officer, now) = (self.officer()?, self.now());
        let changes = self.case(case)?.undoable;
        let events = changes.iter().map(|kept| Event::UndoEnded { intent: kept.intent }).collect();
        let book = self.casebook()?;
        book.append_all(now, &officer, About::Case(case), events)?;
        book.end_vaults(now, &officer)?;
        Ok(changes.len())
    }

    /// Ends what can be undone no longer, on record, and destroys what was kept of it.
    pub(crate) fn end_undo_windows(&mut self, out: &mut Out<'_>) -> anyhow::Result<()> {
        let now = self.now();
        if !self.reading()?.has_ended_windows(now)? {
            return Ok(());
        }
        leap::require_clock(self, out)?;
        let officer = self.officer()?;
        Ok(self.casebook()?.end_windows(now, &officer)?)
    }
}

/// The cases of the person of `case` of which something can still be undone.
pub(crate) fn undoable_of(case: &Case, session: &mut Session<'_>) -> anyhow::Result<Vec<CaseNumber>> {
    let book = session.reading()?;
    if book.undoable()?.is_empty() {
        return Ok(Vec::new());
    }
    let theirs = book.cases_of_person(case)?;
    Ok(theirs.into_iter().filter(|case| !case.undoable.is_empty()).map(|case| case.number).collect())
}

/// Of whom it is found that they are a minor nothing is kept any longer, in whatever case of theirs; but a hold goes before
/// that (LAW §7.2).
pub(crate) fn end_of_a_minor(case: CaseNumber, session: &mut Session<'_>) -> anyhow::Result<()> {
    let case = session.case(case)?;
    for case in undoable_of(&case, session)? {
        if !session.reading()?.keeps_for_a_hold(case)? {
            session.end_undo(case)?;
        }
    }
    Ok(())
}
