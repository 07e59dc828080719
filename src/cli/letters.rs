//! `droit letters`: the company's own templates of letters.

use std::{fs, io::ErrorKind, path::PathBuf};

use serde::Serialize;

use crate::export::letter::Templates;

use super::{
    Exit,
    failure::Failure,
    out::{Out, Render},
    page::Page,
    session::Session,
    text::{Text, trouble},
    workspace::{cannot_read, create_private_file, create_private_folder, require_no_link},
};

/// Edit the letters that people get
///
/// The templates that come with droit are used until the workspace's folder letters/ has one of the same name.
#[derive(clap::Args)]
pub(crate) struct LettersArgs {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Copy the templates into the folder letters/, where there is none of the name yet
    ///
    /// Example:
    ///   droit letters export
    #[command(verbatim_doc_comment)]
    Export,
}

pub(crate) fn run(args: &LettersArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let Verb::Export = args.verb;
    session.lock()?;
    let folder = session.workspace()?.path(FOLDER);
    require_no_link(&folder)?;
    create_private_folder(&folder)?;
    let mut copied = Vec::new();
    for (name, text) in Templates::built_in() {
        let file = folder.join(name);
        if fs::symlink_metadata(&file).is_err() {
            create_private_file(&file, text)?;
            copied.push(name);
        }
    }
    out.report(&Copied { folder, copied })?;
    Ok(Exit::Done)
}

/// The folder of the company's own templates.
const FOLDER: &str = "letters";

impl Session<'_> {
    /// The templates in force.
    pub(crate) fn templates(&mut self) -> Result<Templates, Failure> {
        let folder = self.workspace()?.path(FOLDER);
        let mut templates = Templates::default();
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(templates),
            Err(error) => return Err(cannot_read(&folder, &error)),
        };
        let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        files.sort();
        for file in files {
            let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            if name.starts_with('.') || name.ends_with('~') {
                continue; // what editors leave
            }
            // a pipe would keep everybody waiting, a link is somebody else's file
            if !fs::symlink_metadata(&file).is_ok_and(|found| found.is_file()) {
                return Err(trouble::NO_SUCH_LETTER.with(&[("file", &file.display().to_string())]));
            }
            let text = fs::read_to_string(&file).map_err(|error| cannot_read(&file, &error))?;
            if !templates.replace(&name, text) {
                return Err(trouble::NO_SUCH_LETTER.with(&[("file", &file.display().to_string())]));
            }
        }
        Ok(templates)
    }
}

#[derive(Serialize)]
struct Copied {
    folder: PathBuf,
    copied: Vec<&'static str>,
}

impl Render for Copied {
    const SCHEMA: &'static str = "droit.letters.export/1";

    fn render(&self, page: &mut Page) {
        let (folder, copied) = (self.folder.display().to_string(), self.copied.len().to_string());
        page.say(
            Text { en: "{copied} templates copied to {folder}", zh: "已复制 {copied} 个模板到 {folder}" },
            &[("copied", &copied), ("folder", &folder)],
        );
    }
}
