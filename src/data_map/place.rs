//! Places: where a value is. A column, a part of one, a text with columns in it, a file that a column names.

use std::{fmt, str::FromStr};

use super::{
    error::Misread,
    name::{Cursor, quoted},
};

/// A column, or what a decoder finds inside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The column
    pub column: String,
    /// How the column's content is structured
    pub decoder: Option<Decoder>,
    /// Where inside
    pub path: Option<Path>,
}

/// How a column's content is structured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decoder {
    /// JSON, as text or bytes
    Json,
    /// PHP's serialize
    Php,
    /// One value per line
    Lines,
    /// Values between commas
    Commas,
    /// A declared one
    Declared(String),
}

/// A way into a structure: `$.contacts[].phone`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path(pub Vec<Step>);

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// `.name`: the value under that key
    Key(String),
    /// `[]`: each element
    Each,
    /// `{}`: each key itself
    Keys,
    /// `.**`: anything below
    Below,
}

/// A text with columns in it: `@{user_id}:host`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(pub Vec<Part>);

/// A part of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// It stands there as it is
    Text(String),
    /// The value of the column
    Column(String),
}

/// What stands left of a line in a table's columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Places {
    /// One place
    One(Place),
    /// A text made of columns
    Template(Template),
    /// A file in the files folder; its last column is the one that names it
    File(Template),
    /// Several together
    All(Vec<Places>),
}

impl Template {
    /// The columns in it, in order.
    #[must_use]
    pub fn columns(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            Part::Column(column) => Some(column.as_str()),
            Part::Text(_) => None,
        })
    }
}

impl FromStr for Template {
    type Err = Misread;

    /// Two columns must have text between them: else the values could not be told apart again.
    fn from_str(text: &str) -> Result<Self, Misread> {
        let mut parts = Vec::new();
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let Some(inside) = rest.strip_prefix('{') else {
                let end = rest.find('{').unwrap_or(rest.len());
                let plain = rest.get(..end).unwrap_or_default();
                if let Some(stray) = plain.find('}') {
                    return Err(Misread::new(at + stray, "a `}` without its `{`"));
                }
                parts.push(Part::Text(plain.to_owned()));
                at += end;
                continue;
            };
            let end = inside.find('}').ok_or_else(|| Misread::new(at, "a `{` without its `}`"))?;
            let column = inside.get(..end).unwrap_or_default().trim();
            if column.is_empty() || column.contains('{') {
                return Err(Misread::new(at, "`{…}` must hold one column"));
            }
            if matches!(parts.last(), Some(Part::Column(_))) {
                return Err(Misread::new(at, "two columns of a template need text between them"));
            }
            parts.push(Part::Column(column.to_owned()));
            at += end + 2;
        }
        let template = Self(parts);
        if template.columns().next().is_none() {
            return Err(Misread::new(0, "a template names at least one {column}"));
        }
        Ok(template)
    }
}

impl FromStr for Path {
    type Err = Misread;

    fn from_str(text: &str) -> Result<Self, Misread> {
        let mut cursor = Cursor::new(text);
        if !cursor.eat("$") {
            return Err(cursor.unexpected("a path that begins with `$`"));
        }
        let mut steps = Vec::new();
        while !cursor.rest().is_empty() {
            steps.push(if cursor.eat("[]") {
                Step::Each
            } else if cursor.eat("{}") {
                Step::Keys
            } else if cursor.eat(".**") {
                Step::Below
            } else if cursor.eat(".") {
                Step::Key(cursor.name()?)
            } else {
                return Err(cursor.unexpected("`.name`, `[]`, `{}` or `.**`"));
            });
        }
        Ok(Self(steps))
    }
}

impl FromStr for Places {
    type Err = Misread;

    fn from_str(text: &str) -> Result<Self, Misread> {
        if let Some(template) = text.strip_prefix("file:") {
            return template.parse().map(Self::File).map_err(|error: Misread| error.moved("file:".len()));
        }
        if let Some(inner) = text.trim().strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            return inner.split(',').map(|part| part.trim().parse()).collect::<Result<_, _>>().map(Self::All);
        }
        if text.starts_with('"') || (text.contains(':') && !text.contains('{')) || text.contains(":json:") {
            return one(text).map(Self::One);
        }
        if text.contains(['{', '}']) {
            return text.parse().map(Self::Template);
        }
        let column = text.trim().to_owned();
        if column.is_empty() {
            return Err(Misread::new(0, "a column's name is empty"));
        }
        Ok(Self::One(Place { column, decoder: None, path: None }))
    }
}

