//! `droit prove`: shows that what an erasure removed, or an anonymization wrote over, is gone from the file, byte by byte,
//! and writes the certificate.

use std::{collections::BTreeMap, path::PathBuf};

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    apply::require_agreement,
    case::{About, Body, Case, CaseNumber, Event, Fingerprint, IdentitySet, Kept, Proof as Known, TableCount},
    casebook::Intent,
    data_map::classified::{Classified, TableId},
    duties::scheduled::as_removed,
    plan::{Act, Decision, Step, Totals, Work},
    planner::Planner as _,
    progress::{Doing, Progress},
    prove::{Certificate, Change, Erasure, Hunt, Proof, Proving, Reason, Signer, Vacuum},
    refusal::Refusal,
    signature::Purpose,
    value::Value,
};

use super::{
    Exit, certificates,
    database::Trusted,
    failure::Failure,
    out::{Out, Render},
    page::Page,
    planning::Planning,
    recapture,
    removals::{Removal, removals},
    returned,
    session::Session,
    signing::{Hand, KeyArgs},
    subject::{gone_persons, under_key},
    text::{proof as words, trouble},
    trace,
    undo::undoable_of,
};

/// Prove that what was removed or written over is gone from the file
///
/// Full-text indexes are merged, unused bytes are zeroed while the application goes on, and then
/// every byte is looked at in one snapshot. A certificate is written to certificates/, beside it a
/// page for people in both languages, and with --key its signature. Only then is a case erased. Of
/// an anonymization it is shown that nothing is left to write over and that the values are gone;
/// rows that stay under the person's keys are told as de-identified and never as erased. What only
/// stands in the way for now leaves the case as it is.
///
/// Examples:
///   droit prove DSR-20261123-0001
///   droit prove DSR-20261123-0001 --key li.key
///   droit prove --pending
///   droit prove --returned
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct ProveArgs {
    /// The case
    #[arg(value_name = "CASE", required_unless_present_any = ["pending", "returned"])]
    case: Option<CaseNumber>,

    /// Every case of which something was removed and is not proven yet
    #[arg(long, conflicts_with = "case")]
    pending: bool,

    /// List erased people of whom rows are found again; nothing is changed or recorded
    #[arg(long, conflicts_with_all = ["case", "pending", "exclusive", "vacuum", "key"])]
    returned: bool,

    /// If the application writes faster than is cleaned, hold it up for one look (a second for a gigabyte)
    #[arg(long)]
    exclusive: bool,

    /// Whether VACUUM may rewrite the whole file
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    vacuum: VacuumWhen,

    #[command(flatten)]
    key: KeyArgs,
}

/// Whether VACUUM may rewrite the whole file.
#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
enum VacuumWhen {
    /// Never
    #[default]
    Never,
    /// Where this build cannot write single pages
    WhereNeeded,
    /// Instead of writing single pages
    Instead,
}

impl ProveArgs {
    fn proving(&self) -> Proving {
        let vacuum = match self.vacuum {
            VacuumWhen::Never => Vacuum::Never,
            VacuumWhen::WhereNeeded => Vacuum::WhereNeeded,
            VacuumWhen::Instead => Vacuum::Instead,
        };
        Proving { exclusive: self.exclusive, vacuum, ..Proving::default() }
    }
}

