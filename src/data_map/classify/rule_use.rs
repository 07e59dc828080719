//! What rules decide: those for everything are counted, those that decide nothing are told.

use std::collections::BTreeMap;

use super::{
    super::{classified::Table, finding::Code},
    context::Context,
    decide::{Decision, What},
};

/// Counts what rules decide: those for everything, and those that decide nothing.
pub(super) fn rules(context: &mut Context<'_>, tables: &[Table], decisions: &[Vec<Decision<'_>>]) {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for (id, _) in tables.iter().enumerate() {
        for decision in decisions[id].iter().filter(|decision| matches!(decision.what, What::Always(_))) {
            *counts.entry(decision.by.line).or_default() += 1;
        }
    }
    for rule in &context.map.rules {
        let glob = rule.glob.to_string();
        match counts.get(&rule.line).copied().unwrap_or_default() {
            0 => context.find(Code::IdleRule, glob, rule.line, "the rule decides no column", None),
            count if rule.glob.is_catch_all() => {
                let message = format!("{count} columns are decided by a rule for everything");
                context.find(Code::CatchAll, glob, rule.line, message, None);
            }
            _ => {}
        }
    }
}
