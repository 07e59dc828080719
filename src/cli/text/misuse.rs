//! What was typed and not understood.

use super::Text;

pub(crate) const NO_COMMAND: Text = Text { en: "there is no such command", zh: "没有这个命令" };
pub(crate) const NO_OPTION: Text = Text {
    en: "there is no such option here; it is not repeated because it may be personal",
    zh: "此处没有这个选项；它可能是个人信息，因此不在此重复",
};
pub(crate) const ONE_TOO_MANY: Text = Text {
    en: "there is one word too many, which is not repeated here because it may be personal",
    zh: "多出一个词；它可能是个人信息，因此不在此重复",
};
pub(crate) const NO_VALUE: Text = Text { en: "{option} needs a value", zh: "{option} 需要一个值" };
pub(crate) const BAD_VALUE: Text =
    Text { en: "what was given for {option} is not understood", zh: "无法理解为 {option} 给出的值" };
pub(crate) const BAD_VALUE_BECAUSE: Text = Text {
    en: "what was given for {option} is not understood: {more}",
    zh: "无法理解为 {option} 给出的值：{more}",
};
pub(crate) const CONFLICT: Text =
    Text { en: "{option} cannot be used together with {more}", zh: "{option} 不能与 {more} 同时使用" };
pub(crate) const MISSING: Text = Text { en: "still needed: {more}", zh: "还需要：{more}" };
pub(crate) const NO_VERB: Text = Text { en: "say what to do: {more}", zh: "请说明要做什么：{more}" };
pub(crate) const NOT_UNDERSTOOD: Text = Text { en: "the command line is not understood", zh: "无法理解命令行" };
pub(crate) const DID_YOU_MEAN: Text = Text { en: "did you mean: {words}", zh: "是否想输入：{words}" };
