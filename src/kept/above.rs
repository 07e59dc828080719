//! By what the rows of a change are somebody's, as far as the change left it as it was: the rows that their ties name, up
//! to the person's, and whoever proves a value that makes them theirs. Of each there is a fingerprint; what stands there
//! later and has another one is another's.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    io::Read as _,
    rc::Rc,
};

use sha2::{Digest as _, Sha256};

use super::{
    Coming, cell,
    coming::{Name, Named, digest_of, name_of},
    windows,
};
use crate::{
    casebook::{CasebookError, Vault},
    data_map::classified::{Case, Classified, Column, Meaning, Sense, Table, TableId, Target, Tie},
    database::{Arm, Database, DatabaseError, Flow, LongCell, Seed, Seeds, Select, Term},
    error::Error,
    kind::Kind,
    plan::Image,
    value::{Key, Value, hex},
};

/// The file of a vault in which the fingerprints stand.
const ABOVE: &str = "above";

/// Rows that are looked at at once.
const WINDOW: usize = 256;

/// Cells up to this many bytes are read whole.
const LONGEST: usize = 1 << 20;

/// How what stands above a row differs from what stood there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Differs {
    /// It is gone
    Gone,
    /// It is another row, or says now that it is somebody else's
    Another,
    /// Somebody else has the value by which the row was the person's
    Proven,
    /// Rows name by now what is gone
    Named,
}

/// Writes down what stands above the rows of which something is kept, after they were changed.
pub fn write_down(vault: &Vault, map: &Classified, database: &mut dyn Database) -> Result<(), Error> {
    let mut out = vault.write(ABOVE)?;
    look(vault, map, database, &mut |seen| {
        out.push(&[seen.name, seen.digest.unwrap_or_default()].concat())?;
        Ok(true)
    })?;
    Ok(out.finish()?)
}

/// Hands over every row (with its table) above which something else stands than was written down.
pub fn compare(
    vault: &Vault,
    map: &Classified,
    database: &mut dyn Database,
    each: &mut dyn FnMut(Differs, TableId, &Key),
) -> Result<(), Error> {
    let mut then: HashMap<Name, Option<Name>> = HashMap::new();
    let mut reader = vault.read(ABOVE)?;
    while let Some(record) = reader.read()? {
        let (name, digest) = record.split_at_checked(16).ok_or(CasebookError::Vault(vault.intent()))?;
        let part = |part: &[u8]| Name::try_from(part).map_err(|_| CasebookError::Vault(vault.intent()));
        then.insert(part(name)?, Some(part(digest)?).filter(|digest| *digest != Name::default()));
    }
    look(vault, map, database, &mut |seen| {
        let differs = match (then.get(&seen.name).copied().flatten(), seen.digest) {
            (then, now) if then == now => return Ok(true),
            // what named a row that is gone may go as well
            (_, None) if matches!(seen.by, To::Below(..)) => return Ok(true),
            (_, None) => Differs::Gone,
            (_, Some(_)) => match seen.by {
                To::Rows(..) => Differs::Another,
                To::Value(_) => Differs::Proven,
                To::Below(..) => Differs::Named,
            },
        };
        each(differs, seen.table, seen.key);
        Ok(false)
    })
}

/// A way up: what makes a row somebody's.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Way {
    /// Columns of the row
    columns: Vec<String>,
    to: To,
    /// Of a tie that holds in some cases only
    tie: Option<Tie>,
}

/// Where a way leads.
#[derive(Clone, Debug, PartialEq, Eq)]
enum To {
    /// To the rows with the same values
    Rows(TableId, Vec<String>),
    /// To whoever proves the value
    Value(Kind),
    /// To the rows that name a row that went, which it does not belong to: whatever names it later is another's
    Below(TableId, Vec<String>),
}

