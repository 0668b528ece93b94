//! Server-sent events: bytes in, events out.

/// The most that one event may have, in bytes; more than any trace the server keeps.
const EVENT_BYTES: usize = 16 << 20;

/// One event of a stream.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Sent {
    /// What kind it is; `message` when the server does not say.
    pub(super) kind: String,
    pub(super) data: String,
}

/// Takes a stream apart, however it was cut into pieces.
#[derive(Debug, Default)]
pub(super) struct Events {
    rest: Vec<u8>,
}

impl Events {
    /// Takes the next piece; the events that it completes.
    pub(super) fn take(&mut self, piece: &[u8]) -> Vec<Sent> {
        self.rest.extend_from_slice(piece);
        let mut events = Vec::new();
        while let Some(end) = self.rest.windows(2).position(|two| two == b"\n\n") {
            let block: Vec<u8> = self.rest.drain(..end + 2).collect();
            events.extend(event(&String::from_utf8_lossy(&block)));
        }
        if self.rest.len() > EVENT_BYTES {
            self.rest.clear();
        }
        events
    }
}

/// Comments, which only keep the connection alive, and blocks without data are no events.
fn event(block: &str) -> Option<Sent> {
    let mut sent = Sent::default();
    let mut data = Vec::new();
    for line in block.lines() {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => sent.kind = value.to_owned(),
            "data" => data.push(value),
            _ => {}
        }
    }
    if data.is_empty() {
        return None;
    }
    if sent.kind.is_empty() {
        sent.kind.push_str("message");
    }
    sent.data = data.join("\n");
    Some(sent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_become_events() {
        let stream =
            ": hello\n\nevent: call\ndata: {\"a\":\ndata: 1}\nid: 7\n\ndata:x\n\nevent: empty\n\ndata: cut";
        for size in [1, 3, 7, stream.len()] {
            let mut events = Events::default();
            let found: Vec<Sent> = stream
                .as_bytes()
                .chunks(size)
                .flat_map(|piece| events.take(piece))
                .collect();
            let found: Vec<_> = found
                .iter()
                .map(|sent| (sent.kind.as_str(), sent.data.as_str()))
                .collect();
            assert_eq!(found, [("call", "{\"a\":\n1}"), ("message", "x")]);
        }
    }
}
