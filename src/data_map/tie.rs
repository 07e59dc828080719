//! What a tie names, as written: `users.id`, `accounts.no within tenant_id`, `~ phone`, `itself`, `anyone`.

use std::fmt;

use super::{
    error::Misread,
    name::{Cursor, Dotted, quoted},
};
use crate::kind::Kind;

/// What stands after `of` or `by`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetWords {
    /// Rows that hold the same value
    Rows {
        /// The other table's column
        place: Dotted,
        /// The other halves of a composite key: this row's column, and the target's where its name differs
        within: Vec<(String, Option<String>)>,
        /// The role there
        role: Option<String>,
    },
    /// Whoever has this value
    Value(Option<Kind>),
    /// The row is its own person
    Itself,
    /// The rows simply go
    Anyone,
}

impl TargetWords {
    pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Self, Misread> {
        if cursor.eat("~") {
            return Ok(Self::Value(match cursor.peek_word() {
                Some(word) => Some(super::word::kind(word, cursor.at()).inspect(|_| _ = cursor.eat_word(word))?),
                None => None,
            }));
        }
        let start = cursor.peek().map_or(cursor.at(), |_| cursor.at());
        let names = cursor.names()?;
        match names.as_slice() {
            [word] if word == "itself" => return Ok(Self::Itself),
            [word] if word == "anyone" => return Ok(Self::Anyone),
            _ => {}
        }
        let place = super::name::dotted_of(names, start)?;
        let mut within = Vec::new();
        let mut role = None;
        loop {
            if within.is_empty() && cursor.eat_word("within") {
                within = halves(cursor)?;
            } else if role.is_none() && cursor.eat_word("as") {
                role = Some(cursor.name()?);
            } else {
                return Ok(Self::Rows { place, within, role });
            }
        }
    }
}

fn halves(cursor: &mut Cursor<'_>) -> Result<Vec<(String, Option<String>)>, Misread> {
    if !cursor.eat("(") {
        return Ok(vec![half(cursor)?]);
    }
    let mut halves = vec![half(cursor)?];
    while cursor.eat(",") {
        halves.push(half(cursor)?);
    }
    if cursor.eat(")") { Ok(halves) } else { Err(cursor.unexpected("`,` or `)`")) }
}

fn half(cursor: &mut Cursor<'_>) -> Result<(String, Option<String>), Misread> {
    let own = cursor.name()?;
    let theirs = if cursor.eat("=") { Some(cursor.name()?) } else { None };
    Ok((own, theirs))
}

impl fmt::Display for TargetWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rows { place, within, role } => {
                write!(f, "{place}")?;
                let halves: Vec<String> = within.iter().map(written_half).collect();
                match halves.as_slice() {
                    [] => {}
                    [one] => write!(f, " within {one}")?,
                    several => write!(f, " within ({})", several.join(", "))?,
                }
                role.iter().try_for_each(|role| write!(f, " as {}", quoted(role)))
            }
            Self::Value(None) => f.write_str("~"),
            Self::Value(Some(kind)) => write!(f, "~ {}", kind.word()),
            Self::Itself => f.write_str("itself"),
            Self::Anyone => f.write_str("anyone"),
        }
    }
}

fn written_half((own, theirs): &(String, Option<String>)) -> String {
    match theirs {
        Some(theirs) => format!("{} = {}", quoted(own), quoted(theirs)),
        None => quoted(own),
    }
}