/// The ways from a table's rows: ties *of* somebody, what the rows prove themselves, and what names them.
fn ways(map: &Classified, table: TableId) -> Vec<Way> {
    let held = &map.tables[table];
    let tied = held.ties.iter().filter(|tie| tie.sense == Sense::Of).filter_map(|tie| {
        let to = match &tie.target {
            Target::Rows { table, columns, .. } => To::Rows(*table, columns.clone()),
            Target::Value(kind) => To::Value(*kind),
            Target::Itself | Target::Anyone => return None,
        };
        Some(Way { columns: tie.columns.clone(), to, tie: Some(tie.clone()) })
    });
    let proving = held.columns.iter().flat_map(|column| {
        let kinds = column.meanings().filter(|meaning| meaning.proves.is_some()).map(|meaning| meaning.kind);
        kinds.map(|kind| Way { columns: vec![column.name.clone()], to: To::Value(kind), tie: None })
    });
    let naming = map.tables.iter().enumerate().flat_map(|(below, child)| {
        child.ties.iter().filter(|tie| tie.sense == Sense::Of).filter_map(move |tie| match &tie.target {
            Target::Rows { table: named, columns, .. } if *named == table => {
                Some(Way { columns: columns.clone(), to: To::Below(below, tie.columns.clone()), tie: None })
            }
            _ => None,
        })
    });
    tied.chain(proving).chain(naming).collect()
}

impl Way {
    /// Whether it is one for a row of these cells; where another row's value decides, it is.
    fn holds(&self, held: &Table, row: &Row) -> bool {
        let Some((tie, Case::Column(column))) = self.tie.as_ref().zip(held.case.as_ref()) else { return true };
        tie.holds_in(row.cell(column).map(Value::to_canonical_text).as_deref())
    }
}

/// The columns that tell whose a row is: its key, its ties, what identifies and names people, and what never changes.
fn telling(held: &Table, key: &[String]) -> BTreeSet<String> {
    let says = |column: &&Column| column.meanings().any(|meaning| meaning.kind == Kind::Name) || is_sure(held, column);
    let says = held.columns.iter().filter(says).map(|column| &column.name);
    let ties = held.ties.iter().filter(|tie| tie.sense == Sense::Of).flat_map(|tie| &tie.columns);
    let case = match &held.case {
        Some(Case::Column(column) | Case::Path { column, .. }) => Some(column),
        None => None,
    };
    says.chain(ties).chain(key).chain(case).cloned().collect()
}

/// Whether a column, where anything stands in it, tells one person from others. A name does not.
fn is_sure(held: &Table, column: &Column) -> bool {
    column.meanings().any(|meaning| meaning.kind.identifies() && !meaning.kind.is_weak())
        || held.immutable.contains(&column.name)
}

/// What stands at the end of one way.
struct Seen<'s> {
    /// The way, and the values with which it was gone
    name: Name,
    /// Of the rows there; `None`: there is none
    digest: Option<Name>,
    by: &'s To,
    /// The row from which it was gone
    table: TableId,
    key: &'s Key,
}

/// Gets what stands at the end of every way, and says whether to go on from there.
type Each<'e> = &'e mut dyn FnMut(Seen<'_>) -> Result<bool, Error>;

/// What the change did to a row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// It took it away
    Gone,
    Changed,
    /// It left it as it was
    Left,
}

/// A row from which ways lead.
struct Row {
    standing: Standing,
    key: Key,
    /// By lower-case names; no NULL is among them
    cells: HashMap<String, Value>,
}

impl Row {
    fn cell(&self, column: &str) -> Option<&Value> {
        self.cells.get(&column.to_ascii_lowercase())
    }

    fn cells(&self, columns: &[String]) -> Option<Vec<Value>> {
        columns.iter().map(|column| self.cell(column).cloned()).collect()
    }
}

/// Goes up from every row of which something is kept.
fn look(vault: &Vault, map: &Classified, database: &mut dyn Database, each: Each<'_>) -> Result<(), Error> {
    let mut named: Named = map.tables.iter().map(|held| held.key.columns().into_iter().collect()).enumerate().collect();
    let ways: Vec<Vec<Way>> = (0..map.tables.len()).map(|table| ways(map, table)).collect();
    for way in ways.iter().flatten() {
        if let To::Rows(table, columns) = &way.to {
            named.entry(*table).or_default().insert(columns.clone());
        }
    }
    let coming = Coming::of(vault, map, &named, false)?;
    let mut looking = Looking { map, ways: &ways, coming, asked: HashSet::new(), met: HashSet::new(), each };
    windows(vault, map, &|table| !ways[table].is_empty(), &mut |table, window| {
        let held = &map.tables[table];
        let wanted: BTreeSet<&String> = ways[table].iter().flat_map(|way| &way.columns).collect();
        let wanted: BTreeSet<String> = wanted.into_iter().cloned().chain(telling(held, &[])).collect();
        let row = |image: Image| {
            let cell = |name: &String| Some((name.to_ascii_lowercase(), cell(held, &image.key, &image.before, name)?));
            let standing = if image.after.is_none() { Standing::Gone } else { Standing::Changed };
            Row { standing, cells: wanted.iter().filter_map(cell).collect(), key: image.key.clone() }
        };
        looking.up(table, &window.into_iter().map(row).collect::<Vec<_>>(), database)
    })
}

