//! Words: what the map says about a place. A kind, ties, origin, proof, correction, what is not exported and why.

use std::{fmt, str::FromStr};

use super::{
    classified::{AnonymizeTo, Correct, Origin, Proves},
    error::Misread,
    name::{Cursor, Dotted, quoted},
    nearest::did_you_mean,
    predicate::{Predicate, literal, written},
    tie::TargetWords,
    wording::Wording,
};
use crate::kind::Kind;

const EXPORT_NO: &str = "export no:";

/// All words about one place; `export no` comes last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words(pub Vec<Word>);

/// One word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// `phone`, `sender.phone`
    Kind {
        /// Whose it is, when the row is several people's
        role: Option<String>,
        /// What it is
        kind: Kind,
    },
    /// `of users.id`, `sender of users.id`
    Of {
        /// The role that the tie fills
        role: Option<String>,
        /// Whom it names
        target: TargetWords,
    },
    /// `by staff.id`
    By(TargetWords),
    /// `copy users.nickname`, `copy follows …`, `copy history …`
    Copy {
        /// The original
        place: Dotted,
        /// Whether a correction is carried over; `None` when it was not said
        follows: Option<bool>,
    },
    /// `computed …`, kept as written
    Computed(String),
    /// `proves since … until … when …`
    Proves(Proves),
    /// `correct when …`
    Correct(Correct),
    /// `provided`, `observed`, `derived`
    Origin(Origin),
    /// `token`, `null`
    AnonymizeTo(AnonymizeTo),
    /// `export no: why`
    ExportNo(Wording),
}

/// The words that are not kinds, for suggestions.
const WORDS: &[&str] = &[
    "of",
    "by",
    "copy",
    "computed",
    "proves",
    "correct",
    "provided",
    "observed",
    "derived",
    "token",
    "null",
    "becomes",
    "export no: why",
];

impl Words {
    /// Reads several elements (a TOML array) as one list of words.
    ///
    /// # Errors
    /// The index of the element and what is wrong in it.
    pub fn of_elements<'a>(elements: impl IntoIterator<Item = &'a str>) -> Result<Self, (usize, Misread)> {
        let mut words = Vec::new();
        for (index, element) in elements.into_iter().enumerate() {
            for (at, piece) in pieces(element).map_err(|error| (index, error))? {
                let word = word(piece).map_err(|error| (index, error.moved(at)))?;
                if let Some(earlier) = words.iter().find(|earlier| clash(earlier, &word)) {
                    let message = format!("`{word}` and `{earlier}` cannot stand together");
                    return Err((index, Misread::new(at, message)));
                }
                words.push(word);
            }
        }
        if words.is_empty() {
            return Err((0, Misread::new(0, "there is no word here")));
        }
        words.sort_by_key(|word| matches!(word, Word::ExportNo(_)));
        Ok(Self(words))
    }
}

impl FromStr for Words {
    type Err = Misread;

    fn from_str(text: &str) -> Result<Self, Misread> {
        Self::of_elements([text]).map_err(|(_, error)| error)
    }
}

/// Two words that say the same thing twice, or opposite things. Ties may be several.
fn clash(a: &Word, b: &Word) -> bool {
    match (a, b) {
        (Word::Of { .. }, Word::Of { .. }) | (Word::By(_), Word::By(_)) => a == b,
        _ => std::mem::discriminant(a) == std::mem::discriminant(b),
    }
}

/// The pieces between commas with the byte at which each begins. Commas in quotes or brackets do not separate, and
/// `export no:` takes all that follows.
fn pieces(element: &str) -> Result<Vec<(usize, &str)>, Misread> {
    let mut out = Vec::new();
    let mut start = 0;
    loop {
        let rest = element.get(start..).unwrap_or_default();
        let begin = start + rest.len() - rest.trim_start().len();
        let piece = element.get(begin..).unwrap_or_default();
        let end = if piece.starts_with(EXPORT_NO) { piece.len() } else { piece_end(piece) };
        let text = piece.get(..end).unwrap_or_default().trim_end();
        if text.is_empty() {
            return Err(Misread::new(begin, "a word is missing here"));
        }
        out.push((begin, text));
        if end == piece.len() {
            return Ok(out);
        }
        start = begin + end + 1;
    }
}

