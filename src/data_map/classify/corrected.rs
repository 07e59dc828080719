//! What a correction writes beside the field itself: since when the new value is proven. That must not be what tells the
//! row from another, a child's consent from one that came late, or when something ends.

use super::{
    super::{
        classified::{Column, ColumnRef, Minors, Table, TableId},
        fate::After,
        finding::Code,
        name::Dotted,
    },
    context::Context,
};

pub(super) fn dates(context: &mut Context<'_>, tables: &[Table], minors: Option<&Minors>) {
    let counted = counted(context, tables);
    for (id, table) in tables.iter().enumerate() {
        for (column, since) in table.columns.iter().flat_map(written_since) {
            let is = |place: &ColumnRef| place.table == id && place.column.eq_ignore_ascii_case(since);
            let why = if table.immutable.iter().any(|immutable| immutable.eq_ignore_ascii_case(since)) {
                "is immutable"
            } else if minors.and_then(|minors| minors.collected.as_ref()).is_some_and(is) {
                "says when the data of minors was collected"
            } else if counted.iter().any(is) {
                "is what a period counts from"
            } else {
                continue;
            };
            let message = format!("correcting it would write the time of the correction into `{since}`, which {why}");
            let hint = format!("let `proves since` name a column of its own, or take `correct` from `{}`", column.name);
            let line = column.decided_by.line;
            context.find(Code::CannotBeCorrected, context.place(id, &column.name), line, message, Some(hint));
        }
    }
}

/// The column, and since when its value is proven, where a correction of it writes that as well.
fn written_since(column: &Column) -> impl Iterator<Item = (&Column, &str)> {
    let corrected = column.meanings().any(|meaning| meaning.correct.is_some());
    column
        .meanings()
        .filter(move |_| corrected)
        .filter_map(move |meaning| Some((column, meaning.proves.as_ref()?.since.as_deref()?)))
}

/// The columns from which a minimum or maximum counts.
fn counted(context: &Context<'_>, tables: &[Table]) -> Vec<ColumnRef> {
    let place = |id: TableId, date: &String| match date.contains('.').then(|| date.parse::<Dotted>().ok()).flatten() {
        Some(dotted) => Some(ColumnRef { table: context.table(&dotted.table)?, column: dotted.column }),
        None => Some(ColumnRef { table: id, column: date.clone() }),
    };
    let mut found = Vec::new();
    for (id, table) in tables.iter().enumerate() {
        let fates = &table.fates;
        for after in fates.keep.iter().map(|keep| &keep.after).chain(fates.limit.iter().map(|limit| &limit.after)) {
            if let After::Dates(dates) = after {
                found.extend(dates.iter().filter_map(|date| place(id, date)));
            }
        }
    }
    found
}
