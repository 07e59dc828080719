//! The map's own small predicate language: columns of one row against literals.
//!
//! No SQL stands in a map. A predicate is parsed here and printed per dialect with bound values; a row for which it is
//! neither true nor false is *undecided*, and its reader says what that means.

mod parse;

pub(super) use parse::{literal, written};

use crate::value::Value;

/// A condition on the columns of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Predicate {
    /// `column op literal`
    Compare {
        /// Column
        column: String,
        /// Operator
        op: Comparison,
        /// Right side
        literal: Value,
    },
    /// `column [NOT] IN (literal, …)`
    In {
        /// Column
        column: String,
        /// The list, never empty
        literals: Vec<Value>,
        /// `NOT IN`
        negated: bool,
    },
    /// `column [NOT] LIKE pattern` with `%` and `_`
    Like {
        /// Column
        column: String,
        /// Pattern
        pattern: String,
        /// `NOT LIKE`
        negated: bool,
    },
    /// `column [NOT] BETWEEN low AND high`
    Between {
        /// Column
        column: String,
        /// Lower bound, included
        low: Value,
        /// Upper bound, included
        high: Value,
        /// `NOT BETWEEN`
        negated: bool,
    },
    /// `column IS [NOT] NULL`
    IsNull {
        /// Column
        column: String,
        /// `IS NOT NULL`
        negated: bool,
    },
    /// What stands there was drawn at random in place of a personal value; never undecided. No map says this
    Drawn {
        /// Column
        column: String,
        /// How many digits a token has behind its prefix; `None`: it is a number
        digits: Option<usize>,
    },
    /// All of them
    And(Vec<Predicate>),
    /// Any of them
    Or(Vec<Predicate>),
    /// The opposite; undecided stays undecided
    Not(Box<Predicate>),
}

/// A comparison operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Predicate {
    /// The columns it reads, in order of appearance, each once.
    #[must_use]
    pub fn columns(&self) -> Vec<&str> {
        let mut seen = Vec::new();
        self.visit(&mut |column| {
            if !seen.contains(&column) {
                seen.push(column);
            }
        });
        seen
    }

    fn visit<'a>(&'a self, each: &mut dyn FnMut(&'a str)) {
        match self {
            Self::Compare { column, .. }
            | Self::In { column, .. }
            | Self::Like { column, .. }
            | Self::Between { column, .. }
            | Self::IsNull { column, .. }
            | Self::Drawn { column, .. } => each(column),
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.visit(each)),
            Self::Not(part) => part.visit(each),
        }
    }
}
