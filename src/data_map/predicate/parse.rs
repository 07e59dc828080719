//! Reads and writes predicates: NOT binds tighter than AND, AND tighter than OR.

use std::{fmt, str::FromStr};

use super::{
    super::{
        error::Misread,
        name::{Cursor, quoted},
    },
    Comparison, Predicate,
};
use crate::value::Value;

/// Brackets and NOTs may stand this deep; nobody means more.
const DEEPEST: usize = 32;

impl FromStr for Predicate {
    type Err = Misread;

    fn from_str(text: &str) -> Result<Self, Misread> {
        let mut cursor = Cursor::new(text);
        let predicate = disjunction(&mut cursor, 0)?;
        cursor.end()?;
        Ok(predicate)
    }
}

fn disjunction(cursor: &mut Cursor<'_>, depth: usize) -> Result<Predicate, Misread> {
    let first = conjunction(cursor, depth)?;
    let mut parts = vec![first];
    while cursor.eat_word("or") {
        parts.push(conjunction(cursor, depth)?);
    }
    Ok(joined(parts, Predicate::Or))
}

fn conjunction(cursor: &mut Cursor<'_>, depth: usize) -> Result<Predicate, Misread> {
    let first = not(cursor, depth)?;
    let mut parts = vec![first];
    while cursor.eat_word("and") {
        parts.push(not(cursor, depth)?);
    }
    Ok(joined(parts, Predicate::And))
}

fn joined(mut parts: Vec<Predicate>, join: fn(Vec<Predicate>) -> Predicate) -> Predicate {
    if parts.len() > 1 {
        return join(parts);
    }
    parts.pop().unwrap_or(Predicate::Or(Vec::new()))
}

fn not(cursor: &mut Cursor<'_>, depth: usize) -> Result<Predicate, Misread> {
    if depth > DEEPEST {
        return Err(Misread::new(cursor.at(), "the predicate is nested too deep"));
    }
    if cursor.eat_word("not") {
        return Ok(Predicate::Not(Box::new(not(cursor, depth + 1)?)));
    }
    if cursor.eat("(") {
        let inner = disjunction(cursor, depth + 1)?;
        return if cursor.eat(")") { Ok(inner) } else { Err(cursor.unexpected("`)`")) };
    }
    condition(cursor)
}

fn condition(cursor: &mut Cursor<'_>) -> Result<Predicate, Misread> {
    let column = column(cursor)?;
    if cursor.eat_word("is") {
        return is_null(cursor, column);
    }
    let negated = cursor.eat_word("not");
    if cursor.eat_word("in") {
        return Ok(Predicate::In { column, literals: list(cursor)?, negated });
    }
    if cursor.eat_word("like") {
        return Ok(Predicate::Like { column, pattern: text(cursor)?, negated });
    }
    if cursor.eat_word("between") {
        let low = literal(cursor)?;
        if !cursor.eat_word("and") {
            return Err(cursor.unexpected("`AND` of BETWEEN"));
        }
        return Ok(Predicate::Between { column, low, high: literal(cursor)?, negated });
    }
    if negated {
        return Err(cursor.unexpected("IN, LIKE or BETWEEN after NOT"));
    }
    let op = comparison(cursor)?;
    Ok(Predicate::Compare { column, op, literal: literal(cursor)? })
}

fn column(cursor: &mut Cursor<'_>) -> Result<String, Misread> {
    let start = cursor.peek().map_or(cursor.at(), |_| cursor.at());
    if cursor.peek_word().is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit()) || is_keyword(word)) {
        return Err(cursor.unexpected("a column"));
    }
    let name =
        cursor.name().map_err(|error| Misread { message: error.message.replace("a name", "a column"), ..error })?;
    if cursor.eat(".") {
        return Err(Misread::new(start, "a predicate reads columns of its own row only")
            .hinted("write the column without its table".to_owned()));
    }
    if cursor.peek() == Some('(') {
        return Err(Misread::new(start, format!("`{name}` would be a function, and predicates have none")));
    }
    Ok(name)
}

