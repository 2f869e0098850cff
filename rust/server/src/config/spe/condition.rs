//! The language of conditions such as `role:require="Standalone or XMCloud"` (authentication 7.4).

/// Most parentheses and negations inside each other.
const MAX_DEPTH: usize = 64;

/// What a condition comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Outcome {
    /// Whether it holds.
    pub(super) holds: bool,
    /// Whether `and` and `or` stand beside each other without parentheses: they count from left to right, which readers do not expect.
    pub(super) is_mixed: bool,
}

/// Whether the condition `text` holds, where `is_defined` says which words are true. It is asked for every word. A condition without words
/// holds.
pub(super) fn evaluate(text: &str, is_defined: &mut dyn FnMut(&str) -> bool) -> Result<Outcome, String> {
    let mut reader = Reader {
        tokens: tokens(text)?,
        is_defined,
        is_mixed: false,
        depth: 0,
    };
    let holds = reader.tokens.is_empty() || reader.expression()?;
    match reader.tokens.pop() {
        None => Ok(Outcome {
            holds,
            is_mixed: reader.is_mixed,
        }),
        Some(token) => Err(format!(
            "{} comes where \"and\", \"or\" or the end should be",
            token.show()
        )),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'t> {
    Word(&'t str),
    And,
    Or,
    Not,
    Open,
    Close,
}

impl Token<'_> {
    fn show(self) -> String {
        match self {
            Self::Word(word) => format!("{word:?}"),
            Self::And => "\"and\"".to_owned(),
            Self::Or => "\"or\"".to_owned(),
            Self::Not => "\"!\"".to_owned(),
            Self::Open => "\"(\"".to_owned(),
            Self::Close => "\")\"".to_owned(),
        }
    }
}

/// The tokens, the last one first.
fn tokens(text: &str) -> Result<Vec<Token<'_>>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let in_word = |letter: char| letter.is_alphanumeric() || "-_./".contains(letter);
        let end = rest.find(|letter| !in_word(letter)).unwrap_or(rest.len());
        let (token, length) = match first {
            '&' => (Token::And, if rest.starts_with("&&") { 2 } else { 1 }),
            '|' => (Token::Or, if rest.starts_with("||") { 2 } else { 1 }),
            '!' => (Token::Not, 1),
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            _ if end == 0 => return Err(format!("{first:?} means nothing in a condition")),
            _ => (word(&rest[..end]), end),
        };
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
    tokens.reverse();
    Ok(tokens)
}

fn word(text: &str) -> Token<'_> {
    match text.to_ascii_lowercase().as_str() {
        "and" => Token::And,
        "or" => Token::Or,
        "not" => Token::Not,
        _ => Token::Word(text),
    }
}

struct Reader<'t, 'd> {
    /// Those that are left, the next one last.
    tokens: Vec<Token<'t>>,
    is_defined: &'d mut dyn FnMut(&str) -> bool,
    is_mixed: bool,
    depth: usize,
}

impl Reader<'_, '_> {
    /// Operands between `and` and `or`, which bind equally, from left to right.
    fn expression(&mut self) -> Result<bool, String> {
        let mut holds = self.operand()?;
        let mut before = None;
        while let Some(operator) = self.tokens.pop_if(|token| matches!(token, Token::And | Token::Or)) {
            self.is_mixed |= before.is_some_and(|before| before != operator);
            before = Some(operator);
            let right = self.operand()?;
            holds = if operator == Token::And {
                holds && right
            } else {
                holds || right
            };
        }
        Ok(holds)
    }

    fn operand(&mut self) -> Result<bool, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!(
                "more than {MAX_DEPTH} parentheses and negations are inside each other"
            ));
        }
        let holds = match self.tokens.pop() {
            Some(Token::Word(word)) => (self.is_defined)(word),
            Some(Token::Not) => !self.operand()?,
            Some(Token::Open) => {
                let holds = self.expression()?;
                if self.tokens.pop() != Some(Token::Close) {
                    return Err("a \"(\" has no \")\"".to_owned());
                }
                holds
            }
            Some(token) => return Err(format!("{} comes where a word should be", token.show())),
            None => return Err("a word is missing at the end".to_owned()),
        };
        self.depth -= 1;
        Ok(holds)
    }
}
