//! `droit map trust`: from now on this map decides what is read and removed.

use serde::Serialize;

use crate::{
    case::{About, Body, Event, Fingerprint},
    data_map::{classified::Standing, classify, lock::Lock},
};

use crate::cli::{
    Exit, confirm,
    database::{self, Places},
    out::{Out, Render, replace_own},
    page::Page,
    session::Session,
    text::Text,
    text::trouble,
};

/// Accept the map as it is, for the database as it is
///
/// Writes datamap.lock, which a reviewer reads like a lock file's diff, and puts both fingerprints on record. A map with
/// findings that refuse cannot be trusted. The map is trusted for the database and the files folder that droit.toml
/// names now; if either becomes another one, it has to be trusted again.
///
/// Examples:
///   droit map trust
///   droit map trust --yes
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct TrustArgs {
    /// Do not ask
    #[arg(short = 'y', long)]
    yes: bool,
}

const SURE: Text = Text {
    en: "Trust this map? {tables} tables with personal data, controller {controller}, database {database}, files {files}",
    zh: "确认此数据地图？{tables} 张表含个人信息，控制者 {controller}，数据库 {database}，文件夹 {files}",
};

pub(crate) fn run(args: &TrustArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let map = session.data_map()?;
    let schema = session.database()?.schema()?;
    let classified = classify(&map, &schema).map_err(|findings| database::incomplete(&findings))?;
    let personal = classified.tables.iter().filter(|table| table.standing == Standing::Personal).count();
    let database = session.workspace()?.database()?.display().to_string();
    let files = session.workspace()?.settings.files.as_ref().map(|files| files.display().to_string());
    let values = [
        ("tables", &*personal.to_string()),
        ("controller", classified.controller.of(out.language().into())),
        ("database", &database),
        ("files", files.as_deref().unwrap_or("-")),
    ];
    confirm::by_yes(SURE, &values, args.yes, session, out)?;
    session.lock()?;
    let file = session.workspace()?.map_lock();
    replace_own(&file, Lock::of(&classified, &schema).to_string().as_bytes())?;
    let (map, schema) = (&classified.map_fingerprint, &classified.schema_fingerprint);
    let Places { database, files } = session.places()?;
    let event = Event::MapTrusted { map: fingerprint(map)?, schema: fingerprint(schema)?, database, files };
    session.record(About::Workspace, event, &Body::default())?;
    out.report(&Trusted { map: map.clone(), schema: schema.clone(), tables: personal })?;
    Ok(Exit::Done)
}

fn fingerprint(digits: &str) -> anyhow::Result<Fingerprint> {
    Ok(digits.parse().map_err(|_| trouble::MAP_UNTRUSTED.plain())?)
}

#[derive(Serialize)]
struct Trusted {
    map: String,
    schema: String,
    tables: usize,
}

impl Render for Trusted {
    const SCHEMA: &'static str = "droit.map.trust/1";

    fn render(&self, page: &mut Page) {
        page.say(
            Text {
                en: "trusted: {tables} tables with personal data", zh: "已确认：{tables} 张表含个人信息"
            },
            &[("tables", &self.tables.to_string())],
        );
    }
}