pub(crate) fn run(args: &ProveArgs, session: &mut Session<'_>, out: &mut Out<'_>) -> anyhow::Result<Exit> {
    if args.returned {
        return returned::run(session, out);
    }
    session.lock()?;
    session.end_undo_windows(out)?;
    let proving = args.proving();
    // asked for before the work, so that no proof waits for a passphrase
    let hand = Hand::of(&args.key, Purpose::Certificate, session, out)?;
    let mut attempts = Attempts::default();
    if let Some(number) = args.case {
        out.progress(Progress::part(Doing::Cases, 0, 1));
        let waiting = Waiting::of(number, session)?;
        for (_, seen) in look_at_file(vec![waiting], &proving, session)? {
            attempts.proofs.push(certify(seen?, hand.as_ref(), session)?);
        }
    } else {
        let forgotten = session.reading()?.forgotten_cases()?;
        // of whom nothing can be looked for, another look tells no more than the one on record
        let hopeless = |case: &Case| {
            forgotten.contains(&case.number) || case.removed_of().is_some_and(|set| set.values.is_empty())
        };
        let known = |case: &Case| case.proof != Known::NotProvable || !hopeless(case);
        let mut waiting: Vec<CaseNumber> = Vec::new();
        session.reading()?.cases(false, |case| {
            if waits(&case) && known(&case) {
                if case.undoable.is_empty() { &mut waiting } else { &mut attempts.undoable }.push(case.number);
            }
            Ok(())
        })?;
        let all = waiting.len() as u64;
        let mut waiting = waiting.into_iter().peekable();
        while waiting.peek().is_some() {
            let mut together = Together::default();
            while let Some(number) = waiting.next_if(|_| !together.is_full()) {
                session.go_on()?;
                out.progress(Progress::part(Doing::Cases, all - waiting.len() as u64 - 1, all));
                match Waiting::of(number, session) {
                    Ok(waiting) => together.0.push(waiting),
                    Err(error) => attempts.set_aside(number, &error),
                }
            }
            let numbers: Vec<CaseNumber> = together.0.iter().map(|waiting| waiting.case.number).collect();
            match look_at_file(together.0, &proving, session) {
                Ok(seen) => {
                    for (number, seen) in seen {
                        match seen.and_then(|seen| certify(seen, hand.as_ref(), session)) {
                            Ok(attempt) => attempts.proofs.push(attempt),
                            Err(error) => attempts.set_aside(number, &error),
                        }
                    }
                }
                Err(error) => numbers.into_iter().for_each(|number| attempts.set_aside(number, &error)),
            }
        }
        // Ctrl-C in the middle of a proof is no reason to set its case aside
        session.go_on()?;
    }
    let look = !attempts.set_aside.is_empty() || attempts.proofs.iter().any(|one| one.state != State::Proven);
    if look {
        out.result(&attempts)?;
    } else {
        out.report(&attempts)?;
    }
    if let Some(number) = args.case {
        out.next(session.case(number)?.next_step());
    }
    Ok(if look { Exit::Look } else { Exit::Done })
}

/// Whether something was removed of which it is not shown that it is gone.
fn waits(case: &Case) -> bool {
    matches!(case.proof, Known::Pending | Known::NotProvable)
}

/// Values that are looked for in one look at the file: more cost memory, and each look costs the time of reading it.
const VALUES: usize = 2_048;

/// Cases that one look at the file is for.
#[derive(Default)]
struct Together(Vec<Waiting>);

impl Together {
    fn is_full(&self) -> bool {
        self.0.iter().map(|waiting| waiting.set.values.len()).sum::<usize>() >= VALUES
    }
}

/// A case that waits for its proof: whom it is about and what was removed.
struct Waiting {
    case: Case,
    set: IdentitySet,
    removals: Vec<Removal>,
}

impl Waiting {
    /// Refuses before anything is written to the file.
    fn of(number: CaseNumber, session: &mut Session<'_>) -> anyhow::Result<Self> {
        let case = session.case(number)?;
        case.require_legal(&Event::Proven { certificate: Fingerprint::new([0; 32]) })?;
        // what another case of theirs keeps may bring back what this one removed
        for other in undoable_of(&case, session)? {
            session.case(other)?.require_final()?;
        }
        // whose key was destroyed in its time is nobody any more; of a lost one that is told
        if session.reading()?.forgotten_cases()?.contains(&number) {
            return Err(not_captured(number).into());
        }
        let waiting = Self::remembered(case, session)?;
        let identity = session.identity()?;
        session.reading()?.require_settled()?;
        // that a copy of the file holds what was done is told by its mark, when it is looked at
        let mark = session.workspace()?.settings.mark;
        if !mark && waiting.removals.iter().any(|removal| removal.intent.database != identity) {
            return Err(Refusal::FileReplaced.into());
        }
        Ok(waiting)
    }

    /// What the record knows of it.
    fn remembered(case: Case, session: &mut Session<'_>) -> anyhow::Result<Self> {
        let mut removals = removals(case.number, session)?;
        let set = case.removed_of().filter(|set| !set.is_empty()).ok_or_else(|| not_captured(case.number))?;
        // the whole covers whatever parts were removed before
        let last_whole = removals.iter().rposition(|removal| removal.scope.is_whole()).unwrap_or(0);
        removals.drain(..last_whole);
        Ok(Self { case, set, removals })
    }

