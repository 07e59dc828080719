//! From what the officer asks to what shall stand where: the field is one that may be corrected, the row is the person's
//! own, the value is one of its kind, the identity is proven as strongly as the field needs.

use jiff::civil::Date;

use crate::{
    case::{Evidence, Level},
    data_map::{
        classified::{Column, Meaning, TableId},
        predicate::Predicate,
    },
    database::{
        Database,
        locate::{UNNAMED, role_number},
    },
    error::Error,
    kind::{Doubt, Kind, Profile, Validity},
    plan::Unfit,
    refusal::Refusal,
    rights::{stopping::written_in, stored::stored},
    schema::Generated,
    value::{Key, Value},
};

use super::{
    Asked, Basis, Theirs, Wish, key_text, theirs, unfit,
    whole::{Whole, whole},
};

/// Resolves fields for one person.
pub struct Resolving<'a> {
    /// What the correction rests on
    pub basis: Basis<'a>,
    /// How surely the person is known
    pub level: Option<Level>,
    /// What was shown that the new value is right
    pub evidence: Evidence,
}

/// A field that can be corrected.
#[derive(Debug)]
pub struct Ready {
    /// What shall stand where: the field's own cell first, then the cell that says since when
    pub wishes: Vec<Wish>,
    /// What the value is
    pub kind: Kind,
    /// The old value as a reader sees it
    pub old: String,
    /// The new value as a reader sees it
    pub new: String,
    /// Why somebody should look at the new value
    pub doubt: Option<Doubt>,
}

/// A field that the map lets be corrected, as it stands now.
#[derive(Debug)]
pub struct Listed {
    /// How it is named
    pub field: String,
    /// What the value is
    pub kind: Kind,
    /// The value as a reader sees it
    pub value: String,
    /// Why it cannot be corrected now
    pub because: Option<Unfit>,
}

/// A field's column.
struct Field<'a> {
    table: TableId,
    at: usize,
    column: &'a Column,
}

impl<'a> Resolving<'a> {
    /// Resolves one field, or says why it cannot be corrected.
    pub fn resolve(&self, asked: &Asked, database: &mut dyn Database) -> Result<Ready, Error> {
        let field = self.field(asked)?;
        let (key, row) = self.row(&field, asked, database)?;
        let refuse = |because| unfit(self.basis.map, field.table, field.at, because);
        let held = &self.basis.map.tables[field.table];
        let meaning = field.column.meaning_in(row.case.as_deref());
        let meaning = meaning.ok_or_else(|| Refusal::UnknownCase(held.name.to_string()))?;
        if meaning.correct.is_none() {
            return Err(refuse(Unfit::NotCorrectable));
        }
        if !row.holds {
            return Err(refuse(Unfit::Settled));
        }
        self.basis.require_not_held(field.table, field.at, &[&key].into(), database)?;
        self.require_strength(meaning).map_err(refuse)?;
        let from = &row.cells[field.at];
        let (to, doubt) = self.value(asked, &field, meaning, from).map_err(refuse)?;
        if to == *from {
            return Err(refuse(Unfit::Same));
        }
        let mask = |value: &Value| meaning.kind.mask(value, Profile::Display);
        let (old, new) = (mask(from), mask(&to));
        let mut wishes = vec![Wish { table: field.table, key, column: field.at, to }];
        wishes.extend(self.since(&field, &row, &wishes[0], database)?);
        Ok(Ready { wishes, kind: meaning.kind, old, new, doubt })
    }

    /// Hands every field of the person that the map lets be corrected to `each`, with what stands there.
    pub fn list(&self, database: &mut dyn Database, each: &mut dyn FnMut(Listed)) -> Result<(), Error> {
        let map = self.basis.map;
        let walk = self.basis.walk(database)?;
        for (table, held) in map.tables.iter().enumerate() {
            let fields: Vec<Field<'_>> = (held.columns.iter().enumerate())
                .map(|(at, column)| Field { table, at, column })
                .filter(|field| corrections(field.column).next().is_some())
                .collect();
            if fields.is_empty() {
                continue;
            }
            for row in theirs(&walk, table, &mut |_| true, database)? {
                for field in &fields {
                    each(self.listed(field, &row, database)?);
                }
            }
        }
        Ok(())
    }

