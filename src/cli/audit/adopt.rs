//! `droit audit adopt`: goes on with a restored or moved casebook, on the record.

use crate::casebook::Casebook;

use crate::cli::{Exit, confirm, out::Out, session::Session, text::Text};

/// Go on with a casebook that is older than, or other than, the one last seen here
///
/// For a restored backup or a new machine. What the newer copy recorded is not in this one: changes that the database
/// carries and nobody finds on record any more are told by their last number, and are left as they are. The word `adopt` must be typed, or passed with --confirm.
///
/// Example:
///   droit audit adopt --confirm adopt
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct AdoptArgs {
    /// The word `adopt`, where there is no terminal
    #[arg(long, value_name = "WORD")]
    confirm: Option<String>,
}

pub(crate) fn run(args: &AdoptArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    confirm::by_typing("adopt", args.confirm.as_deref(), session, out)?;
    session.lock()?;
    let (now, officer) = (session.now(), session.officer()?);
    let marked = session.workspace()?.settings.mark;
    let opening = session.opening()?;
    Casebook::adopt::<anyhow::Error>(opening, now, &officer, |workspace| {
        let mark = if marked { session.database()?.mark(workspace)? } else { None };
        Ok(mark.and_then(|mark| i64::try_from(mark).ok()))
    })?;
    out.status(Text { en: "this casebook is the one to go on with", zh: "以此案卷库为准继续" }, &[]);
    Ok(Exit::Done)
}
