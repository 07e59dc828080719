//! What a trigger says of itself: when it runs, and what it writes.

use super::{
    Trigger,
    statement::{Token, tokens},
};

/// What a trigger runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A row goes
    Delete,
    /// A row comes
    Insert,
    /// A row changes
    Update,
}

impl Event {
    /// The keyword.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Delete => "DELETE",
            Self::Insert => "INSERT",
            Self::Update => "UPDATE",
        }
    }
}

/// A trigger's statement in its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    /// Whether the row is already gone, or another one, when it runs
    pub after: bool,
    /// What it runs on
    pub event: Event,
    /// The columns on whose change it runs; `None`: on that of any
    pub of: Option<Vec<String>>,
    /// On what it depends besides, word by word; empty: on nothing
    pub when: Vec<Token>,
    /// What it does, statement by statement
    pub does: Vec<Vec<Token>>,
}

/// When a trigger runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Runs {
    /// Whatever of the row changes
    Always,
    /// When one of these columns changes
    On(Vec<String>),
    /// When something holds of the row
    Sometimes,
}

/// How a statement changes the rows of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It only adds some
    Adds,
    /// It adds some in the place of others
    Replaces,
    /// It writes them over
    Updates,
    /// It deletes some
    Deletes,
}

impl Trigger {
    /// Its parts; `None` where they cannot be told.
    #[must_use]
    pub fn parts(&self) -> Option<Parts> {
        let all = tokens(&self.ddl);
        let mut rest = Rest(&all);
        rest.skip("create").then_some(())?;
        let _ = rest.skip("temp") || rest.skip("temporary");
        rest.skip("trigger").then_some(())?;
        if rest.0.len() > 3 && rest.0[0].is("if") && rest.0[1].is("not") && rest.0[2].is("exists") {
            rest.0 = &rest.0[3..];
        }
        rest.named()?;
        let after = rest.skip("after");
        let _ = after || rest.skip("before") || rest.skip("instead") && rest.skip("of");
        let event = [Event::Delete, Event::Insert, Event::Update].into_iter().find(|event| rest.skip(event.word()))?;
        let of = rest.skip("of").then(|| rest.until(|_, token| token.is("on")));
        let of = of.map(|columns| columns.iter().filter_map(Token::name).map(str::to_owned).collect());
        rest.skip("on").then_some(())?;
        rest.named()?;
        let _ = rest.skip("for") && rest.skip("each") && rest.skip("row");
        // a column may be called so
        let begins = |before: Option<&Token>, token: &Token| token.is("begin") && before != Some(&Token::Sign('.'));
        let when = if rest.skip("when") { rest.until(begins).to_vec() } else { Vec::new() };
        rest.skip("begin").then_some(())?;
        let does = rest.0.split(|token| *token == Token::Sign(';')).map(<[Token]>::to_vec).collect();
        Some(Parts { after, event, of, when, does })
    }
}

impl Parts {
    /// When it runs.
    #[must_use]
    pub fn runs(&self) -> Runs {
        let changed = if self.when.is_empty() { None } else { Some(changed(&self.when)) };
        match (changed, &self.of) {
            (Some(None), _) => Runs::Sometimes,
            (None, None) => Runs::Always,
            (Some(Some(columns)), None) => Runs::On(columns),
            (None, Some(columns)) => Runs::On(columns.clone()),
            (Some(Some(changed)), Some(columns)) => {
                let of = |name: &String| columns.iter().any(|column| column.eq_ignore_ascii_case(name));
                Runs::On(changed.into_iter().filter(of).collect())
            }
        }
    }

    /// The statements that write to the table of that name, with what they do there.
    pub fn writes<'p>(&'p self, table: &'p str) -> impl Iterator<Item = (Change, &'p [Token])> {
        self.does.iter().filter_map(move |does| {
            let (change, written) = target(does)?;
            written.names(table).then_some((change, &does[..]))
        })
    }

    /// Whether a text stands in what it does.
    #[must_use]
    pub fn says(&self, text: &str) -> bool {
        let is = |token: &Token| !matches!(token, Token::Bare(_)) && token.names(text);
        self.does.iter().flatten().any(is)
    }
}

