//! From the errors of all floors to what a person or a script is told: a code, an exit code, a way on.

use super::{exit::Exit, failure::Failure};

/// Finds the first cause that is known by a code; what is not known has failed.
pub(super) fn failure(error: &anyhow::Error) -> Failure {
    for cause in error.chain() {
        if let Some(failure) = known(cause) {
            return failure;
        }
    }
    Failure::of("failed", Exit::Failed, None, None, format!("{error:#}"))
}

fn known(cause: &(dyn std::error::Error + 'static)) -> Option<Failure> {
    cause.downcast_ref::<Failure>().cloned()
}
