//! What becomes of one cell in a package (LAW §7.5): what the row's people share and what is the requester's is shown;
//! what is another role's is masked, its name alone shown to whoever typed it; what only points at somebody is held back.

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
    pub(super) roles: &'a [usize],
}

impl Seen<'_> {
    /// Decides; `value` is not NULL.
    pub(super) fn way(&self, value: &Value) -> Way {
        let kind = self.meaning.kind;
        if kind == Kind::Credential {
            return Way::Withhold(Withheld::Credential);
        }
        if self.meaning.export_no.is_some() {
            return Way::Withhold(Withheld::ExportNo);
        }
        if self.points_at_another(value) {
            return Way::Withhold(Withheld::ThirdParty);
        }
        let role = role_number_in(self.held, self.meaning.role.as_deref());
        if role != UNNAMED && !self.roles.contains(&role) {
            let typed_it = self.roles.contains(&UNNAMED) || self.roles.contains(&1);
            return match kind {
                Kind::Name | Kind::Nickname if typed_it => Way::Show,
                kind if kind.is_personal() => Way::Mask,
                _ => Way::Show,
            };
        }
        match kind {
            _ if self.is_anothers_value(value) => Way::Mask,
            Kind::FreeText => Way::StrikeOut,
            _ if self.meaning.file.is_some() => Way::Attach,
            _ => Way::Show,
        }
    }

    fn ties(&self) -> impl Iterator<Item = &Tie> {
        self.held.ties.iter().filter(|tie| tie.columns.contains(&self.column.name))
    }

    /// Whether the value is the key of another person, or of something that is not this person's in this row: a
    /// colleague, a friend who gave a coupon, the owner of an address book, an order seen by the parcel's recipient.
    fn points_at_another(&self, value: &Value) -> bool {
        let mut said = self.ties().filter_map(|tie| {
            let Target::Rows { table, .. } = &tie.target else { return None };
            let person = self.map.persons.iter().find(|person| person.table == *table);
            let role = role_number_in(self.held, tie.role.as_deref());
            Some(match (tie.sense, person) {
                (Sense::By, Some(person)) => {
                    let own = self.subject.persons.get(&person.name);
                    own.is_some_and(|keys| keys.contains(&Key(vec![value.clone()])))
                }
                (Sense::By, None) => self.roles.contains(&UNNAMED),
                (Sense::Of, _) => self.roles.contains(&role),
            })
        });
        let first = said.next();
        first.is_some_and(|own| !own && !said.any(|own| own))
    }

    /// Whether a value by which rows are tied is known not to be this person's: they prove another one of its kind.
    fn is_anothers_value(&self, value: &Value) -> bool {
        let kinds = self.ties().filter_map(|tie| match tie.target {
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
