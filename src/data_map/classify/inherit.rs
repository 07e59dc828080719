//! What a table leaves unsaid it has from its nearest *of*: purpose, clause, basis, scope, source, keep, limit, wait.

use super::{
    super::{
        classified::{BoundBy, Mentions, Sense, Source, Standing, Table, TableId, Target, is_full_text},
        finding::Code,
        written::TableSection,
    },
    context::Context,
    ties::parents,
};

/// An attribute that is inherited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Attribute {
    Purpose,
    Clause,
    Basis,
    Scope,
    Source,
    Keep,
    Limit,
    Wait,
}

const ALL: [Attribute; 8] = [
    Attribute::Purpose,
    Attribute::Clause,
    Attribute::Basis,
    Attribute::Scope,
    Attribute::Source,
    Attribute::Keep,
    Attribute::Limit,
    Attribute::Wait,
];

impl Attribute {
    fn word(self) -> &'static str {
        match self {
            Self::Purpose => "purpose",
            Self::Clause => "clause",
            Self::Basis => "basis",
            Self::Scope => "scope",
            Self::Source => "source",
            Self::Keep => "keep",
            Self::Limit => "limit",
            Self::Wait => "wait",
        }
    }

    fn is_stated(self, table: &Table) -> bool {
        match self {
            Self::Purpose => table.purpose.is_some(),
            Self::Clause => table.clause.is_some(),
            Self::Basis => table.basis.is_some(),
            Self::Scope => table.scope.is_some(),
            Self::Source => table.source.is_some(),
            Self::Keep => !table.fates.keep.is_empty(),
            Self::Limit => table.fates.limit.is_some(),
            Self::Wait => table.fates.wait.is_some(),
        }
    }

    fn is_fate(self) -> bool {
        matches!(self, Self::Keep | Self::Limit | Self::Wait)
    }
}

/// Per table and attribute: the table that states it, and the parent through which it comes.
type Origins = Vec<[Option<(TableId, TableId)>; ALL.len()]>;

/// Resolves what tables inherit, parents first, and which tie hands down the fates.
pub(super) fn inherit(
    context: &mut Context<'_>,
    tables: &mut [Table],
    order: &[TableId],
    sections: &[Option<&TableSection>],
) {
    let mut origins: Origins = vec![[None; ALL.len()]; tables.len()];
    for id in order.iter().copied() {
        let parents: Vec<TableId> = parents(&tables[id]).into_iter().collect();
        for (index, attribute) in ALL.into_iter().enumerate() {
            let nothing_kept = attribute == Attribute::Keep && sections[id].is_some_and(|section| section.keep_stated);
            origins[id][index] = if attribute.is_stated(&tables[id]) || nothing_kept {
                Some((id, id))
            } else {
                nearest(context, id, attribute, index, &parents, &origins, tables)
            };
        }
        fill(tables, id, &origins);
        let from = |attribute: Attribute| {
            let index = ALL.iter().position(|other| *other == attribute)?;
            origins[id][index].map(|(origin, _)| origin).filter(|origin| attribute.is_stated(&tables[*origin]))
        };
        let bound_by =
            BoundBy { keep: from(Attribute::Keep), limit: from(Attribute::Limit), wait: from(Attribute::Wait) };
        tables[id].bound_by = bound_by;
        tables[id].inherits = heir(context, id, tables, &origins);
    }
    copies(tables, sections);
}

/// The one source among the parents; two that differ are a finding.
fn nearest(
    context: &mut Context<'_>,
    id: TableId,
    attribute: Attribute,
    index: usize,
    parents: &[TableId],
    origins: &Origins,
    tables: &[Table],
) -> Option<(TableId, TableId)> {
    let found = parents.iter().filter_map(|parent| Some((origins[*parent][index]?.0, *parent)));
    let mut found: Vec<(TableId, TableId)> = found.collect();
    found.dedup_by_key(|(origin, _)| *origin);
    let first = *found.first()?;
    let differs = |origin: TableId| !same(attribute, &tables[first.0], &tables[origin]);
    if let Some((other, _)) = found.iter().find(|(origin, _)| *origin != first.0 && differs(*origin)) {
        let (a, b) = (context.name(first.0), context.name(*other));
        let word = attribute.word();
        let message = format!("its {word} could be that of `{a}` or that of `{b}`");
        let place = context.name(id);
        context.find(Code::AmbiguousInheritance, place, None, message, Some(format!("say its {word} in its section")));
    }
    Some(first)
}

