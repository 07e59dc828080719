//! Lines and cells of a CSV file, by RFC 4180 to the letter: a reader that is kind to broken files would move one
//! person's cells to another.

use super::IntakeError;

/// One line and where it begins.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) number: usize,
    pub(super) cells: Vec<String>,
}

/// Takes a text apart. Blank lines are skipped; every other one has as many cells as the first.
pub(super) fn lines(text: &str, delimiter: char) -> Result<Vec<Line>, IntakeError> {
    let mut reader = Reader { rest: text.chars().peekable(), line: 1, delimiter };
    let mut lines: Vec<Line> = Vec::new();
    while reader.rest.peek().is_some() {
        let number = reader.line;
        let cells = reader.line()?;
        if cells.iter().all(String::is_empty) && cells.len() == 1 {
            continue;
        }
        let wanted = lines.first().map_or(cells.len(), |first| first.cells.len());
        if cells.len() != wanted {
            let why = format!("{} cells where the header has {wanted}", cells.len());
            return Err(IntakeError::Line { line: number, why });
        }
        lines.push(Line { number, cells });
    }
    Ok(lines)
}

struct Reader<'a> {
    rest: std::iter::Peekable<std::str::Chars<'a>>,
    line: usize,
    delimiter: char,
}

impl Reader<'_> {
    fn line(&mut self) -> Result<Vec<String>, IntakeError> {
        let mut cells = Vec::new();
        loop {
            cells.push(if self.rest.next_if_eq(&'"').is_some() { self.quoted()? } else { self.plain()? });
            match self.rest.next() {
                Some(c) if c == self.delimiter => {}
                Some('\r') if self.rest.next_if_eq(&'\n').is_none() => {
                    return Err(self.wrong("a carriage return without a line feed"));
                }
                Some('\r' | '\n') => {
                    self.line += 1;
                    return Ok(cells);
                }
                Some(_) => return Err(self.wrong("text after a closing quotation mark")),
                None => return Ok(cells),
            }
        }
    }

    fn plain(&mut self) -> Result<String, IntakeError> {
        let mut cell = String::new();
        while let Some(&c) = self.rest.peek() {
            match c {
                '\r' | '\n' => break,
                c if c == self.delimiter => break,
                '"' => return Err(self.wrong("a quotation mark within a cell that is not quoted")),
                '\0' => return Err(self.wrong("a NUL")),
                c => cell.push(c),
            }
            self.rest.next();
        }
        Ok(cell)
    }

    /// The rest of a quoted cell, its closing mark included.
    fn quoted(&mut self) -> Result<String, IntakeError> {
        let began = self.line;
        let mut cell = String::new();
        while let Some(c) = self.rest.next() {
            match c {
                '"' if self.rest.next_if_eq(&'"').is_none() => return Ok(cell),
                '\0' => return Err(self.wrong("a NUL")),
                '\n' => self.line += 1,
                _ => {}
            }
            cell.push(c);
        }
        Err(IntakeError::Line { line: began, why: "a quotation mark that is never closed".to_owned() })
    }

    fn wrong(&self, why: &str) -> IntakeError {
        IntakeError::Line { line: self.line, why: why.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(usize, Vec<String>)> {
        lines(text, ',').unwrap().into_iter().map(|line| (line.number, line.cells)).collect()
    }

    fn broken(text: &str) -> String {
        lines(text, ',').unwrap_err().to_string()
    }

    #[test]
    fn quotes_line_ends_and_blank_lines() {
        let cells = |list: &[&str]| list.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        let read = read("a,b\r\n\r\n\"x \"\"y\"\"\",\"1\n2\"\n,\"\"\nc,d");
        assert_eq!(
            read,
            [(1, cells(&["a", "b"])), (3, cells(&["x \"y\"", "1\n2"])), (5, cells(&["", ""])), (6, cells(&["c", "d"]))]
        );
    }

    #[test]
    fn a_broken_line_is_named_by_its_number() {
        assert_eq!(broken("a,b\n1\n"), "line 2: 1 cells where the header has 2");
        assert_eq!(broken("a,b\n1,2,3\n"), "line 2: 3 cells where the header has 2");
        assert_eq!(broken("a,b\n\n1,x\"y\n"), "line 3: a quotation mark within a cell that is not quoted");
        assert_eq!(broken("a,b\n\"x\"y,2\n"), "line 2: text after a closing quotation mark");
        assert_eq!(broken("a,b\n1,2\n\"x,2\n3,4\n"), "line 3: a quotation mark that is never closed");
        assert_eq!(broken("a,b\n1,\0\n"), "line 2: a NUL");
        assert_eq!(broken("a,b\r1,2\r"), "line 1: a carriage return without a line feed");
    }

    #[test]
    fn another_delimiter_leaves_commas_alone() {
        assert_eq!(lines("a;b\n1,5;2", ';').unwrap()[1].cells, ["1,5", "2"]);
    }
}
