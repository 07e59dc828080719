//! Shows that what was removed is gone from the file, and rewrites dead bytes to make it so.
//!
//! Deleting leaves copies behind, whatever the settings (`docs/concepts/proof.md`). A proof merges full-text indexes,
//! zeroes every byte outside of live cells while the application goes on, and then looks at every byte once more in one snapshot: dead bytes are
//! zero (claim b), and the values that were removed occur neither in the file nor beside it, but for live cells, which
//! are other people's or kept (claim c). Which rows are still the person's is for the map to say (claim a): whoever
//! asks it does so in the same snapshot, because all three claims are about one instant ([`Rows`]).
//!
//! This is the only code that rewrites dead bytes of a user database; it changes no row.

mod asked;
mod beside;
mod certificate;
mod hunt;
mod look;
mod page;
mod proof;
mod rows;
mod search;

use std::{collections::BTreeSet, path::PathBuf, time::Duration};

pub use certificate::{Certificate, Change, Claim, Erasure, Holds, NotClaimed, Signer, Statement};
pub use hunt::Hunt;
pub use proof::{Beside, Cleaned, File, Holder, LiveHits, Method, Proof, Reason, Searched, Verdict};
pub use rows::Rows;

use crate::{
    database::{
        DatabaseError, DatabaseUrl, Options,
        sqlite::{
            pages::{Damage, Layout, Object, Walked},
            scrub::{self, Obstacle, Onlooker, Scrubbed, Scrubber},
        },
    },
    error::Error,
    schema::Repeated,
};
use asked::Asked;
use beside::SearchedFile;
use hunt::Person;
use look::Look;

/// Rounds of cleaning before the application is held up, or it is given up.
const ROUNDS: u64 = 8;

/// How to prove.
#[derive(Clone, Debug, Default)]
pub struct Proving {
    /// Files elsewhere that are searched as well
    pub named: Vec<PathBuf>,
    /// When the application writes faster than is cleaned: keep it from writing for the time of one walk (about a second
    /// for a gigabyte)
    pub exclusive: bool,
    /// Whether VACUUM may rewrite the file where pages cannot be written
    pub vacuum: Vacuum,
    /// Full-text indexes with texts of their own that the map calls copies, and what they repeat
    pub repeated: Vec<Repeated>,
}

/// Whether VACUUM may rewrite the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Vacuum {
    /// Never
    #[default]
    Never,
    /// Where this build of SQLite cannot write pages
    WhereNeeded,
    /// In any case
    Instead,
}

/// Cleans the database at `url` and proves that nothing of `hunt` is left: once for all of its people, one proof for
/// each, in their order. The caller has no other connection to it open in this process.
pub fn prove(url: &DatabaseUrl, options: &Options, hunt: &Hunt, proving: &Proving) -> Result<Vec<Proof>, Error> {
    let (proofs, still) = prove_beside(url, options, hunt, proving, &mut ())?;
    still.end()?;
    Ok(proofs)
}

/// The same, beside somebody who looks at the rows ([`Rows`]): they see the very state that was proven, for as long as
/// the file is kept still. Nobody else has a connection open meanwhile, and theirs is closed before [`Still::end`].
pub fn prove_beside(
    url: &DatabaseUrl,
    options: &Options,
    hunt: &Hunt,
    proving: &Proving,
    onlooker: &mut dyn Onlooker,
) -> Result<(Vec<Proof>, Still), Error> {
    onlooker.look_away()?;
    let mut scrubber = Scrubber::open(url, options)?;
    let mut attempt = Attempt { hunt, proving, cleaned: Cleaned::default(), method: method(proving.vacuum)? };
    if let Err(obstacle) = scrubber.require_mergeable() {
        return Ok((attempt.withheld(&Reason::of(obstacle)?), Still { scrubber, cleaned: false }));
    }
    let differing = scrubber.require_intact()?;
    if !differing.is_empty() {
        let reason = Reason::of(Obstacle::IndexDiffers(differing))?;
        return Ok((attempt.withheld(&reason), Still { scrubber, cleaned: false }));
    }
    let seen = attempt.until_clean(&mut scrubber, onlooker);
    let proofs = match seen {
        Ok(seen) => attempt.judge(&mut scrubber, &seen)?,
        Err(obstacle) => {
            onlooker.look_away()?;
            attempt.withheld(&Reason::of(obstacle)?)
        }
    };
    Ok((proofs, Still { scrubber, cleaned: attempt.cleaned.pages + attempt.cleaned.merged > 0 }))
}

/// The file as it was proven: while this lasts, nobody writes into it. With a log the application goes on, without one
/// it waits.
#[derive(Debug)]
#[must_use]
pub struct Still {
    scrubber: Scrubber,
    cleaned: bool,
}