/// What a statement does to which table; a SELECT does nothing.
fn target(does: &[Token]) -> Option<(Change, &Token)> {
    // behind WITH … (…) the statement itself
    let begins = |token: &Token| ["insert", "replace", "update", "delete"].iter().any(|word| token.is(word));
    let mut rest = Rest(&does[outside(does).find(|(_, token)| begins(token))?.0..]);
    if rest.skip("delete") {
        return rest.skip("from").then(|| rest.0.first()).flatten().map(|table| (Change::Deletes, table));
    }
    let update = rest.skip("update");
    let mut replaces = rest.skip("replace");
    let _ = rest.skip("insert");
    if rest.skip("or") {
        replaces |= rest.0.first().is_some_and(|or| or.is("replace"));
        rest.0 = rest.0.get(1..).unwrap_or_default();
    }
    if update {
        return rest.0.first().map(|table| (Change::Updates, table));
    }
    let change = if replaces { Change::Replaces } else { Change::Adds };
    rest.skip("into").then(|| rest.0.first()).flatten().map(|table| (change, table))
}

/// The words that stand in no brackets, with their places; the brackets themselves are none of them.
pub(super) fn outside(tokens: &[Token]) -> impl Iterator<Item = (usize, &Token)> {
    let mut depth = 0_usize;
    tokens.iter().enumerate().filter(move |(_, token)| {
        match token {
            Token::Sign('(') => depth += 1,
            Token::Sign(')') => depth = depth.saturating_sub(1),
            _ => return depth == 0,
        }
        false
    })
}

/// The columns of which a condition says that one has changed, and nothing else: `old.a IS NOT new.a OR …`.
fn changed(when: &[Token]) -> Option<Vec<String>> {
    let bare: Vec<&Token> = when.iter().filter(|token| !matches!(token, Token::Sign('(' | ')'))).collect();
    bare.split(|token| token.is("or")).map(changed_column).collect()
}

fn changed_column(condition: &[&Token]) -> Option<String> {
    let (one, condition) = row_column(condition)?;
    let other = match condition {
        [is, not, other @ ..] if is.is("is") && not.is("not") => other,
        [is, distinct, from, other @ ..] if is.is("is") && distinct.is("distinct") && from.is("from") => other,
        _ => return None,
    };
    let (other, rest) = row_column(other)?;
    let same = one.1.eq_ignore_ascii_case(other.1) && one.0 != other.0;
    (rest.is_empty() && same).then(|| one.1.to_owned())
}

