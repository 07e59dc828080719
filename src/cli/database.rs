//! The session's way to the user database and its map: opened read-only unless `apply` asks, and by a trusted map only.

use std::{fs, path::Path, rc::Rc};

use cap_std::fs::Dir;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::{
    case::{About, Event, Fingerprint},
    casebook::Intent,
    data_map::{
        DataMap, SchemaDigests, Wording,
        classified::{Classified, Standing},
        classify_by, drift_by,
        finding::Finding,
        lock::Lock,
        schema_fingerprint,
        waiver::{self, Waived},
    },
    database::{self, Database, DatabaseError, DatabaseUrl, LeaveOut, Options, WritableDatabase},
    prove::{self, Hunt, Proof, Proving, Rows, Still},
    schema::{Repeated, Schema},
};

use super::{failure::Failure, session::Session, text::trouble, workspace::cannot_read};

/// A map that was trusted for this very schema.
pub(crate) struct Trusted {
    /// The map, classified
    pub(crate) map: Classified,
    /// The database, opened read-only
    pub(crate) database: Box<dyn Database>,
}

impl Session<'_> {
    /// Who answers for the data, as the map says; none while there is no map that can be read.
    pub(crate) fn controller(&mut self) -> Result<Option<Wording>, Failure> {
        let text = fs::read_to_string(self.workspace()?.map()).ok();
        let map = text.and_then(|text| text.parse::<DataMap>().ok());
        Ok(map.map(|map| map.controller().clone()))
    }

    pub(super) fn url(&mut self) -> Result<DatabaseUrl, Failure> {
        Ok(DatabaseUrl::sqlite(self.workspace()?.database()?))
    }

    pub(super) fn options(&self) -> Options {
        Options { lock_wait: self.choices.lock_wait, interrupt: self.interrupt.flag() }
    }

    /// The user database, read-only.
    pub(crate) fn database(&mut self) -> anyhow::Result<Box<dyn Database>> {
        Ok(database::connect(&self.url()?, &self.options())?)
    }

    /// The user database, for `apply`.
    pub(crate) fn database_for_writing(&mut self) -> anyhow::Result<Box<dyn WritableDatabase>> {
        let writer = database::connect_for_writing(&self.url()?, &self.options())?;
        if self.waived.is_empty() {
            return Ok(writer);
        }
        Ok(database::leaving_out_for_writing(writer, self.leave_out()))
    }

    fn leave_out(&self) -> LeaveOut {
        let waived = self.waived.clone();
        Rc::new(move |schema| waiver::leave_out(schema, &waived))
    }

    /// What tells the user database from another one.
    pub(crate) fn identity(&mut self) -> anyhow::Result<String> {
        Ok(database::identity(&self.url()?)?)
    }

    /// Proves on the user database, which nobody but `trusted` may have open in this process. `trusted` sees the state
    /// that was proven, which was the last one at the instant that is told, until the file is let go of.
    pub(crate) fn prove(
        &mut self,
        hunt: &Hunt,
        proving: &Proving,
        trusted: &mut Trusted,
    ) -> anyhow::Result<(Vec<Proof>, Option<Timestamp>, Still)> {
        let (url, options) = (self.url()?, self.options());
        let proving = Proving { repeated: trusted.repeated()?, ..proving.clone() };
        let _announced = self.announce()?;
        let mut rows = Rows::new(&mut *trusted.database, self.clock);
        let (proofs, still) = prove::prove_beside(&url, &options, hunt, &proving, &mut rows)?;
        Ok((proofs, rows.seen_at(), still))
    }

    /// After a death in the middle of a commit the database has a hot journal. SQLite may roll it back when one of the
    /// open intents, or an announcement that was left, names this very database; a journal that somebody else left stays
    /// as it is.
    pub(crate) fn let_our_journal_roll_back(&mut self, open: &[Intent]) -> anyhow::Result<()> {
        let (url, options) = (self.url()?, self.options());
        let Err(found) = database::connect(&url, &options) else { return Ok(()) };
        let identity = database::identity(&url)?;
        let announced = self.left_writing()?.is_some_and(|left| left == identity);
        let ours = announced || open.iter().any(|intent| intent.database == identity);
        if !matches!(found, DatabaseError::HotJournal(_)) || !ours {
            return Err(found.into());
        }
        Ok(database::roll_back(&url, &options)?)
    }

    /// The folder that file columns name files in.
    pub(crate) fn files(&mut self) -> anyhow::Result<Option<Dir>> {
        let workspace = self.workspace()?;
        let Some(folder) = workspace.settings.files.as_ref().map(|files| workspace.path(files)) else {
            return Ok(None);
        };
        // opened for reading, not as a mere path: only then can the removal of files be flushed through it
        let opened = fs::File::open(&folder).map_err(|error| cannot_read(&folder, &error))?;
        Ok(Some(Dir::from_std_file(opened)))
    }

    /// The map as it is written.
    pub(crate) fn data_map(&mut self) -> Result<DataMap, Failure> {
        let file = self.workspace()?.map();
        let text = fs::read_to_string(&file).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => trouble::NO_MAP.plain(),
            _ => cannot_read(&file, &error),
        })?;
        text.parse().map_err(|error: crate::data_map::DataMapError| {
            trouble::MAP_SYNTAX.with(&[("why", &error.render("datamap.toml"))])
        })
    }

    /// The map's lock, if there is one.
    pub(crate) fn map_lock(&mut self) -> Result<Option<Lock>, Failure> {
        let file = self.workspace()?.map_lock();
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(cannot_read(&file, &error)),
        };
        let lock = text.parse().map_err(|error: crate::data_map::DataMapError| {
            trouble::MAP_SYNTAX.with(&[("why", &error.render("datamap.lock"))])
        })?;
        Ok(Some(lock))
    }

    /// The words of `[person.*]`, by which an officer picks one of several people: `account=42`.
    pub(crate) fn person_words(&mut self) -> Vec<String> {
        let text = self.workspace().ok().and_then(|workspace| fs::read_to_string(workspace.map()).ok());
        let table: Option<toml::Table> = text.and_then(|text| text.parse().ok());
        let person = table.as_ref().and_then(|table| table.get("person")?.as_table());
        person.map(|person| person.keys().cloned().collect()).unwrap_or_default()
    }

    /// What was put on record when the map was last trusted.
    fn on_record(&mut self) -> anyhow::Result<Option<OnRecord>> {
        let mut last = None;
        self.reading()?.events_about(About::Workspace, |recorded| {
            if let Event::MapTrusted { map, schema, database, files } = recorded.event {
                last = Some(OnRecord { map, schema, places: Places { database, files } });
            }
            Ok(())
        })?;
        Ok(last)
    }

    /// Where database and files are, as a trusted map is bound to them: every link followed.
    pub(crate) fn places(&mut self) -> Result<Places, Failure> {
        let workspace = self.workspace()?;
        let files = workspace.settings.files.as_ref().map(|files| workspace.path(files));
        let place = |path: &Path| place(path, &workspace.folder);
        Ok(Places { database: Some(place(&workspace.database()?)), files: files.as_deref().map(place) })
    }

    /// Refuses where days begin at another moment for the dates in rows, by the map, than for the clocks, by the settings: a
    /// purge would take rows a day early or late.
    pub(crate) fn require_one_zone(&mut self, map: &Classified) -> Result<(), Failure> {
        let settings = self.workspace()?.settings.time_zone.clone();
        let same = map.time_zone == settings;
        if same { Ok(()) } else { Err(trouble::TWO_ZONES.with(&[("map", &map.time_zone), ("settings", &settings)])) }
    }

    /// The trusted map and the database that it was trusted for; refuses drift.
    pub(crate) fn trusted(&mut self) -> anyhow::Result<Trusted> {
        let map = self.data_map()?;
        let lock = self.map_lock()?.ok_or_else(|| trouble::MAP_UNTRUSTED.plain())?;
        let Some(recorded) = self.on_record()? else { return Err(trouble::MAP_UNTRUSTED.plain().into()) };
        let (trusted_map, trusted_schema) = (recorded.map.to_string(), recorded.schema.to_string());
        if lock.map != map.fingerprint() || trusted_map != lock.map || trusted_schema != lock.schema {
            return Err(trouble::MAP_UNTRUSTED.plain().into());
        }
        recorded.places.require(self.places()?)?;
        let waived: Vec<Waived> = self.waivers()?.into_iter().map(|waiver| waiver.waived).collect();
        let mut database = self.database()?;
        let mut schema = database.schema()?;
        let mut digests = SchemaDigests::of(&schema);
        self.waived = refuse_drift(&lock, &map, &schema, &digests, &waived)?;
        if !self.waived.is_empty() {
            waiver::leave_out(&mut schema, &self.waived);
            digests = SchemaDigests::of(&schema);
            database = database::leaving_out(database, self.leave_out());
        }
        let map = classify_by(&map, &schema, &digests).map_err(|findings| incomplete(&findings))?;
        Ok(Trusted { map, database })
    }

    /// The same for whoever writes, with the workspace's lock. It is waited for before the database is looked at: a snapshot
    /// that is held meanwhile would keep whoever has the lock from committing, and the company's application from writing.
    pub(crate) fn trusted_alone(&mut self) -> anyhow::Result<Trusted> {
        self.lock()?;
        self.trusted()
    }
}

