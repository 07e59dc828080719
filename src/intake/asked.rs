//! Which right a mail invokes: by the words of the rights, never by likelihood. One right named plainly, no word of
//! another and nothing denied: then it is that one. Everything else is for a person to read.

use super::IntakeError;
use crate::case::request::RequestType;

/// What a right is called, and words that may be about it.
struct Words {
    right: RequestType,
    names: &'static [&'static str],
    hints: &'static [&'static str],
}

const WORDS: [Words; 14] = [
    Words {
        right: RequestType::Access,
        names: &[
            "申请查阅",
            "请求查阅",
            "要求查阅",
            "查阅我的",
            "查阅本人",
            "right of access",
            "access request",
            "access to my personal data",
            "access to my data",
        ],
        hints: &["查阅", "查看", "查询", "access"],
    },
    Words {
        right: RequestType::Copy,
        names: &[
            "申请复制",
            "请求复制",
            "要求复制",
            "复制我的",
            "复制本人",
            "个人信息副本",
            "copy of my personal data",
            "copy of my data",
            "copy of all my data",
        ],
        hints: &["复制", "副本", "导出", "copy", "export"],
    },
    Words {
        right: RequestType::Transfer,
        names: &[
            "转移我的",
            "转移本人",
            "申请转移",
            "请求转移",
            "data portability",
            "port my data",
            "transfer my data",
            "transfer my personal data",
        ],
        hints: &["转移", "迁移", "portab", "transfer"],
    },
    Words {
        right: RequestType::Correct,
        names: &[
            "更正我的",
            "更正本人",
            "申请更正",
            "请求更正",
            "要求更正",
            "right to rectification",
            "rectify my",
            "correct my",
        ],
        hints: &["更正", "补充", "修改", "改正", "rectif", "correct"],
    },
    Words {
        right: RequestType::Delete,
        names: &[
            "删除我的",
            "删除本人",
            "申请删除",
            "请求删除",
            "要求删除",
            "请删除",
            "right to erasure",
            "right to be forgotten",
            "erasure of my",
            "deletion of my",
            "delete my",
            "erase my",
            "delete all my",
            "erase all my",
        ],
        hints: &["删除", "清除", "抹除", "delet", "eras", "remove", "forgotten"],
    },
    Words {
        right: RequestType::CancelAccount,
        names: &[
            "注销账号",
            "注销账户",
            "注销帐号",
            "注销我的",
            "注销本人",
            "申请注销",
            "请求注销",
            "close my account",
            "cancel my account",
        ],
        hints: &["注销", "销户", "close", "cancel"],
    },
    Words {
        right: RequestType::Restrict,
        names: &["限制处理", "restriction of processing", "restrict processing", "restrict the processing"],
        hints: &["限制", "restrict"],
    },
    Words {
        right: RequestType::WithdrawConsent,
        names: &[
            "撤回同意",
            "撤回我的同意",
            "撤回本人的同意",
            "withdraw my consent",
            "withdraw consent",
            "withdrawal of my consent",
        ],
        hints: &["撤回", "撤销", "withdraw", "revoke"],
    },
    Words {
        right: RequestType::OptOut,
        names: &["退订", "关闭个性化", "unsubscribe me", "opt out of", "opt-out of"],
        hints: &["个性化", "营销", "推送", "unsubscrib", "opt out", "opt-out", "marketing"],
    },
    Words {
        right: RequestType::Explain,
        names: &["请求解释说明", "要求解释说明", "申请解释说明"],
        hints: &["解释", "explain", "explanation"],
    },
    Words {
        right: RequestType::Deceased,
        names: &[],
        hints: &["去世", "逝世", "死者", "deceased", "passed away", "died"],
    },
    Words {
        right: RequestType::Guardian,
        names: &[],
        hints: &["监护", "未成年", "孩子", "儿子", "女儿", "guardian", "my son", "my daughter", "my child"],
    },
    Words { right: RequestType::SenderDisclosure, names: &[], hints: &["寄件人", "who sent", "the sender of"] },
    Words { right: RequestType::Complaint, names: &[], hints: &["投诉", "举报", "complain"] },
];

/// Words after which it cannot be told without reading what is wanted.
const DENIALS: [&str; 9] = ["不要", "请勿", "切勿", "不想", "不需要", "无需", "别删", "取消", "n't"];
const DENYING_WORDS: [&str; 5] = ["not", "never", "cannot", "no", "without"];

/// The one right that a mail names.
pub(super) fn the_one(text: &str) -> Result<RequestType, IntakeError> {
    let text = plain(text);
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let spoken_of: Vec<&Words> = WORDS.iter().filter(|words| says(words.names) || says(words.hints)).collect();
    let denied = says(&DENIALS) || text.split(|c: char| !c.is_alphanumeric()).any(|word| DENYING_WORDS.contains(&word));
    match spoken_of.as_slice() {
        [one] if says(one.names) && !denied => Ok(one.right),
        [_] | [] => Err(IntakeError::UnclearRequest),
        several => {
            let words: Vec<&str> = several.iter().map(|words| words.right.word()).collect();
            Err(IntakeError::SeveralRequests(words.join(", ")))
        }
    }
}

/// Lower case, one blank where there were several or a line's end (none between Chinese signs), plain apostrophes.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        let joins = |c: Option<char>| c.is_some_and(|c| !c.is_ascii());
        if !out.is_empty() && (!joins(out.chars().next_back()) || !joins(word.chars().next())) {
            out.push(' ');
        }
        out.push_str(&word.to_lowercase().replace('’', "'"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_right_named_plainly_is_that_one() {
        for (text, right) in [
            ("您好,请删除我的全部个人信息。谢谢!", RequestType::Delete),
            ("Please\r\nDELETE   my\r\ndata. Thanks", RequestType::Delete),
            ("我申请注\r\n销账号", RequestType::CancelAccount),
            ("Subject access request\nunder the law", RequestType::Access),
            ("I withdraw my consent to profiling.", RequestType::WithdrawConsent),
            ("请将我的手机号换新:申请更正。", RequestType::Correct),
        ] {
            assert_eq!(the_one(text), Ok(right), "{text}");
        }
    }

    #[test]
    fn two_requests_are_for_a_person() {
        let several = |text: &str| match the_one(text) {
            Err(IntakeError::SeveralRequests(words)) => words,
            other => panic!("{other:?}: {text}"),
        };
        assert_eq!(several("请先复制我的个人信息,再删除我的账号"), "copy, delete");
        assert_eq!(several("Send me a copy of my data, then delete my account."), "copy, delete");
        assert_eq!(several("Delete my data, or at least correct it"), "correct, delete");
        assert_eq!(several("请删除我儿子的信息"), "delete, guardian");
    }

    #[test]
    fn what_is_denied_or_only_hinted_is_for_a_person() {
        for text in [
            "Please do not delete my data",
            "Don’t erase my account",
            "请不要删除我的信息",
            "I removed the app",
            "Where is my parcel?",
            "",
            "I cannot access my data",
            "我想了解删除流程",
        ] {
            assert_eq!(the_one(text), Err(IntakeError::UnclearRequest), "{text}");
        }
    }

    #[test]
    fn every_right_has_its_line() {
        assert!(RequestType::ALL.iter().all(|right| WORDS.iter().filter(|words| words.right == *right).count() == 1));
    }
}
