//! One row on its way into the package: what of each cell is shown, and by what the row is named.

use std::{borrow::Cow, rc::Rc};

use super::{
    Columns, Copy, Known, Part, is_read_as_presence,
    long::{self, LongText},
    role_term, street,
    way::{Seen, Way},
};
use crate::{
    data_map::classified::{Column, Table},
    database::{LongCell, locate::Holding},
    error::Error,
    export::{self, Cell, Package, RowOut, Withheld},
    kind::{Kind, Profile, strike_out},
    refusal::Refusal,
    value::Value,
};

impl Copy<'_> {
    /// Writes the `number`-th row of its table.
    pub(super) fn write_row(
        &self,
        held: &Table,
        columns: &Columns,
        (holding, part): (&Holding, Part<'_>),
        (number, known): (u64, &Known),
        package: &mut Package,
    ) -> Result<(), Error> {
        let terms = &holding.terms[0];
        let case = columns.case.map(|at| &terms[at]);
        let mut cells = Vec::with_capacity(columns.places.len());
        for (at, term) in &columns.places {
            let column = &held.columns[*at];
            let seen = self.seen(held, column, case, part)?;
            // Of a credential only its presence was read.
            let absent = is_read_as_presence(column) && terms[*term] == Value::Integer(0);
            let value = if absent { &Value::Null } else { &terms[*term] };
            let long = holding.long.iter().find(|(at, _)| at == term).map(|(_, cell)| cell);
            cells.push(match long {
                Some(long) => self.long_cell(&seen, value, long, package)?,
                None => self.cell(&seen, value, known, package)?,
            });
        }
        let key = self.key(held, columns, (holding, part), case, number)?;
        let role = role_term(held, &holding.roles, self.language);
        let row = RowOut { key: &key, role: &role, state: &known.state, cells: &cells };
        Ok(package.row(&row)?)
    }

    /// The column in a row of this case.
    pub(super) fn seen<'s>(
        &'s self,
        held: &'s Table,
        column: &'s Column,
        case: Option<&Value>,
        part: Part<'s>,
    ) -> Result<Seen<'s>, Error> {
        let text = case.map(Value::to_canonical_text);
        let meaning = column.meaning_in(text.as_deref());
        let meaning = meaning.ok_or_else(|| Refusal::UnknownCase(held.name.to_string()))?;
        let unclear = case.is_some_and(|case| column.is_unclear_in(case));
        Ok(Seen { map: self.map, subject: self.subject, held, column, meaning, case: text, unclear, part })
    }

    /// What names the row. A part that its cell does not show is not shown here either: the row's number stands for it.
    fn key(
        &self,
        held: &Table,
        columns: &Columns,
        (holding, part): (&Holding, Part<'_>),
        case: Option<&Value>,
        number: u64,
    ) -> Result<String, Error> {
        let names = held.key_columns()?;
        let mut key = Vec::with_capacity(names.len());
        for (name, value) in names.iter().zip(&holding.key.0) {
            let place = held.columns.iter().position(|column| column.name.eq_ignore_ascii_case(name));
            let shown = match place {
                None => true, // the engine's own number of the row
                Some(at) => {
                    let seen = self.seen(held, &held.columns[at], case, part)?;
                    let given = columns.places.iter().any(|(given, _)| *given == at);
                    (given || !seen.meaning.kind.is_personal()) && self.is_shown(&seen, value)
                }
            };
            key.push(if shown { value.to_canonical_text() } else { format!("#{number}") });
        }
        Ok(key.join(" "))
    }

    /// Whether the value is shown as it is.
    fn is_shown(&self, seen: &Seen<'_>, value: &Value) -> bool {
        match seen.way(value) {
            Way::Show => true,
            Way::StrikeOut => self.struck(value).as_ref() == Some(value),
            Way::Attach | Way::Mask | Way::Withhold(_) => false,
        }
    }

    fn cell(&self, seen: &Seen<'_>, value: &Value, known: &Known, package: &mut Package) -> Result<Cell, Error> {
        if value.is_null() {
            return Ok(Cell::Shown(Value::Null));
        }
        Ok(match seen.way(value) {
            Way::Attach => self.attach(seen, value, known, package)?,
            way => self.plain_cell(seen, value, way),
        })
    }

    /// A cell that is no file.
    pub(super) fn plain_cell(&self, seen: &Seen<'_>, value: &Value, way: Way) -> Cell {
        match way {
            Way::Show => Cell::Shown(value.clone()),
            Way::Withhold(code) => Cell::Withheld(code),
            Way::Mask => Cell::Masked(export::Mask(seen.meaning.kind.mask(value, Profile::Waybill))),
            Way::StrikeOut => self.struck(value).map_or(Cell::Withheld(Withheld::Unreadable), Cell::Shown),
            Way::Attach => Cell::Withheld(Withheld::Unreadable),
        }
    }

    /// The value without other people's identifiers, whatever the engine holds it as; `None` for bytes that are no text, in
    /// which nobody can look for any.
    fn struck(&self, value: &Value) -> Option<Value> {
        let text: Cow<'_, str> = match value {
            Value::Null => return Some(Value::Null),
            Value::Text(text) => Cow::Borrowed(text),
            Value::Integer(number) => Cow::Owned(number.to_string()),
            Value::Real(number) if number.trunc().to_bits() == number.to_bits() => Cow::Owned(format!("{number:.0}")),
            Value::Real(_) => Cow::Owned(value.to_canonical_text()),
            Value::Malformed(bytes) => String::from_utf8_lossy(bytes),
            Value::Blob(bytes) => Cow::Borrowed(std::str::from_utf8(bytes).ok().filter(|text| is_plain(text))?),
        };
        let struck = strike_out(&text, &|found| self.is_own(found.kind, &found.canonical));
        let struck = street::without_streets(&struck);
        let is_number = matches!(value, Value::Integer(_) | Value::Real(_));
        Some(if is_number && struck == text { value.clone() } else { Value::Text(struck) })
    }

    /// What becomes of a cell that is read in pieces is decided by its begin: nothing by which a row is tied to anybody is
    /// as long. Bytes become a file, as shorter ones do; so does what is called text and is malformed.
    fn long_cell(
        &self,
        seen: &Seen<'_>,
        begin: &Value,
        cell: &Rc<dyn LongCell>,
        package: &mut Package,
    ) -> Result<Cell, Error> {
        let way = seen.way(begin);
        match way {
            Way::Withhold(_) | Way::Mask => return Ok(self.plain_cell(seen, begin, way)),
            // no file has so long a name
            Way::Show | Way::StrikeOut | Way::Attach => {}
        }
        if !long::is_text(&**cell)? {
            return Ok(match way {
                Way::StrikeOut => Cell::Withheld(Withheld::Unreadable),
                _ => Cell::File(package.attach(&mut cell.open()?)?),
            });
        }
        let text = match way {
            Way::StrikeOut => LongText::struck_out(cell, self.subject),
            _ => LongText::whole(cell),
        };
        Ok(Cell::Streamed(Rc::new(text)))
    }

    fn is_own(&self, kind: Kind, canonical: &str) -> bool {
        self.subject.values.iter().any(|known| known.kind == kind.word() && known.value.reveal() == canonical)
    }
}

/// Whether bytes that can be read as text are meant as such: in UTF-16, say, every other one is no sign.
fn is_plain(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r'))
}
