//! What was typed and not understood, in our own words. What stands where a value belongs may be somebody's phone
//! number or address, so it is never repeated: the option's name and what it takes are.

use std::fmt::Write as _;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::{
    language::Language,
    text::{Text, misuse as words},
};

/// Says what was wrong, what is meant by it, and how it is typed.
pub(super) fn said(error: &clap::Error, language: Language) -> String {
    let option = name(error, ContextKind::InvalidArg);
    let values =
        |option: &str, more: &str, text: Text| text.with_lines(language, &[("option", option), ("more", more)]);
    let mut message = match (error.kind(), option) {
        (ErrorKind::InvalidSubcommand, _) => words::NO_COMMAND.of(language).to_owned(),
        (ErrorKind::UnknownArgument, Some(option)) if option.starts_with('-') => {
            words::NO_OPTION.of(language).to_owned()
        }
        (ErrorKind::UnknownArgument, _) => words::ONE_TOO_MANY.of(language).to_owned(),
        (ErrorKind::InvalidValue, Some(option))
            if listed(error, ContextKind::InvalidValue).iter().all(String::is_empty) =>
        {
            values(&option, "", words::NO_VALUE)
        }
        (ErrorKind::InvalidValue | ErrorKind::ValueValidation, Some(option)) => {
            let known = listed(error, ContextKind::ValidValue);
            let why = if known.is_empty() { words::reason(&reason(error), language) } else { known.join(", ") };
            values(&option, &why, if why.is_empty() { words::BAD_VALUE } else { words::BAD_VALUE_BECAUSE })
        }
        (ErrorKind::ArgumentConflict, Some(option)) => {
            values(&option, &listed(error, ContextKind::PriorArg).join(", "), words::CONFLICT)
        }
        (ErrorKind::MissingRequiredArgument, _) => {
            values("", &listed(error, ContextKind::InvalidArg).join(", "), words::MISSING)
        }
        (ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand, _) => {
            values("", &listed(error, ContextKind::ValidSubcommand).join(", "), words::NO_VERB)
        }
        (_, Some(option)) if is_option(&option) => values(&option, "", words::BAD_VALUE),
        _ => words::NOT_UNDERSTOOD.of(language).to_owned(),
    };
    let suggested: Vec<String> =
        [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue]
            .into_iter()
            .flat_map(|kind| listed(error, kind))
            .collect();
    if !suggested.is_empty() {
        let _written = write!(message, "\n{}", words::DID_YOU_MEAN.with(language, &[("words", &suggested.join(", "))]));
    }
    if let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) {
        let _written = write!(message, "\n{}", usage.to_string().trim_end());
    }
    message
}

/// An option's name as clap knows it, such as `--level <LEVEL>`; of an unknown one whatever was typed.
fn name(error: &clap::Error, kind: ContextKind) -> Option<String> {
    listed(error, kind).into_iter().next()
}

/// Whether a word is an option's name and nothing that could be a value: letters and hyphens only.
fn is_option(word: &str) -> bool {
    let name = word.split_once(' ').map_or(word, |(name, _)| name);
    name.strip_prefix("--")
        .is_some_and(|name| !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'))
}

fn listed(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(one)) => vec![one.clone()],
        Some(ContextValue::Strings(several)) => several.clone(),
        _ => Vec::new(),
    }
}

/// What the reader of the value says, unless that repeats the value.
fn reason(error: &clap::Error) -> String {
    let why = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    let repeated = listed(error, ContextKind::InvalidValue).iter().any(|value| why.contains(value.as_str()));
    if repeated { String::new() } else { why }
}
