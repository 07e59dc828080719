//! `droit case …`: the life of a request.

mod answer;
mod claim;
mod close;
mod extend;
mod identify;
mod import;
mod letter;
mod list;
mod merge;
mod next;
mod note;
mod nothing_held;
mod open;
mod refuse;
mod reopen;
mod show;
mod standing;
pub(super) mod view;
mod withdraw;

use crate::case::{Body, Case, CaseNumber, Event};

use super::{Exit, clocks, out::Out, session::Session, text::Text};
use view::{CaseView, Step};

/// Follow a request from its arrival to its answer
#[derive(clap::Args)]
pub(crate) struct CaseArgs {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    Open(Box<open::OpenArgs>),
    Import(Box<import::ImportArgs>),
    List(list::ListArgs),
    Show(show::ShowArgs),
    Next(next::NextArgs),
    Identify(identify::IdentifyArgs),
    Note(note::NoteArgs),
    Extend(extend::ExtendArgs),
    Refuse(refuse::RefuseArgs),
    Answer(answer::AnswerArgs),
    Close(close::CloseArgs),
    Reopen(reopen::ReopenArgs),
    Merge(merge::MergeArgs),
    Withdraw(withdraw::WithdrawArgs),
}

pub(crate) fn run(args: &CaseArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    match &args.verb {
        Verb::Open(args) => open::run(args, session, out),
        Verb::Import(args) => import::run(args, session, out),
        Verb::List(args) => list::run(args, session, out),
        Verb::Show(args) => show::run(args, session, out),
        Verb::Next(args) => next::run(args, session, out),
        Verb::Identify(args) => identify::run(args, session, out),
        Verb::Note(args) => note::run(args, session, out),
        Verb::Extend(args) => extend::run(args, session, out),
        Verb::Refuse(args) => refuse::run(args, session, out),
        Verb::Answer(args) => answer::run(args, session, out),
        Verb::Close(args) => close::run(args, session, out),
        Verb::Reopen(args) => reopen::run(args, session, out),
        Verb::Merge(args) => merge::run(args, session, out),
        Verb::Withdraw(args) => withdraw::run(args, session, out),
    }
}

/// Records one event of a case, and tells what the case is now.
fn step(
    number: CaseNumber,
    event: Event,
    body: &Body,
    said: Text,
    session: &mut Session<'_>,
    out: &mut Out<'_>,
) -> anyhow::Result<Exit> {
    session.record(number, event, body)?;
    told(number, said, session, out)
}

/// Tells what a case has become.
pub(super) fn told(
    number: CaseNumber,
    said: Text,
    session: &mut Session<'_>,
    out: &mut Out<'_>,
) -> anyhow::Result<Exit> {
    let view = view(&session.case(number)?, session)?;
    view.warn(out);
    let next = view.case.next_step();
    out.report(&Step { said, view })?;
    out.next(next);
    Ok(Exit::Done)
}

/// A case with its clocks as they stand now.
pub(super) fn view(case: &Case, session: &mut Session<'_>) -> anyhow::Result<CaseView> {
    let place = session.place()?;
    let clocks = clocks::of(case, &place, session.now());
    let mut together = case.linked.clone();
    let others = session.reading()?.cases_of(case.subject)?;
    together.extend(others.into_iter().filter(|other| other.linked.contains(&case.number)).map(|other| other.number));
    Ok(CaseView { next: case.next_step().to_string(), case: case.clone(), clocks, together, zone: place.zone })
}
