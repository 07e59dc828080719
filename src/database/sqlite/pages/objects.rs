//! What the schema says has a b-tree.

use super::{
    Damage,
    layout::Encoding,
    record::{Column, RecordReader},
};

/// A longer entry is not read further than this; type, names and root stand in front.
const READ: usize = 1 << 20;

/// A table or index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Its name
    pub name: String,
    /// The table it belongs to, itself if it is one
    pub table: String,
    /// Whether it is an index
    pub index: bool,
    /// Where its b-tree begins
    pub root: u32,
}

impl Object {
    /// The table of all others.
    pub(super) fn schema() -> Self {
        let name = "sqlite_schema".to_owned();
        Self { table: name.clone(), name, index: false, root: 1 }
    }
}

/// Reads the rows of the schema as the walk comes by.
#[derive(Debug)]
pub(super) struct Reading {
    encoding: Encoding,
    rows: Vec<Vec<u8>>,
    room: usize,
}

impl Reading {
    pub(super) fn new(encoding: Encoding) -> Self {
        Self { encoding, rows: Vec::new(), room: 0 }
    }

    pub(super) fn begin(&mut self) {
        self.rows.push(Vec::new());
        self.room = READ;
    }

    pub(super) fn feed(&mut self, piece: &[u8]) {
        let piece = &piece[..piece.len().min(self.room)];
        self.room -= piece.len();
        if let Some(row) = self.rows.last_mut() {
            row.extend_from_slice(piece);
        }
    }

    /// What has a root.
    pub(super) fn objects(&self) -> Result<Vec<Object>, Damage> {
        let read = self.rows.iter().map(|row| self.object(row));
        read.filter_map(Result::transpose).collect()
    }

    fn object(&self, row: &[u8]) -> Result<Option<Object>, Damage> {
        let wrong = Damage::new(1, "an entry of the schema cannot be read");
        let (mut kind, mut root) = (None, None);
        let mut reader = RecordReader::default();
        reader.feed(row, &mut |at, column| match (at, column) {
            (0, Column::Text(text)) => kind = Some(self.text(text)),
            (3, Column::Integer(number)) => root = u32::try_from(number).ok(),
            (3, Column::Null) => root = Some(0),
            _ => {}
        });
        if reader.is_broken() {
            return Err(wrong);
        }
        let (kind, root) = (kind.ok_or(wrong)?, root.ok_or(wrong)?);
        if root == 0 || root == 1 {
            return if root == 0 { Ok(None) } else { Err(wrong) };
        }
        let index = match kind.as_str() {
            "table" => false,
            "index" => true,
            _ => return Err(wrong),
        };
        let [name, table] = self.names(row).ok_or(wrong)?;
        Ok(Some(Object { name, table, index, root }))
    }

    /// Names may be longer than what a reader of records shows.
    fn names(&self, row: &[u8]) -> Option<[String; 2]> {
        let (header, mut at) = super::varint::read(row, 0)?;
        let mut start = usize::try_from(header).ok()?;
        let mut texts = Vec::with_capacity(3);
        for _ in 0..3 {
            let (kind, length) = super::varint::read(row, at)?;
            at += length;
            let length = usize::try_from(kind.checked_sub(13)? / 2).ok()?;
            texts.push(self.text(row.get(start..start.checked_add(length)?)?));
            start += length;
        }
        let table = texts.pop()?;
        Some([texts.pop()?, table])
    }

    fn text(&self, bytes: &[u8]) -> String {
        let units =
            |unit: fn([u8; 2]) -> u16| -> Vec<u16> { bytes.as_chunks().0.iter().map(|pair| unit(*pair)).collect() };
        match self.encoding {
            Encoding::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
            Encoding::Utf16Le => String::from_utf16_lossy(&units(u16::from_le_bytes)),
            Encoding::Utf16Be => String::from_utf16_lossy(&units(u16::from_be_bytes)),
        }
    }
}
