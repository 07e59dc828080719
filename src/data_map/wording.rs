//! Wording: a text of the map that people read, in every language in which they are answered.
//!
//! `"text"` says the same to everybody. `{ zh = "…", en = "…" }` says it in each language, and must say it in all of
//! them: what is missing would be filled in with a language that its reader may not read. Inside other texts
//! (`export no: …`, `stay: …`) it is written the same way.

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _, ser::SerializeStruct};
use toml::de::DeTable;

use super::{
    error::{DataMapError, Misread},
    reader::{Lines, Node, Section},
};
use crate::kind::Language;

/// The keys of a table by language, in the order in which it is written.
pub(super) const LANGUAGES: [&str; 2] = ["zh", "en"];

/// A text in every language. Its texts are shared: every row of a plan that is kept carries one.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wording {
    zh: Arc<str>,
    en: Arc<str>,
}

impl Wording {
    /// A text in each language.
    pub fn new(zh: impl Into<Arc<str>>, en: impl Into<Arc<str>>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// The text in the language of its reader.
    #[must_use]
    pub fn of(&self, language: Language) -> &str {
        language.pick(&self.zh, &self.en)
    }

    /// One line for whoever reads whichever language: in a record that has no language of its own.
    #[must_use]
    pub fn both(&self) -> String {
        if self.is_the_same() { self.zh.to_string() } else { format!("{} / {}", self.zh, self.en) }
    }

    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.zh.is_empty() && self.en.is_empty()
    }

    /// The text, where it is the same in every language.
    #[must_use]
    pub fn for_everybody(&self) -> Option<&str> {
        self.is_the_same().then_some(&*self.zh)
    }

    fn is_the_same(&self) -> bool {
        self.zh == self.en
    }

    /// Reads a text, or a table by language.
    pub(super) fn read(node: &Node<'_>) -> Result<Self, DataMapError> {
        if !node.is_section() {
            return Ok(node.text()?.value.into());
        }
        let section = node.section()?;
        section.only(&LANGUAGES)?;
        let [zh, en] = LANGUAGES.map(|language| {
            let said = section.require(language).map_err(|error| DataMapError {
                hint: Some("say it in zh and en, or write one text for every language".to_owned()),
                ..error
            })?;
            Ok(said.text()?.value)
        });
        Ok(Self::new(zh?, en?))
    }
}

impl From<&str> for Wording {
    fn from(text: &str) -> Self {
        let text: Arc<str> = text.into();
        Self { zh: Arc::clone(&text), en: text }
    }
}

impl FromStr for Wording {
    type Err = Misread;

    /// Reads what [`Wording`] is written as: a text that begins with a brace is a table by language.
    fn from_str(text: &str) -> Result<Self, Misread> {
        const LEAD: &str = "text = ";
        if !text.starts_with('{') {
            return Ok(text.into());
        }
        let source = format!("{LEAD}{text}");
        let inside = |at: usize| at.saturating_sub(LEAD.len()).min(text.len());
        let document = DeTable::parse(&source).map_err(|error| {
            Misread::new(inside(error.span().map_or(0, |span| span.start)), error.message())
                .hinted("write `{ zh = \"…\", en = \"…\" }`".to_owned())
        })?;
        let lines = Lines::of(&source);
        let section = Section::document(&lines, &document);
        let read = section.only(&["text"]).and_then(|()| Self::read(section.require("text")?));
        read.map_err(|error| Misread::new(inside(error.offset(&source)), error.message).hinted(error.hint))
    }
}

impl fmt::Display for Wording {
    /// As it would be written in the map.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_the_same() && !self.zh.starts_with('{') {
            return f.write_str(&self.zh);
        }
        let [zh, en] = [&self.zh, &self.en].map(|text| super::lock::text(text));
        write!(f, "{{ zh = {zh}, en = {en} }}")
    }
}