fn one(text: &str) -> Result<Place, Misread> {
    let mut cursor = Cursor::new(text);
    let column = cursor.name()?;
    let decoder = if cursor.eat(":") { Some(decoder(&cursor.name()?)) } else { None };
    let path = if decoder.is_some() && cursor.eat(":") {
        let at = cursor.at();
        return Ok(Place { column, decoder, path: Some(cursor.rest().parse().map_err(|e: Misread| e.moved(at))?) });
    } else {
        None
    };
    cursor.end()?;
    Ok(Place { column, decoder, path })
}

fn decoder(word: &str) -> Decoder {
    match word {
        "json" => Decoder::Json,
        "php" => Decoder::Php,
        "lines" => Decoder::Lines,
        "commas" => Decoder::Commas,
        other => Decoder::Declared(other.to_owned()),
    }
}

impl fmt::Display for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Json => "json",
            Self::Php => "php",
            Self::Lines => "lines",
            Self::Commas => "commas",
            Self::Declared(name) => name,
        })
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("$")?;
        for step in &self.0 {
            match step {
                Step::Key(name) => write!(f, ".{}", quoted(name))?,
                Step::Each => f.write_str("[]")?,
                Step::Keys => f.write_str("{}")?,
                Step::Below => f.write_str(".**")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&quoted(&self.column))?;
        if let Some(decoder) = &self.decoder {
            write!(f, ":{decoder}")?;
        }
        if let Some(path) = &self.path {
            write!(f, ":{path}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| match part {
            Part::Text(text) => f.write_str(text),
            Part::Column(column) => write!(f, "{{{column}}}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Places {
        text.parse().unwrap()
    }

    #[test]
    fn a_column_may_have_any_name() {
        for name in ["phone", "Ship Name", "手机", "a-b"] {
            assert_eq!(read(name), Places::One(Place { column: name.into(), decoder: None, path: None }));
        }
        assert_eq!(read("\"a:b\""), Places::One(Place { column: "a:b".into(), decoder: None, path: None }));
    }

    #[test]
    fn decoders_and_paths_are_kept() {
        let Places::One(place) = read("extra:json:$.contacts[].phone") else { panic!() };
        assert_eq!(place.decoder, Some(Decoder::Json));
        let path = vec![Step::Key("contacts".into()), Step::Each, Step::Key("phone".into())];
        assert_eq!(place.path, Some(Path(path)));
        assert_eq!(place.to_string(), "extra:json:$.contacts[].phone");
        let Places::One(place) = read("m:json:$.by_phone{}.**") else { panic!() };
        assert_eq!(place.path.unwrap().0[1..], [Step::Keys, Step::Below]);
        let Places::One(place) = read("tags:commas") else { panic!() };
        assert_eq!((place.decoder, place.path), (Some(Decoder::Commas), None));
    }

    #[test]
    fn files_and_templates_name_their_columns() {
        let Places::File(template) = read("file:voice/{id}/{path}.wav") else { panic!() };
        assert_eq!(template.columns().collect::<Vec<_>>(), ["id", "path"]);
        assert_eq!(template.to_string(), "voice/{id}/{path}.wav");
        assert!(matches!(read("@{user_id}:host"), Places::Template(_)));
        assert!(matches!(read("(tenant_id, account_no)"), Places::All(all) if all.len() == 2));
    }

    #[test]
    fn what_cannot_be_inverted_is_refused() {
        assert!("{a}{b}".parse::<Template>().unwrap_err().message.contains("between"));
        assert!("file:voice".parse::<Places>().unwrap_err().message.contains("{column}"));
        assert!("x{".parse::<Template>().is_err());
        assert!("x}{a}".parse::<Template>().is_err());
        assert!("{}".parse::<Template>().is_err());
        assert!("a:json:b".parse::<Places>().is_err());
        assert!("".parse::<Places>().is_err());
    }
}