fn is_keyword(word: &str) -> bool {
    ["and", "or", "not", "in", "like", "between", "is", "null", "true", "false"]
        .iter()
        .any(|keyword| keyword.eq_ignore_ascii_case(word))
}

fn is_null(cursor: &mut Cursor<'_>, column: String) -> Result<Predicate, Misread> {
    let negated = cursor.eat_word("not");
    if cursor.eat_word("null") {
        return Ok(Predicate::IsNull { column, negated });
    }
    Err(cursor.unexpected("NULL after IS").hinted("compare values with `=` or `<>`".to_owned()))
}

fn comparison(cursor: &mut Cursor<'_>) -> Result<Comparison, Misread> {
    use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    for (sign, op) in
        [("<>", NotEqual), ("<=", LessOrEqual), (">=", GreaterOrEqual), ("=", Equal), ("<", Less), (">", Greater)]
    {
        if cursor.eat(sign) {
            return Ok(op);
        }
    }
    let hint = cursor.rest().starts_with("!=").then(|| "write `<>`".to_owned());
    Err(cursor.unexpected("a comparison (= <> < <= > >= IN LIKE BETWEEN IS NULL)").hinted(hint))
}

fn list(cursor: &mut Cursor<'_>) -> Result<Vec<Value>, Misread> {
    if !cursor.eat("(") {
        return Err(cursor.unexpected("`(` after IN"));
    }
    let mut literals = vec![literal(cursor)?];
    while cursor.eat(",") {
        literals.push(literal(cursor)?);
    }
    if cursor.eat(")") { Ok(literals) } else { Err(cursor.unexpected("`,` or `)`")) }
}

fn text(cursor: &mut Cursor<'_>) -> Result<String, Misread> {
    if cursor.peek() == Some('\'') { cursor.between('\'') } else { Err(cursor.unexpected("a 'text'")) }
}

/// A number, a text in single quotes, `TRUE` or `FALSE`.
pub(in crate::data_map) fn literal(cursor: &mut Cursor<'_>) -> Result<Value, Misread> {
    match cursor.peek() {
        Some('\'') => return cursor.between('\'').map(Value::Text),
        Some('"') => {
            return Err(cursor.unexpected("a literal").hinted("texts stand in single quotes: 'text'".to_owned()));
        }
        Some(c) if c == '-' || c == '+' || c.is_ascii_digit() => return number(cursor),
        _ => {}
    }
    if cursor.eat_word("true") {
        return Ok(Value::Integer(1));
    }
    if cursor.eat_word("false") {
        return Ok(Value::Integer(0));
    }
    let hint = match cursor.peek_word() {
        Some(word) if word.eq_ignore_ascii_case("null") => Some("write `IS NULL` or `IS NOT NULL`"),
        Some(_) => Some("texts stand in single quotes: 'text'"),
        None => None,
    };
    Err(cursor.unexpected("a literal").hinted(hint.map(str::to_owned)))
}

fn number(cursor: &mut Cursor<'_>) -> Result<Value, Misread> {
    let rest = cursor.rest();
    let mut end = 0;
    let mut before = ' ';
    for c in rest.chars() {
        let sign = (c == '-' || c == '+') && matches!(before, ' ' | 'e' | 'E');
        if !(c.is_ascii_alphanumeric() || c == '.' || sign) {
            break;
        }
        before = c;
        end += c.len_utf8();
    }
    let written = rest.get(..end).unwrap_or_default().to_owned();
    let value = match written.parse::<i64>() {
        Ok(whole) => Some(Value::Integer(whole)),
        Err(_) if written.contains(['.', 'e', 'E']) => {
            written.parse::<f64>().ok().filter(|real| real.is_finite()).map(Value::Real)
        }
        Err(_) => None,
    };
    let value = value.ok_or_else(|| Misread::new(cursor.at(), format!("`{written}` is not a number in range")))?;
    cursor.eat(&written);
    Ok(value)
}

