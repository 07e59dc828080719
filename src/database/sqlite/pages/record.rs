//! Records: how the cells of a row stand in a payload.

use super::varint;

/// A column of up to this many bytes is handed out; of a longer one only that it is there.
pub const SHOWN: usize = 64;

/// A header longer than this is not read; no table has so many columns.
const LONGEST_HEADER: u64 = 1 << 18;

/// A column of a record.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Column<'a> {
    /// NULL
    Null,
    /// A whole number
    Integer(i64),
    /// A floating-point number
    Real(f64),
    /// Text in the encoding of the database
    Text(&'a [u8]),
    /// Bytes
    Blob(&'a [u8]),
    /// Text or bytes longer than [`SHOWN`]
    Long,
}

/// Reads a record as its payload comes, piece by piece: a payload of a gigabyte takes no more memory than a small one.
#[derive(Debug, Default)]
pub struct RecordReader {
    /// The header as far as it has come, then the columns' types
    header: Vec<u8>,
    types: Vec<u64>,
    in_columns: bool,
    broken: bool,
    next: usize,
    /// Bytes of the current column that are still to come, and those that came
    missing: u64,
    held: Vec<u8>,
}

impl RecordReader {
    /// Forgets the record before.
    pub fn begin(&mut self) {
        self.header.clear();
        self.types.clear();
        self.held.clear();
        (self.in_columns, self.broken, self.next, self.missing) = (false, false, 0, 0);
    }

    /// Takes the next piece and hands every column that is complete now to `each`, with its place in the record.
    pub fn feed(&mut self, mut piece: &[u8], each: &mut dyn FnMut(usize, Column<'_>)) {
        if !self.in_columns && !self.broken {
            piece = self.feed_header(piece);
        }
        if self.in_columns && !self.broken {
            self.feed_columns(piece, each);
        }
    }

    /// Whether what came was no record.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    fn feed_header<'p>(&mut self, piece: &'p [u8]) -> &'p [u8] {
        let before = self.header.len();
        let known = |header: &[u8]| varint::read(header, 0);
        let wanted = match known(&self.header).or_else(|| {
            self.header.extend_from_slice(&piece[..piece.len().min(9)]);
            let known = known(&self.header);
            self.header.truncate(before);
            known
        }) {
            Some((length, _)) if length <= LONGEST_HEADER && length > 0 => usize::try_from(length).unwrap_or(0),
            Some(_) => {
                self.broken = true;
                return &[];
            }
            None => {
                self.header.extend_from_slice(piece);
                return &[];
            }
        };
        let (more, rest) = piece.split_at(piece.len().min(wanted.saturating_sub(before)));
        self.header.extend_from_slice(more);
        if self.header.len() >= wanted {
            self.read_types(wanted);
        }
        rest
    }

    fn read_types(&mut self, length: usize) {
        let mut at = varint::read(&self.header, 0).map_or(length, |(_, length)| length);
        while at < length {
            match varint::read(&self.header, at) {
                Some((kind, taken)) if at + taken <= length && kind != 10 && kind != 11 => {
                    self.types.push(kind);
                    at += taken;
                }
                _ => {
                    self.broken = true;
                    return;
                }
            }
        }
        self.in_columns = true;
        self.missing = self.types.first().map_or(0, |kind| width(*kind));
    }

    fn feed_columns(&mut self, mut piece: &[u8], each: &mut dyn FnMut(usize, Column<'_>)) {
        while let Some(kind) = self.types.get(self.next).copied() {
            let whole = width(kind);
            let taken = usize::try_from(self.missing).unwrap_or(usize::MAX).min(piece.len());
            let (part, rest) = piece.split_at(taken);
            let complete = taken as u64 == self.missing;
            if whole > SHOWN as u64 {
                if complete {
                    each(self.next, Column::Long);
                }
            } else if complete && self.held.is_empty() {
                each(self.next, column(kind, part));
            } else {
                self.held.extend_from_slice(part);
                if complete {
                    each(self.next, column(kind, &self.held));
                }
            }
            self.missing -= taken as u64;
            piece = rest;
            if !complete {
                return;
            }
            self.held.clear();
            self.next += 1;
            self.missing = self.types.get(self.next).map_or(0, |kind| width(*kind));
        }
    }
}

/// Bytes of a column by its serial type.
fn width(kind: u64) -> u64 {
    match kind {
        0 | 8..=11 => 0,
        1..=4 => kind,
        5 => 6,
        6 | 7 => 8,
        _ => (kind - 12) / 2,
    }
}

fn column(kind: u64, bytes: &[u8]) -> Column<'_> {
    match kind {
        0 => Column::Null,
        8 => Column::Integer(0),
        9 => Column::Integer(1),
        7 => Column::Real(f64::from_bits(bytes.iter().fold(0, |n, b| n << 8 | u64::from(*b)))),
        1..=6 => {
            let sign = if bytes.first().is_some_and(|b| b & 0x80 != 0) { -1 } else { 0 };
            Column::Integer(bytes.iter().fold(sign, |n, b| n << 8 | i64::from(*b)))
        }
        _ if kind.is_multiple_of(2) => Column::Blob(bytes),
        _ => Column::Text(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// NULL, 0, 1, -2 in one byte, 13800138000 in six, 1.5, "ab", x'0102', a text of 70 bytes.
    fn record() -> Vec<u8> {
        let mut bytes = vec![11, 0, 8, 9, 1, 5, 7, 17, 16, 0x81, 0x19];
        bytes.push(0xfe);
        bytes.extend(&13_800_138_000_i64.to_be_bytes()[2..]);
        bytes.extend(1.5_f64.to_bits().to_be_bytes());
        bytes.extend(b"ab\x01\x02");
        bytes.extend([b'x'; 70]);
        bytes
    }

    fn read(pieces: &[&[u8]]) -> (Vec<String>, bool) {
        let mut reader = RecordReader::default();
        let mut seen = Vec::new();
        reader.begin();
        for piece in pieces {
            reader.feed(piece, &mut |at, column| seen.push(format!("{at} {column:?}")));
        }
        (seen, reader.is_broken())
    }

    #[test]
    fn every_type_is_read_however_it_is_cut() {
        let record = record();
        let whole = read(&[&record]);
        assert_eq!(
            whole.0,
            [
                "0 Null",
                "1 Integer(0)",
                "2 Integer(1)",
                "3 Integer(-2)",
                "4 Integer(13800138000)",
                "5 Real(1.5)",
                "6 Text([97, 98])",
                "7 Blob([1, 2])",
                "8 Long",
            ]
        );
        for cut in 0..=record.len() {
            assert_eq!(read(&[&record[..cut], &record[cut..]]), whole, "{cut}");
        }
        let single: Vec<&[u8]> = record.chunks(1).collect();
        assert_eq!(read(&single), whole);
    }

    #[test]
    fn what_is_no_record_is_told() {
        assert!(read(&[&[0]]).1, "a header of no length");
        assert!(read(&[&[2, 10]]).1, "a reserved type");
        assert!(read(&[&[2, 0x81]]).1, "a type that is cut off");
        assert!(read(&[&[0xff; 20]]).1, "a header without end");
        assert!(!read(&[&[1]]).1);
    }
}
