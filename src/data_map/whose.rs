//! By which of several ties a row is whose: never by the first that leads somewhere, but by one of the right sense and
//! role.

use super::classified::{Person, Sense, Table, TableId, Target, Tie};

impl Tie {
    /// Whether it is by the key of such a person that the row, or a role in it, is theirs.
    #[must_use]
    pub fn is_of(&self, person: &Person) -> bool {
        let names = matches!(&self.target, Target::Rows { table, columns, .. }
            if *table == person.table && columns[..] == [person.column.clone()]);
        self.sense == Sense::Of && names
    }

    /// Whether a row may have both ties, and may hang on two different ones by them.
    fn competes(&self, other: &Self) -> bool {
        let leads = |tie: &Self| match &tie.target {
            Target::Rows { table, columns, .. } => Some((*table, columns.clone())),
            Target::Value(_) | Target::Itself | Target::Anyone => None,
        };
        (&self.columns, leads(self)) != (&other.columns, leads(other)) && self.may_hold_with(other)
    }
}

impl Table {
    /// The *of* ties of those in `role` (`None`: of the row as a whole) that `leads` takes. Where everybody whose the rows
    /// are is in one and the same role, no role need be said.
    pub fn ties_of<'t>(&'t self, role: Option<&str>, leads: &dyn Fn(&Tie) -> bool) -> Vec<&'t Tie> {
        let role = role.or_else(|| self.only_role());
        let of = self.ties.iter().filter(|tie| tie.sense == Sense::Of);
        of.filter(|tie| tie.role.as_deref() == role && leads(tie)).collect()
    }

    /// The role of everybody whose the rows are, where it is one and the same.
    #[must_use]
    pub fn only_role(&self) -> Option<&str> {
        let mut of = self.ties.iter().filter(|tie| tie.sense == Sense::Of).map(|tie| tie.role.as_deref());
        let first = of.next().flatten();
        first.filter(|_| of.all(|role| role == first))
    }

    /// The ties by which a row takes its dates from rows of `parent`: those of the row as a whole, else those of roles,
    /// else pointers.
    #[must_use]
    pub fn ties_dating(&self, parent: TableId) -> Vec<&Tie> {
        let to = |wanted: &dyn Fn(&Tie) -> bool| -> Vec<&Tie> {
            self.ties.iter().filter(|tie| tie.parent() == Some(parent) && wanted(tie)).collect()
        };
        let whole = to(&|tie| tie.sense == Sense::Of && tie.role.is_none());
        let of = if whole.is_empty() { to(&|tie| tie.sense == Sense::Of) } else { whole };
        if of.is_empty() { to(&|_| true) } else { of }
    }
}

/// The columns of two of `ties` that may both hold in a row and lead to different ones, so that it is not said which
/// counts.
#[must_use]
pub fn competing(ties: &[&Tie]) -> Option<(String, String)> {
    let mut pairs = ties.iter().enumerate().flat_map(|(at, tie)| ties[at + 1..].iter().map(move |other| (tie, other)));
    let (one, other) = pairs.find(|(one, other)| one.competes(other))?;
    Some((one.columns.join(", "), other.columns.join(", ")))
}
