//! Finds identifiers of anybody in free text.
//!
//! One pass, looking ahead a bounded distance, so that time is linear and memory is that of what is found.

mod cursor;
mod mail;
mod number;
mod token;

use std::{cmp::Reverse, collections::BTreeMap, fmt, ops::Range};

use crate::value::Value;

use self::cursor::fold_at;

use super::{Kind, Profile};

/// An identifier inside a text.
#[derive(Clone, PartialEq, Eq)]
pub struct Found {
    /// What it is
    pub kind: Kind,
    /// Where it stands, in bytes
    pub range: Range<usize>,
    /// Its canonical form
    pub canonical: String,
}

/// Kind and place: the value is somebody's.
impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Found").field("kind", &self.kind).field("range", &self.range).finish_non_exhaustive()
    }
}

/// How many bytes before its sign a mail address can begin: sixty-four full-width characters.
const FARTHEST_BACK: usize = 64 * 3;

/// Identifiers in `text`, in order, never overlapping; where two overlap, the longer one.
#[must_use]
pub fn detect(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut cluster: Vec<Found> = Vec::new();
    let mut end = 0;
    candidates(text, &mut |candidate| {
        if candidate.range.start >= end + FARTHEST_BACK {
            settle(&mut cluster, &mut found);
        }
        end = end.max(candidate.range.end);
        cluster.push(candidate);
    });
    settle(&mut cluster, &mut found);
    found
}

/// Replaces every identifier that `keep` refuses by its mask for other people's eyes.
#[must_use]
pub fn strike_out(text: &str, keep: &dyn Fn(&Found) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for found in detect(text).into_iter().filter(|found| !keep(found)) {
        out.push_str(&text[done..found.range.start]);
        out.push_str(&found.kind.mask(&Value::Text(found.canonical), Profile::Waybill));
        done = found.range.end;
    }
    out.push_str(&text[done..]);
    out
}

/// Moves the longest of overlapping candidates, and what stands beside them, to `found`.
fn settle(cluster: &mut Vec<Found>, found: &mut Vec<Found>) {
    if cluster.len() > 1 {
        cluster.sort_by_key(|candidate| (Reverse(candidate.range.len()), candidate.range.start));
        let mut chosen: BTreeMap<usize, Found> = BTreeMap::new();
        for candidate in cluster.drain(..) {
            let Range { start, end } = candidate.range;
            let before = chosen.range(..end).next_back();
            if before.is_none_or(|(_, other)| other.range.end <= start) {
                chosen.insert(start, candidate);
            }
        }
        found.extend(chosen.into_values());
    }
    found.append(cluster);
}

/// Everything in `text` that may be an identifier, by where it starts (mail addresses by where their sign stands).
fn candidates(text: &str, each: &mut dyn FnMut(Found)) {
    let mut at = 0;
    let mut before = None;
    while let Some((c, next)) = fold_at(text, at) {
        let mut goes_on = next;
        if c == '@' {
            if let Some(found) = mail::at_sign(text, at, next) {
                each(found);
            }
        } else if c.is_ascii_digit() || (c == '+' && !before.is_some_and(|b: char| b.is_ascii_alphanumeric())) {
            if !before.is_some_and(|b| b.is_ascii_digit()) {
                let found = number::at(text, at, before).or_else(|| token::at(text, at, c, before));
                if let Some(found) = found {
                    goes_on = found.range.end;
                    each(found);
                } else if c != '+' {
                    goes_on = number::end_of_group(text, at);
                }
            }
        } else if let Some(found) = token::at(text, at, c, before) {
            each(found);
        }
        before = text[at..goes_on].chars().next_back().map(super::width::fold_char);
        at = goes_on;
    }
}