/// `old.a` or `new.a`: whether it is the new one, and the column; then what follows.
fn row_column<'c, 't>(condition: &'c [&'t Token]) -> Option<((bool, &'t str), &'c [&'t Token])> {
    let [row, Token::Sign('.'), column, rest @ ..] = condition else { return None };
    let new = row.names("new");
    (new || row.names("old")).then_some(((new, column.name()?), rest))
}

/// What is left of a statement.
struct Rest<'t>(&'t [Token]);

impl<'t> Rest<'t> {
    /// Goes behind a keyword that stands here.
    fn skip(&mut self, keyword: &str) -> bool {
        let found = self.0.first().is_some_and(|token| token.is(keyword));
        if found {
            self.0 = &self.0[1..];
        }
        found
    }

    /// Goes behind a name, of a schema or not.
    fn named(&mut self) -> Option<()> {
        let name = |rest: &mut Self| {
            rest.0.first()?.name()?;
            rest.0 = &rest.0[1..];
            Some(())
        };
        name(self)?;
        if self.0.first() == Some(&Token::Sign('.')) {
            self.0 = &self.0[1..];
            name(self)?;
        }
        Some(())
    }

    /// Goes to the first word that `ends` knows by itself and by what stands before it.
    fn until(&mut self, ends: impl Fn(Option<&Token>, &Token) -> bool) -> &'t [Token] {
        let before = |at: usize| at.checked_sub(1).map(|at| &self.0[at]);
        let end = (0..self.0.len()).find(|&at| ends(before(at), &self.0[at])).unwrap_or(self.0.len());
        let (found, rest) = self.0.split_at(end);
        self.0 = rest;
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(ddl: &str) -> Parts {
        Trigger { name: "t".into(), ddl: ddl.into() }.parts().unwrap()
    }

    #[test]
    fn a_trigger_is_read_whatever_it_is_called_and_whatever_is_remarked() {
        for (ddl, after, event) in [
            ("CREATE TRIGGER t AFTER DELETE ON p BEGIN SELECT 1; END", true, Event::Delete),
            ("CREATE TRIGGER \"on delete\" BEFORE INSERT ON p BEGIN SELECT 1; END", false, Event::Insert),
            ("CREATE TRIGGER t /* on delete */ AFTER UPDATE ON p BEGIN SELECT 1; END", true, Event::Update),
            (
                "create temp trigger if not exists main.after delete on [p] for each row begin select 1; end",
                false,
                Event::Delete,
            ),
            ("CREATE TRIGGER t INSTEAD OF UPDATE ON v BEGIN SELECT 1; END", false, Event::Update),
        ] {
            let parts = parts(ddl);
            assert_eq!((parts.after, parts.event, &parts.of, &parts.when[..]), (after, event, &None, &[][..]), "{ddl}");
            assert_eq!(parts.runs(), Runs::Always);
        }
        assert_eq!(Trigger { name: "t".into(), ddl: "CREATE TABLE t (a)".into() }.parts(), None);
    }

    #[test]
    fn when_it_runs_is_told_by_its_columns_and_its_condition() {
        let runs = |of: &str, when: &str| {
            parts(&format!("CREATE TRIGGER t AFTER UPDATE {of} ON p {when} BEGIN SELECT 1; END")).runs()
        };
        let on = |columns: &[&str]| Runs::On(columns.iter().map(|&column| column.to_owned()).collect());
        assert_eq!(runs("OF a, \"b c\"", ""), on(&["a", "b c"]));
        for changes in ["old.a IS NOT new.a", "(new.a IS DISTINCT FROM old.a)", "\"old\".a IS NOT NEW.[a]"] {
            assert_eq!(runs("", &format!("WHEN {changes}")), on(&["a"]), "{changes}");
        }
        assert_eq!(runs("", "WHEN old.a IS NOT new.a OR (old.b IS NOT new.b)"), on(&["a", "b"]));
        assert_eq!(runs("OF b, c", "WHEN old.a IS NOT new.a OR old.b IS NOT new.b"), on(&["b"]));
        for sometimes in [
            "new.a IS NOT NULL",
            "old.a <> new.a",
            "old.a IS NOT new.b",
            "old.a IS NOT old.a",
            "old.a IS NOT new.a AND old.b IS NOT new.b",
            "old.a IS NOT new.a || ''",
            "new.begin",
        ] {
            assert_eq!(runs("", &format!("WHEN {sometimes}")), Runs::Sometimes, "{sometimes}");
        }
    }

    #[test]
    fn what_is_written_is_told_by_its_statements() {
        let does = |does: &str| {
            let parts = parts(&format!("CREATE TRIGGER t AFTER DELETE ON p BEGIN {does}; END"));
            parts.writes("my ix").map(|(change, _)| change).collect::<Vec<_>>()
        };
        assert_eq!(does("DELETE FROM \"my ix\" WHERE rowid = old.id"), [Change::Deletes]);
        assert_eq!(
            does("INSERT INTO [my ix] (a) VALUES (1); UPDATE `My Ix` SET a = 1"),
            [Change::Adds, Change::Updates]
        );
        assert_eq!(does("REPLACE INTO 'my ix' (a) VALUES (1)"), [Change::Replaces]);
        assert_eq!(does("INSERT OR REPLACE INTO 'my ix' (a) VALUES (1)"), [Change::Replaces]);
        assert_eq!(does("UPDATE OR IGNORE \"my ix\" SET a = 1"), [Change::Updates]);
        assert_eq!(does("WITH x AS (SELECT 1) INSERT INTO \"my ix\" SELECT * FROM x"), [Change::Adds]);
        for nothing in
            ["/* DELETE FROM \"my ix\" */ SELECT 1", "SELECT * FROM \"my ix\"", "DELETE FROM my", "SELECT 'my ix'"]
        {
            assert!(does(nothing).is_empty(), "{nothing}");
        }
    }
}
