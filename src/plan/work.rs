//! An intent's work list: what each step does, without why, and in the end what the plan amounts to. It holds keys and
//! file names and therefore stands only sealed in the casebook.

use super::{Act, Step, Totals, Written};
use crate::{
    data_map::classified::TableId,
    value::{Key, Value},
};

/// One record of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// A row to be changed
    Row(Work),
    /// The last one: what is found and kept, which `recover` puts on record after a crash
    Sums(Totals),
}

impl Record {
    /// The bytes: `r` or `s`, then the record.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Row(work) => [b"r".to_vec(), work.encode()].concat(),
            Self::Sums(totals) => [b"s".to_vec(), totals.encode()].concat(),
        }
    }

    /// Reads a record; `None` when it is none.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        match bytes.split_first()? {
            (b'r', work) => Work::decode(work).map(Self::Row),
            (b's', totals) => Totals::decode(totals).map(Self::Sums),
            _ => None,
        }
    }
}

/// What is to be done to one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    /// The table
    pub table: TableId,
    /// The row
    pub key: Key,
    /// What happens; never [`Act::Leave`]
    pub act: Act,
    /// Files that go
    pub files: Vec<String>,
}

impl Work {
    /// The work that `step` means; `None` when it changes nothing.
    #[must_use]
    pub fn of(step: &Step) -> Option<Self> {
        if step.act == Act::Leave {
            return None;
        }
        Some(Self { table: step.table, key: step.key.clone(), act: step.act.clone(), files: step.files.clone() })
    }

    /// Table, act, columns, key, files; numbers as big-endian 64 bits.
    fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let number = |n: usize| (n as u64).to_be_bytes();
        out.extend(number(self.table));
        out.push(match self.act {
            Act::Leave => b'l',
            Act::Delete => b'd',
            Act::Overwrite(_) => b'o',
            Act::Anonymize { linked: false, .. } => b'a',
            Act::Anonymize { linked: true, .. } => b'k',
            Act::Unlink(_) => b'u',
            Act::StrikeOut(_) => b's',
            Act::Set { .. } => b'v',
            Act::PutBack { .. } => b'p',
        });
        out.extend(number(self.act.columns().len()));
        self.act.columns().iter().for_each(|column| out.extend(number(*column)));
        self.key.encode(&mut out);
        Key(self.files.iter().map(|file| Value::from(file.as_str())).collect()).encode(&mut out);
        if let Act::Set { from, to, .. } = &self.act {
            from.iter().chain(to).for_each(|value| value.encode(&mut out));
        }
        if let Act::PutBack { values, .. } = &self.act {
            for value in values {
                value.encode(&mut out);
            }
        }
        if let Act::Anonymize { to, .. } = &self.act {
            for written in to {
                written.encode(&mut out);
            }
        }
        out
    }

    fn decode(mut bytes: &[u8]) -> Option<Self> {
        let table = number(&mut bytes)?;
        let (act, rest) = bytes.split_first()?;
        bytes = rest;
        let count = number(&mut bytes)?;
        let columns = (0..count).map(|_| number(&mut bytes)).collect::<Option<Vec<usize>>>()?;
        let key = Key::decode(&mut bytes)?;
        let files =
            Key::decode(&mut bytes)?.0.iter().map(|file| file.as_text().map(str::to_owned)).collect::<Option<_>>()?;
        let act = match act {
            b'd' => Act::Delete,
            b'o' => Act::Overwrite(columns),
            b'a' | b'k' => {
                let to = (0..count).map(|_| Written::decode(&mut bytes)).collect::<Option<_>>()?;
                Act::Anonymize { columns, to, linked: *act == b'k' }
            }
            b'u' => Act::Unlink(columns),
            b's' => Act::StrikeOut(columns),
            b'p' => Act::PutBack { values: values(&mut bytes, count)?, columns },
            b'v' => Act::Set { from: values(&mut bytes, count)?, to: values(&mut bytes, count)?, columns },
            _ => return None,
        };
        bytes.is_empty().then_some(Self { table, key, act, files })
    }
}

fn values(bytes: &mut &[u8], count: usize) -> Option<Vec<Value>> {
    (0..count).map(|_| Value::decode(bytes)).collect()
}

fn number(bytes: &mut &[u8]) -> Option<usize> {
    let (taken, rest) = bytes.split_first_chunk::<8>()?;
    *bytes = rest;
    usize::try_from(u64::from_be_bytes(*taken)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Kept, TableTotals};

    #[test]
    fn a_record_reads_back() {
        let key = Key(vec![Value::from(7), Value::from("a")]);
        let set = Act::Set {
            columns: vec![2, 5],
            from: vec![Value::Null, Value::from("old")],
            to: vec![Value::from(1), Value::from("new")],
        };
        let to = vec![Written::Null, Written::Constant("***".into())];
        let anonymized = Act::Anonymize { columns: vec![1, 2], to: to.clone(), linked: false };
        let linked = Act::Anonymize { columns: vec![1, 2], to, linked: true };
        let overwrite = Act::Overwrite(vec![1, 2]);
        let put_back = Act::PutBack { columns: vec![0, 1], values: vec![1.into(), Value::Blob(vec![0, 255])] };
        for act in
            [put_back, Act::Delete, overwrite, anonymized, linked, Act::Unlink(vec![0]), Act::StrikeOut(vec![4]), set]
        {
            let record = Record::Row(Work { table: 3, key: key.clone(), act, files: vec!["voice/1.amr".into()] });
            let bytes = record.encode();
            assert_eq!(Record::decode(&bytes), Some(record));
            assert_eq!(Record::decode(&bytes[..bytes.len() - 1]), None);
            assert_eq!(Record::decode(&[bytes.as_slice(), &[0]].concat()), None);
        }
    }

    #[test]
    fn sums_read_back_with_their_reasons() {
        let kept = |code, until| Kept { table: 2, code, law: "电子商务法 31".into(), until };
        let mut totals = Totals::default();
        totals.tables.insert(2, TableTotals { located: 5, deleted: 1, cells: 40, ..TableTotals::default() });
        totals.kept.insert(kept("RET", Some(jiff::civil::date(2029, 11, 23))), 3);
        totals.kept.insert(kept("HOLD", None), 1);
        let record = Record::Sums(totals);
        let bytes = record.encode();
        assert_eq!(Record::decode(&bytes), Some(record));
        let unknown = String::from_utf8(bytes).unwrap().replace("RET", "XYZ");
        assert_eq!(Record::decode(unknown.as_bytes()), None, "a reason that nobody knows is not made up");
    }
}
