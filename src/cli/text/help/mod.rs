//! Chinese help: one line per command and per argument. English stands in the doc comments of the argument types.

mod case;
mod everyday;
mod map;
mod purge;
mod record;
mod rights;

use super::Text;

pub(crate) const COMMANDS: Text = Text { en: "Commands", zh: "命令" };
pub(crate) const ARGUMENTS: Text = Text { en: "Arguments", zh: "参数" };
pub(crate) const OPTIONS: Text = Text { en: "Options", zh: "选项" };
pub(crate) const GLOBAL_OPTIONS: Text = Text { en: "Global options", zh: "通用选项" };

/// Help's order, with Chinese headings.
pub(crate) const TEMPLATE: &str = "{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}";

/// Command path, first line, further text (may be empty).
type Commands = &'static [(&'static str, &'static str, &'static str)];

/// Command path (empty: any command), argument, text.
type Arguments = &'static [(&'static str, &'static str, &'static str)];

const COMMANDS_BY_CONCERN: [Commands; 6] =
    [everyday::COMMANDS, map::COMMANDS, rights::COMMANDS, purge::COMMANDS, case::COMMANDS, record::COMMANDS];
const ARGUMENTS_BY_CONCERN: [Arguments; 6] =
    [everyday::ARGUMENTS, map::ARGUMENTS, rights::ARGUMENTS, purge::ARGUMENTS, case::ARGUMENTS, record::ARGUMENTS];

/// First line and further text of a command's help.
pub(crate) fn command(path: &str) -> Option<(&'static str, &'static str)> {
    COMMANDS_BY_CONCERN.into_iter().flatten().find(|(of, ..)| *of == path).map(|(_, short, long)| (*short, *long))
}

/// An argument's help: this command's own, else the one that it shares.
pub(crate) fn argument(path: &str, id: &str) -> Option<&'static str> {
    let of = |path: &str| ARGUMENTS_BY_CONCERN.into_iter().flatten().find(|(of, arg, _)| *of == path && *arg == id);
    of(path).or_else(|| of("")).map(|(_, _, text)| *text)
}
