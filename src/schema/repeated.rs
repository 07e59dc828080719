//! What a full-text index with texts of its own repeats of a table, as far as the table's triggers say it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Change, Content, FullText, Generated, Parts, Storage, Table, Token, Trigger, trigger::outside};

/// Which rows and columns of a table those of an index repeat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeated {
    /// The index
    pub index: String,
    /// The table
    pub original: String,
    /// A column of the index and the one of the table that are the same in a row and what repeats it; `None`: nobody
    /// can tell
    pub joined: Option<(String, String)>,
    /// By column of the index: those of the table that it is made from, none where it is always the same; `None`:
    /// nobody can tell
    pub made_of: BTreeMap<String, Option<BTreeSet<String>>>,
}

impl Repeated {
    /// Reads it from the triggers of `original` that write to `index`.
    #[must_use]
    pub fn of(index: &Table, original: &Table) -> Self {
        let telling: Vec<Parts> = original.triggers.iter().filter_map(Trigger::parts).collect();
        let columns = index.columns.iter().filter(|column| column.generated != Generated::Hidden);
        let columns: Vec<&str> = columns.map(|column| &*column.name).collect();
        let mut made: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut joined = None;
        for (change, does) in telling.iter().flat_map(|parts| parts.writes(&index.name.name)) {
            joined = joined.or_else(|| join(does));
            for (name, from) in written(change, does, &columns) {
                let Some(name) = columns.iter().find(|column| column.eq_ignore_ascii_case(name)) else { continue };
                let of = mentioned(from);
                let adds = matches!(change, Change::Adds | Change::Replaces);
                if !of.is_empty() || adds && matches!(from, [Token::Text(text)] if !text.is_empty()) {
                    made.entry((*name).to_owned()).or_default().extend(of);
                }
            }
        }
        let namesake = |name: &str| original.column(name).map(|column| BTreeSet::from([column.name.clone()]));
        let made_of = |name: &&str| ((*name).to_owned(), made.get(*name).cloned().or_else(|| namesake(name)));
        let made_of = columns.iter().map(made_of).collect();
        Self { index: index.name.name.clone(), original: original.name.name.clone(), joined, made_of }
    }

    /// The same of an index with texts of its own; others are asked by themselves.
    #[must_use]
    pub fn by_own_texts(index: &Table, original: &Table) -> Option<Self> {
        let full_text = matches!(&index.storage, Storage::Virtual(module) if module.starts_with("fts"));
        (full_text && FullText::of(&index.ddl).content() == Content::Own).then(|| Self::of(index, original))
    }
}

/// The columns that a statement writes, each with what it writes there.
fn written<'t>(change: Change, does: &'t [Token], columns: &[&'t str]) -> Vec<(&'t str, &'t [Token])> {
    match change {
        Change::Deletes => Vec::new(),
        Change::Updates => {
            let Some(set) = outside(does).find(|(_, token)| token.is("set")) else { return Vec::new() };
            let assigned = |part: &'t [Token]| match part {
                [name, Token::Sign('='), from @ ..] => Some((name.name()?, from)),
                _ => None,
            };
            commas(until_end(&does[set.0 + 1..])).into_iter().filter_map(assigned).collect()
        }
        Change::Adds | Change::Replaces => {
            let Some((into, _)) = outside(does).find(|(_, token)| token.is("into")) else { return Vec::new() };
            let rest = does.get(into + 2..).unwrap_or_default();
            let (names, rest) = match bracketed(rest) {
                Some((names, rest)) => (names.iter().filter_map(Token::name).collect(), rest),
                None => (columns.to_vec(), rest),
            };
            let values = match rest.split_first() {
                Some((values, rest)) if values.is("values") => bracketed(rest).map(|(values, _)| values),
                Some((select, rest)) if select.is("select") => Some(until_end(rest)),
                _ => None,
            };
            names.into_iter().zip(commas(values.unwrap_or_default())).collect()
        }
    }
}

/// What stands between the brackets with which it begins, and what behind them.
fn bracketed(tokens: &[Token]) -> Option<(&[Token], &[Token])> {
    let (_, inner) = tokens.split_first().filter(|(first, _)| **first == Token::Sign('('))?;
    let mut depth = 1_usize;
    let end = inner.iter().position(|token| {
        match token {
            Token::Sign('(') => depth += 1,
            Token::Sign(')') => depth -= 1,
            _ => {}
        }
        depth == 0
    })?;
    Some((&inner[..end], &inner[end + 1..]))
}

/// What stands before the clause that says from where and of which rows.
fn until_end(tokens: &[Token]) -> &[Token] {
    let end = outside(tokens).find(|(_, token)| ["from", "where", "on"].iter().any(|word| token.is(word)));
    &tokens[..end.map_or(tokens.len(), |(at, _)| at)]
}

