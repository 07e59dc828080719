//! `droit tidy`: keys past their date go, with everything that only they could read, and nothing that is still needed.

mod killed;
pub(crate) mod office;
mod remains;
mod rotated;
mod rotated_killed;
mod scan;
mod years;
