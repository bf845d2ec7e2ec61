//! Colours by meaning, and their legend. Plain text has neither.

/// What a piece of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// A reference was taken, an object was made.
    Taken,
    /// A reference was given up.
    Given,
    /// A reference passed from one holder to another.
    Moved,
    /// An object died.
    Died,
    /// Borrowed or immortal: no count is involved.
    Uncounted,
    /// Source text.
    Source,
    /// Names of instructions and places.
    Dim,
}

/// Writes text with or without colours.
#[derive(Debug, Clone, Copy)]
pub struct Paint {
    pub colour: bool,
}

impl Paint {
    /// `text` in the colour of `tone`.
    pub fn tone(self, tone: Tone, text: &str) -> String {
        if !self.colour || text.is_empty() {
            return text.to_owned();
        }
        let code = match tone {
            Tone::Taken => "32",
            Tone::Given => "33",
            Tone::Moved => "34",
            Tone::Died => "31",
            Tone::Uncounted => "36",
            Tone::Source => "1",
            Tone::Dim => "2",
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }

    /// One line that says what the colours mean; empty without colour.
    pub fn legend(self) -> String {
        if !self.colour {
            return String::new();
        }
        let parts = [
            (Tone::Taken, "reference taken"),
            (Tone::Given, "given up"),
            (Tone::Moved, "passed on"),
            (Tone::Died, "died"),
            (Tone::Uncounted, "borrowed or immortal"),
        ];
        let shown: Vec<String> = parts
            .iter()
            .map(|(tone, text)| self.tone(*tone, text))
            .collect();
        format!("{}\n", shown.join("  "))
    }
}
