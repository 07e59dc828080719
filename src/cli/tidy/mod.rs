//! `droit tidy`: destroys keys past their date and removes what droit itself has left lying about.

mod due;
mod files;
mod report;

use crate::{
    case::{About, Event},
    casebook::Searched,
};

use self::{
    due::{Found, Stuck},
    report::Tidied,
};
use super::{Exit, leap, out::Out, session::Session, text::tidy as words};

/// Destroy keys past their date, and remove packages, plans and remains that are over
///
/// Without --confirm nothing is destroyed. What a key sealed can never be read again: by nobody, in
/// no copy of the casebook. The casebook is scrubbed, and its files, the key folder and the whole
/// workspace are searched for the keys' bytes before the keys themselves go; one that is found
/// elsewhere is left and reported. How long what is kept: `backups` and `[keep]` in droit.toml.
///
/// With --rotate every key in use gets a successor as well, after a leak of the key folder: what was
/// sealed is sealed once more under it, identity tags are computed anew, and the old keys go as those
/// do that are past their date. Then back up casebook and key folder: older copies of the casebook
/// cannot be read with the new keys. Keys of what can be undone stay until it cannot.
///
/// Examples:
///   droit tidy
///   droit tidy --confirm --quiet
///   droit tidy --rotate --confirm
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct TidyArgs {
    /// Do it
    #[arg(long)]
    confirm: bool,

    /// Replace all keys that are in use, as after a leak
    #[arg(long)]
    rotate: bool,
}

pub(crate) fn run(args: &TidyArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    if args.confirm {
        session.casebook()?; // with the lock: what is due must stay due until it is gone
    }
    let mut found = Found::look(args.rotate, session)?;
    let state = match (found.is_empty(), args.confirm) {
        (true, confirmed) => {
            if confirmed {
                session.casebook()?.remove_vaults()?; // what an interruption left
            }
            if found.stuck.is_empty() { "nothing_to_do" } else { "stuck" }
        }
        (false, false) => "due",
        (false, true) => {
            session.go_on()?;
            leap::require_clock(session, out)?;
            carry_out(&mut found, session)?;
            "tidied"
        }
    };
    let tidied = Tidied::of(state, &found);
    let look = !found.stuck.is_empty();
    if look || state == "due" {
        out.result(&tidied)?;
    } else {
        out.report(&tidied)?;
    }
    if state == "due" {
        out.hint(if args.rotate { words::DO_ROTATE } else { words::DO }, &[]);
    }
    if tidied.has_replaced() {
        out.hint(words::BACK_UP, &[]);
    }
    if look {
        out.hint(words::LOOK, &[]);
    }
    Ok(if look { Exit::Look } else { Exit::Done })
}

/// Records first, then scrubs and searches, and removes the files at the very end: whatever an interruption leaves, the
/// next run finds it and goes on.
fn carry_out(found: &mut Found, session: &mut Session<'_>) -> anyhow::Result<()> {
    let officer = session.officer()?;
    let due: Vec<_> = found.keys.iter().map(|due| due.key).collect();
    let now = session.now();
    let undoable = session.casebook()?.undoable()?;
    for (intent, (case, _)) in undoable.into_iter().filter(|(_, (_, kept))| due.contains(&kept.key)) {
        session.casebook()?.append(now, &officer, case, Event::UndoEnded { intent }, None)?;
    }
    session.casebook()?.record_destruction(now, &officer, &due)?;
    found.half.extend(&due);
    if let Some(rotation) = &mut found.rotation {
        let keys: Vec<_> = rotation.keys.keys().copied().collect();
        let now = session.now();
        rotation.done = session.casebook()?.replace_keys(now, &officer, &keys)?;
        found.half.extend(keys);
    }
    if !found.half.is_empty() {
        let now = session.now();
        session.casebook()?.scrub(now)?;
        search_the_casebook(found, session)?;
    }
    let event = Event::Tidied {
        keys: found.half.len() as u64,
        strays: found.remains(),
        packages: found.packages.cases(),
        letters: found.letters.len() as u64,
        plans: found.plans.len() as u64,
        searched: found.searched,
    };
    let now = session.now();
    session.casebook()?.append(now, &officer, About::Workspace, event, None)?;
    session.now(); // an instant at which a test may let the machine die
    let book = session.casebook()?;
    book.remove_strays(&found.strays.files)?;
    book.remove_keys(&found.half)?;
    book.remove_keys(&found.strays.keys)?;
    book.remove_vaults()?;
    session.now();
    files::remove_all(found.plans.iter().chain(&found.letters).chain(&found.partial))?;
    found.packages.remove(session)?;
    Ok(())
}

/// The casebook's own files once more, as they are after the scrub.
fn search_the_casebook(found: &mut Found, session: &mut Session<'_>) -> anyhow::Result<()> {
    let keys: Vec<_> = found.half.iter().chain(&found.strays.keys).copied().collect();
    let book = session.reading()?;
    let mut search = crate::casebook::KeySearch::default();
    for key in keys {
        book.look_for(key, &mut search)?;
    }
    let mut searched = Searched::default();
    for end in ["db", "db-journal", "db-wal", "lock"] {
        search.search(&book.path().with_extension(end), &mut searched)?;
    }
    found.searched += searched.bytes;
    for (key, file) in searched.found {
        found.set_aside(Stuck::found(key, file));
    }
    Ok(())
}
