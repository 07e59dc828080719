//! Chinese or English: `--lang` > `DROIT_LANG` > `droit.toml` > `LC_ALL` > `LC_MESSAGES` > `LANG`.

use std::{collections::BTreeMap, ffi::OsString};

use serde::{Deserialize, Serialize};

/// The language of everything a person reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, Serialize, Deserialize)]
pub(crate) enum Language {
    /// 简体中文
    #[serde(rename = "zh-CN")]
    #[value(name = "zh-CN", alias = "zh")]
    Chinese,
    /// English
    #[serde(rename = "en")]
    #[value(name = "en")]
    English,
}

impl Language {
    /// The tag, such as `zh-CN`.
    #[must_use]
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    /// The language that a locale name stands for: every `zh…` is Chinese, everything else English.
    fn of_locale(locale: &str) -> Self {
        if locale.to_ascii_lowercase().starts_with("zh") { Self::Chinese } else { Self::English }
    }
}

impl From<Language> for crate::kind::Language {
    fn from(language: Language) -> Self {
        match language {
            Language::Chinese => Self::Zh,
            Language::English => Self::En,
        }
    }
}

/// The language in which a command line that cannot be parsed is answered.
pub(crate) fn before_parsing(args: &[OsString], environment: &BTreeMap<String, String>) -> Language {
    let mut flag = None;
    for (at, arg) in args.iter().enumerate() {
        let arg = arg.to_string_lossy();
        let value = match arg.strip_prefix("--lang") {
            Some("") => args.get(at + 1).map(|next| next.to_string_lossy().into_owned()),
            Some(rest) => rest.strip_prefix('=').map(str::to_owned),
            None => None,
        };
        flag = flag.or(value.map(|value| Language::of_locale(&value)));
    }
    choose(flag, environment, None)
}

/// Chooses by flag, environment and settings, in that order; an empty variable counts as unset.
pub(crate) fn choose(
    flag: Option<Language>,
    environment: &BTreeMap<String, String>,
    settings: Option<Language>,
) -> Language {
    let variable = |name: &str| environment.get(name).filter(|value| !value.is_empty());
    flag.or_else(|| variable("DROIT_LANG").map(|value| Language::of_locale(value)))
        .or(settings)
        .or_else(|| ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|n| variable(n)).map(|v| Language::of_locale(v)))
        .unwrap_or(Language::English)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_flag_wins_over_everything() {
        let all = environment(&[("DROIT_LANG", "zh"), ("LANG", "zh_CN.UTF-8")]);
        assert_eq!(choose(Some(Language::English), &all, Some(Language::Chinese)), Language::English);
    }

    #[test]
    fn droit_lang_wins_over_the_settings_and_they_over_the_locale() {
        let own = environment(&[("DROIT_LANG", "zh_TW")]);
        assert_eq!(choose(None, &own, Some(Language::English)), Language::Chinese);
        let locale = environment(&[("LANG", "zh_CN.UTF-8")]);
        assert_eq!(choose(None, &locale, Some(Language::English)), Language::English);
        assert_eq!(choose(None, &locale, None), Language::Chinese);
    }

    #[test]
    fn an_empty_variable_is_no_choice() {
        let some = environment(&[("LC_ALL", ""), ("LC_MESSAGES", "zh_CN"), ("LANG", "de_DE")]);
        assert_eq!(choose(None, &some, None), Language::Chinese);
        assert_eq!(choose(None, &environment(&[]), None), Language::English);
    }
}
