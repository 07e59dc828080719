//! Chinese help: one line per command and per argument. English stands in the doc comments of the argument types.

use super::Text;

pub(crate) const COMMANDS: Text = Text { en: "Commands", zh: "命令" };
pub(crate) const ARGUMENTS: Text = Text { en: "Arguments", zh: "参数" };
pub(crate) const OPTIONS: Text = Text { en: "Options", zh: "选项" };
pub(crate) const GLOBAL_OPTIONS: Text = Text { en: "Global options", zh: "通用选项" };

/// Help's order, with Chinese headings.
pub(crate) const TEMPLATE: &str = "{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}";

/// Command path, first line, further text (may be empty).
const COMMAND: &[(&str, &str, &str)] = &[
    ("", "在公司自有用户数据库上答复个人信息权利请求", "不带命令并在工作区内：显示今日看板。"),
    ("explain", "解释一个代码", ""),
    ("completions", "输出 shell 自动补全脚本", ""),
    ("man", "输出手册页", ""),
];

/// Command path (empty: any command), argument, text.
const ARGUMENT: &[(&str, &str, &str)] = &[
    ("", "workspace", "在工作区“目录”中工作，而不是向上最近的一个"),
    ("", "lang", "使用的语言"),
    ("", "format", "结果的形式"),
    ("", "json", "输出一个 JSON 文档；错误为一行 JSON"),
    ("", "output", "把结果写入仅所有者可读的文件"),
    ("", "quiet", "只输出结果和问题"),
    ("", "no_input", "从不询问；失败并指出应使用的选项"),
    ("", "color", "消息的颜色"),
    ("", "lock_wait", "等待另一个 droit 的时间，例如 0s、10s、5m"),
    ("", "help", "显示帮助"),
    ("", "version", "显示版本"),
    ("explain", "code", "代码，例如 stale_plan、4 或 droit.case.list/1；不给则列出全部"),
    ("completions", "shell", "shell 名称"),
    ("man", "command", "要看手册页的命令；不给则为 droit 本身"),
];

/// First line and further text of a command's help.
pub(crate) fn command(path: &str) -> Option<(&'static str, &'static str)> {
    COMMAND.iter().find(|(of, ..)| *of == path).map(|(_, short, long)| (*short, *long))
}

/// An argument's help: this command's own, else the one that it shares.
pub(crate) fn argument(path: &str, id: &str) -> Option<&'static str> {
    let of = |path: &str| ARGUMENT.iter().find(|(of, arg, _)| *of == path && *arg == id);
    of(path).or_else(|| of("")).map(|(_, _, text)| *text)
}