impl Trusted {
    /// Refuses what the database has become since the map was read.
    pub(crate) fn require_same_schema(&mut self) -> anyhow::Result<()> {
        if schema_fingerprint(&self.database.schema()?) == self.map.schema_fingerprint {
            return Ok(());
        }
        Err(trouble::DRIFT.with(&[("tables", "sqlite_schema")]).into())
    }

    /// The full-text indexes with texts of their own that the map calls copies.
    fn repeated(&mut self) -> anyhow::Result<Vec<Repeated>> {
        let (schema, tables) = (self.database.schema()?, &self.map.tables);
        let copies = tables.iter().filter_map(|table| match table.standing {
            Standing::CopyOf(original) => Some((&table.name, &tables[original].name)),
            _ => None,
        });
        let pairs = copies.filter_map(|(copy, original)| schema.tables.get(copy).zip(schema.tables.get(original)));
        Ok(pairs.filter_map(|(copy, original)| Repeated::by_own_texts(copy, original)).collect())
    }
}

/// What the last trust put on record.
struct OnRecord {
    map: Fingerprint,
    schema: Fingerprint,
    places: Places,
}

/// Digests of the places that a trusted map is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Places {
    pub(crate) database: Option<Fingerprint>,
    pub(crate) files: Option<Fingerprint>,
}

