//! `droit init`: a workspace with its settings, an empty map and a casebook.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::casebook::{Casebook, KeyFolder, Opening};

use super::{
    Exit,
    out::{Out, Render},
    page::Page,
    session::Session,
    settings::{Settings, WorkspaceId},
    text::{Text, trouble},
    workspace::{self, Workspace},
};

/// Make a workspace: settings, a data map to fill in, a casebook
///
/// Nothing is overwritten. Unless --no-mark is given, droit may later make its one table, `droit_mark`, in the
/// database: with it an interrupted erasure can tell for sure whether it took place.
///
/// Examples:
///   droit init ../shop.sqlite
///   droit init ../shop.sqlite --workspace office --no-mark
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct InitArgs {
    /// Path of the user database
    #[arg(value_name = "DATABASE")]
    database: Option<PathBuf>,

    /// Folder beneath which the files that columns name are found
    #[arg(long, value_name = "DIR")]
    files: Option<PathBuf>,

    /// Zone of the controller, whose days count
    #[arg(long, value_name = "ZONE", default_value = "Asia/Shanghai")]
    time_zone: String,

    /// Folder of the keys, instead of the user's state folder
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,

    /// Never make a table in the user database
    #[arg(long)]
    no_mark: bool,
}

const MAP: &str = "\
# What is held, where, about whom, why and how long. `droit map check` says what is still missing.
version = 1
controller = \"\"
time_zone = \"ZONE\"
";

pub(crate) fn run(args: &InitArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let (folder, officer) = (session.new_workspace_folder(), session.login()?);
    let settings = args.settings(&folder, session)?;
    workspace::create_private_folder(&folder)?;
    let workspace = Workspace { folder, settings };
    require_nothing_there(&workspace)?;
    let text = toml::to_string(&workspace.settings)?;
    workspace::create_private_file(&workspace.path(workspace::SETTINGS), &text)?;
    let described = workspace.map().exists();
    if !described {
        workspace::create_private_file(&workspace.map(), &MAP.replace("ZONE", &args.time_zone))?;
    }
    session.workspace = Some(workspace.clone());
    let keys = session.key_folder()?;
    workspace::create_private_folder(&keys)?;
    let opening = Opening {
        path: workspace.casebook(),
        keys: KeyFolder::create(&keys)?,
        random: Box::new(session.random()),
        command: "init".to_owned(),
        wait: session.choices.lock_wait,
    };
    Casebook::create(opening, session.now(), &officer)?;
    out.report(&Made { workspace: workspace.folder.clone(), database: workspace.settings.database.clone(), keys })?;
    let next = if described { CHECK } else { DESCRIBE };
    out.hint(next, &[("map", &workspace.map().display().to_string())]);
    Ok(Exit::Done)
}

const DESCRIBE: Text = Text {
    en: "describe the database in {map}, then: droit map check",
    zh: "在 {map} 中描述数据库，然后：droit map check",
};
const CHECK: Text = Text { en: "droit map check", zh: "droit map check" };

fn require_nothing_there(workspace: &Workspace) -> anyhow::Result<()> {
    for file in [workspace.path(workspace::SETTINGS), workspace.casebook()] {
        if file.symlink_metadata().is_ok() {
            return Err(trouble::WORKSPACE_EXISTS.with(&[("file", &file.display().to_string())]).into());
        }
    }
    Ok(())
}

impl InitArgs {
    fn settings(&self, folder: &Path, session: &mut Session<'_>) -> anyhow::Result<Settings> {
        let absolute = |path: &PathBuf| if folder == session.current_dir { path.clone() } else { session.path(path) };
        let database = self.database.as_ref().map(absolute);
        let (files, keys) = (self.files.as_ref().map(absolute), self.keys.as_ref().map(absolute));
        let mut settings = Settings::new(WorkspaceId::draw(&mut session.random()), database);
        settings.files = files;
        settings.keys = keys;
        settings.mark = !self.no_mark;
        self.time_zone.clone_into(&mut settings.time_zone);
        settings.check()?;
        Ok(settings)
    }
}

#[derive(Serialize)]
struct Made {
    workspace: PathBuf,
    database: Option<PathBuf>,
    keys: PathBuf,
}

impl Render for Made {
    const SCHEMA: &'static str = "droit.init/1";

    fn render(&self, page: &mut Page) {
        let shown = |path: &Path| path.display().to_string();
        page.say(Text { en: "workspace made", zh: "已建立工作区" }, &[]);
        page.fields(&[
            (Text { en: "folder", zh: "文件夹" }, shown(&self.workspace)),
            (Text { en: "database", zh: "数据库" }, self.database.as_deref().map(shown).unwrap_or_default()),
            (Text { en: "keys", zh: "密钥" }, shown(&self.keys)),
        ]);
    }
}
