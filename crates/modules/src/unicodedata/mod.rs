//! `unicodedata`.

/// The name of a code point.
pub fn name_of(point: u32) -> Option<String> {
    char::from_u32(point)
        .and_then(unicode_names2::name)
        .map(|n| n.to_string())
}