impl Still {
    /// Lets go of the file, and checks it again where it was written to.
    pub fn end(mut self) -> Result<(), Error> {
        self.scrubber.release()?;
        if self.cleaned && !self.scrubber.require_intact()?.is_empty() {
            return Err(DatabaseError::from(Damage::of_file("a full-text index does not agree with its texts")).into());
        }
        Ok(())
    }
}

/// VACUUM where pages cannot be written and it is allowed, else a refusal that says what is missing.
fn method(vacuum: Vacuum) -> Result<Method, Error> {
    match (vacuum, scrub::require_possible()) {
        (Vacuum::Instead, _) | (Vacuum::WhereNeeded, Err(_)) => Ok(Method::Vacuum),
        (_, Ok(())) => Ok(Method::Scrub),
        (Vacuum::Never, Err(missing)) => Err(missing.into()),
    }
}

struct Attempt<'a> {
    hunt: &'a Hunt,
    proving: &'a Proving,
    cleaned: Cleaned,
    method: Method,
}

struct Seen<'h> {
    walked: Walked,
    look: Look<'h>,
    full_text: Vec<String>,
}

impl<'a> Attempt<'a> {
    /// Walks and cleans by turns until a walk finds nothing to clean; its snapshot is still held then.
    fn until_clean(&mut self, scrubber: &mut Scrubber, onlooker: &mut dyn Onlooker) -> Result<Seen<'a>, Obstacle> {
        let merged = scrubber.merge()?;
        self.cleaned.merged = merged.tables;
        self.held(merged.longest);
        if self.method == Method::Vacuum {
            scrubber.vacuum()?;
        }
        loop {
            scrubber.settle(onlooker)?;
            let layout: Layout = scrubber.layout()?;
            let mut look = Look::new(self.hunt, layout.encoding, self.method == Method::Vacuum);
            let walked = scrubber.walk(&mut look)?;
            self.cleaned.rounds += 1;
            if look.sites.is_empty() || self.method == Method::Vacuum || self.cleaned.rounds > ROUNDS {
                return Ok(Seen { walked, look, full_text: scrubber.full_text()? });
            }
            onlooker.look_away()?;
            let done = if self.cleaned.rounds == ROUNDS && self.proving.exclusive {
                scrubber.scrub_exclusively()?
            } else {
                scrubber.scrub(&walked.layout, &look.sites)?
            };
            self.add(done);
        }
    }

    fn add(&mut self, done: Scrubbed) {
        self.cleaned.pages += done.pages;
        self.cleaned.bytes += done.bytes;
        self.cleaned.slices += done.slices;
        self.held(done.longest);
    }

    fn held(&mut self, lock: Duration) {
        let lock = u64::try_from(lock.as_millis()).unwrap_or(u64::MAX);
        self.cleaned.longest_lock_ms = self.cleaned.longest_lock_ms.max(lock);
    }

    fn judge(&self, scrubber: &mut Scrubber, seen: &Seen<'_>) -> Result<Vec<Proof>, Error> {
        let asked = Asked::of(scrubber, self.hunt, &self.proving.repeated)?;
        let beside =
            if self.hunt.values() > 0 { beside::search(scrubber, self.hunt, &self.proving.named)? } else { Vec::new() };
        Ok(self.hunt.people().iter().map(|person| self.judge_one(person, seen, &asked, &beside)).collect())
    }

    fn judge_one(&self, person: &Person, seen: &Seen<'_>, asked: &Asked, beside: &[SearchedFile]) -> Proof {
        let looked_for = if person.values() > 0 { beside } else { &[] };
        let beside: Vec<Beside> = looked_for.iter().map(|file| file.of(person)).collect();
        let mut reasons = self.reasons_in_file(person, seen, asked);
        for file in &beside {
            match file {
                Beside { name, bytes: None, .. } => reasons.push(Reason::Unread { name: name.clone() }),
                Beside { name, hits, .. } if *hits > 0 => {
                    reasons.push(Reason::Beside { name: name.clone(), hits: *hits });
                }
                _ => {}
            }
        }
        let Seen { walked, look, full_text } = seen;
        Proof {
            verdict: if reasons.is_empty() { Verdict::Proven } else { Verdict::NotProvable(reasons) },
            file: Some(File {
                method: self.method,
                page_size: walked.layout.page_size as u64,
                pages: u64::from(walked.layout.pages),
                cells: walked.cells,
                dead_bytes: look.dead,
                dirty_pages: look.dirty_pages,
                free_pages: walked.free_pages,
            }),
            cleaned: self.cleaned,
            searched: Searched {
                values: person.values(),
                forms: person.forms(),
                decoded_only: person.not_raw().to_vec(),
                undecoded_cells: look.unread,
                live: live(person, &walked.objects, look),
                full_text: full_text.clone(),
                beside,
            },
        }
    }

    fn reasons_in_file(&self, person: &Person, seen: &Seen<'_>, asked: &Asked) -> Vec<Reason> {
        let Seen { walked, look, full_text } = seen;
        let mut reasons = Vec::new();
        if look.lock_page {
            reasons.push(Reason::LockPage);
        }
        if self.method == Method::Scrub && !look.sites.is_empty() {
            reasons.push(Reason::StillDirty { pages: look.dirty_pages });
            return reasons; // the values were not looked for to the end
        }
        let sort = |object: usize| Sort::of(&walked.objects[object], full_text, &self.proving.repeated);
        let in_rows = look.values_in(person, |object| sort(object) == Sort::Rows);
        let in_schema = look.values_in(person, |object| sort(object) == Sort::Schema);
        let in_derived = look.values_in(person, |object| sort(object) == Sort::Derived);
        let mut left: BTreeSet<u32> = in_derived.difference(&in_rows).copied().collect();
        let differing = asked.differing();
        if !differing.is_empty() {
            reasons.push(Reason::IndexDiffers { tables: differing });
        }
        if !in_schema.is_empty() {
            reasons.push(Reason::InSchema { values: in_schema.len() });
        }
        let holding = |object: &usize| sort(*object) == Sort::Derived;
        let of_left = look.live.keys().filter(|(object, value)| holding(object) && left.contains(value));
        let mut objects: BTreeSet<&str> = of_left.map(|(object, _)| walked.objects[*object].name.as_str()).collect();
        let (answered, indexes) = asked.left(person, &in_rows);
        left.extend(answered);
        let named = objects.clone();
        let of = |index: &str, object: &str| object.strip_prefix(index).is_some_and(|rest| rest.starts_with('_'));
        objects.extend(indexes.into_iter().filter(|index| !named.iter().any(|object| of(index, object))));
        if !left.is_empty() {
            let objects = objects.into_iter().map(str::to_owned).collect();
            reasons.push(Reason::LeftInDerived { objects, values: left.len() });
        }
        // what VACUUM left is copied from rows, so it may be what rows hold
        let elsewhere = |value: &&u32| person.has(**value) && !in_rows.contains(*value);
        let elsewhere = look.elsewhere.keys().filter(elsewhere).count();
        if elsewhere > 0 {
            reasons.push(Reason::Elsewhere { values: elsewhere });
        }
        reasons
    }

    /// Nothing could be seen of anybody.
    fn withheld(&self, reason: &Reason) -> Vec<Proof> {
        let of = |person: &Person| Proof {
            verdict: Verdict::NotProvable(vec![reason.clone()]),
            file: None,
            cleaned: self.cleaned,
            searched: Searched { values: person.values(), forms: person.forms(), ..Searched::default() },
        };
        self.hunt.people().iter().map(of).collect()
    }
}

