//! Names of files in a database are text that anybody may have typed.

use std::path::{Component, Path};

/// Whether `path` can only name something beneath the folder that it is looked up in.
pub(super) fn stays_beneath(path: &str) -> bool {
    let mut parts = Path::new(path).components().peekable();
    parts.peek().is_some() && parts.all(|part| matches!(part, Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_lead_out_of_the_folder_name_no_file_of_ours() {
        assert!(stays_beneath("voice/1.amr"));
        for path in ["../../etc/passwd", "/etc/passwd", "a/../../b", "./a", ""] {
            assert!(!stays_beneath(path), "{path}");
        }
    }
}
