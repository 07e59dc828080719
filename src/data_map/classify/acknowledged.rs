//! Views and triggers: each acknowledged by name, and no name that is none of them.

use super::{
    super::{finding::Code, nearest::did_you_mean},
    context::Context,
};

/// Every view and trigger must be acknowledged by name, and every acknowledged name must exist.
pub(super) fn acknowledged(context: &mut Context<'_>) {
    let map = context.map;
    let says = |name: &str, full: &str| {
        map.acknowledged.iter().any(|line| line.name.eq_ignore_ascii_case(name) || line.name.eq_ignore_ascii_case(full))
    };
    let mut known: Vec<String> = Vec::new();
    for view in context.schema.views.keys() {
        let full = view.to_string();
        if !says(&view.name, &full) {
            let hint = format!("add `\"{full}\" = \"what it shows\"` to [acknowledged]");
            context.find(
                Code::UnacknowledgedView,
                full.as_str(),
                None,
                "nobody has said what this view shows",
                Some(hint),
            );
        }
        known.extend([view.name.clone(), full]);
    }
    for table in context.tables.clone() {
        for trigger in &table.triggers {
            if !says(&trigger.name, &trigger.name) {
                let place = table.name.to_string();
                let message = format!("nobody has said what its trigger `{}` does", trigger.name);
                let hint = format!("add `\"{}\" = \"what it does\"` to [acknowledged]", trigger.name);
                context.find(Code::UnacknowledgedTrigger, place, None, message, Some(hint));
            }
            known.push(trigger.name.clone());
        }
    }
    for line in &map.acknowledged {
        if !known.iter().any(|known| known.eq_ignore_ascii_case(&line.name)) {
            let message = format!("there is no view or trigger `{}`", line.name);
            let hint = did_you_mean(&line.name, known.iter().map(String::as_str));
            context.find(Code::MissingAcknowledged, "[acknowledged]", line.line, message, hint);
        }
    }
}
