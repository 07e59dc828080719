//! The exceptions from drift that are on record: which are in force, and what is left out of account because of them.

use jiff::Timestamp;

use crate::{
    case::{About, Event},
    data_map::waiver::Waived,
};

use super::{
    out::Out,
    session::Session,
    text::{Text, trouble},
};

/// An exception as it stands on record.
#[derive(Clone, Debug)]
pub(crate) struct Waiver {
    pub(crate) waived: Waived,
    pub(crate) until: Timestamp,
    pub(crate) by: String,
}

impl Session<'_> {
    /// Those in force now, by place; of several for one place the last.
    pub(crate) fn waivers(&mut self) -> anyhow::Result<Vec<Waiver>> {
        let now = self.now();
        let mut waivers: Vec<Waiver> = Vec::new();
        self.reading()?.events_about(About::Workspace, |recorded| {
            if let Event::Waiver { until, tables, part: Some(part), .. } = recorded.event {
                for place in tables {
                    waivers.retain(|known| known.waived.place != place);
                    let waived = Waived { place, part: part.to_string() };
                    waivers.push(Waiver { waived, until, by: recorded.actor.clone() });
                }
            }
            Ok(())
        })?;
        waivers.retain(|waiver| waiver.until > now);
        waivers.sort_by(|a, b| a.waived.cmp(&b.waived));
        Ok(waivers)
    }

    /// Says what is left out of account in what follows.
    pub(crate) fn warn_of_waivers(&self, out: &mut Out<'_>) {
        for waived in &self.waived {
            out.warning("waived", WAIVED, &[("place", &waived.place)]);
        }
    }

    /// A plan holds under the exceptions that it was made under, and no others.
    pub(crate) fn require_same_waivers(&self, scope: &serde_json::Value) -> anyhow::Result<()> {
        let listed = scope.get("waived").and_then(serde_json::Value::as_array);
        let planned: Vec<&str> = listed.into_iter().flatten().filter_map(serde_json::Value::as_str).collect();
        let now: Vec<&str> = self.waived.iter().map(|waived| &*waived.place).collect();
        if planned == now { Ok(()) } else { Err(trouble::WAIVERS_CHANGED.plain().into()) }
    }
}

const WAIVED: Text = Text {
    en: "{place} came after the map was trusted and is left out of account, under a recorded waiver: it is neither copied nor removed",
    zh: "{place} 在确认数据地图之后出现，依据已记录的豁免不予处理：既不导出也不删除",
};
