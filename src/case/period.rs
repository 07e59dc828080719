//! Retention periods (placeholder).
use std::str::FromStr;
/// A period of years, months, days or hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    n: i32,
}
impl FromStr for Period {
    type Err = String;
    fn from_str(s: &str) -> Result<Self, String> {
        Ok(Self { n: s.split(' ').next().and_then(|n| n.parse().ok()).ok_or("bad")? })
    }
}
