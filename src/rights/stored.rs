//! What a column makes of a value: text in a column of whole numbers becomes a number, or does not fit.

use crate::value::Value;

/// The value as the engine stores it in a column declared so; `None` when the column is for something else.
pub(super) fn stored(value: &Value, declared: &str) -> Option<Value> {
    let declared = declared.to_ascii_uppercase();
    let any = |words: &[&str]| words.iter().any(|word| declared.contains(word));
    let text = value.to_canonical_text();
    if value.is_null() || declared.is_empty() || declared.contains("BLOB") {
        Some(value.clone())
    } else if declared.contains("INT") {
        text.trim().parse().ok().map(Value::Integer)
    } else if any(&["CHAR", "CLOB", "TEXT"]) {
        Some(match value {
            Value::Integer(_) | Value::Real(_) => Value::Text(text),
            other => other.clone(),
        })
    } else if any(&["REAL", "FLOA", "DOUB"]) {
        number(&text).map(Value::Real)
    } else {
        Some(text.trim().parse().map_or_else(|_| numeric(value, &text), Value::Integer))
    }
}

fn number(text: &str) -> Option<f64> {
    let plain = text.trim().chars().all(|c| c.is_ascii_digit() || "+-.eE".contains(c));
    text.trim().parse().ok().filter(|number: &f64| plain && number.is_finite())
}

/// A column of numbers keeps text that is none.
fn numeric(value: &Value, text: &str) -> Value {
    #[expect(clippy::cast_possible_truncation, reason = "only what has no fraction and few digits is a whole number")]
    match number(text) {
        Some(whole) if whole.fract() == 0.0 && whole.abs() < 1e15 => Value::Integer(whole as i64),
        Some(real) => Value::Real(real),
        None => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_decides_what_a_value_becomes() {
        let engine = rusqlite::Connection::open_in_memory().unwrap();
        for declared in ["INTEGER", "BIGINT", "TEXT", "VARCHAR(20)", "", "REAL", "NUMERIC", "DATE", "BOOLEAN"] {
            for text in ["1", "007", "13900139000", "1.50", "3.0", "2012-03-15", "abc", "inf", "1e3"] {
                let sql = format!("CREATE TABLE t (c {declared}); INSERT INTO t VALUES ('{text}')");
                engine.execute_batch(&sql).unwrap();
                let kept: rusqlite::types::Value = engine.query_row("SELECT c FROM t", [], |row| row.get(0)).unwrap();
                engine.execute_batch("DROP TABLE t").unwrap();
                let kept = match kept {
                    rusqlite::types::Value::Integer(number) => Value::Integer(number),
                    rusqlite::types::Value::Real(number) => Value::Real(number),
                    rusqlite::types::Value::Text(text) => Value::Text(text),
                    _ => Value::Null,
                };
                if let Some(ours) = stored(&Value::from(text), declared) {
                    assert_eq!(ours, kept, "{text} in {declared}");
                } else {
                    assert!(
                        matches!(kept, Value::Text(_) | Value::Real(_) | Value::Integer(_)),
                        "{text} in {declared}"
                    );
                }
            }
        }
        assert_eq!(stored(&Value::from("yes"), "INTEGER"), None);
        assert_eq!(stored(&Value::from("abc"), "REAL"), None);
    }
}
