//! Rows as they were before a change and as it left them: what an undo puts back, and what it rests on. They hold
//! personal data and stand only sealed, beside the casebook.

use crate::value::{Key, Value};

/// The file of a vault in which they stand.
pub const IMAGES: &str = "rows";

/// A record of what is kept of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImageRecord {
    /// A table of which rows follow, and the columns that are kept: by name, because the map may change meanwhile
    Table {
        /// Its name
        name: String,
        /// Its columns
        columns: Vec<String>,
    },
    /// A row
    Row(Image),
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Its table, by place among those named before
    pub table: usize,
    /// What named it
    pub key: Key,
    /// Its cells
    pub before: Vec<Value>,
    /// What names it since and what its cells are; none of a row that went
    pub after: Option<(Key, Vec<Value>)>,
    /// The cells, by place, that the change itself wrote; others that differ are what triggers made of it
    pub wrote: Vec<usize>,
}

impl ImageRecord {
    /// The bytes: `t` or `r`, then the record.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let texts = |texts: &[String]| Key(texts.iter().map(|text| Value::from(text.as_str())).collect());
        match self {
            Self::Table { name, columns } => {
                out.push(b't');
                texts(std::slice::from_ref(name)).encode(&mut out);
                texts(columns).encode(&mut out);
            }
            Self::Row(Image { table, key, before, after, wrote }) => {
                out.push(b'r');
                out.extend((*table as u64).to_be_bytes());
                key.encode(&mut out);
                list(before).encode(&mut out);
                out.push(u8::from(after.is_some()));
                if let Some((key, cells)) = after {
                    key.encode(&mut out);
                    list(cells).encode(&mut out);
                }
                places(wrote).encode(&mut out);
            }
        }
        out
    }

    /// Reads a record; `None` when it is none.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (sort, mut rest) = bytes.split_first()?;
        let texts = |key: Key| key.0.iter().map(|text| text.as_text().map(str::to_owned)).collect::<Option<Vec<_>>>();
        let record = match sort {
            b't' => {
                let name = texts(Key::decode(&mut rest)?)?.pop()?;
                Self::Table { name, columns: texts(Key::decode(&mut rest)?)? }
            }
            b'r' => {
                let (table, tail) = rest.split_first_chunk::<8>()?;
                rest = tail;
                let table = usize::try_from(u64::from_be_bytes(*table)).ok()?;
                let (key, before) = (Key::decode(&mut rest)?, Key::decode(&mut rest)?.0);
                let (stays, tail) = rest.split_first()?;
                rest = tail;
                let after = match stays {
                    0 => None,
                    _ => Some((Key::decode(&mut rest)?, Key::decode(&mut rest)?.0)),
                };
                let wrote = Key::decode(&mut rest)?.0.iter().map(place).collect::<Option<_>>()?;
                Self::Row(Image { table, key, before, after, wrote })
            }
            _ => return None,
        };
        rest.is_empty().then_some(record)
    }
}

/// A list of cells is encoded as a key is: with its length.
fn list(cells: &[Value]) -> Key {
    Key(cells.to_vec())
}

fn places(places: &[usize]) -> Key {
    Key(places.iter().map(|at| Value::from(i64::try_from(*at).unwrap_or(i64::MAX))).collect())
}

fn place(value: &Value) -> Option<usize> {
    usize::try_from(value.as_integer()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_reads_back() {
        let key = Key(vec![7.into(), "a".into()]);
        let before = vec![Value::Null, Value::Real(0.1), Value::Blob(vec![0, 255]), Value::Malformed(vec![0xff])];
        let after = (Key(vec!["token".into()]), vec![Value::Null; 4]);
        let table = ImageRecord::Table { name: "a\"b".to_owned(), columns: vec!["c".to_owned(), "张".to_owned()] };
        let gone = Image { table: 3, key: key.clone(), before: before.clone(), after: None, wrote: Vec::new() };
        let stays = Image { after: Some(after), wrote: vec![0, 3], ..gone.clone() };
        for record in [table, ImageRecord::Row(gone), ImageRecord::Row(stays)] {
            let bytes = record.encode();
            assert_eq!(ImageRecord::decode(&bytes), Some(record));
            assert_eq!(ImageRecord::decode(&bytes[..bytes.len() - 1]), None);
            assert_eq!(ImageRecord::decode(&[bytes.as_slice(), &[0]].concat()), None);
        }
    }
}
