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
            (_, None) => Differs::Gone,
            (_, Some(_)) if seen.by_value => Differs::Proven,
            (_, Some(_)) => Differs::Another,
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
}

/// The ways up from a table's rows: ties *of* somebody, and what the rows prove themselves.
fn ways(held: &Table) -> Vec<Way> {
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
    tied.chain(proving).collect()
}

impl Way {
    /// Whether it is one for a row of these cells; where another row's value decides, it is.
    fn holds(&self, held: &Table, row: &Row) -> bool {
        let Some((tie, Case::Column(column))) = self.tie.as_ref().zip(held.case.as_ref()) else { return true };
        tie.holds_in(row.cell(column).map(Value::to_canonical_text).as_deref())
    }
}

/// The columns that tell whose a row is: its key, its ties, what identifies and names people, and what never changes.
/// Where there is nothing beside the key, every column tells.
fn telling(held: &Table, key: &[String]) -> Vec<String> {
    let says = |column: &&Column| {
        column.meanings().any(|meaning| meaning.kind.identifies() || meaning.kind == Kind::Name)
            || held.immutable.contains(&column.name)
    };
    let says = held.columns.iter().filter(says).map(|column| &column.name);
    let ties = held.ties.iter().filter(|tie| tie.sense == Sense::Of).flat_map(|tie| &tie.columns);
    let mut telling: BTreeSet<&String> = says.chain(ties).filter(|name| !key.contains(name)).collect();
    if telling.is_empty() {
        telling.extend(held.written_columns().into_iter().map(|at| &held.columns[at].name));
    }
    let case = match &held.case {
        Some(Case::Column(column) | Case::Path { column, .. }) => Some(column),
        None => None,
    };
    telling.into_iter().chain(key).chain(case).cloned().collect()
}

/// What stands at the end of one way.
struct Seen<'s> {
    /// The way, and the values with which it was gone
    name: Name,
    /// Of the rows there; `None`: there is none
    digest: Option<Name>,
    by_value: bool,
    /// The row from which it was gone
    table: TableId,
    key: &'s Key,
}

/// Gets what stands at the end of every way, and says whether to go on from there.
type Each<'e> = &'e mut dyn FnMut(Seen<'_>) -> Result<bool, Error>;

/// A row from which ways lead up.
struct Row {
    /// Whether the change touched it
    own: bool,
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
    let ways: Vec<Vec<Way>> = map.tables.iter().map(ways).collect();
    for way in ways.iter().flatten() {
        if let To::Rows(table, columns) = &way.to {
            named.entry(*table).or_default().insert(columns.clone());
        }
    }
    let coming = Coming::of(vault, map, &named)?;
    let mut looking = Looking { map, ways: &ways, coming, asked: HashSet::new(), met: HashSet::new(), each };
    windows(vault, map, &|table| !ways[table].is_empty(), &mut |table, window| {
        let held = &map.tables[table];
        let row = |image: Image| {
            let cell = |name: String| Some((name.to_ascii_lowercase(), cell(held, &image.key, &image.before, &name)?));
            Row { own: true, cells: telling(held, &[]).into_iter().filter_map(cell).collect(), key: image.key.clone() }
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
                To::Rows(parent, columns) => {
                    let seeds = (0..).zip(&asked).map(seed).map(|(tag, values)| Seed { subject: 0, tag, values });
                    let arm = Arm { columns: columns.clone(), seeds: seeds.collect(), folds: false };
                    self.answer(*parent, arm, database, &mut answers)?;
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
                let by_value = matches!(way.to, To::Value(_));
                if (self.each)(Seen { name, digest, by_value, table, key: &rows[at].key })? {
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
                // what is above proves what it proved, and nothing comes back to it by a value
                let value = row.own.then(|| kind.normalise_value(&values[0])).flatten()?;
                Some((digest_of(["value", kind.word(), value.as_str()].iter()), vec![Value::from(value.as_str())]))
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
        let columns = telling(held, &key);
        let term = |name: &String| select.term(Term::Column { via: 0, column: name.clone() });
        let places: Vec<usize> = columns.iter().map(term).collect();
        let mut outcome: Result<(), DatabaseError> = Ok(());
        database.read(&select, &mut |mut found| {
            let mut terms = found.row.split_off(key.len());
            if self.coming.has(&held.name, &key, &found.row) {
                return Flow::Continue;
            }
            let texts = places.iter().map(|place| text_of(*place, &terms, &found.long)).collect::<Result<Vec<_>, _>>();
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
            answer.rows.push((table, Row { own: false, key: Key(found.row), cells }));
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
