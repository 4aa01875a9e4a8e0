//! A list of limited length that drops the least recently used entry (LRU): an application may have a CA for each of its
//! tenants, and what is kept for next time must not grow forever.

const MAX_ENTRIES: usize = 64;

/// At most 64 entries; the one that was used last comes last.
pub(crate) struct LruList<T>(Vec<T>);

impl<T> Default for LruList<T> {
    fn default() -> LruList<T> {
        LruList::new()
    }
}

impl<T> LruList<T> {
    pub(crate) const fn new() -> LruList<T> {
        LruList(Vec::new())
    }

    /// Finds an entry and marks it as the last used.
    pub(crate) fn find(&mut self, is_it: impl FnMut(&T) -> bool) -> Option<&T> {
        let index = self.0.iter().position(is_it)?;
        self.0[index..].rotate_left(1);
        self.0.last()
    }

    /// Adds an entry as the last used; drops the first if the list is full.
    pub(crate) fn put(&mut self, new: T) {
        if self.0.len() == MAX_ENTRIES {
            self.0.remove(0);
        }
        self.0.push(new);
    }

    /// Removes an entry.
    pub(crate) fn take(&mut self, is_it: impl FnMut(&T) -> bool) -> Option<T> {
        self.0.iter().position(is_it).map(|index| self.0.remove(index))
    }

    /// The least recently used comes first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_bounded_and_what_is_in_use_stays() {
        let mut list = LruList::new();
        list.put(0);
        for number in 1..100 {
            list.put(number);
            assert_eq!(list.find(|used| *used == 0), Some(&0));
        }
        assert_eq!(list.iter().count(), MAX_ENTRIES);
        assert_eq!(list.find(|gone| *gone == 1), None);
    }
}
