//! The letters of a case: written from the workspace's templates, one file each, and what sending them means.

use std::{fs, io::ErrorKind, path::PathBuf};

use sha2::{Digest, Sha256};

use crate::{
    case::{Case, Decision, Event, Fingerprint, letter::Letter, request::Regime},
    cli::{
        clocks,
        language::Language,
        out::Out,
        session::Session,
        text::{Text, trouble},
        workspace::{cannot_write, create_private_file, create_private_folder, require_no_link, sweep_private_folder},
    },
    data_map::Wording,
    duties::respond::{LetterTerms, letter_facts},
    export, kind,
};

/// The letter to write, if any
#[derive(clap::Args)]
pub(super) struct LetterArgs {
    /// Write this letter: `receipt`, `identity`, `interim`, `extension`, `answer` or `refusal`
    #[arg(long, value_name = "LETTER", conflicts_with_all = ["reply", "acknowledge"])]
    pub(super) letter: Option<Letter>,

    /// Language of the person; without it Chinese under Chinese law, else English
    #[arg(long, value_enum, value_name = "LANG", requires = "letter", conflicts_with_all = ["reply", "acknowledge"])]
    pub(super) letter_lang: Option<Language>,

    /// Write plain text instead of a page
    #[arg(long, requires = "letter", conflicts_with_all = ["reply", "acknowledge"])]
    pub(super) plain: bool,

    /// Only write the letter; record it with --reply once it was sent
    #[arg(long, requires = "letter", conflicts_with_all = ["reply", "acknowledge"])]
    pub(super) draft: bool,
}

/// What the letter is to be.
pub(super) struct Wanted {
    pub(super) letter: Letter,
    pub(super) language: Option<Language>,
    /// Plain text instead of a page
    pub(super) plain: bool,
    pub(super) decision: Option<Decision>,
    pub(super) law: Option<String>,
}

/// A letter that was written.
pub(super) struct Sent {
    pub(super) sha256: Fingerprint,
    pub(super) file: PathBuf,
}

/// Writes the letter to a file of its own that only its owner reads.
pub(super) fn write(wanted: &Wanted, case: &Case, session: &mut Session<'_>) -> anyhow::Result<Sent> {
    let law = if case.regime == Regime::Cn { Language::Chinese } else { Language::English };
    let language = match wanted.language.unwrap_or(law) {
        Language::Chinese => export::Language::Zh,
        Language::English => export::Language::En,
    };
    let purposes = purposes(language.into(), session);
    let purpose =
        |table: &str| purposes.iter().find(|(name, _)| name == table).map_or(table, |(_, purpose)| purpose).to_owned();
    let place = session.place()?;
    let facts = place.facts(case);
    let due = clocks::watched(&clocks::of(case, &place, session.now())).map(|view| view.clock.due_nominal);
    let controller = session.controller()?.ok_or_else(|| trouble::NO_MAP_FOR_LETTERS.plain())?;
    let terms = LetterTerms {
        language,
        zone: facts.zone(),
        today: facts.zone().to_datetime(session.now()).date(),
        due,
        controller: controller.of(language.into()).to_owned(),
        contact: session.workspace()?.settings.contact.clone().unwrap_or_default(),
        law: wanted.law.clone(),
        purpose: &purpose,
    };
    let facts = letter_facts(session.reading()?, case, wanted.letter, wanted.decision, &terms)?;
    let written = session.templates()?.write(wanted.letter, language, wanted.decision, facts)?;
    let text = if wanted.plain { written.text } else { written.html };
    let file = keep(case, wanted, &text, session)?;
    Ok(Sent { sha256: Fingerprint::new(Sha256::digest(&text).into()), file })
}

/// What tables are for, as far as a trusted map says.
fn purposes(language: kind::Language, session: &mut Session<'_>) -> Vec<(String, String)> {
    let Ok(trusted) = session.trusted() else { return Vec::new() };
    let tables = trusted.map.tables.iter();
    let said = |wording: &Wording| wording.of(language).to_owned();
    tables.filter_map(|table| Some((table.name.to_string(), said(table.purpose.as_ref()?)))).collect()
}

/// Writes a new file in `answers/`, named by case and letter alone.
fn keep(case: &Case, wanted: &Wanted, text: &str, session: &mut Session<'_>) -> anyhow::Result<PathBuf> {
    let folder = session.workspace()?.path("answers");
    require_no_link(&folder)?;
    create_private_folder(&folder)?;
    sweep_private_folder(&folder)?;
    let end = if wanted.plain { "txt" } else { "html" };
    for serial in 1..=9999 {
        let file = folder.join(format!("{}-{}-{serial}.{end}", case.number, wanted.letter));
        if fs::symlink_metadata(&file).is_ok() {
            continue;
        }
        create_private_file(&file, text)?;
        return Ok(file);
    }
    Err(cannot_write(&folder, &ErrorKind::AlreadyExists.into()).into())
}

/// What sending a letter means that is no answer.
pub(super) fn events(letter: Letter, case: &Case, told: &Event) -> Vec<Event> {
    let Event::LetterSent { sent_at, channel, .. } = *told else { return vec![told.clone()] };
    let step = match letter {
        Letter::Receipt if case.acknowledged_at.is_none() => Some(Event::Acknowledged { sent_at, channel }),
        Letter::Identity if case.id_requested_at.is_none() => {
            Some(Event::IdRequested { sent_at, level: case.request.level(), doubt: false })
        }
        _ => None,
    };
    step.into_iter().chain([told.clone()]).collect()
}

const WROTE: Text = Text { en: "letter written: {file}", zh: "信件已写好：{file}" };

/// Tells where the letter is.
pub(super) fn tell(file: &std::path::Path, out: &mut Out<'_>) {
    out.status(WROTE, &[("file", &file.display().to_string())]);
}
