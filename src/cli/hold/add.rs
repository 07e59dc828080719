//! `droit hold add`: from now on nothing of this person, or of this table, is removed.

use std::path::PathBuf;

use jiff::civil::Date;
use serde::Serialize;

use crate::case::{Body, CaseNumber, Event, HoldNumber, IdentitySet, IdentityTag, SubjectRef, TagPurpose};

use crate::cli::{
    Exit,
    failure::Failure,
    held::require_table,
    identifiers::IdentifierArgs,
    letter,
    out::{Out, Render},
    page::Page,
    session::Session,
    subject,
    text::Text,
    text::trouble,
};

/// Add a legal hold on a person or a table
///
/// A person is named by a case or by identifiers. A confidential hold leaves no trace in packages, letters, on screens
/// and in logs: what it stops is told as what cannot be decided yet.
///
/// Examples:
///   droit hold add --case DSR-20261123-0001 --order court-order.txt
///   droit hold add --id-file suspect.txt --confidential --order letter.txt
///   droit hold add --table payments --until 2027-06-30 --order audit.txt
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct AddArgs {
    /// Hold the data of this case's person
    #[arg(long, value_name = "CASE", conflicts_with = "table")]
    case: Option<CaseNumber>,

    /// Hold this table
    #[arg(long, value_name = "TABLE")]
    table: Option<String>,

    /// Day on which the hold is looked at again
    #[arg(long, value_name = "DATE")]
    until: Option<Date>,

    /// Nobody outside may learn of it
    #[arg(long)]
    confidential: bool,

    /// File that says who ordered it and why; it is stored encrypted
    #[arg(long, value_name = "FILE")]
    order: PathBuf,

    #[command(flatten)]
    identifiers: IdentifierArgs,
}

pub(crate) fn run(args: &AddArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let Whom { subject, tags, set } = args.subject(session, out)?;
    let text = letter::secret(Some(&args.order), session)?.ok_or_else(no_order)?;
    let body = Body { text: Some(text), tags, set, ..Body::default() };
    let event =
        Event::HoldAdded { subject, table: args.table.clone(), confidential: args.confidential, until: args.until };
    let day = session.now().to_zoned_datetime(session.zone()?).date();
    let hold = session.add_hold(day, event, &body)?;
    let (table, until, confidential) = (args.table.clone(), args.until, args.confidential);
    out.report(&Added { hold, subject, table, until, confidential })?;
    Ok(Exit::Done)
}

fn no_order() -> Failure {
    trouble::NO_ORDER.plain()
}

/// Whose data is held.
#[derive(Default)]
struct Whom {
    /// The reference that the person has
    subject: Option<SubjectRef>,
    /// What they are found by
    tags: Vec<IdentityTag>,
    /// Their person rows, as far as they are known
    set: Option<IdentitySet>,
}

impl AddArgs {
    fn subject(&self, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Whom> {
        if let Some(table) = &self.table {
            require_table(table, session)?;
            return Ok(Whom::default());
        }
        if let Some(number) = self.case {
            let case = session.case(number)?;
            let identity = case.personal.identity.ok_or_else(|| trouble::NO_IDENTIFIERS.plain())?;
            let (tags, set) = subject::to_hold(&identity, session)?;
            return Ok(Whom { subject: Some(case.subject), tags, set });
        }
        let identity = self.identifiers.require(session, out)?;
        let (tags, set) = subject::to_hold(&identity, session)?;
        let book = session.casebook()?;
        let subject = match book.subjects(TagPurpose::Subject, &tags)?.as_slice() {
            [known] => *known,
            _ => book.new_subject(),
        };
        Ok(Whom { subject: Some(subject), tags, set })
    }
}

#[derive(Serialize)]
struct Added {
    hold: HoldNumber,
    subject: Option<SubjectRef>,
    table: Option<String>,
    until: Option<Date>,
    confidential: bool,
}

impl Render for Added {
    const SCHEMA: &'static str = "droit.hold/1";

    fn render(&self, page: &mut Page) {
        page.say(Text { en: "{hold} in force", zh: "{hold} 已生效" }, &[("hold", &self.hold.to_string())]);
    }
}
