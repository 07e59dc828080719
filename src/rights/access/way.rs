//! What becomes of one cell in a package (LAW §7.5): what the row's people share and what is the requester's is shown;
//! what is another role's is masked, its name alone shown to whoever typed it; what only points at somebody is held back.

use super::Part;
use crate::{
    case::identity::IdentitySet,
    data_map::classified::{Classified, Column, Meaning, Sense, Table, Target, Tie},
    database::locate::{UNNAMED, role_number_in},
    export::Withheld,
    kind::Kind,
    value::{Key, Value},
};

/// What is done with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// As it is
    Show,
    /// Free text, without other people's identifiers
    StrikeOut,
    /// A file is attached
    Attach,
    /// Somebody else's
    Mask,
    /// Held, not given
    Withhold(Withheld),
}

/// A cell, and as whom the person stands in its row.
pub(super) struct Seen<'a> {
    pub(super) map: &'a Classified,
    pub(super) subject: &'a IdentitySet,
    pub(super) held: &'a Table,
    pub(super) column: &'a Column,
    /// What the column means in this row
    pub(super) meaning: &'a Meaning,
    /// The row's case
    pub(super) case: Option<String>,
    /// The row's case is not one of the map's, and reads like one
    pub(super) unclear: bool,
    pub(super) part: Part<'a>,
}

impl Seen<'_> {
    /// Decides; `value` is not NULL.
    pub(super) fn way(&self, value: &Value) -> Way {
        let kind = self.meaning.kind;
        if kind == Kind::Credential {
            return Way::Withhold(Withheld::Credential);
        }
        if self.unclear {
            return Way::Withhold(Withheld::Undecided);
        }
        if self.meaning.export_no.is_some() {
            return Way::Withhold(Withheld::ExportNo);
        }
        if self.points_at_another(value) {
            return Way::Withhold(Withheld::ThirdParty);
        }
        let role = role_number_in(self.held, self.meaning.role.as_deref());
        if role != UNNAMED && !self.part.roles.contains(&role) {
            let number = matches!(value, Value::Integer(_) | Value::Real(_));
            return match kind {
                // whatever else somebody wrote there is somebody's too
                Kind::Name | Kind::Nickname if self.typed_it() => Way::StrikeOut,
                kind if kind.is_personal() => Way::Mask,
                Kind::Key | Kind::Time | Kind::Amount if number => Way::Show,
                _ => Way::StrikeOut,
            };
        }
        match kind {
            _ if self.is_anothers_value(value) => Way::Mask,
            Kind::FreeText => Way::StrikeOut,
            // nothing says whose of them it is
            kind if kind.is_personal() && self.part.in_common.contains(&role) && !self.is_own(value) => Way::Mask,
            _ if self.meaning.file.is_some() => Way::Attach,
            _ => Way::Show,
        }
    }

    /// Whether it is known to be a value of the person.
    fn is_own(&self, value: &Value) -> bool {
        let kind = self.meaning.kind;
        let canonical = kind.normalise_value(value);
        let mut known = self.subject.values.iter().filter(|known| known.kind == kind.word());
        canonical.is_some_and(|canonical| known.any(|known| known.value.reveal() == canonical))
    }

    /// Whether the person typed what stands in the row: whose it is as a whole, or the role that the map names; else who
    /// is known by a key there, while the others may have no account.
    fn typed_it(&self) -> bool {
        let by_key =
            |tie: &&Tie| tie.sense == Sense::Of && tie.role.is_some() && matches!(tie.target, Target::Rows { .. });
        let first = || self.held.ties.iter().find(by_key).and_then(|tie| tie.role.as_deref());
        let typist = role_number_in(self.held, self.held.typed_by.as_deref().or_else(first));
        self.part.roles.contains(&UNNAMED) || self.part.roles.contains(&typist)
    }

    /// The ties of the column that hold in rows of this case, each with its place.
    fn ties(&self) -> impl Iterator<Item = (usize, &Tie)> {
        let here = |(_, tie): &(usize, &Tie)| {
            let cases = tie.cases.as_ref();
            cases.is_none_or(|cases| self.case.as_ref().is_some_and(|case| cases.hold(case)))
        };
        let ties = self.held.ties.iter().enumerate();
        ties.filter(|(_, tie)| tie.columns.contains(&self.column.name)).filter(here)
    }

    /// Whether the value is the key of another person, or of something that is not this person's in this row: a
    /// colleague, a friend who gave a coupon, the owner of an address book, an order seen by the parcel's recipient.
    fn points_at_another(&self, value: &Value) -> bool {
        let mut said = self.ties().filter_map(|(at, tie)| {
            let Target::Rows { table, .. } = &tie.target else { return None };
            let person = self.map.persons.iter().find(|person| person.table == *table);
            let role = role_number_in(self.held, tie.role.as_deref());
            Some(match (tie.sense, person) {
                (Sense::By, Some(person)) => {
                    let own = self.subject.persons.get(&person.name);
                    own.is_some_and(|keys| keys.contains(&Key(vec![value.clone()])))
                }
                (Sense::By, None) => self.part.roles.contains(&UNNAMED),
                (Sense::Of, _) => self.part.roles.contains(&role) && !self.part.elsewhere.contains(&at),
            })
        });
        let first = said.next();
        first.is_some_and(|own| !own && !said.any(|own| own))
    }

    /// Whether a value by which rows are tied is known not to be this person's: they prove another one of its kind.
    fn is_anothers_value(&self, value: &Value) -> bool {
        let kinds = self.ties().filter_map(|(_, tie)| match tie.target {
            Target::Value(kind) => Some(kind),
            _ => None,
        });
        kinds.into_iter().any(|kind| {
            let mut known = self.subject.values.iter().filter(|known| known.kind == kind.word()).peekable();
            let canonical = kind.normalise_value(value);
            known.peek().is_some() && !known.any(|known| Some(known.value.reveal()) == canonical.as_deref())
        })
    }
}
