//! How far a long piece of work is.

use super::Text;

pub(crate) const READ: Text = Text { en: "{number} rows read", zh: "已读取 {number} 行" };
pub(crate) const CHANGED: Text = Text { en: "{number} rows changed", zh: "已更改 {number} 行" };
pub(crate) const MADE: Text = Text { en: "{number} rows written", zh: "已写入 {number} 行" };
pub(crate) const EVENTS: Text = Text { en: "{number} events checked", zh: "已核对 {number} 条事件" };
pub(crate) const CASES: Text = Text { en: "{number} cases", zh: "{number} 个案件" };
pub(crate) const SECONDS: Text = Text { en: "{number} s", zh: "{number} 秒" };
pub(crate) const COMMA: Text = Text { en: ", ", zh: "，" };
pub(crate) const SUMMARY: Text = Text { en: "{what}: {parts}", zh: "{what}：{parts}" };