    fn listed(&self, field: &Field<'_>, row: &Theirs, database: &mut dyn Database) -> Result<Listed, Error> {
        let map = self.basis.map;
        let refuse = |because| unfit(map, field.table, field.at, because);
        let stands = whole(map, field.table, &row.key, condition(field.column).as_ref(), database)?;
        let stands = stands.ok_or_else(|| refuse(Unfit::NoSuchRow))?;
        let held = &map.tables[field.table];
        let meaning = field.column.meaning_in(stands.case.as_deref());
        let meaning = meaning.ok_or_else(|| Refusal::UnknownCase(held.name.to_string()))?;
        let because = if row.doubtful {
            Some(Unfit::UndecidedRow)
        } else if meaning.correct.is_none() {
            Some(Unfit::NotCorrectable)
        } else if !stands.holds {
            Some(Unfit::Settled)
        } else if let Some(because) = self.basis.held(field.table, &[&row.key].into(), database)? {
            Some(because)
        } else {
            self.require_strength(meaning).err()
        };
        Ok(Listed {
            field: format!("{}[{}].{}", held.name, key_text(&row.key), field.column.name),
            kind: meaning.kind,
            value: meaning.kind.mask(&stands.cells[field.at], Profile::Display),
            because,
        })
    }

    fn field(&self, asked: &Asked) -> Result<Field<'a>, Error> {
        let map = self.basis.map;
        let unknown = || Refusal::Unfit { place: asked.place(), because: Unfit::UnknownField };
        let is_it = |name: String| name.eq_ignore_ascii_case(&asked.table);
        let table = map.tables.iter().position(|held| is_it(held.name.to_string())).ok_or_else(unknown)?;
        let held = &map.tables[table];
        let at = held.columns.iter().position(|column| column.name.eq_ignore_ascii_case(&asked.column));
        let at = at.ok_or_else(unknown)?;
        let column = &held.columns[at];
        let named = |names: &[String]| names.iter().any(|name| name.eq_ignore_ascii_case(&column.name));
        let is_key = matches!(&held.key, crate::schema::RowKey::Columns(columns) if named(columns));
        let because = if named(&held.immutable) || is_key {
            Some(Unfit::Immutable)
        } else if column.generated != Generated::No || column.meaning.copy.as_ref().is_some_and(|copy| copy.follows) {
            Some(Unfit::Copy)
        } else if corrections(column).next().is_none() {
            Some(Unfit::NotCorrectable)
        } else {
            None
        };
        match because {
            Some(because) => Err(unfit(map, table, at, because)),
            None => Ok(Field { table, at, column }),
        }
    }

    /// The one row that is meant, and what stands in it.
    fn row(&self, field: &Field<'_>, asked: &Asked, database: &mut dyn Database) -> Result<(Key, Whole), Error> {
        let map = self.basis.map;
        let refuse = |because| unfit(map, field.table, field.at, because);
        let role = role_number(map, field.table, field.column.meaning.role.as_deref());
        let walk = self.basis.walk(database)?;
        let mut rows = theirs(&walk, field.table, &mut |key| asked.means(key), database)?;
        rows.retain(|row| row.roles.contains(&role) || row.roles.contains(&UNNAMED));
        let sure = rows.iter().filter(|row| !row.doubtful).count() as u64;
        let mut certain = rows.iter().filter(|row| !row.doubtful);
        let key = match (certain.next(), sure) {
            (Some(Theirs { key, .. }), 1) => key.clone(),
            (Some(_), several) => return Err(refuse(Unfit::WhichRow(several))),
            (None, _) if rows.is_empty() => return Err(refuse(Unfit::NoSuchRow)),
            (None, _) => return Err(refuse(Unfit::UndecidedRow)),
        };
        let when = condition(field.column);
        let row = whole(map, field.table, &key, when.as_ref(), database)?;
        Ok((key, row.ok_or_else(|| refuse(Unfit::NoSuchRow))?))
    }

    /// LAW §7.6: a number, a real name and an identity number need L3, or one-time passwords to both numbers.
    fn require_strength(&self, meaning: &Meaning) -> Result<(), Unfit> {
        let own = meaning.role.is_none();
        let strong = self.level >= Some(Level::L3);
        let both = meaning.kind == Kind::Phone && self.evidence == Evidence::OtpBoth;
        if own && is_high_risk(meaning.kind) && !strong && !both { Err(Unfit::StrongerIdentity) } else { Ok(()) }
    }

    /// The value in the column's spelling and type.
    fn value(
        &self,
        asked: &Asked,
        field: &Field<'_>,
        meaning: &Meaning,
        from: &Value,
    ) -> Result<(Value, Option<Doubt>), Unfit> {
        let Some(given) = &asked.to else {
            return if field.column.not_null { Err(Unfit::NotNull) } else { Ok((Value::Null, None)) };
        };
        let doubt = match meaning.kind.validate_on(given.reveal(), self.today())? {
            Validity::Sound => None,
            Validity::Doubtful(doubt) => Some(doubt),
        };
        let written = meaning.kind.respelled(given.reveal(), from).ok_or(Unfit::WrongType)?;
        let to = stored(&written, &field.column.declared).ok_or(Unfit::WrongType)?;
        // A number's leading zeros are lost in a column of whole numbers: that is another value.
        let same = meaning.kind.normalise_value(&to) == meaning.kind.normalise(given.reveal());
        meaning.kind.require_readable(to.as_text().unwrap_or_default())?;
        if same { Ok((to, doubt)) } else { Err(Unfit::WrongType) }
    }

    fn today(&self) -> Date {
        self.basis.zone.to_datetime(self.basis.as_of).date()
    }

    /// A value that proves possession is theirs from now on, not since the old one was: otherwise rows of whoever had
    /// the number before would become theirs. Without a proof of possession a mailbox is unproven until it is verified.
    fn since(
        &self,
        field: &Field<'_>,
        row: &Whole,
        wish: &Wish,
        database: &mut dyn Database,
    ) -> Result<Option<Wish>, Error> {
        let Some(proves) = &field.column.meaning.proves else { return Ok(None) };
        let held = &self.basis.map.tables[field.table];
        let Some(since) = &proves.since else { return Ok(None) };
        let Some(at) = held.columns.iter().position(|column| column.name.eq_ignore_ascii_case(since)) else {
            return Ok(None);
        };
        let column = &held.columns[at];
        let conditional = proves.when.as_ref().is_some_and(|when| when.columns().contains(&since.as_str()));
        let unproven = wish.to.is_null() || conditional && !self.evidence.shows_possession();
        let to = if unproven && !column.not_null {
            Value::Null
        } else {
            let (map, like) = (self.basis.map, Some(&row.cells[at]));
            written_in(map, field.table, at, self.basis.as_of, &self.basis.zone, like, database)?
        };
        Ok(Some(Wish { table: field.table, key: wish.key.clone(), column: at, to }))
    }
}

/// Every meaning of the column under which it may be corrected.
fn corrections(column: &Column) -> impl Iterator<Item = &Meaning> {
    let all = std::iter::once(&column.meaning).chain(column.by_case.iter().map(|(_, meaning)| meaning));
    all.filter(|meaning| meaning.correct.is_some())
}

/// The condition on correcting the column, the same for all its meanings.
fn condition(column: &Column) -> Option<Predicate> {
    corrections(column).find_map(|meaning| meaning.correct.as_ref()?.when.clone())
}

fn is_high_risk(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Phone
            | Kind::Name
            | Kind::ResidentId
            | Kind::ResidencePermit
            | Kind::Passport
            | Kind::TravelPermit
            | Kind::NationalId
    )
}
