//! `droit export`: a copy of everything that is held on the person, as a folder and an encrypted archive.

use std::{collections::BTreeMap, fs, mem, path::PathBuf};

use cap_std::fs::Dir;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::{
    case::{Body, Case, CaseNumber, Event, IdentitySet, LACKING, Regime, TableCount},
    data_map::classified::Classified,
    export::{self, Finished, Flushed, Head, Outbox, Package, Passphrase, Remedies, Sealed, pack},
    progress::{Doing, Progress},
    rights::access::{Copy, Heads, tables_with_free_text},
};

use super::{
    Exit,
    bar::Watch,
    case_list::{self, SetAside},
    database::Trusted,
    grid::{Column, Grid},
    language::Language,
    out::{Out, Render},
    page::Page,
    session::Session,
    subject,
    sums::say_not_searched,
    text::Text,
    text::trouble,
    trace,
    workspace::{cannot_read, create_private_folder, require_no_link},
};

/// So many people are searched for together, and their packages flushed at once; each holds its folder open until it has
/// its name.
const FLUSHED_AT_ONCE: usize = 200;

/// Export what is held on a case's person: a folder with one page to read, and an encrypted ZIP of it
///
/// The ZIP's passphrase is generated and shown once, or read from a file. Send it another way than the ZIP. Opening it
/// needs 7-Zip, Keka or `WinRAR`.
///
/// Examples:
///   droit export DSR-20261123-0001
///   droit export DSR-20261123-0001 --portable --letter-lang en
///   droit export --cases monday.txt --no-zip
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct ExportArgs {
    /// The case
    #[arg(value_name = "CASE", required_unless_present = "cases")]
    case: Option<CaseNumber>,

    /// Export all cases that FILE lists, one a line; what is refused is set aside
    #[arg(long, value_name = "FILE", conflicts_with = "case")]
    cases: Option<PathBuf>,

    /// Only what the person provided, held on consent or contract (NDR 25, GDPR 20)
    #[arg(long)]
    portable: bool,

    /// Search other people's texts for the person in every table and count what names them as withheld; each such
    /// table is read as a whole
    #[arg(long, conflicts_with = "portable")]
    mentions: bool,

    /// Language of the person; without it Chinese under Chinese law, else English
    #[arg(long, value_enum, value_name = "LANG")]
    letter_lang: Option<Language>,

    /// Write the folder only
    #[arg(long)]
    no_zip: bool,

    /// Read the passphrase from FILE instead of generating one
    #[arg(long, value_name = "FILE", conflicts_with = "no_zip")]
    passphrase_file: Option<PathBuf>,
}

pub(crate) fn run(args: &ExportArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let passphrase = args.given_passphrase(session)?;
    let mut run = Run { args, passphrase, trusted: session.trusted_alone()?, place: None, heads: Heads::default() };
    session.warn_of_waivers(out);
    let mut watch = Watch::begin(session);
    if let Some(number) = args.case {
        let case = session.case(number)?;
        case.require_copy()?;
        let set = subject::of_case(&case, &mut run.trusted, session)?;
        let sealed = run.seal(&case, &set, &mut watch, session, out)?;
        let mut flushed = Sealed::flush(vec![sealed])?;
        let flushed = flushed.pop().ok_or_else(|| trouble::NO_SUCH_CASE.with(&[("case", &number.to_string())]))?;
        let exported = run.hand_out(number, flushed, session)?;
        let look = exported.lacks_something();
        out.result(&exported)?;
        watch.end(&number.to_string(), session, out);
        out.next(session.case(number)?.next_step());
        return Ok(if look { Exit::Look } else { Exit::Done });
    }
    let mut batch = Batch::default();
    let listed = case_list::read(args.cases.as_deref(), session)?;
    let (mut before, all) = (0, listed.len() as u64);
    for listed in listed.chunks(FLUSHED_AT_ONCE) {
        let mut cases = Vec::new();
        for &number in listed {
            match session.case(number) {
                Ok(case) => match case.require_copy() {
                    Ok(()) => cases.push(case),
                    Err(error) => batch.set_aside(number, trace::failure(&error.into()).code()),
                },
                Err(error) => batch.set_aside(number, trace::failure(&error).code()),
            }
        }
        let sets = subject::of_cases(&cases, &mut run.trusted, session)?;
        for (case, set) in cases.iter().zip(sets) {
            session.go_on()?;
            watch.tell(Progress::part(Doing::Cases, before, all), out);
            if batch.sealed.iter().any(|(other, _)| *other == case.number) {
                run.hand_out_all(&mut batch, session);
            }
            match set.and_then(|set| run.seal(case, &set, &mut watch, session, out)) {
                Ok(sealed) => batch.sealed.push((case.number, sealed)),
                Err(error) => batch.set_aside(case.number, trace::failure(&error).code()),
            }
            before += 1;
        }
        run.hand_out_all(&mut batch, session);
    }
    watch.tell(Progress::part(Doing::Cases, all, all), out);
    let look = !batch.set_aside.is_empty() || batch.exported.iter().any(Exported::lacks_something);
    out.result(&batch)?;
    watch.end("export", session, out);
    Ok(if look { Exit::Look } else { Exit::Done })
}