impl Places {
    /// Another database, or another files folder, is not what the officer accepted.
    fn require(self, now: Self) -> Result<(), Failure> {
        if self.database != now.database {
            return Err(trouble::UNTRUSTED_DATABASE.plain());
        }
        if self.files == now.files { Ok(()) } else { Err(trouble::UNTRUSTED_FILES.plain()) }
    }
}

/// The digest of a place: within the workspace it moves with the workspace, anywhere else it is where it is.
fn place(path: &Path, workspace: &Path) -> Fingerprint {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let (real, workspace) = (real(path), real(workspace));
    let within = real.strip_prefix(&workspace).unwrap_or(&real);
    Fingerprint::new(Sha256::digest(within.as_os_str().as_encoded_bytes()).into())
}

/// Refuses what has changed since, but for what is waived; returns what is waived and there.
fn refuse_drift(
    lock: &Lock,
    map: &DataMap,
    schema: &Schema,
    digests: &SchemaDigests,
    waived: &[Waived],
) -> Result<Vec<Waived>, Failure> {
    let found = drift_by(lock, map.fingerprint(), schema, digests);
    let (mut places, mut used): (Vec<&str>, Vec<Waived>) = (Vec::new(), Vec::new());
    for finding in found.iter().filter(|finding| finding.refuses()) {
        match waiver::covered(finding, waived, schema) {
            Some(waived) => used.push(waived.clone()),
            None => places.push(&finding.place),
        }
    }
    used.sort();
    places.dedup();
    if places.is_empty() { Ok(used) } else { Err(trouble::DRIFT.with(&[("tables", &places.join(", "))])) }
}

/// How many findings stand in the way.
pub(crate) fn incomplete(findings: &[Finding]) -> Failure {
    let count = findings.iter().filter(|finding| finding.refuses()).count();
    trouble::MAP_INCOMPLETE.with(&[("count", &count.to_string())])
}
