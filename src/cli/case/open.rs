//! `droit case open`: registers a request; its clocks begin at its arrival, not at its registration.

use std::path::PathBuf;

use crate::case::{
    Body, CaseNumber, Event, IdentityTag, SubjectRef, TagPurpose,
    deadline::Facts,
    request::{Channel, ComplaintAbout, Regime, Request, RequestType, RequesterType},
};

use super::told;
use crate::cli::{Exit, identifiers::IdentifierArgs, letter, out::Out, session::Session, text::Text, when};

/// Register a request
///
/// The clocks run from the request's arrival at any published channel; name it with --received if it is not now.
///
/// Examples:
///   droit case open access --id-file ana.json
///   droit case open delete --received 2026-11-20T16:30 --channel email --id-file - < ids.txt
///   droit case open guardian --asking delete --requester guardian --id-file child.txt
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct OpenArgs {
    /// What is asked: `access`, `copy`, `transfer`, `correct`, `delete`, `cancel_account`, `restrict`,
    /// `withdraw_consent`, `opt_out`, `explain`, `deceased`, `guardian`, `sender_disclosure`, `complaint`
    #[arg(value_name = "RIGHT", value_parser = right)]
    right: RequestType,

    /// What a guardian or relative asks for on the person's behalf
    #[arg(long, value_name = "RIGHT", value_parser = right)]
    asking: Option<RequestType>,

    /// What a complaint is about: `personal_information` or `express_service`
    #[arg(long, value_name = "WHAT")]
    about: Option<ComplaintAbout>,

    /// The account is cancelled without anybody's hand, so at once
    #[arg(long)]
    automatic: bool,

    /// When it arrived; without it, now
    #[arg(long, value_name = "TIME")]
    received: Option<String>,

    /// How it arrived: `email`, `app`, `official_account`, `web`, `phone`, `letter`, `in_person`
    #[arg(long, value_name = "CHANNEL", default_value = "email")]
    channel: Channel,

    /// Who asks: `subject`, `guardian`, `relative`, `agent`, `recipient`, `authority`, `foreign_authority`
    #[arg(long, value_name = "WHO", default_value = "subject")]
    requester: RequesterType,

    /// Law that it is answered under: CN, EU, UK, CA; without it as droit.toml says, else CN
    #[arg(long, value_name = "LAW")]
    regime: Option<Regime>,

    /// What it is limited to; may be repeated
    #[arg(long, value_name = "SCOPE")]
    scope: Vec<String>,

    /// Version of the privacy policy that it refers to
    #[arg(long, value_name = "VERSION")]
    policy_version: Option<String>,

    /// Another case that came with it; may be repeated
    #[arg(long, value_name = "CASE")]
    link: Vec<CaseNumber>,

    /// File with the words of the request; they are stored encrypted
    #[arg(long, value_name = "FILE")]
    text_file: Option<PathBuf>,

    /// File with the address for the reply; it is stored encrypted
    #[arg(long, value_name = "FILE")]
    reply_file: Option<PathBuf>,

    #[command(flatten)]
    identifiers: IdentifierArgs,
}

const OPENED: Text =
    Text { en: "{case} opened: {request}, due {due}", zh: "{case} 已受理：{request}，期限 {due}" };

/// The words of LAW §2.4, and `erase`, which is what the command is called that carries `delete` out.
pub(super) fn right(text: &str) -> Result<RequestType, String> {
    if text == "erase" { Ok(RequestType::Delete) } else { text.parse().map_err(|error| format!("{error}")) }
}

pub(crate) fn run(args: &OpenArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let (now, place) = (session.now(), session.place()?);
    let received_at = args.received.as_deref().map_or(Ok(now), |text| when::read_past(text, &place.zone, now))?;
    let request = args.request()?;
    let regime = args.regime.or(session.workspace()?.settings.regime).unwrap_or(Regime::Cn);
    let mut facts = Facts::new(request, regime, received_at, place.zone.clone());
    facts.region.clone_from(&place.region);
    let due = place.due(&facts);
    let identity = args.identifiers.read(session, out)?;
    let tags = session.tags(&identity)?;
    for &linked in &args.link {
        session.case(linked)?;
    }
    let telling = session.telling_tags(&identity)?;
    let subject = whose(&telling, (request, regime), session, out)?;
    let body = Body {
        identity: Some(identity).filter(|identity| !identity.is_empty()),
        tags,
        text: letter::secret(args.text_file.as_deref(), session)?,
        reply_to: letter::secret(args.reply_file.as_deref(), session)?,
        ..Body::default()
    };
    let event = Event::Opened {
        subject,
        request,
        regime,
        channel: args.channel,
        requester: args.requester,
        received_at,
        scope: args.scope.clone(),
        policy_version: args.policy_version.clone(),
        linked: args.link.clone(),
        due,
    };
    let day = now.to_zoned_datetime(place.zone).date();
    let number = session.open_case(day, event, &body)?;
    told(number, OPENED, session, out)
}

const SEVERAL: Text = Text {
    en: "the identifiers were used by several people before; the case has a reference of its own",
    zh: "这些标识此前对应多个人；本案使用新的主体标识",
};
const DUPLICATE: Text = Text {
    en: "the same person has {case} open with the same request; the earlier one counts: droit case merge",
    zh: "同一人已有相同请求的未结案件 {case}；以先受理的为准：droit case merge",
};

/// The reference under which the person is known already, or a new one. The officer is told of a duplicate (D13).
fn whose(
    tags: &[IdentityTag],
    asks: (Request, Regime),
    session: &mut Session<'_>,
    out: &mut Out<'_>,
) -> anyhow::Result<SubjectRef> {
    let book = session.casebook()?;
    let known = book.subjects(TagPurpose::Subject, tags)?;
    let [subject] = known.as_slice() else {
        if !known.is_empty() {
            out.warning("ambiguous_subject", SEVERAL, &[]);
        }
        return Ok(book.new_subject());
    };
    for case in book.cases_of(*subject)? {
        if case.status.is_open() && (case.request, case.regime) == asks {
            out.warning("duplicate_request", DUPLICATE, &[("case", &case.number.to_string())]);
        }
    }
    Ok(*subject)
}

impl OpenArgs {
    fn request(&self) -> anyhow::Result<Request> {
        let mut request = Request::new(self.right);
        if let Some(inner) = self.asking {
            request = request.asking(inner)?;
        }
        if let Some(about) = self.about {
            request = request.about(about)?;
        }
        Ok(if self.automatic { request.automatic()? } else { request })
    }
}
