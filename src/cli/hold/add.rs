//! `droit hold add`: from now on nothing of this person, or of this table, is removed.

use std::path::PathBuf;

use jiff::civil::Date;
use serde::Serialize;

use crate::case::{Body, CaseNumber, Event, HoldNumber, Identity, IdentitySet, IdentityTag, SubjectRef, TagPurpose};

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
    let day = session.now().to_zoned_datetime(session.zone()?).date();
    if let Some(until) = args.until.filter(|until| *until < day) {
        return Err(trouble::HOLD_ENDED.with(&[("until", &until.to_string())]).into());
    }
    let Whom { subject, tags, set, identity } = args.subject(session, out)?;
    let text = letter::secret(Some(&args.order), session)?.ok_or_else(no_order)?;
    let body = Body { text: Some(text), tags, identity: identity.filter(|_| set.is_none()), set, ..Body::default() };
    let by_given_only = body.identity.is_some();
    let event =
        Event::HoldAdded { subject, table: args.table.clone(), confidential: args.confidential, until: args.until };
    let hold = session.add_hold(day, event, &body)?;
    let (table, until, confidential) = (args.table.clone(), args.until, args.confidential);
    out.report(&Added { hold, subject, table, until, confidential, by_given_only })?;
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
    /// What was given
    identity: Option<Identity>,
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
            let (tags, set) = protecting(&identity, session)?;
            return Ok(Whom { subject: Some(case.subject), tags, set, identity: Some(identity) });
        }
        let identity = self.identifiers.require(session, out)?;
        let (tags, set) = protecting(&identity, session)?;
        let book = session.casebook()?;
        let subject = match book.subjects(TagPurpose::Subject, &tags)?.as_slice() {
            [known] => *known,
            _ => book.new_subject(),
        };
        Ok(Whom { subject: Some(subject), tags, set, identity: Some(identity) })
    }
}

/// What the person is found by; a name alone protects nobody, for a namesake's rows are not theirs.
fn protecting(
    identity: &Identity,
    session: &mut Session<'_>,
) -> anyhow::Result<(Vec<IdentityTag>, Option<IdentitySet>)> {
    let (tags, set) = subject::to_hold(identity, session)?;
    if set.is_none() && session.telling_tags(identity)?.is_empty() {
        return Err(trouble::PROTECTS_NOBODY.plain().into());
    }
    Ok((tags, set))
}

const BY_GIVEN_ONLY: Text = Text {
    en: "for now it protects only what was given: no account is known by it, or the map cannot be used; every plan looks again",
    zh: "目前只保护所给的标识：其未对应任何账户，或数据地图暂不可用；每次制定计划时会重新查找",
};

#[derive(Serialize)]
struct Added {
    hold: HoldNumber,
    subject: Option<SubjectRef>,
    table: Option<String>,
    until: Option<Date>,
    confidential: bool,
    /// It protects only what was given until the map leads further; that is looked up with every plan
    by_given_only: bool,
}

impl Render for Added {
    const SCHEMA: &'static str = "droit.hold/1";

    fn render(&self, page: &mut Page) {
        page.say(Text { en: "{hold} in force", zh: "{hold} 已生效" }, &[("hold", &self.hold.to_string())]);
        if self.by_given_only {
            page.say(BY_GIVEN_ONLY, &[]);
        }
    }
}
