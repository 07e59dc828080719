//! Nothing is erased before the copy that the person asked for besides was delivered or declined (LAW D12).

use crate::case::{Case, CaseNumber, Status};

use super::{session::Session, text::trouble};

/// Open requests for a copy that was neither delivered nor declined.
pub(crate) struct Copies(Vec<Case>);

impl Copies {
    /// Those of the workspace.
    pub(crate) fn due(session: &mut Session<'_>) -> anyhow::Result<Self> {
        let mut open = session.cases(true)?;
        open.retain(|case| case.request.asks_for_copy() && case.status.is_open() && case.status != Status::Denied);
        Ok(Self(open))
    }

    /// Refuses where one of them is of the person whom `case` is about, or came together with it.
    pub(crate) fn require_delivered(&self, case: &Case) -> anyhow::Result<()> {
        let goes_first = |copy: &&Case| {
            copy.subject == case.subject || case.linked.contains(&copy.number) || copy.linked.contains(&case.number)
        };
        let Some(copy) = self.0.iter().find(goes_first) else { return Ok(()) };
        let (case, copy) = (case.number.to_string(), copy.number.to_string());
        Err(trouble::COPY_FIRST.with(&[("case", &case), ("copy", &copy)]).into())
    }
}

/// The same for one case.
pub(crate) fn require_delivered(case: CaseNumber, session: &mut Session<'_>) -> anyhow::Result<()> {
    Copies::due(session)?.require_delivered(&session.case(case)?)
}