/// What the cells of a table or index are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    /// The schema's own
    Schema,
    /// Rows, and what indexes repeat of them; an index entry without its row would have failed the integrity check
    Rows,
    /// Made from rows, and kept when they go: full-text segments and the texts that an index repeats, statistics
    Derived,
}

impl Sort {
    fn of(object: &Object, full_text: &[String], repeated: &[Repeated]) -> Self {
        let of = |table: &String, made: &str| object.table.strip_prefix(table.as_str()) == Some(made);
        let made = ["_data", "_idx", "_docsize", "_segments", "_segdir", "_stat"];
        let of_full_text = full_text.iter().any(|table| {
            let repeats = repeated.iter().any(|one| one.index.eq_ignore_ascii_case(table));
            made.iter().any(|made| of(table, made)) || repeats && of(table, "_content")
        });
        if object.root == 1 {
            Self::Schema
        } else if object.table.starts_with("sqlite_stat") || of_full_text {
            Self::Derived
        } else {
            Self::Rows
        }
    }
}

fn live(person: &Person, objects: &[Object], look: &Look<'_>) -> Vec<LiveHits> {
    let hits_in = |(at, object): (usize, &Object)| {
        let of = look.live.iter().filter(move |((object, value), _)| *object == at && person.has(*value));
        let (values, hits) = of.fold((0, 0), |(values, hits), (_, more)| (values + 1, hits + more));
        let (object, table) = (object.name.clone(), object.table.clone());
        (values > 0).then_some(LiveHits { object, table, values, hits })
    };
    objects.iter().enumerate().filter_map(hits_in).collect()
}
