//! Asking for what must not be seen: a passphrase, typed at the terminal and nowhere else.

use std::io::{BufRead, stdin};

use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

use super::{
    failure::Failure,
    out::Out,
    session::Session,
    text::{Text, trouble},
};

/// Asks for a line that is not shown. It is never read from a pipe, a file or the environment.
pub(crate) fn ask(
    question: Text,
    values: &[(&str, &str)],
    session: &mut Session<'_>,
    out: &mut Out<'_>,
) -> Result<Zeroizing<String>, Failure> {
    if !session.can_ask() {
        return Err(trouble::PASSPHRASE_NEEDS_TERMINAL.plain());
    }
    // dark before the question, so that nobody types ahead of it
    let dark = Dark::make()?;
    out.ask(&question.with(out.language(), values));
    let typed = line(session.stdin);
    drop(dark);
    out.end_line();
    typed
}

/// The terminal neither shows what is typed nor acts on it, so that no way out of here leaves it dark: Ctrl-C is a byte
/// like others until it is put back.
struct Dark(Option<Termios>);

impl Dark {
    fn make() -> Result<Self, Failure> {
        // where there is no terminal after all, nothing is shown either
        let Ok(before) = tcgetattr(stdin()) else { return Ok(Self(None)) };
        let mut dark = before.clone();
        dark.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
        dark.special_codes[SpecialCodeIndex::VMIN] = 1;
        dark.special_codes[SpecialCodeIndex::VTIME] = 0;
        match tcsetattr(stdin(), OptionalActions::Flush, &dark) {
            Ok(()) => Ok(Self(Some(before))),
            Err(_) => Err(trouble::PASSPHRASE_NEEDS_TERMINAL.plain()),
        }
    }
}

impl Drop for Dark {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            // a terminal that is gone needs nothing
            let _back = tcsetattr(stdin(), OptionalActions::Flush, before);
        }
    }
}

/// One line, byte by byte: Backspace takes back a character, Ctrl-C and Ctrl-D end without one.
fn line(input: &mut dyn BufRead) -> Result<Zeroizing<String>, Failure> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(256)); // longer ones would leave copies behind
    loop {
        let Some(byte) = input.fill_buf().ok().and_then(|read| read.first().copied()) else {
            return Err(trouble::NOT_CONFIRMED.plain());
        };
        input.consume(1);
        match byte {
            b'\n' | b'\r' => break,
            3 => return Err(trouble::INTERRUPTED.plain()),
            4 => return Err(trouble::NOT_CONFIRMED.plain()),
            8 | 127 => while bytes.pop().is_some_and(|byte| byte & 0xc0 == 0x80) {},
            _ if bytes.len() == 256 => return Err(trouble::NOT_CONFIRMED.plain()),
            _ => bytes.push(byte),
        }
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| trouble::NOT_CONFIRMED.plain())?;
    Ok(Zeroizing::new(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(bytes: &[u8]) -> Result<String, &'static str> {
        line(&mut &*bytes).map(|text| text.to_string()).map_err(|failure| failure.code())
    }

    #[test]
    fn a_line_is_what_was_typed_and_not_taken_back() {
        assert_eq!(typed(b"horse\nbattery"), Ok("horse".to_owned()));
        assert_eq!(typed("马x\u{7f}\u{7f}a\r".as_bytes()), Ok("a".to_owned()));
        assert_eq!(typed(b"\x08\n"), Ok(String::new()));
    }

    #[test]
    fn what_does_not_end_is_nothing() {
        assert_eq!(typed(b"hor\x03se\n"), Err("interrupted"));
        assert_eq!(typed(b"horse"), Err("not_confirmed"));
        assert_eq!(typed(b"ho\x04"), Err("not_confirmed"));
        assert_eq!(typed(&[b'x'; 400]), Err("not_confirmed"));
        assert_eq!(typed(b"\xff\n"), Err("not_confirmed"));
    }
}
