//! What a file is, by its first bytes: only types that cannot act keep their ending.

/// How many first bytes decide.
pub(super) const SNIFF_BYTES: usize = 16;

/// The ending for a file that begins with `head`; `bin` for whatever is not known to be harmless (a PDF, a document, a
/// page, an SVG can act).
pub(super) fn extension(head: &[u8]) -> &'static str {
    let at = |from: usize, magic: &[u8]| head.get(from..).is_some_and(|rest| rest.starts_with(magic));
    match () {
        () if at(0, b"\x89PNG\r\n\x1a\n") => "png",
        () if at(0, b"\xff\xd8\xff") => "jpg",
        () if at(0, b"GIF87a") || at(0, b"GIF89a") => "gif",
        () if at(0, b"RIFF") && at(8, b"WEBP") => "webp",
        () if at(0, b"RIFF") && at(8, b"WAVE") => "wav",
        () if at(0, b"ID3") || (head.len() > 1 && head[0] == 0xff && matches!(head[1], 0xfb | 0xf3 | 0xf2)) => "mp3",
        () if at(0, b"#!AMR\n") || at(0, b"#!AMR-WB\n") => "amr",
        () if at(0, b"OggS") => "ogg",
        () if at(0, b"fLaC") => "flac",
        () if at(4, b"ftypM4A ") => "m4a",
        () if at(4, b"ftypheic") || at(4, b"ftypheix") => "heic",
        () if at(4, b"ftypmp42") || at(4, b"ftypisom") => "mp4",
        () => "bin",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_harmless_types_keep_their_ending() {
        for (head, ending) in [
            (&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], "png"),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", "jpg"),
            (b"RIFF\x24\0\0\0WAVEfmt ", "wav"),
            (b"RIFF\x24\0\0\0WEBPVP8 ", "webp"),
            (b"#!AMR\n<", "amr"),
            (b"\0\0\0\x20ftypisom", "mp4"),
            (b"%PDF-1.7", "bin"),
            (b"<svg xmlns=", "bin"),
            (b"<!doctype html>", "bin"),
            (b"PK\x03\x04", "bin"),
            (b"MZ\x90", "bin"),
            (b"\xff", "bin"),
            (b"", "bin"),
        ] {
            assert_eq!(extension(head), ending, "{head:?}");
        }
    }
}