/// Whether two tables state the same. Fates are never the same: their dates are those of different rows.
fn same(attribute: Attribute, a: &Table, b: &Table) -> bool {
    match attribute {
        Attribute::Purpose => a.purpose == b.purpose,
        Attribute::Clause => a.clause == b.clause,
        Attribute::Basis => a.basis == b.basis,
        Attribute::Scope => a.scope == b.scope,
        Attribute::Source => a.source == b.source && matches!(a.source, Some(Source::Text(_))),
        Attribute::Keep | Attribute::Limit | Attribute::Wait => false,
    }
}

fn fill(tables: &mut [Table], id: TableId, origins: &Origins) {
    for (index, attribute) in ALL.into_iter().enumerate() {
        let Some((origin, _)) = origins[id][index].filter(|(origin, _)| *origin != id) else { continue };
        let Ok([own, theirs]) = tables.get_disjoint_mut([id, origin]) else { continue };
        match attribute {
            Attribute::Purpose => own.purpose.clone_from(&theirs.purpose),
            Attribute::Clause => own.clause.clone_from(&theirs.clause),
            Attribute::Basis => own.basis.clone_from(&theirs.basis),
            Attribute::Scope => own.scope.clone_from(&theirs.scope),
            // a column of another table is no column here: only a text is handed down
            Attribute::Source => own.source = theirs.source.clone().filter(|source| matches!(source, Source::Text(_))),
            Attribute::Keep | Attribute::Limit | Attribute::Wait => {}
        }
    }
}

/// The tie that hands down the fates, else the first *of* tie with a table. Fates by two ties are ambiguous.
fn heir(context: &mut Context<'_>, id: TableId, tables: &[Table], origins: &Origins) -> Option<usize> {
    let fates = ALL.into_iter().enumerate().filter(|(_, attribute)| attribute.is_fate());
    let mut through: Vec<(TableId, &str)> = fates
        .filter_map(|(index, attribute)| Some((origins[id][index]?, attribute.word())))
        .filter(|((origin, _), _)| *origin != id)
        .map(|((_, parent), word)| (parent, word))
        .collect();
    through.dedup_by_key(|(parent, _)| *parent);
    if let [(a, first), (b, second), ..] = through.as_slice() {
        let (a, b) = (context.name(*a), context.name(*b));
        let message = format!("its {first} would come from `{a}` and its {second} from `{b}`");
        let place = context.name(id);
        context.find(
            Code::AmbiguousInheritance,
            place,
            None,
            message,
            Some(format!("say its {second} in its section")),
        );
    }
    let wanted = through.first().map(|(parent, _)| *parent);
    tables[id].ties.iter().position(|tie| match &tie.target {
        Target::Rows { table, .. } => tie.sense == Sense::Of && wanted.is_none_or(|wanted| wanted == *table),
        _ => false,
    })
}

fn fill_in<T>(own: &mut Option<T>, theirs: Option<T>) {
    *own = own.take().or(theirs);
}

/// A copy has what its original has. Its texts are searched where the original's are, by a scan: an index knows those of
/// the original alone, and itself holds no text of its own. One that says `keep = []` keeps nothing.
fn copies(tables: &mut [Table], sections: &[Option<&TableSection>]) {
    for id in 0..tables.len() {
        let Standing::CopyOf(of) = tables[id].standing else { continue };
        let original = tables[of].clone();
        let index = is_full_text(tables, id);
        let table = &mut tables[id];
        if table.mentions == Mentions::NotSearched && original.mentions != Mentions::NotSearched && !index {
            table.mentions = Mentions::Scan;
        }
        fill_in(&mut table.purpose, original.purpose);
        fill_in(&mut table.clause, original.clause);
        fill_in(&mut table.basis, original.basis);
        fill_in(&mut table.scope, original.scope);
        let (own, theirs) = (table.bound_by, original.bound_by);
        let keeps_nothing = sections[id].is_some_and(|section| section.keep_stated) && own.keep.is_none();
        table.bound_by = BoundBy {
            keep: own.keep.or(theirs.keep).filter(|_| !keeps_nothing),
            limit: own.limit.or(theirs.limit),
            wait: own.wait.or(theirs.wait),
        };
    }
}
