//! What was found and done, for people and for machines.

use std::{collections::BTreeMap, path::PathBuf};

use serde::Serialize;

use crate::{
    case::{About, CaseNumber, HoldNumber, KeyId},
    casebook::Replaced,
    duties::tidy::Why,
};

use super::due::{Found, Rotation, Stuck};
use crate::cli::{out::Render, page::Page, text::tidy as words};

/// A key that is due.
#[derive(Serialize)]
struct Key {
    #[serde(rename = "key")]
    id: KeyId,
    purpose: String,
    /// What it is about; a hold may be confidential, so it is not named
    about: Option<String>,
    because: Why,
}

/// Keys that get a successor.
#[derive(Serialize)]
struct Replacing {
    /// How many, by purpose
    keys: BTreeMap<String, u64>,
    /// Keys of what can be undone, which stay as they are
    left: u64,
    /// Bodies, and windows of work lists, that are sealed once more
    bodies: u64,
    /// Identity tags that were computed anew
    tags: u64,
    /// Identity tags that could not be and are dropped
    dropped: u64,
}

impl Replacing {
    fn of(rotation: &Rotation) -> Self {
        let mut keys: BTreeMap<String, u64> = BTreeMap::new();
        for purpose in rotation.keys.values() {
            *keys.entry(purpose.clone()).or_default() += 1;
        }
        let Replaced { bodies, tags, dropped } = rotation.done;
        Self { keys, left: rotation.left, bodies, tags, dropped }
    }
}

/// What tidying comes to.
#[derive(Serialize)]
pub(super) struct Tidied {
    /// `nothing_to_do`, `due`, `tidied` or `stuck`
    state: &'static str,
    keys: Vec<Key>,
    /// Keys that get a successor, where that was asked for
    #[serde(skip_serializing_if = "Option::is_none")]
    rotated: Option<Replacing>,
    /// Keys whose destruction was on record and not finished
    unfinished: u64,
    /// Keys and files that killed processes left
    strays: u64,
    packages: Vec<CaseNumber>,
    letters: u64,
    plans: Vec<PathBuf>,
    stuck: Vec<Stuck>,
    /// Bytes that were searched for the keys
    searched: u64,
}

impl Tidied {
    pub(super) fn of(state: &'static str, found: &Found) -> Self {
        let keys: Vec<Key> = found
            .keys
            .iter()
            .map(|due| Key {
                id: due.key,
                purpose: due.purpose.clone(),
                about: (!matches!(due.about, About::Hold(HoldNumber { .. }))).then(|| due.about.to_string()),
                because: due.why,
            })
            .collect();
        let replaced = found.rotation.as_ref().map_or(0, |rotation| rotation.keys.len());
        let done = if state == "tidied" { keys.len() + replaced } else { 0 };
        Self {
            state,
            rotated: found.rotation.as_ref().map(Replacing::of),
            unfinished: (found.half.len().saturating_sub(done)) as u64,
            keys,
            strays: found.remains(),
            packages: found.packages.cases(),
            letters: found.letters.len() as u64,
            plans: found.plans.clone(),
            stuck: found.stuck.clone(),
            searched: found.searched,
        }
    }

    /// Whether keys have a successor now.
    pub(super) fn has_replaced(&self) -> bool {
        self.state == "tidied" && self.rotated.as_ref().is_some_and(|rotated| !rotated.keys.is_empty())
    }
}

impl Render for Tidied {
    const SCHEMA: &'static str = "droit.tidy/1";

    fn render(&self, page: &mut Page) {
        page.say(words::state(self.state), &[]);
        let mut keys: BTreeMap<(&str, String), u64> = BTreeMap::new();
        for key in &self.keys {
            *keys
                .entry((key.purpose.as_str(), words::because(key.because).of(page.language()).to_owned()))
                .or_default() += 1;
        }
        for ((purpose, because), n) in keys {
            let purpose = words::purpose(purpose).of(page.language());
            page.say(words::KEYS, &[("n", &n.to_string()), ("purpose", purpose), ("because", &because)]);
        }
        if let Some(rotated) = &self.rotated {
            let said = if self.has_replaced() { words::REPLACED } else { words::TO_REPLACE };
            for (purpose, n) in &rotated.keys {
                let purpose = words::purpose(purpose).of(page.language());
                page.say(said, &[("n", &n.to_string()), ("purpose", purpose)]);
            }
            let counts = [
                (words::BODIES, rotated.bodies),
                (words::TAGS, rotated.tags),
                (words::DROPPED, rotated.dropped),
                (words::LEFT, rotated.left),
            ];
            for (said, n) in counts.into_iter().filter(|(_, n)| *n > 0) {
                page.say(said, &[("n", &n.to_string())]);
            }
        }
        let counts = [
            (words::UNFINISHED, self.unfinished),
            (words::STRAYS, self.strays),
            (words::LETTERS, self.letters),
            (words::PLANS, self.plans.len() as u64),
        ];
        for (said, n) in counts.into_iter().filter(|(_, n)| *n > 0) {
            page.say(said, &[("n", &n.to_string())]);
        }
        for case in &self.packages {
            page.say(words::PACKAGE, &[("case", &case.to_string())]);
        }
        if self.searched > 0 {
            page.say(words::SEARCHED, &[("bytes", &self.searched.to_string())]);
        }
        for stuck in &self.stuck {
            let key = stuck.key.map(|key| key.to_string()).unwrap_or_default();
            let file = stuck.file.as_ref().map(|file| file.display().to_string()).unwrap_or_default();
            page.say(words::STUCK, &[("code", stuck.code), ("key", &key), ("file", &file)]);
        }
    }
}
