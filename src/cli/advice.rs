//! What to do next, as a sentence: the command, and whatever has to happen before it is typed.

use crate::case::NextStep;

use super::{language::Language, text::Text};

/// Says `step` in the person's language. Machines read the command alone (`NextStep`'s own text).
pub(crate) fn said(step: NextStep, language: Language) -> String {
    let sentence = match step {
        NextStep::Command(..) | NextStep::Other(_) => return step.to_string(),
        NextStep::Apply(words, case) => {
            return Text {
                en: "droit apply PLAN; without a plan file: droit {words} {case}",
                zh: "droit apply 计划文件；没有计划文件时：droit {words} {case}",
            }
            .with(language, &[("words", words), ("case", &case.to_string())]);
        }
        NextStep::Later(..) => {
            Text { en: "when what holds it back has ended: {command}", zh: "待限制事由终止后：{command}" }
        }
        NextStep::Nothing(Some(case)) => {
            return Text { en: "nothing here; see {case}", zh: "此处无须处理，请见 {case}" }
                .with(language, &[("case", &case.to_string())]);
        }
        NextStep::Nothing(None) => Text { en: "nothing", zh: "无" },
    };
    sentence.with(language, &[("command", &step.to_string())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_to_end_first_is_said_before_the_command() {
        let case = "DSR-20261123-0001".parse().unwrap();
        assert_eq!(
            said(NextStep::Later("erase", case), Language::English),
            "when what holds it back has ended: droit erase DSR-20261123-0001"
        );
        assert_eq!(said(NextStep::Nothing(None), Language::Chinese), "无");
        assert_eq!(said(NextStep::Command("export", case), Language::Chinese), "droit export DSR-20261123-0001");
    }
}