struct Looking<'a, 'e> {
    map: &'a Classified,
    ways: &'a [Vec<Way>],
    coming: Coming,
    /// Ways that were gone, with the values
    asked: HashSet<Name>,
    /// Rows that were met on the way
    met: HashSet<Name>,
    each: Each<'e>,
}

/// What stands at the end of a way.
#[derive(Default)]
struct Answer {
    /// Fingerprints of the rows
    digests: BTreeSet<Name>,
    rows: Vec<(TableId, Row)>,
}

impl Looking<'_, '_> {
    fn up(&mut self, table: TableId, rows: &[Row], database: &mut dyn Database) -> Result<(), Error> {
        let (map, ways) = (self.map, self.ways);
        let mut above: BTreeMap<TableId, Vec<Row>> = BTreeMap::new();
        for way in &ways[table] {
            let mut asked: Vec<(Name, usize, Vec<Value>)> = Vec::new();
            for (at, row) in rows.iter().enumerate().filter(|(_, row)| way.holds(&map.tables[table], row)) {
                let Some((name, values)) = self.question(way, row) else { continue };
                if self.asked.insert(name) {
                    asked.push((name, at, values));
                }
            }
            let mut answers: Vec<Answer> = asked.iter().map(|_| Answer::default()).collect();
            let seed = |(tag, (_, _, values)): (u32, &(Name, usize, Vec<Value>))| (tag, values.clone());
            match &way.to {
                To::Rows(other, columns) | To::Below(other, columns) => {
                    let seeds = (0..).zip(&asked).map(seed).map(|(tag, values)| Seed { subject: 0, tag, values });
                    let arm = Arm { columns: columns.clone(), seeds: seeds.collect(), folds: false };
                    self.answer(*other, arm, database, &mut answers)?;
                }
                To::Value(kind) => {
                    let spelled = |(tag, (_, _, values)): (u32, &(Name, usize, Vec<Value>))| {
                        let forms = kind.lookups(&values[0].to_canonical_text());
                        forms.into_iter().map(move |form| Seed { subject: 0, tag, values: vec![form] })
                    };
                    let seeds: Seeds = (0..).zip(&asked).flat_map(spelled).collect();
                    for (proving, column) in proving(map, *kind) {
                        let arm = Arm { columns: vec![column], seeds: seeds.clone(), folds: kind.folds_case() };
                        self.answer(proving, arm, database, &mut answers)?;
                    }
                }
            }
            for ((name, at, _), Answer { digests, rows: met }) in asked.into_iter().zip(answers) {
                let digest = (!digests.is_empty()).then(|| digest_of(digests.iter()));
                let (by, below) = (&way.to, matches!(way.to, To::Below(..)));
                if (self.each)(Seen { name, digest, by, table, key: &rows[at].key })? && !below {
                    for (parent, row) in met {
                        if self.met.insert(name_of(&map.tables[parent].name, &[], &row.key.0)) {
                            above.entry(parent).or_default().push(row);
                        }
                    }
                }
            }
        }
        for (parent, rows) in above {
            for window in rows.chunks(WINDOW) {
                self.up(parent, window, database)?;
            }
        }
        Ok(())
    }

    /// What a way asks of a row, unless the answer comes back with it.
    fn question(&self, way: &Way, row: &Row) -> Option<(Name, Vec<Value>)> {
        let values = row.cells(&way.columns)?;
        match &way.to {
            To::Rows(table, columns) => {
                let above = &self.map.tables[*table].name;
                let gone = || (name_of(above, columns, &values), values.clone());
                (!self.coming.has(above, columns, &values)).then(gone)
            }
            To::Value(kind) => {
                // what is above proves what it proved: nothing comes back to it by that
                let asks = row.standing != Standing::Left || way.tie.is_some();
                let value = asks.then(|| kind.normalise_value(&values[0])).flatten()?;
                Some((digest_of(["value", kind.word(), value.as_str()].iter()), vec![Value::from(value.as_str())]))
            }
            To::Below(table, columns) => {
                let below = format!("below {}", self.map.tables[*table].name);
                let texts = columns.iter().cloned().chain(values.iter().map(Value::to_canonical_text));
                let name = digest_of(std::iter::once(below).chain(texts));
                (row.standing == Standing::Gone).then(|| (name, values.clone()))
            }
        }
    }