    /// Whoever is somebody else by now left out: what bears a value of theirs and came later.
    fn without_later(self) -> Self {
        let removed = self.removals.iter().map(|removal| removal.removed_at).min();
        let set = removed.map_or_else(|| self.set.clone(), |removed| as_removed(&self.set, removed));
        Self { set, ..self }
    }

    /// Whether only a part of the person's data was removed.
    fn is_part(&self) -> bool {
        self.removals.iter().all(|removal| !removal.scope.is_whole())
    }
}

/// What was seen of a case in one instant: by the map in the rows, and byte by byte in the file.
struct Seen {
    case: CaseNumber,
    part: bool,
    /// None where somebody stood in the way, so that nothing was seen
    erasure: Option<Erasure>,
    proof: Proof,
    at: Timestamp,
}

/// One look for all of these cases, at the rows and at the bytes of one state; for each what was seen, in their order.
fn look_at_file(
    waiting: Vec<Waiting>,
    proving: &Proving,
    session: &mut Session<'_>,
) -> anyhow::Result<Vec<(CaseNumber, anyhow::Result<Seen>)>> {
    let values: Vec<Vec<Value>> = waiting.iter().map(|waiting| sought(&waiting.set)).collect();
    let hunt = Hunt::of_people(&values);
    drop(values);
    let mut trusted = session.trusted()?;
    if let Some(first) = waiting.first() {
        // what a restored backup brought back is for the replay; until it has ended nobody else writes
        let (about, mark) = (About::Case(first.case.number), session.workspace()?.settings.mark);
        require_agreement(&mut *trusted.database, session.reading()?, about, mark)?;
    }
    let (proofs, at, still) = session.prove(&hunt, proving, &mut trusted)?;
    let at = at.unwrap_or_else(|| session.now());
    let look = || -> anyhow::Result<Vec<(CaseNumber, anyhow::Result<Seen>)>> {
        let mut seen = Vec::new();
        if proofs.iter().any(|proof| state_of(proof) != State::HeldUp) {
            trusted.require_same_schema()?;
        }
        for (waiting, proof) in waiting.into_iter().zip(proofs) {
            let (case, part) = (waiting.case.number, waiting.is_part());
            let erasure = if state_of(&proof) == State::HeldUp {
                Ok(None)
            } else {
                looked_again(waiting, &mut trusted, session).map(Some)
            };
            seen.push((case, erasure.map(|erasure| Seen { case, part, erasure, proof, at })));
        }
        Ok(seen)
    };
    let seen = look();
    drop(trusted);
    still.end()?;
    seen
}

/// Puts on record what is proven of a case and what is not: the certificate first, then the event that names it.
fn certify(seen: Seen, hand: Option<&Hand>, session: &mut Session<'_>) -> anyhow::Result<Attempt> {
    let Seen { case: number, part, erasure, proof, at } = seen;
    let mut attempt = Attempt { part, ..Attempt::of(number, &proof) };
    let Some(erasure) = erasure else { return Ok(attempt) };
    let still_found = erasure.still_found.as_ref().map(|found| found.iter().map(|count| count.rows).sum());
    attempt.still_found = still_found;
    match erasure.nothing_found {
        Some(true) => {}
        Some(false) => {
            let reason = if still_found.is_some() { "not_written_over" } else { "rows_found" };
            attempt.reasons.push(serde_json::json!({"reason": reason}));
        }
        None => {
            let places: Vec<String> = session.waived.iter().map(|waived| waived.place.clone()).collect();
            attempt.reasons.push(serde_json::json!({"reason": "waived", "objects": places}));
        }
    }
    if proof.file.is_some() && proof.searched.values == 0 {
        attempt.reasons.push(serde_json::json!({"reason": "no_values"}));
    }
    let certificate = Certificate::new(erasure, &proof, at, VERIFIER, hand.map(signer));
    attempt.state = if certificate.is_whole() { State::Proven } else { State::NotProvable };
    let (document, digest) = certificate.print()?;
    let signature = hand.map(|hand| hand.sign(Purpose::Certificate, &document, session.now())).transpose()?;
    let page = certificate.page(digest)?;
    let written = certificates::write(number, &document, &page, signature.as_deref(), session)?;
    attempt.sha256 = Some(digest);
    let event = if certificate.is_whole() {
        Event::Proven { certificate: digest }
    } else {
        let because = attempt.reasons.iter().filter_map(|reason| reason["reason"].as_str());
        Event::NotProvable { certificate: digest, because: because.map(str::to_owned).collect() }
    };
    session.record(number, event, &Body::default())?;
    let file = written.name()?;
    attempt.signature = signature.map(|_| certificates::beside(&file));
    attempt.page = Some(certificates::page(&file));
    attempt.certificate = Some(file);
    Ok(attempt)
}

