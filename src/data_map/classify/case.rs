//! The case of a table: on whose value the meaning of its columns depends.

use super::{
    super::{
        classified::{Case, TableId},
        finding::Code,
        place::{Place, Places},
        written::{CaseWords, TableSection},
    },
    context::Context,
};

/// The table's case, resolved.
pub(super) fn case(context: &mut Context<'_>, id: TableId, section: &TableSection) -> Option<Case> {
    match section.case.as_ref()? {
        CaseWords::Own(Places::One(Place { column, decoder: None, .. })) => {
            context.require_column(id, column, section.line).map(Case::Column)
        }
        CaseWords::Own(_) => {
            let place = context.name(id);
            let message = "a case inside a value is read from the map and not carried out yet";
            context.find(Code::NotSupportedYet, place, section.line, message, None);
            None
        }
        CaseWords::Path { column, key, wanted } => {
            let column = context.require_column(id, column, section.line)?;
            let place = context.name(id);
            let key = context.require_place(key, &place, section.line)?;
            let wanted = context.require_column(key.table, wanted, section.line)?;
            Some(Case::Path { column, table: key.table, key: key.column, wanted })
        }
    }
}