impl ExportArgs {
    /// The passphrase from the file, if one is named.
    fn given_passphrase(&self, session: &Session<'_>) -> anyhow::Result<Option<Passphrase>> {
        let Some(file) = &self.passphrase_file else { return Ok(None) };
        let path = session.path(file);
        let text = Zeroizing::new(fs::read_to_string(&path).map_err(|error| cannot_read(&path, &error))?);
        Ok(Some(Passphrase::given(text.trim_end_matches(['\r', '\n']))?))
    }

    fn language(&self, case: &Case) -> Language {
        let law = if case.regime == Regime::Cn { Language::Chinese } else { Language::English };
        self.letter_lang.unwrap_or(law)
    }
}

/// What all cases of one run share.
struct Run<'a> {
    args: &'a ExportArgs,
    /// The one for all archives; without it each gets its own
    passphrase: Option<Passphrase>,
    trusted: Trusted,
    place: Option<Place>,
    heads: Heads,
}

/// Where packages go and where attached files come from.
struct Place {
    outbox: Outbox,
    files: Option<Dir>,
}

impl Place {
    fn open(session: &mut Session<'_>) -> anyhow::Result<Self> {
        let folder = session.workspace()?.packages();
        require_no_link(&folder)?;
        create_private_folder(&folder)?;
        let outbox = Outbox::open(&folder)?;
        sweep(&outbox, session)?;
        Ok(Self { outbox, files: session.files()? })
    }
}

/// Names the package of an export that was killed between its record and its name, before somebody is told of it.
pub(super) fn settle(session: &mut Session<'_>) -> anyhow::Result<()> {
    let folder = session.workspace()?.packages();
    if !folder.is_dir() {
        return Ok(());
    }
    require_no_link(&folder)?;
    sweep(&Outbox::open(&folder)?, session)
}

/// Removes what killed exports left in the folder for packages; a package that was put on record just before gets its
/// name.
pub(super) fn sweep(outbox: &Outbox, session: &mut Session<'_>) -> anyhow::Result<()> {
    outbox.sweep(&mut |name, digest| {
        let case = name.parse().ok().and_then(|number: CaseNumber| session.case(number).ok());
        case.and_then(|case| case.package).is_some_and(|package| package.to_string() == digest)
    })?;
    Ok(())
}