fn piece_end(piece: &str) -> usize {
    let mut quote = None;
    let mut depth = 0_usize;
    for (at, c) in piece.char_indices() {
        match (quote, c) {
            (Some(open), c) => quote = (c != open).then_some(open),
            (None, '\'' | '"') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => return at,
            (None, _) => {}
        }
    }
    piece.len()
}

fn word(piece: &str) -> Result<Word, Misread> {
    if let Some(why) = piece.strip_prefix(EXPORT_NO) {
        let at = piece.len() - why.trim_start().len();
        return match why.trim() {
            "" => Err(Misread::new(0, "`export no:` needs its reason")),
            why => why.parse().map(Word::ExportNo).map_err(|error: Misread| error.moved(at)),
        };
    }
    let mut cursor = Cursor::new(piece);
    let word = if cursor.peek() == Some('"') { roled(&mut cursor)? } else { named(&mut cursor)? };
    cursor.end()?;
    Ok(word)
}

fn named(cursor: &mut Cursor<'_>) -> Result<Word, Misread> {
    let mut after = cursor.clone();
    let first = after.name()?;
    if matches!(after.rest().chars().next(), Some('.')) || after.clone().eat_word("of") {
        return roled(cursor);
    }
    match first.as_str() {
        "of" => {
            *cursor = after;
            Ok(Word::Of { role: None, target: TargetWords::read(cursor)? })
        }
        "by" => by(cursor, after),
        "copy" => copy(cursor, after),
        "computed" => {
            let written = after.rest().trim().to_owned();
            *cursor = after;
            cursor.finish();
            if written.is_empty() { Err(cursor.unexpected("an aggregate")) } else { Ok(Word::Computed(written)) }
        }
        "proves" => proves(cursor, after),
        "correct" => {
            *cursor = after;
            Ok(Word::Correct(Correct { when: when(cursor)? }))
        }
        "itself" | "anyone" => {
            Err(Misread::new(0, format!("`{first}` is a tie's target")).hinted(format!("write `of {first}`")))
        }
        _ => {
            *cursor = after;
            match first.as_str() {
                "provided" => Ok(Word::Origin(Origin::Provided)),
                "observed" => Ok(Word::Origin(Origin::Observed)),
                "derived" => Ok(Word::Origin(Origin::Derived)),
                "token" => Ok(Word::AnonymizeTo(AnonymizeTo::Token)),
                "null" => Ok(Word::AnonymizeTo(AnonymizeTo::Null)),
                "becomes" => literal(cursor).map(|value| Word::AnonymizeTo(AnonymizeTo::Constant(value))),
                other => Ok(Word::Kind { role: None, kind: kind(other, 0)? }),
            }
        }
    }
}

/// `role.kind` or `role of target`.
fn roled(cursor: &mut Cursor<'_>) -> Result<Word, Misread> {
    let role = Some(cursor.name()?);
    if cursor.eat(".") {
        cursor.space();
        let at = cursor.at();
        let kind = kind(&cursor.name()?, at)?;
        return Ok(Word::Kind { role, kind });
    }
    if cursor.eat_word("of") {
        return Ok(Word::Of { role, target: TargetWords::read(cursor)? });
    }
    Err(cursor.unexpected("`.kind` or `of target` after a role"))
}

fn by<'a>(cursor: &mut Cursor<'a>, after: Cursor<'a>) -> Result<Word, Misread> {
    *cursor = after;
    let target = TargetWords::read(cursor)?;
    if matches!(target, TargetWords::Itself | TargetWords::Anyone) {
        return Err(Misread::new(0, format!("`by {target}` points at nobody")).hinted(format!("write `of {target}`")));
    }
    Ok(Word::By(target))
}

