//! Cells that are too long to be held: decided by their begin, read in pieces, struck out on the way.

use std::{
    fmt,
    io::{self, Read},
    ops::ControlFlow,
    rc::Rc,
};

use super::street::Streets;
use crate::{
    case::identity::IdentitySet,
    database::{DatabaseError, LongCell},
    export::Pieces,
    kind::{Found, Striking},
};

/// Bytes of a cell that are held with its row.
pub(super) const HELD: usize = 1024 * 1024;

/// Bytes that are read at once.
const PIECE: usize = 64 * 1024;

/// A long text as the person may see it.
pub(super) struct LongText {
    cell: Rc<dyn LongCell>,
    /// The person's own values by kind, where others' are struck out
    own: Option<Vec<(String, String)>>,
}

/// Length: the content is somebody's.
impl fmt::Debug for LongText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LongText({} bytes)", self.cell.bytes())
    }
}

impl LongText {
    /// The text as it is.
    pub(super) fn whole(cell: &Rc<dyn LongCell>) -> Self {
        Self { cell: Rc::clone(cell), own: None }
    }

    /// The text without other people's identifiers.
    pub(super) fn struck_out(cell: &Rc<dyn LongCell>, subject: &IdentitySet) -> Self {
        let own = subject.values.iter().map(|known| (known.kind.clone(), known.value.reveal().to_owned()));
        Self { cell: Rc::clone(cell), own: Some(own.collect()) }
    }
}

impl Pieces for LongText {
    fn each(&self, take: &mut dyn FnMut(&str) -> io::Result<ControlFlow<()>>) -> io::Result<()> {
        let Some(own) = &self.own else { return texts(&*self.cell, take) };
        let is_own =
            |found: &Found| own.iter().any(|(kind, value)| *kind == found.kind.word() && *value == found.canonical);
        let (mut striking, mut streets) = (Striking::new(&is_own), Streets::default());
        let mut stopped = false;
        texts(&*self.cell, &mut |piece| {
            let flow = take(&streets.push(&striking.push(piece)))?;
            stopped = flow.is_break();
            Ok(flow)
        })?;
        if !stopped && take(&streets.push(&striking.finish()))?.is_continue() {
            let _: ControlFlow<()> = take(&streets.finish())?;
        }
        Ok(())
    }
}

/// Whether the cell is text from begin to end.
pub(super) fn is_text(cell: &dyn LongCell) -> Result<bool, DatabaseError> {
    if !cell.is_text() {
        return Ok(false);
    }
    cell.open()?; // what cannot be opened is no malformed text
    match texts(cell, &mut |_| Ok(ControlFlow::Continue(()))) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(false),
        Err(_) => Err(DatabaseError::Engine("a long value cannot be read".into())),
    }
}

/// Hands the text over in pieces that end between characters.
fn texts(cell: &dyn LongCell, take: &mut dyn FnMut(&str) -> io::Result<ControlFlow<()>>) -> io::Result<()> {
    let mut from = cell.open().map_err(io::Error::other)?;
    let mut buffer = vec![0; PIECE];
    let mut kept = 0;
    loop {
        let read = from.read(&mut buffer[kept..])?;
        let held = kept + read;
        let valid = match std::str::from_utf8(&buffer[..held]) {
            Ok(_) => held,
            Err(error) if error.error_len().is_none() && read > 0 => error.valid_up_to(),
            Err(_) => return Err(io::ErrorKind::InvalidData.into()),
        };
        if let Ok(piece) = std::str::from_utf8(&buffer[..valid])
            && !piece.is_empty()
            && take(piece)?.is_break()
        {
            return Ok(());
        }
        if read == 0 {
            return Ok(());
        }
        buffer.copy_within(valid..held, 0);
        kept = held - valid;
    }
}
