//! `droit.toml`: how this workspace is operated. What the data means stands in `datamap.toml`, so that a change in here
//! never changes the map's fingerprint.

use std::{ops::RangeInclusive, path::PathBuf};

use jiff::{SignedDuration, tz::TimeZoneDatabase};
use serde::{Deserialize, Serialize};

use crate::{
    case::{period::Period, request::Regime},
    duties::{breaker::Breaker, tidy::Keep},
};

use super::{failure::Failure, language::Language, text::trouble};

/// The settings of a workspace. An unknown key is refused, with its line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// Version of this format
    pub(crate) version: Version,
    /// Names the workspace; its key folder is called so
    pub(crate) workspace: WorkspaceId,
    /// Path of the user database
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) database: Option<PathBuf>,
    /// Folder beneath which the files that columns name are found
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) files: Option<PathBuf>,
    /// Zone of the controller, whose days count
    #[serde(default = "shanghai")]
    pub(crate) time_zone: String,
    /// Calendar of public holidays that counts under EU or UK law
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) region: Option<String>,
    /// Language of screens and messages
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) language: Option<Language>,
    /// When a purge is stopped because it would remove too much
    #[serde(default, skip_serializing_if = "is_usual")]
    pub(crate) breaker: Breaker,
    /// Who has to agree to a plan before it is applied
    #[serde(default)]
    pub(crate) approval: Approval,
    /// Whether `apply` may create and use its one table, `droit_mark`, in the user database
    #[serde(default = "yes")]
    pub(crate) mark: bool,
    /// Folder with calendars of holidays that are added to the built-in ones
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) calendars: Option<PathBuf>,
    /// Folder of the keys, instead of the user's state folder
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) keys: Option<PathBuf>,
    /// How people reach the controller, one line; it stands in packages
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) contact: Option<String>,
    /// Name under which the officer's acts are recorded, instead of the login name
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) officer: Option<String>,
    /// Who may sign, with which keys (ssh-keygen(1), ALLOWED SIGNERS); without it `allowed_signers` beside this file
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) allowed_signers: Option<PathBuf>,
    /// Law under which requests are registered when `--regime` names none
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) regime: Option<Regime>,
    /// How long backups of the user database live: what a restored one would need is kept as long
    #[serde(default = "ninety_days", skip_serializing_if = "is_ninety_days")]
    pub(crate) backups: Period,
    /// For how long the change of a case can be undone; without it nothing is kept that could be put back
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) undo: Option<Period>,
    /// How long `tidy` keeps keys and packages
    #[serde(default, skip_serializing_if = "is_as_usual")]
    pub(crate) keep: Keep,
    /// Our own mail servers: only what they wrote into a mail says when it arrived
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) mail_servers: Vec<String>,
}

fn shanghai() -> String {
    "Asia/Shanghai".to_owned()
}

fn is_usual(breaker: &Breaker) -> bool {
    *breaker == Breaker::default()
}

fn ninety_days() -> Period {
    Period::of_days(90)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn is_ninety_days(backups: &Period) -> bool {
    *backups == ninety_days()
}

fn is_as_usual(keep: &Keep) -> bool {
    *keep == Keep::default()
}

fn yes() -> bool {
    true
}

/// The shortest and the longest time in which a change can be undone.
const UNDO_WINDOWS: RangeInclusive<SignedDuration> = SignedDuration::from_hours(1)..=SignedDuration::from_hours(7 * 24);

/// The format's version: 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub(crate) struct Version;

impl TryFrom<i64> for Version {
    type Error = String;

    fn try_from(number: i64) -> Result<Self, String> {
        if number == 1 { Ok(Self) } else { Err("this droit reads version 1 of droit.toml".to_owned()) }
    }
}

impl From<Version> for i64 {
    fn from(_: Version) -> Self {
        1
    }
}

/// 32 lower-case hexadecimal digits, drawn at `init`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct WorkspaceId(String);

impl WorkspaceId {
    /// Draws one.
    pub(crate) fn draw(randomness: &mut dyn FnMut(&mut [u8])) -> Self {
        let mut bytes = [0; 16];
        randomness(&mut bytes);
        Self(crate::value::hex(&bytes))
    }

    /// The digits.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for WorkspaceId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let hexadecimal = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
        if text.len() == 32 && text.chars().all(hexadecimal) {
            Ok(Self(text))
        } else {
            Err("a workspace is named by 32 hexadecimal digits".to_owned())
        }
    }
}

impl From<WorkspaceId> for String {
    fn from(id: WorkspaceId) -> Self {
        id.0
    }
}

/// Who has to agree to a plan before it is carried out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Approval {
    /// Nobody besides the officer who applies it
    #[default]
    None,
    /// Whoever planned it and a second person, each with their own key, whatever the plan is; purges cannot be carried
    /// out
    SecondOfficer,
    /// The same for every plan of a case; purges go by the rules of the trusted map
    SecondOfficerForCases,
}