impl Run<'_> {
    /// Writes the package of one case, whole and still without its name.
    fn seal(
        &mut self,
        case: &Case,
        set: &IdentitySet,
        watch: &mut Watch,
        session: &mut Session<'_>,
        out: &mut Out<'_>,
    ) -> anyhow::Result<Sealed> {
        let place = match &mut self.place {
            Some(place) => place,
            none => none.insert(Place::open(session)?),
        };
        let zone = session.zone()?;
        let language = self.args.language(case);
        let head = head(case, self.args, &self.trusted.map, session)?;
        let mut package = Package::begin(&place.outbox, &case.number.to_string(), head)?;
        let copy = Copy {
            map: &self.trusted.map,
            subject: set,
            zone,
            now: session.now(),
            language: language.into(),
            portable: self.args.portable,
            files: place.files.as_ref(),
            heads: &self.heads,
        };
        let database = &mut *self.trusted.database;
        watch.reading(database, out, |database| {
            copy.write(database, &mut package)?;
            if self.args.mentions { copy.write_mentions(database, &mut package).map(drop) } else { Ok(()) }
        })?;
        Ok(package.seal()?)
    }

    /// The tables whose free text was not searched for the person.
    fn not_searched(&self) -> Vec<String> {
        if self.args.mentions || self.args.portable {
            return Vec::new();
        }
        let map = &self.trusted.map;
        tables_with_free_text(map).into_iter().map(|table| map.tables[table].name.to_string()).collect()
    }

    /// Puts a package on record, gives it its name, and packs it. What cannot be recorded is removed; what is killed or
    /// fails between record and name is named by the next [`sweep`].
    fn hand_out(&self, number: CaseNumber, flushed: Flushed, session: &mut Session<'_>) -> anyhow::Result<Exported> {
        record(number, self.args.portable, &flushed, session)?;
        let finished = flushed.publish()?;
        let mut exported = Exported { not_searched: self.not_searched(), ..Exported::of(number, &finished) };
        if let Some(place) = self.place.as_ref().filter(|_| !self.args.no_zip) {
            let own = self.passphrase.is_none().then(|| Passphrase::generate(&mut session.random()));
            if let Some(passphrase) = self.passphrase.as_ref().or(own.as_ref()) {
                let archive = pack(&place.outbox, &number.to_string(), passphrase, &mut session.random())?;
                exported.archive = Some(archive.path);
            }
            exported.passphrase = own.map(|own| own.reveal().to_owned());
        }
        Ok(exported)
    }

    /// Flushes the packages that wait, once for all of them, and hands each out; none waits for the record of another.
    fn hand_out_all(&self, batch: &mut Batch, session: &mut Session<'_>) {
        let (numbers, sealed): (Vec<CaseNumber>, Vec<Sealed>) = mem::take(&mut batch.sealed).into_iter().unzip();
        let flushed = match Sealed::flush(sealed) {
            Ok(flushed) => flushed,
            Err(error) => {
                let code = trace::failure(&error.into()).code();
                return numbers.into_iter().for_each(|number| batch.set_aside(number, code));
            }
        };
        for (number, flushed) in numbers.into_iter().zip(flushed) {
            match self.hand_out(number, flushed, session) {
                Ok(exported) => batch.exported.push(exported),
                Err(error) => batch.set_aside(number, trace::failure(&error).code()),
            }
        }
    }
}

fn head(case: &Case, args: &ExportArgs, map: &Classified, session: &mut Session<'_>) -> anyhow::Result<Head> {
    let now = session.now().to_zoned_datetime(session.zone()?);
    Ok(Head {
        case: case.number.to_string(),
        controller: map.controller.of(args.language(case).into()).to_owned(),
        contact: session.workspace()?.settings.contact.clone().unwrap_or_default(),
        subject_ref: case.subject.to_string(),
        language: match args.language(case) {
            Language::Chinese => export::Language::Zh,
            Language::English => export::Language::En,
        },
        produced_at: now.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
        map: map.map_fingerprint.clone(),
        schema: without_waived(&map.schema_fingerprint, session),
        policy_versions: case.policy_version.iter().cloned().collect(),
        portable: args.portable,
        automated_decisions: None,
        remedies: match case.regime {
            Regime::Cn => Remedies::China,
            Regime::Eu => Remedies::Europe,
            Regime::Uk => Remedies::UnitedKingdom,
            Regime::UsCa => Remedies::California,
        },
    })
}

/// The schema that the copy was made by, and what came after and is not in it.
fn without_waived(fingerprint: &str, session: &Session<'_>) -> String {
    let places: Vec<&str> = session.waived.iter().map(|waived| &*waived.place).collect();
    if places.is_empty() { fingerprint.to_owned() } else { format!("{fingerprint} without {}", places.join(", ")) }
}

fn record(number: CaseNumber, portable: bool, flushed: &Flushed, session: &mut Session<'_>) -> anyhow::Result<()> {
    let manifest = flushed.manifest();
    let count = |table: &export::TableTally| TableCount {
        table: table.name.clone(),
        what: "exported".to_owned(),
        rows: table.rows,
    };
    let withheld = manifest.cells.withheld.iter().map(|(code, cells)| ((*code).to_owned(), *cells)).collect();
    let package = flushed.digest().parse().map_err(|_| trouble::NOT_A_DIGEST.plain())?;
    let tables = manifest.tables.iter().map(count).collect();
    session.record(number, Event::Exported { portable, package, tables, withheld }, &Body::default())?;
    Ok(())
}

