//! What happened in a run, as a table: when, to which call, what. Kept only where somebody wants to read it.

use std::time::Duration;

use crate::sim::CallNumber;

/// A longer table is not read.
const MOST_ROWS: usize = 80;

pub struct Trace(Option<Vec<(Duration, CallNumber, String)>>);

impl Trace {
    pub fn off() -> Trace {
        Trace(None)
    }

    pub fn on() -> Trace {
        Trace(Some(Vec::new()))
    }

    pub fn note(&mut self, time: Duration, call: CallNumber, what: impl FnOnce() -> String) {
        if let Some(rows) = &mut self.0 {
            rows.push((time, call, what()));
        }
    }

    /// The rows of one call, and those of none. Of a long table, its beginning and its end.
    pub fn table_of(&self, call: CallNumber) -> String {
        let rows = self.rows(|of| of == call || of == 0);
        if rows.len() <= MOST_ROWS {
            return rows.concat();
        }
        let half = MOST_ROWS / 2;
        let left_out = format!("{:>15} | … {} rows …\n", "", rows.len() - 2 * half);
        [&rows[..half], &[left_out], &rows[rows.len() - half..]].concat().concat()
    }

    /// All rows, for a comparison of two runs.
    pub fn whole(&self) -> String {
        self.rows(|_| true).concat()
    }

    fn rows(&self, is_wanted: impl Fn(CallNumber) -> bool) -> Vec<String> {
        let wanted = self.0.iter().flatten().filter(|(_, call, _)| is_wanted(*call));
        wanted.map(|(time, call, what)| row(*time, *call, what)).collect()
    }
}

fn row(time: Duration, call: CallNumber, what: &str) -> String {
    let who = if call == 0 { String::new() } else { format!("call {call}") };
    format!("{:>12.3} ms | {who:<9} | {what}\n", time.as_secs_f64() * 1000.0)
}
