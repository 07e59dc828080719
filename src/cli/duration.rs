//! Lengths of waiting, as typed: `0s`, `10s`, `5m`, `1h`.

use std::time::Duration;

/// Reads a whole number with its unit.
pub(super) fn parse(text: &str) -> Result<Duration, String> {
    let wrong = || "write a whole number and its unit: 0s, 10s, 5m or 1h".to_owned();
    let unit = text.chars().next_back().ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        _ => return Err(wrong()),
    };
    let number: u32 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    Ok(Duration::from_secs(u64::from(number) * seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_needs_its_unit() {
        assert_eq!(parse("0s"), Ok(Duration::ZERO));
        assert_eq!(parse("5m"), Ok(Duration::from_mins(5)));
        assert_eq!(parse("1h"), Ok(Duration::from_hours(1)));
        for text in ["", "5", "m", "-1s", "1.5s", "5分"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
