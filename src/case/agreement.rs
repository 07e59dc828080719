//! That somebody agrees to a plan, under their own key.

use std::fmt::Write;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{About, Fingerprint};

/// Who agrees to a plan, and the signature that shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// The name, as the file of allowed signers has it
    pub name: String,
    /// The key: `SHA256:…`
    pub key: String,
    /// How many rows the plan lists
    pub rows: u64,
    /// Until when it counts: as long as the plan
    pub expires: Timestamp,
    /// Drawn for this one agreement: no other has the same
    pub nonce: String,
    /// SHA-256 of the file of allowed signers that counted
    pub signers: Fingerprint,
    /// SSHSIG, armored, over the statement
    pub signature: String,
}

/// In which part somebody agrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Who made the plan
    Planner,
    /// The second person
    Approver,
}

impl Part {
    /// The machine word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Planner => "planner",
            Self::Approver => "approver",
        }
    }
}

/// What somebody agrees to, before it is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms<'a> {
    /// The workspace's random name
    pub workspace: &'a str,
    /// The case or run
    pub about: About,
    /// The plan's digest
    pub plan: Fingerprint,
    /// In which part
    pub part: Part,
    /// How many rows the plan lists
    pub rows: u64,
    /// Until when
    pub expires: Timestamp,
    /// Who
    pub name: &'a str,
    /// Drawn for this agreement
    pub nonce: &'a str,
}

impl Terms<'_> {
    /// The text that is signed: one line a fact, so that whoever signs on another machine reads what they sign.
    #[must_use]
    pub fn statement(&self) -> String {
        let Self { workspace, about, plan, part, rows, expires, name, nonce } = self;
        let mut text = String::from("droit.approval/1\n");
        // writing into a String cannot fail
        let _ = write!(
            text,
            "workspace {workspace}\nabout {about}\nplan {plan}\nrows {rows}\nexpires {expires}\npart {}\nname {name}\nnonce {nonce}\n",
            part.word()
        );
        text
    }
}

impl Agreement {
    /// What was agreed to, as the record has it.
    #[must_use]
    pub fn terms<'a>(&'a self, workspace: &'a str, about: About, plan: Fingerprint, part: Part) -> Terms<'a> {
        let Self { name, rows, expires, nonce, .. } = self;
        Terms { workspace, about, plan, part, rows: *rows, expires: *expires, name, nonce }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_says_one_thing_a_line() {
        let terms = Terms {
            workspace: "00ff",
            about: "DSR-20261123-0001".parse().unwrap(),
            plan: Fingerprint::new([0xab; 32]),
            part: Part::Approver,
            rows: 33,
            expires: "2026-11-24T02:00:00Z".parse().unwrap(),
            name: "li@zkjia.com",
            nonce: "0011",
        };
        let expected = format!(
            "droit.approval/1\nworkspace 00ff\nabout DSR-20261123-0001\nplan {}\nrows 33\n\
             expires 2026-11-24T02:00:00Z\npart approver\nname li@zkjia.com\nnonce 0011\n",
            "ab".repeat(32)
        );
        assert_eq!(terms.statement(), expected);
    }
}
