//! Who somebody is: the account, and the spellings in which this database writes telephone numbers.

use anyhow::Result;
use rusqlite::{Connection, OptionalExtension as _, Statement, types::Value};

/// A telephone number and an address of mail, each with the time since when it is proven.
pub(super) type Proven = (Option<String>, Option<String>, Option<String>, Option<String>);

/// The values that find a person's rows.
#[derive(Clone, Debug)]
pub(super) struct Person {
    values: [(&'static str, Value); 10],
}

/// The condition on a column that holds a telephone number, the window in `dated`.
pub(super) fn phone(column: &str, dated: &str) -> String {
    format!("({column} IN (:p0, :p1, :p2, :p3, :p4) AND {dated} >= :since)")
}

/// A number in the five spellings that occur.
pub(super) fn spellings(phone: &str) -> Option<[String; 5]> {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let plain = digits.get(digits.len().checked_sub(11)?..)?;
    let (a, b, c) = (&plain[..3], &plain[3..7], &plain[7..]);
    Some([
        plain.to_owned(),
        format!("+86{plain}"),
        format!("{a} {b} {c}"),
        format!("{a}-{b}-{c}"),
        format!("86{plain}"),
    ])
}

impl Person {
    /// The account's own row says what is proven.
    pub(super) fn of(connection: &Connection, account: i64) -> Result<Self> {
        let mut statement = connection
            .prepare_cached("SELECT phone, phone_bound_at, email, email_verified_at FROM users WHERE id = ?1")?;
        let row = statement.query_row([account], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)));
        let (phone, since, email, verified): Proven = row.optional()?.unwrap_or_default();
        let text = |text: Option<String>| text.map_or(Value::Null, Value::Text);
        let [p0, p1, p2, p3, p4] =
            phone.as_deref().and_then(spellings).map_or([const { Value::Null }; 5], |all| all.map(Value::Text));
        Ok(Self {
            values: [
                (":id", Value::Integer(account)),
                (":p0", p0),
                (":p1", p1),
                (":p2", p2),
                (":p3", p3),
                (":p4", p4),
                (":since", text(since)),
                (":mail", text(email)),
                (":mailed", text(verified)),
                (":none", Value::Null),
            ],
        })
    }

    /// Binds what `statement` names.
    pub(super) fn bind(&self, statement: &mut Statement<'_>, parents: &[(&str, String)]) -> Result<()> {
        for at in 1..=statement.parameter_count() {
            let Some(name) = statement.parameter_name(at).map(str::to_owned) else { continue };
            if let Some((_, value)) = self.values.iter().find(|(known, _)| *known == name) {
                statement.raw_bind_parameter(at, value)?;
            } else if let Some((_, keys)) = parents.iter().find(|(known, _)| *known == name) {
                statement.raw_bind_parameter(at, keys)?;
            }
        }
        Ok(())
    }
}
