//! Media types of files: what a file is called, and which ones a browser may show in its place.

/// Types by the end of a name; the first of several for a type is its usual one.
const BY_NAME: &[(&str, &str)] = &[
    ("txt", "text/plain"),
    ("log", "text/plain"),
    ("md", "text/markdown"),
    ("csv", "text/csv"),
    ("html", "text/html"),
    ("htm", "text/html"),
    ("css", "text/css"),
    ("xml", "application/xml"),
    ("json", "application/json"),
    ("yaml", "application/yaml"),
    ("yml", "application/yaml"),
    ("js", "text/javascript"),
    ("patch", "text/x-diff"),
    ("diff", "text/x-diff"),
    ("py", "text/x-python"),
    ("sh", "application/x-sh"),
    ("sql", "application/sql"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("gif", "image/gif"),
    ("webp", "image/webp"),
    ("svg", "image/svg+xml"),
    ("bmp", "image/bmp"),
    ("ico", "image/vnd.microsoft.icon"),
    ("tif", "image/tiff"),
    ("tiff", "image/tiff"),
    ("heic", "image/heic"),
    ("avif", "image/avif"),
    ("mp3", "audio/mpeg"),
    ("wav", "audio/wav"),
    ("ogg", "audio/ogg"),
    ("mp4", "video/mp4"),
    ("mov", "video/quicktime"),
    ("webm", "video/webm"),
    ("mkv", "video/x-matroska"),
    ("pdf", "application/pdf"),
    ("rtf", "application/rtf"),
    ("doc", "application/msword"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("xls", "application/vnd.ms-excel"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("ppt", "application/vnd.ms-powerpoint"),
    ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ("eml", "message/rfc822"),
    ("zip", "application/zip"),
    ("gz", "application/gzip"),
    ("tgz", "application/gzip"),
    ("bz2", "application/x-bzip2"),
    ("xz", "application/x-xz"),
    ("zst", "application/zstd"),
    ("7z", "application/x-7z-compressed"),
    ("rar", "application/vnd.rar"),
    ("tar", "application/x-tar"),
    ("jar", "application/java-archive"),
    ("apk", "application/vnd.android.package-archive"),
    ("exe", "application/vnd.microsoft.portable-executable"),
    ("wasm", "application/wasm"),
];

/// Types by the first bytes of a file.
const BY_CONTENT: &[(&[u8], &str)] = &[
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\0", "application/x-xz"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\x1aE\xdf\xa3", "video/x-matroska"),
    (b"{\\rtf", "application/rtf"),
    (b"\0asm", "application/wasm"),
];

/// Types that a browser may show in place, because they cannot run anything.
const INLINE: &[&str] = &["image/png", "image/jpeg", "image/gif", "image/webp", "text/plain"];

/// What a file is when nothing tells.
pub const UNKNOWN: &str = "application/octet-stream";

/// The media type of a file: what its part of the form says, unless that is nothing; then what the
/// name says; then the content (contract, `addAttachment`).
pub fn media_type(declared: Option<&str>, name: &str, head: &[u8]) -> String {
    declared
        .and_then(essence)
        .filter(|declared| declared != UNKNOWN)
        .or_else(|| by_name(name).map(str::to_owned))
        .unwrap_or_else(|| by_content(head).to_owned())
}

/// Whether a browser may show a file of this type in place of the page.
pub fn may_show(mimetype: &str) -> bool {
    INLINE.contains(&mimetype)
}

/// `type/subtype` in lower case, without parameters.
fn essence(declared: &str) -> Option<String> {
    let essence = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let (kind, subtype) = essence.split_once('/')?;
    let token = |text: &str| {
        !text.is_empty()
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
    };
    (essence.len() <= 127 && token(kind) && token(subtype)).then_some(essence)
}

fn by_name(name: &str) -> Option<&'static str> {
    let (_, end) = name.rsplit_once('.')?;
    BY_NAME.iter().find(|(known, _)| end.eq_ignore_ascii_case(known)).map(|(_, kind)| *kind)
}

fn by_content(head: &[u8]) -> &'static str {
    if let Some((_, kind)) = BY_CONTENT.iter().find(|(magic, _)| head.starts_with(magic)) {
        return kind;
    }
    if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        return "image/webp";
    }
    if head.get(4..8) == Some(b"ftyp") {
        return "video/mp4";
    }
    // A head may end within a character, which is at most three bytes short.
    let text = match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none() && head.len() - error.valid_up_to() < 4,
    };
    let plain = text && !head.iter().any(|b| *b < 0x20 && !b"\t\n\r\x0c\x1b".contains(b));
    if plain && !head.is_empty() { "text/plain" } else { UNKNOWN }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_wins_over_the_name_and_the_name_over_the_content() {
        let png = b"\x89PNG\r\n\x1a\n....";
        assert_eq!(media_type(Some("image/x-own; a=b"), "a.txt", png), "image/x-own");
        assert_eq!(media_type(Some("application/octet-stream"), "A.TXT", png), "text/plain");
        assert_eq!(media_type(Some("nonsense"), "noend", png), "image/png");
        assert_eq!(media_type(None, "noend", "немного текста".as_bytes()), "text/plain");
        assert_eq!(media_type(None, "noend", b"\0\x01\x02"), UNKNOWN);
        assert_eq!(media_type(None, "", b""), UNKNOWN);
        assert_eq!(media_type(Some("text/html\r\nX-Evil: 1"), "noend", b""), UNKNOWN);
    }

    #[test]
    fn nothing_that_runs_is_shown_in_place() {
        for bad in ["text/html", "image/svg+xml", "application/xml", "text/javascript"] {
            assert!(!may_show(bad), "{bad}");
        }
        assert!(may_show("image/png"));
    }
}
