//! What happened in a run, as a table: when, to which call, what. Kept only where somebody wants to read it.

use std::fmt::Write;
use std::time::Duration;

use crate::sim::CallNumber;

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

    /// The rows of one call, and those of none.
    pub fn table_of(&self, call: CallNumber) -> String {
        let mut table = String::new();
        for (time, of, what) in self.0.iter().flatten() {
            if *of == call || *of == 0 || call == 0 {
                let _ = writeln!(table, "{:>12.3} ms | {} | {what}", time.as_secs_f64() * 1000.0, who(*of));
            }
        }
        table
    }

    /// All rows, for a comparison of two runs.
    pub fn whole(&self) -> String {
        self.table_of(0)
    }
}

fn who(call: CallNumber) -> String {
    if call == 0 { "     ".to_owned() } else { format!("#{call:<4}") }
}
