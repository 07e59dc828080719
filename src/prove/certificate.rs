//! The certificate of an erasure or an anonymization (LAW §4.2): what was removed and kept, and of each claim whether it was proven.
//!
//! It holds no value of a person: tables, counts, laws and a random reference. It names the key that signs it, or says
//! that none does; the signature lies beside it, because nothing can hold a signature over itself.

use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::proof::{Method, Proof, Reason};
use crate::case::{
    About, Fingerprint, SubjectRef,
    event::{Kept, TableCount},
};

/// What a certificate is about, from the casebook.
#[derive(Clone, Debug)]
pub struct Erasure {
    /// The case or purge
    pub about: About,
    /// The number of the change, which with the case's is the certificate's number
    pub intent: i64,
    /// The random reference of the person; none for a purge
    pub subject: Option<SubjectRef>,
    /// The part of the person's data that was asked for and is proven; none when it was everything
    pub scope: Option<serde_json::Value>,
    /// What was removed, by table
    pub removed: Vec<TableCount>,
    /// What stays, and by which law until when
    pub kept: Vec<Kept>,
    /// The digest of the plan that was carried out
    pub plan: Fingerprint,
    /// The data map by which it was decided what is the person's
    pub map: Fingerprint,
    /// The identity of the database
    pub database: String,
    /// When the rows were removed
    pub removed_at: Timestamp,
    /// Parts that were removed before, which the claims cover as well
    pub earlier: Vec<Change>,
    /// Whether looking again by the map found nothing but what is kept: claim (a); none when it was not looked
    pub nothing_found: Option<bool>,
    /// Where rows were written over instead of removed: what the person's keys still led to then, with nothing left in it
    /// to write over; none for an erasure
    pub still_found: Option<Vec<TableCount>>,
    /// Tables with free text of others that no change searched for the person: nothing is said of what stands there
    pub not_searched: Vec<String>,
}

/// An earlier change of a part of the same person's data.
#[derive(Clone, Debug, Serialize)]
pub struct Change {
    /// Its number
    pub intent: i64,
    /// The part that was asked for
    pub scope: Option<serde_json::Value>,
    /// What was removed, by table
    pub removed: Vec<TableCount>,
    /// What stays, and by which law until when
    pub kept: Vec<Kept>,
    /// The digest of the plan that was carried out
    pub plan: Fingerprint,
    /// When the rows were removed
    pub removed_at: Timestamp,
}

/// The certificate.
#[derive(Clone, Debug, Serialize)]
pub struct Certificate<'p> {
    pub(super) schema: &'static str,
    pub(super) number: String,
    pub(super) about: String,
    /// `erasure`, or `anonymization` where rows were written over instead of removed
    pub(super) carried_out: &'static str,
    pub(super) subject: Option<SubjectRef>,
    /// The part that every claim is about; none when it is everything
    pub(super) scope: Option<serde_json::Value>,
    pub(super) removed: Vec<TableCount>,
    pub(super) kept: Vec<Kept>,
    /// Of an anonymization: rows that were found again under the person's keys. They are de-identified at most, which is
    /// still personal information, and never erased
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) still_found: Option<Vec<TableCount>>,
    /// Tables whose texts of others were not searched for the person, so that they may still name them
    pub(super) not_searched: Vec<String>,
    pub(super) plan: Fingerprint,
    pub(super) map: Fingerprint,
    pub(super) database: String,
    pub(super) removed_at: Timestamp,
    /// Changes of other parts before, which every claim covers as well
    pub(super) earlier: Vec<Change>,
    pub(super) verified_at: Timestamp,
    pub(super) verifier: String,
    /// `proven` when every claim holds: only then may "erased" be said, and of an anonymization never
    pub(super) verdict: &'static str,
    pub(super) claims: [Claim; 3],
    /// How the bytes of the file (claims b and c) came out
    #[serde(flatten)]
    pub(super) proof: &'p Proof,
    pub(super) not_claimed: &'static [NotClaimed],
    /// Who signs it; none when nobody does
    pub(super) signature: Option<Signer>,
}

/// Who signs a certificate. The signature itself is the file beside it that is called like it, and `.sig`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Signer {
    /// As OpenSSH names it: `SHA256:…`
    pub key: String,
    /// What the signature is for
    pub namespace: &'static str,
    /// Whose key it is, where that is known
    pub name: Option<String>,
}

/// One claim, and whether it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Claim {
    pub(super) claim: Statement,
    pub(super) holds: Holds,
}

/// What is claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Statement {
    /// (a) of an erasure
    NoRowsButKept,
    /// (a) of an anonymization
    NothingLeftToWriteOver,
    /// (b)
    DeadBytesZero,
    /// (b) after VACUUM
    DeadBytesWrittenByVacuum,
    /// (c)
    ValuesNotFound,
}