fn not_captured(case: CaseNumber) -> Failure {
    trouble::NOT_CAPTURED.with(&[("case", &case.to_string())])
}

/// Whether rows that were removed for the case are there again.
pub(super) fn are_rows_back(case: &Case, session: &mut Session<'_>) -> anyhow::Result<bool> {
    // the record alone tells where the database cannot be looked at
    let Ok(mut trusted) = session.trusted() else { return Ok(false) };
    // of what has no date nobody knows whether it came later: what was left because of that did not come back, nor did what
    // a next holder brought
    for later in [false, true] {
        let waiting = Waiting::remembered(case.clone(), session)?;
        let mut waiting = if later { waiting } else { waiting.without_later() };
        leave_next_holders(&mut waiting, &mut trusted, session)?;
        if looked_again(waiting, &mut trusted, session)?.nothing_found != Some(false) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Leaves whoever was given the key of a row that was deleted since.
fn leave_next_holders(waiting: &mut Waiting, trusted: &mut Trusted, session: &mut Session<'_>) -> anyhow::Result<()> {
    for person in gone_persons(&waiting.case, &waiting.set, &trusted.map) {
        let Some(keys) = waiting.set.persons.get(&person).cloned() else { continue };
        for key in keys {
            let now = under_key(&person, &key, trusted, session)?;
            let taken = now.persons.contains_key(&person);
            if taken && !recapture::is_still_them(&waiting.case, &now, trusted, session)? {
                waiting.set.persons.entry(person.clone()).or_default().remove(&key);
            }
        }
    }
    Ok(())
}

/// Looks once more by the map, from the set that was captured and as of the days that were decided about, and tells what
/// the record says of the changes: of the last, and of parts before it that it did not cover.
fn looked_again(waiting: Waiting, trusted: &mut Trusted, session: &mut Session<'_>) -> anyhow::Result<Erasure> {
    let Waiting { case, set, removals } = waiting;
    let identity = trusted.database.identity()?;
    let nothing_removed = || crate::case::IllegalMove::NothingRemoved;
    let (mut changes, mut left, mut still_found) = (Vec::new(), 0_u64, None);
    let mut not_searched: Option<Vec<TableId>> = None;
    for Removal { intent, scope, removed, kept, as_of, removed_at } in removals {
        let part = (!scope.is_whole()).then(|| serde_json::to_value(&scope)).transpose()?;
        // rows that were written over are still there: as long as keys lead to them, nothing is called erased
        let mut found: Option<BTreeMap<TableId, u64>> = scope.anonymize.then(BTreeMap::new);
        let planning = Planning::of_set(&case, set.clone(), scope, as_of, trusted, session)?;
        let erasure = planning.erasure(&trusted.map, session)?;
        // what one of them searched was searched
        let unseen = erasure.not_searched();
        not_searched = Some(match not_searched {
            Some(before) => before.into_iter().filter(|table| unseen.contains(table)).collect(),
            None => unseen,
        });
        let mut beside = Beside::default();
        let totals = erasure.derive(&mut *trusted.database, &mut |step| {
            left += u64::from(Work::of(step).is_some());
            beside.note(step);
            if let (Some(found), Decision::Anonymize(_), Act::Leave) = (&mut found, &step.decision, &step.act) {
                *found.entry(step.table).or_default() += 1;
            }
            Ok(())
        })?;
        // what came back is as much there where a hold or a law keeps it by now
        if more_than_kept(&trusted.map, beside.kept_by_table(&totals), &kept) > 0 {
            // what was written over before a hold came did not come back: it is found again with nothing to write over
            let (mut rows, mut beside) = (BTreeMap::new(), Beside::default());
            let totals = planning.without_holds().erasure(&trusted.map, session)?.derive(
                &mut *trusted.database,
                &mut |step| {
                    beside.note(step);
                    let goes = matches!(step.act, Act::Delete | Act::Overwrite(_) | Act::Anonymize { .. });
                    if goes && step.decision.code().is_none() {
                        *rows.entry(step.table).or_default() += 1;
                    }
                    Ok(())
                },
            )?;
            for (table, kept) in beside.kept_by_table(&totals) {
                *rows.entry(table).or_default() += kept;
            }
            left += more_than_kept(&trusted.map, rows, &kept);
        }
        still_found = still_found.or(found);
        let Intent { number, .. } = intent;
        changes.push(Change { intent: number, scope: part, removed, kept, plan: intent.plan, removed_at });
    }
    let written_over = |(table, rows): (TableId, u64)| TableCount {
        table: trusted.map.tables[table].name.to_string(),
        what: "written_over".to_owned(),
        rows,
    };
    let Change { intent, scope, removed, kept, plan, removed_at } = changes.pop().ok_or_else(nothing_removed)?;
    Ok(Erasure {
        about: About::Case(case.number),
        intent,
        subject: Some(case.subject),
        // a part after the whole is a part of what is proven
        scope: if changes.iter().any(|change| change.scope.is_none()) { None } else { scope },
        removed,
        kept,
        plan,
        map: trusted.map.map_fingerprint.parse().map_err(|_| trouble::NOT_A_DIGEST.plain())?,
        database: identity,
        removed_at,
        earlier: changes,
        // what a waiver leaves out of account was not looked at
        nothing_found: session.waived.is_empty().then_some(left == 0),
        still_found: still_found.map(|found| found.into_iter().map(written_over).collect()),
        not_searched: not_searched
            .unwrap_or_default()
            .into_iter()
            .map(|t| trusted.map.tables[t].name.to_string())
            .collect(),
    })
}

/// By table: rows of which it is told besides what holds them back. What becomes of each another step says: a row that came
/// back has something to go, and one that somebody else's row keeps where it is did not come back.
#[derive(Default)]
struct Beside(BTreeMap<TableId, u64>);

impl Beside {
    fn note(&mut self, step: &Step) {
        if step.is_beside() && step.decision.code().is_some_and(|code| code != UNDECIDED) {
            *self.0.entry(step.table).or_default() += 1;
        }
    }

    /// How many rows are kept, whatever keeps them. Of what may be somebody else's nobody can say that it should have gone:
    /// it may have come since, as the next holder of a number.
    fn kept_by_table(&self, totals: &Totals) -> BTreeMap<TableId, u64> {
        let mut rows = BTreeMap::new();
        for (kept, more) in totals.kept.iter().filter(|(kept, _)| kept.code != UNDECIDED) {
            *rows.entry(kept.table).or_default() += more;
        }
        for (table, more) in &self.0 {
            rows.entry(*table).and_modify(|rows: &mut u64| *rows = rows.saturating_sub(*more));
        }
        rows
    }
}

/// The code of rows that may be theirs or somebody else's.
const UNDECIDED: &str = "undecided";

/// How many rows there are beyond those that the record says are kept, table by table.
fn more_than_kept(map: &Classified, rows: BTreeMap<TableId, u64>, on_record: &[Kept]) -> u64 {
    let known = |table: TableId| -> u64 {
        let name = map.tables[table].name.to_string();
        on_record.iter().filter(|kept| kept.table == name && kept.code != UNDECIDED).map(|kept| kept.rows).sum()
    };
    rows.into_iter().map(|(table, rows)| rows.saturating_sub(known(table))).sum()
}

/// The values that are looked for: all that was found to be the person's.
fn sought(set: &IdentitySet) -> Vec<Value> {
    set.values.iter().map(|known| known.value.reveal().into()).collect()
}

/// Who issues a certificate.
const VERIFIER: &str = concat!("droit ", env!("CARGO_PKG_VERSION"));

fn signer(hand: &Hand) -> Signer {
    let name = hand.person.as_ref().map(|person| person.name().to_owned());
    Signer { key: hand.print(), namespace: Purpose::Certificate.namespace(), name }
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Proven,
    NotProvable,
    /// Somebody stood in the way, so that nothing was seen; the case stays as it was
    HeldUp,
}

/// What the bytes of the file say.
fn state_of(proof: &Proof) -> State {
    let for_now = |reason: &Reason| {
        matches!(
            reason,
            Reason::SnapshotHeld { .. } | Reason::Locked { .. } | Reason::NeverQuiet | Reason::StillDirty { .. }
        )
    };
    match proof.reasons() {
        [] => State::Proven,
        reasons if reasons.iter().all(for_now) => State::HeldUp,
        _ => State::NotProvable,
    }
}

#[derive(Serialize)]
struct Attempt {
    case: CaseNumber,
    state: State,
    /// Whether only a part of the person's data was asked for and is proven
    part: bool,
    /// Where rows were written over instead of removed: how many of them the person's keys still lead to
    still_found: Option<u64>,
    reasons: Vec<serde_json::Value>,
    /// Bytes that were looked at
    bytes: u64,
    /// Bytes that were zeroed
    zeroed: u64,
    longest_lock_ms: u64,
    certificate: Option<PathBuf>,
    /// The page beside it for people
    page: Option<PathBuf>,
    /// The file beside it with its signature; none when nobody signed
    signature: Option<PathBuf>,
    sha256: Option<Fingerprint>,
}

impl Attempt {
    fn of(case: CaseNumber, proof: &Proof) -> Self {
        let reasons = proof.reasons();
        Self {
            case,
            state: state_of(proof),
            part: false,
            still_found: None,
            reasons: reasons.iter().filter_map(|reason| serde_json::to_value(reason).ok()).collect(),
            bytes: proof.file.as_ref().map_or(0, |file| file.pages * file.page_size),
            zeroed: proof.cleaned.bytes,
            longest_lock_ms: proof.cleaned.longest_lock_ms,
            certificate: None,
            page: None,
            signature: None,
            sha256: None,
        }
    }
}

#[derive(Serialize)]
struct SetAside {
    case: CaseNumber,
    code: String,
}

#[derive(Default, Serialize)]
struct Attempts {
    proofs: Vec<Attempt>,
    set_aside: Vec<SetAside>,
    /// Cases whose change can still be undone: they are proven when that has ended
    #[serde(skip_serializing_if = "Vec::is_empty")]
    undoable: Vec<CaseNumber>,
}

impl Attempts {
    fn set_aside(&mut self, case: CaseNumber, error: &anyhow::Error) {
        self.set_aside.push(SetAside { case, code: trace::failure(error).code().to_owned() });
    }
}

impl Render for Attempts {
    const SCHEMA: &'static str = "droit.prove/1";

    fn render(&self, page: &mut Page) {
        for case in &self.undoable {
            page.say(words::STILL_UNDOABLE, &[("case", &case.to_string())]);
        }
        if self.proofs.is_empty() && self.set_aside.is_empty() && self.undoable.is_empty() {
            page.say(words::NOTHING_WAITS, &[]);
        }
        for attempt in &self.proofs {
            let case = attempt.case.to_string();
            let said = match (attempt.state, attempt.still_found) {
                (State::Proven, Some(_)) => words::WRITTEN_OVER_PROVEN,
                (State::Proven, None) if attempt.part => words::PART_PROVEN,
                (State::Proven, None) => words::PROVEN,
                (State::NotProvable, Some(_)) => words::WRITTEN_OVER_NOT_PROVABLE,
                (State::NotProvable, None) => words::NOT_PROVABLE,
                (State::HeldUp, _) => words::HELD_UP,
            };
            let (bytes, zeroed) = (attempt.bytes.to_string(), attempt.zeroed.to_string());
            page.say(said, &[("case", &case), ("bytes", &bytes), ("zeroed", &zeroed)]);
            if let Some(rows) = attempt.still_found.filter(|rows| *rows > 0) {
                page.say(words::STILL_FOUND, &[("rows", &rows.to_string())]);
            }
            for reason in &attempt.reasons {
                let (code, about) = (reason["reason"].as_str().unwrap_or_default(), words::particulars(reason));
                page.say(words::because(code), &[("code", code), ("about", &about)]);
            }
            if let Some(file) = &attempt.certificate {
                let said = if attempt.signature.is_some() { words::SIGNED_CERTIFICATE } else { words::CERTIFICATE };
                page.say(said, &[("file", &file.display().to_string())]);
            }
        }
        for one in &self.set_aside {
            page.say(words::SET_ASIDE, &[("case", &one.case.to_string()), ("code", &one.code)]);
        }
    }
}