#[derive(Serialize)]
struct Exported {
    case: CaseNumber,
    folder: PathBuf,
    archive: Option<PathBuf>,
    passphrase: Option<String>,
    sha256: String,
    cells: export::Tally,
    tables: BTreeMap<String, u64>,
    files: u64,
    /// Tables with free text of others that was not searched for the person
    not_searched: Vec<String>,
}

impl Exported {
    fn of(case: CaseNumber, finished: &Finished) -> Self {
        let manifest = &finished.manifest;
        Self {
            case,
            folder: finished.path.clone(),
            archive: None,
            passphrase: None,
            sha256: finished.digest.clone(),
            cells: manifest.cells.clone(),
            tables: manifest.tables.iter().map(|table| (table.name.clone(), table.rows)).collect(),
            files: manifest.attachments,
            not_searched: Vec::new(),
        }
    }
}

impl Exported {
    /// Whether something should be in the package that could not be found or read.
    fn lacks_something(&self) -> bool {
        LACKING.iter().any(|code| self.cells.withheld.contains_key(code))
    }
}

#[derive(Default, Serialize)]
struct Batch {
    exported: Vec<Exported>,
    set_aside: Vec<SetAside>,
    /// Written, and waiting for the flush of all of them
    #[serde(skip)]
    sealed: Vec<(CaseNumber, Sealed)>,
}

impl Batch {
    fn set_aside(&mut self, case: CaseNumber, code: &'static str) {
        self.set_aside.push(SetAside { case, code });
    }
}

impl Render for Exported {
    const SCHEMA: &'static str = "droit.export/1";

    fn render(&self, page: &mut Page) {
        let cells = &self.cells;
        page.say(
            Text {
                en: "{case}: {located} values located, {exported} exported, {withheld} withheld, in {tables} tables",
                zh: "{case}：找到 {located} 个值，导出 {exported} 个，未提供 {withheld} 个，涉及 {tables} 张表",
            },
            &[
                ("case", &self.case.to_string()),
                ("located", &cells.located.to_string()),
                ("exported", &cells.exported.to_string()),
                ("withheld", &cells.withheld_in_all().to_string()),
                ("tables", &self.tables.len().to_string()),
            ],
        );
        let codes: Vec<String> = cells.withheld.iter().map(|(code, cells)| format!("{code} {cells}")).collect();
        let archive = self.archive.as_ref().map(|path| path.display().to_string());
        page.fields(&[
            (Text { en: "withheld", zh: "未提供" }, codes.join(", ")),
            (Text { en: "open", zh: "打开" }, self.folder.join("index.html").display().to_string()),
            (Text { en: "archive", zh: "压缩包" }, archive.unwrap_or_default()),
            (
                Text { en: "passphrase, shown once", zh: "口令，仅显示一次" },
                self.passphrase.clone().unwrap_or_default(),
            ),
        ]);
        if self.lacks_something() {
            page.say(
                Text {
                    en: "not complete: files are missing or cannot be read; the page and data.json say in which rows",
                    zh: "不完整：有文件缺失或者无法读取；页面和 data.json 写明所在的行",
                },
                &[],
            );
        }
        say_not_searched(&self.not_searched, page);
    }
}

impl Render for Batch {
    const SCHEMA: &'static str = "droit.export.batch/1";

    fn render(&self, page: &mut Page) {
        for exported in &self.exported {
            exported.render(page);
        }
        case_list::say(&self.set_aside, page);
        let (done, aside) = (self.exported.len().to_string(), self.set_aside.len().to_string());
        page.say(
            Text { en: "{done} exported, {aside} set aside", zh: "已导出 {done} 个，搁置 {aside} 个" },
            &[("done", &done), ("aside", &aside)],
        );
    }

    fn grid(&self) -> Option<Grid> {
        let mut grid = Grid::new(&[
            Column::whole("case", "case", "编号"),
            Column::whole("code", "code", "代码"),
            Column::whole("located", "located", "找到"),
            Column::whole("exported", "exported", "导出"),
        ]);
        for one in &self.exported {
            let (located, exported) = (one.cells.located.to_string(), one.cells.exported.to_string());
            grid.push([one.case.to_string(), "exported".to_owned(), located, exported]);
        }
        for aside in &self.set_aside {
            grid.push([aside.case.to_string(), aside.code.to_owned()]);
        }
        Some(grid)
    }
}
