//! What was typed and not understood.

use super::Text;
use crate::cli::language::Language;

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

/// What the readers of values say, as it begins in English and in Chinese.
const READERS: [(&str, &str); 4] = [
    ("not a number of the form ", "编号的格式为 "),
    ("not a refusal code; the codes are ", "不是拒绝代码；代码有："),
    ("write a whole number and its unit: ", "请写整数和单位："),
    ("write ", "请写 "),
];

/// What was wrong with a value, in the reader's language.
pub(crate) fn reason(said: &str, language: Language) -> String {
    if language == Language::English {
        return said.to_owned();
    }
    if let Some((_, known)) = said.split_once("; known are: ") {
        return format!("可用的值为：{known}");
    }
    let translated = READERS.iter().find_map(|(en, zh)| Some(format!("{zh}{}", said.strip_prefix(en)?)));
    translated.map_or_else(|| said.to_owned(), |said| said.replace(" or ", " 或 "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_of_values_speak_chinese_too() {
        let said = |error: &dyn std::error::Error| reason(&error.to_string(), Language::Chinese);
        let number = "x".parse::<crate::case::CaseNumber>().unwrap_err();
        assert_eq!(said(&number), "编号的格式为 DSR-YYYYMMDD-NNNN");
        let right = "x".parse::<crate::case::RequestType>().unwrap_err();
        assert!(said(&right).starts_with("可用的值为：access, copy"), "{}", said(&right));
        assert!(said(&crate::case::refusal_code::NotARefusalCode).starts_with("不是拒绝代码；代码有：RET"));
        assert_eq!(reason("write child, youth or unknown", Language::Chinese), "请写 child, youth 或 unknown");
        assert_eq!(reason("write child", Language::English), "write child");
    }
}
