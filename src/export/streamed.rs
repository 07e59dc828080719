//! A text too long to be held: it comes in pieces, and every file of the package takes its share of each.

use std::{
    fmt::Debug,
    io::{self, Write},
    ops::ControlFlow,
};

use super::visible::{Csv, CsvMark, Json};

/// Characters of a streamed text that the page may show.
const FRONT: usize = 4096;

/// A text that can be read in pieces, any number of times, the same each time.
pub trait Pieces: Debug {
    /// Hands over piece by piece until the end, or until `take` has enough.
    fn each(&self, take: &mut dyn FnMut(&str) -> io::Result<ControlFlow<()>>) -> io::Result<()>;
}

/// Writes the text to `data` as JSON and to `csv` as a field, in one pass; returns its begin.
pub(super) fn write(pieces: &dyn Pieces, data: &mut dyn Write, csv: &mut dyn Write) -> io::Result<String> {
    let mut mark = CsvMark::default();
    pieces.each(&mut |piece| Ok(mark.look(piece)))?;
    data.write_all(b"\"")?;
    csv.write_all(if mark.is_wanted() { b"\"'" } else { b"\"" })?;
    let mut front = String::new();
    let mut held_back = false; // a carriage return, until it is known whether it begins a line break
    pieces.each(&mut |piece| {
        Json(piece).write_inside(&mut &mut *data)?;
        let joined;
        let mut piece = piece;
        if std::mem::take(&mut held_back) {
            joined = format!("\r{piece}");
            piece = &joined;
        }
        if let Some(short) = piece.strip_suffix('\r') {
            held_back = true;
            piece = short;
        }
        Csv(piece).write_inside(csv)?;
        if front.len() < FRONT * 4 {
            front.extend(piece.chars().take(FRONT));
        }
        Ok(ControlFlow::Continue(()))
    })?;
    if held_back {
        Csv("\r").write_inside(csv)?;
    }
    data.write_all(b"\"")?;
    csv.write_all(b"\"")?;
    Ok(front)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Cut(&'static [&'static str]);

    impl Pieces for Cut {
        fn each(&self, take: &mut dyn FnMut(&str) -> io::Result<ControlFlow<()>>) -> io::Result<()> {
            for piece in self.0 {
                if take(piece)?.is_break() {
                    break;
                }
            }
            Ok(())
        }
    }

    #[test]
    fn pieces_are_written_as_the_whole_would_be() {
        for pieces in [
            &["a", "b\"c", "", "\u{1b}d\u{202e}"][..],
            &["one\r", "\ntwo\r", "three\r"],
            &["  ", "\u{feff}", "=1+1"],
            &["00", "7"],
            &["12345678", "90123456"],
            &["12345678", "9012345x"],
            &["-", "1"],
            &["\r", "\n"],
            &[" ", "a=1"],
            &["0"],
            &[],
        ] {
            let whole = pieces.concat();
            let (mut data, mut csv) = (Vec::new(), Vec::new());
            let front = write(&Cut(pieces), &mut data, &mut csv).unwrap();
            assert_eq!(String::from_utf8(data).unwrap(), Json(&whole).to_string());
            assert_eq!(String::from_utf8(csv).unwrap(), Csv(&whole).to_string());
            assert_eq!(front, whole.trim_end_matches('\r'));
        }
    }
}
