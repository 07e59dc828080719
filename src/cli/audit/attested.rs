//! What officers signed, as an audit finds it: agreements on record, certificates in their folder, anchors.

use std::{
    collections::HashMap,
    fs::{self, File},
    io::Read,
    path::Path,
};

use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{
    case::{Event, Part, Recorded},
    casebook::{Anchor, Finding},
    signature::{Purpose, Signers},
    value::hex,
};

use crate::cli::{page::Page, text::Text, workspace::cannot_read};

/// No certificate is larger.
const LARGEST: u64 = 16 << 20;

/// Checks signatures while a record is walked.
pub(super) struct Attested {
    signers: Option<Signers>,
    workspace: String,
    /// When each certificate on record was issued
    certificates: HashMap<[u8; 32], Timestamp>,
    pub(super) found: Vec<Finding>,
    counted: Signatures,
}

/// How many signatures were looked at.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Signatures {
    /// Good ones, of keys that were allowed at the time
    good: u64,
    /// Those that count for nothing
    wrong: u64,
    /// Those that could not be checked: nobody said who may sign
    unchecked: u64,
}

impl Attested {
    pub(super) fn new(signers: Option<Signers>) -> Self {
        let (workspace, certificates) = (String::new(), HashMap::new());
        Self { signers, workspace, certificates, found: Vec::new(), counted: Signatures::default() }
    }

    /// Begins with the workspace that every agreement names.
    pub(super) fn of_workspace(&mut self, workspace: &str) {
        workspace.clone_into(&mut self.workspace);
    }

    /// Looks at an event.
    pub(super) fn see(&mut self, recorded: &Recorded) {
        let (by, plan, part) = match &recorded.event {
            Event::Proven { certificate } | Event::NotProvable { certificate, .. } => {
                self.certificates.insert(*certificate.bytes(), recorded.at);
                return;
            }
            Event::PlanSigned { plan, by } => (Some(by), *plan, Part::Planner),
            Event::Approved { plan, by } => (by.as_ref(), *plan, Part::Approver),
            _ => return,
        };
        let good = by.map(|by| {
            let statement = by.terms(&self.workspace, recorded.about, plan, part).statement();
            self.signers.as_ref().map(|signers| signers.agreed(&statement, by, recorded.at).is_ok())
        });
        // an approval that nobody signed was not recorded by `approve`
        let finding = Finding::event("approval_wrong", recorded.number);
        self.count(good.unwrap_or(Some(false)), finding);
    }

    /// Looks at the certificates in their folder: each must be on record, and its signature good.
    pub(super) fn certificates(&mut self, folder: &Path) -> anyhow::Result<()> {
        let mut names: Vec<String> = match fs::read_dir(folder) {
            Ok(entries) => entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(cannot_read(folder, &error).into()),
        };
        let ends = |name: &str, end: &str| Path::new(name).extension().is_some_and(|other| other == end);
        names.retain(|name| ends(name, "json") || ends(name, "html"));
        names.sort();
        for name in names {
            let finding = |code| Finding { code, event: None, table: None, row: ours(&name) };
            if ends(&name, "html") {
                if !self.is_page_of_one(&folder.join(&name)) {
                    self.found.push(finding("certificate_unknown"));
                }
                continue;
            }
            let Some(document) = regular(&folder.join(&name)) else {
                self.found.push(finding("certificate_unknown"));
                continue;
            };
            let digest: [u8; 32] = Sha256::digest(&document).into();
            let Some(at) = self.certificates.get(&digest).copied() else {
                self.found.push(finding("certificate_unknown"));
                continue;
            };
            let says = serde_json::from_slice::<serde_json::Value>(&document).unwrap_or_default();
            let signature = regular(&folder.join(format!("{name}.sig")));
            match signature.map(String::from_utf8) {
                None if says["signature"].is_null() => {}
                None | Some(Err(_)) => self.count(Some(false), finding("certificate_signature_wrong")),
                Some(Ok(signature)) => {
                    let good = self.signers.as_ref().map(|signers| {
                        let signed = signers.check(Purpose::Certificate, &document, &signature, at);
                        signed.is_ok_and(|person| says["signature"]["key"] == person.key.as_str())
                    });
                    self.count(good, finding("certificate_signature_wrong"));
                }
            }
        }
        Ok(())
    }

    /// Whether a page lies beside a certificate that is on record, and names its digest. What else it says is not on record.
    fn is_page_of_one(&self, page: &Path) -> bool {
        let Some(document) = regular(&page.with_extension("json")) else { return false };
        let digest: [u8; 32] = Sha256::digest(&document).into();
        let names_it = |page: Vec<u8>| String::from_utf8(page).is_ok_and(|page| page.contains(&hex(&digest)));
        self.certificates.contains_key(&digest) && regular(page).is_some_and(names_it)
    }

    /// Looks at anchors: where it is known who may sign, each must be signed by whom it names.
    pub(super) fn anchors(&mut self, anchors: &[Anchor]) -> anyhow::Result<()> {
        for (line, anchor) in (1..).zip(anchors) {
            let finding = |code| Finding { row: Some(format!("line-{line}")), ..Finding::event(code, anchor.number) };
            match (&anchor.signature, &self.signers) {
                (None, None) => {}
                (None, Some(_)) => self.count(Some(false), finding("anchor_unsigned")),
                (Some(signature), signers) => {
                    let statement = anchor.statement()?;
                    let good = signers.as_ref().map(|signers| {
                        let signed = signers.check(Purpose::Anchor, statement.as_bytes(), signature, anchor.at);
                        signed.is_ok_and(|person| person.is_called(&anchor.officer))
                    });
                    self.count(good, finding("anchor_signature_wrong"));
                }
            }
        }
        Ok(())
    }

    fn count(&mut self, good: Option<bool>, finding: Finding) {
        match good {
            Some(true) => self.counted.good += 1,
            Some(false) => {
                self.counted.wrong += 1;
                self.found.push(finding);
            }
            None => self.counted.unchecked += 1,
        }
    }

    pub(super) fn counted(&self) -> Signatures {
        self.counted
    }
}

impl Signatures {
    pub(super) fn render(self, page: &mut Page) {
        let said = match self {
            Self { good: 0, wrong: 0, unchecked: 0 } => return,
            Self { unchecked: 0, .. } => Text {
                en: "signatures: {good} good, {wrong} wrong",
                zh: "签名：{good} 个有效，{wrong} 个无效",
            },
            _ => Text {
                en: "signatures: {good} good, {wrong} wrong, {unchecked} not checked: no file says who may sign",
                zh: "签名：{good} 个有效，{wrong} 个无效，{unchecked} 个未核对：没有文件说明谁可以签名",
            },
        };
        let counts = [self.good, self.wrong, self.unchecked].map(|count| count.to_string());
        page.say(said, &[("good", &counts[0]), ("wrong", &counts[1]), ("unchecked", &counts[2])]);
    }
}

/// What a regular file holds; links are not followed.
fn regular(path: &Path) -> Option<Vec<u8>> {
    let found = path.symlink_metadata().ok()?;
    if !found.is_file() || found.len() > LARGEST {
        return None;
    }
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(LARGEST).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// A certificate's name, where it is one that droit gives; others may say anything.
fn ours(name: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    (name.len() <= 40 && name.starts_with("DSR-") && name.chars().all(plain)).then(|| name.to_owned())
}