    /// Adds the rows of `table` that `arm` reaches, but for those that are changed themselves.
    fn answer(
        &mut self,
        table: TableId,
        arm: Arm,
        database: &mut dyn Database,
        answers: &mut [Answer],
    ) -> Result<(), Error> {
        let held = &self.map.tables[table];
        let key = held.key.columns().unwrap_or_else(|| arm.columns.clone());
        let mut select = Select::new(held.name.clone(), key.clone(), vec![arm]);
        select.bear_twice(LONGEST);
        let telling = telling(held, &key);
        let written = held.written_columns().into_iter().map(|at| held.columns[at].name.clone());
        let columns: Vec<String> =
            written.chain(telling.iter().cloned()).collect::<BTreeSet<_>>().into_iter().collect();
        let parents = held.ties.iter().filter(|tie| tie.sense == Sense::Of && tie.parent().is_some());
        let parents: BTreeSet<&String> = parents.flat_map(|tie| &tie.columns).collect();
        let sure =
            |name: &String| parents.contains(name) || held.column(name).is_some_and(|column| is_sure(held, column));
        let sure: Vec<bool> = columns.iter().map(sure).collect();
        let term = |name: &String| select.term(Term::Column { via: 0, column: name.clone() });
        let places: Vec<usize> = columns.iter().map(term).collect();
        let mut outcome: Result<(), DatabaseError> = Ok(());
        database.read(&select, &mut |mut found| {
            let mut terms = found.row.split_off(key.len());
            if self.coming.has(&held.name, &key, &found.row) {
                return Flow::Continue;
            }
            // where nothing but a name tells, everything does
            let known = sure.iter().zip(&places).any(|(sure, at)| *sure && !terms[*at].is_empty());
            let tells = columns.iter().zip(&places).filter(|(name, _)| !known || telling.contains(*name));
            let texts = tells.map(|(_, place)| text_of(*place, &terms, &found.long)).collect::<Result<Vec<_>, _>>();
            let texts = match texts {
                Ok(texts) => texts,
                Err(error) => {
                    outcome = Err(error);
                    return Flow::Stop;
                }
            };
            let own = [held.name.to_string()];
            let answer = &mut answers[found.tag as usize];
            answer.digests.insert(digest_of(own.iter().chain(&texts)));
            let cells = columns.iter().zip(&places);
            let cells = cells.map(|(name, at)| (name.to_ascii_lowercase(), std::mem::take(&mut terms[*at])));
            let cells = cells.filter(|(_, value)| !value.is_null()).collect();
            answer.rows.push((table, Row { standing: Standing::Left, key: Key(found.row), cells }));
            Flow::Continue
        })?;
        Ok(outcome?)
    }
}

/// Where a value of this kind says who somebody is.
fn proving(map: &Classified, kind: Kind) -> impl Iterator<Item = (TableId, String)> {
    map.tables.iter().enumerate().flat_map(move |(table, held)| {
        let person = map.persons.iter().any(|person| person.table == table);
        let says = move |meaning: &Meaning| meaning.kind == kind && (person || meaning.proves.is_some());
        let columns = held.columns.iter().filter(move |column| column.meanings().any(says));
        columns.map(move |column| (table, column.name.clone()))
    })
}

/// A cell, and whether it is NULL; of a long one what stands for it.
fn text_of(place: usize, terms: &[Value], long: &[(usize, Rc<dyn LongCell>)]) -> Result<String, DatabaseError> {
    if let Some((_, cell)) = long.iter().find(|(at, _)| *at == place) {
        let (mut from, mut digest, mut piece) = (cell.open()?, Sha256::new(), vec![0; 1 << 16]);
        loop {
            let read = from.read(&mut piece).map_err(|error| DatabaseError::Engine(error.to_string()))?;
            if read == 0 {
                return Ok(format!("long {}", hex(&digest.finalize())));
            }
            digest.update(&piece[..read]);
        }
    }
    let value = &terms[place];
    Ok(if value.is_null() { String::new() } else { format!("is {}", value.to_canonical_text()) })
}
