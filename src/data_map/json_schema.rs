//! The JSON Schema of `datamap.toml`, for editors that complete and check it while it is written.
//!
//! It knows keys and shapes; words, places and predicates are texts to it, which `map check` reads.

use serde_json::{Map, Value, json};

use super::wording::LANGUAGES;

/// The JSON Schema of the map. `docs/reference/datamap.schema.json` is this value, written out.
#[must_use]
pub fn json_schema() -> Value {
    let mut schema = section(
        "What a controller holds about people, where, why and for how long",
        &["version", "controller", "time_zone"],
        [
            ("version", json!({ "const": 1 })),
            ("controller", wording("Who answers for the data")),
            ("time_zone", text("The zone in which dates without one are read, such as Asia/Shanghai")),
            ("person", each("Whom the database knows, one row each", &person())),
            ("minors", minors()),
            ("disclosures", disclosures()),
            ("consents", each("Where it stands what people agreed to", &consents())),
            ("subscriptions", each("Where it stands which messages people want", &subscriptions())),
            ("acknowledged", each("Views and triggers, by name", &text("What it shows or does"))),
            ("rules", each("\"table.column\" patterns; the first that matches decides", &words())),
            ("none", each("Tables without personal data, by the reason", &texts("A table or a pattern"))),
            ("tables", each("Tables, or families of them by a pattern", &table())),
        ],
    );
    if let Value::Object(map) = &mut schema {
        map.shift_insert(0, "$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
        map.insert("$defs".to_owned(), json!({ "wording": wording_itself() }));
        map.shift_insert(1, "title".to_owned(), json!("droit data map, version 1"));
    }
    schema
}

fn text(description: &str) -> Value {
    json!({ "type": "string", "minLength": 1, "description": description })
}

/// A text that people read.
fn wording(description: &str) -> Value {
    json!({ "$ref": "#/$defs/wording", "description": description })
}

fn wording_itself() -> Value {
    let each = section("In each language", &LANGUAGES, LANGUAGES.map(|language| (language, text("In this language"))));
    json!({ "oneOf": [text("For every language"), each] })
}

fn texts(description: &str) -> Value {
    let many = json!({ "type": "array", "minItems": 1, "items": text(description) });
    json!({ "oneOf": [text(description), many] })
}

fn words() -> Value {
    texts(
        "Words: a kind, ties, proves, correct, provided, observed, derived, token, null, becomes, copy, export no: why",
    )
}

fn column(description: &str) -> Value {
    text(&format!("{description}; a column of this table"))
}

fn dotted(description: &str) -> Value {
    text(&format!("{description}; table.column"))
}

fn each(description: &str, value: &Value) -> Value {
    json!({ "type": "object", "description": description, "additionalProperties": value })
}

fn section<const N: usize>(description: &str, required: &[&str], keys: [(&str, Value); N]) -> Value {
    let properties: Map<String, Value> = keys.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    json!({
        "type": "object",
        "description": description,
        "required": required,
        "additionalProperties": false,
        "properties": properties,
    })
}

fn person() -> Value {
    let restricted = section(
        "The flag that says the person's data must not be processed",
        &["column", "set", "clear"],
        [
            ("column", dotted("Where it stands")),
            ("set", text("What restricting writes")),
            ("clear", text("What lifting writes when no earlier value is known")),
        ],
    );
    section(
        "A table whose rows are people",
        &["is"],
        [
            ("is", dotted("The column that names the person")),
            ("born", dotted("The birth date")),
            ("restricted", restricted),
        ],
    )
}

fn minors() -> Value {
    section(
        "Where guardian consent is found",
        &["consent", "valid", "minor"],
        [
            ("consent", text("The table of consents")),
            ("valid", text("A predicate: when a consent counts")),
            ("minor", text("The role of the minor in those rows")),
            ("scope", column("The scope")),
            ("given", column("The date given")),
            ("revoked", column("The date revoked")),
            ("collected", dotted("When the data was first collected")),
        ],
    )
}

fn disclosures() -> Value {
    section(
        "Where it is recorded who received what",
        &["is", "recipient"],
        [
            ("is", text("The table of disclosures")),
            ("role", role()),
            ("recipient", column("The recipient's name")),
            ("fields", column("What was given")),
            ("at", column("The time")),
            ("basis", column("The basis code")),
        ],
    )
}

fn consents() -> Value {
    let names = each("What scopes are called in the rows, where they have other names there", &texts("Such a name"));
    section(
        "Rows that say that a person agreed to a scope",
        &["is", "scope"],
        [
            ("is", text("The table of consents")),
            ("role", role()),
            ("scope", text("The scope: a column of this table, or a text in single quotes for all its rows")),
            ("names", names),
            ("given", column("The date on which it was given")),
            ("withdrawn", column("The date of withdrawal; while it is empty the consent stands")),
            ("set", set()),
        ],
    )
}

fn subscriptions() -> Value {
    section(
        "Rows that say that a person gets messages",
        &["is"],
        [
            ("is", text("The table of subscriptions")),
            ("role", role()),
            ("channel", text("The channel: a column of this table, or a text in single quotes for all its rows")),
            ("topic", text("The topic: a column of this table, or a text in single quotes for all its rows")),
            ("since", column("The date on which they began")),
            ("stopped", column("The date of unsubscribing; while it is empty messages are sent")),
            ("set", set()),
        ],
    )
}

fn role() -> Value {
    text("The role in its rows of those whom they are about; `itself`: those whose they are as a whole")
}

fn set() -> Value {
    each("Columns of this table, and what is written in them when it has ended", &text("The value"))
}

fn table() -> Value {
    let by_case = each("Words by case value; \"*\" is the rest", &words());
    section(
        "What is said of a table",
        &[],
        [
            ("purpose", wording("Why it is held")),
            ("clause", wording("Where the privacy policy says so")),
            ("basis", text("The legal basis: consent, contract, legal duty …")),
            ("scope", texts("The consent scope under which it is held; of several any will do")),
            ("source", wording("Where rows come from; a text may be a column that says it")),
            ("erase", json!({ "oneOf": [{ "enum": ["delete", "anonymize"] }, stay()] })),
            ("wait", text("A predicate: while it holds or is undecided, the row is not decidable yet")),
            ("keep", json!({ "oneOf": [keep(), { "type": "array", "items": keep() }] })),
            ("limit", limit()),
            ("copy", text("The table of which this is a full-text or history table")),
            ("immutable", texts("A column that identifies a row for good")),
            ("mentions", text("\"scan\", or a full-text table: how other people's free text is searched")),
            ("case", text("The column on whose value meanings depend, or column = table.key . wanted")),
            ("dated", column("The row's own date")),
            ("typed_by", text("The role that typed the row and sees the names in it")),
            ("risk", risk()),
            ("columns", each("Columns and other places", &json!({ "anyOf": [words(), by_case] }))),
        ],
    )
}

fn risk() -> Value {
    let least =
        |least: u64, description: &str| json!({ "type": "integer", "minimum": least, "description": description });
    section(
        "How the risk of re-identification is measured",
        &["quasi"],
        [
            ("quasi", texts("A column that others know of people, or can find out")),
            ("sensitive", texts("A column that says of people what is nobody's business")),
            ("k", least(2, "So many rows must be alike in all quasi columns; 5 where it is not said")),
            ("l", least(1, "So many different values must stand in each sensitive column among them")),
            ("when", text("A predicate: only these rows are measured and released")),
        ],
    )
}

fn stay() -> Value {
    json!({ "type": "string", "pattern": "^stay:\\s*\\S", "description": "It stays, and why" })
}

fn period() -> Value {
    text("A period such as 3 years, 6 months, 30 days, 72 hours")
}

fn after() -> Value {
    texts("A date column; the first that is not empty counts. Or \"removal\"")
}

fn keep() -> Value {
    section(
        "A statutory minimum",
        &["for", "after", "law", "because"],
        [
            ("for", period()),
            ("after", after()),
            ("counted", json!({ "const": "end of year" })),
            ("law", wording("The law, as quoted to the person")),
            ("because", wording("Why it applies")),
            ("columns", texts("A column that the law needs")),
        ],
    )
}

fn limit() -> Value {
    section(
        "The maximum that the purpose allows",
        &["for", "after", "then", "because"],
        [
            ("for", period()),
            ("after", after()),
            ("then", json!({ "enum": ["delete", "anonymize"] })),
            ("because", wording("Why no longer")),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIPPED: &str = include_str!("../../docs/reference/datamap.schema.json");

    #[test]
    fn the_shipped_schema_is_current() {
        let current = format!("{:#}\n", json_schema());
        assert!(SHIPPED == current, "write this to docs/reference/datamap.schema.json:\n{current}");
    }

    /// The keys that the schema allows at a path are those that the parser allows.
    #[test]
    fn the_parser_knows_the_same_keys() {
        let schema = json_schema();
        for (path, head) in [
            ("", ""),
            ("/properties/tables/additionalProperties", "[tables.a]\n"),
            ("/properties/person/additionalProperties", "[person.a]\n"),
            ("/properties/minors", "[minors]\n"),
            ("/properties/disclosures", "[disclosures]\n"),
            ("/properties/consents/additionalProperties", "[consents.a]\n"),
            ("/properties/subscriptions/additionalProperties", "[subscriptions.a]\n"),
        ] {
            let start = "version = 1\ncontroller = \"C\"\ntime_zone = \"UTC\"\n";
            let refused = |key: &str| {
                let map = if head.is_empty() { format!("{start}{key} = 5") } else { format!("{start}{head}{key} = 5") };
                let error = map.parse::<super::super::DataMap>().unwrap_err();
                error.message.contains("unknown key")
            };
            let known = schema.pointer(&format!("{path}/properties")).unwrap().as_object().unwrap();
            for key in known.keys().filter(|key| !["version", "controller", "time_zone"].contains(&key.as_str())) {
                assert!(!refused(key), "the parser refuses {key} at {path}");
            }
            assert!(refused("unheard_of"), "{path}");
        }
    }
}
