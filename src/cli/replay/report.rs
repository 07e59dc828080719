//! What a replay came to, and what is left to a person.

use jiff::civil::Date;
use serde::Serialize;

use crate::{
    case::About,
    cli::{
        grid::{Column, Grid},
        out::Render,
        page::Page,
        purge::report::Purged,
        text::Text,
    },
};

/// What somebody has to decide or to do.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Left {
    /// The case or run
    pub(crate) about: String,
    /// Why: a word that `droit explain` knows
    pub(crate) why: &'static str,
    /// Of how many rows, where that says something
    pub(crate) rows: u64,
    /// The command with which it begins
    pub(crate) next: String,
}

/// What comes next.
#[derive(Clone, Copy)]
pub(super) enum Next {
    /// Somebody has to say who is meant, and erase them
    Identify,
    /// A correction that is asked for anew
    Correct,
    /// A part of an erasure
    ErasePart,
    Revoke,
    Unsubscribe,
    Restrict,
    /// The purge of children as of the day on which it ran
    Minors(Date),
}

impl Next {
    pub(super) fn command(self, about: About) -> String {
        match self {
            Self::Identify | Self::Correct => match about {
                About::Run(_) => format!("droit purge log {about}"),
                _ => format!("droit case show {about}"),
            },
            Self::ErasePart => format!("droit erase {about}"),
            Self::Revoke => format!("droit revoke {about}"),
            Self::Unsubscribe => format!("droit unsubscribe {about}"),
            Self::Restrict => format!("droit restrict {about}"),
            Self::Minors(day) => format!("droit purge minors --as-of {day} --confirm"),
        }
    }
}

/// A replay, planned or carried out.
#[derive(Serialize)]
pub(super) struct Replayed {
    #[serde(flatten)]
    pub(super) purged: Purged,
    /// The last change that the database already carried
    pub(super) after: i64,
    pub(super) left: Vec<Left>,
}

const PLANNED: Text = Text {
    en: "replay of what was done after change {after}: would delete {deleted} rows, anonymize {anonymized} and correct {corrected} people; {kept} kept; nothing was changed",
    zh: "重放第 {after} 项更改之后所做的操作：将删除 {deleted} 行，匿名化 {anonymized} 行，更正 {corrected} 处；保留 {kept} 行；未作任何更改",
};
const REMOVED: Text = Text {
    en: "{run}: replay of what was done after change {after}: {deleted} rows deleted, {anonymized} anonymized, {corrected} cells corrected, {kept} kept, in {steps} steps; {files} files removed; removed, not yet proven: droit prove --pending",
    zh: "{run}：已重放第 {after} 项更改之后所做的操作：删除 {deleted} 行，匿名化 {anonymized} 行，更正 {corrected} 处，保留 {kept} 行，共 {steps} 步；移除文件 {files} 个；已移除，尚未证明：droit prove --pending",
};
const NOTHING: Text = Text {
    en: "replay of what was done after change {after}: nothing of it came back",
    zh: "重放第 {after} 项更改之后所做的操作：没有任何内容恢复",
};

impl Replayed {
    fn corrected(&self) -> u64 {
        self.purged.rules.iter().filter(|rule| rule.rule == "corrected_before").map(|rule| rule.matched).sum()
    }
}

impl Render for Replayed {
    const SCHEMA: &'static str = "droit.replay/1";

    fn render(&self, page: &mut Page) {
        let said = match self.purged.state {
            "planned" => PLANNED,
            "removed" => REMOVED,
            _ => NOTHING,
        };
        page.say(
            said,
            &[
                ("run", &self.purged.run.map(|run| run.to_string()).unwrap_or_default()),
                ("after", &self.after.to_string()),
                ("deleted", &self.purged.deleted.to_string()),
                ("anonymized", &self.purged.anonymized.to_string()),
                ("corrected", &self.corrected().to_string()),
                ("kept", &self.purged.kept.to_string()),
                ("steps", &self.purged.steps.to_string()),
                ("files", &self.purged.files.to_string()),
            ],
        );
        self.purged.say_details(page);
        say_left(&self.left, page);
    }

    fn grid(&self) -> Option<Grid> {
        self.purged.grid()
    }
}

/// Lists what is left to a person.
pub(crate) fn say_left(left: &[Left], page: &mut Page) {
    if left.is_empty() {
        return;
    }
    page.blank();
    let said = Text {
        en: "left to a person (droit explain WHY says more):",
        zh: "须由人工处理（droit explain 代码 可查看说明）：",
    };
    page.say(said, &[]);
    let mut grid = Grid::new(&[
        Column::whole("about", "about", "关于"),
        Column::whole("why", "why", "原因"),
        Column::whole("rows", "rows", "行数"),
        Column::text("next", "next", "下一步"),
    ]);
    for one in left {
        let rows = if one.rows == 0 { String::new() } else { one.rows.to_string() };
        grid.push([one.about.clone(), one.why.to_owned(), rows, one.next.clone()]);
    }
    page.grid(&grid);
}

/// Nothing to repeat.
#[derive(Serialize)]
pub(super) struct NothingLost {
    pub(super) state: &'static str,
}

impl Render for NothingLost {
    const SCHEMA: &'static str = "droit.replay/1";

    fn render(&self, page: &mut Page) {
        page.say(
            Text {
                en: "the database carries everything that the casebook knows of: nothing is to be repeated",
                zh: "数据库包含案卷库所知的全部更改：无需重放",
            },
            &[],
        );
    }
}
