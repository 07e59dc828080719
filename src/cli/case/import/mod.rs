//! `droit case import`: registers the requests that files hold, each file as a whole or not at all.

mod booking;
mod reading;
mod report;

use std::path::PathBuf;

use crate::{
    case::request::{Regime, RequestType},
    cli::{Exit, confirm, out::Out, session::Session, text::Text},
    intake::Encoding,
};

use super::open::right;
use booking::Booking;
use report::Report;

/// Register the requests that files hold
///
/// FORMAT is csv (by a column mapping, saved as NAME.columns.toml in the workspace), eml (a mail), opendsr
/// (OpenDSR 2.0) or drp (Data Rights Protocol 1.0). A file is registered as a whole or not at all, and importing it
/// again registers nothing twice. The same request of the same person is merged into the earlier one.
///
/// Examples:
///   droit case import csv requests.csv --mapping webform
///   droit case import eml mail/*.eml --confirm 12
///   droit case import eml two.eml --right copy --right delete
///   droit case import opendsr request.json --confirm 1
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct ImportArgs {
    /// What the files are: `csv`, `eml`, `opendsr` or `drp`
    #[arg(value_name = "FORMAT", value_enum, hide_possible_values = true)]
    source: FileFormat,

    /// Files; of several, those at fault are set aside and the rest is registered
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,

    /// Column mapping of a CSV file: NAME.columns.toml in the workspace
    #[arg(long, value_name = "NAME")]
    mapping: Option<String>,

    /// Encoding of a CSV file: `utf-8` or `gb18030` (also for GBK and GB 2312); without it the file has to show it
    #[arg(long, value_name = "ENCODING")]
    encoding: Option<Encoding>,

    /// What a mail asks, once a person has read it; may be repeated: each becomes a case, linked to the others
    #[arg(long, value_name = "RIGHT", value_parser = right)]
    right: Vec<RequestType>,

    /// When it arrived; an earlier arrival that the file itself shows counts before it
    #[arg(long, value_name = "TIME")]
    received: Option<String>,

    /// Law where the file says none: CN, EU, UK, CA
    #[arg(long, value_name = "LAW")]
    regime: Option<Regime>,

    /// Word of the data map for the people whom OpenDSR's `controller_customer_id` counts, such as account
    #[arg(long, value_name = "WORD")]
    person: Option<String>,

    /// The business-id that a DRP request must be for
    #[arg(long, value_name = "ID")]
    business: Option<String>,

    /// The number of cases to be opened again, where there is no terminal
    #[arg(long, value_name = "NUMBER")]
    confirm: Option<String>,
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum FileFormat {
    /// A spreadsheet
    Csv,
    /// A mail
    Eml,
    /// OpenDSR 2.0
    Opendsr,
    /// Data Rights Protocol 1.0
    Drp,
}

const NEXT: Text = Text { en: "droit case list shows them", zh: "用 droit case list 查看" };

pub(crate) fn run(args: &ImportArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let taken = reading::read(args, session)?;
    let booking = Booking::of(&taken, session)?;
    let opens = booking.opens();
    if opens > 0 {
        if session.can_ask() && args.confirm.is_none() {
            out.report(&Report::of(&taken, &booking, &[], out.language()))?;
        }
        confirm::by_typing(&opens.to_string(), args.confirm.as_deref(), session, out)?;
    }
    let numbers = booking.open(&taken, session)?;
    let report = Report::of(&taken, &booking, &numbers, out.language());
    out.report(&report)?;
    if opens > 0 {
        out.hint(NEXT, &[]);
    }
    Ok(if report.needs_a_look() { Exit::Look } else { Exit::Done })
}
