//! Who else is in a row: whom its ties lead to beside the people for whom it was found, as far up as they go.

use std::collections::BTreeSet;

use super::{Referenced, Select, Term, UNNAMED, Walk, case_term_of, points_at_nothing, role_number, role_number_in};
use crate::{
    data_map::{
        classified::{Cases, Classified, Meaning, Sense, Table, TableId, Target, Tie},
        predicate::Predicate,
    },
    database::Join,
    plan::{occupied, speaks},
    schema::Generated,
    value::{Key, Row, Value},
};

/// Whom a tie leads to beside the people for whom the row was found; of several whoever comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Other {
    /// Nobody
    Nobody,
    /// A row that is not there any more, or in which nobody is
    Vacant,
    /// A person of whom an erasure has left nothing but the row
    Emptied,
    /// Whoever a tie leads to that was not followed, because it leads round
    Unknown,
    /// Somebody
    Somebody,
}

/// Whether everything of somebody that could go is gone, by the record: the word of the map's people, and their key. In
/// rows alone whoever was erased looks like whoever never said anything.
pub type Erased<'e> = dyn Fn(&str, &Key) -> bool + 'e;

/// What tells whom the ties of a table's rows lead to; nobody where that cannot matter.
#[derive(Debug, Default)]
pub struct Beside {
    links: Vec<Link>,
    /// Of those links alone several may be of one role
    several: BTreeSet<usize>,
}

/// Where a tie leads. Every `usize` that is no tie and no role is a place among a row's terms.
#[derive(Debug)]
struct Link {
    /// Which tie of its table
    tie: usize,
    /// Its role there
    role: usize,
    pointer: Vec<usize>,
    parent: Referenced,
    /// The role at the other end
    wanted: usize,
    /// The values there
    values: Vec<usize>,
    /// In which cases it is a tie
    cases: Option<(usize, Cases)>,
    level: Level,
}

/// Who is in a row at the other end of ties.
#[derive(Debug)]
pub struct Level {
    person: Option<Person>,
    /// Whether somebody is named by a value
    named: Vec<usize>,
    links: Vec<Link>,
    /// Whether a tie that was not followed leads back
    round: bool,
    /// Whether the row says something of somebody in the role, whoever that is
    says: Option<usize>,
}

#[derive(Debug)]
struct Person {
    /// The word of the map's
    name: String,
    key: usize,
    /// Whether the row says something of them, where the table can
    speaks: Option<usize>,
}

/// Whether a row of `table` may be several people's in one role: by ties of its own, or of what it hangs on.
#[must_use]
pub fn may_have_several(map: &Classified, table: TableId, role: usize) -> bool {
    let is_person = role == UNNAMED && map.persons.iter().any(|person| person.table == table);
    let ties: Vec<&Tie> = if is_person { Vec::new() } else { links(map, table, role).map(|(_, tie)| tie).collect() };
    let above = |tie: &&Tie| match &tie.target {
        Target::Rows { table: parent, role, .. } => {
            *parent != table && may_have_several(map, *parent, role_number(map, *parent, role.as_deref()))
        }
        _ => false,
    };
    ties.len() > 1 || ties.iter().any(above) || (!ties.is_empty() && is_led_back_to(map, table, role))
}

/// Whether rows of several may lead to one of `table` in the role.
#[must_use]
pub fn is_led_back_to(map: &Classified, table: TableId, role: usize) -> bool {
    let held = &map.tables[table];
    let mut ties = held.ties.iter().filter(|tie| tie.sense == Sense::Of);
    ties.any(|tie| match &tie.target {
        Target::Rows { table: from, columns, .. } => {
            role_number_in(held, tie.role.as_deref()) == role && !map.is_unique(*from, columns)
        }
        _ => false,
    })
}

/// The ties that make a row of `table` its people's in the role, and lead to one other row.
fn links(map: &Classified, table: TableId, role: usize) -> impl Iterator<Item = (usize, &Tie)> {
    let held = &map.tables[table];
    held.ties.iter().enumerate().filter(move |(_, tie)| {
        tie.sense == Sense::Of
            && tie.parent().is_some()
            && !map.is_reverse(table, tie)
            && role_number_in(held, tie.role.as_deref()) == role
    })
}

/// True of the rows of which a column other than `except` says something personal: one of the role where one is given.
fn speaking(held: &Table, role: Option<usize>, except: &[String]) -> Option<Predicate> {
    let counts = |meaning: &Meaning| role.is_none_or(|role| role_number_in(held, meaning.role.as_deref()) == role);
    // what the engine computes of nothing says nothing
    let written = held.columns.iter().filter(|column| column.generated == Generated::No);
    let columns = written.filter(|column| !except.contains(&column.name));
    let said: Vec<Predicate> = columns.filter_map(|column| speaks(column, &counts)).collect();
    (!said.is_empty()).then_some(Predicate::Or(said))
}