/// Writes the predicate so that it is read back as the same one.
impl fmt::Display for Predicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let not = |negated: bool| if negated { "NOT " } else { "" };
        match self {
            Self::Compare { column, op, literal } => {
                write!(f, "{} {} {}", quoted(column), sign(*op), written(literal))
            }
            Self::In { column, literals, negated } => {
                let list: Vec<String> = literals.iter().map(written).collect();
                write!(f, "{} {}IN ({})", quoted(column), not(*negated), list.join(", "))
            }
            Self::Like { column, pattern, negated } => {
                write!(f, "{} {}LIKE '{}'", quoted(column), not(*negated), pattern.replace('\'', "''"))
            }
            Self::Between { column, low, high, negated } => {
                write!(f, "{} {}BETWEEN {} AND {}", quoted(column), not(*negated), written(low), written(high))
            }
            Self::IsNull { column, negated } => write!(f, "{} IS {}NULL", quoted(column), not(*negated)),
            // no map says this
            Self::Drawn { column, .. } => write!(f, "{} IS DRAWN", quoted(column)),
            Self::And(parts) => f.write_str(&bracketed(parts).join(" AND ")),
            Self::Or(parts) => {
                let parts: Vec<String> = parts
                    .iter()
                    .map(|part| if matches!(part, Self::Or(_)) { format!("({part})") } else { part.to_string() })
                    .collect();
                f.write_str(&parts.join(" OR "))
            }
            Self::Not(part) => write!(f, "NOT {}", bracketed(std::slice::from_ref(part)).concat()),
        }
    }
}

fn bracketed(parts: &[Predicate]) -> Vec<String> {
    let compound = |part: &Predicate| matches!(part, Predicate::And(_) | Predicate::Or(_));
    parts.iter().map(|part| if compound(part) { format!("({part})") } else { part.to_string() }).collect()
}

fn sign(op: Comparison) -> &'static str {
    match op {
        Comparison::Equal => "=",
        Comparison::NotEqual => "<>",
        Comparison::Less => "<",
        Comparison::LessOrEqual => "<=",
        Comparison::Greater => ">",
        Comparison::GreaterOrEqual => ">=",
    }
}

