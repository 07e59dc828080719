//! From files to entries: those at fault are set aside, unless there is only one.

use std::{fs, io::Read as _, path::Path};

use zeroize::Zeroizing;

use super::{FileFormat, ImportArgs};
use crate::{
    cli::{failure::Failure, session::Session, text::trouble, trace, when, workspace::cannot_read},
    intake::{self, Encoding, Entry, MOST_BYTES, MailRules, Mapping, Terms},
};

/// What was read.
pub(super) struct Taken {
    pub(super) files: Vec<TakenFile>,
    /// Entries in the order of their arrival, each with the position of its file
    pub(super) entries: Vec<(usize, Entry)>,
    /// Whether entries of one file came together and are linked
    pub(super) together: bool,
}

/// One file and what came of it.
pub(super) struct TakenFile {
    /// As it was named
    pub(super) name: String,
    pub(super) encoding: Option<Encoding>,
    pub(super) fault: Option<Failure>,
}

/// Reads all files. A fault in the only one ends the run.
pub(super) fn read(args: &ImportArgs, session: &mut Session<'_>) -> anyhow::Result<Taken> {
    require_fitting(args)?;
    let reader = Reader::of(args, session)?;
    let mut taken = Taken { files: Vec::new(), entries: Vec::new(), together: args.source == FileFormat::Eml };
    for (at, file) in args.files.iter().enumerate() {
        let read = bytes(&session.path(file)).and_then(|bytes| reader.read(&bytes));
        let (encoding, fault) = match read {
            Ok((encoding, entries)) => {
                taken.entries.extend(entries.into_iter().map(|entry| (at, entry)));
                (encoding, None)
            }
            Err(error) if args.files.len() == 1 => return Err(error),
            Err(error) => (None, Some(trace::failure(&error))),
        };
        taken.files.push(TakenFile { name: file.display().to_string(), encoding, fault });
    }
    taken.entries.sort_by_key(|(_, entry)| entry.received_at); // stable: else in the order of the files and lines
    Ok(taken)
}

/// A flag that the format has no use for was meant for something else.
fn require_fitting(args: &ImportArgs) -> Result<(), Failure> {
    use FileFormat::{Csv, Drp, Eml, Opendsr};
    let flags = [
        ("--mapping", args.mapping.is_some(), Csv),
        ("--encoding", args.encoding.is_some(), Csv),
        ("--right", !args.right.is_empty(), Eml),
        ("--person", args.person.is_some(), Opendsr),
        ("--business", args.business.is_some(), Drp),
    ];
    match flags.iter().find(|(_, given, format)| *given && *format != args.source) {
        Some((flag, ..)) => Err(trouble::NOT_FOR_FORMAT.with(&[("flag", flag)])),
        None => Ok(()),
    }
}

fn bytes(path: &Path) -> anyhow::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::new());
    let read = fs::File::open(path).and_then(|opened| opened.take(MOST_BYTES + 1).read_to_end(&mut bytes));
    read.map_err(|error| cannot_read(path, &error))?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(trouble::IMPORT_TOO_LARGE.plain().into());
    }
    Ok(bytes)
}

/// What files of one format are read by.
struct Reader<'a> {
    args: &'a ImportArgs,
    terms: Terms,
    mapping: Option<Mapping>,
    servers: Vec<String>,
    customer: Option<String>,
}

impl<'a> Reader<'a> {
    fn of(args: &'a ImportArgs, session: &mut Session<'_>) -> anyhow::Result<Self> {
        let (now, zone, people) = (session.now(), session.zone()?, session.person_words());
        let settings = session.workspace()?.settings.clone();
        let said = args.received.as_deref().map(|text| when::read_past(text, &zone, now)).transpose()?;
        let customer = args.person.clone().or_else(|| match people.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        });
        if args.person.as_ref().is_some_and(|word| !people.contains(word)) {
            return Err(trouble::UNKNOWN_KIND.with(&[("entry", "--person"), ("known", &people.join(", "))]).into());
        }
        let mapping = match args.source {
            FileFormat::Csv => Some(mapping(args, &people, session)?),
            _ => None,
        };
        let regime = args.regime.or(settings.regime);
        let terms = Terms { now, zone, regime, received: said };
        Ok(Self { args, terms, mapping, servers: settings.mail_servers, customer })
    }

    fn read(&self, bytes: &[u8]) -> anyhow::Result<(Option<Encoding>, Vec<Entry>)> {
        let terms = &self.terms;
        let rules = MailRules { servers: &self.servers, rights: &self.args.right };
        Ok(match (self.args.source, &self.mapping) {
            (FileFormat::Csv, Some(mapping)) => {
                let (encoding, entries) = mapping.read(bytes, self.args.encoding, terms)?;
                (Some(encoding), entries)
            }
            (FileFormat::Csv, None) => return Err(trouble::NO_MAPPING.plain().into()),
            (FileFormat::Eml, _) => (None, intake::read_mail(bytes, &rules, terms)?),
            (FileFormat::Opendsr, _) => (None, vec![intake::read_opendsr(bytes, self.customer.as_deref(), terms)?]),
            (FileFormat::Drp, _) => (None, vec![intake::read_drp(bytes, self.args.business.as_deref(), terms)?]),
        })
    }
}

/// The saved mapping of that name.
fn mapping(args: &ImportArgs, people: &[String], session: &mut Session<'_>) -> anyhow::Result<Mapping> {
    let name = args.mapping.as_deref().ok_or_else(|| trouble::NO_MAPPING.plain())?;
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)) {
        return Err(trouble::NOT_A_MAPPING_NAME.plain().into());
    }
    let file = session.workspace()?.path(format!("{name}.columns.toml"));
    let text = fs::read_to_string(&file).map_err(|error| cannot_read(&file, &error))?;
    Ok(Mapping::parse(&text, people)?)
}