impl Beside {
    /// Asks for whoever else may have the same part in a row of `table`, and where `in_roles` for whoever else is in any
    /// of its roles.
    #[must_use]
    pub fn ask(map: &Classified, table: TableId, in_roles: bool, select: &mut Select) -> Self {
        let roles = 0..=map.tables[table].roles.len();
        let several: BTreeSet<usize> = roles.clone().filter(|role| may_have_several(map, table, *role)).collect();
        let asked = roles.filter(|role| in_roles || several.contains(role));
        let ties: Vec<(usize, &Tie)> = asked.flat_map(|role| links(map, table, role)).collect();
        let links = ties.into_iter().filter_map(|link| Link::ask(map, link, 0, &mut vec![table], select)).collect();
        Self { links, several }
    }

    /// By tie: whom it leads to beside the subject. Several rows of terms: a join found several parents.
    pub fn whom(&self, terms: &[Row], subject: u32, walk: &Walk<'_>, erased: &Erased<'_>) -> Vec<(usize, Other)> {
        let whom = |link: &Link| {
            let each = terms.iter().map(|terms| link.beside(terms, subject, walk, erased));
            (link.tie, each.max().unwrap_or(Other::Nobody))
        };
        self.links.iter().map(whom).collect()
    }

    /// The ties that lead to rows that are not the subject's.
    #[must_use]
    pub fn elsewhere(&self, terms: &[Row], subject: u32, walk: &Walk<'_>) -> Vec<usize> {
        let away = |link: &&Link| terms.iter().any(|terms| link.leads_away(terms, subject, walk));
        self.links.iter().filter(away).map(|link| link.tie).collect()
    }

    /// The ties that lead to no row.
    pub fn nowhere<'b>(&'b self, terms: &'b [Row]) -> impl Iterator<Item = usize> + 'b {
        let leads = |link: &Link| terms.iter().any(|terms| link.points(terms) && !link.is_missing(terms));
        self.links.iter().filter(move |link| !leads(link)).map(|link| link.tie)
    }

    /// The roles in which the row is somebody else's as well, who counts from `least`.
    #[must_use]
    pub fn in_common(&self, whom: &[(usize, Other)], least: Other) -> BTreeSet<usize> {
        let others = self.links.iter().zip(whom).filter(|(_, (_, other))| *other >= least);
        others.map(|(link, _)| link.role).filter(|role| self.several.contains(role)).collect()
    }
}

impl Link {
    fn ask(
        map: &Classified,
        (at, tie): (usize, &Tie),
        via: usize,
        path: &mut Vec<TableId>,
        select: &mut Select,
    ) -> Option<Self> {
        let Target::Rows { table: parent, columns, role } = &tie.target else { return None };
        let (table, from) = (*path.last()?, via);
        // a pointer that stands in the rows of whose it is may lead round in a circle
        if path.contains(parent) {
            return None;
        }
        let held = &map.tables[table];
        let name = map.tables[*parent].name.clone();
        let via = select.join(Join {
            from,
            columns: tie.columns.clone(),
            table: name,
            target: columns.clone(),
            within: None,
        });
        let mut terms = |via: usize, columns: &[String]| -> Vec<usize> {
            columns.iter().map(|column| select.term(Term::Column { via, column: column.clone() })).collect()
        };
        let (pointer, values) = (terms(from, &tie.columns), terms(via, columns));
        let cases = tie.cases.clone().zip(held.case.as_ref());
        let cases = cases.map(|(cases, case)| (case_term_of(map, case, from, select), cases));
        let wanted = role_number(map, *parent, role.as_deref());
        path.push(*parent);
        let level = Level::along(map, wanted, via, path, select);
        path.pop();
        let (tie, role) = (at, role_number_in(held, tie.role.as_deref()));
        Some(Self { tie, role, pointer, parent: (*parent, columns.clone()), wanted, values, cases, level })
    }

    /// Whether it is a tie in the row, and points at something, be it there or not.
    fn points(&self, terms: &[Value]) -> bool {
        let holds = |(at, cases): &(usize, Cases)| {
            cases.hold(&terms[*at].to_canonical_text()) || cases.are_unclear_in(&terms[*at])
        };
        let nothing = || points_at_nothing(self.pointer.iter().map(|at| &terms[*at]));
        self.cases.as_ref().is_none_or(holds) && (!self.is_missing(terms) || !nothing())
    }

    fn is_missing(&self, terms: &[Value]) -> bool {
        self.values.iter().any(|at| terms[*at].is_null())
    }