/// A literal as [`literal`] reads it.
pub(in crate::data_map) fn written(literal: &Value) -> String {
    match literal {
        Value::Real(number) => format!("{number:?}"),
        Value::Text(text) => format!("'{}'", text.replace('\'', "''")),
        other => other.to_canonical_text(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Just, Strategy, any, prop, prop_assert_eq, prop_oneof, proptest};

    use super::*;

    fn read(text: &str) -> Predicate {
        text.parse().unwrap()
    }

    fn is(column: &str, number: i64) -> Predicate {
        Predicate::Compare { column: column.into(), op: Comparison::Equal, literal: number.into() }
    }

    #[test]
    fn not_binds_tighter_than_and_and_tighter_than_or() {
        let expected =
            Predicate::Or(vec![is("a", 1), Predicate::And(vec![Predicate::Not(Box::new(is("b", 2))), is("c", 3)])]);
        assert_eq!(read("a = 1 OR NOT b = 2 and c = 3"), expected);
        assert_ne!(read("(a = 1 OR NOT b = 2) AND c = 3"), expected);
    }

    #[test]
    fn every_operator_of_the_design_is_read() {
        for (text, op) in [("<>", Comparison::NotEqual), ("<", Comparison::Less), ("<=", Comparison::LessOrEqual)] {
            assert_eq!(read(&format!("a{text}5")), Predicate::Compare { column: "a".into(), op, literal: 5.into() });
        }
        assert_eq!(read("a >= -1.5").to_string(), "a >= -1.5");
        assert_eq!(read("a > 2").to_string(), "a > 2");
        assert_eq!(
            read("status NOT IN ('completed', 'cancelled')"),
            Predicate::In {
                column: "status".into(),
                literals: vec!["completed".into(), "cancelled".into()],
                negated: true
            }
        );
        assert_eq!(read("a LIKE 'x%'"), Predicate::Like { column: "a".into(), pattern: "x%".into(), negated: false });
        assert_eq!(
            read("a not between 1 and 2"),
            Predicate::Between { column: "a".into(), low: 1.into(), high: 2.into(), negated: true }
        );
        assert_eq!(read("a IS NOT NULL"), Predicate::IsNull { column: "a".into(), negated: true });
        assert_eq!(read("ok = TRUE"), is("ok", 1));
        assert_eq!(read("ok = false"), is("ok", 0));
    }

    #[test]
    fn quotes_double_in_texts_and_names() {
        let expected = Predicate::Compare { column: "a \"b".into(), op: Comparison::Equal, literal: "it's".into() };
        assert_eq!(read(r#""a ""b" = 'it''s'"#), expected);
        assert_eq!(read(r#""and" = 1"#), is("and", 1));
    }

    #[test]
    fn what_is_no_predicate_is_refused_where_it_stops() {
        let stops = |text: &str| text.parse::<Predicate>().unwrap_err();
        assert_eq!(stops("a = ").at, 4);
        assert_eq!(stops("a = 1 b").at, 6);
        assert_eq!(stops("a == 1").at, 3);
        assert_eq!(stops("(a = 1").at, 6);
        assert_eq!(stops("a IN ()").at, 6);
        assert_eq!(stops("").at, 0);
        assert_eq!(stops("a = NULL").hint.unwrap(), "write `IS NULL` or `IS NOT NULL`");
        assert_eq!(stops("a != 1").hint.unwrap(), "write `<>`");
        assert_eq!(stops("a = done").hint.unwrap(), "texts stand in single quotes: 'text'");
        assert!(stops("t.a = 1").message.contains("own row"));
        assert!(stops("lower(a) = 'x'").message.contains("function"));
        assert!(stops("1 = 1").message.contains("a column"));
        assert!(stops("a = 99999999999999999999").message.contains("range"));
        assert!(stops("a = 1e999").message.contains("range"));
        assert!(stops("a = 1; DROP TABLE users").message.contains("expected the end"));
        assert!(stops(&"(".repeat(5000)).message.contains("deep"));
        assert!(stops(&"NOT ".repeat(5000)).message.contains("deep"));
    }

    fn literals() -> impl Strategy<Value = Value> {
        prop_oneof![
            any::<i64>().prop_map(Value::Integer),
            any::<f64>().prop_filter("finite", |f| f.is_finite()).prop_map(Value::Real),
            any::<String>().prop_map(Value::Text),
        ]
    }

    fn conditions() -> impl Strategy<Value = Predicate> {
        let column = || prop_oneof![Just("status".to_owned()), Just("or".to_owned()), ".{1,6}"];
        let op = prop_oneof![Just(Comparison::Equal), Just(Comparison::NotEqual), Just(Comparison::GreaterOrEqual)];
        prop_oneof![
            (column(), op, literals()).prop_map(|(column, op, literal)| Predicate::Compare { column, op, literal }),
            (column(), prop::collection::vec(literals(), 1..4), any::<bool>())
                .prop_map(|(column, literals, negated)| Predicate::In { column, literals, negated }),
            (column(), any::<String>(), any::<bool>()).prop_map(|(column, pattern, negated)| Predicate::Like {
                column,
                pattern,
                negated
            }),
            (column(), literals(), literals(), any::<bool>())
                .prop_map(|(column, low, high, negated)| Predicate::Between { column, low, high, negated }),
            (column(), any::<bool>()).prop_map(|(column, negated)| Predicate::IsNull { column, negated }),
        ]
    }

    fn predicates() -> impl Strategy<Value = Predicate> {
        conditions().prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 2..4).prop_map(Predicate::And),
                prop::collection::vec(inner.clone(), 2..4).prop_map(Predicate::Or),
                inner.prop_map(|part| Predicate::Not(Box::new(part))),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(predicate in predicates()) {
            prop_assert_eq!(predicate.to_string().parse::<Predicate>().unwrap(), predicate);
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            drop(text.parse::<Predicate>());
        }
    }
}