fn copy<'a>(cursor: &mut Cursor<'a>, after: Cursor<'a>) -> Result<Word, Misread> {
    *cursor = after;
    let follows = if cursor.eat_word("follows") {
        Some(true)
    } else if cursor.eat_word("history") {
        Some(false)
    } else {
        None
    };
    Ok(Word::Copy { place: cursor.dotted()?, follows })
}

fn proves<'a>(cursor: &mut Cursor<'a>, after: Cursor<'a>) -> Result<Word, Misread> {
    *cursor = after;
    let mut proves = Proves::default();
    if cursor.eat_word("since") {
        proves.since = Some(cursor.name()?);
    }
    if cursor.eat_word("until") {
        proves.until = Some(cursor.name()?);
    }
    proves.when = when(cursor)?;
    Ok(Word::Proves(proves))
}

/// `when predicate`, which takes the rest of the word.
fn when(cursor: &mut Cursor<'_>) -> Result<Option<Predicate>, Misread> {
    if !cursor.eat_word("when") {
        return Ok(None);
    }
    let at = cursor.at();
    let predicate = cursor.rest().parse().map_err(|error: Misread| error.moved(at))?;
    cursor.finish();
    Ok(Some(predicate))
}

/// The kind of that word, or what was probably meant.
pub(super) fn kind(word: &str, at: usize) -> Result<Kind, Misread> {
    word.parse::<Kind>().map_err(|unknown| {
        let hint = unknown.suggestion.map(|near| format!("did you mean `{near}`?"));
        Misread::new(at, format!("unknown word or kind `{word}`"))
            .hinted(hint.or_else(|| did_you_mean(word, WORDS.iter().copied())))
    })
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&words.join(", "))
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind { role: Some(role), kind } => write!(f, "{}.{}", quoted(role), kind.word()),
            Self::Kind { role: None, kind } => f.write_str(kind.word()),
            Self::Of { role: Some(role), target } => write!(f, "{} of {target}", quoted(role)),
            Self::Of { role: None, target } => write!(f, "of {target}"),
            Self::By(target) => write!(f, "by {target}"),
            Self::Copy { place, follows: Some(true) } => write!(f, "copy follows {place}"),
            Self::Copy { place, follows: Some(false) } => write!(f, "copy history {place}"),
            Self::Copy { place, follows: None } => write!(f, "copy {place}"),
            Self::Computed(written) => write!(f, "computed {written}"),
            Self::Proves(proves) => {
                f.write_str("proves")?;
                proves.since.iter().try_for_each(|column| write!(f, " since {}", quoted(column)))?;
                proves.until.iter().try_for_each(|column| write!(f, " until {}", quoted(column)))?;
                proves.when.iter().try_for_each(|when| write!(f, " when {when}"))
            }
            Self::Correct(Correct { when: Some(when) }) => write!(f, "correct when {when}"),
            Self::Correct(Correct { when: None }) => f.write_str("correct"),
            Self::Origin(Origin::Provided) => f.write_str("provided"),
            Self::Origin(Origin::Observed) => f.write_str("observed"),
            Self::Origin(Origin::Derived) => f.write_str("derived"),
            Self::AnonymizeTo(AnonymizeTo::Token) => f.write_str("token"),
            Self::AnonymizeTo(AnonymizeTo::Null) => f.write_str("null"),
            Self::AnonymizeTo(AnonymizeTo::Constant(value)) => write!(f, "becomes {}", written(value)),
            Self::ExportNo(why) => write!(f, "{EXPORT_NO} {why}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{schema::TableName, value::Value};

    fn read(text: &str) -> Vec<Word> {
        let words: Words = text.parse().unwrap();
        assert_eq!(words.to_string().parse::<Words>().unwrap(), words, "{text}");
        words.0
    }

    fn wrong(text: &str) -> Misread {
        text.parse::<Words>().unwrap_err()
    }

    fn users_id() -> TargetWords {
        TargetWords::Rows { place: "users.id".parse().unwrap(), within: Vec::new(), role: None }
    }

    #[test]
    fn kinds_and_roles() {
        assert_eq!(read("phone"), [Word::Kind { role: None, kind: Kind::Phone }]);
        assert_eq!(read("sender.phone"), [Word::Kind { role: Some("sender".into()), kind: Kind::Phone }]);
        assert_eq!(read("寄件人.phone"), [Word::Kind { role: Some("寄件人".into()), kind: Kind::Phone }]);
    }

    #[test]
    fn ties_of_every_sort() {
        assert_eq!(read("of users.id"), [Word::Of { role: None, target: users_id() }]);
        assert_eq!(read("sender of users.id"), [Word::Of { role: Some("sender".into()), target: users_id() }]);
        assert_eq!(read("by users.id"), [Word::By(users_id())]);
        let target = |place: &str, within: Vec<(&str, Option<&str>)>, role: Option<&str>| TargetWords::Rows {
            place: place.parse().unwrap(),
            within: within.into_iter().map(|(a, b)| (a.to_owned(), b.map(str::to_owned))).collect(),
            role: role.map(str::to_owned),
        };
        let of = |target| vec![Word::Of { role: None, target }];
        assert_eq!(read("of accounts.no within tenant_id"), of(target("accounts.no", vec![("tenant_id", None)], None)));
        assert_eq!(
            read("of a.no within (t = tenant, region)"),
            of(target("a.no", vec![("t", Some("tenant")), ("region", None)], None))
        );
        assert_eq!(read("of orders.id as recipient"), of(target("orders.id", vec![], Some("recipient"))));
        assert_eq!(read("of hr.people.id"), of(target("hr.people.id", vec![], None)));
        assert_eq!(read("of ~"), of(TargetWords::Value(None)));
        assert_eq!(read("of ~ phone"), of(TargetWords::Value(Some(Kind::Phone))));
        assert_eq!(read("of itself"), of(TargetWords::Itself));
        assert_eq!(read("of anyone"), of(TargetWords::Anyone));
        assert_eq!(read("recipient.phone, recipient of ~").len(), 2);
    }

    #[test]
    fn proof_and_correction_have_conditions() {
        let words = read("phone, proves since bound_at until left_at when status IN ('a, b', 'c'), correct, provided");
        let Word::Proves(proves) = &words[1] else { panic!("{words:?}") };
        assert_eq!((proves.since.as_deref(), proves.until.as_deref()), (Some("bound_at"), Some("left_at")));
        assert_eq!(proves.when, Some("status IN ('a, b', 'c')".parse().unwrap()));
        assert_eq!(words[2..], [Word::Correct(Correct::default()), Word::Origin(Origin::Provided)]);
        let Word::Correct(correct) = &read("correct when a = 1 AND b = 2, name")[0] else { panic!() };
        assert_eq!(correct.when, Some("a = 1 AND b = 2".parse().unwrap()));
    }

    #[test]
    fn export_no_takes_the_rest_of_its_element() {
        assert_eq!(
            read("fact, export no: it's secret, of the firm")[1],
            Word::ExportNo("it's secret, of the firm".into())
        );
        let array = Words::of_elements(["export no: a, b", "phone"]).unwrap();
        assert_eq!(array.0, [Word::Kind { role: None, kind: Kind::Phone }, Word::ExportNo("a, b".into())]);
    }

    #[test]
    fn copies_computed_and_replacements() {
        let place: Dotted = "users.nickname".parse().unwrap();
        assert_eq!(read("copy follows users.nickname"), [Word::Copy { place: place.clone(), follows: Some(true) }]);
        assert_eq!(read("copy history users.nickname"), [Word::Copy { place, follows: Some(false) }]);
        assert_eq!(read("computed sum(orders.amount, x)"), [Word::Computed("sum(orders.amount, x)".into())]);
        assert_eq!(read("token"), [Word::AnonymizeTo(AnonymizeTo::Token)]);
        assert_eq!(read("null"), [Word::AnonymizeTo(AnonymizeTo::Null)]);
        let constant = |value: Value| Word::AnonymizeTo(AnonymizeTo::Constant(value));
        assert_eq!(read("becomes '0, ''0'"), [constant("0, '0".into())]);
        assert_eq!(read("becomes -1"), [constant((-1).into())]);
    }

    #[test]
    fn wrong_words_say_where_and_what_instead() {
        assert_eq!(wrong("phone, provded").hint.unwrap(), "did you mean `provided`?");
        assert_eq!(wrong("phone, provded").at, 7);
        assert!(wrong("qwertz").message.contains("unknown word or kind `qwertz`"));
        assert_eq!(wrong("of id").hint.unwrap(), "write the table too: `table.id`");
        assert_eq!(wrong("itself").hint.unwrap(), "write `of itself`");
        assert!(wrong("by anyone").message.contains("nobody"));
        assert!(wrong("phone name").message.contains("expected the end"));
        assert!(wrong("phone, email").message.contains("cannot stand together"));
        assert!(wrong("token, null").message.contains("cannot stand together"));
        assert!(wrong("of users.id, of users.id").message.contains("cannot stand together"));
        assert!(wrong("phone,, correct").message.contains("missing"));
        assert!(wrong("phone,").message.contains("missing"));
        assert!(wrong("").message.contains("missing"));
        assert!(wrong("export no:").message.contains("reason"));
        assert!(wrong("copy").message.contains("expected"));
        assert!(wrong("computed").message.contains("aggregate"));
        let at = wrong("phone, correct when a = ").at;
        assert_eq!(at, "phone, correct when a =".len());
    }

    fn names() -> impl Strategy<Value = String> {
        prop_oneof![Just("of".to_owned()), Just("sender".to_owned()), Just("收件人".to_owned()), "[a-z ,'\"]{1,6}"]
    }

    fn targets() -> impl Strategy<Value = TargetWords> {
        let within = prop::collection::vec((names(), prop::option::of(names())), 0..3);
        prop_oneof![
            Just(TargetWords::Value(None)),
            Just(TargetWords::Value(Some(Kind::Email))),
            (names(), names(), within, prop::option::of(names())).prop_map(|(table, column, within, role)| {
                TargetWords::Rows { place: Dotted { table: TableName::local(table), column }, within, role }
            }),
        ]
    }

    fn words() -> impl Strategy<Value = Words> {
        let when = || {
            prop::option::of((names(), 0_i64..9).prop_map(|(c, n)| format!("{} = {n}", quoted(&c)).parse().unwrap()))
        };
        let some = prop_oneof![
            prop::option::of(names()).prop_map(|role| Word::Kind { role, kind: Kind::Phone }),
            (prop::option::of(names()), targets()).prop_map(|(role, target)| Word::Of { role, target }),
            targets().prop_map(Word::By),
            (prop::option::of(names()), prop::option::of(names()), when())
                .prop_map(|(since, until, when)| Word::Proves(Proves { since, until, when })),
            when().prop_map(|when| Word::Correct(Correct { when })),
            Just(Word::Origin(Origin::Observed)),
            Just(Word::AnonymizeTo(AnonymizeTo::Token)),
            any::<String>().prop_map(|text| Word::AnonymizeTo(AnonymizeTo::Constant(Value::Text(text)))),
        ];
        let why = prop::option::of("[a-z][a-z ,'\"()]{0,9}[a-z]");
        (prop::collection::vec(some, 1..4), why).prop_map(|(some, why)| {
            let mut words: Vec<Word> = Vec::new();
            for word in some.into_iter().chain(why.map(|why| Word::ExportNo(why.as_str().into()))) {
                if !words.iter().any(|earlier| clash(earlier, &word)) {
                    words.push(word);
                }
            }
            Words(words)
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(words in words()) {
            let written = words.to_string();
            prop_assert_eq!(written.parse::<Words>().map_err(|e| format!("{written}: {e}")), Ok(words));
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            drop(text.parse::<Words>());
        }
    }
}
