//! From the bytes of a file to its text.

use crate::source::LineTable;

/// Why bytes are not a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// Offset of the first bad byte in the file.
    pub offset: usize,
    /// Its line, from 1.
    pub line: usize,
    /// Its column in Unicode code points, from 1.
    pub column: usize,
    /// The text before it. A finding points at its end.
    pub valid: String,
}

impl std::fmt::Display for DecodeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}. {}", self.message, self.help)
    }
}

impl std::error::Error for DecodeError {}

/// Decodes UTF-8 (a byte order mark is kept: it is part of the text, and offsets count it), or UTF-16 with a byte order
/// mark (which is left out; offsets count bytes of the decoded text).
pub fn decode(bytes: &[u8]) -> Result<String, DecodeError> {
    match bytes {
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(text.to_owned()),
            Err(error) => {
                let offset = error.valid_up_to();
                let valid = String::from_utf8_lossy(bytes.get(..offset).unwrap_or_default()).into_owned();
                let byte = bytes.get(offset).copied().unwrap_or_default();
                Err(failure(valid, offset, |line, column| {
                    format!("Byte 0x{byte:02X} at line {line}, column {column} is not UTF-8")
                }))
            }
        },
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, DecodeError> {
    let mut text = String::with_capacity(bytes.len() / 2);
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| unit(*pair));
    let mut offset = 2;
    for decoded in char::decode_utf16(units) {
        match decoded {
            Ok(char) => {
                text.push(char);
                offset += 2 * char.len_utf16();
            }
            Err(error) => {
                let unit = error.unpaired_surrogate();
                return Err(failure(text, offset, |line, column| {
                    format!("0x{unit:04X} at line {line}, column {column} is half a character: this is not UTF-16")
                }));
            }
        }
    }
    if rest.is_empty() {
        return Ok(text);
    }
    Err(failure(text, offset, |line, column| {
        format!("The file ends with half a UTF-16 unit at line {line}, column {column}")
    }))
}

fn failure(valid: String, offset: usize, message: impl Fn(usize, usize) -> String) -> DecodeError {
    let end = u32::try_from(valid.len()).unwrap_or(u32::MAX);
    let position = LineTable::new(&valid).position(&valid, end);
    DecodeError {
        message: message(position.line, position.column),
        help: "Save the file as UTF-8".to_owned(),
        offset,
        line: position.line,
        column: position.column,
        valid,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_8_with_and_without_a_byte_order_mark() {
        assert_eq!(decode("a: é".as_bytes()).unwrap(), "a: é");
        assert_eq!(decode("\u{feff}a".as_bytes()).unwrap(), "\u{feff}a");
        assert_eq!(decode(b"").unwrap(), "");
    }

    #[test]
    fn utf_16_in_both_orders() {
        let units: Vec<u16> = "a: é😀\n".encode_utf16().collect();
        let little: Vec<u8> =
            [0xFF, 0xFE].into_iter().chain(units.iter().flat_map(|unit| unit.to_le_bytes())).collect();
        let big: Vec<u8> = [0xFE, 0xFF].into_iter().chain(units.iter().flat_map(|unit| unit.to_be_bytes())).collect();
        assert_eq!(decode(&little).unwrap(), "a: é😀\n");
        assert_eq!(decode(&big).unwrap(), "a: é😀\n");
    }

    #[test]
    fn another_encoding_is_an_error_at_its_first_byte() {
        let error = decode(b"# ok\n# also \xC3\xA9 ok\nName: caf\xE9 au lait\n").unwrap_err();
        assert_eq!(error.to_string(), "Byte 0xE9 at line 3, column 10 is not UTF-8. Save the file as UTF-8");
        assert_eq!((error.offset, error.line, error.column), (27, 3, 10));
        assert_eq!(error.valid, "# ok\n# also é ok\nName: caf");
    }

    #[test]
    fn broken_utf_16_is_an_error() {
        let error = decode(&[0xFF, 0xFE, b'a', 0, 0x00, 0xD8, b'b', 0]).unwrap_err();
        assert_eq!((error.offset, error.column, error.valid.as_str()), (4, 2, "a"));
        let error = decode(&[0xFE, 0xFF, 0, b'a', 0]).unwrap_err();
        assert_eq!(error.message, "The file ends with half a UTF-16 unit at line 1, column 2");
    }
}
