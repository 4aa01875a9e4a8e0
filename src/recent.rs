//! What a process keeps for next time, without growing for ever: an application may have a CA for each of its tenants.

const MOST: usize = 64;

/// The most recently used comes last; when there are too many, the one unused for longest goes.
pub(crate) struct Recent<T>(Vec<T>);

impl<T> Recent<T> {
    pub(crate) const fn new() -> Recent<T> {
        Recent(Vec::new())
    }

    /// One that is used by being found.
    pub(crate) fn find(&mut self, is_it: impl FnMut(&T) -> bool) -> Option<&T> {
        let index = self.0.iter().position(is_it)?;
        self.0[index..].rotate_left(1);
        self.0.last()
    }

    pub(crate) fn put(&mut self, new: T) {
        if self.0.len() == MOST {
            self.0.remove(0);
        }
        self.0.push(new);
    }

    pub(crate) fn take(&mut self, is_it: impl FnMut(&T) -> bool) -> Option<T> {
        self.0.iter().position(is_it).map(|index| self.0.remove(index))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_bounded_and_what_is_in_use_stays() {
        let mut recent = Recent::new();
        recent.put(0);
        for number in 1..100 {
            recent.put(number);
            assert_eq!(recent.find(|used| *used == 0), Some(&0));
        }
        assert_eq!(recent.iter().count(), MOST);
        assert_eq!(recent.find(|gone| *gone == 1), None);
    }
}
