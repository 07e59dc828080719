//! `droit recover`: after an interruption, finishes what took place and gives up what did not.

use serde::Serialize;

use crate::apply::{Applying, Recovered, recover};

use super::{
    Exit,
    bar::Watch,
    certificates, export,
    out::{Out, Render},
    page::Page,
    session::Session,
    text::Text,
};

/// Finish or give up changes that were interrupted
///
/// The mark in the user database says whether a transaction took place.
///
/// Example:
///   droit recover
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct RecoverArgs {}

pub(crate) fn run(session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let mut watch = Watch::begin(session);
    let settled = settle(&mut watch, session, out)?;
    out.report(&AllSettled(settled))?;
    watch.end("recover", session, out);
    Ok(Exit::Done)
}

/// Settles every open intent.
pub(super) fn settle(watch: &mut Watch, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Vec<Settled>> {
    let mut settled = Vec::new();
    session.end_undo_windows(out)?;
    let open = session.casebook()?.unsettled_intents()?;
    certificates::settle(session)?;
    export::settle(session)?;
    if session.left_writing()?.is_some() {
        session.let_our_journal_roll_back(&open)?;
        session.no_longer_writing()?;
    }
    if !open.is_empty() {
        session.let_our_journal_roll_back(&open)?;
        let mut trusted = session.trusted()?;
        let (officer, files) = (session.officer()?, session.files()?);
        let mark = session.workspace()?.settings.mark;
        let (clock, mut random) = (session.clock, session.random());
        for intent in open {
            let mut applying = Applying {
                about: intent.about,
                actor: &officer,
                clock,
                files: files.as_ref(),
                mark,
                random: &mut random,
                two_persons: None,
                undo: None,
                foretold: None,
            };
            let book = session.casebook()?;
            let map = &trusted.map;
            let outcome = watch.reading(&mut *trusted.database, out, |database| {
                recover(map, &intent, database, book, &mut applying)
            })?;
            let state = match outcome {
                Recovered::Abandoned => "abandoned",
                Recovered::Finished => "finished",
            };
            settled.push(Settled { intent: intent.number, about: intent.about.to_string(), state });
        }
    }
    Ok(settled)
}

/// An intent that was settled.
#[derive(Serialize)]
pub(super) struct Settled {
    intent: i64,
    about: String,
    state: &'static str,
}

#[derive(Serialize)]
#[serde(transparent)]
struct AllSettled(Vec<Settled>);

impl Render for AllSettled {
    const SCHEMA: &'static str = "droit.recover/1";

    fn render(&self, page: &mut Page) {
        if self.0.is_empty() {
            page.say(Text { en: "nothing was interrupted", zh: "没有被中断的更改" }, &[]);
        }
        for one in &self.0 {
            let said = match one.state {
                "finished" => Text {
                    en: "{about}: the change had taken place; it is finished now",
                    zh: "{about}：更改已经发生，现已完成",
                },
                _ => Text {
                    en: "{about}: the change never took place; it is given up",
                    zh: "{about}：更改没有发生，已放弃",
                },
            };
            page.say(said, &[("about", &one.about)]);
        }
    }
}