/// The parts between commas that stand in no brackets.
fn commas(tokens: &[Token]) -> Vec<&[Token]> {
    let commas = outside(tokens).filter(|(_, token)| **token == Token::Sign(',')).map(|(at, _)| at);
    let (mut parts, mut from) = (Vec::new(), 0);
    for at in commas.chain([tokens.len()]) {
        parts.push(&tokens[from..at]);
        from = at + 1;
    }
    parts
}

/// The columns of the table's row, as it was or is, that are read.
fn mentioned(tokens: &[Token]) -> BTreeSet<String> {
    tokens.windows(3).filter_map(row_column).map(str::to_owned).collect()
}

/// The column in `old.a` or `new.a`.
fn row_column(tokens: &[Token]) -> Option<&str> {
    let [row, Token::Sign('.'), column] = tokens else { return None };
    (row.names("old") || row.names("new")).then(|| column.name()).flatten()
}

/// What is the same in a row of the index and in the one that it repeats: `WHERE rowid = old.id`, or the other way
/// round.
fn join(does: &[Token]) -> Option<(String, String)> {
    let (at, _) = outside(does).find(|(_, token)| token.is("where"))?;
    does[at + 1..].windows(5).find_map(|said| {
        let ([name, Token::Sign('='), row @ ..] | [row @ .., Token::Sign('='), name]) = said else { return None };
        let column = row_column(row)?;
        matches!(name, Token::Bare(_) | Token::Quoted(_)).then_some(())?;
        Some((name.name()?.to_owned(), column.to_owned()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Column, RowKey, TableName};

    fn table(name: &str, columns: &str, triggers: &[&str]) -> Table {
        let column = |name: &str| Column {
            name: name.to_owned(),
            declared: String::new(),
            not_null: false,
            unique: false,
            collation: None,
            generated: Generated::No,
        };
        let trigger = |does: &&str| Trigger {
            name: "t".into(),
            ddl: format!("CREATE TRIGGER t AFTER UPDATE ON posts BEGIN {does}; END"),
        };
        Table {
            name: TableName::local(name),
            storage: Storage::Virtual("fts5".into()),
            columns: columns.split(' ').map(column).collect(),
            key: RowKey::Rowid("rowid"),
            foreign_keys: Vec::new(),
            indexes: Vec::new(),
            triggers: triggers.iter().map(trigger).collect(),
            ddl: "CREATE VIRTUAL TABLE ix USING fts5(a, b)".into(),
        }
    }

    fn of(does: &[&str]) -> Repeated {
        Repeated::of(&table("ix", "words title sort", &[]), &table("posts", "id title body memo", does))
    }

    fn made_of(repeated: &Repeated, column: &str) -> Option<String> {
        let of = repeated.made_of[column].as_ref()?;
        Some(of.iter().map(String::as_str).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn what_a_column_is_made_of_is_told_by_whatever_writes_it() {
        let some = |of: &str| Some(of.to_owned());
        for does in [
            "INSERT INTO ix (rowid, words, sort) VALUES (new.id, new.body || coalesce(new.memo, ''), 'post')",
            "INSERT INTO ix (rowid, words, sort) SELECT new.id, new.body || new.memo, 'post' WHERE new.id > 0",
            "INSERT INTO ix (words, sort) VALUES ('', 'post'); UPDATE ix SET words = trim(new.body, new.memo)",
        ] {
            let found = of(&[does]);
            assert_eq!(made_of(&found, "words"), some("body memo"), "{does}");
            assert_eq!(made_of(&found, "sort"), some(""), "always the same: {does}");
            assert_eq!(made_of(&found, "title"), some("title"), "by its name: {does}");
        }
        assert_eq!(made_of(&of(&["INSERT INTO ix VALUES (new.memo, new.body, 1)"]), "title"), some("body"));
        for unclear in ["INSERT INTO ix (words) SELECT body FROM seen", "UPDATE ix SET words = '' WHERE rowid = old.id"]
        {
            assert_eq!(made_of(&of(&[unclear]), "words"), None, "{unclear}");
        }
    }

    #[test]
    fn which_row_repeats_which_is_told_by_whatever_looks_for_it() {
        let joined = |does: &str| of(&[does]).joined.map(|(here, there)| format!("{here} {there}"));
        for does in [
            "DELETE FROM ix WHERE rowid = old.id",
            "DELETE FROM ix WHERE old.id = rowid AND 1",
            "UPDATE ix SET words = new.body WHERE rowid = new.id",
        ] {
            assert_eq!(joined(does).as_deref(), Some("rowid id"), "{does}");
        }
        assert_eq!(joined("DELETE FROM ix WHERE post = old.\"no\"").as_deref(), Some("post no"));
        assert_eq!(joined("DELETE FROM ix WHERE rowid IN (SELECT 1)"), None);
        assert_eq!(joined("INSERT INTO ix (words) VALUES (new.body)"), None);
    }
}
