//! Nothing is erased before the copy that the person asked for besides was delivered or declined (LAW D12).

use crate::case::{Case, CaseNumber, Status};

use super::{session::Session, text::trouble};

/// Open requests for a copy that was neither delivered nor declined.
pub(crate) struct Copies(Vec<Case>);

impl Copies {
    /// Those of the workspace.
    pub(crate) fn due(session: &mut Session<'_>) -> anyhow::Result<Self> {
        let mut open = Vec::new();
        session.reading()?.cases(false, |case| {
            if case.request.asks_for_copy() && is_due(&case) {
                open.push(case);
            }
            Ok(())
        })?;
        Ok(Self(open))
    }

    /// Refuses where one of them is of the person whom `case` is about, or came together with it.
    pub(crate) fn require_delivered(&self, case: &Case, session: &mut Session<'_>) -> anyhow::Result<()> {
        let Some(copy) = self.first_of(case, session)? else { return Ok(()) };
        let (case, copy) = (case.number.to_string(), copy.number.to_string());
        Err(trouble::COPY_FIRST.with(&[("case", &case), ("copy", &copy)]).into())
    }

    /// Whether there is such a one.
    pub(crate) fn are_due_before(&self, case: &Case, session: &mut Session<'_>) -> anyhow::Result<bool> {
        Ok(self.first_of(case, session)?.is_some())
    }

    fn first_of(&self, case: &Case, session: &mut Session<'_>) -> anyhow::Result<Option<&Case>> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let theirs = session.reading()?.cases_of_person(case)?;
        let goes_first = |copy: &&Case| {
            theirs.iter().any(|theirs| theirs.number == copy.number)
                || case.linked.contains(&copy.number)
                || copy.linked.contains(&case.number)
        };
        Ok(self.0.iter().find(|copy| copy.number != case.number && goes_first(copy)))
    }
}

/// An interim reply delivers nothing.
fn is_due(case: &Case) -> bool {
    let bridged = case.status == Status::Replied && case.reply().is_none();
    (case.status.is_open() || bridged) && case.status != Status::Denied
}

/// The same for one case.
pub(crate) fn require_delivered(case: CaseNumber, session: &mut Session<'_>) -> anyhow::Result<()> {
    let case = session.case(case)?;
    Copies::due(session)?.require_delivered(&case, session)
}
