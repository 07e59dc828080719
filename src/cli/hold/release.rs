//! `droit hold release`: what the hold stopped can be planned again.

use std::path::PathBuf;

use serde::Serialize;

use crate::case::{About, Body, Event, HoldNumber};

use crate::cli::{
    Exit, confirm, letter,
    out::{Out, Render},
    page::Page,
    session::Session,
    text::Text,
};

/// Release a legal hold
///
/// Erasures that it stopped are not carried out by that: `droit erase` plans them again.
///
/// Example:
///   droit hold release HOLD-20261123-0001 --reason-file lifted.txt --yes
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct ReleaseArgs {
    /// The hold
    #[arg(value_name = "HOLD")]
    hold: HoldNumber,

    /// File with the reason; it is stored encrypted
    #[arg(long, value_name = "FILE")]
    reason_file: Option<PathBuf>,

    /// Do not ask
    #[arg(short = 'y', long)]
    yes: bool,
}

const SURE: Text = Text { en: "Release {hold}?", zh: "解除 {hold}？" };

pub(crate) fn run(args: &ReleaseArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    confirm::by_yes(SURE, &[("hold", &args.hold.to_string())], args.yes, session, out)?;
    let body = Body { text: letter::secret(args.reason_file.as_deref(), session)?, ..Body::default() };
    session.record(About::Hold(args.hold), Event::HoldReleased {}, &body)?;
    out.report(&Released { hold: args.hold, released: true })?;
    Ok(Exit::Done)
}

#[derive(Serialize)]
struct Released {
    hold: HoldNumber,
    released: bool,
}

impl Render for Released {
    const SCHEMA: &'static str = "droit.hold/1";

    fn render(&self, page: &mut Page) {
        page.say(Text { en: "{hold} released", zh: "{hold} 已解除" }, &[("hold", &self.hold.to_string())]);
    }
}
