//! Where a wait is in the records of its job. The cursor is tracked also when nobody wants records: servers answer at once
//! while there are unread ones (CM-D-03).

use std::fmt::Write as _;

use super::reply::Reply;
use crate::{Event, Events, WaitCall};

pub(super) struct Reader<'a> {
    call: &'a WaitCall,
    cursor: Option<String>,
    /// Whether the cursor is one the server gave in this wait.
    issued: bool,
    /// Sequence of the record after the last one handed over.
    next: u64,
    /// Records lost so far, as the server counts: all, by the rate cap, by the size cap.
    dropped: [u64; 3],
    /// Which process of the server answered first.
    instance: Option<String>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(call: &'a WaitCall) -> Self {
        Self {
            call,
            cursor: call.cursor.clone().filter(|cursor| !cursor.is_empty()),
            issued: false,
            next: 0,
            dropped: [0; 3],
            instance: None,
        }
    }

    /// Where the next request goes on.
    pub(super) fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }

    /// Goes back to the beginning, from where records are handed over only once. Does not, when the cursor is the caller's.
    pub(super) fn restart(&mut self) -> bool {
        if self.issued {
            self.cursor = None;
            self.issued = false;
        }
        self.cursor.is_none()
    }

    /// Hands over what is new in `reply` and tells how many records that were.
    pub(super) fn take(&mut self, reply: &Reply, events: &Events) -> usize {
        let mut news: Vec<_> = reply
            .records
            .iter()
            .filter(|record| record.sequence >= self.next)
            .cloned()
            .collect();
        news.dedup_by_key(|record| record.sequence);
        let count = news.len();
        if let Some(last) = news.last() {
            self.next = last.sequence.saturating_add(1);
        }
        if self.call.want_records && count > 0 {
            events.send(Event::Records(news));
        }
        self.warn_of_losses(reply, events);
        self.warn_of_restart(reply, events);
        self.go_on(reply, events);
        count
    }

    fn go_on(&mut self, reply: &Reply, events: &Events) {
        let Some(cursor) = &reply.cursor else { return };
        self.issued = true;
        if self.cursor.as_ref() == Some(cursor) {
            return;
        }
        self.cursor = Some(cursor.clone());
        if self.call.want_records {
            events.send(Event::Cursor(cursor.clone()));
        }
    }

    /// One warning each time the count grew (client module 12.3).
    fn warn_of_losses(&mut self, reply: &Reply, events: &Events) {
        let now = [reply.dropped_count, reply.dropped_rate, reply.dropped_size];
        let [all, by_rate, by_size] = [0, 1, 2].map(|at| now[at].saturating_sub(self.dropped[at]));
        if all == 0 {
            return;
        }
        self.dropped = now;
        if !self.call.want_records {
            return;
        }
        let mut warning = format!("{all} records of job {} were dropped by the server", self.call.job_id);
        if by_rate > 0 || by_size > 0 {
            let _ = write!(warning, ": {by_rate} by the rate cap, {by_size} by the size cap");
        }
        warning.push('.');
        events.send(Event::Warning(warning));
    }

    /// A restarted server knows none of its jobs any more, which is another thing than an id that never was one.
    fn warn_of_restart(&mut self, reply: &Reply, events: &Events) {
        let Some(instance) = &reply.instance else { return };
        match &self.instance {
            None => self.instance = Some(instance.clone()),
            Some(first) if first != instance && reply.status == "NotFound" => {
                let job = &self.call.job_id;
                let warning = format!(
                    "Another process of the server answers than before, and does not know job {job}: the server was restarted, or a \
                     load balancer changed the node."
                );
                events.send(Event::Warning(warning));
                self.instance = Some(instance.clone());
            }
            Some(_) => {}
        }
    }
}