impl Serialize for Wording {
    /// A text, or an object by language.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_the_same() {
            return serializer.serialize_str(&self.zh);
        }
        let mut both = serializer.serialize_struct("Wording", LANGUAGES.len())?;
        both.serialize_field(LANGUAGES[0], &*self.zh)?;
        both.serialize_field(LANGUAGES[1], &*self.en)?;
        both.end()
    }
}

impl<'de> Deserialize<'de> for Wording {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Same(String),
            Each(Each),
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Each {
            zh: String,
            en: String,
        }
        match Written::deserialize(deserializer)? {
            Written::Same(text) => Ok(text.as_str().into()),
            // one writing for one text: what says the same twice was not written by us
            Written::Each(Each { zh, en }) if zh == en => Err(D::Error::custom("a text that is the same twice")),
            Written::Each(Each { zh, en }) => Ok(Self::new(zh, en)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn wrong(text: &str) -> Misread {
        text.parse::<Wording>().unwrap_err()
    }

    #[test]
    fn a_text_is_for_everybody_and_a_table_for_each_in_their_language() {
        let same: Wording = "order fulfilment".parse().unwrap();
        assert_eq!((same.of(Language::Zh), same.of(Language::En)), ("order fulfilment", "order fulfilment"));
        let each: Wording = "{ en = \"order fulfilment\", zh = '履行订单' }".parse().unwrap();
        assert_eq!((each.of(Language::Zh), each.of(Language::En)), ("履行订单", "order fulfilment"));
        assert_eq!(each.to_string(), "{ zh = \"履行订单\", en = \"order fulfilment\" }");
        assert_eq!(each.both(), "履行订单 / order fulfilment");
        assert_eq!(same.both(), "order fulfilment");
    }

    #[test]
    fn what_is_missing_empty_or_of_another_language_is_refused_where_it_stands() {
        let missing = wrong("{ zh = \"履行订单\" }");
        assert_eq!(missing.message, "`text` does not say `en`");
        assert_eq!(missing.hint.unwrap(), "say it in zh and en, or write one text for every language");
        let empty = wrong("{ zh = \"履行\", en = \" \" }");
        assert_eq!((empty.message.as_str(), empty.at), ("`en` is empty", "{ zh = \"履行\", en = ".len()));
        let other = wrong("{ zh = \"a\", en = \"b\", fr = \"c\" }");
        assert_eq!((other.at, other.message.contains("unknown key `fr`")), ("{ zh = \"a\", en = \"b\", ".len(), true));
        assert!(wrong("{ zh = 5, en = \"b\" }").message.contains("must be a text"));
        assert!(wrong("{ zh = \"a\", en = \"b\" }\nmore = 1").message.contains("unknown key `more`"));
        assert!(wrong("{ zh = \"a\"").hint.unwrap().contains("zh"));
        assert!(wrong("{}").message.contains("does not say"));
    }

    #[test]
    fn a_record_says_a_text_as_it_is_and_two_as_an_object() {
        let read = |text: &str| serde_json::from_str::<Wording>(text);
        for text in ["\"《电子商务法》\"", "{\"zh\":\"《电子商务法》\",\"en\":\"E-Commerce Law\"}", "\"\""]
        {
            assert_eq!(serde_json::to_string(&read(text).unwrap()).unwrap(), text);
        }
        for text in ["{\"zh\":\"a\"}", "{\"zh\":\"a\",\"en\":\"b\",\"fr\":\"c\"}", "{\"zh\":\"a\",\"en\":\"a\"}", "5"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(zh in "\\PC*\\S\\PC*", en in "[ -~]{0,9}\\S", same in any::<bool>()) {
            let said = if same { Wording::from(zh.as_str()) } else { Wording::new(zh, en) };
            prop_assert_eq!(said.to_string().parse::<Wording>(), Ok(said.clone()));
            let record = serde_json::to_string(&said).unwrap();
            prop_assert_eq!(serde_json::from_str::<Wording>(&record).unwrap(), said);
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            drop(text.parse::<Wording>());
            drop(format!("{{{text}").parse::<Wording>());
        }
    }
}