    /// Whether it leads to a row that is nobody's of those whose rows are looked for.
    fn leads_away(&self, terms: &[Value], subject: u32, walk: &Walk<'_>) -> bool {
        let values: Vec<Value> = self.values.iter().map(|&at| terms[at].clone()).collect();
        self.points(terms) && !self.is_missing(terms) && !walk.leads_to(&self.parent, subject, self.wanted, &values)
    }

    /// Whom it leads to beside the subject: what is theirs at the other end may be somebody else's as well.
    fn beside(&self, terms: &[Value], subject: u32, walk: &Walk<'_>, erased: &Erased<'_>) -> Other {
        if !self.points(terms) {
            return Other::Nobody;
        }
        if self.is_missing(terms) {
            return Other::Vacant;
        }
        if self.leads_away(terms, subject, walk) {
            return self.level.whom(terms, erased);
        }
        if self.level.person.is_some() {
            return Other::Nobody;
        }
        let above = self.level.links.iter().map(|link| link.beside(terms, subject, walk, erased));
        above.max().unwrap_or(Other::Nobody)
    }

    /// Whom it leads to, where the row is nobody's of those whose rows are looked for.
    fn whom(&self, terms: &[Value], erased: &Erased<'_>) -> Other {
        match self.points(terms) {
            false => Other::Nobody,
            true if self.is_missing(terms) => Other::Vacant,
            true => self.level.whom(terms, erased),
        }
    }
}

impl Level {
    /// Asks for whoever is in the role of the rows of `table` that `select` reads.
    #[must_use]
    pub fn ask(map: &Classified, table: TableId, role: usize, select: &mut Select) -> Self {
        Self::along(map, role, 0, &mut vec![table], select)
    }

    /// Asks for whoever is in the role of the row at the end of `path`, which `via` joins.
    pub(super) fn along(
        map: &Classified,
        role: usize,
        via: usize,
        path: &mut Vec<TableId>,
        select: &mut Select,
    ) -> Self {
        let mut level = Self { person: None, named: Vec::new(), links: Vec::new(), round: false, says: None };
        let Some(&table) = path.last() else { return level };
        let held = &map.tables[table];
        let mut truth = |predicate| select.term(Term::Truth { via, predicate });
        let is_theirs = |tie: &&Tie| tie.sense == Sense::Of && role_number_in(held, tie.role.as_deref()) == role;
        for tie in held.ties.iter().filter(is_theirs) {
            match &tie.target {
                Target::Value(_) => {
                    let columns = tie.columns.iter().filter_map(|name| held.column(name));
                    let names = |column| speaks(column, &|_| true).unwrap_or_else(|| occupied(column));
                    level.named.extend(columns.map(|column| truth(names(column))));
                }
                Target::Itself => level.named.extend(speaking(held, None, &[]).map(&mut truth)),
                Target::Rows { .. } | Target::Anyone => {}
            }
        }
        let person = map.persons.iter().find(|person| role == UNNAMED && person.table == table);
        if let Some(person) = person {
            let speaks = speaking(held, None, std::slice::from_ref(&person.column)).map(truth);
            let key = select.term(Term::Column { via, column: person.column.clone() });
            level.person = Some(Person { name: person.name.clone(), key, speaks });
            return level;
        }
        let ties = held.ties.iter().enumerate().filter(|(_, tie)| is_theirs(tie) && tie.parent().is_some());
        level.says = speaking(held, Some(role), &[]).map(truth);
        for link in ties {
            match Link::ask(map, link, via, path, select) {
                Some(link) => level.links.push(link),
                None => level.round = true,
            }
        }
        level
    }

    /// Who is in the row with these terms.
    pub fn whom(&self, terms: &[Value], erased: &Erased<'_>) -> Other {
        let is_true = |at: &usize| terms[*at] == Value::Integer(1);
        if self.named.iter().any(is_true) {
            return Other::Somebody;
        }
        if let Some(Person { name, key, speaks }) = &self.person {
            let key = &terms[*key];
            return match speaks {
                _ if key.is_null() => Other::Vacant,
                Some(speaks) if is_true(speaks) => Other::Somebody,
                _ if erased(name, &Key(vec![key.clone()])) => Other::Emptied,
                _ => Other::Somebody,
            };
        }
        match self.links.iter().map(|link| link.whom(terms, erased)).max().unwrap_or(Other::Nobody) {
            // a guest
            Other::Nobody | Other::Vacant if self.says.as_ref().is_some_and(is_true) => Other::Somebody,
            found if self.round => found.max(Other::Unknown),
            Other::Nobody => Other::Vacant,
            found => found,
        }
    }
}