/// Whether a claim holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Holds {
    /// Shown
    Yes,
    /// Something speaks against it
    No,
    /// Not looked, or it could not be seen
    NotShown,
}

/// What nobody can say from a database file (DESIGN §8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the page says what each is, in words")]
pub enum NotClaimed {
    AfterVerifiedAt,
    ApplicationMemoryAndLogs,
    Swap,
    FileSystemBlocksAndSsd,
    Snapshots,
    Backups,
    Replicas,
    DeliveredPackages,
    SystemsOutsideTheMap,
    CompressedOrEncryptedValues,
}

const NOT_CLAIMED: &[NotClaimed] = &[
    NotClaimed::AfterVerifiedAt,
    NotClaimed::ApplicationMemoryAndLogs,
    NotClaimed::Swap,
    NotClaimed::FileSystemBlocksAndSsd,
    NotClaimed::Snapshots,
    NotClaimed::Backups,
    NotClaimed::Replicas,
    NotClaimed::DeliveredPackages,
    NotClaimed::SystemsOutsideTheMap,
    NotClaimed::CompressedOrEncryptedValues,
];

impl<'p> Certificate<'p> {
    /// Puts together what `proof` showed at `now` of `erasure`.
    #[must_use]
    pub fn new(erasure: Erasure, proof: &'p Proof, now: Timestamp, verifier: &str, signature: Option<Signer>) -> Self {
        let written_over = erasure.still_found.is_some();
        let claims = claims(erasure.nothing_found, written_over, proof);
        let whole = claims.iter().all(|claim| claim.holds == Holds::Yes);
        Self {
            schema: "droit.certificate/1",
            number: format!("{}/{}", erasure.about, erasure.intent),
            about: erasure.about.to_string(),
            carried_out: if written_over { "anonymization" } else { "erasure" },
            subject: erasure.subject,
            scope: erasure.scope,
            removed: erasure.removed,
            kept: erasure.kept,
            still_found: erasure.still_found,
            not_searched: erasure.not_searched,
            plan: erasure.plan,
            map: erasure.map,
            database: erasure.database,
            removed_at: erasure.removed_at,
            earlier: erasure.earlier,
            verified_at: now,
            verifier: verifier.to_owned(),
            verdict: if whole { "proven" } else { "not_provable" },
            claims,
            proof,
            not_claimed: NOT_CLAIMED,
            signature,
        }
    }

    /// Whether every claim holds: only then may an erasure be called that.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.claims.iter().all(|claim| claim.holds == Holds::Yes)
    }

    /// The document and its digest, which stands in the casebook.
    pub fn print(&self) -> serde_json::Result<(Vec<u8>, Fingerprint)> {
        let mut document = serde_json::to_vec_pretty(self)?;
        document.push(b'\n');
        let digest = Fingerprint::new(Sha256::digest(&document).into());
        Ok((document, digest))
    }
}

/// Of each claim whether it holds. A structure that could not be seen says nothing of the values either.
fn claims(nothing_found: Option<bool>, written_over: bool, proof: &Proof) -> [Claim; 3] {
    let rows = match nothing_found {
        Some(true) => Holds::Yes,
        Some(false) => Holds::No,
        None => Holds::NotShown,
    };
    let (bytes, values) = if proof.file.is_some() {
        (bytes(proof.reasons()), values(proof.searched.values, proof.reasons()))
    } else {
        (Holds::NotShown, Holds::NotShown)
    };
    let bytes_claim = match proof.file.as_ref().map(|file| file.method) {
        Some(Method::Vacuum) => Statement::DeadBytesWrittenByVacuum,
        _ => Statement::DeadBytesZero,
    };
    [
        Claim {
            claim: if written_over { Statement::NothingLeftToWriteOver } else { Statement::NoRowsButKept },
            holds: rows,
        },
        Claim { claim: bytes_claim, holds: bytes },
        Claim { claim: Statement::ValuesNotFound, holds: values },
    ]
}

fn speaks_of_bytes(reason: &Reason) -> bool {
    matches!(reason, Reason::StillDirty { .. } | Reason::LockPage)
}

fn bytes(reasons: &[Reason]) -> Holds {
    if reasons.iter().any(speaks_of_bytes) { Holds::No } else { Holds::Yes }
}

