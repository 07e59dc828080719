//! Asking. Nothing hangs: without a terminal, or with `--no-input`, the flag that answers is named instead.

use super::{
    database::Trusted,
    failure::Failure,
    out::Out,
    session::Session,
    text::{Text, trouble},
    undo::Keeps,
};

const TYPE_IT: Text = Text {
    en: "This cannot be taken back. Type {word} to go on:",
    zh: "此操作不可撤回。请输入 {word} 以继续：",
};

const TYPE_IT_FOR_NOW: Text = Text {
    en: "This can be taken back for {hours} hours (droit undo), and not later. Type {word} to go on:",
    zh: "此操作在 {hours} 小时内可以撤销（droit undo），此后不可撤回。请输入 {word} 以继续：",
};

const TYPE_IT_TO_UNDO: Text = Text {
    en: "What was changed will be as it was before. Type {word} to go on:",
    zh: "已更改的内容将恢复原状。请输入 {word} 以继续：",
};

/// Severe: what is changed must be typed, or be named by `--confirm`. `--yes` never covers this.
pub(crate) fn by_typing(
    word: &str,
    confirmed: Option<&str>,
    session: &mut Session<'_>,
    out: &mut Out<'_>,
) -> Result<(), Failure> {
    match confirmed {
        Some(given) if given == word => return Ok(()),
        Some(_) => return Err(trouble::CONFIRMS_ANOTHER.with(&[("case", word)])),
        None if !session.can_ask() => return Err(trouble::NEEDS_CONFIRM.with(&[("case", word)])),
        None => {}
    }
    let question = match session.keeps {
        Keeps::For(_, window) => {
            TYPE_IT_FOR_NOW.with(out.language(), &[("word", word), ("hours", &window.as_hours().to_string())])
        }
        Keeps::Undoing => TYPE_IT_TO_UNDO.with(out.language(), &[("word", word)]),
        Keeps::Nothing | Keeps::NotFor(_) => TYPE_IT.with(out.language(), &[("word", word)]),
    };
    if answer(&question, session, out)? == word { Ok(()) } else { Err(trouble::NOT_CONFIRMED.plain()) }
}

/// The same of a change of the user database, which is let go of: whoever reads a plan holds up no writer.
pub(crate) fn of_change(
    word: &str,
    confirmed: Option<&str>,
    trusted: &mut Trusted,
    session: &mut Session<'_>,
    out: &mut Out<'_>,
) -> anyhow::Result<()> {
    trusted.database.renew()?;
    Ok(by_typing(word, confirmed, session, out)?)
}

/// Moderate: yes or no, or `--yes`.
pub(crate) fn by_yes(
    question: Text,
    values: &[(&str, &str)],
    yes: bool,
    session: &mut Session<'_>,
    out: &mut Out<'_>,
) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    if !session.can_ask() {
        return Err(trouble::NEEDS_YES.plain());
    }
    let question = format!("{} [y/N]", question.with(out.language(), values));
    let said = answer(&question, session, out)?.to_lowercase();
    if ["y", "yes", "是"].contains(&said.as_str()) { Ok(()) } else { Err(trouble::NOT_CONFIRMED.plain()) }
}

/// Asks for a line; `flag` is what to pass where nobody can be asked.
pub(crate) fn ask(question: Text, flag: &str, session: &mut Session<'_>, out: &mut Out<'_>) -> Result<String, Failure> {
    if !session.can_ask() {
        return Err(trouble::NO_TERMINAL.with(&[("flag", flag)]));
    }
    answer(question.of(out.language()), session, out)
}

fn answer(question: &str, session: &mut Session<'_>, out: &mut Out<'_>) -> Result<String, Failure> {
    out.ask(question);
    let mut line = String::new();
    let interrupt = std::sync::Arc::clone(&session.interrupt);
    let read = interrupt.while_waiting(|| session.stdin.read_line(&mut line));
    session.go_on()?;
    match read {
        Ok(0) | Err(_) => {
            out.end_line(); // nobody pressed Enter
            Err(trouble::NOT_CONFIRMED.plain())
        }
        Ok(_) => Ok(line.trim().to_owned()),
    }
}
