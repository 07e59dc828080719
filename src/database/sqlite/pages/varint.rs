//! SQLite's variable-length integers: one to nine bytes, seven bits each, the ninth has eight.

/// The number that begins at `at` and how many bytes it takes; `None` when the bytes end before it does.
pub(super) fn read(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let mut number = 0;
    for (length, byte) in bytes.get(at..)?.iter().take(9).enumerate() {
        if length == 8 {
            return Some((number << 8 | u64::from(*byte), 9));
        }
        number = number << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((number, length + 1));
        }
    }
    None
}

/// The bytes of `number`, as short as they can be.
#[must_use]
pub fn write(number: u64) -> Vec<u8> {
    let low = |number: u64| number.to_be_bytes()[7];
    if number >> 56 != 0 {
        let mut bytes: Vec<u8> = (1..=8).rev().map(|septet| low(number >> (7 * septet + 1)) | 0x80).collect();
        bytes.push(low(number));
        return bytes;
    }
    let mut bytes = vec![low(number) & 0x7f];
    let mut rest = number >> 7;
    while rest > 0 {
        bytes.push(low(rest) | 0x80);
        rest >>= 7;
    }
    bytes.reverse();
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_of_the_format_are_read() {
        for (bytes, number) in [
            (&[0x00][..], 0),
            (&[0x7f], 127),
            (&[0x81, 0x00], 128),
            (&[0x82, 0x2c], 300),
            (&[0xff; 9], u64::MAX),
            (&[0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00], 1 << 57),
        ] {
            assert_eq!(read(bytes, 0), Some((number, bytes.len())));
        }
    }

    #[test]
    fn what_is_cut_off_is_no_number() {
        assert_eq!(read(&[], 0), None);
        assert_eq!(read(&[0x81], 0), None);
        assert_eq!(read(&[0xff; 8], 0), None);
        assert_eq!(read(&[1], 7), None);
    }

    #[test]
    fn what_is_written_reads_back() {
        for shift in 0..64 {
            for number in [1u64 << shift, (1 << shift) - 1, u64::MAX >> shift] {
                let bytes = write(number);
                assert_eq!(read(&bytes, 0), Some((number, bytes.len())), "{number}");
            }
        }
    }
}