/// Where cleaning did not come to an end, the values were not looked for to the end.
fn values(searched: usize, reasons: &[Reason]) -> Holds {
    let unseen = |reason: &Reason| {
        matches!(reason, Reason::StillDirty { .. } | Reason::Unread { .. } | Reason::IndexDiffers { .. })
    };
    let found = |reason: &Reason| !speaks_of_bytes(reason) && !unseen(reason);
    if searched == 0 {
        Holds::NotShown
    } else if reasons.iter().any(found) {
        Holds::No
    } else if reasons.iter().any(unseen) {
        Holds::NotShown
    } else {
        Holds::Yes
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::proof::{Cleaned, File, Searched, Verdict},
        *,
    };

    fn proof(reasons: Vec<Reason>, seen: bool) -> Proof {
        let file = File {
            method: Method::Scrub,
            page_size: 4096,
            pages: 7,
            cells: 3,
            dead_bytes: 99,
            dirty_pages: 0,
            free_pages: 0,
        };
        Proof {
            verdict: if reasons.is_empty() { Verdict::Proven } else { Verdict::NotProvable(reasons) },
            file: seen.then_some(file),
            cleaned: Cleaned::default(),
            searched: Searched { values: 2, ..Searched::default() },
        }
    }

    fn holds(nothing_found: Option<bool>, proof: &Proof) -> [Holds; 3] {
        claims(nothing_found, false, proof).map(|claim| claim.holds)
    }

    #[test]
    fn each_claim_says_no_more_than_was_shown() {
        use Holds::{No, NotShown, Yes};
        assert_eq!(holds(Some(true), &proof(vec![], true)), [Yes, Yes, Yes]);
        assert_eq!(holds(None, &proof(vec![], true)), [NotShown, Yes, Yes]);
        assert_eq!(holds(Some(false), &proof(vec![], true)), [No, Yes, Yes]);
        let held = || Reason::SnapshotHeld { processes: vec![] };
        assert_eq!(holds(Some(true), &proof(vec![held()], false)), [Yes, NotShown, NotShown]);
        let dirty = Reason::StillDirty { pages: 3 };
        assert_eq!(holds(Some(true), &proof(vec![dirty], true)), [Yes, No, NotShown]);
        let beside = || Reason::Beside { name: "a.bak".to_owned(), hits: 1 };
        let unread = || Reason::Unread { name: "b.bak".to_owned() };
        assert_eq!(holds(Some(true), &proof(vec![beside()], true)), [Yes, Yes, No]);
        assert_eq!(holds(Some(true), &proof(vec![unread()], true)), [Yes, Yes, NotShown]);
        assert_eq!(holds(Some(true), &proof(vec![unread(), beside()], true)), [Yes, Yes, No]);
        let mut purge = proof(vec![], true);
        purge.searched.values = 0;
        assert_eq!(holds(Some(true), &purge), [Yes, Yes, NotShown]);
        purge.file.as_mut().unwrap().method = Method::Vacuum;
        assert_eq!(claims(None, false, &purge)[1].claim, Statement::DeadBytesWrittenByVacuum);
    }

    #[test]
    fn the_document_is_bound_by_its_digest_and_unsigned() {
        let erasure = Erasure {
            about: "DSR-20261123-0001".parse().unwrap(),
            intent: 4,
            subject: None,
            scope: Some(serde_json::json!({"categories": ["location"]})),
            removed: vec![TableCount { table: "orders".to_owned(), what: "deleted".to_owned(), rows: 3 }],
            kept: vec![],
            plan: Fingerprint::new([1; 32]),
            map: Fingerprint::new([2; 32]),
            database: "sqlite:1:2".to_owned(),
            removed_at: "2026-11-23T02:00:00Z".parse().unwrap(),
            earlier: vec![],
            nothing_found: Some(true),
            still_found: None,
            not_searched: vec!["notes".to_owned()],
        };
        let proof = proof(vec![], true);
        let written_over = Erasure { still_found: Some(vec![]), ..erasure.clone() };
        let (document, _) =
            Certificate::new(written_over, &proof, erasure.removed_at, "officer", None).print().unwrap();
        let read: serde_json::Value = serde_json::from_slice(&document).unwrap();
        assert_eq!((&read["carried_out"], &read["still_found"]), (&"anonymization".into(), &serde_json::json!([])));
        assert_eq!(read["claims"][0]["claim"], "nothing_left_to_write_over");
        let certificate = Certificate::new(erasure, &proof, "2026-11-23T03:00:00Z".parse().unwrap(), "officer", None);
        assert!(certificate.is_whole());
        let (document, digest) = certificate.print().unwrap();
        assert_eq!(<[u8; 32]>::from(Sha256::digest(&document)), *digest.bytes());
        let read: serde_json::Value = serde_json::from_slice(&document).unwrap();
        assert_eq!((&read["schema"], &read["number"]), (&"droit.certificate/1".into(), &"DSR-20261123-0001/4".into()));
        assert_eq!((&read["verdict"], &read["carried_out"]), (&"proven".into(), &"erasure".into()));
        assert!(read.get("still_found").is_none());
        assert_eq!(read["not_searched"], serde_json::json!(["notes"]));
        assert_eq!(read["scope"]["categories"][0], "location");
        assert_eq!(read["file"]["pages"], 7);
        assert_eq!(read["signature"], serde_json::Value::Null);
        assert_eq!(read["claims"][2]["holds"], "yes");
    }
}