impl Settings {
    /// Settings of a new workspace.
    pub(crate) fn new(workspace: WorkspaceId, database: Option<PathBuf>) -> Self {
        Self {
            version: Version,
            workspace,
            database,
            files: None,
            time_zone: shanghai(),
            region: None,
            language: None,
            breaker: Breaker::default(),
            approval: Approval::None,
            mark: true,
            calendars: None,
            keys: None,
            contact: None,
            officer: None,
            allowed_signers: None,
            regime: None,
            backups: ninety_days(),
            undo: None,
            keep: Keep::default(),
            mail_servers: Vec::new(),
        }
    }

    /// Reads the text of a `droit.toml`.
    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        let settings: Self =
            toml::from_str(text).map_err(|error| trouble::SETTINGS.with(&[("why", error.to_string().trim_end())]))?;
        settings.check()?;
        Ok(settings)
    }

    /// Checks what the format alone cannot: that the database is a path and the zone exists.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        TimeZoneDatabase::bundled().get(&self.time_zone).map_err(|_| trouble::NO_SUCH_ZONE.plain())?;
        if self.database.as_deref().is_some_and(|path| path.to_string_lossy().contains("://")) {
            return Err(trouble::NOT_A_PATH.plain());
        }
        if self.undo.is_some() && self.undo_window().is_none() {
            return Err(trouble::UNDO_WINDOW.plain());
        }
        Ok(())
    }

    /// For how long a change can be undone: from an hour to seven days, so that what was asked is still done in time.
    pub(crate) fn undo_window(&self) -> Option<SignedDuration> {
        self.undo?.exactly().filter(|window| UNDO_WINDOWS.contains(window))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: &str = "version = 1\nworkspace = \"00112233445566778899aabbccddeeff\"\n";

    #[test]
    fn the_least_settings_are_the_defaults() {
        let settings = Settings::parse(LEAST).unwrap();
        assert!(settings.mark);
        assert_eq!((settings.approval, settings.database), (Approval::None, None));
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_line() {
        let failure = Settings::parse(&format!("{LEAST}datebase = \"x\"\n")).unwrap_err().to_string();
        assert!(failure.contains("line 3") && failure.contains("datebase"), "{failure}");
    }

    #[test]
    fn periods_are_read_as_laws_state_them() {
        let text = format!("{LEAST}backups = \"30 days\"\n[keep]\ncase_keys = \"4 years\"\n");
        let settings = Settings::parse(&text).unwrap();
        assert_eq!(settings.backups.to_string(), "30 days");
        assert_eq!(settings.keep.case_keys.to_string(), "4 years");
        assert_eq!(settings.keep.registers.to_string(), "3 years");
        assert_eq!(settings.keep.packages.to_string(), "30 days");
        assert_eq!(Settings::parse(&toml::to_string(&settings).unwrap()).unwrap(), settings);
        assert!(Settings::parse(&format!("{LEAST}[keep]\ncase_key = \"4 years\"\n")).is_err());
        assert!(Settings::parse(&format!("{LEAST}backups = \"soon\"\n")).is_err());
    }

    #[test]
    fn a_change_can_be_undone_for_an_hour_to_seven_days() {
        let window =
            |text: &str| Settings::parse(&format!("{LEAST}undo = \"{text}\"\n")).map(|read| read.undo_window());
        assert_eq!(Settings::parse(LEAST).unwrap().undo_window(), None);
        assert_eq!(window("72 hours").unwrap(), Some(SignedDuration::from_hours(72)));
        assert_eq!(window("1 hour").unwrap(), Some(SignedDuration::from_hours(1)));
        assert_eq!(window("7 days").unwrap(), Some(SignedDuration::from_hours(168)));
        for text in ["0 hours", "8 days", "169 hours", "1 month", "1 year", "soon", "-3 hours"] {
            assert!(window(text).is_err(), "{text}");
        }
    }

    #[test]
    fn another_version_another_approval_and_a_url_are_refused() {
        for text in [
            LEAST.replace('1', "2"),
            format!("{LEAST}approval = \"third_officer\"\n"),
            format!("{LEAST}database = \"postgres://u:p@h/d\"\n"),
            format!("{LEAST}database = \"file://x?mode=rwc\"\n"),
            LEAST.replace("00112233", "../../.."),
        ] {
            assert!(Settings::parse(&text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_second_officer_is_asked_for_by_name() {
        for (word, approval) in
            [("second_officer", Approval::SecondOfficer), ("second_officer_for_cases", Approval::SecondOfficerForCases)]
        {
            let settings = Settings::parse(&format!("{LEAST}approval = \"{word}\"\n")).unwrap();
            assert_eq!(settings.approval, approval);
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut filled = 0;
        let id = WorkspaceId::draw(&mut |bytes| {
            bytes.fill(0xab);
            filled += bytes.len();
        });
        assert_eq!((filled, id.as_str()), (16, "abababababababababababababababab"));
        let settings = Settings::new(id, Some("shop.sqlite".into()));
        assert_eq!(Settings::parse(&toml::to_string(&settings).unwrap()).unwrap(), settings);
    }
}
